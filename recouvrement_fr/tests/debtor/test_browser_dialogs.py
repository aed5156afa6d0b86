from datetime import timedelta

from odoo.tests import tagged

from ..browser import FormsCommon


@tagged("post_install", "-at_install")
class TestBrowserDialogs(FormsCommon):
    """Every dialog opened from the card of a debtor: from its head, from "More", from a row of its open items."""

    def setUp(self):
        super().setUp()
        # So many that no card, invoice, item and plan have the same number.
        self.other_partner = self._partner("Serrurerie Blin")
        self.debts, self.others = (
            [self.invoice(self.on - timedelta(days=days), 1000 + days, partner) for days in (90, 80, 70)]
            for partner in (self.debtor_partner, self.other_partner)
        )
        self.night(self.on)

    def item(self, number, name):
        """A button of that row of the open items."""
        action = self.env.ref(f"recouvrement_fr.{name}")
        return f'.o_recouvrement_items .o_data_row:nth-child({number}) button[name="{action.id}"]'

    def test_a_collector_acts_from_the_rows_and_from_the_head_of_a_card(self):
        card, other = self.card(), self.card(self.other_partner)
        promise, dispute = "recouvrement_promise_wizard_action", "recouvrement_dispute_wizard_action"
        contested = [("description", "Short")]
        note = '[name="action_note_limitation"]'
        self.walk(
            self.collector,
            [
                (card, None, self.item(1, promise), [("note", "By cheque")], "action_note"),
                (card, None, self.item(2, "recouvrement_leave_out_action"), [("reason", "Credit")], "action_apply"),
                (card, None, self.item(3, dispute), contested, "action_open"),
                (card, "settings", note, [("note", "Two months")], "action_apply"),
                (other, None, self.head(dispute), contested, "action_open"),
                (other, None, self.head("recouvrement_plan_wizard_action"), [("count", "2")], "action_make"),
                (other, None, self.head("action_statements"), [("subject", "Votre relevé")], "action_give"),
                (other, None, self.head("action_log_visit"), [("note", "Nobody there")], "action_record"),
            ],
            [
                (card, '[name="action_open_promises"]', "1"),
                (card, '[name="action_open_disputes"]', "1"),
                (other, '[name="action_open_plans"]', "1"),
                (other, '[name="action_open_disputes"]', "1"),
            ],
        )
        for model, field, expected in (
            ("recouvrement.promise", "move_ids", {card: self.debts[0]}),
            ("recouvrement.exclusion", "move_id", {card: self.debts[1]}),
            ("recouvrement.dispute", "move_ids", {card: self.debts[2], other: self.others[0]}),
            ("recouvrement.plan", "move_ids", {other: self.others[0] + self.others[1] + self.others[2]}),
            ("recouvrement.statement", "subject", {other: "Votre relevé"}),
            ("recouvrement.contact", "note", {other: "Nobody there"}),
        ):
            with self.subTest(model):
                made = self.env[model].search([("debtor_id", "in", (card + other).ids)]).grouped("debtor_id")
                self.assertEqual({one: records[field] for one, records in made.items()}, expected)
        [plan] = self.env["recouvrement.plan"].search([("debtor_id", "=", other.id)])
        self.assertEqual(len(plan.instalment_ids), 2)
        events = self.env["recouvrement.limitation.event"].search([("debtor_id", "=", card.id)])
        self.assertIn("Two months", events.mapped("note"))
