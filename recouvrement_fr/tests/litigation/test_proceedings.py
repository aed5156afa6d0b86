from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...rules.deadlines import DELAYS
from ..clock import today
from .case_common import DAY, DUE, OPENED
from .proceedings_common import ProceedingsCommon

SEEDED = (
    *("agency", "small_claims", "commercial_claims", "injonction", "refere_tc", "refere_tj", "merits_tc", "merits_tj"),
    *("european_order", "conservatoire", "attribution", "vente", "mainlevee", "homologation", "administrative"),
)


@tagged("post_install", "-at_install")
class TestProceedings(ProceedingsCommon):
    """Each procedure walked end to end on its days, with what is missed and what the user sees."""

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
                case._start(self.proceeding(code), on=today())
        self.card().is_commercant = False
        with self.assertRaisesRegex(UserError, "over its limit"), self.at(OPENED):
            case._start(self.proceeding("small_claims"), on=today())
        self.debtor_partner.country_id = self.env.ref("base.be")
        with self.assertRaisesRegex(UserError, "abroad"), self.at(OPENED):
            case._start(self.proceeding("injonction"), on=today())
        with self.at(OPENED):
            case._close("mistake", "By mistake", on=today())
        with self.assertRaisesRegex(UserError, "closed"), self.at(OPENED):
            case._start(self.proceeding("injonction"), on=today())

    def test_a_public_body_is_neither_seized_nor_sued_before_a_civil_court(self):
        case = self.opened()
        self.card().write({"debtor_type": "public", "is_commercant": False, "type_confirmed": True})
        for code in ("injonction", "conservatoire", "attribution", "vente", "refere_tc", "merits_tj", "small_claims"):
            with self.subTest(code=code), self.assertRaisesRegex(UserError, "public body"), self.at(OPENED):
                case._start(self.proceeding(code), on=today())
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
            case._end_run(run, "given_up", "The debtor is no public body", on=today())
            case._start(self.proceeding("administrative"), on=today())

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
