from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

DUE = MONDAY - timedelta(days=20)
DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestDispute(RecouvrementCommon):
    def before_all(self):
        super().before_all()
        self.debt = self.invoice(DUE, 1000)
        self.reason = self.env.ref("recouvrement_fr.dispute_reason_quantity")
        self.night(MONDAY)

    def contested(self, moves=None, amount=None, **values):
        with self.at(MONDAY):
            return self.env["recouvrement.dispute"]._open(
                self.card(), moves or self.debt, self.reason, amount=amount, **values
            )

    def follow(self, on):
        with self.at(on):
            self.env["recouvrement.dispute"].sudo()._follow_up(on)  # the scheduler's rights

    def test_the_whole_invoice_contested_is_left_alone(self):
        self.assertEqual(self.reminders().state, "planned")
        self.contested()
        self.assertEqual(self.reminders().state, "cancelled")
        self.night(MONDAY + DAY)
        self.assertEqual((self.card().reason, self.debt.dunning_state), ("disputed", "disputed"))

    def test_a_part_contested_leaves_the_rest_to_be_reminded(self):
        self.contested(amount=400)
        self.night(MONDAY + DAY)
        planned = self.reminders().filtered(lambda reminder: reminder.state == "planned")
        self.assertEqual((planned.amount_due, planned.line_ids.amount_residual), (600, 600))
        self.assertEqual(self.card().overdue_amount, 1000, "The card still shows all that is overdue.")
        self.morning(MONDAY + DAY)
        self.assertIn("600,00", planned.figures["amount"])

    def test_parts_of_one_invoice_contest_together_at_most_what_is_left(self):
        first, second = self.contested(amount=800), self.contested(amount=800)
        self.assertEqual((first.amount_contested, second.amount_contested), (800, 200))
        self.assertEqual(second.amount_contested, 200, "Read alone, too.")
        self.env.invalidate_all()
        self.assertEqual(second.amount_contested, 200)
        first.sudo()._end("cancelled", MONDAY)
        self.env.invalidate_all()
        self.assertEqual((first.amount_contested, second.amount_contested), (0, 800))

    def test_a_part_bears_no_interest_on_the_letter(self):
        self.contested(amount=400)
        self.night(MONDAY + DAY)
        planned = self.reminders().filtered(lambda reminder: reminder.state == "planned")
        self.mark_sent(planned, MONDAY + DAY)
        self.night(MONDAY + 15 * DAY)
        self.morning(MONDAY + 15 * DAY)
        second = self.reminders() - planned
        second = second.filtered(lambda reminder: reminder.state != "cancelled")
        self.assertEqual(second.level_id, self.second)
        days = (MONDAY + 15 * DAY - DUE).days
        self.assertAlmostEqual(second.line_ids.interest, round(600 * 0.1215 * days / 365, 2), 2)

    def in_two(self):
        """An invoice of 300 due on MONDAY - 30 and 700 due five days later."""
        term = self.env["account.payment.term"].create(
            {
                "name": "30 % then the rest",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 70, "nb_days": 5}),
                ],
            }
        )
        return self.invoice(MONDAY - 30 * DAY, invoice_date=MONDAY - 30 * DAY, invoice_payment_term_id=term.id)

    def test_a_part_equal_to_one_instalment_leaves_the_others_to_be_reminded(self):
        self.contested()
        invoice = self.in_two()
        self.contested(invoice, amount=300)
        self.night(MONDAY + DAY)
        [planned] = self.reminders().filtered(lambda reminder: reminder.state == "planned")
        self.assertEqual((planned.line_ids.move_id, planned.amount_due), (invoice, 700))

    def test_a_part_larger_than_one_instalment_leaves_the_rest_of_the_other(self):
        self.contested()
        invoice = self.in_two()
        self.contested(invoice, amount=400)
        self.night(MONDAY + DAY)
        [planned] = self.reminders().filtered(lambda reminder: reminder.state == "planned")
        self.assertEqual((planned.line_ids.move_id, planned.amount_due), (invoice, 600))

    def test_a_payment_on_account_pays_what_is_not_contested_of_two_instalments(self):
        self.contested()
        invoice = self.in_two()
        self.contested(invoice, amount=300)
        with self.at(MONDAY):
            self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.debtor_partner.id,
                    "amount": 200,
                    "date": MONDAY,
                    "journal_id": self.company_data["default_journal_bank"].id,
                }
            ).action_post()
        self.night(MONDAY + DAY)
        [planned] = self.reminders().filtered(lambda reminder: reminder.state == "planned")
        self.assertEqual((planned.line_ids.move_id, planned.amount_due), (invoice, 500))

    def test_a_part_as_large_as_what_is_left_holds_the_whole(self):
        self.contested(amount=400)
        self.pay(self.debt, 600, on=MONDAY)
        self.night(MONDAY + DAY)
        self.assertEqual(self.card().reason, "disputed")

    def test_a_credit_note_for_the_part_contested_counts_once(self):
        dispute = self.contested(amount=300)
        with self.at(MONDAY):
            self.invoice(MONDAY, 300, move_type="out_refund", invoice_date=MONDAY, reversed_entry_id=self.debt.id)
        self.night(MONDAY + DAY)
        planned = self.reminders().filtered(lambda reminder: reminder.state == "planned")
        self.assertEqual(planned.amount_due, 700)
        self.follow(MONDAY + DAY)
        self.assertEqual(dispute.state, "accepted")

    def test_a_credit_note_for_a_part_of_it_leaves_the_rest_contested(self):
        dispute = self.contested(amount=300)
        with self.at(MONDAY):
            self.invoice(MONDAY, 100, move_type="out_refund", invoice_date=MONDAY, reversed_entry_id=self.debt.id)
        self.night(MONDAY + DAY)
        planned = self.reminders().filtered(lambda reminder: reminder.state == "planned")
        self.assertEqual(planned.amount_due, 700)
        self.follow(MONDAY + DAY)
        self.assertEqual(dispute.state, "open")

    def test_contested_is_at_most_what_is_left_wherever_it_is_shown(self):
        dispute = self.contested(amount=300)
        self.pay(self.debt, 800, on=MONDAY + DAY)
        self.env.invalidate_all()
        self.assertEqual((dispute.amount, dispute.amount_contested), (300, 200))
        [row] = self.card()._agreed()[self.card().id]
        self.assertEqual((row["amount"], row["left"]), (300, 200))
        [risk] = self.card()._dispute_risks()
        self.assertRegex(risk["value"], r"(^|\D)200[.,]00")
        parts = self.env["recouvrement.dispute"]._parts(self.company, self.debt.ids)
        self.assertEqual(dict(parts), {self.debt.id: 200})

    def test_one_credit_note_ends_one_dispute_the_oldest(self):
        first, second = self.contested(amount=300), self.contested(amount=300)
        refund = self.invoice(MONDAY, 300, move_type="out_refund", invoice_date=MONDAY, reversed_entry_id=self.debt.id)
        (refund.line_ids | self.debt.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.follow(MONDAY + DAY)
        self.assertEqual((first.state, second.state), ("accepted", "open"))
        self.assertEqual((first.credit_note_ids, second.credit_note_ids), (refund, refund.browse()))
        self.follow(MONDAY + 2 * DAY)
        self.assertEqual((second.state, second.amount_contested), ("open", 300))

    def test_it_is_opened_from_the_card_or_from_an_invoice(self):
        with self.at(MONDAY):
            form = Form(
                self.env["recouvrement.dispute.wizard"].with_context(
                    active_model="account.move", active_ids=self.debt.ids
                )
            )
            self.assertFalse(form.reason_id, "what the debtor said, not the first of the list")
            form.reason_id = self.reason
            form.is_partial = True
            form.amount = 250
            form.description = "Deux palettes manquent."
            action = form.save().action_open()
        dispute = self.env["recouvrement.dispute"].browse(action["res_id"])
        self.assertEqual((dispute.amount, dispute.debtor_id, dispute.state), (250, self.card(), "open"))
        self.assertEqual(dispute.deadline, MONDAY + 10 * DAY)

    def test_amounts_that_make_no_sense_are_refused(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.contested(amount=1000.01)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.contested(moves=self.debt | self.invoice(DUE, 10), amount=5)
        stranger = self._partner("Autre", company_registry="552081317")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.contested(moves=self.invoice(DUE, 10, partner=stranger))

    def test_refused_dunning_goes_on_and_the_debtor_is_told(self):
        dispute = self.contested()
        with self.at(MONDAY + DAY):
            with self.assertRaisesRegex(UserError, "Say what was decided"):
                dispute.action_reject()
            dispute.resolution = "Le bon de livraison signé mentionne vingt-quatre palettes."
            action = dispute.action_reject()
        self.assertIn("vingt-quatre", self.env["recouvrement.document"].browse(action["res_id"]).body)
        self.assertEqual((dispute.state, dispute.days_open), ("rejected", 1))
        self.night(MONDAY + 2 * DAY)
        self.assertEqual(self.card().reason, "due")

    def test_accepted_makes_a_draft_credit_note_of_the_part_contested(self):
        dispute = self.contested(amount=250)
        dispute.resolution = "Accepté."
        with self.at(MONDAY + DAY):
            dispute.action_accept()
            dispute.action_credit_note()
        self.assertEqual(dispute.credit_note_ids.state, "draft")
        self.assertEqual(dispute.credit_note_ids.amount_total, 250)
        self.assertEqual(dispute.credit_note_ids.reversed_entry_id, self.debt)

    def test_one_credit_note_however_often_it_is_asked_for_and_none_once_refused(self):
        dispute = self.contested(amount=250)
        with self.at(MONDAY):
            dispute.action_credit_note()
            with self.assertRaisesRegex(UserError, "already there"):
                dispute.action_credit_note()
            dispute.credit_note_ids.button_cancel()
            dispute.action_credit_note()  # the first one was given up
            self.assertEqual(sorted(dispute.credit_note_ids.mapped("state")), ["cancel", "draft"])
            dispute.credit_note_ids.filtered(lambda note: note.state == "draft").button_cancel()
            dispute.resolution = "Livré et signé"
            dispute.action_reject()
            with self.assertRaisesRegex(UserError, "reopen it"):
                dispute.action_credit_note()

    def test_paid_meanwhile_closes_it_by_itself(self):
        dispute = self.contested()
        self.pay(self.debt, on=MONDAY)
        self.follow(MONDAY + DAY)
        self.assertEqual((dispute.state, dispute.closed_on), ("paid", MONDAY + DAY))

    def test_past_its_deadline_it_goes_to_the_managers_once(self):
        dispute = self.contested()
        self.follow(dispute.deadline)
        self.assertEqual(dispute.state, "open")
        self.follow(dispute.deadline + DAY)
        self.follow(dispute.deadline + 2 * DAY)
        self.assertEqual(dispute.state, "escalated")
        told = dispute.activity_ids.filtered(lambda activity: "Nobody" in (activity.summary or ""))
        self.assertEqual(len(told), len(told.user_id))
        self.assertTrue(told)

    def test_reopened_it_holds_again(self):
        dispute = self.contested()
        with self.at(MONDAY):
            dispute.action_cancel()
            dispute.action_reopen()
        self.night(MONDAY + DAY)
        self.assertEqual(self.card().reason, "disputed")

    def test_the_reason_of_an_electronic_status_is_found(self):
        reasons = self.env["recouvrement.dispute.reason"]
        self.assertEqual(reasons._for_motive("207", "QTE_ERR"), self.reason)
        self.assertEqual(
            reasons._for_motive("208", "JUSTIF_ABS"), self.env.ref("recouvrement_fr.dispute_reason_document")
        )

    def test_a_collector_opens_disputes_and_writes_no_state(self):
        collector = new_test_user(self.env, "disputer", groups="recouvrement_fr.group_recouvrement_user")
        collector.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        with self.at(MONDAY):
            dispute = (
                self.env["recouvrement.dispute"]
                .with_user(collector)
                ._open(
                    self.card().with_user(collector), self.debt.with_user(collector), self.reason.with_user(collector)
                )
            )
        self.assertEqual(dispute.state, "open")
        dispute.description = "Précisé au téléphone."
        stranger = new_test_user(self.env, "outside", groups="base.group_user")
        with self.assertRaises(AccessError):
            dispute.with_user(stranger).read(["name"])
        with self.assertRaises(UserError):
            dispute.with_user(collector).write({"state": "rejected"})
