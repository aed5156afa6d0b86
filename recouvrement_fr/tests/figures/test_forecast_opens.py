from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..clock import today
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestForecastOpens(RecouvrementCommon):
    """A week of the forecast opens what is expected in it, which adds up to its three figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_partner = cls._partner("Peinture Martin")
        cls.board = cls.env["recouvrement.dashboard"].with_context(lang="en_US")

    def week(self, number):
        """The lines of a week, by kind and document."""
        with self.at(MONDAY):
            action = self.board.get_week({}, number)
        return self.env[action["res_model"]].search(action["domain"])

    def busy_ledger(self):
        for number, late in enumerate((0, 10, 20, 30)):
            due = date(2025, 10, 1) + number * DAY
            self.pay(self.invoice(due, 10), on=due + late * DAY)
        debt = self.invoice(date(2026, 3, 9), 100)
        old = self.invoice(MONDAY - 100 * DAY, 7)
        promised = self.invoice(MONDAY - 10 * DAY, 1000, partner=self.other_partner)
        card = self.env["recouvrement.debtor"]._card(self.company, self.other_partner)
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(card, promised, 400, MONDAY + 15 * DAY, on=today())
        return debt, old, promise

    def test_each_week_adds_up_to_its_figures(self):
        self.busy_ledger()
        model = self.env["recouvrement.dashboard"]
        for number, expected in enumerate(model._forecast(model._asked({}, MONDAY))):
            lines = self.week(number)
            self.assertEqual(
                tuple(round(sum(lines.mapped(reading)), 2) for reading in ("low", "middle", "high")),
                tuple(round(float(amount), 2) for amount in expected[1:]),
                number,
            )

    def test_a_week_holds_items_and_promises_by_themselves(self):
        debt, old, promise = self.busy_ledger()
        second, rest = self.week(1).sorted(lambda line: line.document != debt.name)  # 9 March by the high figure
        self.assertEqual(
            (second.kind, second.document, second.low, second.middle, second.high), ("item", debt.name, 0, 0, 100)
        )
        # What was not promised of 1,000, ten days late: as many days again (middle), a week at least (high)
        self.assertEqual((rest.document, rest.low, rest.middle, rest.high), (promise.move_ids.name, 0, 600, 600))
        third = self.week(2).sorted("kind")  # the middle figure of the invoice, the low one of the rest, the promise
        self.assertEqual(third.mapped("kind"), ["item", "item", "promise"])
        self.assertEqual(sorted(third[:2].mapped("low")), [0, 600])
        self.assertEqual((third[2].document, third[2].low, third[2].middle), (promise.name, 200, 400))
        self.assertEqual(third[2].action_open()["res_id"], promise.id)
        self.assertEqual(second.action_open()["res_id"], debt.id)
        [late] = self.week(7)
        self.assertEqual((late.document, late.low, late.middle, late.high), (old.name, 0, 0, 7))
        self.assertFalse(self.week(5))

    def test_the_drawing_opens_each_of_its_weeks(self):
        self.busy_ledger()
        with self.at(MONDAY):
            [block] = self.board.get_panel("forecast", {})
        self.assertEqual([one["call"] for one in block["opens"]], ["get_week"] * 13)
        self.assertEqual(block["opens"][2]["arguments"], [2])

    def test_a_collector_opens_it_and_nobody_else(self):
        debt, _old, promise = self.busy_ledger()
        collector = self._somebody("week_collector")
        with self.at(MONDAY):
            action = self.board.with_user(collector).get_week({}, 1)
            employee = new_test_user(self.env, "week_employee", "base.group_user", company_id=self.company.id)
            with self.assertRaises(AccessError):
                self.board.with_user(employee).get_week({}, 1)
        lines = self.env[action["res_model"]].with_user(collector).search(action["domain"])
        self.assertEqual(set(lines.mapped("document")), {debt.name, promise.move_ids.name})
        colleague = self._somebody("week_colleague")
        self.assertFalse(self.env[action["res_model"]].with_user(colleague).search(action["domain"]))
