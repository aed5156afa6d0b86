from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..clock import today
from .case_common import DAY, OPENED
from .proceedings_common import ProceedingsCommon


@tagged("post_install", "-at_install")
class TestPaymentOrders(ProceedingsCommon):
    """An order to pay, from its filing to its enforcement or its opposition."""

    # --- injonction de payer ------------------------------------------------------------------------------------------

    def test_injonction_served_in_time_becomes_enforceable(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.record(run, "filed", date(2026, 9, 8))
        self.assertFalse(self.limitation("injonction_filed"))  # filing interrupts nothing
        self.assertEqual((case.state, case.frozen_on), ("filed", date(2026, 9, 8)))
        self.record(run, "order", date(2026, 9, 21), amount=10000)
        served = self.line(run, "served")
        self.assertEqual((served.state, served.last_day, served.article), (
            "open", date(2026, 12, 21), "CPC 1411; décret 2026-96 art. 9"
        ))  # fmt: skip
        deadline = case.deadline_ids
        self.assertEqual((deadline.date, deadline.user_id), (date(2026, 12, 21), self.officer))
        self.record(run, "served", date(2026, 10, 1))
        self.assertEqual(self.limitation("injonction_served").on, date(2026, 10, 1))
        self.env.invalidate_all()
        self.assertEqual((deadline.state, deadline.done_on), ("done", date(2026, 10, 1)))
        self.assertEqual(self.line(run, "opposition").state, "possible")
        with self.assertRaisesRegex(UserError, "from"):
            self.record(run, "enforceable", date(2026, 11, 20))
        self.assertEqual(self.line(run, "enforceable", date(2026, 12, 1)).state, "waiting")
        self.assertEqual(self.line(run, "opposition").state, "closed")
        self.assertEqual(self.line(run, "enforceable", date(2026, 12, 2)).state, "open")
        self.assertIn("May be done from today", " ".join(case.activity_ids.mapped("summary")))
        self.record(run, "enforceable", date(2026, 12, 2))
        self.assertEqual((run.state, case.state, case.title_on), ("done", "enforcement", date(2026, 12, 2)))
        self.assertNotIn("May be done from today", " ".join(case.activity_ids.mapped("summary")))
        self.start(case, "attribution", on=date(2026, 12, 3))  # chained: there is a title now

    def test_what_was_done_or_given_up_is_in_nobodys_agenda_any_more(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(run, ("filed", date(2026, 9, 8)), ("order", date(2026, 9, 21), {"amount": 10000}))
        self.follow(date(2026, 12, 1))
        deadline = case.deadline_ids.filtered(lambda one: one.state == "open")
        told = case.activity_ids.filtered(lambda task: deadline.name in task.summary)
        self.assertIn(self.officer, told.user_id)
        self.record(run, "served", date(2026, 12, 1))
        self.assertEqual(deadline.state, "done")
        self.assertFalse(case.activity_ids.filtered(lambda task: deadline.name in task.summary))

    def test_a_procedure_ended_before_its_approval_is_asked_of_nobody(self):
        case = self.opened()
        run = self.start(case, "injonction", approve=False)
        self.assertEqual(case.activity_ids.user_id, self.company._recouvrement_managers())
        with self.at(OPENED):
            case._end_run(run, "given_up", "Another way", on=OPENED)
        self.assertFalse(case.activity_ids)

    def test_an_order_of_august_keeps_six_months_and_one_month_to_be_enforceable(self):
        with self.at(date(2026, 8, 3)):
            self.night(date(2026, 8, 3))
        case = self.opened(on=date(2026, 8, 3))
        run = self.start(case, "injonction", on=date(2026, 8, 3))
        self.walk(run, ("filed", date(2026, 8, 4)), ("order", date(2026, 8, 31), {"amount": 10000}))
        self.assertEqual(self.line(run, "served").last_day, date(2027, 3, 1))  # the 28th of February is a Sunday
        self.record(run, "served", date(2026, 9, 15))
        self.assertEqual(self.line(run, "enforceable").opens_on, date(2026, 10, 16))

    def test_a_missed_service_alerts_escalates_and_says_what_was_lost_and_what_is_left(self):
        case = self.opened(user=self.officer)
        run = self.start(case, "injonction")
        self.walk(run, ("filed", date(2026, 9, 8)), ("order", date(2026, 9, 21), {"amount": 10000}))
        last = date(2026, 12, 21)
        told = lambda: set(case.activity_ids.user_id)  # noqa: E731
        for days, people in ((31, set()), (30, {self.officer}), (15, {self.officer})):
            self.follow(last - days * DAY)
            self.assertEqual(told(), people, days)
        self.follow(last - 5 * DAY)
        self.assertIn(self.manager, told())  # escalated
        self.follow(last)
        self.assertEqual(self.line(run, "served").state, "open")
        self.assertFalse(case.missed_text)
        self.follow(last + DAY)
        self.assertEqual(self.line(run, "served").state, "missed")
        self.assertEqual(case.deadline_ids.state, "missed")
        self.assertTrue(case.has_missed)
        self.assertIn("File a new request", case.next_step)  # and no more to serve it
        for words in ("Order served", "CPC 1411", "non avenue", "What can still be done", "File a new request"):
            self.assertIn(words, case.missed_text)
        self.assertTrue(case.activity_ids.filtered(lambda found: "MISSED" in found.summary))
        missed = case.event_ids.filtered(lambda event: event.kind == "missed")
        self.assertEqual((len(missed), missed.on), (1, last + DAY))
        self.follow(last + 2 * DAY)
        self.assertEqual(len(case.event_ids.filtered(lambda event: event.kind == "missed")), 1)
        with self.at(last + 2 * DAY):
            case._end_run(run, "lapsed", "Not served in time", on=today())
        self.assertEqual(run.state, "lapsed")
        self.env.invalidate_all()
        self.assertFalse(case.missed_text)
        self.start(case, "injonction", on=last + 2 * DAY)  # what can still be done

    def test_a_debtor_who_was_not_met_opposes_an_enforceable_order(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(
            run,
            ("filed", date(2026, 9, 8)),
            ("order", date(2026, 9, 21), {"amount": 10000}),
            ("served", date(2026, 10, 1)),
            ("enforceable", date(2026, 12, 2)),
        )
        self.assertEqual((run.state, case.title_on), ("done", date(2026, 12, 2)))
        recordable = run.step_ids.filtered("is_recordable")
        self.assertEqual((recordable.step_id.mapped("code"), case.can_record), (["opposition"], True))
        self.record(run, "opposition", date(2026, 12, 20))  # a month after the first seizure (CPC 1416)
        self.assertEqual((run.state, case.title_on), ("running", False))
        self.assertEqual(self.line(run, "enforceable").state, "closed")
        with self.assertRaises(UserError):
            self.start(case, "attribution", on=date(2026, 12, 21))
        self.record(run, "judgment", date(2027, 3, 1), amount=10000)
        self.assertEqual((run.state, case.title_on), ("done", date(2027, 3, 1)))

    def test_an_order_served_too_late_is_void_and_interrupts_nothing(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(run, ("filed", date(2026, 9, 8)), ("order", date(2026, 9, 21), {"amount": 10000}))
        self.record(run, "served", date(2026, 12, 22))
        self.assertTrue(self.line(run, "served").is_late)
        self.assertFalse(self.limitation("injonction_served"))
        self.assertTrue(case.event_ids.filtered(lambda event: "does not interrupt" in event.summary))

    def test_a_debtor_overseas_has_a_month_more_to_oppose(self):
        case = self.opened()
        case.sudo().partner_id.write({"country_id": self.env.ref("base.re").id, "zip": "97400"})
        run = self.start(case, "injonction")
        self.walk(
            run,
            ("filed", date(2026, 9, 8)),
            ("order", date(2026, 9, 21), {"amount": 10000}),
            ("served", date(2026, 9, 28)),
        )
        self.assertEqual(self.line(run, "opposition").last_day, date(2026, 11, 30))  # the 28th is a Saturday

    def test_a_debtor_without_country_has_the_distance_that_its_vat_number_proves(self):
        case = self.opened()
        case.sudo().partner_id.write({"country_id": False, "zip": "1000", "vat": "BE0477472701"})
        run = self.start(case, "injonction")
        court = self.env["recouvrement.court"].search([("code", "=", "TAE-LYON")])
        self.assertEqual(run._distance(court), 2)
        case.sudo().partner_id.write({"vat": False, "company_registry": "732829320"})
        self.assertEqual(run._distance(court), 0)

    def test_an_opposition_leads_to_the_judge_with_the_deposits_of_the_greffe(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(
            run,
            ("filed", date(2026, 9, 8)),
            ("fee_asked", date(2026, 9, 9)),
        )
        self.assertEqual(self.line(run, "fee").last_day, date(2026, 9, 24))
        self.walk(
            run,
            ("fee", date(2026, 9, 10)),
            ("order", date(2026, 9, 21), {"amount": 10000}),
            ("served", date(2026, 10, 1)),
            ("opposition", date(2026, 10, 20)),
            ("opposition_fee_asked", date(2026, 10, 22)),
        )
        self.assertEqual(self.line(run, "opposition_fee").last_day, date(2026, 11, 6))
        self.assertEqual(self.line(run, "enforceable").state, "closed")
        self.assertEqual(case.next_step, "Pay the costs of the opposition")
        self.follow(date(2026, 11, 9))
        self.assertIn("The request lapses", case.missed_text)
        self.record(run, "opposition_fee", date(2026, 11, 9))  # late: recorded, and said
        self.assertTrue(self.line(run, "opposition_fee").is_late)
        self.walk(run, ("judgment", date(2027, 1, 12), {"amount": 9500}))
        self.assertEqual((run.state, case.title_on), ("done", date(2027, 1, 12)))

    def test_a_refused_order_chains_to_the_merits_and_gives_the_seizure_one_more_month(self):
        case = self.opened()
        seizure = self.start(case, "conservatoire")
        self.walk(
            seizure,
            ("asked", date(2026, 9, 8)),
            ("order", date(2026, 9, 10), {"amount": 10000}),
        )
        self.assertEqual(self.line(seizure, "executed").last_day, date(2026, 12, 10))
        self.record(seizure, "executed", date(2026, 9, 21), amount=3000)
        self.assertEqual(self.limitation("conservatory_measure").on, date(2026, 9, 21))
        self.assertEqual(self.line(seizure, "proceedings").last_day, date(2026, 10, 21))
        notice = self.line(seizure, "notice")
        self.assertEqual((notice.last_day, notice.verified), (date(2026, 9, 29), False))  # marked on screen
        order = self.start(case, "injonction", on=date(2026, 9, 22))
        self.assertEqual(len(case.run_ids.filtered(lambda run: run.state == "running")), 2)
        self.record(order, "filed", date(2026, 9, 23))
        self.walk(seizure, ("notice", date(2026, 9, 23)), ("proceedings", date(2026, 9, 23)))
        self.record(order, "refused", date(2026, 10, 12))
        self.assertEqual(order.state, "done")
        self.record(seizure, "injonction_refused", date(2026, 10, 12))
        self.assertEqual(self.line(seizure, "proceedings_again").last_day, date(2026, 11, 12))
        merits = self.start(case, "merits_tc", on=date(2026, 10, 13))
        self.walk(
            merits,
            ("date", date(2026, 10, 14), {"date_set": date(2026, 12, 1)}),
            ("served", date(2026, 10, 20)),
        )
        self.record(seizure, "proceedings_again", date(2026, 10, 20))
        self.assertEqual(self.limitation("court_claim").on, date(2026, 10, 20))
        self.assertEqual(self.line(merits, "filed").last_day, date(2026, 11, 23))  # eight days before the hearing
