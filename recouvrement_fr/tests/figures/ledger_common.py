from datetime import date, timedelta

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
CLOSING = date(2026, 3, 31)


class LedgerCommon(RecouvrementCommon):
    """Two debtors whose ledger is read at any day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_partner = cls._partner("Peinture Martin")

    def books(self):
        """Paid whole, paid in part, credited, in another currency, with an exchange difference."""
        dollar = self.setup_other_currency("USD", rates=[("2026-01-01", 2.0), ("2026-03-20", 3.0)])
        paid, part, open_ = (self.invoice(MONDAY + late * DAY, 1000.01 + late) for late in (-10, 0, 10))
        self.pay(paid, on=MONDAY + 5 * DAY)
        self.pay(part, 333.33, on=MONDAY + 7 * DAY)
        credit = self.invoice(MONDAY, 77.7, move_type="out_refund", invoice_date=MONDAY + 12 * DAY)
        (open_ + credit).line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()
        foreign = [
            self.invoice(
                MONDAY, 999.99, partner=self.other_partner, currency_id=dollar.id, invoice_date=MONDAY - 20 * DAY
            )
            for _each in range(2)
        ]
        self.pay(foreign[0], on=date(2026, 3, 25))  # with an exchange difference
        self.pay(foreign[1], 500, on=date(2026, 3, 10))
        return part
