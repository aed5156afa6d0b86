from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...rules.deadlines import DELAYS
from .case_common import DAY, DUE, OPENED, CaseCommon

SEEDED = (
    *("agency", "small_claims", "commercial_claims", "injonction", "refere_tc", "refere_tj", "merits_tc", "merits_tj"),
    *("european_order", "conservatoire", "attribution", "vente", "mainlevee", "homologation", "administrative"),
)


@tagged("post_install", "-at_install")
class TestProceedings(CaseCommon):
    """Each procedure walked end to end on its days, with what is missed and what the user sees."""

    def limitation(self, kind):
        return self.env["recouvrement.limitation.event"].search(
            [("debtor_id", "=", self.card().id), ("kind", "=", kind), ("void", "=", False)]
        )

    # --- as data ------------------------------------------------------------------------------------------------------

    def test_the_delays_of_the_data_are_those_of_the_rules(self):
        seeded = {(delay.code, delay.date_from): delay for delay in self.env["recouvrement.proceeding.delay"]._delays()}
        for delay in DELAYS:
            found = seeded[delay.code, delay.date_from]
            for name in ("months", "days", "kind", "article", "verified"):
                self.assertEqual(getattr(found, name), getattr(delay, name), (delay.code, name))

    def test_every_procedure_is_complete_and_says_what_was_not_verified(self):
        for code in SEEDED:
            proceeding = self.proceeding(code)
            with self.subTest(code=code):
                self.assertTrue(proceeding.step_ids and proceeding.article and proceeding.description)
                self.assertTrue(proceeding.step_ids.filtered(lambda step: not step.after_ids))
                self.assertTrue(proceeding.step_ids.filtered("ends"))
                for step in proceeding.step_ids.filtered("delay_code"):
                    self.assertTrue(step.delay_text and step.since_id)
        for code in ("injonction", "refere_tc", "refere_tj"):
            steps = self.proceeding(code).step_ids.filtered(lambda step: step.code != "appeal")
            if code != "injonction":  # the texts read are those of the merits
                self.assertFalse(steps.filtered(lambda step: step.code == "filed").is_verified)
                steps = steps.filtered(lambda step: step.code != "filed")
            delays = self.env["recouvrement.proceeding.delay"].search(
                [("code", "in", steps.filtered("delay_code").mapped("delay_code"))]
            )
            self.assertTrue(all(delays.mapped("verified")), code)
        self.assertFalse(self.proceeding("conservatoire").step_ids.filtered(lambda s: s.code == "notice").is_verified)
        self.assertGreater(self.proceeding("conservatoire").unverified_count, 0)

    def test_a_manager_adds_a_procedure_and_a_new_version_of_a_delay_without_code(self):
        delays = self.env["recouvrement.proceeding.delay"].with_user(self.manager)
        delays.create(
            {
                "code": "injonction_service",
                "event": "the order",
                "article": "A decree to come",
                "months": 2,
                "date_from": "2026-10-01",
                "verified": True,
            }
        )
        run = self.start(self.opened(), "injonction")
        self.walk(run, ("filed", OPENED), ("order", date(2026, 10, 5), {"amount": 10000}))
        self.assertEqual(self.line(run, "served").last_day, date(2026, 12, 7))  # the 5th is a Saturday
        proceedings = self.env["recouvrement.proceeding"].with_user(self.manager)
        mine = proceedings.create(
            {
                "name": "Mediation",
                "code": "mediation",
                "family": "amicable",
                "needs_approval": False,
                "step_ids": [(0, 0, {"name": "Asked", "code": "asked"}), (0, 0, {"name": "Met", "code": "met"})],
            }
        )
        first, second = mine.step_ids
        second.write({"after_ids": first.ids, "ends": True, "delay_code": "saisie_vente", "since_id": first.id})
        with self.assertRaisesRegex(ValidationError, "not in the list of delays"):
            mine.step_ids[1].delay_code = "nowhere"
        with self.assertRaisesRegex(ValidationError, "another procedure"):
            mine.step_ids[1].after_ids = self.proceeding("vente").step_ids[:1]
        with self.assertRaises(AccessError):
            mine.with_user(self.officer).name = "Mine"
        copied = self.proceeding("injonction").copy()
        self.assertEqual(copied._steps(), self.proceeding("injonction")._steps())
        self.assertEqual(copied.step_ids.since_id.proceeding_id, copied)

    def test_conditions_are_obstacles_said_in_words(self):
        case = self.opened()
        for code, words in (
            ("commercial_claims", "waits for its decree"),
            ("small_claims", "closed between traders"),
            ("attribution", "needs an enforceable title"),
        ):
            with self.subTest(code=code), self.assertRaisesRegex(UserError, words), self.at(OPENED):
                case._start(self.proceeding(code))
        self.card().is_commercant = False
        with self.assertRaisesRegex(UserError, "over its limit"), self.at(OPENED):
            case._start(self.proceeding("small_claims"))
        self.debtor_partner.country_id = self.env.ref("base.be")
        with self.assertRaisesRegex(UserError, "abroad"), self.at(OPENED):
            case._start(self.proceeding("injonction"))
        with self.at(OPENED):
            case._close("mistake", "By mistake")
        with self.assertRaisesRegex(UserError, "closed"), self.at(OPENED):
            case._start(self.proceeding("injonction"))

    def test_a_public_body_is_neither_seized_nor_sued_before_a_civil_court(self):
        case = self.opened()
        self.card().write({"debtor_type": "public", "is_commercant": False, "type_confirmed": True})
        for code in ("injonction", "conservatoire", "attribution", "vente", "refere_tc", "merits_tj", "small_claims"):
            with self.subTest(code=code), self.assertRaisesRegex(UserError, "public body"), self.at(OPENED):
                case._start(self.proceeding(code))
        run = self.start(case, "administrative")
        self.walk(
            run,
            ("claim", OPENED),
            ("filed", date(2026, 9, 10)),
            ("decision", date(2026, 10, 5), {"amount": 10000}),
            ("notified", date(2026, 10, 8)),
        )
        self.assertEqual(self.limitation("court_claim").on, date(2026, 9, 10))
        self.assertEqual(self.line(run, "own_motion").opens_on, date(2026, 12, 9))
        self.card().debtor_type = "professional"
        with self.assertRaisesRegex(UserError, "public bodies only"), self.at(OPENED):
            case._end_run(run, "given_up", "The debtor is no public body")
            case._start(self.proceeding("administrative"))

    def test_the_silence_of_a_small_claim_is_a_refusal_once_the_month_has_passed(self):
        self.card().is_commercant = False
        case = self.opened()
        self.proceeding("small_claims").sudo().limit = 0
        run = self.start(case, "small_claims")
        self.walk(run, ("asked", OPENED), ("invited", date(2026, 9, 10)))
        with self.assertRaisesRegex(UserError, "from"):
            self.record(run, "silent", date(2026, 10, 10))
        self.record(run, "silent", date(2026, 10, 13))  # the 10th is a Saturday
        self.assertEqual(run.state, "done")

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
        self.start(case, "attribution", on=date(2026, 12, 3))  # chained: there is a title now

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
            case._end_run(run, "lapsed", "Not served in time")
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
            case._close("dismissed", "The judgment rejects the claim")
        self.assertFalse(self.limitation("court_claim"))

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

    def test_a_seizure_without_proceedings_within_the_month_lapses_and_interrupts_no_more(self):
        case = self.opened()
        run = self.start(case, "conservatoire")
        self.walk(run, ("dispensed", OPENED), ("executed", date(2026, 9, 21), {"amount": 3000}))
        self.follow(date(2026, 10, 22))
        self.assertIn("R511-7", case.missed_text)
        self.assertIn("Seize again", case.missed_text.replace("seize again", "Seize again"))
        with self.at(date(2026, 10, 22)):
            case._end_run(run, "lapsed", "No proceedings within the month")
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
            case._end_run(run, "lapsed", "Caducité")
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

    # --- the others ---------------------------------------------------------------------------------------------------

    def test_an_agency_needs_no_approval_and_may_be_recalled(self):
        case = self.opened()
        run = self.start(case, "agency", approve=False)
        self.assertEqual(run.state, "running")
        self.walk(
            run,
            ("mandate", OPENED),
            ("handed", OPENED),
            ("report", OPENED + 10 * DAY),
            ("report", OPENED + 20 * DAY),
            ("remittance", OPENED + 21 * DAY, {"amount": 500}),
            ("recalled", OPENED + 30 * DAY),
        )
        self.assertEqual((run.state, case.state), ("done", "amicable"))

    def test_small_claims_silence_is_a_refusal_and_agreement_suspends(self):
        self.card().is_commercant = False
        case = self.opened(self.invoice(DUE, 900))
        run = self.start(case, "small_claims")
        self.walk(run, ("asked", OPENED), ("invited", date(2026, 9, 10)))
        self.assertEqual(self.line(run, "accepted").last_day, date(2026, 10, 12))  # the 10th is a Saturday
        self.follow(date(2026, 10, 13))
        self.assertEqual(self.line(run, "accepted").state, "closed")
        self.assertTrue(self.line(run, "accepted").is_recordable)  # an answer that came late is a fact
        self.record(run, "silent", date(2026, 10, 13))
        with self.assertRaisesRegex(UserError, "is over"):
            self.record(run, "accepted", date(2026, 10, 13))
        self.assertEqual(run.state, "done")
        again = self.start(case, "small_claims", on=date(2026, 10, 14))
        self.walk(
            again,
            ("asked", date(2026, 10, 14)),
            ("invited", date(2026, 10, 15)),
            ("accepted", date(2026, 10, 20), {"amount": 900}),
            ("title", date(2026, 10, 28), {"amount": 900}),
        )
        self.assertEqual(self.limitation("small_claim_agreement").on, date(2026, 10, 20))
        self.assertEqual((case.title_on, case.state), (date(2026, 10, 28), "decision"))

    def test_commercial_claims_once_a_manager_says_they_are_in_force(self):
        self.proceeding("commercial_claims").with_user(self.manager).in_force = True
        case = self.opened()
        run = self.start(case, "commercial_claims")
        self.record(run, "commandement", date(2026, 9, 8))
        with self.assertRaisesRegex(UserError, "from"):
            self.record(run, "expired", date(2026, 10, 8))
        self.record(run, "expired", date(2026, 10, 9))
        self.assertEqual(self.line(run, "record").opens_on, date(2026, 10, 20))  # eight days, the 17th is a Saturday
        self.walk(run, ("record", date(2026, 10, 20)), ("enforceable", date(2026, 10, 26)))
        self.assertEqual(self.line(run, "served").last_day, date(2027, 4, 26))
        self.record(run, "served", date(2026, 11, 2))
        self.assertEqual((run.state, case.title_on), ("done", date(2026, 10, 26)))

    def test_european_order(self):
        case = self.opened()
        run = self.start(case, "european_order")
        self.walk(
            run,
            ("filed", OPENED),
            ("order", date(2026, 9, 21), {"amount": 10000}),
            ("served", date(2026, 10, 1)),
        )
        opposition = self.line(run, "opposition")
        self.assertEqual((opposition.last_day, opposition.verified), (date(2026, 11, 2), False))  # the 31st: a Saturday
        self.record(run, "enforceable", date(2026, 11, 9))
        self.assertEqual(case.title_on, date(2026, 11, 9))

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
            case._end_run(run, "lapsed", "Notice not given")
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

    # --- recording and correcting -------------------------------------------------------------------------------------

    def test_one_dialog_records_the_step_its_documents_and_its_costs(self):
        case = self.opened()
        self.start(case, "injonction")
        with self.at(OPENED):
            dialog = self.env["recouvrement.case.record"].with_user(self.officer).with_context(active_id=case.id)
            wizard = dialog.create({"details": "Sent by post"})
            self.assertEqual(wizard.line_id.step_id.code, "filed")
            wizard._onchange_line_id()
            self.assertFalse(wizard.cost_ids.verified)
            wizard.cost_ids.amount = 30
            self.assertEqual(wizard.expected_cost, 30)
            wizard.action_record()
        event = case.event_ids.filtered(lambda found: found.step_id.code == "filed")
        self.assertEqual((event.details, event.author_id, event.figures["principal"]), (
            "Sent by post", self.officer, "10000.00"
        ))  # fmt: skip
        self.assertEqual((case.cost_ids.amount, case.cost_ids.verified), (30, False))
        with self.at(OPENED), self.assertRaises(AccessError):
            self.env["recouvrement.case.record"].with_user(self.collector).with_context(active_id=case.id).create({})

    def test_steps_out_of_order_twice_or_to_come_are_refused_in_words(self):
        case = self.opened()
        run = self.start(case, "injonction")
        with self.assertRaisesRegex(UserError, "comes after: Order obtained"):
            self.record(run, "served", OPENED)
        self.record(run, "filed", OPENED + 5 * DAY)
        with self.assertRaisesRegex(UserError, "recorded already"):
            self.record(run, "filed", OPENED + 5 * DAY)
        step = run.proceeding_id.step_ids.filtered(lambda found: found.code == "order")
        for on, words in ((OPENED, "cannot be dated"), (OPENED + 7 * DAY, "to come")):
            with self.at(OPENED + 6 * DAY), self.assertRaisesRegex(UserError, words):
                case._record(run, step, on, amount=1)

    def test_a_wrong_day_is_corrected_by_another_event_and_the_deadlines_follow(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(run, ("filed", OPENED), ("order", date(2026, 9, 21), {"amount": 10000}))
        wrong = self.record(run, "served", date(2026, 10, 1))
        with self.at(date(2026, 10, 6)):
            dialog = self.env["recouvrement.case.event.wizard"].with_user(self.officer)
            dialog = dialog.with_context(active_model=wrong._name, active_id=wrong.id)
            wizard = dialog.create({"details": "The act says"})
            wizard.on = date(2026, 10, 5)
            wizard.action_note()
        self.env.invalidate_all()
        self.assertTrue(wrong.is_corrected)
        self.assertEqual(wrong.on, date(2026, 10, 1))  # it stays
        self.assertEqual(self.line(run, "served").done_on, date(2026, 10, 5))
        self.assertEqual(self.limitation("injonction_served").on, date(2026, 10, 5))
        with self.at(date(2026, 10, 6)), self.assertRaisesRegex(UserError, "correct the correction"):
            case._correct(wrong, "Again")
        with self.at(date(2026, 10, 6)):
            case._correct(wrong.correction_ids, "It was another case", is_void=True)
        self.env.invalidate_all()
        self.assertEqual(self.line(run, "served").state, "open")
        self.assertFalse(self.limitation("injonction_served"))
        self.assertEqual(case.deadline_ids.state, "open")

    def test_filing_noted_by_mistake_sets_the_claims_free(self):
        case = self.opened()
        run = self.start(case, "injonction")
        filed = self.record(run, "filed", OPENED)
        self.assertTrue(case.frozen_on)
        with self.at(OPENED + DAY):
            case._correct(filed, "Not sent", is_void=True)
        self.assertFalse(case.frozen_on)
        self.assertEqual(case.state, "amicable")
