from datetime import timedelta

from odoo.fields import Command
from odoo.tests import new_test_user

from ..clock import today
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
DUE = MONDAY - 20 * DAY
PROMISED = MONDAY + 7 * DAY


class PromiseCommon(RecouvrementCommon):
    def before_all(self):
        super().before_all()
        self.debt = self.invoice(DUE, 1000)
        self.night(MONDAY)

    def promise(self, moves=None, amount=1000, on=MONDAY, day=PROMISED, **values):
        with self.at(on):
            return self.env["recouvrement.promise"]._make(
                self.card(), moves or self.debt, amount, day, **values, on=today()
            )

    def follow(self, on):
        self.env.flush_all()
        with self.at(on, 3):
            self.env["recouvrement.promise"].sudo()._follow_up(on)  # the scheduler's rights
        self.env.invalidate_all()

    def collector(self, login="promiser", group="user"):
        user = new_test_user(self.env, login, groups=f"recouvrement_fr.group_recouvrement_{group}")
        user.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        return user

    def unreconcile(self, move):
        move.line_ids.filtered(lambda line: line.account_type == "asset_receivable").remove_move_reconcile()

    def bounce(self, payment):
        """The bank took it back: the payment is cancelled, it is not merely taken off its invoice."""
        payment.action_draft()
        payment.action_cancel()
