from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestOpeningEntries(RecouvrementCommon):
    """What an opening entry says a debtor owes is promised, contested, planned and left out as an invoice is, item by
    item: the entry holds many customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._somebody("entries_collector")
        cls.other_partner = cls._partner("Boulangerie Petit", email="compta@petit.example")

    def before_all(self):
        entry = self.opening(
            400.10,
            more=[
                (self.debtor_partner, 250.25, MONDAY - 60 * DAY, "Facture 2025-118"),
                (self.other_partner, 70, MONDAY - 60 * DAY, "Facture 2025-119"),
            ],
        )
        self.old, self.recent, self.others = entry.line_ids.filtered("debit").sorted("id")
        self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        self.env["recouvrement.debtor"]._card(self.company, self.other_partner)

    def dialog(self, name, records, **values):
        """The dialog as the collector opens it on these items, filled and made."""
        model = self.env[f"recouvrement.{name}"].with_user(self.collector).with_company(self.company)
        model = model.with_context(active_model=records._name, active_id=records[:1].id, active_ids=records.ids)
        if name != "promise.wizard":
            return model.create(values)
        form = Form(model)
        for field, value in values.items():
            form[field] = value
        return form.save()

    def follow(self, model, on):
        """What the day brings by itself, as the scheduler does it."""
        self.env.flush_all()
        with self.at(on, 4):
            self.env[f"recouvrement.{model}"].sudo()._follow_up(on)
        self.env.invalidate_all()

    def states(self):
        """What the card shows of its items: {item: state of collection}."""
        self.env.invalidate_all()
        return {item: item.recouvrement_state for item in self.card().with_user(self.collector).open_item_ids}

    def claimed(self, partner=None):
        """The items on the last reminder planned."""
        return sorted(self.reminders(partner)[-1:].line_ids.mapped("entry_line_id"))

    def pay_item(self, item, amount, on):
        payment = self.on_account(amount, on)
        (payment.move_id.line_ids.filtered(lambda line: line.account_id == item.account_id) | item).reconcile()

    # --- promise ------------------------------------------------------------------------------------------------------

    def test_an_opening_entry_promised_is_left_alone_up_to_its_day_and_claimed_after_it(self):
        with self.at(MONDAY):
            dialog = self.dialog("promise.wizard", self.old, date=MONDAY + 10 * DAY)
            self.assertEqual((dialog.amount, dialog.currency_id), (400.10, self.company.currency_id))
            dialog.action_note()
            self.assertEqual(self.states(), {self.old: "promised", self.recent: "none"})
            self.assertIn("promise", {row["kind"] for row in self.card().get_timeline()["rows"]})
        promise = self.card().promise_ids
        self.assertEqual((promise.item_ids, promise.amount, promise.owed), (self.old, 400.10, 400.10))
        self.night(MONDAY)
        self.assertEqual(self.claimed(), [self.recent.id])
        self.assertEqual(self.claimed(self.other_partner), [self.others.id])
        self.mark_sent(self.reminders(), MONDAY)
        self.follow("promise", promise.last_day + DAY)
        self.assertEqual(promise.state, "broken")
        self.night(promise.last_day + DAY)
        self.assertIn(self.old.id, self.claimed())

    def test_a_promise_on_an_opening_entry_is_kept_by_money_set_against_it(self):
        with self.at(MONDAY):
            self.dialog("promise.wizard", self.old | self.recent, date=MONDAY + 10 * DAY).action_note()
        promise = self.card().promise_ids
        self.assertEqual(promise.amount, 650.35)
        self.pay_item(self.old, 400.10, MONDAY + DAY)
        self.follow("promise", MONDAY + 2 * DAY)
        self.assertEqual((promise.state, promise.received, promise.amount_left), ("open", 400.10, 250.25))
        self.pay_item(self.recent, 250.25, MONDAY + 3 * DAY)
        self.follow("promise", MONDAY + 4 * DAY)
        self.assertEqual((promise.state, promise.received, promise.kept_on), ("kept", 650.35, MONDAY + 3 * DAY))

    def test_a_promise_on_an_opening_entry_is_put_off_and_cancelled_as_any_other(self):
        with self.at(MONDAY):
            self.dialog("promise.wizard", self.old, date=MONDAY + 10 * DAY).action_note()
            promise = self.card().promise_ids.with_user(self.collector)
            with self.assertRaisesRegex(UserError, "already promised"):
                self.dialog("promise.wizard", self.old).action_note()
            again = promise._postpone(MONDAY + 20 * DAY, on=MONDAY)
            self.assertEqual((again.item_ids, again.amount, promise.state), (self.old, 400.10, "cancelled"))
            again._cancel("Wrong debtor")
            self.assertEqual(self.states()[self.old], "none")
        self.night(MONDAY)
        self.assertEqual(self.claimed(), [self.old.id, self.recent.id])

    def test_a_promise_takes_back_the_reminder_that_waits_of_its_own_debtor_alone(self):
        self.night(MONDAY)
        mine, others = self.reminders(), self.reminders(self.other_partner)
        with self.at(MONDAY):
            self.dialog("promise.wizard", self.old | self.recent, date=MONDAY + 10 * DAY).action_note()
        self.assertEqual((mine.state, others.state), ("cancelled", "planned"))

    def test_a_call_notes_a_promise_on_opening_entries(self):
        with self.at(MONDAY):
            model = self.env["recouvrement.outcome"].with_user(self.collector).with_company(self.company)
            form = Form(model.with_context(default_debtor_id=self.card().id, default_outcome="promise"))
            self.assertEqual((form.item_ids.ids, form.amount), ([self.old.id, self.recent.id], 650.35))
            form.save().action_record()
        self.assertEqual(self.card().promise_ids.item_ids, self.old | self.recent)

    def test_a_call_nobody_had_to_make_names_the_oldest_of_the_opening_entries_too(self):
        with self.at(MONDAY):
            script = self.env["recouvrement.channel.call"]._script_of(self.card(), 650.35)
        oldest = min(self.old | self.recent, key=lambda item: item.date_maturity)
        self.assertRegex(script, f"{oldest._number_of_entry()}.*{oldest.date_maturity:%d/%m/%Y}")

    # --- dispute, plan, left out --------------------------------------------------------------------------------------

    def test_an_opening_entry_contested_is_left_alone_until_the_dispute_ends(self):
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        with self.at(MONDAY):
            dialog = self.dialog("dispute.wizard", self.recent, reason_id=reason.id)
            dialog.action_open()
            self.assertEqual(self.states(), {self.old: "none", self.recent: "disputed"})
        dispute = self.card().dispute_ids
        self.assertEqual((dispute.amount, dispute.amount_contested, dispute.item_ids), (250.25, 250.25, self.recent))
        self.night(MONDAY)
        self.assertEqual(self.claimed(), [self.old.id])
        with self.at(MONDAY + DAY), self.assertRaisesRegex(UserError, "Only an invoice is credited"):
            dispute.action_credit_note()
        self.pay_item(self.recent, 250.25, MONDAY + DAY)
        self.follow("dispute", MONDAY + 2 * DAY)
        self.assertEqual(dispute.state, "paid")

    def test_a_part_of_an_opening_entry_is_not_contested(self):
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        with self.at(MONDAY), self.assertRaisesRegex(ValidationError, "contest an opening entry whole"):
            self.dialog("dispute.wizard", self.recent, reason_id=reason.id, is_partial=True, amount=50).action_open()

    def test_a_plan_of_an_invoice_and_an_opening_entry_pays_both_to_the_cent(self):
        invoice = self.invoice(MONDAY - 9 * DAY, 100)
        invoice_item = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        with self.at(MONDAY):
            model = self.env["recouvrement.plan.wizard"].with_user(self.collector).with_company(self.company)
            ticked = self.old | self.recent | invoice_item
            form = Form(model.with_context(active_model=ticked._name, active_ids=ticked.ids))
            self.assertEqual((form.principal, form.total), (750.35, 750.35))
            form.count = 2
            form.save().action_make()
            plan = self.card().plan_ids
            self.assertEqual(sum(plan.instalment_ids.mapped("amount")), 750.35)
            plan.action_propose()
            self.assertEqual(self.states()[self.recent], "plan")
            rows = plan._document_values(MONDAY)["invoices"]
            self.assertEqual([row["number"] for row in rows][1:], ["Facture 2025-118", invoice.name])
            self.assertEqual(rows[1]["left"], "250,25\N{NO-BREAK SPACE}€")
        self.night(MONDAY)
        self.assertFalse(self.reminders())
        self.pay_item(self.old, 400.10, MONDAY + DAY)
        with self.at(MONDAY + 2 * DAY):
            plan._judge(MONDAY + 2 * DAY)
            self.assertEqual(plan.amount_paid, 400.10)
            plan.action_cancel()
        self.night(MONDAY + 3 * DAY)
        self.assertIn(self.recent.id, self.claimed())

    def test_an_opening_entry_left_out_is_reminded_again_once_taken_back_in(self):
        with self.at(MONDAY):
            self.dialog("leave.out", self.old, reason="Avoir en cours").action_apply()
        self.night(MONDAY)
        self.assertEqual(self.claimed(), [self.recent.id])
        self.assertEqual(self.claimed(self.other_partner), [self.others.id])
        with self.at(MONDAY):
            self.dialog("leave.out", self.recent, reason="Vu au téléphone").action_apply()
        self.assertEqual(self.reminders().state, "cancelled")
        with self.at(MONDAY + DAY):
            self.card().exclusion_ids.with_user(self.collector).action_lift()
        self.night(MONDAY + DAY)
        self.assertEqual(self.claimed(), [self.old.id, self.recent.id])

    def test_skipping_a_reminder_leaves_out_what_its_own_debtor_owes_of_the_entry(self):
        self.night(MONDAY)
        with self.at(MONDAY):
            self.reminders()._skip("Seen on the phone", MONDAY)
        self.assertEqual(self.card().exclusion_ids.item_id, self.old)  # what carried it
        self.night(MONDAY + DAY)
        self.assertEqual(self.reminders(self.other_partner)[-1:].state, "planned")
        self.assertFalse(self.card(self.other_partner).exclusion_ids)

    def test_what_a_judgment_froze_of_an_opening_entry_is_not_promised(self):
        with self.at(MONDAY):
            self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": "sauvegarde", "judgment_on": MONDAY - DAY}
            )
            with self.assertRaisesRegex(UserError, "cannot be promised"):
                self.dialog("promise.wizard", self.old).action_note()
            with self.assertRaisesRegex(UserError, "frozen by insolvency"):
                self.env["recouvrement.holding"]._refuse_frozen(self.env["account.move"], self.old)

    def judged(self):
        return self.env["recouvrement.insolvency"].create(
            {"debtor_id": self.card().id, "kind": "redressement", "judgment_on": MONDAY}
        )

    def test_what_was_drafted_about_an_opening_entry_before_the_judgment_is_not_frozen_after_it(self):
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        with self.at(MONDAY):
            dispute = self.env["recouvrement.dispute"]._open(
                self.card(), self.env["account.move"], reason, items=self.old
            )
            dispute.action_letter()
            document = self.env["recouvrement.document"].search([("res_id", "=", dispute.id)])
            self.assertEqual(document._claimed()[1], self.old)
            self.judged()
            with self.assertRaisesRegex(UserError, "frozen by insolvency"):
                document.action_freeze()

    def test_an_e_mail_about_an_opening_entry_does_not_leave_after_the_judgment(self):
        self.policy.promise_reminder = True
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(
                self.card(), self.env["account.move"], 400.10, MONDAY + 7 * DAY, on=MONDAY, items=self.old
            )
        self.follow("promise", MONDAY + 6 * DAY)
        mail = promise.mail_id.sudo()
        self.assertEqual(mail.state, "outgoing")
        with self.at(MONDAY + 6 * DAY):
            self.judged()
            mail.state = "outgoing"  # as if another worker had put it back meanwhile
            self.assertEqual(mail._kept_back(MONDAY + 6 * DAY), mail)
        self.assertEqual(mail.state, "cancel")

    def test_a_reminder_of_an_opening_entry_is_not_sent_again_after_the_judgment_of_its_own_debtor_alone(self):
        self.night(MONDAY)
        mine, others = self.reminders(), self.reminders(self.other_partner)
        with self.at(MONDAY):
            self.judged()
            dispatches = self.env["recouvrement.dispatch"]
            mine_left, others_left = (
                dispatches.new(
                    {
                        "reminder_id": reminder.id,
                        "debtor_id": reminder.debtor_id.id,
                        "addressee_id": reminder.addressee_id.id,
                    }
                )
                for reminder in (mine, others)
            )
            self.assertIn("frozen by insolvency", mine_left._copy_problem())
            self.assertFalse(others_left._copy_problem())

    def test_a_call_names_the_old_invoice_and_not_the_entry_that_took_it_over(self):
        self.old.name = "Facture 2025-101"
        self.night(MONDAY)
        carried = self.reminders().line_ids.filtered(lambda line: line.entry_line_id == self.old.id)
        self.assertEqual(carried._number_told(), "Facture 2025-101")

    def test_one_left_out_and_forgotten_is_named_as_its_debtor_knows_it(self):
        with self.at(MONDAY):
            self.dialog("leave.out", self.recent, reason="Vu au téléphone").action_apply()
        self.env.flush_all()
        self.env.cr.execute("UPDATE recouvrement_exclusion SET create_date = %s", [MONDAY])
        self.env.cr.execute("UPDATE mail_message SET date = %s WHERE model LIKE 'recouvrement%%'", [MONDAY])
        self.follow("forgotten", MONDAY + 40 * DAY)
        self.assertIn("Facture 2025-118 left out since", self.card().activity_ids.note)

    def test_another_debtors_item_is_refused(self):
        promises, nothing = self.env["recouvrement.promise"], self.env["account.move"]
        with self.at(MONDAY), self.assertRaisesRegex(UserError, "Choose open items of"):
            promises._make(self.card(), nothing, 70, MONDAY + DAY, on=MONDAY, items=self.others)
