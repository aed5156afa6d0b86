from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ...ledger.cash import receipts
from ...rules.instalments import Instalment
from ..common import MONDAY, RecouvrementCommon

PNG = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
DUE = MONDAY - timedelta(days=20)


@tagged("post_install", "-at_install")
class TestPlan(RecouvrementCommon):
    def setUp(self):
        super().setUp()
        self.debt = self.invoice(DUE, 900)
        self.night(MONDAY)

    def plan(self, accepted=True, dates=(15, 45, 75), amounts=(300, 300, 300), moves=None, **values):
        schedule = [
            Instalment(MONDAY + timedelta(days=days), Decimal(amount))
            for days, amount in zip(dates, amounts, strict=True)
        ]
        plan = self.env["recouvrement.plan"]._make(self.card(), moves or self.debt, schedule, **values)
        with self.at(MONDAY):
            plan.action_propose()
            if accepted:
                plan._accept(MONDAY, "Jean Durand, gérant", signature=PNG)
        return plan

    def follow(self, on):
        with self.at(on):
            self.env["recouvrement.plan"].sudo()._follow_up(on)  # the scheduler's rights
        self.env.invalidate_all()

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

    # --- judged from cash ---------------------------------------------------------------------------------------------

    def test_each_instalment_is_judged_from_the_payments(self):
        plan = self.plan()
        self.pay(self.debt, 300, on=MONDAY + timedelta(days=14))
        self.follow(MONDAY + timedelta(days=20))
        self.assertEqual(plan.instalment_ids.mapped("state"), ["paid", "upcoming", "upcoming"])
        self.assertEqual((plan.amount_paid, plan.next_due), (300, MONDAY + timedelta(days=45)))

    def test_all_paid_is_kept_and_a_returned_payment_reopens_it(self):
        plan = self.plan()
        payment = self.pay(self.debt, 900, on=MONDAY + timedelta(days=3))
        self.follow(MONDAY + timedelta(days=4))
        self.assertEqual(plan.state, "kept")
        payment.action_draft()
        payment.action_cancel()
        self.follow(MONDAY + timedelta(days=5))
        self.assertEqual(plan.state, "active")
        self.assertIn("came back", plan.activity_ids.summary)

    def test_money_on_account_pays_the_plan_and_the_task_says_allocate_it(self):
        self.invoice(DUE - timedelta(days=5), 300)  # older, yet not what he pays by his plan
        plan = self.plan()
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor_partner.id,
                "amount": 300,
                "date": MONDAY + timedelta(days=14),
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        self.follow(MONDAY + timedelta(days=20))
        self.assertEqual(plan.instalment_ids.mapped("state"), ["paid", "upcoming", "upcoming"])
        self.assertEqual(plan.unallocated, 300)
        [summary] = plan.activity_ids.mapped("summary")
        self.assertIn("allocate it", summary)
        found = self.env["recouvrement.accrual"]._open_credits(self.debt.ids, MONDAY + timedelta(days=20))
        self.assertEqual([float(one.amount) for one in found[self.debt.id, DUE, 0]], [300])
        lines = (payment.move_id + self.debt).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.follow(MONDAY + timedelta(days=21))
        self.assertEqual((plan.amount_paid, plan.unallocated, plan.activity_ids), (300, 0, plan.activity_ids.browse()))

    def test_a_plan_whose_invoice_is_wholly_credited_was_not_paid(self):
        plan = self.plan()
        refund = self.invoice(MONDAY, 900, move_type="out_refund", invoice_date=MONDAY + timedelta(days=1))
        (refund.line_ids | self.debt.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.follow(MONDAY + timedelta(days=2))
        self.assertEqual((plan.state, plan.close_reason), ("cancelled", "Credited: nothing was left to pay."))

    def test_a_kept_plan_whose_payment_comes_back_holds_its_invoices_again(self):
        plan = self.plan()
        payment = self.pay(self.debt, 900, on=MONDAY + timedelta(days=3))
        self.night(MONDAY + timedelta(days=7))
        self.follow(MONDAY + timedelta(days=7))
        self.assertEqual(plan.state, "kept")
        payment.action_draft()
        payment.action_cancel()
        self.night(MONDAY + timedelta(days=8))
        self.follow(MONDAY + timedelta(days=8))
        self.assertEqual(plan.state, "active")
        self.assertFalse(self.reminders().filtered(lambda reminder: reminder.state == "planned"))
        self.morning(MONDAY + timedelta(days=8))
        self.night(MONDAY + timedelta(days=9))
        self.assertEqual((self.card().reason, self.debt.dunning_state), ("in_plan", "plan"))
        self.assertFalse(self.reminders().filtered(lambda reminder: reminder.state in ("planned", "sent")))

    def test_a_plan_whose_days_are_all_past_is_refused(self):
        past = [
            Instalment(MONDAY - timedelta(days=60), Decimal(400)),
            Instalment(MONDAY - timedelta(days=30), Decimal(500)),
        ]
        with self.at(MONDAY):
            with self.assertRaisesRegex(UserError, "in the past"):
                self.env["recouvrement.plan"]._make(self.card(), self.debt, past).action_propose()
            draft = self.env["recouvrement.plan"]._make(self.card(), self.debt, [Instalment(MONDAY, Decimal(900))])
        with self.at(MONDAY + timedelta(days=1)):
            for act in (draft.action_propose, lambda: draft._accept(MONDAY, "Jean", signature=PNG)):
                with self.assertRaisesRegex(UserError, "in the past"):
                    act()
        self.assertEqual(draft.state, "draft")

    def test_a_write_off_keeps_no_plan(self):
        plan = self.plan()
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": MONDAY,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_receivable"].id,
                            "partner_id": self.debtor_partner.id,
                            "credit": 900,
                        }
                    ),
                    Command.create({"account_id": self.company_data["default_account_expense"].id, "debit": 900}),
                ],
            }
        )
        entry.action_post()
        (entry.line_ids | self.debt.line_ids).filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertEqual(self.debt.payment_state, "paid")
        self.follow(MONDAY + timedelta(days=4))
        self.assertEqual((plan.state, plan.amount_paid), ("active", 0))

    def test_the_part_of_a_payment_that_a_difference_wrote_off_is_not_cash(self):
        register = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=self.debt.ids)
            .create(
                {
                    "payment_date": MONDAY,
                    "amount": 880,
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": self.company_data["default_account_expense"].id,
                }
            )
        )
        register._create_payments()
        [receipt] = receipts(self.env, self.debt.ids)[self.debt.id]
        self.assertEqual((receipt.amount, receipt.kind), (Decimal(880), "payment"))

    def test_a_credit_note_counts_at_its_date(self):
        refund = self.invoice(MONDAY, 300, move_type="out_refund", invoice_date=MONDAY)
        (refund.line_ids | self.debt.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        [receipt] = receipts(self.env, self.debt.ids)[self.debt.id]
        self.assertEqual((receipt.amount, receipt.kind, receipt.on), (Decimal(300), "credit", MONDAY))

    def test_what_was_paid_before_the_plan_does_not_pay_it(self):
        self.pay(self.debt, 300, on=MONDAY - timedelta(days=1))
        plan = self.plan(amounts=(200, 200, 200))
        self.follow(MONDAY + timedelta(days=1))
        self.assertEqual(plan.amount_paid, 0)

    # --- default ------------------------------------------------------------------------------------------------------

    def test_a_missed_instalment_calls_the_collector_then_the_notice_then_the_whole_is_due(self):
        plan = self.plan()
        missed = MONDAY + timedelta(days=19)  # the fifteenth day, and three of tolerance
        self.follow(missed)
        self.follow(missed)
        self.assertEqual(plan.instalment_ids[0].state, "missed")
        self.assertEqual(len(plan.activity_ids), 1)
        with self.at(missed):
            plan.action_notice()
        document = self.env["recouvrement.document"].search([("res_id", "=", plan.id)])
        self.assertIn("trois cents euros", document.body)
        self.follow(missed + timedelta(days=9))
        self.assertEqual(plan.state, "active", "The term runs from the day the letter was received.")
        with self.at(missed + timedelta(days=9)), self.assertRaisesRegex(UserError, "not in advance"):
            plan._notice_served(missed + timedelta(days=10))
        with self.at(missed + timedelta(days=9)):
            self.env["recouvrement.plan.served"].create({"plan_id": plan.id, "served_on": missed}).action_note()
        self.follow(missed + timedelta(days=9))
        self.assertEqual(plan.state, "active", "Eight days end on a Sunday: the last one is the Monday.")
        self.follow(missed + timedelta(days=10))
        self.assertEqual((plan.state, plan.defaulted_on), ("defaulted", missed + timedelta(days=10)))
        self.night(missed + timedelta(days=11))
        self.assertEqual(self.card().reason, "due")

    def test_paid_after_the_notice_saves_the_plan(self):
        plan = self.plan()
        missed = MONDAY + timedelta(days=19)
        self.follow(missed)
        with self.at(missed):
            plan.action_notice()
        self.pay(self.debt, 300, on=missed + timedelta(days=5))
        self.follow(missed + timedelta(days=9))
        self.assertEqual((plan.state, plan.notice_on), ("active", False))
        self.assertEqual(plan.instalment_ids[0].state, "paid_late")
        self.assertFalse(plan.activity_ids.filtered(lambda one: "send the notice" in (one.summary or "")))

    def test_no_acceleration_without_its_clause(self):
        plan = self.plan(has_acceleration=False)
        missed = MONDAY + timedelta(days=19)
        self.follow(missed)
        with self.at(missed):
            plan.action_notice()
        self.follow(missed + timedelta(days=40))
        self.assertEqual(plan.state, "active")

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

    # --- penalties, promises ------------------------------------------------------------------------------------------

    def test_kept_it_waives_the_penalties_and_a_returned_payment_brings_them_back(self):
        plan = self.plan()
        with self.at(MONDAY):
            self.env["recouvrement.accessory"]._collect(self.company, MONDAY, self.card())
        rows = self.env["recouvrement.accessory"].search([("move_id", "=", self.debt.id)])
        self.assertTrue(sum(rows.mapped("amount_left")))
        payment = self.pay(self.debt, on=MONDAY + timedelta(days=1))
        self.follow(MONDAY + timedelta(days=2))
        self.assertEqual((plan.state, plan.kept_on), ("kept", MONDAY + timedelta(days=2)))
        self.assertEqual(set(rows.mapped("state")), {"waived"})
        payment.action_draft()
        payment.action_cancel()
        self.follow(MONDAY + timedelta(days=3))
        self.assertEqual((plan.state, plan.kept_on), ("active", False))
        self.assertNotIn("waived", rows.mapped("state"))

    def test_running_penalties_are_not_waived(self):
        self.plan(interest_mode="running")
        self.pay(self.debt, on=MONDAY + timedelta(days=1))
        with self.at(MONDAY + timedelta(days=2)):
            self.env["recouvrement.accessory"]._collect(self.company, MONDAY + timedelta(days=2), self.card())
        self.follow(MONDAY + timedelta(days=2))
        rows = self.env["recouvrement.accessory"].search([("move_id", "=", self.debt.id)])
        self.assertNotIn("waived", rows.mapped("state"))

    def test_frozen_penalties_are_paid_on_their_debit_note(self):
        plan = self.plan(amounts=(300, 300, 345), interest_mode="frozen", interest=45)
        self.assertTrue(plan.activity_ids.filtered(lambda activity: "Invoice the penalties" in activity.summary))
        with self.at(MONDAY):
            accessories = self.env["recouvrement.accessory"]
            accessories._collect(self.company, MONDAY, self.card())
            rows = accessories.search([("move_id", "=", self.debt.id)])
            rows.action_book()
            note = rows.penalty_move_id
            note.action_post()
        self.pay(self.debt, on=MONDAY + timedelta(days=1))
        self.follow(MONDAY + timedelta(days=2))
        self.assertEqual((plan.state, plan.amount_left), ("active", 45))
        self.pay(note, on=MONDAY + timedelta(days=3))
        self.follow(MONDAY + timedelta(days=4))
        self.assertEqual(plan.state, "kept")

    def test_a_promise_gives_way_to_the_plan(self):
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(self.card(), self.debt, 900, MONDAY + timedelta(days=5))
        plan = self.plan()
        self.assertEqual((promise.state, plan.state), ("cancelled", "active"))
        self.assertIn(plan.name, promise.close_reason)

    def test_what_was_paid_the_same_day_before_the_plan_does_not_pay_it(self):
        self.pay(self.debt, 300, on=MONDAY)
        plan = self.plan(amounts=(200, 200, 200))
        self.follow(MONDAY + timedelta(days=1))
        self.assertEqual(plan.amount_paid, 0)

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
            "recouvrement_fr.document_parties", "Secret", self.card(), proceedings
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
