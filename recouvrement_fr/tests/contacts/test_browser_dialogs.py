from datetime import timedelta

from odoo.tests import tagged

from ..browser import FormsCommon


@tagged("post_install", "-at_install")
class TestBrowserDialogs(FormsCommon):
    """Every dialog of the debtor's card and of what stands on it: filled, saved, and what came of it looked at."""

    def owing(self, name, **values):
        """The card of a debtor who owes two overdue invoices."""
        partner = self._partner(name, **{"email": "compta@debiteur.example", **values})
        debts = self.invoice(self.on - timedelta(days=60), 900, partner)
        debts += self.invoice(self.on - timedelta(days=40), 100, partner)
        return self.env["recouvrement.debtor"]._card(self.company, partner).sudo(), debts

    def counted(self):
        """The cards know what is owed: a night has passed."""
        self.night(self.on)

    def test_a_collector_fills_every_dialog_of_the_card(self):
        plan, planned = self.owing("Alpha Plan")
        dispute, _debts = self.owing("Bravo Dispute")
        promise, _debts = self.owing("Charlie Promise")
        paused, _debts = self.owing("Delta Pause")
        called, _debts = self.owing("Echo Call")
        visited, _debts = self.owing("Foxtrot Visit")
        stated, _debts = self.owing("Golf Statement")
        written, _debts = self.owing("Hotel E-mail")
        left, _debts = self.owing("India Left Out")
        noted, _debts = self.owing("Juliet Limitation")
        self.counted()
        choices = [value for value, _label in self.env["recouvrement.contact"]._fields["outcome"].selection]
        refusal = [("outcome", f"={choices.index('refusal')}"), ("note", "Will look into it")]
        contested = [("reason_id", "=1"), ("description", "Two pallets are missing")]
        correct = ".o_recouvrement_contacts .o_recouvrement_correct"
        row = f'.o_field_widget[name="open_item_ids"] {self.row("recouvrement_leave_out_action")}'
        promised, limitation = self.head("recouvrement_promise_wizard_action"), 'button[name="action_note_limitation"]'
        self.walk(
            self.collector,
            [
                (plan, None, self.head("recouvrement_plan_wizard_action"), [("count", "4")], "action_make"),
                (dispute, None, self.head("recouvrement_dispute_wizard_action"), contested, "action_open"),
                (promise, None, promised, [("note", "On Friday")], "action_note"),
                (paused, None, self.head("recouvrement_pause_action"), [("reason", "Meets us")], "action_pause"),
                (called, None, self.head("action_log_call"), refusal, "action_record"),
                (visited, None, self.head("action_log_visit"), refusal, "action_record"),
                (stated, None, self.head("action_statements"), [], "action_give"),
                (
                    written,
                    None,
                    self.head("action_write_message"),
                    [("subject", "Your account"), ("body", "%Please call us back.")],
                    "action_send",
                ),
                (left, None, row, [("reason", "A credit note is being made")], "action_apply"),
                (stated, None, correct, [("city", "Nantes")], "action_correct"),
                (noted, "settings", limitation, [("note", "Asks for time")], "action_apply"),
            ],
            [
                (plan, '.oe_stat_button[name="action_open_plans"]', "1"),
                (dispute, '.oe_stat_button[name="action_open_disputes"]', "1"),
                (promise, '.oe_stat_button[name="action_open_promises"]', "1"),
            ],
        )
        self.assertEqual(dispute.dispute_ids.mapped("description"), ["Two pallets are missing"])
        self.assertEqual(promise.promise_ids.mapped("note"), ["On Friday"])
        self.assertEqual(paused.pause_reason, "Meets us")
        self.assertEqual(stated.statement_ids.mapped("channel"), ["email"])
        self.assertEqual(stated.partner_id.city, "Nantes")
        self.assertIn("Your account", written.message_ids.mapped("subject"))
        self.assertTrue(self.env["recouvrement.limitation.event"].search([("debtor_id", "=", noted.id)]))
        self.assert_noted(plan.plan_ids, planned, called, visited, left)

    def assert_noted(self, made, planned, called, visited, left):
        """The plan is of all that was planned, each contact and each exclusion says what was typed."""
        self.assertEqual((made.principal, len(made.instalment_ids)), (sum(planned.mapped("amount_total")), 4))
        for card, channel in ((called, "call"), (visited, "visit")):
            self.assertEqual(card.contact_ids.mapped("channel"), [channel])
            self.assertEqual(card.contact_ids.mapped("outcome"), ["refusal"])
        of_left = [("move_id.commercial_partner_id", "=", left.partner_id.id)]
        excluded = self.env["recouvrement.exclusion"].search(of_left)
        self.assertEqual(excluded.mapped("reason"), ["A credit note is being made"])

    def test_a_statement_of_a_debtor_without_an_e_mail_is_downloaded_at_once(self):
        """An e-mail that nobody can receive is not proposed."""
        card, _debts = self.owing("Kilo Without", email=False)
        self.counted()
        dialog = self.env["recouvrement.statement.wizard"].with_user(self.collector)
        dialog = dialog.with_context(default_debtor_ids=card.ids)
        self.assertEqual(dialog.new(dialog.default_get(["debtor_ids", "how", "subject", "body"])).how, "pdf")
        self.walk(self.collector, [(card, None, self.head("action_statements"), [], "action_give")])
        self.assertEqual(card.statement_ids.mapped("channel"), ["pdf"])
