import unittest
from datetime import date, timedelta

from ..returns import may_come_back

PAID = date(2026, 3, 2)


class TestReturns(unittest.TestCase):
    def test_a_cheque_or_a_direct_debit_may_come_back_for_eight_weeks(self):
        for told in (
            "Chèque n° 0012345",
            "REM CHQ 0012345",
            "remise de cheques",
            "PRLV SEPA 2026-03",
            "Prélèvement",
            "SEPA Direct Debit",
            "LCR 31/03",
            "Billet à ordre",
        ):
            with self.subTest(told=told):
                self.assertTrue(may_come_back(["", told], PAID, PAID))
                self.assertTrue(may_come_back([told], PAID, PAID + timedelta(days=56)))
                self.assertFalse(may_come_back([told], PAID, PAID + timedelta(days=57)))

    def test_a_transfer_does_not(self):
        for told in ("VIR SEPA DURAND", "VIREMENT INSTANTANE", "Bank", "effectué le 2 mars", "ALCR", None):
            with self.subTest(told=told):
                self.assertFalse(may_come_back([told], PAID, PAID))


if __name__ == "__main__":
    unittest.main()
