from datetime import timedelta
from decimal import Decimal

from odoo.tests import tagged

from ...rules.instalments import Instalment
from ..amicable.plan_common import PNG
from ..common import MONDAY, RecouvrementCommon
from ..litigation.case_common import OPENED, CaseCommon

DAY = timedelta(days=1)


class PanelCommon(RecouvrementCommon):
    def panel(self, on, user=None, name="work", **asked):
        """{code: {first cell: (other cells, records it opens)}} of a panel, or of the first screen, on that day."""
        model = self.env["recouvrement.dashboard"].with_context(lang="en_US")
        if user:
            model = model.with_user(user)
        with self.at(on):
            blocks = model.get_panel(name, asked) if name else model.get_dashboard(asked)["blocks"]
            return {
                block["code"]: {
                    row["cells"][0]: (row["cells"][1:], self.records(row["opens"], user)) for row in block["rows"]
                }
                for block in blocks
                if block["kind"] == "table"
            }

    def records(self, action, user):
        if not isinstance(action, dict):
            return None
        model = self.env[action["res_model"]]
        model = model.with_user(user) if user else model
        return model.browse(action["res_id"]) if action.get("res_id") else model.search(action["domain"])


@tagged("post_install", "-at_install")
class TestWorkPanel(PanelCommon):
    """What people agreed and contest, computed by hand; each line opens its records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_partner = cls._partner("Peinture Martin")
        cls.third_partner = cls._partner("Serrurerie Blin")

    def before_all(self):
        super().before_all()
        self.debt = self.invoice(MONDAY - 20 * DAY, 900)
        self.other_debt = self.invoice(MONDAY - 10 * DAY, 1500, partner=self.other_partner)
        self.third_debt = self.invoice(MONDAY - 10 * DAY, 600, partner=self.third_partner)
        self.night(MONDAY)

    def follow(self, name, on):
        with self.at(on):
            self.env[name].sudo()._follow_up(on)  # the scheduler's rights
        self.env.invalidate_all()

    def test_promises_open_due_kept_and_broken(self):
        model = self.env["recouvrement.promise"]
        with self.at(MONDAY):
            kept = model._make(self.card(), self.debt, 400, MONDAY + 2 * DAY, tolerance_days=0, on=MONDAY)
            broken = model._make(
                self.card(self.other_partner), self.other_debt, 1500, MONDAY + 2 * DAY, tolerance_days=0, on=MONDAY
            )
            waiting = model._make(self.card(self.third_partner), self.third_debt, 600, MONDAY + 20 * DAY, on=MONDAY)
        self.pay(self.debt, 400, on=MONDAY + DAY)
        self.pay(self.other_debt, 500, on=MONDAY + DAY)
        for days in (3, 4, 5, 6, 7, 8):
            self.follow("recouvrement.promise", MONDAY + days * DAY)
        self.assertEqual(kept.state, "kept")
        self.assertEqual(broken.state, "partly_kept")
        found = self.panel(MONDAY + 8 * DAY)["promises"]
        self.assertEqual(found["Kept in the period"], (["1", "€400.00"], kept))
        self.assertEqual(found["Broken in the period"], (["1", "€1,500.00"], broken))
        self.assertEqual(found["Still open"], (["1", "€600.00"], waiting))
        self.assertNotIn("Due within a week", found)
        self.assertIn("Due within a week", self.panel(MONDAY + 13 * DAY)["promises"])
        first = self.panel(MONDAY + 8 * DAY, name="")["to_do"]
        self.assertEqual(first["Broken promises nobody replaced"], (["1"], broken))

    def test_disputes_by_cause(self):
        reasons = self.env["recouvrement.dispute.reason"].search([], limit=2)
        model = self.env["recouvrement.dispute"]
        with self.at(MONDAY):
            first = model._open(self.card(), self.debt, reasons[0], 300)
        with self.at(MONDAY + 4 * DAY):
            second = model._open(self.card(self.other_partner), self.other_debt, reasons[1])
            third = model._open(self.card(self.third_partner), self.third_debt, reasons[0])
        found = self.panel(MONDAY + 10 * DAY)["disputes"]
        # (10 + 6) / 2 days of the first cause, 6 of the second
        self.assertEqual(found[reasons[0].name], (["2", "€900.00", "8.0"], third | first))
        self.assertEqual(found[reasons[1].name], (["1", "€1,500.00", "6.0"], second))
        late = self.panel(MONDAY + 200 * DAY, name="")["to_do"]["Disputes past their deadline"]
        self.assertEqual(late, (["3"], first | second | third))

    def test_plans_and_what_is_left_of_them(self):
        dates, amounts = (15, 45, 75), (300, 300, 300)
        schedule = [
            Instalment(MONDAY + days * DAY, Decimal(amount)) for days, amount in zip(dates, amounts, strict=True)
        ]
        plan = self.env["recouvrement.plan"]._make(self.card(), self.debt, schedule)
        with self.at(MONDAY):
            plan.action_propose()
            plan._accept(MONDAY, "Jean Durand, gérant", signature=PNG)
        self.pay(self.debt, 300, on=MONDAY + 14 * DAY)
        self.follow("recouvrement.plan", MONDAY + 16 * DAY)
        [(cells, records)] = self.panel(MONDAY + 16 * DAY)["plans"].values()
        self.assertEqual((cells, records), (["1", "€900.00", "€600.00"], plan))

    def test_collectors_are_who_works_here_now(self):
        claire, paul = (self._somebody(f"panel_{name}") for name in ("claire", "paul"))
        robot, model = self.env.ref("base.user_root"), self.env["recouvrement.promise"]
        for partner, holder in ((self.debtor_partner, claire), (self.other_partner, paul), (self.third_partner, robot)):
            self.card(partner).sudo().collector_id = holder
        contact = {"company_id": self.company.id, "channel": "call", "outcome": "reached", "date": MONDAY}
        for partner, author in (
            (self.debtor_partner, claire),
            (self.other_partner, paul),
            (self.other_partner, claire),
            (self.third_partner, robot),
        ):
            self.env["recouvrement.contact"].sudo().create(
                {**contact, "debtor_id": self.card(partner).id, "author_id": author.id}
            )
        with self.at(MONDAY):
            model.with_user(claire)._make(self.card().with_user(claire), self.debt, 900, MONDAY + DAY, on=MONDAY)
            model.with_user(robot)._make(
                self.card(self.third_partner).with_user(robot), self.third_debt, 600, MONDAY + DAY, on=MONDAY
            )
        paul.sudo().active = False
        found = self.panel(MONDAY + DAY, user=claire)["activity"]
        self.assertEqual([*found], [claire.name, "Nobody", "Automatic"])
        self.assertEqual(found[claire.name], (["1", "€900.00", "2", "1"], self.card()))
        # what Paul, who has left, and the scheduler hold: 1,500 + 600
        cards = self.card(self.other_partner) | self.card(self.third_partner)
        self.assertEqual((found["Nobody"][0], set(found["Nobody"][1])), (["2", "€2,100.00", "0", "0"], set(cards)))
        cells, acts = found["Automatic"]
        self.assertEqual((cells, acts.author_id), (["0", "€0.00", "2", "1"], paul | robot))

    def test_credits_to_decide_are_among_what_needs_a_person(self):
        review = self.env["recouvrement.credit.review"].create(
            {
                "debtor_id": self.card().id,
                "limit_amount": 100,
                "reasons": "Accounts read",
                "review_date": MONDAY + 30 * DAY,
            }
        )
        with self.at(MONDAY):
            review.action_ask()
        self.assertEqual(self.panel(MONDAY, name="")["to_do"]["Credit decisions to approve"], (["1"], review))
        with self.at(MONDAY):
            review.sudo()._enter_into_force(self.env.user, MONDAY)
        words = "Credit decisions past their review date"
        self.assertNotIn(words, self.panel(MONDAY + 30 * DAY, name="")["to_do"])
        self.assertEqual(self.panel(MONDAY + 31 * DAY, name="")["to_do"][words], (["1"], review))


@tagged("post_install", "-at_install")
class TestCasesOfTheDashboard(PanelCommon, CaseCommon):
    """Cases by stage and their deadlines; who may not read a confidential one sees nothing of it."""

    def test_a_line_of_cases_opens_those_of_its_currency(self):
        dollar = self.setup_other_currency("USD", rates=[("2026-01-01", 2.0)])
        other = self._partner("Peinture Martin")
        owed = self.invoice(self.debt.invoice_date_due, 900, partner=other, currency_id=dollar.id)
        first = self.opened()
        with self.at(OPENED):
            card = self.env["recouvrement.debtor"]._card(self.company, other).with_user(self.officer)
            second = self.env["recouvrement.case"].with_user(self.officer)._open(card, owed)
            blocks = self.env["recouvrement.dashboard"].with_user(self.officer).get_panel("work")
        [block] = [block for block in blocks if block["code"] == "cases"]
        opened = [self.records(row["opens"], self.officer) for row in block["rows"]]
        self.assertEqual([len(records) for records in opened], [1, 1])
        self.assertEqual(opened[0] | opened[1], first | second)

    def test_cases_by_stage_and_the_next_deadlines(self):
        case = self.opened()
        self.follow(OPENED)
        deadlines = self.env["recouvrement.deadline"].sudo()
        deadlines.search([("debtor_id", "=", case.debtor_id.id)]).date = OPENED + 400 * DAY
        deadline = deadlines.create(
            {
                "name": "Conclusions",
                "code": "conclusions",
                "debtor_id": case.debtor_id.id,
                "company_id": self.company.id,
                "res_model": case._name,
                "res_id": case.id,
                "date": OPENED + 20 * DAY,
            }
        )
        found = self.panel(OPENED, self.collector)
        cells, records = found["cases"]["Pre-litigation"]
        self.assertEqual((cells[0], records), ("1", case))
        self.assertIn(f"{case.balance:,.2f}", cells[1])
        self.assertEqual(found["deadlines"][deadline.name][0][2], "20")
        soon = self.panel(OPENED + 15 * DAY, self.collector, name="")["to_do"]
        self.assertEqual(soon["Legal deadlines within a week"][0], ["1"])
        case.with_user(self.officer).is_confidential = True
        self.env.invalidate_all()
        self.assertEqual(self.panel(OPENED, self.collector)["cases"], {})
        self.assertIn("Pre-litigation", self.panel(OPENED, self.officer)["cases"])
