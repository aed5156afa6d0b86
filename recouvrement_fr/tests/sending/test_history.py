from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location

from odoo import Command
from odoo.tests import tagged
from odoo.tools import file_path

from odoo.addons.recouvrement_fr.ledger import histories

from ..common import MONDAY
from .dispatch_common import DispatchCommon

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


@tagged("post_install", "-at_install")
class TestHistory(DispatchCommon):
    """What a debtor was already told is not forgotten, whatever the invoice, its policy or the post does meanwhile."""

    def reminded_on(self, *days, due=MONDAY - timedelta(days=40), amount=1000):
        invoice = self.invoice(due, amount)
        for on in days:
            self.night(on)
            self.mark_sent(self.reminders()[-1], on)
        return invoice

    def last_level(self, on):
        self.night(on)
        return self.reminders()[-1].level_id

    # --- an invoice that is edited ------------------------------------------------------------------------------------

    def test_a_night_in_draft_does_not_bring_the_first_reminder_back(self):
        invoice = self.reminded_on(MONDAY)
        invoice.button_draft()
        self.night(MONDAY + DAY)
        invoice.action_post()
        self.assertEqual(self.last_level(MONDAY + WEEK), self.second)
        self.assertEqual(self.reminders()[-1].line_ids.cycle, 1)

    def test_a_due_date_moved_by_a_day_keeps_its_level(self):
        invoice = self.reminded_on(MONDAY)
        invoice.button_draft()
        invoice.invoice_date_due += DAY
        invoice.action_post()
        self.assertEqual(self.reminders().line_ids.date_due, invoice.invoice_date_due)
        self.night(MONDAY + DAY)
        self.assertEqual(self.last_level(MONDAY + WEEK), self.second)

    def test_a_due_date_changed_on_the_posted_item_keeps_its_level(self):
        invoice = self.reminded_on(MONDAY)
        term = invoice.line_ids.filtered("date_maturity")
        term.date_maturity += DAY
        self.night(MONDAY + DAY)
        self.assertEqual(self.last_level(MONDAY + WEEK), self.second)

    def test_a_payment_returned_still_starts_again(self):
        invoice = self.reminded_on(MONDAY)
        with self.at(MONDAY):
            payment = self.pay(invoice, on=MONDAY)
        self.night(MONDAY + DAY)
        self.assertTrue(self.reminders().line_ids.settled)
        payment.move_id.line_ids.remove_move_reconcile()
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual(self.last_level(MONDAY + WEEK), self.first)

    def test_a_night_in_draft_and_another_amount_keep_the_level(self):
        invoice = self.reminded_on(MONDAY)
        invoice.button_draft()
        self.night(MONDAY + DAY)
        invoice.invoice_line_ids.price_unit = 1100
        invoice.action_post()
        self.assertEqual(self.last_level(MONDAY + WEEK), self.second)
        self.assertEqual(self.reminders()[-1].amount_due, 1100)

    def test_a_notice_is_still_served_after_a_night_in_draft_and_a_due_date_moved(self):
        notice, letter = self.noticed()
        presented = self.sent_on + 3 * DAY
        with self.at(presented):
            letter._record_status("presented", presented)
            self.card().sudo().write({"debtor_type": "consumer", "type_confirmed": True})
        invoice = notice.line_ids.move_id
        on = presented + 30 * DAY
        with self.at(on):
            invoice.invalidate_recordset()
            before = invoice.late_interest
        self.assertGreater(before, 0)
        invoice.button_draft()
        self.night(presented + DAY)
        invoice.invoice_date_due += DAY
        invoice.action_post()
        self.env.invalidate_all()
        with self.at(on):
            self.assertEqual(invoice.late_interest, before)

    # --- levels of another policy -------------------------------------------------------------------------------------

    def other_policy(self, start, reminders=1):
        levels = [self._level(f"Other {n}", start + n, 3 + 2 * n) for n in range(reminders)]
        levels.append(
            self._level("Other notice", start + 10, 20, kind="formal_notice", tone="formal", channel="registered")
        )
        levels.append(self._level("Other case", start + 11, 35, kind="case_proposal"))
        return self._policy("Others", level_ids=levels)

    def follow(self, policy):
        with self.at(MONDAY):
            self.card().policy_id = policy
        return policy

    def test_after_the_last_reminder_of_a_longer_policy_comes_the_notice_not_a_case(self):
        self.reminded_on(MONDAY, MONDAY + WEEK)
        other = self.follow(self.other_policy(1))
        level = self.last_level(MONDAY + 3 * WEEK)
        self.assertEqual((level.policy_id, level.kind), (other, "formal_notice"))

    def test_after_a_notice_of_another_policy_comes_a_case_and_no_second_notice(self):
        self.reminded_on(MONDAY, MONDAY + WEEK)
        self.night(MONDAY + 2 * WEEK)
        notice = self.reminders()[-1]
        self.assertEqual(notice.kind, "formal_notice")
        self.dispatch(MONDAY + 2 * WEEK)
        with self.at(MONDAY + 2 * WEEK):
            notice.dispatch_ids.action_mark_posted()
            notice.dispatch_ids._record_status("presented", MONDAY + 2 * WEEK)
        self.follow(self.other_policy(100, reminders=4))
        for week in range(3, 9):
            self.night(MONDAY + week * WEEK)
        self.assertEqual(self.reminders()[-1], notice)
        self.assertEqual(self.card().reason, "case_proposal")

    def test_a_policy_whose_levels_have_higher_numbers_goes_on_reminding(self):
        self.reminded_on(MONDAY)
        self.follow(self.other_policy(100, reminders=2))
        self.assertEqual(self.last_level(MONDAY + WEEK).name, "Other 1")

    def test_one_whose_levels_have_lower_numbers_does_too(self):
        self.reminded_on(MONDAY)
        self.follow(self.other_policy(1, reminders=3))
        self.assertEqual(self.last_level(MONDAY + WEEK).name, "Other 1")

    # --- remainders ---------------------------------------------------------------------------------------------------

    def test_a_cent_left_makes_no_notice_and_silences_nothing(self):
        invoice = self.reminded_on(MONDAY, MONDAY + WEEK, amount=800)
        with self.at(MONDAY + WEEK):
            self.pay(invoice, 799.99, on=MONDAY + WEEK)
        fresh = self.invoice(MONDAY + WEEK, 500)
        self.night(MONDAY + 3 * WEEK)
        reminder = self.reminders()[-1]
        self.assertEqual(reminder.level_id, self.first)
        self.assertEqual(reminder.line_ids.filtered(lambda line: line.role == "carried").move_id, fresh)

    def test_a_remainder_left_before_it_leaves_cancels_the_reminder(self):
        invoice, reminder = self.reminded()
        with self.at(MONDAY):
            self.pay(invoice, 990, on=MONDAY)
        self.dispatch(MONDAY)
        self.assertFalse(self.server.messages)
        self.assertEqual(reminder.state, "cancelled")

    def test_a_reminder_to_approve_silences_the_other_invoices_for_the_interval_only(self):
        self.first.requires_approval = True
        self.reminded()
        other = self.invoice(MONDAY - 2 * DAY, 500)
        self.night(MONDAY + 4 * DAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (1, "approval"))
        self.night(MONDAY + 7 * DAY)
        self.assertEqual(self.reminders()[-1].line_ids.move_id, other)

    # --- the term of a formal notice ----------------------------------------------------------------------------------

    def noticed(self):
        """A formal notice posted, and nothing said of it by the post yet; then comes a case."""
        self.policy.level_ids = [self._level("Case", 40, 1, kind="case_proposal", anchor="previous_level")]
        self.reminded_on(MONDAY, MONDAY + WEEK)
        self.sent_on = MONDAY + 2 * WEEK
        self.night(self.sent_on)
        notice = self.reminders()[-1]
        self.assertEqual(notice.kind, "formal_notice")
        self.dispatch(self.sent_on)
        letter = notice.dispatch_ids
        with self.at(self.sent_on):
            letter.action_mark_posted()
        return notice, letter

    def test_a_notice_not_presented_does_not_expire_and_a_person_is_asked(self):
        notice, _letter = self.noticed()
        on = self.sent_on + 30 * DAY
        self.night(on)
        self.assertEqual(self.card().reason, "not_presented")
        with self.at(on):
            notice.invalidate_recordset()
            self.assertFalse(notice.notice_is_expired)
            self.assertFalse(self.env["recouvrement.case"].sudo()._to_litigate(on))

    def test_its_term_runs_from_the_presentation_and_ends_on_a_working_day(self):
        notice, letter = self.noticed()
        presented = self.sent_on + 3 * DAY  # Thursday 19 March; eight days later is Friday 27
        with self.at(presented):
            letter._record_status("presented", presented)
        self.assertEqual(notice.notice_term_until, presented + 8 * DAY)
        for on, reason in ((presented + 8 * DAY, "delay"), (presented + 11 * DAY, "case_proposal")):
            self.night(on)
            self.assertEqual(self.card().reason, reason)
        cases = self.env["recouvrement.case"].sudo()
        self.assertFalse(cases._to_litigate(presented + 8 * DAY))
        self.assertTrue(cases._to_litigate(presented + 9 * DAY))

    def test_a_term_that_ends_on_a_saturday_goes_to_the_next_working_day(self):
        notice, letter = self.noticed()
        presented = self.sent_on + 4 * DAY  # Friday 20 March; eight days later is Saturday 28
        with self.at(presented):
            letter._record_status("presented", presented)
        self.assertEqual(notice.notice_term_until, presented + 10 * DAY)

    def test_no_day_is_written_that_depends_on_the_post_and_the_one_kept_is_the_one_followed(self):
        self.notice.closing = "A défaut de règlement avant le {deadline}, nous agirons."
        notice, letter = self.noticed()
        self.assertEqual(
            notice.figures["closing"],
            [
                "A défaut de règlement avant le terme des 8 jours suivant la première présentation de cette lettre, "
                "nous agirons."
            ],
        )
        self.assertNotRegex(notice.figures["order"], r"\b20\d\d\b")
        self.assertFalse(notice.deadline)
        presented = self.sent_on + 4 * DAY
        with self.at(presented):
            letter._record_status("presented", presented)
        self.assertEqual(notice.deadline, presented + 10 * DAY)
        with self.at(presented + 3 * DAY):
            letter._record_status("returned", presented + 3 * DAY)
        self.assertFalse(notice.deadline)

    def agreed_terms(self, notice):
        """The last day of a notice's term as its own form, the night and the proposal of a case see it."""
        self.env.flush_all()
        move = notice.line_ids.move_id
        [history] = histories.histories(self.env, move.ids, self.company.recouvrement_holidays or None).values()
        cases, day = self.env["recouvrement.case"].sudo(), notice.deadline
        self.assertEqual((notice.notice_term_until, history.term_until, history.unpresented), (day, day, False))
        self.assertFalse(cases._to_litigate(day))
        self.assertTrue(cases._to_litigate(day + DAY))
        return day

    def test_an_electronic_registered_letter_counts_from_its_presentation_too(self):
        self.notice.channel_ids.channel = "lre"
        notice, letter = self.noticed()
        self.assertIn("8 jours à compter de sa première présentation", notice.figures["order"])
        presented = self.sent_on + 2 * DAY
        with self.at(presented):
            letter._record_status("presented", presented)
        self.assertEqual(self.agreed_terms(notice), presented + 8 * DAY)

    def test_the_holidays_of_the_company_put_off_the_end_of_the_term(self):
        notice, letter = self.noticed()
        presented = self.sent_on + 10 * DAY  # Thursday 26 March; eight days later is Good Friday
        with self.at(presented):
            letter._record_status("presented", presented)
        self.assertEqual(self.agreed_terms(notice), presented + 8 * DAY)
        self.company.recouvrement_holidays = "alsace-moselle"
        notice.invalidate_recordset(["notice_term_until"])
        self.assertEqual(self.agreed_terms(notice), presented + 12 * DAY, "Good Friday and Easter Monday are holidays.")

    def test_a_notice_by_plain_letter_waits_for_the_post(self):
        self.notice.channel_ids.channel = "letter"
        notice, _letter = self.noticed()
        self.assertIn("8 jours à compter de sa réception", notice.figures["order"])
        self.assertEqual(self.agreed_terms(notice), self.sent_on + 14 * DAY)  # Sunday 29 March goes to Monday

    def test_a_notice_by_email_is_received_the_day_it_leaves(self):
        self.notice.channel_ids = [
            Command.clear(),
            Command.create({"channel": "email", "template_id": self.template.id}),
        ]
        self.policy.level_ids = [self._level("Case", 40, 1, kind="case_proposal", anchor="previous_level")]
        self.reminded_on(MONDAY, MONDAY + WEEK)
        on = MONDAY + 2 * WEEK
        self.night(on)
        self.dispatch(on)
        notice = self.reminders()[-1]
        self.assertEqual((notice.kind, notice.state), ("formal_notice", "sent"))
        self.assertEqual(self.agreed_terms(notice), on + 8 * DAY)

    def test_a_notice_whose_email_came_back_does_not_expire(self):
        self.test_a_notice_by_email_is_received_the_day_it_leaves()
        notice = self.reminders()[-1]
        with self.at(notice.sent_date + DAY):
            notice.dispatch_ids.sudo()._come_back("550 unknown", wrong_address=True)
        self.assertFalse(notice.deadline)
        letter = notice.dispatch_ids.filtered(lambda found: found.channel == "letter")
        posted = notice.sent_date + 3 * DAY
        with self.at(posted):
            self.assertFalse(self.env["recouvrement.case"].sudo()._to_litigate(posted + 30 * DAY))
            letter.action_mark_posted()
        self.assertEqual(self.agreed_terms(notice), posted + 13 * DAY)

    def test_a_reminder_asks_to_be_paid_by_a_working_day(self):
        self.first.closing = "Merci de payer avant le {deadline}."
        self.first.term_days = 5  # Monday 2 March: Saturday 7
        _invoice, reminder = self.frozen()
        self.assertEqual(reminder.deadline, MONDAY + 7 * DAY)
        self.assertEqual(reminder.figures["closing"], ["Merci de payer avant le 9 mars 2026."])

    def test_the_day_kept_for_a_notice_that_left_before_is_counted_again(self):
        notice, _letter = self.noticed()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE recouvrement_reminder SET deadline = %s WHERE id = %s", [self.sent_on + 8 * DAY, notice.id]
        )
        self.env.invalidate_all()
        path = file_path("recouvrement_fr/migrations/19.0.3.0.0/post-notice_deadlines.py")
        spec = spec_from_file_location("post_notice_deadlines", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        for _time in range(2):
            script.migrate(self.env.cr, "19.0.2.0.0")
            self.assertFalse(notice.deadline)
