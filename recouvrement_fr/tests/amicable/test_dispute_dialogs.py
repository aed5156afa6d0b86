from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestDisputeDialogs(RecouvrementCommon):
    """A dispute says what the debtor said: no reason that nobody chose, never more than what is due."""

    def setUp(self):
        super().setUp()
        self.debt = self.invoice(MONDAY - timedelta(days=20), 1000)
        self.night(MONDAY)
        self.collector = self._somebody("disputes")
        self.reason = self.env.ref("recouvrement_fr.dispute_reason_quantity")

    def dialog(self, model, **values):
        dialog = self.env[model].with_user(self.collector)
        dialog = dialog.with_context(active_model="recouvrement.debtor", active_ids=self.card().ids)
        with self.at(MONDAY):
            return dialog.create({"debtor_id": self.card().id, "move_ids": self.debt.ids, **values})

    def call(self, **values):
        return self.dialog("recouvrement.outcome", outcome="dispute", **values)

    def test_neither_dialog_chooses_a_reason(self):
        for name in ("recouvrement.dispute.wizard", "recouvrement.outcome"):
            found = self.env[name].with_user(self.collector).default_get(["reason_id"])
            self.assertFalse(found.get("reason_id"), name)

    def test_a_call_without_the_reason_is_refused(self):
        with self.assertRaisesRegex(UserError, "why they are contested"):
            self.call().action_record()
        with self.at(MONDAY):
            self.call(reason_id=self.reason.id).action_record()
        self.assertEqual(self.card().dispute_ids.reason_id, self.reason)

    def test_a_part_of_nothing_is_not_the_whole(self):
        values = {"reason_id": self.reason.id, "is_partial": True}
        with self.assertRaisesRegex(UserError, "Enter the amount"):
            self.call(**values).action_record()
        with self.assertRaisesRegex(UserError, "Enter the amount"):
            self.dialog("recouvrement.dispute.wizard", **values).action_open()
        self.assertFalse(self.card().dispute_ids)

    def test_no_more_is_contested_than_what_is_left_to_pay(self):
        self.pay(self.debt, 700, on=MONDAY)
        values = {"reason_id": self.reason.id, "is_partial": True}
        with self.assertRaisesRegex(ValidationError, "what is left to pay"), self.env.cr.savepoint():
            self.call(contested=300.01, **values).action_record()
        with self.assertRaisesRegex(ValidationError, "what is left to pay"), self.env.cr.savepoint():
            self.dialog("recouvrement.dispute.wizard", amount=800, **values).action_open()
        with self.at(MONDAY):
            self.call(contested=300, **values).action_record()
        self.assertEqual(self.card().dispute_ids.amount, 300)

    def test_a_part_told_by_a_platform_that_is_more_than_what_is_left_is_the_whole(self):
        self.pay(self.debt, 700, on=MONDAY)
        with self.at(MONDAY):
            dispute = self.env["recouvrement.dispute"]._contest(self.debt, "206", None, 800)
        self.assertEqual((dispute.is_partial, dispute.amount), (False, 300))
