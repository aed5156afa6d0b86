from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..clock import today
from .case_common import DAY, DUE, OPENED, CaseCommon


@tagged("post_install", "-at_install")
class TestCase(CaseCommon):
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
            as_collector._start(proceeding, on=today())
        with self.assertRaises(AccessError):
            self.opened(self.invoice(DUE, 5), user=self.collector)
        with self.assertRaises(AccessError):
            as_collector.note = "Mine"
        run = self.start(case, "injonction", approve=False)
        with self.assertRaisesRegex(AccessError, "manager"), self.at(OPENED):
            case._decide(run, True, on=today())
        with self.at(OPENED):
            case.with_user(self.manager)._decide(run, True, on=today())
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
            case.with_user(self.manager)._decide(run, True, on=today())

    def test_an_approval_asked_in_one_language_is_given_in_another(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        case = self.opened()
        proceeding = self.proceeding("injonction").sudo()
        proceeding.update_field_translations("name", {"en_US": "Order for payment", "fr_FR": "Injonction de payer"})
        case.activity_schedule("mail.mail_activity_data_todo", summary=f"Read about: {proceeding.name}")
        run = self.start(case.with_context(lang="fr_FR"), "injonction", approve=False)
        self.assertEqual(len(case.activity_ids), 1 + len(self.company._recouvrement_managers()))
        with self.at(OPENED):
            case.with_user(self.manager)._decide(run.with_context(lang="en_US"), True, "Go on", on=today())
        self.assertEqual(case.activity_ids.mapped("summary"), [f"Read about: {proceeding.name}"])

    def test_a_refusal_is_kept_and_another_may_be_asked_for(self):
        case = self.opened()
        run = self.start(case, "injonction", approve=False)
        with self.at(OPENED):
            case.with_user(self.manager)._decide(run, False, "Too dear", on=today())
        self.assertEqual((run.state, case.approval_ids.is_granted), ("refused", False))
        self.start(case, "injonction")
        self.assertEqual(case.run_ids.mapped("state"), ["refused", "running"])
        with self.assertRaisesRegex(UserError, "already in progress"):
            case._start(self.proceeding("injonction"), on=today())

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
            case._close("paid", "", on=today())
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
            case._close("paid", "Again", on=today())

    def test_a_closed_case_is_reopened_with_a_reason_unless_its_invoice_is_elsewhere(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(run, ("filed", OPENED), ("order", OPENED + 10 * DAY, {"amount": 10000}))
        with self.at(OPENED + 11 * DAY):
            case._close("abandoned", "Nothing to seize", on=today())
        self.assertEqual(run.state, "given_up")
        self.assertEqual(set(case.deadline_ids.mapped("state")), {"cancelled"})
        with self.assertRaisesRegex(UserError, "why"), self.at(OPENED + 12 * DAY):
            case._reopen("", on=today())
        with self.at(OPENED + 12 * DAY):
            case._reopen("He has inherited", on=today())
        self.assertEqual(case.state, "decision")
        reopened = case.event_ids.filtered(lambda event: event.kind == "reopened")
        self.assertEqual((reopened.details, reopened.author_id), ("He has inherited", self.officer))
        with self.at(OPENED + 13 * DAY):
            case._close("abandoned", "After all no", on=today())
        self.opened(on=OPENED + 14 * DAY)
        with self.assertRaisesRegex(ValidationError, "Already in a case"), self.at(OPENED + 15 * DAY):
            case._reopen("Again", on=today())

    def test_a_payment_that_comes_back_after_closing_is_told_holds_the_debtor_and_reopens_its_procedure(self):
        case = self.opened()
        run = self.start(case, "injonction")
        self.walk(run, ("filed", OPENED), ("order", OPENED + 10 * DAY, {"amount": 10000}))
        payment = self.pay(self.debt, 10000, on=OPENED + 11 * DAY)
        with self.at(OPENED + 12 * DAY):
            case._close("paid", "Transfer", on=today())
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
            case._reopen("The cheque was not paid", on=today())
        self.assertEqual((case.state, run.state, run.ended_on), ("decision", "running", False))
        self.assertIn("open", case.deadline_ids.mapped("state"))
        self.assertFalse(case.activity_ids.filtered(lambda activity: "came back" in activity.summary))
        self.record(run, "served", OPENED + 17 * DAY)  # its procedure goes on
        with self.at(OPENED + 20 * DAY):
            case._close("partly_paid", "Nothing more to hope", on=today())
        self.assertFalse(self.env["recouvrement.case"]._holds(self.company, self.debt.ids, OPENED + 21 * DAY))

    def test_a_collector_sees_no_button_that_opens_a_case(self):
        view = self.env.ref("recouvrement_fr.recouvrement_debtor_to_litigate_view_list")
        for user, seen in ((self.collector, False), (self.officer, True)):
            arch = self.env["recouvrement.debtor"].with_user(user).get_view(view.id, "list")["arch"]
            self.assertEqual("action_new_case" in arch, seen, user.login)
