from datetime import date, timedelta
from decimal import Decimal as D
from unittest.mock import patch

from odoo.tests import tagged

from ...ledger import outlook
from ...ledger.scope import Scope
from ...rules.instalments import Instalment
from ..amicable.plan_common import PNG
from ..bank import BankEntries
from ..clock import today
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestForecast(BankEntries, RecouvrementCommon):
    """What should come in, from the habits of each debtor, what was promised and what is held."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_partner = cls._partner("Peinture Martin")

    def paid_late(self, *days, partner=None):
        """Invoices of 10 paid that many days late, the autumn before."""
        for number, late in enumerate(days):
            due = date(2025, 10, 1) + number * DAY
            self.pay(self.invoice(due, 10, partner=partner), on=due + late * DAY)

    def new_card(self):
        return self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)

    def weeks(self, **asked):
        """{number of the week: (low, middle, high)} from Monday 2 March 2026, empty weeks left out."""
        model = self.env["recouvrement.dashboard"]
        found = model._forecast(model._asked(asked, MONDAY))
        return {
            number: tuple(round(each, 2) for each in week[1:]) for number, week in enumerate(found) if any(week[1:])
        }

    def test_each_debtor_is_as_late_as_it_usually_is(self):
        self.paid_late(0, 10, 20, 30)  # a quarter in time, half by day 10, three quarters by day 20
        self.paid_late(40, 41, 42, partner=self.other_partner)
        self.invoice(date(2026, 3, 9), 100)
        self.invoice(date(2026, 3, 9), 7000, partner=self.other_partner)
        debts = outlook.debts(self.env, Scope(self.company), MONDAY, outlook.Apart())
        due = date(2026, 3, 9)
        self.assertEqual(sorted(debts["low"]), [(due, 20, 100), (due, 42, 7000)])
        self.assertEqual(sorted(debts["middle"]), [(due, 10, 100), (due, 41, 7000)])
        self.assertEqual(sorted(debts["high"]), [(due, 0, 100), (due, 40, 7000)])
        # 9 March + 0, 10 and 20 days: weeks 1, 2 and 3; + 40 to 42: 18 to 20 April, weeks 6 and 7
        self.assertEqual(
            self.weeks(), {1: (0, 0, 100), 2: (0, 100, 0), 3: (100, 0, 0), 6: (0, 7000, 7000), 7: (7000, 0, 0)}
        )

    def test_the_three_readings_of_a_ledger_computed_by_hand(self):
        """A debtor pays in time, 10 or 20 days late (a quarter, half, three quarters). It owes 1,000.00 due on 9 March,
        500.00 ten days late and 300.00 a hundred days late, of which 100.00 on account pay the oldest. Another one has
        promised 400.00 for 16 March."""
        self.paid_late(0, 10, 20, 30)
        self.invoice(date(2026, 3, 9), 1000)
        self.invoice(MONDAY - 10 * DAY, 500)
        self.invoice(MONDAY - 100 * DAY, 300)
        self.on_account(100, MONDAY - DAY)
        debt = self.invoice(MONDAY - 5 * DAY, 400, partner=self.other_partner)
        card = self.env["recouvrement.debtor"]._card(self.company, self.other_partner)
        with self.at(MONDAY):
            self.env["recouvrement.promise"]._make(card, debt, 400, date(2026, 3, 16), on=today())
        # 1,000: 29, 19 and 9 March. 500: 20 days again, 10, or 7 at the soonest. 200: 50 days again, in the high figure
        # alone. The promise: half of it in the low figure, while none was judged.
        self.assertEqual(
            self.weeks(),
            {1: (0, 500, 1000 + 500), 2: (500 + 200, 1000 + 400, 400), 3: (1000, 0, 0), 7: (0, 0, 200)},
        )

    def test_what_is_paid_at_a_till_is_a_habit_too(self):
        self.company.account_default_pos_receivable_account_id = self.env["account.account"].create(
            {"code": "411900", "name": "Clients (caisse)", "account_type": "asset_receivable", "reconcile": True}
        )
        self.paid_late(30, 30, 30, partner=self.other_partner)
        for number in range(4):
            due = date(2025, 10, 1) + number * DAY
            self.at_the_till(self.invoice(due, 10), 10, due + 10 * DAY)
        self.invoice(date(2026, 3, 9), 100)
        debts = outlook.debts(self.env, Scope(self.company), MONDAY, outlook.Apart())
        self.assertEqual(debts["middle"], [(date(2026, 3, 9), 10, 100)])

    def professional(self, partner, **values):
        card = self.env["recouvrement.debtor"]._card(self.company, partner).sudo()
        card.write({"debtor_type": "professional", "type_confirmed": True, **values})
        return card

    def test_a_debtor_is_as_late_as_its_profile_says(self):
        """Of 330.00 paid, 30.00 came in time, 300.00 on day 30: a quarter of the amounts took 30 days, while three
        payments in four took none."""
        self.professional(self.debtor_partner)
        self.paid_late(0, 0, 0)
        self.pay(self.invoice(date(2025, 10, 4), 300), on=date(2025, 11, 3))
        self.invoice(date(2026, 3, 9), 100)
        due = date(2026, 3, 9)
        for made, late in ((False, 0), (True, 30)):
            if made:
                self.env["recouvrement.payer.profile"]._refresh(self.company, MONDAY)
            debts = outlook.debts(self.env, Scope(self.company), MONDAY, outlook.Apart())
            self.assertEqual((debts["middle"], debts["high"]), ([(due, late, 100)], [(due, late, 100)]))

    def test_a_quarter_of_many_payments_says_how_late_all_are(self):
        """Profiles apart, the year is read for those debtors alone that have none yet."""
        third, new = self._partner("Plâtrerie Roux"), self._partner("Nouveau client")
        self.professional(self.debtor_partner)
        self.paid_late(0, 10, 20, 30)
        self.env["recouvrement.payer.profile"]._refresh(self.company, MONDAY)
        self.paid_late(40, 41, 42, partner=self.other_partner)
        self.professional(self.other_partner, open_amount=200)
        for _each in range(3):
            self.pay(self.invoice(date(2026, 1, 5), 10, partner=third), on=date(2026, 1, 10))
        due = date(2026, 3, 9)
        for amount, partner in ((100, None), (200, self.other_partner), (300, new)):
            self.invoice(due, amount, partner=partner)
        late = {100: 10, 200: 41, 300: 10}  # of all: 0 5 5 5 10 | 20 30 40 41 42
        self.assertEqual(self.lateness("middle"), late)
        with patch.object(outlook, "MANY", 3):
            self.assertEqual(self.lateness("middle"), {**late, 300: 5})
            with patch.object(outlook, "MOST", 0):
                self.assertEqual(self.lateness("middle"), late, "Too many without a profile: all is read.")

    def lateness(self, reading):
        """{amount: days late expected} of what is open."""
        found = outlook.one_by_one(self.env, Scope(self.company), MONDAY, outlook.Apart())
        return {int(debts[reading].amount): debts[reading].delay for _item, _partner, debts in found}

    def test_who_has_hardly_paid_is_as_late_as_all(self):
        self.paid_late(5, 5, 5)
        self.paid_late(60, partner=self.other_partner)
        self.invoice(date(2026, 3, 9), 100, partner=self.other_partner)
        debts = outlook.debts(self.env, Scope(self.company), MONDAY, outlook.Apart())
        self.assertEqual(debts["middle"], [(date(2026, 3, 9), 5, 100)])

    def test_a_person_has_no_habit_of_its_own(self):
        """Whose payments are not weighed up is as late as all (GDPR art. 22)."""
        self.other_partner.is_company = False
        self.paid_late(5, 5, 5, 5)
        self.paid_late(60, 60, 60, partner=self.other_partner)
        self.invoice(date(2026, 3, 9), 100, partner=self.other_partner)
        debts = outlook.debts(self.env, Scope(self.company), MONDAY, outlook.Apart())
        self.assertEqual(debts["middle"], [(date(2026, 3, 9), 5, 100)])  # the fourth of seven payments

    def test_where_nobody_ever_paid_debts_come_on_their_day(self):
        self.invoice(date(2026, 3, 9), 100)
        self.assertEqual(self.weeks(), {1: (100, 100, 100)})

    def test_a_promise_stands_for_its_invoices(self):
        debt = self.invoice(MONDAY - 10 * DAY, 1000)
        self.invoice(MONDAY + 7 * DAY, 50)
        with self.at(MONDAY):
            self.env["recouvrement.promise"]._make(self.new_card(), debt, 400, MONDAY + 15 * DAY, on=today())
        # The rest is a debt as another, 10 days late: 20 days again (low), 10 (middle), 7 at the soonest (high)
        self.assertEqual(self.weeks(), {1: (50, 650, 650), 2: (800, 400, 400)})

    def test_of_a_promise_only_what_is_awaited_stands_for_its_invoices(self):
        debts = self.invoice(MONDAY + 7 * DAY, 300) | self.invoice(MONDAY + 7 * DAY, 100)
        with self.at(MONDAY):
            self.env["recouvrement.promise"]._make(self.new_card(), debts, 400, MONDAY + 15 * DAY, on=today())
        self.assertEqual(self.weeks(), {2: (200, 400, 400)}, "All is promised: nothing comes by habit.")

    def test_what_is_contested_is_left_out(self):
        debt = self.invoice(MONDAY + 7 * DAY, 1000)
        with self.at(MONDAY):
            self.env["recouvrement.exclusion"]._leave_out(self.new_card(), debt, "Error", MONDAY)
        self.assertEqual(self.weeks(), {})

    def test_the_part_that_is_contested_is_left_out_alone(self):
        debt = self.invoice(MONDAY + 7 * DAY, 10000)
        with self.at(MONDAY):
            self.env["recouvrement.dispute"]._open(
                self.new_card(), debt, self.env.ref("recouvrement_fr.dispute_reason_quantity"), amount=3000
            )
        self.assertEqual(self.weeks(), {1: (7000, 7000, 7000)})

    def test_an_invoice_contested_in_part_and_promised_is_counted_once(self):
        debt = self.invoice(MONDAY + 7 * DAY, 1000)
        with self.at(MONDAY):
            self.env["recouvrement.dispute"]._open(
                self.new_card(), debt, self.env.ref("recouvrement_fr.dispute_reason_quantity"), amount=300
            )
            self.env["recouvrement.promise"]._make(self.new_card(), debt, 500, MONDAY + 15 * DAY, on=today())
        self.assertEqual(self.weeks(), {1: (200, 200, 200), 2: (250, 500, 500)})

    def test_a_plan_counts_once_it_is_agreed(self):
        debt = self.invoice(MONDAY + 7 * DAY, 900)
        schedule = [Instalment(MONDAY + days * DAY, D(300)) for days in (15, 22, 29)]
        plan = self.env["recouvrement.plan"]._make(self.new_card(), debt, schedule)
        with self.at(MONDAY):
            plan.action_propose()
        self.assertEqual(self.weeks(), {1: (900, 900, 900)}, "Proposed: its invoice is a debt as another.")
        with self.at(MONDAY):
            plan._accept(MONDAY, "Jean Durand, gérant", signature=PNG)
        self.assertEqual(self.weeks(), {2: (150, 300, 300), 3: (150, 300, 300), 4: (150, 300, 300)})

    def test_what_was_paid_on_account_is_no_cash_to_come(self):
        self.invoice(MONDAY + 7 * DAY, 1000)
        self.invoice(MONDAY + 14 * DAY, 1000)
        self.on_account(1200, MONDAY - 5 * DAY)
        self.assertEqual(self.weeks(), {2: (800, 800, 800)}, "The oldest debt is paid first.")
        [(_item, partner_id, debts)] = outlook.one_by_one(self.env, Scope(self.company), MONDAY, outlook.Apart())
        self.assertEqual((partner_id, debts["middle"].amount), (self.debtor_partner.id, 800))
        self.on_account(800, MONDAY - 5 * DAY)
        self.assertEqual(self.weeks(), {})

    def test_a_credit_pays_nobody_elses_debt(self):
        self.invoice(MONDAY + 7 * DAY, 1000, partner=self.other_partner)
        self.invoice(MONDAY + 7 * DAY, 300, move_type="out_refund")
        self.assertEqual(self.weeks(), {1: (1000, 1000, 1000)})

    def test_what_is_contested_takes_no_credit(self):
        """As when it is reminded: credits go to what is claimed first."""
        contested, _claimed = self.invoice(MONDAY + 7 * DAY, 1000), self.invoice(MONDAY + 14 * DAY, 1000)
        self.on_account(400, MONDAY - 5 * DAY)
        with self.at(MONDAY):
            self.env["recouvrement.dispute"]._open(
                self.new_card(), contested, self.env.ref("recouvrement_fr.dispute_reason_quantity")
            )
        self.assertEqual(self.weeks(), {2: (600, 600, 600)})

    def test_who_may_not_be_profiled_is_as_late_as_all(self):
        """A trader typed as a consumer, or not typed yet, has no habit of its own either."""
        self.paid_late(5, 5, 5, 5)
        self.paid_late(60, 60, 60, partner=self.other_partner)
        self.invoice(date(2026, 3, 9), 100, partner=self.other_partner)
        card = self.env["recouvrement.debtor"]._card(self.company, self.other_partner)
        card.debtor_type = "consumer"
        debts = outlook.debts(self.env, Scope(self.company), MONDAY, outlook.Apart())
        self.assertEqual(debts["middle"], [(date(2026, 3, 9), 5, 100)])

    def panel(self):
        with self.at(MONDAY):
            [block] = self.env["recouvrement.dashboard"].with_context(lang="en_US").get_panel("forecast", {})
        return block

    def test_the_panel_draws_the_three_readings(self):
        self.invoice(date(2026, 3, 9), 100)
        block = self.panel()
        self.assertEqual([serie["label"] for serie in block["series"]], ["Low", "Middle", "High"])
        self.assertEqual(len(block["labels"]), 13)
        self.assertEqual(D(str(block["series"][1]["values"][-1])), 100)

    def test_weeks_are_added_up_so_that_the_low_figure_never_passes_the_high_one(self):
        self.paid_late(0, 10, 20, 30)
        self.invoice(date(2026, 3, 9), 100)  # high in week 1, middle in week 2, low in week 3
        self.invoice(MONDAY - 100 * DAY, 7)  # more than 90 days late: high alone, 50 days later, in week 7
        low, middle, high = (serie["values"] for serie in self.panel()["series"])
        self.assertEqual(low, [0, 0, 0, *[100] * 10])
        self.assertEqual(middle, [0, 0, *[100] * 11])
        self.assertEqual(high, [0, *[100] * 6, *[107] * 6])
        self.assertEqual(self.panel()["labels"][0], "Mar 8, 2026", "The last day of the week: what came in by then.")
