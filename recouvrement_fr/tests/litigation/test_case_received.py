from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ...models.litigation import recouvrement_case_following as following
from .case_common import DAY, DUE, OPENED, CaseCommon

LATER = OPENED + 15 * DAY


@tagged("post_install", "-at_install")
class TestCaseReceived(CaseCommon):
    """What comes in by another way than the bank and trade receivables, what is spent, and when closing is proposed."""

    def told(self, case, amount, on=OPENED, **values):
        """Noted by the dialog, as the legal officer does; returns the event."""
        with self.at(max(on, OPENED)):
            wizards = self.env["recouvrement.case.event.wizard"].with_user(self.officer)
            wizards.with_context(active_model=case._name, active_id=case.id).create(
                {"kind": "payment", "on": on, "summary": "Received by SCP Martin", "amount": amount, **values}
            ).action_note()
        self.env.invalidate_all()
        return case.event_ids[:1]

    def paid(self, case, on):
        statement = case._statement(on)
        return float(statement.total("paid")), float(statement.told)

    # --- by a third party ---------------------------------------------------------------------------------------------

    def test_what_a_third_party_received_counts_at_once_and_never_twice(self):
        case = self.opened()
        before = case._statement(LATER).balance
        self.told(case, 5000, on=OPENED + DAY)
        self.assertEqual(self.paid(case, OPENED), (0, 0))
        self.assertEqual(self.paid(case, LATER), (5000, 5000))
        self.assertLess(case._statement(LATER).balance, before - 5000)  # interest stops on what was paid
        waiting = case._statement(LATER + DAY)
        self.pay(self.debt, 4800, on=LATER)  # passed on, less his fees: the debtor did pay 5,000
        self.assertEqual(self.paid(case, LATER + DAY), (5000, 200))
        self.assertEqual(case._statement(LATER + DAY).balance, waiting.balance)
        self.pay(self.debt, 1000, on=LATER + DAY)
        self.assertEqual(self.paid(case, LATER + DAY), (5800, 0))
        html = case._statement_html(OPENED + 2 * DAY)
        self.assertIn("not in the bank yet", html)

    def test_what_was_told_then_seen_in_the_bank_counts_once_before_anybody_allocates_it(self):
        case = self.opened()
        self.told(case, 5000, on=OPENED + DAY)
        alone = case._statement(LATER).balance
        other = self.invoice(DUE - 30 * DAY, 5000)  # older and free: the money told of is not for it
        self.on_account(5000, OPENED + 5 * DAY)
        self.assertEqual(case._statement(LATER).balance, alone)
        self.assertIn("deducted once", case._statement_html(LATER))
        found = self.env["recouvrement.accrual"]._open_credits(other.ids, LATER)
        self.assertFalse(found.get((other.id, DUE - 30 * DAY, 0)))
        self.follow(LATER)
        self.assertFalse(case.activity_ids.filtered(lambda one: "Is a payment on account" in one.summary))

    def test_another_amount_on_account_is_deducted_too_until_somebody_says_what_it_is(self):
        case = self.opened()
        self.told(case, 5000, on=OPENED + DAY)
        alone = case._statement(LATER).balance
        payment = self.on_account(4000, OPENED + 5 * DAY)
        self.assertLess(case._statement(LATER).balance, alone - 4000)  # the debtor is asked for the least
        self.assertIn("may be what a third party told of", case._statement_html(LATER))
        for _time in range(2):
            self.follow(LATER)
        asked = case.activity_ids.filtered(lambda one: "Is a payment on account" in (one.summary or ""))
        self.assertEqual(len(asked), 1)
        lines = (payment.move_id + self.debt).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertEqual(case._statement(LATER).balance, alone)  # allocated to the case: it is what was told
        self.follow(LATER + DAY)
        self.assertFalse(asked.exists())

    def test_a_payment_noted_by_mistake_counts_no_more_and_one_without_amount_is_refused(self):
        case = self.opened()
        event = self.told(case, 5000)
        with self.at(OPENED):
            self.assertEqual((case.amount_paid, case.amount_told), (5000, 5000))
            case._correct(event, "It was another debtor", is_void=True)
        self.env.invalidate_all()
        self.assertEqual(self.paid(case, LATER), (0, 0))
        for amount in (0, -5):
            with self.subTest(amount=amount), self.assertRaisesRegex(ValidationError, "amount"):
                self.told(case, amount)

    def test_it_pays_the_oldest_invoice_first(self):
        older = self.invoice(DUE - 30 * DAY, 300)
        case = self.opened(self.debt | older)
        self.told(case, 1000)
        rows = {row.move_id: row.paid for row in case._statement(LATER).rows}
        self.assertEqual(rows, {older.id: Decimal(300), self.debt.id: Decimal(700)})

    # --- doubtful receivables -----------------------------------------------------------------------------------------

    def doubtful(self, case):
        with self.at(OPENED):
            record = (
                self.env["recouvrement.doubtful"]
                .with_user(self.officer)
                ._transfer(
                    self.card().with_user(self.officer), case.move_ids, "Mise en demeure sans effet.", case_id=case.id
                )
            )
        record.sudo().entry_ids.action_post()
        self.env.invalidate_all()
        return record.sudo().entry_ids.line_ids.filtered(lambda item: item.account_id.code.startswith("416"))

    def test_what_is_doubtful_is_still_owed_and_paid_by_money_set_against_it(self):
        case = self.opened()
        item = self.doubtful(case)
        self.assertEqual(self.debt.amount_residual, 0)
        self.follow(OPENED + DAY)
        self.assertFalse(case.closing_proposed)
        self.assertEqual(self.paid(case, LATER), (0, 0))  # a transfer pays nothing
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        entry = self.env["account.move"].create(
            {
                "journal_id": bank.id,
                "date": OPENED + 2 * DAY,
                "line_ids": [
                    Command.create({"account_id": bank.default_account_id.id, "debit": 4000}),
                    Command.create(
                        {"account_id": item.account_id.id, "credit": 4000, "partner_id": self.debtor_partner.id}
                    ),
                ],
            }
        )
        entry.action_post()
        against = entry.line_ids.filtered("credit")
        (item | against).reconcile()
        self.assertEqual(self.paid(case, LATER), (4000, 0))
        self.assertEqual(case._statement(LATER).rows[0].paid, Decimal(4000))
        against.remove_move_reconcile()  # returned
        self.assertEqual(self.paid(case, LATER), (0, 0))

    def test_closing_is_proposed_once_and_again_after_a_payment_was_returned(self):
        case = self.opened()
        payment = self.pay(self.debt, 10000, on=OPENED)
        for days in (1, 2):
            self.follow(OPENED + days * DAY)
        proposed = "The invoices are paid: close the case, or go on for interest and costs"
        self.assertEqual(case.activity_ids.mapped("summary").count(proposed), 1)
        payment.move_id.line_ids.remove_move_reconcile()
        self.follow(OPENED + 3 * DAY)
        self.assertFalse(case.closing_proposed)
        self.assertNotIn(proposed, case.activity_ids.mapped("summary"), "nobody is asked to close what is owed")
        self.pay(self.debt, 10000, on=OPENED + 4 * DAY)
        self.follow(OPENED + 5 * DAY)
        self.assertEqual(case.closing_proposed, "rest")
        self.assertEqual(case.activity_ids.mapped("summary").count(proposed), 1)

    # --- costs --------------------------------------------------------------------------------------------------------

    def test_a_cost_leaves_an_event_when_it_is_noted_and_when_it_changes(self):
        case = self.opened()
        with self.at(OPENED):
            cost = (
                self.env["recouvrement.case.cost"]
                .with_user(self.officer)
                .create({"case_id": case.id, "name": "Service", "kind": "bailiff", "amount": 90, "state": "estimated"})
            )
            cost.write({"amount": 95, "state": "incurred"})
            cost.name = "Service of the order"  # no figure: no event
        events = case.event_ids.filtered(lambda event: event.kind == "cost").sorted("id")
        self.assertEqual(events.mapped("amount"), [90, 95])
        self.assertEqual(events.author_id, self.officer)
        self.assertIn("Estimated → Incurred", events[1].details)
        with self.at(OPENED), self.assertRaisesRegex(UserError, "cancel it"):
            cost.unlink()

    def test_the_follow_up_commits_by_pages_when_the_scheduler_runs_it(self):
        case = self.opened()
        self.start(case, "injonction")
        followed = self.env["recouvrement.case"].search_count([("state", "!=", "closed")])
        with (
            patch.object(following, "PAGE", 1),
            patch.object(following, "keep_page", wraps=following.keep_page) as kept,
            self.at(OPENED + timedelta(days=3)),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_follow_up").method_direct_trigger()
        self.assertEqual(kept.call_count, followed)  # a page of one: each case is kept before the next is followed
        self.assertTrue(kept.call_args.args[0].context["recouvrement_keeps_pages"])
        self.env.invalidate_all()
        at_opening, today = (float(case._statement(on).balance) for on in (OPENED, OPENED + timedelta(days=3)))
        self.assertEqual(case.balance, today)
        self.assertNotEqual(today, at_opening)
