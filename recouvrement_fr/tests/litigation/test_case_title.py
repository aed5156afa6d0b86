from datetime import date
from decimal import Decimal

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...rules.rates import half_year
from ..clock import today
from .case_common import DAY, DUE, CaseCommon

DECIDED, SERVED = date(2026, 11, 3), date(2026, 11, 9)
LATER = date(2026, 12, 31)
GRANT = {
    "amount": 9000,
    "granted_principal": 9000,
    "granted_interest": 100,
    "granted_indemnity": 40,
    "granted_article_700": 800,
    "granted_costs": 60,
    "granted_rate": "legal",
    "granted_from": DECIDED,
}


@tagged("post_install", "-at_install")
class TestCaseTitle(CaseCommon):
    """From a title on the décompte is that of what it grants, at the rate that the judge fixed."""

    def judged(self, **values):
        case = self.opened()
        run = self.start(case, "merits_tc")
        self.walk(
            run,
            ("date", date(2026, 9, 8), {"date_set": date(2026, 10, 6)}),
            ("served", date(2026, 9, 10)),
            ("filed", date(2026, 9, 14)),
            ("hearing", date(2026, 10, 6)),
            ("decision", DECIDED, GRANT | values),
        )
        return case, run

    def legal(self, on=DECIDED):
        return self.env["recouvrement.rate"]._rate_table().of_half_year(half_year(on), on).legal_other

    def cents(self, base, rate, days):
        return round(Decimal(base) * rate * days / 36500, 2)

    def test_the_legal_rate_runs_on_what_was_granted_and_five_points_more_two_months_after_service(self):
        case, run = self.judged()
        self.assertEqual(case._statement(DECIDED - DAY).rows[0].principal, Decimal(10000))  # as claimed until then
        [row] = case._statement(LATER).rows
        self.assertEqual((row.principal, row.indemnity), (Decimal(9000), Decimal(40)))
        days = (LATER - DECIDED).days
        self.assertEqual(row.interest_due, Decimal(100) + self.cents(9000, self.legal(), days))
        statement = case._statement(LATER)
        self.assertEqual((statement.costs, statement.article_700), (Decimal(60), Decimal(800)))
        with self.at(SERVED):
            case.env["recouvrement.case.cost"].create({"case_id": case.id, "name": "Service", "amount": 70})
        self.record(run, "decision_served", SERVED)
        self.assertEqual(case._statement(LATER).costs, Decimal(130))  # enforcement comes on top
        self.assertEqual(case.sudo()._title(LATER).enforceable_on, SERVED)
        raised = date(2027, 3, 31)  # no rate of 2027 is known: the last one serves
        table = self.env["recouvrement.rate"]
        last = table.search([], order="date_from desc", limit=1)
        if last.date_from < date(2027, 1, 1):
            last.copy({"date_from": date(2027, 1, 1), "date_to": date(2027, 6, 30), "verified": True})
        rates = {tranche.rate for tranche in case._statement(raised).rows[0].tranches}
        self.assertIn(self.legal(date(2027, 1, 2)) + 5, rates)
        self.assertIn(self.legal(), rates)
        with self.at(SERVED):
            self.assertIn("C.civ 1231-7", case.title_text)
            self.assertIn("L313-3", case._statement_html(LATER))

    def test_interest_too_old_after_a_judgment_is_said_with_what_can_be_asked(self):
        case, _run = self.judged(granted_from=date(2019, 1, 1), granted_interest=0)
        [row] = case._statement(LATER).rows
        recent = sum((part.interest for part in row.tranches if part.date_from > date(2021, 12, 31)), Decimal(0))
        self.assertEqual(row.interest_due - row.outdated, recent)
        with self.at(LATER):
            self.assertIn("16-70.004", case.figures_note)
            self.assertIn("16-70.004", case._statement_html(LATER))
        self.assertFalse(case._statement(DECIDED - DAY).rows[0].outdated)

    def test_the_rate_claimed_goes_on_where_the_judge_fixed_it(self):
        case, _run = self.judged(granted_rate="claimed")
        [row] = case._statement(LATER).rows
        rate = self.env["recouvrement.rate"]._rate_table().of_half_year(half_year(LATER), LATER).ecb + 10
        self.assertEqual(row.interest_due, Decimal(100) + self.cents(9000, rate, (LATER - DECIDED).days))

    def test_payments_pay_the_interest_granted_then_the_principal(self):
        case, _run = self.judged()
        self.pay(self.debt, 1100, on=DECIDED + DAY)
        [row] = case._statement(DECIDED + DAY).rows
        day = self.cents(9000, self.legal(), 1)
        self.assertEqual((row.principal, row.interest_due, row.paid), (8000 + day, Decimal(0), Decimal(1100)))
        case.imputation = "principal"
        [row] = case._statement(DECIDED + DAY).rows
        self.assertEqual((row.principal, row.interest_due), (Decimal(7900), 100 + day))
        before = case._statement(DECIDED).balance
        self.pay(self.debt, 500, on=DECIDED - 5 * DAY)  # before the judgment, booked after: it comes off
        self.assertEqual(case._statement(DECIDED).balance, before - 500)

    def test_amounts_are_divided_over_the_invoices_to_the_cent(self):
        other = self.invoice(DUE, 333.33)
        self.debt |= other
        case, _run = self.judged()
        rows = case._statement(DECIDED).rows
        self.assertEqual(sum(row.principal for row in rows), Decimal(9000))
        self.assertEqual(sum(row.interest_due for row in rows), Decimal(100))
        self.assertTrue(all(row.principal > 0 for row in rows))

    def test_a_title_lasts_ten_years_and_a_correction_moves_it(self):
        case, run = self.judged()
        self.env.invalidate_all()
        self.assertEqual(self.debt.limitation_date, date(2036, 11, 3))
        self.assertIn("CPCE L111-4", self.debt.limitation_basis)
        event = case.event_ids.filtered("granted_principal")
        with self.at(SERVED):
            case._correct(event, "Delivered the day after", DECIDED + DAY)
        self.env.invalidate_all()
        self.assertEqual(self.debt.limitation_date, date(2036, 11, 4))
        self.assertEqual(case.sudo()._title(LATER).principal, Decimal(9000))  # kept
        with self.at(SERVED):
            case._end_run(run, "given_up", "Agreed", on=today())
        self.env.invalidate_all()
        self.assertEqual(self.debt.limitation_date, date(2036, 11, 4))  # the title stays

    def test_the_dialog_proposes_all_that_is_claimed_and_refuses_what_is_below_zero(self):
        case, run = self.judged(granted_principal=0)
        with self.at(DECIDED):
            self.assertIn("Enter what the title grants", case.figures_note)
            event = case.event_ids.filtered(lambda found: found.step_id.code == "decision")
            wizards = self.env["recouvrement.case.event.wizard"].with_user(self.officer)
            wizard = wizards.with_context(active_model=event._name, active_id=event.id).create({"details": "As read"})
            with self.assertRaisesRegex(ValidationError, "below zero"):
                wizard.granted_principal = -1
            wizard.granted_principal = 8000
            wizard.action_note()
        self.env.invalidate_all()
        self.assertEqual(case._statement(DECIDED).rows[0].principal, Decimal(8000))
        proposed = case._grant_proposed(event.step_id, DECIDED)
        self.assertEqual((proposed["granted_principal"], proposed["granted_rate"]), (8000, "legal"))
        record = self.env["recouvrement.case.record"].with_user(self.officer).with_context(active_id=case.id)
        with self.at(SERVED):
            wizard = record.create({"line_id": self.line(run, "decision_served").id})
            wizard._onchange_granted()
            self.assertFalse(wizard.granted_principal)  # it gives no title
