from decimal import Decimal

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...rules.rates import half_year
from .case_common import DAY, DUE, OPENED, CaseCommon


@tagged("post_install", "-at_install")
class TestCaseFigures(CaseCommon):
    """What a case claims: principal, interest, costs, and what payments and judgments change of them."""

    def rate(self):
        table = self.env["recouvrement.rate"]._rate_table()
        return table.of_half_year(half_year(OPENED), OPENED).ecb + 10

    def interest(self, *parts):
        """Of (base, days), to the cent."""
        return float(round(sum(Decimal(base) * days for base, days in parts) * self.rate() / 36500, 2))

    # --- figures ------------------------------------------------------------------------------------------------------

    def test_live_claims_follow_the_ledger_and_frozen_ones_do_not(self):
        case = self.opened()
        with self.at(OPENED):
            claim = case.claim_ids
            self.assertEqual((claim.principal, claim.indemnity), (10000, 40))
            self.assertEqual(claim.interest, self.interest((10000, (OPENED - DUE).days)))
        self.pay(self.debt, 1000, on=OPENED)
        run = self.start(case, "injonction")
        self.record(run, "filed", OPENED + DAY)
        filed = claim.principal, claim.interest
        self.assertLess(filed[0], 10000)
        self.pay(self.debt, 500, on=OPENED + 2 * DAY)
        self.env.invalidate_all()
        with self.at(OPENED + 3 * DAY):
            self.assertEqual((claim.principal, claim.interest), filed)
            self.assertEqual(claim.paid, 1500)
            self.assertLess(claim.balance, sum(filed) + 40)
        self.assertEqual(case.frozen_on, OPENED + DAY)
        self.assertTrue(claim.tranches)

    def test_a_payment_pays_interest_first_by_law_or_principal_first_by_choice(self):
        case = self.opened()
        self.pay(self.debt, 1000, on=OPENED)
        accrued = Decimal(str(self.interest((10000, (OPENED - DUE).days))))
        later = OPENED + 30 * DAY
        by_law = case._statement(later)
        principal = Decimal(10000) - (Decimal(1000) - accrued)
        self.assertEqual(by_law.rows[0].principal, principal)
        self.assertEqual(float(by_law.rows[0].interest_due), self.interest((principal, 30)))
        case.imputation = "principal"
        by_choice = case._statement(later)
        self.assertEqual(by_choice.rows[0].principal, Decimal(9000))
        self.assertEqual(float(by_choice.rows[0].interest_due), self.interest((10000, 69), (9000, 30)))
        before = case._statement(OPENED - DAY)  # the décompte of a past day does not know the payment
        self.assertEqual((before.rows[0].principal, before.rows[0].paid), (Decimal(10000), Decimal(0)))

    def test_a_new_case_imputes_as_the_company_says(self):
        self.company.recouvrement_imputation = "principal"
        case = self.opened()
        self.pay(self.debt, 1000, on=OPENED)
        self.assertEqual(case.imputation, "principal")
        self.assertEqual(case._statement(OPENED + DAY).rows[0].principal, Decimal(9000))

    def test_a_returned_payment_is_owed_again(self):
        case = self.opened()
        payment = self.pay(self.debt, 10000, on=OPENED)
        self.assertLess(case._statement(OPENED).rows[0].principal, Decimal(500))
        payment.move_id.line_ids.remove_move_reconcile()
        on_account = case._statement(OPENED).rows[0].principal
        self.assertLess(on_account, Decimal(500), "Money on account has paid, whatever it is allocated to.")
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(case._statement(OPENED).rows[0].principal, Decimal(10000))

    def test_the_decompte_on_screen_says_what_a_court_reads(self):
        case = self.opened()
        self.pay(self.debt, 1000, on=OPENED)
        case.article_700 = 800
        with self.at(OPENED + DAY):
            wizard = self.env["recouvrement.case.statement"].with_user(self.collector).create({"case_id": case.id})
            self.assertIn(self.debt.name, wizard.table)
            self.assertIn("L441-10", wizard.table)
            self.assertIn("1343-1", wizard.table)
            self.assertRegex(wizard.table, r"\D800[.,]00")

    def test_costs_are_owed_by_the_debtor_once_incurred_and_recoverable(self):
        case = self.opened()
        balance = case._statement(OPENED).balance
        with self.at(OPENED):
            costs = (
                self.env["recouvrement.case.cost"]
                .with_user(self.officer)
                .create(
                    [
                        {"case_id": case.id, "name": "Service", "amount": 60, "is_recoverable": True, "recovered": 10},
                        {"case_id": case.id, "name": "Lawyer", "amount": 500, "is_recoverable": False},
                        {
                            "case_id": case.id,
                            "name": "Later",
                            "amount": 90,
                            "is_recoverable": True,
                            "state": "estimated",
                        },
                    ]
                )
            )
        self.assertEqual(case._statement(OPENED).balance, balance + 50)
        self.assertEqual(case.amount_spent, 560)
        with self.assertRaisesRegex(ValidationError, "at most what was spent"):
            costs[0].recovered = 61
        with self.assertRaisesRegex(UserError, "cancel it"):
            costs[0].unlink()
        costs[2].unlink()

    def test_without_a_confirmed_type_no_penalty_is_claimed_and_it_is_said(self):
        self.card().type_confirmed = False
        case = self.opened()
        self.assertEqual((case.amount_interest, case.amount_indemnity, case.amount_principal), (0, 0, 10000))
        self.assertIn("confirm the type", case.figures_note)

    # --- insolvency ---------------------------------------------------------------------------------------------------

    def test_an_insolvency_stops_the_proceedings_of_the_case_and_freezes_interest(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(run, ("filed", OPENED), ("order", OPENED + 10 * DAY, {"amount": 10000}))
        self.assertEqual(case.deadline_ids.state, "open")
        judgment = OPENED + 20 * DAY
        with self.at(judgment):
            insolvency = self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": "redressement", "judgment_on": judgment}
            )
        self.follow(judgment + DAY)
        self.assertEqual(case.deadline_ids.filtered(lambda found: found.code == f"{run.id}.served").state, "cancelled")
        self.assertIn("L622-21", case.insolvency_text)
        with self.assertRaisesRegex(UserError, "L622-21"):
            self.record(run, "served", judgment)
        with self.assertRaisesRegex(UserError, "L622-21"):
            self.start(case, "merits_tc", on=judgment)
        frozen = case._statement(judgment + 50 * DAY).total("interest")
        self.assertEqual(float(frozen), self.interest((10000, (judgment - DAY - DUE).days)))
        with self.at(judgment + 2 * DAY):
            insolvency.action_mistake()
        self.follow(judgment + 3 * DAY)
        self.assertFalse(case.insolvency_text)
        self.record(run, "served", judgment + 3 * DAY)

    def test_what_was_done_before_the_judgment_may_still_be_recorded(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(run, ("filed", OPENED), ("order", OPENED + 10 * DAY, {"amount": 10000}))
        judgment = OPENED + 20 * DAY
        with self.at(judgment):
            self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": "liquidation", "judgment_on": judgment}
            )
            step = run.proceeding_id.step_ids.filtered(lambda found: found.code == "served")
            case._record(run, step, judgment - DAY)
        self.assertEqual(self.line(run, "served").state, "done")
