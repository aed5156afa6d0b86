from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
DUE = MONDAY - 20 * DAY
PROMISED = MONDAY + 7 * DAY


class PromiseCommon(RecouvrementCommon):
    def setUp(self):
        super().setUp()
        self.debt = self.invoice(DUE, 1000)
        self.night(MONDAY)

    def promise(self, moves=None, amount=1000, on=MONDAY, day=PROMISED, **values):
        with self.at(on):
            return self.env["recouvrement.promise"]._make(self.card(), moves or self.debt, amount, day, **values)

    def follow(self, on):
        self.env.flush_all()
        with self.at(on, 3):
            self.env["recouvrement.promise"].sudo()._follow_up(on)  # the scheduler's rights
        self.env.invalidate_all()

    def collector(self, login="promiser", group="user"):
        user = new_test_user(self.env, login, groups=f"recouvrement_fr.group_recouvrement_{group}")
        user.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        return user

    def unreconcile(self, move):
        move.line_ids.filtered(lambda line: line.account_type == "asset_receivable").remove_move_reconcile()

    def bounce(self, payment):
        """The bank took it back: the payment is cancelled, it is not merely taken off its invoice."""
        payment.action_draft()
        payment.action_cancel()


@tagged("post_install", "-at_install")
class TestPromise(PromiseCommon):
    # --- making -------------------------------------------------------------------------------------------------------

    def test_a_promise_takes_the_policy_of_its_invoice_where_it_has_its_own(self):
        own = self._policy("Of this invoice", promise_tolerance_days=9)
        self.debt.recouvrement_policy_id = own
        self.assertEqual(self.promise().tolerance_days, 9)

    def test_what_was_about_to_leave_is_taken_back_and_waits_for_the_tolerance(self):
        self.assertEqual(self.reminders().state, "planned")
        promise = self.promise()
        self.assertEqual(self.reminders().state, "cancelled")
        self.assertEqual((promise.tolerance_days, promise.last_day), (2, PROMISED + 2 * DAY))
        self.night(MONDAY + DAY)
        card = self.card()
        self.assertEqual((card.reason, card.next_date), ("promised", promise.last_day + DAY))
        with self.at(MONDAY + DAY):
            self.assertEqual(self.debt.dunning_state, "promised")
            self.assertIn(self.debt, self.env["account.move"].search([("dunning_state", "=", "promised")]))
        self.assertIn(promise.name, card.message_ids[0].body)
        self.assertIn(promise.name, self.debt.message_ids[0].body)
        self.assertEqual(self.debt.recouvrement_promise_count, 1)
        self.assertEqual(self.debt.action_open_promises()["res_id"], promise.id)

    def test_the_hold_ends_the_day_after_the_tolerance(self):
        promise = self.promise(tolerance_days=1)
        holds = self.env["recouvrement.promise"]._holds
        self.assertIn(self.debt.id, holds(self.company, self.debt.ids, promise.last_day))
        self.assertFalse(holds(self.company, self.debt.ids, promise.last_day + DAY))
        self.assertIn(self.debt.id, holds(self.company, None, MONDAY))

    def test_other_invoices_go_on_being_reminded(self):
        self.invoice(DUE, 200)
        self.promise()
        self.night(MONDAY + DAY)
        self.assertEqual((self.card().reason, self.reminders()[-1].amount_due), ("due", 200))

    def test_without_invoices_it_is_of_all_that_is_overdue(self):
        other = self.invoice(DUE, 200)
        self.invoice(MONDAY + 20 * DAY, 50)
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(
                self.card(), self.env["account.move"], 1200, PROMISED, origin="portal"
            )
        self.assertEqual((promise.move_ids, promise.owed), (self.debt | other, 1200))

    def test_what_makes_no_sense_is_refused(self):
        paid = self.invoice(DUE, 10)
        self.pay(paid, on=MONDAY)
        stranger = self.invoice(DUE, 10, partner=self._partner("Autre", company_registry="552081317"))
        for message, values in (
            ("more than zero", {"amount": 0}),
            ("at most what is left", {"amount": 1000.01}),
            ("day to come", {"day": MONDAY - DAY}),
            ("zero or more", {"tolerance_days": -1}),
            ("at least one invoice", {"moves": paid}),
            ("of this debtor", {"moves": stranger, "amount": 10}),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
                self.promise(**values)
        self.promise(day=MONDAY)
        with self.assertRaisesRegex(UserError, "already promised"), self.env.cr.savepoint():
            self.promise()

    def test_a_promise_in_writing_may_acknowledge_the_debt_a_spoken_one_does_not(self):
        events = self.env["recouvrement.limitation.event"]
        self.promise(amount=100, day=MONDAY + DAY)._cancel("Essai")
        self.assertFalse(events.search([("move_ids", "in", self.debt.ids)]))
        self.promise(origin="email")
        event = events.search([("move_ids", "in", self.debt.ids)])
        self.assertEqual((event.kind, event.certainty), ("acknowledgement", "possible"))

    def test_one_currency(self):
        dollars = self.invoice(DUE, 100, currency_id=self.env.ref("base.USD").id)
        with self.assertRaisesRegex(UserError, "one promise per currency"):
            self.promise(moves=self.debt | dollars)

    def test_nobody_promises_what_insolvency_proceedings_freeze(self):
        with self.at(MONDAY):
            self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": "redressement", "judgment_on": MONDAY - DAY}
            )
        with self.assertRaisesRegex(UserError, "cannot be promised"):
            self.promise()

    # --- life cycles --------------------------------------------------------------------------------------------------

    def test_paid_whole_it_is_kept_the_day_after(self):
        promise = self.promise()
        self.pay(self.debt, on=MONDAY + 3 * DAY)
        self.follow(MONDAY + 4 * DAY)
        self.assertEqual((promise.state, promise.kept_on, promise.received), ("kept", MONDAY + 3 * DAY, 1000))
        self.assertEqual(promise.amount_left, 0)
        self.assertEqual(self.card().promise_reliability, "1 of 1 kept, 100 % of the amounts")

    def test_nothing_came_it_is_broken_the_day_after_the_tolerance_with_one_task(self):
        promise = self.promise()
        self.follow(promise.last_day)
        self.assertEqual(promise.state, "open")
        self.follow(promise.last_day + DAY)
        self.follow(promise.last_day + 2 * DAY)
        self.assertEqual((promise.state, promise.judged_on), ("broken", promise.last_day + DAY))
        self.assertEqual(len(promise.activity_ids), 1)
        self.night(promise.last_day + 2 * DAY)
        self.assertEqual(self.card().reason, "due")

    def test_paid_on_the_last_day_is_kept_a_day_later_is_broken(self):
        promise = self.promise(amount=400)
        self.pay(self.debt, 400, on=promise.last_day)
        self.follow(promise.last_day + DAY)
        self.assertEqual(promise.state, "kept")
        other = self.invoice(DUE, 300)
        late = self.promise(moves=other, amount=300)
        self.pay(other, on=late.last_day + DAY)
        self.follow(late.last_day + 2 * DAY)
        self.assertEqual((late.state, late.received), ("broken", 0))

    def test_a_transfer_in_time_that_the_bank_file_brings_late_keeps_it(self):
        promise = self.promise()
        self.follow(promise.last_day + DAY)
        self.assertEqual(promise.state, "broken")
        self.pay(self.debt, on=promise.last_day)
        self.follow(promise.last_day + 3 * DAY)
        self.assertEqual((promise.state, len(promise.activity_ids)), ("kept", 0))

    def test_already_on_its_way_when_promised_counts(self):
        promise = self.promise()
        self.pay(self.debt, on=MONDAY - DAY)  # "I paid yesterday"
        self.follow(MONDAY + DAY)
        self.assertEqual((promise.state, promise.kept_on), ("kept", MONDAY - DAY))

    def test_what_was_known_before_does_not_count(self):
        self.pay(self.debt, 300, on=MONDAY)
        promise = self.promise(amount=700)
        self.unreconcile(self.debt)
        payment = self.env["account.payment"].search([("partner_id", "=", self.debtor_partner.id)])
        (payment.move_id.line_ids | self.debt.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.follow(promise.last_day + DAY)
        self.assertEqual((promise.state, promise.received), ("broken", 0))

    def test_two_payments_over_two_invoices(self):
        other = self.invoice(DUE, 500)
        promise = self.promise(moves=self.debt | other, amount=1500)
        self.pay(self.debt, on=MONDAY + DAY)
        self.follow(MONDAY + 2 * DAY)
        self.assertEqual((promise.state, promise.received, promise.amount_left), ("open", 1000, 500))
        self.pay(other, on=PROMISED)
        self.follow(PROMISED + DAY)
        self.assertEqual(promise.state, "kept")

    def test_a_part_paid_keeps_it_in_part(self):
        promise = self.promise()
        self.pay(self.debt, 250, on=MONDAY + DAY)
        self.follow(promise.last_day + DAY)
        self.assertEqual((promise.state, promise.received), ("partly_kept", 250))
        self.assertIn("in part only", promise.activity_ids.summary)
        self.assertEqual(self.card().promise_reliability, "0 of 1 kept, 25 % of the amounts")

    def test_a_payment_that_comes_back_reopens_then_breaks(self):
        promise = self.promise()
        payment = self.pay(self.debt, on=MONDAY + DAY)
        self.follow(MONDAY + 2 * DAY)
        self.assertEqual(promise.state, "kept")
        self.bounce(payment)
        self.follow(MONDAY + 3 * DAY)
        self.assertEqual((promise.state, promise.kept_on), ("open", False))
        payment = self.pay(self.debt, on=MONDAY + 4 * DAY)
        self.follow(MONDAY + 5 * DAY)
        self.assertEqual(promise.state, "kept")
        self.bounce(payment)
        self.follow(promise.last_day + 9 * DAY)
        self.assertEqual(promise.state, "broken")
        self.assertIn("came back", promise.activity_ids.summary)

    # --- money on account ---------------------------------------------------------------------------------------------

    def todo(self, promise):
        return promise.activity_ids.mapped("summary")

    def test_a_debtor_who_paid_on_account_has_kept_his_promise_and_the_task_says_allocate_it(self):
        promise = self.promise()
        payment = self.on_account(1000, MONDAY + 3 * DAY)
        self.follow(promise.last_day + DAY)
        self.assertEqual((promise.state, promise.kept_on), ("kept", MONDAY + 3 * DAY))
        self.assertEqual((promise.received, promise.unallocated), (1000, 1000))
        [summary] = self.todo(promise)
        self.assertIn("allocate it", summary)
        lines = (payment.move_id + self.debt).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.follow(promise.last_day + 2 * DAY)
        self.assertEqual((promise.state, promise.unallocated, self.todo(promise)), ("kept", 0, []))

    def test_money_on_account_that_goes_elsewhere_keeps_nothing(self):
        promise = self.promise()
        other = self.invoice(DUE, 1000)
        payment = self.on_account(1000, MONDAY + 3 * DAY)
        self.follow(promise.last_day + DAY)
        self.assertEqual(promise.state, "kept")
        lines = (payment.move_id + other).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.follow(promise.last_day + 2 * DAY)
        self.assertEqual((promise.state, promise.unallocated), ("broken", 0))

    def test_money_on_account_that_keeps_a_promise_is_deducted_from_nothing_else(self):
        older = self.invoice(DUE - 5 * DAY, 1000)
        promise = self.promise()
        self.on_account(1000, MONDAY + 3 * DAY)
        for _time in ("before it is judged", "after"):
            found = self.env["recouvrement.accrual"]._open_credits((older | self.debt).ids, MONDAY + 4 * DAY)
            self.assertFalse(found.get((older.id, DUE - 5 * DAY, 0)))
            self.assertEqual([float(one.amount) for one in found[self.debt.id, DUE, 0]], [1000])
            self.follow(MONDAY + 4 * DAY)
        self.assertEqual(promise.state, "kept")

    def test_a_payment_merely_taken_off_its_invoice_keeps_no_promise(self):
        paid = self.invoice(DUE, 1000)
        self.pay(paid, on=MONDAY)
        promise = self.promise()
        self.unreconcile(paid)
        self.follow(MONDAY + DAY)
        self.assertEqual((promise.state, promise.unallocated), ("open", 0))

    def test_a_part_on_account_is_kept_in_part_and_both_are_said(self):
        promise = self.promise()
        self.on_account(400, MONDAY + 3 * DAY)
        self.follow(promise.last_day + DAY)
        self.assertEqual((promise.state, promise.received), ("partly_kept", 400))
        self.assertEqual(len(self.todo(promise)), 2)

    def test_money_on_account_pays_one_promise_once(self):
        other = self.invoice(DUE, 600)
        first, second = self.promise(amount=1000), self.promise(moves=other, amount=600)
        self.on_account(1000, MONDAY + 3 * DAY)
        self.follow(first.last_day + DAY)
        self.follow(first.last_day + 2 * DAY)
        self.assertEqual((first.state, second.state), ("kept", "broken"))

    def test_what_was_on_account_before_or_came_too_late_does_not_count(self):
        self.on_account(1000, MONDAY)
        promise = self.promise()
        self.on_account(1000, promise.last_day + DAY)
        self.follow(promise.last_day + 2 * DAY)
        self.assertEqual((promise.state, promise.received), ("broken", 0))

    def test_a_credit_note_pays_nothing_but_lowers_what_is_expected(self):
        promise = self.promise()
        refund = self.invoice(MONDAY + DAY, 300, move_type="out_refund", invoice_date=MONDAY + DAY)
        (refund.line_ids | self.debt.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.follow(MONDAY + 2 * DAY)
        self.assertEqual((promise.state, promise.received), ("open", 0))
        self.pay(self.debt, on=MONDAY + 3 * DAY)
        self.follow(MONDAY + 4 * DAY)
        self.assertEqual((promise.state, promise.received), ("kept", 700))

    def test_credited_whole_it_is_neither_kept_nor_broken(self):
        promise = self.promise()
        refund = self.invoice(MONDAY + DAY, 1000, move_type="out_refund", invoice_date=MONDAY + DAY)
        (refund.line_ids | self.debt.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.follow(promise.last_day + DAY)
        self.assertEqual((promise.state, promise.activity_ids), ("cancelled", self.env["mail.activity"]))
        self.assertFalse(self.card().promise_reliability)

    def test_a_write_off_is_not_a_payment(self):
        promise = self.promise()
        register = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=self.debt.ids)
            .create(
                {
                    "payment_date": MONDAY + DAY,
                    "amount": 100,
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": self.company_data["default_account_expense"].id,
                }
            )
        )
        register._create_payments()
        self.follow(promise.last_day + DAY)
        self.assertEqual((self.debt.amount_residual, promise.state, promise.received), (0, "partly_kept", 100))

    def test_in_its_own_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "rate": 2, "name": DUE - 60 * DAY, "company_id": self.company.id}
        )
        dollars = self.invoice(DUE, 800, currency_id=dollar.id)
        promise = self.promise(moves=dollars, amount=600)
        self.assertEqual((promise.currency_id, promise.company_amount), (dollar, 300))
        self.pay(dollars, 600, on=MONDAY + DAY)
        self.follow(MONDAY + 2 * DAY)
        self.assertEqual((promise.state, promise.received, promise.company_received), ("kept", 600, 300))

    def test_the_day_is_that_of_paris(self):
        with self.at(MONDAY, 23):  # midnight has passed in Paris
            promise = self.env["recouvrement.promise"]._make(self.card(), self.debt, 1000, PROMISED)
            self.assertEqual(promise.made_on, MONDAY + DAY)
            with self.assertRaisesRegex(UserError, "day to come"), self.env.cr.savepoint():
                promise._postpone(MONDAY)

    def test_nothing_that_did_not_change_is_judged_again(self):
        promise = self.promise()
        self.pay(self.debt, on=MONDAY + DAY)
        self.follow(MONDAY + 2 * DAY)
        promises = self.env["recouvrement.promise"]
        self.assertFalse(promises._to_judge(MONDAY + 3 * DAY))
        self.unreconcile(self.debt)
        self.assertEqual([row[0] for row in promises._to_judge(MONDAY + 3 * DAY)], promise.ids)
        self.assertFalse(promises._to_judge(MONDAY + 500 * DAY))

    def test_one_e_mail_the_day_before_where_the_policy_wants_it(self):
        silent = self.promise(moves=self.invoice(DUE, 50), amount=50)
        self.policy.promise_reminder = True
        promise = self.promise()
        for day in (PROMISED - 2 * DAY, PROMISED - DAY, PROMISED - DAY, PROMISED):
            self.follow(day)
        mails = self.env["mail.mail"].search([("model", "=", "recouvrement.promise")])
        self.assertEqual((mails.mapped("res_id"), promise.mail_id), (promise.ids, mails))
        self.assertFalse(promise.reminded_on)  # it is still in the queue
        self.assertFalse(silent.reminded_on)

    def test_the_e_mail_goes_to_the_dunning_contact_while_he_is_the_debtors(self):
        self.policy.promise_reminder = True
        contact = self.env["res.partner"].create(
            {"name": "Mme Petit", "parent_id": self.debtor_partner.id, "email": "petit@durand.example"}
        )
        self.card().dunning_contact_id = contact
        self.promise(amount=100, moves=self.invoice(DUE, 100))
        self.promise(day=PROMISED + 3 * DAY)
        self.follow(PROMISED - DAY)
        mails = self.env["mail.mail"].search([("model", "=", "recouvrement.promise")])
        self.assertEqual(mails.email_to, '"Mme Petit" <petit@durand.example>')
        contact.parent_id = self._partner("Plomberie Martin", company_registry="552081317")
        self.follow(PROMISED + 2 * DAY)
        told = self.env["mail.mail"].search([("model", "=", "recouvrement.promise")]) - mails
        self.assertIn(f"<{self.debtor_partner.email}>", told.email_to)

    # --- broken, then -------------------------------------------------------------------------------------------------

    def test_broken_the_next_level_comes_at_once_where_the_policy_says_so(self):
        self.policy.promise_effect = "next_level"
        self.mark_sent(self.reminders(), MONDAY)
        self.second.delay_days = 60
        promise = self.promise(day=MONDAY + 2 * DAY, tolerance_days=0)
        self.assertEqual(promise.effect, "next_level")
        self.follow(MONDAY + 3 * DAY)
        self.assertEqual(promise.state, "broken")
        self.night(MONDAY + 3 * DAY)
        self.assertEqual(self.card().reason, "recent_contact")  # the debtor's peace stays
        self.night(MONDAY + 7 * DAY)
        card = self.card()
        self.assertEqual((card.reason, card.next_level_id), ("due", self.second))

    # --- cancel, postpone ---------------------------------------------------------------------------------------------

    def test_cancelled_with_a_reason_dunning_goes_on(self):
        promise = self.promise()
        with self.assertRaisesRegex(UserError, "Say why"):
            promise._cancel(" ")
        with self.at(MONDAY):
            wizard = self.env["recouvrement.promise.cancel"].with_context(active_ids=promise.ids)
            wizard.create({"reason": "Autre débiteur"}).action_cancel()
        self.assertEqual((promise.state, promise.close_reason), ("cancelled", "Autre débiteur"))
        self.night(MONDAY + DAY)
        self.assertEqual(self.card().reason, "due")
        with self.assertRaisesRegex(UserError, "cannot be done any more"):
            promise._cancel("Encore")

    def test_put_off_it_is_linked_and_counted(self):
        promise = self.promise()
        self.pay(self.debt, 400, on=MONDAY + DAY)
        self.follow(MONDAY + 2 * DAY)
        with self.at(MONDAY + 2 * DAY):
            action = promise.action_postpone()
            form = Form(self.env[action["res_model"]].with_context(**action["context"]))
            self.assertEqual(form.amount, 600)
            form.date = PROMISED + 7 * DAY
            form.save().action_note()
        second = promise.next_ids
        self.assertEqual((promise.state, second.amount, second.postponements), ("cancelled", 600, 1))
        with self.at(MONDAY + 3 * DAY):
            third = second._postpone(PROMISED + 9 * DAY)
        self.assertEqual(third.postponements, 2)

    def test_a_broken_one_put_off_stays_broken(self):
        promise = self.promise()
        self.follow(promise.last_day + DAY)
        with self.at(promise.last_day + DAY):
            again = promise._postpone(promise.last_day + 5 * DAY)
        self.assertEqual((promise.state, again.state, again.previous_id), ("broken", "open", promise))

    # --- dialog -------------------------------------------------------------------------------------------------------

    def test_the_dialog_opens_from_the_card_the_invoice_and_the_reminder(self):
        wizard = self.env["recouvrement.promise.wizard"]
        with self.at(MONDAY):
            for record in (self.card(), self.debt, self.reminders()):
                form = Form(wizard.with_context(active_model=record._name, active_ids=record.ids))
                self.assertEqual((form.debtor_id, form.amount, form.tolerance_days), (self.card(), 1000, 2))
            form = Form(wizard.with_context(default_debtor_id=self.card().id, default_move_ids=self.debt.ids))
            form.amount = 500
            form.note = "Virement le 9."
            form.save().action_note()
        promise = self.card().promise_ids
        self.assertEqual((promise.amount, promise.note, promise.date), (500, "Virement le 9.", PROMISED))

    # --- rights -------------------------------------------------------------------------------------------------------

    def test_a_collector_notes_promises_and_writes_none(self):
        user = self.collector()
        with self.at(MONDAY):
            promise = (
                self.env["recouvrement.promise"]
                .with_user(user)
                ._make(self.card().with_user(user), self.debt.with_user(user), 1000, PROMISED)
            )
        self.assertEqual(promise.author_id, user)
        with self.assertRaises(AccessError):
            promise.write({"state": "kept"})
        with self.assertRaises(AccessError):
            promise.create({"debtor_id": self.card().id})
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            promise.sudo().unlink()
        stranger = new_test_user(self.env, "outside", groups="base.group_user")
        with self.assertRaises(AccessError):
            promise.with_user(stranger).read(["name"])
        with self.assertRaises(AccessError):
            self.env["recouvrement.promise"].with_user(stranger)._make(
                self.card().with_user(stranger), self.debt.with_user(stranger), 10, PROMISED
            )

    def test_another_company_sees_and_cancels_nothing(self):
        promise = self.promise()
        other = self.env["res.company"].create({"name": "Autre société"})
        user = new_test_user(
            self.env,
            "elsewhere",
            groups="recouvrement_fr.group_recouvrement_manager",
            company_ids=[Command.set(other.ids)],
            company_id=other.id,
        )
        self.assertFalse(self.env["recouvrement.promise"].with_user(user).search([("id", "=", promise.id)]))
        with self.assertRaises(AccessError):
            promise.with_user(user)._cancel("Pas la mienne")
        self.assertFalse(self.env["recouvrement.promise"]._holds(other, self.debt.ids, MONDAY))
