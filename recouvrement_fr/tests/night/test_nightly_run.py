from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import LockNotAvailable

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_fr.models.decision.decider import Decider

from ..common import MONDAY, RecouvrementCommon

RUN = "odoo.addons.recouvrement_fr.models.night.recouvrement_run"
DECIDING, ENDING, NIGHTLY = f"{RUN}_deciding", f"{RUN}_ending", f"{RUN}_nightly"


@tagged("post_install", "-at_install")
class TestNightlyRun(RecouvrementCommon):
    """What a user relies on: who is reminded, once, and why the others are not."""

    def test_an_overdue_invoice_is_reminded_on_its_day(self):
        invoice = self.invoice(MONDAY - timedelta(days=3))
        run = self.night(MONDAY)
        [reminder] = self.reminders()
        self.assertEqual(reminder.level_id, self.first)
        self.assertEqual(reminder.line_ids.move_id, invoice)
        self.assertEqual(reminder.line_ids.role, "carried")
        self.assertEqual(reminder.amount_due, 1000)
        self.assertEqual((run.state, run.due_count), ("released", 1))
        self.assertEqual(self.card().reason, "due")
        self.assertEqual((self.card().debtor_type, self.card().type_confirmed), ("professional", True))

    def test_the_day_before_nothing_is_planned_and_the_reason_is_shown(self):
        self.invoice(MONDAY - timedelta(days=2))
        self.night(MONDAY)
        self.assertFalse(self.reminders())
        self.assertEqual(self.card().reason, "delay")
        self.assertEqual(self.card().next_date, MONDAY + timedelta(days=1))
        self.assertEqual(self.card().decision_ids.reason, "delay")

    def test_the_same_night_twice_plans_once(self):
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        self.night(MONDAY)
        self.assertEqual(len(self.reminders()), 1)
        self.assertEqual(len(self.card().decision_ids), 1)

    def test_a_card_that_somebody_works_on_is_decided_later_the_same_night(self):
        self.invoice(MONDAY - timedelta(days=10))
        other = self._partner("Garage Petit", email="garage@petit.example")
        self.invoice(MONDAY - timedelta(days=10), partner=other)
        cards = self.env["recouvrement.debtor"]
        real, tries = type(cards)._lock_cards, []

        def somebody_else(cards, company, partner_ids):
            tries.append(partner_ids)
            found = real(cards, company, partner_ids)
            return {key: found[key] for key in found if key != other.id}

        with patch.object(type(cards), "_lock_cards", somebody_else):
            run = self.night(MONDAY)
        self.assertEqual((run.state, len(tries)), ("deciding", 2))
        self.assertEqual(len(self.reminders()), 1)
        self.assertFalse(self.reminders(other))
        run = self.night(MONDAY)
        self.assertNotEqual(run.state, "deciding")
        self.assertEqual((len(self.reminders()), len(self.reminders(other))), (1, 1))

    def test_a_row_another_transaction_holds_is_no_failure_of_its_debtor(self):
        """Refused at once (a lock asked without waiting), its page is done again the same night."""
        self.invoice(MONDAY - timedelta(days=3))
        run = type(self.env["recouvrement.run"])
        decide, tries = run._decide_rows, []

        def refused_twice(run, page, decider):
            tries.append(page)
            if len(tries) < 3:
                raise LockNotAvailable()
            return decide(run, page, decider)

        with patch.object(run, "_decide_rows", refused_twice):
            self.night(MONDAY)
        self.assertEqual([len(page) for page in tries], [1, 1, 1])
        self.assertFalse(self.card().error)
        self.assertEqual(len(self.reminders()), 1)

    def test_the_next_night_does_not_plan_again_what_has_not_left(self):
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual(len(self.reminders()), 1)

    def test_levels_follow_one_another_and_keep_their_distance(self):
        self.invoice(MONDAY - timedelta(days=40))
        self.night(MONDAY)
        self.mark_sent(self.reminders(), MONDAY)
        self.night(MONDAY + timedelta(days=4))
        self.assertEqual(len(self.reminders()), 1)
        self.assertEqual(self.card().reason, "recent_contact")
        self.night(MONDAY + timedelta(days=7))
        self.assertEqual(self.reminders().level_id, self.first | self.second)
        self.mark_sent(self.reminders(), MONDAY + timedelta(days=7))
        self.night(MONDAY + timedelta(days=14))
        self.assertEqual(self.reminders()[-1].level_id, self.notice)

    def test_the_other_invoices_are_listed_and_totalled(self):
        self.invoice(MONDAY - timedelta(days=20), 1000)
        self.invoice(MONDAY - timedelta(days=5), 500)
        self.invoice(MONDAY + timedelta(days=5), 250)
        self.night(MONDAY)
        [reminder] = self.reminders()
        self.assertEqual(sorted(reminder.line_ids.mapped("role")), ["carried", "listed"])
        self.assertEqual(reminder.amount_due, 1500)
        self.assertEqual(self.card().overdue_amount, 1500)
        self.assertEqual(self.card().open_amount, 1750)

    def test_each_instalment_of_an_invoice_is_late_on_its_own_day(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 70, "nb_days": 60}),
                ],
            }
        )
        self.invoice(MONDAY, invoice_date=MONDAY - timedelta(days=10), invoice_payment_term_id=term.id)
        self.night(MONDAY)
        [reminder] = self.reminders()
        self.assertEqual(reminder.line_ids.mapped("amount_residual"), [300])

    def test_a_payment_on_account_covers_the_debt(self):
        self.invoice(MONDAY - timedelta(days=20), 1000)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor_partner.id,
                "amount": 1000,
            }
        )
        payment.action_post()
        self.night(MONDAY)
        self.assertFalse(self.reminders())
        self.assertEqual(self.card().reason, "covered")

    def test_an_unallocated_credit_note_is_deducted(self):
        self.invoice(MONDAY - timedelta(days=20), 1000)
        self.invoice(MONDAY - timedelta(days=20), 400, move_type="out_refund")
        self.night(MONDAY)
        self.assertEqual(self.reminders().amount_due, 600)

    def test_a_credit_note_larger_than_the_debt_silences(self):
        self.invoice(MONDAY - timedelta(days=20), 300)
        self.invoice(MONDAY - timedelta(days=20), 400, move_type="out_refund")
        self.night(MONDAY)
        self.assertFalse(self.reminders())

    def test_a_partial_payment_leaves_the_rest(self):
        invoice = self.invoice(MONDAY - timedelta(days=20), 1000)
        self.pay(invoice, 900)
        self.night(MONDAY)
        self.assertEqual(self.reminders().line_ids.amount_residual, 100)

    def test_under_the_minimum_nothing_leaves(self):
        self.invoice(MONDAY - timedelta(days=20), 14.99)
        self.night(MONDAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (0, "below_minimum"))

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

    def test_a_returned_payment_starts_again_at_the_first_level(self):
        invoice = self.invoice(MONDAY - timedelta(days=20))
        self.night(MONDAY)
        self.mark_sent(self.reminders(), MONDAY)
        payment = self.pay(invoice)
        self.night(MONDAY + timedelta(days=2))
        self.assertTrue(self.reminders().line_ids.settled)
        payment.move_id.line_ids.remove_move_reconcile()
        payment.action_draft()
        self.night(MONDAY + timedelta(days=7))
        again = self.reminders()[-1]
        self.assertEqual(self.card().reason, "due")
        self.assertEqual((again.level_id, again.line_ids.cycle), (self.first, 2))

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

    def test_missed_nights_wait_for_a_manager_and_nothing_is_planned(self):
        self.company.recouvrement_gap_days = 3
        self.night(MONDAY)
        self.invoice(MONDAY - timedelta(days=3))
        run = self.night(MONDAY + timedelta(days=7))
        self.assertEqual((run.state, run.reason), ("held", "gap"))
        self.assertFalse(self.reminders())
        self.assertEqual(run.decision_ids.reason, "due")
        later = self.night(MONDAY + timedelta(days=8))
        self.assertEqual((later.state, later.reason), ("held", "gap"))
        with self.at(MONDAY + timedelta(days=8)):
            run.action_release()
        self.night(MONDAY + timedelta(days=8))
        self.assertEqual((len(self.reminders()), run.state, later.state), (1, "done", "released"))

    def test_a_night_that_was_not_finished_on_its_day_is_given_up_and_decided_again(self):
        self.invoice(MONDAY - timedelta(days=3))
        finish = f"{ENDING}.RecouvrementRun._finish"
        with patch(finish, side_effect=ValueError("broken")), mute_logger(NIGHTLY):
            broken = self.night(MONDAY)
        self.assertEqual((broken.state, self.reminders().state), ("deciding", "planned"))
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual(broken.state, "done")
        self.assertEqual(self.reminders().mapped("state"), ["cancelled", "planned"])

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

    def test_too_many_debtors_at_once_halt_the_night_until_a_manager_looks(self):
        self.company.write({"recouvrement_halt_count": 3, "recouvrement_halt_percent": 50})
        partners = [self._partner(f"Client {number}", email=f"c{number}@x.example") for number in range(4)]
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        self.morning(MONDAY)
        self.env["recouvrement.run"].search([]).sudo().write({"state": "done"})
        for partner in partners:
            self.invoice(MONDAY - timedelta(days=3), partner=partner)
        run = self.night(MONDAY + timedelta(days=1))
        self.assertEqual((run.state, run.reason), ("held", "halted"))
        self.morning(MONDAY + timedelta(days=1))
        self.assertEqual(run.reminder_ids.mapped("state"), ["planned"] * 4)
        run.action_discard()
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"cancelled"})

    def test_the_cap_lets_the_largest_amounts_leave_first(self):
        self.company.recouvrement_night_cap = 1
        other = self._partner("Petit", email="petit@x.example")
        self.invoice(MONDAY - timedelta(days=3), 100, partner=other)
        self.invoice(MONDAY - timedelta(days=3), 5000)
        self.night(MONDAY)
        self.assertEqual(self.reminders().state, "planned")
        self.assertEqual(self.reminders(other).state, "cancelled")
        self.assertEqual(self.card(other).reason, "capped")
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual(self.reminders(other)[-1].state, "planned")

    def test_one_failing_debtor_does_not_stop_the_others(self):
        other = self._partner("Autre", email="autre@x.example")
        self.invoice(MONDAY - timedelta(days=3))
        self.invoice(MONDAY - timedelta(days=3), partner=other)
        genuine = Decider._case

        def fail_for_one(decider_self, row, items, facts):
            if row[1] == self.debtor_partner.id:
                raise ValueError("broken data")
            return genuine(decider_self, row, items, facts)

        with patch.object(Decider, "_case", fail_for_one), mute_logger(DECIDING):
            run = self.night(MONDAY)
        self.assertEqual(len(self.reminders(other)), 1)
        self.assertFalse(self.reminders())
        self.assertEqual((self.card().reason, self.card().error), ("error", "broken data"))
        self.assertEqual((run.error_count, run.state), (1, "released"))
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual((len(self.reminders()), self.card().error), (1, False))

    def test_two_companies_never_mix(self):
        other = self.setup_other_company()["company"]
        invoice = self.init_invoice(
            "out_invoice",
            self.debtor_partner,
            str(MONDAY - timedelta(days=60)),
            post=True,
            amounts=[700],
            company=other,
        )
        self.night(MONDAY)
        self.assertFalse(self.reminders())
        self.assertTrue(invoice.amount_residual)

    def test_a_branch_is_collected_with_its_root(self):
        self.company.child_ids = [Command.create({"name": "Agence"})]
        self.cr.precommit.run()  # loads the branch's chart
        branch = self.company.child_ids
        self.invoice(MONDAY - timedelta(days=20), 500)
        with_branch = (
            self.env["account.move"]
            .with_company(branch)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.debtor_partner.id,
                    "invoice_date": MONDAY - timedelta(days=60),
                    "invoice_date_due": MONDAY - timedelta(days=30),
                    "invoice_payment_term_id": False,
                    "company_id": branch.id,
                    "invoice_line_ids": [Command.create({"name": "Pose", "price_unit": 200, "tax_ids": False})],
                }
            )
        )
        with_branch.action_post()
        self.night(MONDAY)
        [reminder] = self.reminders()
        self.assertEqual((reminder.company_id, reminder.amount_due), (self.company, 700))

    def test_two_currencies_are_one_reminder_and_never_net(self):
        dollars = self.env.ref("base.USD")
        dollars.active = True
        self.env["res.currency.rate"].create(
            {"name": "2020-01-01", "rate": 2.0, "currency_id": dollars.id, "company_id": self.company.id}
        )
        self.invoice(MONDAY - timedelta(days=20), 500)
        self.invoice(MONDAY - timedelta(days=20), 300, currency_id=dollars.id)
        self.invoice(MONDAY - timedelta(days=20), 1000, currency_id=dollars.id, move_type="out_refund")
        self.night(MONDAY)
        [reminder] = self.reminders()
        self.assertEqual(reminder.line_ids.currency_id, self.company.currency_id)
        self.assertEqual(reminder.amount_due, 500)

    def test_policies_are_chosen_by_invoice_then_debtor_then_type(self):
        special = self._policy("Special", sequence=99, debtor_type="consumer")
        first = self.invoice(MONDAY - timedelta(days=20))
        first.recouvrement_policy_id = special
        self.invoice(MONDAY - timedelta(days=25))
        self.night(MONDAY)
        self.assertEqual(self.reminders().policy_id, special | self.policy)

    def test_a_simulation_changes_nothing_and_says_the_same(self):
        self.invoice(MONDAY - timedelta(days=3))
        with self.at(MONDAY):
            run = self.env["recouvrement.run"]._simulate(self.company, MONDAY)
        self.assertEqual((run.state, run.due_count), ("done", 1))
        self.assertEqual(run.decision_ids.level_id, self.first)
        self.assertFalse(self.reminders())
        self.assertFalse(self.card().reason)
        later = self.env["recouvrement.run"]._simulate(self.company, MONDAY - timedelta(days=1))
        self.assertEqual(later.decision_ids.reason, "not_sending_day")

    def test_reminding_by_hand_leaves_at_once_and_only_what_is_due(self):
        self.invoice(MONDAY - timedelta(days=3))
        with self.at(MONDAY):
            card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
            card.action_remind_now()
            self.assertEqual(self.reminders().origin, "manual")
            card.action_remind_now()
        self.assertEqual(len(self.reminders()), 1)

    def test_a_policy_that_could_not_remind_is_refused_where_it_can_be_mended(self):
        empty = self.env["recouvrement.policy"].create({"name": "Empty"})
        with self.assertRaisesRegex(UserError, "no level"):
            empty.action_activate()
        mute = self.env["recouvrement.policy"].create(
            {"name": "Mute", "level_ids": [Command.create({"name": "Level"})]}
        )
        with self.assertRaisesRegex(UserError, "no channel"):
            mute.action_activate()

    def test_two_levels_with_the_same_delay_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "are both reached after 3 days"):
            self.policy.level_ids = [self._level("Twin", 15, 3)]

    def test_merged_partners_keep_one_card_and_its_evidence(self):
        twin = self._partner("Menuiserie Durand bis", email="compta@durand.example")
        self.invoice(MONDAY - timedelta(days=3))
        self.invoice(MONDAY - timedelta(days=3), partner=twin)
        self.night(MONDAY)
        reminders = self.reminders() | self.reminders(twin)
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(self.card(twin), None, 500, MONDAY + timedelta(days=7))
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.debtor_partner | twin).ids, self.debtor_partner
        )
        self.assertEqual(reminders.debtor_id, self.card())
        self.assertEqual(promise.debtor_id, self.card(), "whatever points to a card follows it")
        self.assertEqual(len(reminders), 2)

    def test_the_number_of_statements_does_not_grow_with_the_page(self):
        partners = [self._partner(f"Client {number}", email=f"c{number}@x.example") for number in range(40)]
        for partner in partners[:5]:
            self.invoice(MONDAY - timedelta(days=3), partner=partner)
        few = self._statements(MONDAY)
        for partner in partners[5:]:
            self.invoice(MONDAY - timedelta(days=3), partner=partner)
        many = self._statements(MONDAY + timedelta(days=1))
        self.assertLessEqual(many, few + 3)

    def _statements(self, on):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.night(on)
        return self.env.cr.sql_log_count - before

    def test_a_page_of_new_debtors_takes_the_same_statements_whatever_their_number(self):
        """Locked, settled, read, planned, written down: 17 statements, whatever the company has none of."""
        partners = [self._partner(f"Client {number}", email=f"c{number}@x.example") for number in range(30)]
        for partner in partners:
            self.invoice(MONDAY - timedelta(days=3), partner=partner)
            self.invoice(MONDAY - timedelta(days=2), partner=partner)
        self.assertEqual(self._page(partners[:2]), 17)
        self.assertEqual(self._page(partners[2:]), 17)
        self.assertEqual(len(self.env["recouvrement.reminder"].search([])), 30)

    def _page(self, partners):
        """The statements of a page of these debtors, in a run of its own."""
        run = self.env["recouvrement.run"].sudo()  # as the scheduler
        run = run.create({"company_id": self.company.id, "date": MONDAY, "kind": "manual"})
        decider = run._decider()
        rows = [(None, partner.id, None) for partner in partners]
        run._decide_rows([], decider)  # what the run itself is, and the words of the night
        before = self.env.cr.sql_log_count
        run._decide_rows(rows, decider)
        return self.env.cr.sql_log_count - before

    def test_a_promise_made_during_the_night_holds_from_the_next_page(self):
        """What there was none of when the night began is asked for again with each page."""
        other = self._partner("Garage Petit", email="garage@petit.example")
        invoice = self.invoice(MONDAY - timedelta(days=3), partner=other)
        self.invoice(MONDAY - timedelta(days=3))
        self.assertFalse(self.env["recouvrement.promise"].search_count([]))
        run = self.env["recouvrement.run"].sudo()  # as the scheduler
        run = run.create({"company_id": self.company.id, "date": MONDAY, "kind": "manual"})
        pages = []

        def progress(processed=0, **_remaining):
            if processed and not pages:
                pages.append(processed)
                late = other if self.reminders() else self.debtor_partner
                debt = invoice if late == other else self.card()._open_moves()
                card = self.env["recouvrement.debtor"]._card(self.company, late)
                self.env["recouvrement.promise"]._make(card, debt, 1000, MONDAY + timedelta(days=3))
                self.env.flush_all()
            return 1

        with self.at(MONDAY, 3), patch(f"{DECIDING}.PAGE", 1):
            run._decide_all(progress=progress)
        self.assertEqual(sorted([self.card().reason, self.card(other).reason]), ["due", "promised"])
        self.assertEqual(len(self.reminders() | self.reminders(other)), 1)

    def test_a_formal_notice_waits_while_the_rate_of_the_half_year_is_missing(self):
        self.invoice(MONDAY - timedelta(days=40))
        self.night(MONDAY)
        self.mark_sent(self.reminders(), MONDAY)
        self.night(MONDAY + timedelta(days=7))
        self.mark_sent(self.reminders(), MONDAY + timedelta(days=7))
        self.env["recouvrement.rate"].sudo().search([("date_to", ">=", MONDAY)]).unlink()
        self.night(MONDAY + timedelta(days=14))
        self.assertEqual((len(self.reminders()), self.card().reason), (2, "rate_missing"))

    def test_an_invoice_in_instalments_bears_one_indemnity(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "50/50",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        invoice = self.invoice(MONDAY, invoice_date=MONDAY - timedelta(days=60), invoice_payment_term_id=term.id)
        self.night(MONDAY)
        with self.at(MONDAY):
            self.assertEqual(invoice.recovery_indemnity, 40)
            self.assertEqual(invoice.days_overdue, 60)
            self.assertEqual(invoice.late_interest, 14.98)  # 500 over sixty days, 500 over thirty
            self.assertEqual(invoice.limitation_date, (MONDAY - timedelta(days=60)).replace(year=2031))

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
