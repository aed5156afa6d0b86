from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY
from .promise_common import DAY, DUE, PROMISED, PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseJudged(PromiseCommon):
    """Kept, kept in part or broken: read from what came in."""

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

    def test_money_that_was_for_an_older_debt_is_not_taken_from_what_pays_the_invoice_promised(self):
        older = self.invoice(DUE - 10 * DAY, 800)
        payment = self.on_account(300, MONDAY - 3 * DAY)  # what is left of the older one is deducted by the card
        promise = self.promise()
        items = (payment.move_id | self.debt).line_ids
        items.filtered(lambda line: line.account_type == "asset_receivable").reconcile()  # as the debtor wrote
        self.pay(self.debt, on=MONDAY + 2 * DAY)
        self.pay(older, 300, on=MONDAY + 2 * DAY)
        self.follow(promise.last_day + DAY)
        self.assertEqual((promise.state, self.debt.amount_residual), ("kept", 0))

    def test_money_already_on_account_keeps_no_promise_of_what_it_left_to_pay(self):
        payment = self.on_account(300, MONDAY - 3 * DAY)
        promise = self.promise(amount=self.debt.amount_residual - 300)
        items = (payment.move_id | self.debt).line_ids
        items.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.follow(MONDAY + DAY)
        self.assertEqual((promise.state, promise.received), ("open", 0))
        self.pay(self.debt, on=MONDAY + 2 * DAY)
        self.follow(MONDAY + 3 * DAY)
        self.assertEqual((promise.state, promise.received), ("kept", promise.amount))

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
            dialogs, given = self.env["recouvrement.promise.wizard"], {"amount": 1000, "date": PROMISED}
            dialogs.with_context(default_debtor_id=self.card().id).create(given).action_note()
            promise = self.card().promise_ids
            self.assertEqual(promise.made_on, MONDAY + DAY)
            later = dialogs.with_context(default_previous_id=promise.id).create({"amount": 1000, "date": MONDAY})
            with self.assertRaisesRegex(UserError, "day to come"), self.env.cr.savepoint():
                later.action_note()

    def test_nothing_that_did_not_change_is_judged_again(self):
        promise = self.promise()
        self.pay(self.debt, on=MONDAY + DAY)
        self.follow(MONDAY + 2 * DAY)
        promises = self.env["recouvrement.promise"]
        self.assertFalse(promises._to_judge(MONDAY + 3 * DAY))
        self.unreconcile(self.debt)
        self.assertEqual([row[0] for row in promises._to_judge(MONDAY + 3 * DAY)], promise.ids)
        self.assertFalse(promises._to_judge(MONDAY + 500 * DAY))
