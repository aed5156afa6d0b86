from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.recouvrement_fr.models.decision.decider import Decider

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestMoments(RecouvrementCommon):
    """When something may leave: quiet periods, holidays, before the due date."""

    def quiet(self, first, last, **values):
        return self.env["recouvrement.quiet.period"].create(
            {"name": "Pause", "date_from": first, "date_to": last, "company_id": self.company.id, **values}
        )

    def announce(self, **values):
        """A level before the due date on the policy."""
        self.policy.level_ids = [self._level("Announcement", 5, values.pop("delay_days", 7), kind="pre_due", **values)]
        return self.policy.level_ids.filtered(lambda level: level.kind == "pre_due")

    # --- quiet periods ---

    def test_nothing_is_planned_in_a_quiet_period_and_all_is_the_day_after(self):
        self.quiet(MONDAY, MONDAY + DAY)
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (0, "quiet_period"))
        self.assertEqual(self.card().next_date, MONDAY + 2 * DAY)
        self.night(MONDAY + 2 * DAY)
        self.assertEqual(self.reminders().level_id, self.first)

    def test_a_quiet_period_of_another_company_silences_nobody_here(self):
        other = self.setup_other_company()["company"]
        self.quiet(MONDAY, MONDAY, company_id=other.id)
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        self.assertEqual(len(self.reminders()), 1)

    def test_an_archived_quiet_period_is_not_observed(self):
        self.quiet(MONDAY, MONDAY, active=False)
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        self.assertEqual(len(self.reminders()), 1)

    def test_formal_notices_leave_where_they_are_spared_and_reminders_do_not(self):
        self.invoice(MONDAY - timedelta(days=40))
        for monday in (MONDAY, MONDAY + timedelta(days=7)):
            self.night(monday)
            self.mark_sent(self.reminders(), monday)
        later = MONDAY + timedelta(days=14)
        with self.at(later):
            self.quiet(later, later, scope="but_notices")
        other = self._partner("Autre")
        self.invoice(later - timedelta(days=3), partner=other)
        self.night(later)
        self.assertEqual(self.reminders()[-1].level_id, self.notice)
        self.assertEqual(self.card(other).reason, "quiet_period")

    def test_a_reminder_planned_before_the_silence_does_not_leave_in_it(self):
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        self.quiet(MONDAY, MONDAY + DAY)
        self.morning(MONDAY)
        self.assertEqual(self.reminders().state, "cancelled")
        self.night(MONDAY + 2 * DAY)
        self.assertEqual(self.reminders()[-1].state, "planned")

    def test_a_period_that_ends_before_it_begins_or_silences_the_year_is_refused(self):
        with self.assertRaises(ValidationError):
            self.quiet(date(2026, 1, 1), date(2026, 12, 31))
        self.quiet(date(2026, 1, 1), date(2026, 12, 31), is_yearly=False)

    # --- sending days ---

    def test_the_holidays_of_the_place_of_the_company_are_kept(self):
        good_friday = date(2026, 4, 3)  # a holiday in Alsace-Moselle alone
        self.assertTrue(self.policy._sends_on(good_friday, self.company))
        self.company.recouvrement_holidays = "alsace-moselle"
        self.assertFalse(self.policy._sends_on(good_friday, self.company))
        self.invoice(good_friday - timedelta(days=3))
        self.assertEqual(self.night(good_friday).reason, "not_sending_day")

    def test_every_place_offered_has_its_holidays(self):
        for place, _name in self.company._fields["recouvrement_holidays"].selection:
            self.company.recouvrement_holidays = place
            self.assertFalse(self.policy._sends_on(date(2026, 5, 1), self.company))

    # --- before the due date ---

    def test_large_amounts_alone_are_announced(self):
        self.announce(minimum_amount=500)
        self.invoice(MONDAY + 5 * DAY, 499.99, partner=self._partner("Petit"))
        large = self.invoice(MONDAY + 5 * DAY, 500)
        run = self.night(MONDAY)
        self.assertEqual(run.reminder_ids.line_ids.move_id, large)

    def test_an_announcement_shows_what_it_announces(self):
        self.announce()
        self.invoice(MONDAY + 5 * DAY, 700)
        self.night(MONDAY)
        self.assertEqual((self.card().decision_ids.amount, self.card().overdue_amount), (700, 0))

    def test_a_debtor_whose_credits_cover_it_is_not_announced_anything(self):
        self.announce()
        self.invoice(MONDAY + 5 * DAY, 700)
        self.invoice(MONDAY, 700, move_type="out_refund")
        self.night(MONDAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (0, "covered"))

    def test_the_end_of_an_early_payment_discount_is_announced_while_it_lasts(self):
        level = self.announce(anchor="discount_date", delay_days=2)
        term = self.env["account.payment.term"].create(
            {
                "name": "2/10",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 40})],
            }
        )
        invoice = self.invoice(MONDAY + 30 * DAY, invoice_date=MONDAY - 8 * DAY, invoice_payment_term_id=term.id)
        cases = self.decided(MONDAY - DAY)
        self.assertEqual((cases.reason, cases.next_date), ("not_due_yet", MONDAY))
        self.assertEqual((self.decided(MONDAY).level.id, self.decided(MONDAY + 2 * DAY).level.id), (level.id,) * 2)
        self.assertEqual(self.decided(MONDAY + 3 * DAY).reason, "not_due_yet")
        self.pay(invoice, 100, on=MONDAY)
        self.assertEqual(self.decided(MONDAY).reason, "not_due_yet", "the discount is lost with a part payment")

    def decided(self, on):
        policies = self.env["recouvrement.policy"]._usable(self.company)
        policies.sending_weekdays = "all"
        [case] = Decider(self.env, self.company, on).cases([(None, self.debtor_partner.id, None)])
        return case.main[2]

    def test_only_a_level_before_the_due_date_counts_from_a_discount(self):
        with self.assertRaises(ValidationError):
            self.first.anchor = "discount_date"

    def test_two_levels_of_the_same_day_are_refused_by_their_names(self):
        with self.assertRaisesRegex(ValidationError, "Reminder 2 and Reminder 1|Reminder 1 and Reminder 2"):
            self.second.delay_days = self.first.delay_days

    # --- safety and copies ---

    def test_a_bank_without_recent_entries_holds_the_night_and_is_named(self):
        bank = self.company_data["default_journal_bank"]
        bank.recouvrement_guard_days = 5
        self.invoice(MONDAY - timedelta(days=3))
        run = self.night(MONDAY)
        self.assertEqual(run.reason, "bank_stale")
        self.assertIn(bank.name, run.reason_detail)
        self.env["account.bank.statement.line"].create(
            {"journal_id": bank.id, "date": MONDAY - 5 * DAY, "payment_ref": "Relevé", "amount": 10}
        )
        self.assertFalse(self.env["account.journal"]._recouvrement_stale(self.company, MONDAY))
        self.assertTrue(self.env["account.journal"]._recouvrement_stale(self.company, MONDAY + DAY))

    def test_colleagues_are_in_copy_where_the_level_wants_it(self):
        self.first.write({"copy_salesperson": True})
        seller = new_test_user(self.env, "seller", email="vente@creancier.example", company_id=self.company.id)
        self.invoice(MONDAY - timedelta(days=3), invoice_user_id=seller.id)
        self.night(MONDAY)
        with self.at(MONDAY, 5), self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_dispatch").method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn("vente@creancier.example", self.reminders().dispatch_ids.mail_id.email_cc)

    # --- the same answer is not written twice ---

    def test_a_card_that_waits_for_an_approval_gets_no_second_decision(self):
        self.first.requires_approval = True
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        self.assertEqual(self.card().reason, "approval")
        with self.at(MONDAY + DAY):
            self.company._recouvrement_decide_again()
        self.night(MONDAY + DAY)
        self.assertEqual((len(self.card().decision_ids), self.card().reason), (1, "approval"))

    def test_an_email_that_waits_for_the_working_hours_can_be_forced_out(self):
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        with self.at(MONDAY, 5), self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_dispatch").method_direct_trigger()
        reminder = self.reminders()
        self.assertEqual(reminder.state, "sending")
        with self.at(MONDAY, 5):
            reminder.action_send_now()
        letter = self.reminders().dispatch_ids
        self.assertEqual(letter.channel, "email")
