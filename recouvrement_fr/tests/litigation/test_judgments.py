from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..clock import today
from .case_common import DUE, OPENED
from .proceedings_common import ProceedingsCommon


@tagged("post_install", "-at_install")
class TestJudgments(ProceedingsCommon):
    """What is judged before a court, seized, and lost when a delay passes."""

    def test_a_seizure_interrupts_on_its_day_however_long_its_procedure_lasts(self):
        case = self.opened()
        run = self.start(case, "conservatoire")
        self.walk(
            run,
            ("dispensed", OPENED),
            ("executed", date(2026, 9, 21), {"amount": 3000}),
            ("proceedings", date(2026, 10, 1)),
            ("released", date(2027, 6, 1)),
        )
        self.assertEqual((run.state, self.limitation("conservatory_measure").until), ("done", False))

    def test_a_case_closed_as_dismissed_leaves_nothing_interrupted(self):
        case = self.opened()
        run = self.start(case, "merits_tc")
        self.walk(
            run,
            ("date", date(2026, 9, 14), {"date_set": date(2026, 12, 1)}),
            ("served", date(2026, 9, 20)),
        )
        self.assertTrue(self.limitation("court_claim"))
        with self.at(date(2027, 2, 1)):
            case._close("dismissed", "The judgment rejects the claim", on=today())
        self.assertFalse(self.limitation("court_claim"))

    def test_a_seizure_without_proceedings_within_the_month_lapses_and_interrupts_no_more(self):
        case = self.opened()
        run = self.start(case, "conservatoire")
        self.walk(run, ("dispensed", OPENED), ("executed", date(2026, 9, 21), {"amount": 3000}))
        self.follow(date(2026, 10, 22))
        self.assertIn("R511-7", case.missed_text)
        self.assertIn("Seize again", case.missed_text.replace("seize again", "Seize again"))
        with self.at(date(2026, 10, 22)):
            case._end_run(run, "lapsed", "No proceedings within the month", on=today())
        self.assertFalse(self.limitation("conservatory_measure"))  # void (C.civ 2243)

    # --- hearings -----------------------------------------------------------------------------------------------------

    def test_refere_before_both_courts(self):
        for code, last in (("refere_tc", date(2026, 9, 28)), ("refere_tj", date(2026, 9, 21))):
            with self.subTest(code=code):
                case = self.opened(self.invoice(DUE, 900))
                run = self.start(case, code)
                with self.assertRaisesRegex(UserError, "Day of the hearing"):
                    self.record(run, "date", date(2026, 9, 8))
                self.walk(
                    run,
                    ("date", date(2026, 9, 8), {"date_set": date(2026, 10, 6)}),
                    ("served", date(2026, 9, 10)),
                )
                self.assertEqual(self.line(run, "filed").last_day, last)
                self.walk(
                    run,
                    ("filed", date(2026, 9, 14)),
                    ("hearing", date(2026, 10, 6)),
                    ("hearing", date(2026, 10, 20)),  # put off
                    ("decision", date(2026, 11, 3), {"amount": 900}),
                    ("decision_served", date(2026, 11, 9)),
                )
                appeal = self.line(run, "appeal")
                self.assertEqual((appeal.state, appeal.last_day), ("possible", date(2026, 11, 24)))
                self.assertFalse(appeal.verified)
                self.record(run, "final", date(2026, 11, 30))
                self.assertEqual((run.state, case.state), ("done", "enforcement"))
                self.assertEqual(case.title_on, date(2026, 11, 3))

    def test_a_summons_not_filed_before_the_hearing_lapses(self):
        case = self.opened()
        run = self.start(case, "merits_tj")
        self.walk(run, ("date", date(2026, 9, 8), {"date_set": date(2026, 10, 6)}), ("served", date(2026, 9, 10)))
        self.follow(date(2026, 9, 22))
        self.assertIn("CPC 754", case.missed_text)
        self.assertTrue(self.limitation("court_claim"))
        with self.at(date(2026, 9, 22)):
            case._end_run(run, "lapsed", "Caducité", on=today())
        self.assertFalse(self.limitation("court_claim"))

    def test_a_claim_dismissed_interrupted_nothing_and_a_judgment_ends_the_interruption(self):
        for last, found in (("dismissed", False), ("final", True)):
            with self.subTest(last=last):
                case = self.opened(self.invoice(DUE, 900))
                run = self.start(case, "merits_tc")
                self.walk(
                    run,
                    ("date", date(2026, 9, 8), {"date_set": date(2026, 10, 6)}),
                    ("served", date(2026, 9, 10)),
                    ("filed", date(2026, 9, 14)),
                    ("hearing", date(2026, 10, 6)),
                )
                if found:
                    self.walk(
                        run, ("decision", date(2026, 11, 3), {"amount": 900}), ("decision_served", date(2026, 11, 9))
                    )
                self.record(run, last, date(2026, 12, 14))
                event = self.limitation("court_claim").filtered(lambda event, run=run: event.res_id == run.id)
                self.assertEqual(bool(event), found)
                self.assertEqual(event.until, date(2026, 12, 14) if found else False)

    def titled(self):
        """A case with an enforceable title: an agreement made enforceable by the judge."""
        case = self.opened()
        run = self.start(case, "homologation")
        self.walk(run, ("signed", OPENED), ("filed", OPENED), ("approved", date(2026, 9, 14), {"amount": 10000}))
        self.assertEqual((run.state, case.title_on), ("done", date(2026, 9, 14)))
        return case

    def test_saisie_attribution_and_its_lapse(self):
        case = self.titled()
        run = self.start(case, "attribution", on=date(2026, 9, 15))
        self.record(run, "seized", date(2026, 9, 16), amount=8000)
        self.assertEqual(self.line(run, "notice").last_day, date(2026, 9, 24))
        self.follow(date(2026, 9, 25))
        self.assertIn("R211-3", case.missed_text)
        with self.at(date(2026, 9, 25)):
            case._end_run(run, "lapsed", "Notice not given", on=today())
        again = self.start(case, "attribution", on=date(2026, 9, 28))
        self.walk(again, ("seized", date(2026, 9, 28), {"amount": 8000}), ("notice", date(2026, 9, 30)))
        self.assertEqual(self.line(again, "contested").last_day, date(2026, 10, 30))
        self.assertEqual(self.line(again, "paid").opens_on, date(2026, 10, 31))
        self.record(again, "paid", date(2026, 11, 2), amount=8000)
        self.assertEqual(again.state, "done")

    def test_saisie_vente_then_mainlevee(self):
        case = self.titled()
        run = self.start(case, "vente", on=date(2026, 9, 15))
        self.record(run, "commandement", date(2026, 9, 16))
        with self.assertRaisesRegex(UserError, "R221-1"):
            self.record(run, "seized", date(2026, 9, 24))
        self.walk(run, ("seized", date(2026, 9, 25)), ("released", date(2026, 10, 1)))
        release = self.start(case, "mainlevee", on=date(2026, 10, 1))
        self.assertEqual(release.state, "running")
        self.walk(release, ("agreed", date(2026, 10, 1)), ("act", date(2026, 10, 2)), ("told", date(2026, 10, 5)))
        self.assertEqual(release.state, "done")
