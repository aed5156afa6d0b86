from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..common import MONDAY
from .bad_debt_common import DAY, BadDebtCommon


@tagged("post_install", "-at_install")
class TestSmallBalances(BadDebtCommon):
    """Old balances of a few cents, debts and credits, under one approval and in one entry."""

    def dialog(self, user=None, **values):
        return self.env["recouvrement.small.balances"].with_user(user or self.collector).create(values)

    def test_debts_and_credits_go_together(self):
        old = MONDAY - 200 * DAY
        debt = self.invoice(old, 3.2)
        credit = self.invoice(old, 2.5, move_type="out_refund", partner=self._partner("Autre"))
        large, recent = self.invoice(old, 50), self.invoice(MONDAY, 1)
        contested = self.invoice(old, 4, partner=self._partner("Conteste"))
        self.night(MONDAY)
        with self.at(MONDAY):
            self.env["recouvrement.dispute"]._open(
                self.card(contested.partner_id),
                contested,
                self.env.ref("recouvrement_fr.dispute_reason_quantity"),
            )
            dialog = self.dialog()
            self.assertEqual(dialog.line_ids.move_id, debt | credit)
            self.assertEqual((dialog.debt_amount, dialog.credit_amount), (3.2, 2.5))
            write_off = self.env["recouvrement.write.off"].browse(dialog.action_propose()["res_id"])
        entry = self.approve(write_off)
        self.assertEqual(len(entry), 1)
        self.assertEqual(self.balances(entry), {"411100": -0.7, "658000": 3.2, "758000": -2.5})
        self.post(entry)
        self.assertEqual((debt.amount_residual, credit.amount_residual), (0, 0))
        self.assertEqual((large.amount_residual, recent.amount_residual, contested.amount_residual), (50, 1, 4))
        self.assertEqual(write_off.amount, 0.7)

    def test_the_limit_is_the_companys(self):
        with self.assertRaisesRegex(ValidationError, "at most the limit"):
            self.dialog(limit=6)

    def test_unticked_or_none_left(self):
        self.invoice(MONDAY - 200 * DAY, 3)
        with self.at(MONDAY):
            dialog = self.dialog()
            dialog.line_ids.chosen = False
            with self.assertRaisesRegex(UserError, "at least one"):
                dialog.action_propose()
