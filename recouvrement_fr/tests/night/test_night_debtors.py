from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..clock import today
from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestNightDebtors(RecouvrementCommon):
    """Whom a night leaves alone, and which policy and level it follows."""

    def test_an_invoice_excluded_from_follow_up_is_left_alone(self):
        invoice = self.invoice(MONDAY - timedelta(days=20))
        invoice.no_followup = True
        self.night(MONDAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (0, "no_followup"))

    def test_a_paused_debtor_is_left_alone_until_the_pause_ends(self):
        self.invoice(MONDAY - timedelta(days=20))
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        card.write({"paused_until": MONDAY + timedelta(days=2), "pause_reason": "Reorganisation"})
        self.night(MONDAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (0, "paused"))
        self.night(MONDAY + timedelta(days=3))
        self.assertEqual(len(self.reminders()), 1)

    def test_an_online_payment_in_progress_holds_its_invoice(self):
        invoice = self.invoice(MONDAY - timedelta(days=20))
        self._pending(invoice)
        self.night(MONDAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (0, "payment_pending"))

    def test_no_formal_notice_before_a_reminder_was_handed_over(self):
        self.invoice(MONDAY - timedelta(days=90))
        with self.at(MONDAY):
            imported = self.env["recouvrement.reminder"]._import_levels(self.company, MONDAY)
        self.assertEqual((imported.origin, imported.level_id), ("imported", self.second))
        self.night(MONDAY + timedelta(days=7))
        self.assertEqual(self.card().reason, "notice_gate")
        imported.action_confirm_gate()
        self.card().sudo().next_date = MONDAY
        self.night(MONDAY + timedelta(days=8))
        self.assertEqual(self.reminders()[-1].level_id, self.notice)

    def test_debts_before_the_cut_off_are_left_alone_unless_imported(self):
        self.company.recouvrement_cutoff_date = MONDAY - timedelta(days=10)
        self.invoice(MONDAY - timedelta(days=20))
        self.night(MONDAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (0, "before_cutoff"))

    def test_a_time_barred_debt_waits_for_a_person(self):
        consumer = self._partner("Jeanne Roche", is_company=False, company_registry=False, email="j@roche.example")
        self.invoice(MONDAY - timedelta(days=2 * 366), partner=consumer)
        self.night(MONDAY)
        self.assertEqual((len(self.reminders(consumer)), self.card(consumer).reason), (0, "prescribed"))

    def test_a_weekend_and_a_public_holiday_are_not_sending_days(self):
        self.invoice(MONDAY - timedelta(days=20))
        for day in (MONDAY - timedelta(days=1), MONDAY.replace(month=4, day=6)):  # a Sunday, Easter Monday
            run = self.night(day)
            self.assertEqual((run.state, run.reason), ("done", "not_sending_day"))
        self.assertFalse(self.reminders())

    def test_without_an_active_policy_the_night_says_so(self):
        self.policy.action_deactivate()
        self.assertEqual(self.night(MONDAY).reason, "no_policy")

    def test_a_company_that_is_not_activated_is_left_alone(self):
        self.company._recouvrement_deactivate()
        self.invoice(MONDAY - timedelta(days=20))
        self.assertFalse(self.night(MONDAY))
        self.assertFalse(self.reminders())

    def test_a_payment_in_progress_that_fails_does_not_hold_for_ever(self):
        invoice = self.invoice(MONDAY - timedelta(days=20))
        transaction = self._pending(invoice)
        self.night(MONDAY)
        self.assertEqual(self.card().reason, "payment_pending")
        transaction.state = "cancel"
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual(len(self.reminders()), 1)

    def test_a_hole_between_two_rates_is_a_missing_half_year_and_stops_nothing(self):
        self.invoice(MONDAY - timedelta(days=3))
        self.env["recouvrement.rate"].sudo().search([("date_from", "=", "2025-07-01")]).unlink()
        self.night(MONDAY)
        self.assertEqual(len(self.reminders()), 1)

    def test_a_siren_entered_later_changes_the_type_nobody_confirmed(self):
        late = self._partner("Sans numero", is_company=False, company_registry=False, email="n@x.example")
        self.invoice(MONDAY - timedelta(days=2), partner=late)
        self.night(MONDAY)
        self.assertEqual(self.card(late).debtor_type, "consumer")
        with self.at(MONDAY):
            late.write({"is_company": True, "company_registry": "732829320"})
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual((self.card(late).debtor_type, self.card(late).type_confirmed), ("professional", True))

    def test_a_contact_who_changed_employer_never_receives_the_old_ones_reminder(self):
        other = self._partner("Beta SA", email="compta@beta.example")
        jean = self.env["res.partner"].create({"name": "Jean", "parent_id": self.debtor_partner.id})
        self.invoice(MONDAY - timedelta(days=3), partner=jean)
        self.invoice(MONDAY - timedelta(days=3), partner=other)
        self.env.flush_all()
        moved = "UPDATE account_move_line SET partner_id = %s WHERE partner_id = %s"  # as core leaves it after a move
        self.env.cr.execute(moved, [self.debtor_partner.id, jean.id])
        jean.parent_id = other
        self.night(MONDAY)
        self.assertEqual(self.reminders().addressee_id, self.debtor_partner)

    def test_a_public_body_is_late_after_the_delay_the_law_gives_it(self):
        town = self._partner("Commune de Test", company_registry="213800667", email="mairie@x.example")
        self.invoice(MONDAY - timedelta(days=10), partner=town, invoice_date=MONDAY - timedelta(days=20))
        self.night(MONDAY)
        self.assertEqual((self.card(town).debtor_type, self.card(town).reason), ("public", "not_due_yet"))
        self.assertEqual(self.card(town).overdue_amount, 0)

    def test_lifting_the_cut_off_wakes_the_debtors(self):
        self.company.recouvrement_cutoff_date = MONDAY - timedelta(days=10)
        self.invoice(MONDAY - timedelta(days=20))
        self.night(MONDAY)
        with self.at(MONDAY):
            self.company.recouvrement_cutoff_date = False
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual(len(self.reminders()), 1)

    def test_a_formal_notice_has_its_own_wording_and_no_other_level_has_it(self):
        with self.assertRaises(ValidationError):
            self.first.tone = "formal"
        with self.assertRaises(ValidationError):
            self.notice.tone = "courteous"

    def test_policies_are_chosen_by_invoice_then_debtor_then_type(self):
        special = self._policy("Special", sequence=99, debtor_type="consumer")
        first = self.invoice(MONDAY - timedelta(days=20))
        first.recouvrement_policy_id = special
        self.invoice(MONDAY - timedelta(days=25))
        self.night(MONDAY)
        self.assertEqual(self.reminders().policy_id, special | self.policy)

    def test_merged_partners_keep_one_card_and_its_evidence(self):
        twin = self._partner("Menuiserie Durand bis", email="compta@durand.example")
        self.invoice(MONDAY - timedelta(days=3))
        self.invoice(MONDAY - timedelta(days=3), partner=twin)
        self.night(MONDAY)
        reminders = self.reminders() | self.reminders(twin)
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(
                self.card(twin), None, 500, MONDAY + timedelta(days=7), on=today()
            )
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.debtor_partner | twin).ids, self.debtor_partner
        )
        self.assertEqual(reminders.debtor_id, self.card())
        self.assertEqual(promise.debtor_id, self.card(), "whatever points to a card follows it")
        self.assertEqual(len(reminders), 2)

    def test_a_formal_notice_waits_while_the_rate_of_the_half_year_is_missing(self):
        self.invoice(MONDAY - timedelta(days=40))
        self.night(MONDAY)
        self.mark_sent(self.reminders(), MONDAY)
        self.night(MONDAY + timedelta(days=7))
        self.mark_sent(self.reminders(), MONDAY + timedelta(days=7))
        self.env["recouvrement.rate"].sudo().search([("date_to", ">=", MONDAY)]).unlink()
        self.night(MONDAY + timedelta(days=14))
        self.assertEqual((len(self.reminders()), self.card().reason), (2, "rate_missing"))

    def _pending(self, invoice):
        """An online payment the bank has not confirmed."""
        provider = self.env["payment.provider"].create({"name": "Bank", "code": "none"})
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": 1000,
                "currency_id": self.company.currency_id.id,
                "partner_id": self.debtor_partner.id,
                "reference": "pending-1",
                "state": "pending",
                "last_state_change": MONDAY,
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
