from datetime import timedelta

from odoo.tests import tagged

from ..browser import FormsCommon
from ..clock import today


@tagged("post_install", "-at_install")
class TestBrowserRows(FormsCommon):
    """Dialogs of a case, of a reminder and of a letter."""

    def case(self):
        debt = self.invoice(self.on - timedelta(days=90), 10000)
        self.night(self.on)
        self.card().is_commercant = True
        with self.at(self.on):
            card = self.card().with_user(self.officer)
            case = self.env["recouvrement.case"].with_user(self.officer)._open(card, debt)
            run = case._start(self.env.ref("recouvrement_fr.recouvrement_proceeding_injonction"), on=today())
            if run.state == "to_approve":
                case.with_user(self.manager)._decide(run.with_user(self.manager), True, "Fine", on=today())
        return case

    def test_a_case_is_led_by_its_officer(self):
        other = self._partner("Serrurerie Blin")
        debts = self.invoice(self.on - timedelta(days=80), 900, other) + self.invoice(self.on, 100, other)
        case = self.case()
        note, end = "recouvrement_case_event_wizard_action", "recouvrement_case_ending_action"
        self.walk(
            self.officer,
            [
                (case, "procedure", self.step(), [], "action_record!"),
                (case, None, self.head("recouvrement_case_record_action"), [("amount", "10000")], "action_record"),
                (case, None, self.head(note), [("summary", "Call of the bailiff")], "action_note"),
                (case, "events", self.row(note), [("details", "He will call again")], "action_note"),
                (case, None, f"{self.head(end)}", [("reason", "Over")], "action_end!"),
                (self.card(other), None, self.head("action_new_case"), [], "action_open"),
            ],
            [(self.card(other), '[name="action_open_cases"]', "1")],
        )
        opened = self.env["recouvrement.case"].search([("debtor_id", "=", self.card(other).id)])
        self.assertEqual((opened.move_ids, opened.user_id), (debts[0], self.officer))
        self.assertTrue(case.step_ids.filtered("done_on"))
        self.assertIn("Call of the bailiff", case.event_ids.mapped("summary"))
        self.assertTrue(case.event_ids.filtered("corrects_id"))

    def test_a_collector_and_a_manager_work_from_the_forms_of_a_debtor(self):
        self.debtor_partner.phone = "+33 1 23 45 67 89"
        self.first.channel_ids.write({"channel": "call", "template_id": False})
        self.invoice(self.on - timedelta(days=5), 1200)
        self.night(self.on)
        self.morning(self.on)
        card, reminder = self.card(), self.reminders()
        self.assertEqual(reminder.dispatch_ids.mapped("channel"), ["call"])
        choices = [value for value, _label in self.env["recouvrement.contact"]._fields["outcome"].selection]
        outcome = [("outcome", f"={choices.index('refusal')}"), ("note", "Will look into it")]
        self.walk(
            self.collector,
            [
                (reminder, "dispatches", self.row("action_outcome"), outcome, "action_record"),
                (card, None, self.head("recouvrement_promise_wizard_action"), [], "action_note"),
                (card, None, self.head("recouvrement_pause_action"), [("reason", "Waits")], "action_pause"),
            ],
        )
        self.assertEqual(card.contact_ids.mapped("outcome"), ["refusal"])
        self.assertTrue(self.env["recouvrement.promise"].search([("debtor_id", "=", card.id)]))
        self.assertTrue(card.pause_reason)

    def test_a_collector_notes_that_a_registered_letter_was_posted(self):
        self.first.channel_ids.write({"channel": "registered", "template_id": False})
        self.invoice(self.on - timedelta(days=5), 1200)
        self.night(self.on)
        self.morning(self.on)
        letter = self.reminders().dispatch_ids
        self.assertEqual(letter.postal_state, "to_send_registered")
        posted = self.head("recouvrement_posting_action")
        self.walk(self.collector, [(letter, None, posted, [("tracking_number", "@2C12345678901")], "action_post")])
        self.assertEqual((letter.state, letter.tracking_number), ("handed_over", "2C12345678901"))
