from datetime import timedelta
from decimal import Decimal

from ...rules.instalments import Instalment
from ..common import MONDAY, RecouvrementCommon

PNG = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
DUE = MONDAY - timedelta(days=20)


class PlanCommon(RecouvrementCommon):
    """A debt in a plan, and the follow-up of a day."""

    def before_all(self):
        super().before_all()
        self.debt = self.invoice(DUE, 900)
        self.night(MONDAY)

    def plan(self, accepted=True, dates=(15, 45, 75), amounts=(300, 300, 300), moves=None, **values):
        schedule = [
            Instalment(MONDAY + timedelta(days=days), Decimal(amount))
            for days, amount in zip(dates, amounts, strict=True)
        ]
        plan = self.env["recouvrement.plan"]._make(self.card(), moves or self.debt, schedule, **values)
        with self.at(MONDAY):
            plan.action_propose()
            if accepted:
                plan._accept(MONDAY, "Jean Durand, gérant", signature=PNG)
        return plan

    def follow(self, on):
        with self.at(on):
            self.env["recouvrement.plan"].sudo()._follow_up(on)  # the scheduler's rights
        self.env.invalidate_all()
