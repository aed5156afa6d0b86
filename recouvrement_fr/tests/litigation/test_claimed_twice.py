from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..clock import today
from .case_common import OPENED, CaseCommon


@tagged("post_install", "-at_install")
class TestClaimedTwice(CaseCommon):
    """What is claimed before a court is not given up meanwhile, and is not claimed before it exists."""

    def test_a_write_off_waits_for_the_end_of_the_procedure(self):
        case = self.opened()
        run = self.start(case, "injonction")
        with self.at(OPENED):
            giving_up = (
                self.env["recouvrement.write.off"]
                .with_user(self.officer)
                ._propose(self.company, {(self.debt, self.debtor_partner): None}, "uneconomic", self.card())
            )
            with self.assertRaisesRegex(UserError, case.name):
                giving_up.with_user(self.manager).action_approve()
            case._end_run(run, "given_up", "Too dear", on=today())
            giving_up._check_not_claimed()

    def test_a_request_is_not_dated_before_its_invoices_the_case_or_its_approval(self):
        case = self.opened()
        run = self.start(case, "injonction", on=OPENED + timedelta(days=3))
        filed = run.proceeding_id.step_ids.filtered(lambda step: step.code == "filed")
        with self.at(OPENED + timedelta(days=10)):
            for day, what in (
                (self.debt.invoice_date - timedelta(days=1), "invoice"),
                (OPENED - timedelta(days=1), "the case"),
                (OPENED + timedelta(days=2), "approval"),
            ):
                with self.subTest(what=what), self.assertRaisesRegex(UserError, what):
                    case._record(run, filed, day)
            case._record(run, filed, OPENED + timedelta(days=3))

    def test_what_is_to_do_next_is_said_as_an_act(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.assertEqual(case.next_step, "File the request")
        self.walk(run, ("filed", date(2026, 9, 8)))
        self.assertIn("Wait", case.next_step)
        self.walk(run, ("order", date(2026, 9, 21), {"amount": 10000}))
        self.assertEqual(case.next_step, "Have it served by a commissaire de justice")
