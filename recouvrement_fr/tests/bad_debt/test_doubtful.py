from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.recouvrement_fr.ledger.cash import receipts

from ..common import MONDAY
from .bad_debt_common import BadDebtCommon

DUE = MONDAY - timedelta(days=20)
DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestDoubtful(BadDebtCommon):
    """From 411 to 416 and back: owed all the time, reminded only when in 411, paid only by money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jurist = cls._user("du_jurist", "recouvrement_fr.group_recouvrement_legal")

    def transfer(self, moves, user=None, **values):
        user = user or self.jurist
        debtor = self.env["recouvrement.debtor"]._card(self.company, moves.commercial_partner_id)
        with self.at(MONDAY):
            return (
                self.env["recouvrement.doubtful"]
                .with_user(user)
                ._transfer(debtor.with_user(user), moves.with_user(user), "Chèque revenu impayé.", **values)
            ).with_env(self.env)

    def received(self, amount):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor_partner.id,
                "amount": amount,
                "date": MONDAY + DAY,
            }
        )
        payment.action_post()
        return payment

    def bring_back(self, doubtful):
        with self.at(MONDAY + DAY):
            action = doubtful.with_user(self.jurist).action_return()
        return self.env["recouvrement.doubtful"].browse(action["res_id"])

    def standing(self):
        items = self.env["account.move.line"].search(
            [
                ("account_id.code", "=like", "416%"),
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
            ]
        )
        return round(sum(items.mapped("balance")), 2)

    def test_it_leaves_the_reminders_and_stays_owed(self):
        debt = self.sold((1000, self.vat20))
        self.night(MONDAY)
        self.pay(debt, 200, on=MONDAY)
        doubtful = self.transfer(debt)
        self.assertEqual((doubtful.state, doubtful.amount, debt.amount_residual), ("draft", 1000, 1000))
        self.assertEqual(self.balances(doubtful.entry_ids), {"416000": 1000, "411100": -1000})
        self.post(doubtful.entry_ids)
        self.assertEqual((debt.amount_residual, debt.doubtful_amount, self.standing()), (0, 1000, 1000))
        self.assertEqual(set(self.reminders().mapped("state")), {"cancelled"})
        self.night(MONDAY + DAY)
        card = self.card()
        self.assertEqual((card.reason, card.doubtful_amount), ("nothing_open", 1000))
        self.assertEqual([receipt.amount for receipt in receipts(self.env, debt.ids)[debt.id]], [200])
        self.assertEqual(
            [(row["number"], row["amount_residual"]) for row in card._statement_data(MONDAY)[card]["items"]],
            [(debt.name, 1000)],
            "The statement does not hide what is doubtful.",
        )
        with self.assertRaisesRegex(UserError, "doubtful already"):
            self.transfer(debt)

    def test_a_payment_is_told_then_allocated_by_the_return(self):
        debt = self.sold((1000, self._cash_basis()))
        self.night(MONDAY)
        doubtful = self.transfer(debt)
        self.post(doubtful.entry_ids)
        due = lambda: -sum(  # noqa: E731
            self.env["account.move.line"]
            .search([("account_id", "=", self.collected.id), ("parent_state", "=", "posted")])
            .mapped("balance")
        )
        self.assertEqual(due(), 0, "No VAT is due by the transfer.")
        payment = self.received(300)
        for day in (2, 3):
            with self.at(MONDAY + day * DAY):
                self.env["recouvrement.doubtful"].sudo()._follow_up(MONDAY + day * DAY)
        told = self.card().activity_ids.filtered(lambda activity: payment.move_id.name in (activity.summary or ""))
        self.assertEqual(len(told), 1)
        back = self.bring_back(doubtful)
        self.assertEqual((back.kind, back.amount), ("return", 300))
        self.post(back.entry_ids)
        self.assertEqual((debt.amount_residual, debt.doubtful_amount, self.standing()), (0, 900, 900))
        self.assertAlmostEqual(due(), 50, 2, "The VAT of what was paid.")
        self.assertEqual([receipt.amount for receipt in receipts(self.env, debt.ids)[debt.id]], [300])
        self.received(900)
        self.post(self.bring_back(doubtful).entry_ids)
        self.assertEqual((debt.amount_residual, debt.doubtful_amount, self.standing()), (0, 0, 0))
        self.assertAlmostEqual(due(), 200, 2)
        self.assertEqual(sum(receipt.amount for receipt in receipts(self.env, debt.ids)[debt.id]), 1200)
        with self.assertRaisesRegex(UserError, "stands in doubtful"):
            self.bring_back(doubtful)

    def test_without_a_payment_all_of_it_comes_back_and_is_reminded(self):
        debt = self.sold((1000, self.vat20))
        self.night(MONDAY)
        doubtful = self.transfer(debt)
        self.post(doubtful.entry_ids)
        back = self.bring_back(doubtful)
        self.post(back.entry_ids)
        self.assertEqual((debt.amount_residual, self.standing()), (1200, 0))
        self.night(MONDAY + 2 * DAY)
        self.assertEqual(self.card().overdue_amount, 1200)
        with self.at(MONDAY + 3 * DAY):
            back.entry_ids._reverse_moves(cancel=True)
        self.assertEqual((debt.amount_residual, debt.doubtful_amount, back.state), (0, 1200, "reversed"))

    def test_the_transfer_reversed_opens_the_invoice_again(self):
        debt = self.sold((1000, self.vat20))
        doubtful = self.transfer(debt)
        self.post(doubtful.entry_ids)
        doubtful.entry_ids._reverse_moves(cancel=True)
        self.assertEqual((doubtful.state, debt.amount_residual, self.standing()), ("reversed", 1200, 0))

    def test_interest_goes_on_and_disputes_do_not_end_as_paid(self):
        debt = self.sold((1000, self.vat20))
        self.night(MONDAY)
        with self.at(MONDAY):
            dispute = self.env["recouvrement.dispute"]._open(
                self.card(), debt, self.env.ref("recouvrement_fr.dispute_reason_quantity")
            )
        with self.at(MONDAY + 60 * DAY):
            before = debt.late_interest
        self.post(self.transfer(debt).entry_ids)
        with self.at(MONDAY + 60 * DAY):
            self.env["recouvrement.dispute"].sudo()._follow_up(MONDAY + 60 * DAY)
            debt.invalidate_recordset()
            self.assertTrue(before)
            self.assertEqual(debt.late_interest, before)
        self.assertNotEqual(dispute.state, "paid")

    def test_it_is_lost_from_416(self):
        debt = self.sold((1000, self.vat20))
        self.post(self.transfer(debt).entry_ids)
        entry = self.approve(self.propose(debt))
        self.assertEqual(self.balances(entry), {"416000": -1200, "445710": 200, "654100": 1000})
        self.post(entry)
        self.assertEqual((debt.doubtful_amount, self.standing()), (0, 0))

    def test_a_foreign_currency_keeps_its_rate(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            [
                {"name": DUE - 60 * DAY, "rate": 1.25, "currency_id": dollar.id, "company_id": self.company.id},
                {"name": MONDAY, "rate": 2, "currency_id": dollar.id, "company_id": self.company.id},
            ]
        )
        debt = self.sold((1000, None), currency_id=dollar.id)
        doubtful = self.transfer(debt)
        self.post(doubtful.entry_ids)
        self.assertEqual((debt.doubtful_amount, self.standing(), debt.amount_residual_signed), (1000, 800, 0))

    def test_a_case_keeps_what_is_doubtful(self):
        debt = self.sold((1000, self.vat20))
        self.night(MONDAY)
        with self.at(MONDAY):
            case = (
                self.env["recouvrement.case"]
                .with_user(self.jurist)
                ._open(self.card().with_user(self.jurist), debt.with_user(self.jurist))
            )
            form = Form(
                self.env["recouvrement.doubtful.wizard"]
                .with_user(self.jurist)
                .with_context(active_model="recouvrement.case", active_ids=case.ids)
            )
            form.reason = "Mise en demeure sans effet."
            action = form.save().action_transfer()
        doubtful = self.env["recouvrement.doubtful"].browse(action["res_id"])
        self.assertEqual(doubtful.case_id, case)
        self.post(doubtful.entry_ids)
        self.assertEqual(case.doubtful_amount, 1200)
        with self.at(MONDAY):
            cost = self.env["recouvrement.case.cost"].create(
                {"case_id": case.id, "name": "Signification", "kind": "bailiff", "amount": 90}
            )
            with self.assertRaisesRegex(UserError, "who is paid"):
                cost.with_user(self.jurist).action_draft_bill()
            cost.partner_id = self._partner("SCP Huissier", company_registry=False)
            cost.with_user(self.jurist).action_draft_bill()
        self.assertEqual((cost.bill_id.state, cost.bill_id.amount_total), ("draft", 90))
        self.assertEqual(cost.bill_id.invoice_line_ids.account_id.code, "622700")
        self.assertTrue(case.event_ids.filtered(lambda event: doubtful.name in event.summary))

    def test_only_legal_officers_move_and_a_draft_is_cancelled(self):
        debt = self.sold((1000, self.vat20))
        with self.assertRaisesRegex(UserError, "Legal officers"):
            self.transfer(debt, user=self.collector)
        doubtful = self.transfer(debt)
        with self.assertRaisesRegex(UserError, "exists already"):
            self.transfer(debt)
        with self.assertRaises(UserError):
            doubtful.with_user(self.collector).action_cancel()
        doubtful.with_user(self.jurist).action_cancel()
        self.assertEqual((doubtful.state, doubtful.entry_ids.state), ("cancelled", "cancel"))
        again = self.transfer(debt)
        self.pay(debt, 100, on=MONDAY)
        with self.assertRaisesRegex(UserError, "came in since"):
            self.post(again.entry_ids)
