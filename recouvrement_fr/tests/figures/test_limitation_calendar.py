from datetime import date

from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestLimitationCalendar(RecouvrementCommon):
    """The calendar says of each open invoice the day that the invoice itself shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._somebody("calendar_collector")
        card = cls.env["recouvrement.debtor"]._card(cls.company, cls.debtor_partner).sudo()
        card.write({"debtor_type": "professional", "type_confirmed": True})

    def rows(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["recouvrement.limitation.calendar"].with_user(self.collector).search([])

    def test_each_invoice_has_its_own_day_and_what_is_left_of_it(self):
        first = self.invoice(date(2024, 6, 30), 1000)
        second = self.invoice(date(2025, 6, 30), 500)
        self.pay(second, 200, on=date(2025, 7, 10))
        self.pay(self.invoice(date(2025, 6, 30), 70), on=date(2025, 7, 1))
        with self.at(MONDAY):
            rows = self.rows()
            self.assertEqual(rows.move_id, first + second)
            for row, amount in zip(rows, (1000, 300), strict=True):
                self.assertTrue(row.limitation_date)
                self.assertEqual(row.limitation_date, row.move_id.limitation_date)
                self.assertEqual((row.amount, row.is_interrupted), (amount, False))
                self.assertEqual(row.days_left, (row.limitation_date - MONDAY).days)

    def test_an_interrupted_one_follows_its_events(self):
        debt = self.invoice(date(2023, 6, 30), 1000)
        with self.at(MONDAY):
            before = self.rows().limitation_date
            card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner).sudo()
            self.env["recouvrement.limitation.event"]._note(card, debt, "court_claim", date(2025, 1, 15))
            row = self.rows()
            self.assertTrue(row.is_interrupted)
            self.assertEqual(row.limitation_date, debt.limitation_date)
            self.assertGreater(row.limitation_date, before)
