from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestByHand(RecouvrementCommon):
    """What a person decides besides the night: levels, invoices left out; each with its reason."""

    def set_level(self, level, reason="Rappel fait par courrier", moves=None, on=MONDAY):
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        with self.at(on):
            return self.env["recouvrement.reminder"]._set_level(card, level, reason, on, moves)

    # --- levels ---

    def test_the_night_goes_on_from_the_level_that_was_set(self):
        invoice = self.invoice(MONDAY - timedelta(days=12))
        evidence = self.set_level(self.first)
        self.assertEqual((evidence.origin, evidence.state), ("set", "sent"))
        self.assertEqual(evidence.hand_reason, "Rappel fait par courrier")
        self.assertEqual(invoice.dunning_level_id, self.first)
        self.assertFalse(self.card().last_contact_date, "nothing was sent")
        self.night(MONDAY)
        self.assertEqual(self.reminders()[-1].level_id, self.second)

    def test_a_level_set_proves_nothing_for_a_formal_notice(self):
        self.invoice(MONDAY - timedelta(days=60))
        self.set_level(self.second)
        self.night(MONDAY)
        self.assertEqual(self.card().reason, "notice_gate")

    def test_a_lower_level_starts_a_new_cycle(self):
        self.invoice(MONDAY - timedelta(days=20))
        for day in (MONDAY, MONDAY + 7 * DAY):
            self.night(day)
            self.mark_sent(self.reminders(), day)
        self.set_level(self.first, on=MONDAY + 8 * DAY)
        self.night(MONDAY + 14 * DAY)
        again = self.reminders()[-1]
        self.assertEqual((again.level_id, again.line_ids.cycle), (self.second, 2))

    def test_only_the_chosen_invoice_changes_level(self):
        kept = self.invoice(MONDAY - timedelta(days=20))
        changed = self.invoice(MONDAY - timedelta(days=20))
        self.set_level(self.second, moves=changed)
        self.assertEqual((changed.dunning_level_id, kept.dunning_level_id.id), (self.second, False))

    def test_a_planned_reminder_gives_way_to_the_level_set(self):
        self.invoice(MONDAY - timedelta(days=20))
        self.night(MONDAY)
        planned = self.reminders()
        self.set_level(self.second)
        self.assertEqual(planned.state, "cancelled")

    def test_what_changes_nothing_or_is_no_reminder_is_refused(self):
        self.invoice(MONDAY - timedelta(days=20))
        with self.assertRaisesRegex(UserError, "must really be sent"):
            self.set_level(self.notice)
        self.set_level(self.first)
        with self.assertRaisesRegex(UserError, "Nothing changes"):
            self.set_level(self.first)

    def test_people_who_do_not_collect_cannot_set_a_level(self):
        self.invoice(MONDAY - timedelta(days=20))
        biller = new_test_user(self.env, "biller", groups="account.group_account_invoice", company_id=self.company.id)
        collector = new_test_user(
            self.env, "collector", groups="recouvrement_fr.group_recouvrement_user", company_id=self.company.id
        )
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        with self.assertRaises(AccessError):
            self.env["recouvrement.reminder"].with_user(biller)._set_level(
                card.with_user(biller), self.first, "x", MONDAY
            )
        wizard = (
            self.env["recouvrement.set.level"]
            .with_user(collector)
            .with_context(active_model="recouvrement.debtor", active_ids=card.ids)
        )
        wizard.create({"level_id": self.first.id, "reason": "Courrier"}).action_apply()
        self.assertEqual(self.reminders().origin, "set")

    # --- invoices left out ---

    def test_an_invoice_left_out_leaves_its_reminder_and_those_that_follow_until_its_day(self):
        worst = self.invoice(MONDAY - timedelta(days=20), 1000)
        other = self.invoice(MONDAY - timedelta(days=12), 400)
        self.night(MONDAY)
        reminder = self.reminders()
        with self.at(MONDAY):
            reminder._leave_out(other, "Avoir en cours", MONDAY, MONDAY + 6 * DAY)
        self.assertEqual((reminder.state, reminder.amount_due), ("planned", 1000))
        self.morning(MONDAY)
        self.assertEqual(reminder.line_ids.filtered(lambda line: not line.cancelled).move_id, worst)
        self.mark_sent(reminder, MONDAY)
        with self.at(MONDAY + 7 * DAY):
            self.env["recouvrement.exclusion"]._follow_up(MONDAY + 7 * DAY)
        self.night(MONDAY + 7 * DAY)
        self.assertIn(other, self.reminders()[-1].line_ids.move_id)

    def test_a_reminder_without_anything_that_carries_it_is_cancelled(self):
        invoice = self.invoice(MONDAY - timedelta(days=20))
        self.night(MONDAY)
        with self.at(MONDAY):
            self.reminders()._leave_out(invoice, "Litige", MONDAY)
        self.assertEqual(self.reminders().state, "cancelled")
        self.night(MONDAY + DAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (1, "no_followup"))

    def test_an_invoice_taken_back_in_is_reminded_again(self):
        invoice = self.invoice(MONDAY - timedelta(days=20))
        self.night(MONDAY)
        with self.at(MONDAY):
            self.reminders()._leave_out(invoice, "Litige", MONDAY)
            exclusion = self.env["recouvrement.exclusion"].search([("move_id", "=", invoice.id)])
            exclusion.action_lift()
        self.night(MONDAY + DAY)
        self.assertEqual(self.reminders()[-1].state, "planned")
        with self.assertRaises(UserError):
            exclusion.unlink()

    def test_nothing_is_left_out_of_what_has_left(self):
        invoice = self.invoice(MONDAY - timedelta(days=20))
        self.night(MONDAY)
        self.mark_sent(self.reminders(), MONDAY)
        with self.assertRaisesRegex(UserError, "no longer planned"):
            self.reminders()._leave_out(invoice, "Litige", MONDAY)
