from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ...rules.instalments import Instalment
from ..common import MONDAY
from .plan_common import DUE, PNG, PlanCommon


@tagged("post_install", "-at_install")
class TestPlan(PlanCommon):
    # --- making -------------------------------------------------------------------------------------------------------

    def test_the_dialog_proposes_equal_instalments_of_all_that_is_overdue(self):
        self.invoice(MONDAY + timedelta(days=10), 50)
        with self.at(MONDAY):
            wizard = Form(
                self.env["recouvrement.plan.wizard"].with_context(
                    active_model="recouvrement.debtor", active_ids=self.card().ids
                )
            )
            self.assertEqual(wizard.total, 900)
            wizard.count = 4
            wizard.deposit = 100
            made = wizard.save().action_make()
        plan = self.env["recouvrement.plan"].browse(made["res_id"])
        self.assertEqual(plan.instalment_ids.mapped("amount"), [100, 200, 200, 200, 200])
        self.assertEqual((plan.state, plan.amount_total), ("draft", 900))

    def test_percentages_and_amounts(self):
        with self.at(MONDAY):
            wizard = Form(
                self.env["recouvrement.plan.wizard"].with_context(
                    active_model="recouvrement.debtor", active_ids=self.card().ids
                )
            )
            wizard.method = "percentage"
            wizard.shares = "50, 25, 25"
            self.assertEqual([wizard.line_ids.edit(at).amount for at in range(3)], [450, 225, 225])
            wizard.method = "fixed"
            wizard.amount = 400
            record = wizard.save()
        self.assertEqual(record.line_ids.mapped("amount"), [400, 400, 100])

    def test_a_schedule_that_does_not_add_up_is_refused_with_the_difference(self):
        with self.assertRaisesRegex(UserError, "50"):
            self.env["recouvrement.plan"]._make(self.card(), self.debt, [Instalment(MONDAY, Decimal(850))])

    def test_invoices_of_others_or_of_two_currencies_are_refused(self):
        stranger = self._partner("Autre", company_registry="552081317")
        other = self.invoice(DUE, 10, partner=stranger)
        with self.assertRaisesRegex(UserError, "Not posted invoices of this debtor"):
            self.plan(moves=other, dates=(5,), amounts=(10,))
        dollars = self.invoice(DUE, 100, currency_id=self.env.ref("base.USD").id)
        with self.assertRaisesRegex(UserError, "one plan per currency"):
            self.plan(moves=self.debt | dollars)

    def test_an_invoice_is_in_one_plan_at_a_time(self):
        self.plan(accepted=False)
        with self.assertRaisesRegex(UserError, "already in the plan"):
            self.plan()

    # --- holding ------------------------------------------------------------------------------------------------------

    def test_a_proposal_stops_the_reminder_that_was_about_to_leave_and_holds_the_next_nights(self):
        self.assertEqual(self.reminders().state, "planned")
        self.plan(accepted=False)
        self.assertEqual(self.reminders().state, "cancelled")
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual(self.card().reason, "in_plan")
        self.assertEqual(self.debt.dunning_state, "plan")
        self.assertIn(self.debt, self.env["account.move"].search([("dunning_state", "=", "plan")]))

    def test_a_proposal_nobody_accepts_gives_dunning_back_its_course(self):
        plan = self.plan(accepted=False)
        self.follow(MONDAY + timedelta(days=15))
        self.assertEqual(plan.state, "proposed")
        self.follow(MONDAY + timedelta(days=16))
        self.assertEqual(plan.state, "cancelled")
        self.night(MONDAY + timedelta(days=17))
        self.assertEqual(self.card().reason, "due")

    def test_other_invoices_of_the_debtor_are_still_reminded(self):
        self.plan()
        self.invoice(DUE, 200)
        self.night(MONDAY + timedelta(days=1))
        planned = self.reminders().filtered(lambda reminder: reminder.state == "planned")
        self.assertEqual(planned.amount_due, 200)

    def test_a_cancelled_plan_can_be_reopened(self):
        plan = self.plan()
        with self.at(MONDAY):
            plan.action_cancel()
            self.assertFalse(self.env["recouvrement.plan"]._holds(self.company, self.debt.ids, MONDAY))
            plan.action_reopen()
        self.assertEqual(plan.state, "active")

    def test_a_notice_whose_receipt_nobody_noted_is_asked_about(self):
        plan = self.plan()
        missed = MONDAY + timedelta(days=19)
        self.follow(missed)
        with self.at(missed):
            plan.action_notice()
        self.follow(missed + timedelta(days=11))
        self.assertTrue(plan.activity_ids.filtered(lambda activity: "reach the debtor" in activity.summary))

    # --- reminders, documents, rights ---------------------------------------------------------------------------------

    def test_one_e_mail_before_each_instalment(self):
        plan = self.plan()
        contact = self.env["res.partner"].create({"name": "Mme Petit", "parent_id": self.debtor_partner.id})
        plan.debtor_id.dunning_contact_id = contact
        contact.parent_id = self._partner("Plomberie Martin", company_registry="552081317")
        for day in (11, 12, 12, 13):
            self.follow(MONDAY + timedelta(days=day))
        mails = self.env["mail.mail"].search(
            [("model", "=", "recouvrement.plan.instalment"), ("res_id", "in", plan.instalment_ids.ids)]
        )
        self.assertEqual((mails.res_id, mails), (plan.instalment_ids[0].id, plan.instalment_ids[0].mail_id))
        self.assertEqual(mails.email_to, f'"Menuiserie Durand" <{self.debtor_partner.email}>')
        self.assertFalse(mails.recipient_ids, "The contact is no longer the debtor's.")
        self.assertFalse(plan.instalment_ids[0].reminded_on)
        with self.at(MONDAY + timedelta(days=12)):
            mails._postprocess_sent_message([], [])
        self.assertEqual(plan.instalment_ids[0].reminded_on, MONDAY + timedelta(days=12))

    def test_the_protocol_is_drafted_corrected_then_frozen_for_good(self):
        plan = self.plan(accepted=False)
        with self.at(MONDAY):
            document = self.env["recouvrement.document"].browse(plan.action_protocol()["res_id"])
            self.assertIn("neuf cents euros", document.body)
            document.body += "<p>Clause ajoutée.</p>"
            document.with_context(force_report_rendering=True).action_freeze()
        self.assertTrue(document.attachment_id.raw.startswith(b"%PDF"))
        self.assertEqual(len(document.sha256), 64)
        collector = new_test_user(self.env, "doc-user", groups="recouvrement_fr.group_recouvrement_user")
        with self.assertRaisesRegex(UserError, "new version"):
            document.with_user(collector).body = "<p>Autre</p>"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            document.sudo().unlink()
        version = self.env["recouvrement.document"].browse(document.action_new_version()["res_id"])
        self.assertEqual((version.version, version.supersedes_id, version.sha256), (2, document, False))

    def test_a_consumer_signs_for_himself_and_for_no_indemnity(self):
        plan = self.plan(accepted=False)
        plan.sudo().interest = 12
        for kind, said, unsaid in (
            ("professional", "indemnités forfaitaires", "taux légal"),
            ("consumer", "intérêts au taux légal", "indemnités forfaitaires"),
        ):
            self.card().write({"debtor_type": kind, "type_confirmed": True})
            if kind == "consumer":
                self.debtor_partner.is_company = False
            with self.subTest(kind=kind), self.at(MONDAY):
                for action in (plan.action_protocol(), plan.action_acknowledgement()):
                    body = self.env["recouvrement.document"].browse(action["res_id"]).body
                    self.assertIn(said, body)
                    self.assertNotIn(unsaid, body)
                self.assertEqual("agissant en qualité" in body, kind == "professional")

    def test_a_confidential_document_is_seen_by_legal_officers_alone(self):
        kept = {"debtor_id": self.card().id, "kind": "mandat_ad_hoc", "judgment_on": "2026-01-05"}
        proceedings = self.env["recouvrement.insolvency"].create(kept)
        document = self.env["recouvrement.document"]._draft(
            "recouvrement_fr.document_parties", "Secret", self.card(), proceedings, date=MONDAY
        )
        collector = new_test_user(self.env, "collector", groups="recouvrement_fr.group_recouvrement_user")
        officer = new_test_user(self.env, "officer", groups="recouvrement_fr.group_recouvrement_legal")
        for user in (collector, officer):
            user.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        self.assertEqual(document.with_user(officer).title, "Secret")
        with self.assertRaises(AccessError):
            document.with_user(collector).read(["title"])

    def test_a_collector_makes_a_plan_and_writes_none(self):
        collector = new_test_user(self.env, "planner", groups="recouvrement_fr.group_recouvrement_user")
        collector.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        made = (
            self.env["recouvrement.plan"]
            .with_user(collector)
            ._make(self.card().with_user(collector), self.debt.with_user(collector), [Instalment(MONDAY, Decimal(900))])
        )
        with self.at(MONDAY):
            made.action_propose()
        self.assertEqual(made.state, "proposed")
        with self.assertRaises(AccessError):
            made.write({"state": "kept"})
        with self.assertRaises(UserError):
            made.sudo().unlink()

    def test_an_uploaded_copy_is_kept(self):
        plan = self.plan(accepted=False)
        with self.at(MONDAY):
            wizard = self.env["recouvrement.plan.acceptance"].create(
                {"plan_id": plan.id, "accepted_by": "Jean Durand", "accepted_on": MONDAY}
            )
            with self.assertRaisesRegex(UserError, "Upload the signed copy"):
                wizard.action_accept()
            wizard.write({"signed_copy": PNG, "signed_name": "protocole.png"})
            wizard.action_accept()
        self.assertEqual((plan.state, plan.signed_attachment_id.name), ("active", "protocole.png"))

    def test_two_debtors_plans_do_not_mix(self):
        other = self._partner("Autre", company_registry="552081317")
        theirs = self.invoice(DUE, 900, partner=other)
        self.night(MONDAY + timedelta(days=1))
        plan = self.plan()
        self.pay(theirs, 900, on=MONDAY + timedelta(days=1))
        self.follow(MONDAY + timedelta(days=2))
        self.assertEqual(plan.amount_paid, 0)
