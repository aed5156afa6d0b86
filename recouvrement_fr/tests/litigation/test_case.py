from datetime import timedelta
from decimal import Decimal

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ...rules.rates import half_year
from .case_common import DAY, DUE, OPENED, CaseCommon


@tagged("post_install", "-at_install")
class TestCase(CaseCommon):
    def rate(self):
        table = self.env["recouvrement.rate"]._rate_table()
        return table.of_half_year(half_year(OPENED), OPENED).ecb + 10

    def interest(self, *parts):
        """Of (base, days), to the cent."""
        return float(round(sum(Decimal(base) * days for base, days in parts) * self.rate() / 36500, 2))

    # --- opening and holding ------------------------------------------------------------------------------------------

    def test_a_case_holds_its_invoices_and_takes_back_what_was_about_to_leave(self):
        self.assertEqual(self.reminders().state, "planned")
        case = self.opened()
        self.assertEqual(self.reminders().state, "cancelled")
        self.night(OPENED + DAY)
        self.assertEqual(self.card().reason, "in_case")
        self.assertEqual(self.debt.dunning_state, "litigation")
        self.assertEqual(self.debt.recouvrement_case_ids, case)
        self.assertEqual(case.event_ids.kind, "opened")
        self.assertEqual(case.event_ids.author_id, self.officer)
        self.assertEqual(case.claim_ids.move_id, self.debt)
        self.assertEqual(self.card().case_count, 1)
        self.assertEqual(self.debtor_partner.recouvrement_case_count, 1)
        found = self.env["account.move"].search([("dunning_state", "=", "litigation")])
        self.assertIn(self.debt, found)

    def test_what_cannot_be_a_case_is_refused_with_its_reason(self):
        other = self.invoice(DUE, 100, partner=self._partner("Autre", company_registry="552100554"))
        dollar = self.env.ref("base.USD")
        dollar.active = True
        foreign = self.invoice(DUE, 100, currency_id=dollar.id)
        draft = self.invoice(DUE, 100, post=False)
        for moves, words in (
            (other, "this debtor alone"),
            (self.debt | foreign, "per currency"),
            (draft, "posted customer invoices"),
            (self.env["account.move"], "Choose the invoices"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(ValidationError, words), self.at(OPENED):
                self.env["recouvrement.case"].with_user(self.officer)._open(self.card(), moves)
        case = self.opened()
        with self.assertRaisesRegex(ValidationError, "Already in a case"):
            self.opened()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["recouvrement.case.claim"].sudo().create(
                {"case_id": case.sudo().copy({"name": "Another"}).id, "move_id": self.debt.id, "date_due": DUE}
            )

    def test_the_dialog_opens_a_case_from_the_card_and_from_invoices(self):
        wizards = self.env["recouvrement.case.opening"].with_user(self.officer)
        with self.at(OPENED):
            context = self.card().with_user(self.officer).action_new_case()["context"]
            wizard = wizards.with_context(**context).create({})
            self.assertEqual(wizard.move_ids, self.debt)
            action = wizard.action_open()
        case = self.env["recouvrement.case"].browse(action["res_id"])
        self.assertEqual((case.debtor_id, case.user_id), (self.card(), self.officer))
        values = wizards.with_context(active_model="account.move", active_ids=self.debt.ids).default_get(["debtor_id"])
        self.assertEqual(values["debtor_id"], self.card().id)
        stranger = self.invoice(DUE, 10, partner=self._partner("Autre", company_registry="552100554"))
        with self.assertRaisesRegex(UserError, "one debtor"):
            wizards.with_context(active_model="account.move", active_ids=(self.debt | stranger).ids).default_get([])

    # --- evidence and rights ------------------------------------------------------------------------------------------

    def test_nobody_alters_the_past(self):
        case = self.opened()
        run = self.start(case, "injonction")
        approval = case.approval_ids
        for evidence, words in ((case.event_ids[:1], "never changed"), (approval, "never changed")):
            for record in (evidence, evidence.sudo()):
                with self.subTest(record=record, su=record.env.su), self.assertRaisesRegex(UserError, words):
                    record.write({"case_id": case.id})
            with self.assertRaises(AccessError):
                evidence.unlink()
            with self.assertRaisesRegex(UserError, "never deleted"):
                evidence.sudo().unlink()
        for evidence in (case, case.claim_ids, run):
            with self.subTest(evidence=evidence), self.assertRaises(UserError):
                evidence.sudo().unlink()
        for values in ({"state": "closed"}, {"debtor_id": self.card().id}, {"frozen_on": OPENED}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "buttons"):
                case.write(values)
        with self.assertRaises(AccessError):
            case.event_ids.with_user(self.officer).create({"case_id": case.id, "kind": "note"})

    def test_documents_of_an_event_are_its_own_copies_with_their_hash(self):
        case = self.opened()
        attachment = self.env["ir.attachment"].with_user(self.officer).create({"name": "act.pdf", "raw": b"%PDF-act"})
        with self.at(OPENED):
            event = case._note("document", OPENED, "Act received", attachment)
        self.assertNotEqual(event.attachment_ids, attachment)
        self.assertEqual(event.attachment_ids.raw, b"%PDF-act")
        self.assertEqual(list(event.hashes), ["act.pdf"])
        self.assertEqual(len(event.hashes["act.pdf"]), 64)
        with self.assertRaises(AccessError):
            event.attachment_ids.with_user(self.officer).write({"raw": b"other"})

    def test_collectors_read_officers_act_managers_approve(self):
        case = self.opened()
        as_collector = case.with_user(self.collector)
        self.assertEqual(as_collector.event_ids, case.event_ids)
        with self.at(OPENED):
            self.assertGreater(as_collector.amount_balance, 10000)
            self.assertEqual(Form(as_collector).name, case.name, "every field of the screen is read")
        proceeding = self.proceeding("injonction")
        with self.assertRaises(AccessError):
            as_collector._start(proceeding)
        with self.assertRaises(AccessError):
            self.opened(self.invoice(DUE, 5), user=self.collector)
        with self.assertRaises(AccessError):
            as_collector.note = "Mine"
        run = self.start(case, "injonction", approve=False)
        with self.assertRaisesRegex(AccessError, "manager"), self.at(OPENED):
            case._decide(run, True)
        with self.at(OPENED):
            case.with_user(self.manager)._decide(run, True)
        self.assertEqual(run.state, "running")
        case.bailiff_id = self.debtor_partner  # what an officer knows, he writes

    def test_confidential_cases_are_for_legal_officers_alone(self):
        case = self.opened(is_confidential=True)
        self.start(case, "injonction")
        self.assertTrue(case.with_user(self.officer).name)
        for record in (case, case.event_ids[:1], case.claim_ids, case.run_ids, case.step_ids[:1], case.approval_ids):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.collector).read(["display_name"])
        self.assertFalse(self.env["recouvrement.case"].with_user(self.collector).search([("id", "=", case.id)]))
        self.night(OPENED + DAY)
        self.assertEqual(self.card().reason, "in_case")  # that it is held is shown, why is not

    def test_the_debtor_himself_can_call_nothing(self):
        """Every public button of a case, by a portal user and by an employee without a collection group."""
        case = self.opened()
        run = self.start(case, "injonction")
        records = (case, run, case.claim_ids, case.event_ids[:1], case.step_ids[:1], case.court_id, run.proceeding_id)
        for group in ("base.group_portal", "base.group_user"):
            user = new_test_user(self.env, f"case_{group}", group)
            for record in records:
                for name in [name for name in dir(type(record)) if name.startswith("action_")]:
                    if name in ("action_archive", "action_unarchive") or not callable(getattr(type(record), name)):
                        continue
                    with self.subTest(user=user.login, button=name), self.assertRaises(AccessError):
                        getattr(record.with_user(user), name)()

    def test_two_companies_do_not_see_each_other(self):
        case = self.opened()
        self.start(case, "injonction")
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env,
            "case_stranger",
            "base.group_user,recouvrement_fr.group_recouvrement_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("", ".claim", ".event", ".cost", ".step", ".proceeding", ".approval"):
            found = self.env[f"recouvrement.case{model}"].with_user(stranger).search([])
            self.assertFalse(found, model)
        with self.assertRaises(AccessError):
            case.with_user(stranger).read(["name"])

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

    # --- approval -----------------------------------------------------------------------------------------------------

    def test_nothing_judicial_is_recorded_before_the_creditor_approved_it_on_figures_that_are_kept(self):
        case = self.opened()
        with self.at(OPENED):
            wizard = (
                self.env["recouvrement.case.start"]
                .with_user(self.officer)
                .with_context(active_id=case.id)
                .create({"proceeding_id": self.proceeding("injonction").id, "recovery_percent": 50, "reason": "Why"})
            )
            self.assertFalse(wizard.obstacles)
            self.assertGreater(wizard.expected_cost, 0)
            self.assertAlmostEqual(wizard.expected_net, wizard.claimed * 0.5 - wizard.expected_cost, delta=0.01)
            wizard.action_start()
        run = case.run_ids
        self.assertEqual((run.state, case.awaits_approval), ("to_approve", True))
        self.assertIn(case, case.search([("awaits_approval", "=", True)]))
        self.assertIn(self.manager, case.activity_ids.user_id)
        with self.assertRaisesRegex(UserError, "not approved"):
            self.record(run, "filed", OPENED)
        with self.at(OPENED):
            decision = (
                self.env["recouvrement.case.decision"]
                .with_user(self.manager)
                .with_context(active_id=case.id)
                .create({})
            )
            self.assertEqual((decision.run_id, decision.asked_because), (run, "Why"))
            decision.comment = "Up to 500 EUR"
            decision.action_approve()
        approval = case.approval_ids
        self.assertEqual((approval.user_id, approval.is_granted, approval.principal), (self.manager, True, 10000))
        self.assertEqual(approval.recovery_percent, 50)
        self.assertFalse(case.activity_ids)
        self.record(run, "filed", OPENED)
        self.assertEqual(case.state, "filed")
        with self.assertRaisesRegex(UserError, "nothing to approve"):
            case.with_user(self.manager)._decide(run, True)

    def test_a_refusal_is_kept_and_another_may_be_asked_for(self):
        case = self.opened()
        run = self.start(case, "injonction", approve=False)
        with self.at(OPENED):
            case.with_user(self.manager)._decide(run, False, "Too dear")
        self.assertEqual((run.state, case.approval_ids.is_granted), ("refused", False))
        self.start(case, "injonction")
        self.assertEqual(case.run_ids.mapped("state"), ["refused", "running"])
        with self.assertRaisesRegex(UserError, "already in progress"):
            case._start(self.proceeding("injonction"))

    # --- ending -------------------------------------------------------------------------------------------------------

    def test_paid_in_full_proposes_closing_once_and_closing_frees_the_debtor(self):
        case = self.opened()
        self.pay(self.debt, 10000, on=OPENED)
        self.follow(OPENED + DAY)
        self.follow(OPENED + 2 * DAY)
        proposed = case.activity_ids.filtered(lambda activity: "are paid" in activity.summary)
        self.assertEqual(len(proposed), 1)  # interest is left: it says so
        self.pay(self.invoice(DUE, 1), 1, on=OPENED)
        with self.assertRaisesRegex(UserError, "why"), self.at(OPENED):
            case._close("paid", "")
        with self.at(OPENED + 2 * DAY):
            ending = self.env["recouvrement.case.ending"].with_user(self.officer).with_context(active_id=case.id)
            ending.create({"act": "close", "outcome": "paid", "reason": "Transfer of 7 September"}).action_end()
        self.assertEqual((case.state, case.outcome), ("closed", "paid"))
        self.assertFalse(case.activity_ids)
        self.assertFalse(self.env["recouvrement.case"]._holds(self.company, None, OPENED))
        self.assertFalse(case.claim_ids.is_open)
        with self.assertRaisesRegex(UserError, "closed"):
            case.note = "Late thought"
        with self.assertRaisesRegex(UserError, "already closed"):
            case._close("paid", "Again")

    def test_a_closed_case_is_reopened_with_a_reason_unless_its_invoice_is_elsewhere(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(run, ("filed", OPENED), ("order", OPENED + 10 * DAY, {"amount": 10000}))
        with self.at(OPENED + 11 * DAY):
            case._close("abandoned", "Nothing to seize")
        self.assertEqual(run.state, "given_up")
        self.assertEqual(set(case.deadline_ids.mapped("state")), {"cancelled"})
        with self.assertRaisesRegex(UserError, "why"), self.at(OPENED + 12 * DAY):
            case._reopen("")
        with self.at(OPENED + 12 * DAY):
            case._reopen("He has inherited")
        self.assertEqual(case.state, "decision")
        reopened = case.event_ids.filtered(lambda event: event.kind == "reopened")
        self.assertEqual((reopened.details, reopened.author_id), ("He has inherited", self.officer))
        with self.at(OPENED + 13 * DAY):
            case._close("abandoned", "After all no")
        self.opened(on=OPENED + 14 * DAY)
        with self.assertRaisesRegex(ValidationError, "Already in a case"), self.at(OPENED + 15 * DAY):
            case._reopen("Again")

    def test_a_payment_that_comes_back_after_closing_is_told_holds_the_debtor_and_reopens_its_procedure(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(run, ("filed", OPENED), ("order", OPENED + 10 * DAY, {"amount": 10000}))
        payment = self.pay(self.debt, 10000, on=OPENED + 11 * DAY)
        with self.at(OPENED + 12 * DAY):
            case._close("paid", "Transfer")
        self.assertEqual(run.state, "done")
        payment.action_draft()
        payment.action_cancel()
        self.follow(OPENED + 14 * DAY)
        self.follow(OPENED + 15 * DAY)
        told = case.activity_ids.filtered(lambda activity: "came back" in activity.summary)
        self.assertEqual(len(told), 1)
        self.night(OPENED + 14 * DAY)
        self.assertEqual(self.card().reason, "in_case")
        self.assertFalse(self.reminders().filtered(lambda reminder: reminder.state in ("planned", "sent")))
        with self.at(OPENED + 16 * DAY):
            case._reopen("The cheque was not paid")
        self.assertEqual((case.state, run.state, run.ended_on), ("decision", "running", False))
        self.assertIn("open", case.deadline_ids.mapped("state"))
        self.assertFalse(case.activity_ids.filtered(lambda activity: "came back" in activity.summary))
        self.record(run, "served", OPENED + 17 * DAY)  # its procedure goes on
        with self.at(OPENED + 20 * DAY):
            case._close("partly_paid", "Nothing more to hope")
        self.assertFalse(self.env["recouvrement.case"]._holds(self.company, self.debt.ids, OPENED + 21 * DAY))

    def test_a_collector_sees_no_button_that_opens_a_case(self):
        view = self.env.ref("recouvrement_fr.recouvrement_debtor_to_litigate_view_list")
        for user, seen in ((self.collector, False), (self.officer, True)):
            arch = self.env["recouvrement.debtor"].with_user(user).get_view(view.id, "list")["arch"]
            self.assertEqual("action_new_case" in arch, seen, user.login)

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


@tagged("post_install", "-at_install")
class TestToLitigate(CaseCommon):
    def expired_notice(self):
        """A formal notice that left, and whose term is over the day after the one returned."""
        self.night(DUE + 31 * DAY)
        notice = self.env["recouvrement.reminder"].search([("debtor_id", "=", self.card().id)], limit=1)
        notice.sudo().write({"level_id": self.notice.id})
        notice.line_ids.sudo().write({"level_id": self.notice.id, "role": "carried"})
        self.mark_sent(notice, OPENED)
        notice.sudo().deadline = OPENED + 8 * DAY
        return OPENED + 8 * DAY

    def test_an_expired_and_unpaid_formal_notice_proposes_a_case_once(self):
        last = self.expired_notice()
        debtor = self.card()
        self.follow(last)
        self.assertFalse(debtor.activity_ids)
        with self.at(last):
            self.assertNotIn(debtor, self.env["recouvrement.debtor"].search([("is_to_litigate", "=", True)]))
        self.follow(last + DAY)
        self.follow(last + 2 * DAY)
        self.assertEqual(len(debtor.activity_ids), 1)
        self.assertIn("expired unpaid", debtor.activity_ids.summary)
        with self.at(last + DAY):
            self.assertIn(debtor, self.env["recouvrement.debtor"].search([("is_to_litigate", "=", True)]))
            self.assertTrue(debtor.is_to_litigate)
            self.assertEqual(debtor._case_moves(), self.debt)
        case = self.opened(on=last + 2 * DAY)
        self.assertFalse(debtor.activity_ids)
        self.assertEqual(case.state, "amicable")
        self.assertFalse(case.run_ids)  # nothing judicial by itself
        with self.at(last + 2 * DAY):
            self.assertNotIn(debtor, self.env["recouvrement.debtor"].search([("is_to_litigate", "=", True)]))

    def test_a_payment_after_the_proposal_takes_it_back(self):
        last = self.expired_notice()
        self.follow(last + DAY)
        self.assertEqual(len(self.card().activity_ids), 1)
        self.pay(self.debt, on=last + DAY)
        self.follow(last + 2 * DAY)
        self.assertFalse(self.card().activity_ids)

    def test_the_scheduler_writes_in_the_language_of_the_collectors(self):
        people = self.env.ref("recouvrement_fr.group_recouvrement_user").all_user_ids
        people.sudo().lang = "fr_FR"
        last = self.expired_notice()
        self.env.flush_all()
        with self.at(last + DAY), self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_follow_up").method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn("dossier contentieux", self.card().activity_ids.summary)

    def test_a_payment_before_the_term_proposes_nothing(self):
        last = self.expired_notice()
        self.pay(self.debt, 10000, on=OPENED + DAY)
        self.follow(last + DAY)
        self.assertFalse(self.card().activity_ids.filtered(lambda found: "open a litigation" in found.summary))

    def test_a_dispute_holds_the_proposal(self):
        last = self.expired_notice()
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        with self.at(OPENED + DAY):
            self.env["recouvrement.dispute"]._open(self.card(), self.debt, reason)
        self.assertFalse(self.env["recouvrement.case"].sudo()._to_litigate(last + timedelta(days=1)))
