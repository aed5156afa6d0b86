from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.recouvrement_fr.ledger.cash import receipts

from ..clock import today
from ..common import MONDAY
from .bad_debt_common import DAY, DUE, BadDebtCommon


@tagged("post_install", "-at_install")
class TestWriteOff(BadDebtCommon):
    """A debt given up: proposed, approved, posted by three people, and back when the entry is reversed."""

    def test_a_definitive_loss_recovers_the_vat_of_each_rate(self):
        debt = self.sold((1000, self.vat20), (100, self.vat5))
        write_off = self.propose(debt)
        self.assertEqual((write_off.amount, write_off.amount_vat, write_off.amount_net), (1305.5, 205.5, 1100))
        entry = self.approve(write_off)
        self.assertEqual((entry.state, write_off.state), ("draft", "draft"))
        self.assertEqual(self.balances(entry), {"411100": -1305.5, "445710": 205.5, "654100": 1100})
        self.assertEqual(debt.amount_residual, 1305.5, "Nothing is given up before an accountant posts.")
        self.post(entry)
        self.assertEqual((write_off.state, debt.amount_residual, debt.written_off_amount), ("posted", 0, 1305.5))
        self.assertFalse(receipts(self.env, debt.ids), "A loss is no payment.")

    def test_mere_non_payment_recovers_no_vat(self):
        write_off = self.propose(self.sold((1000, self.vat20)), reason="uneconomic")
        self.assertEqual(self.balances(self.approve(write_off)), {"411100": -1200, "654100": 1200})
        self.assertFalse(write_off.needs_duplicate)

    def test_what_is_left_after_a_payment_is_lost_to_the_cent(self):
        debt = self.sold((99.99, self.vat20), (33.33, self.vat5))
        self.pay(debt, 77.77, on=MONDAY)
        left = debt.amount_residual
        entry = self.approve(self.propose(debt))
        found = self.balances(entry)
        self.assertEqual(found["411100"], -left)
        self.assertAlmostEqual(found["445710"], round(20 * left / 155.15, 2) + round(1.83 * left / 155.15, 2), 2)
        self.assertAlmostEqual(sum(found.values()), 0, 2)
        self.post(entry)
        self.assertEqual(debt.amount_residual, 0)
        self.assertEqual([float(receipt.amount) for receipt in receipts(self.env, debt.ids)[debt.id]], [77.77])

    def test_a_part_given_up_leaves_the_rest_owed(self):
        debt = self.sold((1000, self.vat20))
        write_off = self.propose(debt, "settlement", amount=300)
        self.post(self.approve(write_off))
        self.assertEqual((debt.amount_residual, write_off.amount_vat), (900, 50))
        with self.assertRaisesRegex(UserError, "between zero and what is left"):
            self.propose(debt, "settlement", amount=900.01)

    def test_a_loss_of_an_earlier_year_has_its_own_account(self):
        old = self.sold((100, None), due=MONDAY - 400 * DAY, invoice_date=MONDAY - 430 * DAY)
        self.assertIn("654400", self.balances(self.approve(self.propose(old))))

    def test_a_foreign_currency_leaves_no_exchange_difference(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            [
                {"name": DUE - 60 * DAY, "rate": 1.1, "currency_id": dollar.id, "company_id": self.company.id},
                {"name": MONDAY, "rate": 2, "currency_id": dollar.id, "company_id": self.company.id},
            ]
        )
        debt = self.sold((1000, self.vat20), currency_id=dollar.id)
        entry = self.approve(self.propose(debt))
        self.assertEqual(entry.currency_id, dollar)
        self.assertEqual(self.balances(entry)["411100"], -debt.amount_residual_signed)
        self.post(entry)
        self.assertEqual((debt.amount_residual, debt.amount_residual_signed), (0, 0))
        self.assertFalse(entry.line_ids.matched_debit_ids.exchange_move_id)

    def test_vat_due_on_payment_is_cleared_not_recovered(self):
        debt = self.sold((1000, self._cash_basis()))
        self.pay(debt, 600, on=MONDAY)
        write_off = self.propose(debt)
        self.assertEqual((write_off.amount_vat, write_off.amount_not_due, write_off.amount_net), (0, 100, 500))
        entry = self.approve(write_off)
        self.assertEqual(self.balances(entry), {"411100": -600, "445740": 100, "654100": 500})
        self.post(entry)
        waiting = self.env["account.move.line"].search(
            [("account_id", "=", self.waiting.id), ("parent_state", "=", "posted")]
        )
        self.assertAlmostEqual(sum(waiting.mapped("balance")), 0, 2, "Neither due nor waiting any more.")
        due = self.env["account.move.line"].search(
            [("account_id", "=", self.collected.id), ("parent_state", "=", "posted")]
        )
        self.assertAlmostEqual(sum(due.mapped("balance")), -100, 2, "Only the VAT of what was paid.")

    def test_reversed_the_debt_is_back_and_reminded(self):
        debt = self.sold((1000, self.vat20))
        self.night(MONDAY)
        write_off = self.propose(debt)
        entry = self.approve(write_off)
        self.night(MONDAY + DAY)
        self.assertEqual(self.card().reason, "write_off")
        self.post(entry)
        self.night(MONDAY + 2 * DAY)
        self.assertEqual((self.card().reason, self.card().overdue_amount), ("nothing_open", 0))
        self.assertEqual(self.card().written_off_amount, 1200)
        with self.at(MONDAY + 3 * DAY):
            entry.with_user(self.accountant)._reverse_moves(cancel=True)
        self.assertEqual((write_off.state, debt.amount_residual), ("reversed", 1200))
        self.night(MONDAY + 4 * DAY)
        self.assertEqual(self.card().reason, "due")

    def test_reset_to_draft_it_is_owed_again_and_posts_again(self):
        debt = self.sold((1000, self.vat20))
        entry = self.approve(self.propose(debt))
        self.post(entry)
        entry.button_draft()
        self.assertEqual((debt.amount_residual, entry.recouvrement_write_off_id.state), (1200, "draft"))
        self.post(entry)
        self.assertEqual(debt.amount_residual, 0)

    def test_a_payment_in_between_blocks_the_entry_with_a_clear_word(self):
        debt = self.sold((1000, self.vat20))
        write_off = self.propose(debt)
        entry = self.approve(write_off)
        self.pay(debt, 100, on=MONDAY)
        with self.assertRaisesRegex(UserError, "something came in"):
            self.post(entry)
        with self.at(MONDAY), self.assertRaisesRegex(UserError, "propose again"):
            write_off.with_user(self.boss).action_draft_again()
        with self.at(MONDAY):
            write_off.with_user(self.boss).action_cancel()
        self.assertEqual((write_off.state, entry.state), ("cancelled", "cancel"))
        self.assertEqual(self.propose(debt).amount, 1100)

    def test_disputes_close_and_penalties_are_given_up_with_the_principal(self):
        debt = self.sold((1000, self.vat20))
        self.night(MONDAY)
        with self.at(MONDAY):
            dispute = self.env["recouvrement.dispute"]._open(
                self.card(), debt, self.env.ref("recouvrement_fr.dispute_reason_quantity")
            )
            self.env["recouvrement.rate"].search([]).verified = True
            self.env["recouvrement.accessory"]._collect(self.company, MONDAY, self.card())
        accessories = self.env["recouvrement.accessory"].search([("move_id", "=", debt.id)])
        self.assertEqual(set(accessories.mapped("state")), {"accrued"})
        write_off = self.propose(debt)
        entry = self.approve(write_off)
        self.post(entry)
        self.assertEqual((dispute.state, set(accessories.mapped("state"))), ("written_off", {"waived"}))
        with self.at(MONDAY + 30 * DAY):
            self.env["recouvrement.accessory"]._collect(self.company, MONDAY + 30 * DAY, self.card())
            self.assertEqual(self.env["recouvrement.accessory"].search([("move_id", "=", debt.id)]), accessories)
        with self.at(MONDAY + DAY):
            entry._reverse_moves(cancel=True)
        self.assertEqual(set(accessories.mapped("state")), {"accrued"})

    def test_a_promise_is_not_kept_by_a_loss(self):
        debt = self.sold((1000, self.vat20))
        self.night(MONDAY)
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(self.card(), debt, 1200, MONDAY + 5 * DAY, on=today())
        self.post(self.approve(self.propose(debt)))
        with self.at(MONDAY + 30 * DAY):
            self.env["recouvrement.promise"].sudo()._follow_up(MONDAY + 30 * DAY)
        self.assertNotIn(promise.state, ("kept", "partly_kept"))

    def test_the_duplicate_carries_the_mention_in_force(self):
        self.debtor_partner.company_registry = "732829320"
        debt = self.sold((1000, self.vat20), (100, self.vat5))
        write_off = self.propose(debt)
        self.approve(write_off)
        self.assertTrue(write_off.needs_duplicate)
        with self.at(MONDAY):
            document = self.env["recouvrement.document"].browse(write_off.action_duplicate()["res_id"])
        for words in ("article 272 du CGI", "ne peut faire l’objet d’une déduction", "1 100,00", "205,50", debt.name):
            self.assertIn(words, str(document.body).replace("&nbsp;", " "))
        document.action_freeze()
        self.assertFalse(write_off.needs_duplicate)
        self.assertTrue(document.attachment_id, "A copy is kept.")
        deadline = write_off.deadline_ids
        self.assertEqual((deadline.date.isoformat(), deadline.verified), ("2028-12-31", False))
        self.assertIn("CIBS", self.env["recouvrement.mention"]._in_force("vat_duplicate", MONDAY + 365 * DAY).article)
        with self.assertRaisesRegex(ValidationError, "between braces"):
            self.env.ref("recouvrement_fr.mention_vat_duplicate_cgi").text = "Impayée pour {total}"

    def test_money_that_comes_afterwards_is_an_income_with_its_vat(self):
        debt = self.sold((1000, self.vat20))
        write_off = self.propose(debt)
        self.post(self.approve(write_off))
        with self.at(MONDAY), self.assertRaisesRegex(UserError, "No payment stands open"):
            write_off.with_user(self.boss).action_recovered()
        self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor_partner.id,
                "amount": 240,
                "date": MONDAY,
            }
        ).action_post()
        with self.at(MONDAY):
            write_off.with_user(self.boss).action_recovered()
        entry = write_off.recovery_ids
        self.assertEqual(self.balances(entry), {"411100": 240, "758300": -200, "445710": -40})
        self.post(entry)
        self.assertEqual((write_off.amount_recovered, write_off.state), (240, "posted"))
        self.assertTrue(all(entry.line_ids.filtered(lambda line: line.balance > 0).mapped("reconciled")))
        self.assertFalse(receipts(self.env, debt.ids))

    def test_a_closed_period_gives_a_clear_error(self):
        write_off = self.propose(self.sold((1000, self.vat20)))
        self.company.fiscalyear_lock_date = MONDAY + DAY
        with self.assertRaisesRegex(UserError, "later accounting date"):
            self.approve(write_off)
        write_off.with_user(self.boss).entry_date = MONDAY + 2 * DAY
        self.assertEqual(self.approve(write_off).date, MONDAY + 2 * DAY)

    def test_a_missing_account_is_named(self):
        for account in self.env["account.account"].search([("code", "=like", "654%")]):
            account.code = f"9{account.code}"
        with self.assertRaisesRegex(UserError, "6541, 654"):
            self.approve(self.propose(self.sold((1000, self.vat20))))

    def test_each_does_his_part_and_no_other(self):
        debt = self.sold((1000, self.vat20))
        write_off = self.propose(debt)
        with self.assertRaises(AccessError):
            write_off.with_user(self.collector).action_approve()
        with self.assertRaises(UserError):
            write_off.with_user(self.collector).write({"recover_vat": False})
        mine = self.propose(self.sold((100, None)), user=self.boss)
        with self.assertRaisesRegex(AccessError, "another manager decides"):
            self.approve(mine)
        self.company.recouvrement_write_off_own_limit = 100
        self.assertTrue(self.approve(mine))
        second = self.propose(self.sold((100, None)), user=self.boss)
        with self.assertRaisesRegex(AccessError, "with what you approved"):
            self.approve(second)  # the limit is not passed in parts
        self.company.recouvrement_write_off_own_days = 0
        mine.sudo().decided_on -= timedelta(days=1)
        self.assertTrue(self.approve(second))
        entry = self.approve(write_off)
        for user in (self.collector, self.boss):
            with self.assertRaises(AccessError):
                entry.with_user(user).action_post()
        self.post(entry)
        self.assertEqual(write_off.with_user(self.accountant).state, "posted")
        stranger = self._user("wo_stranger", "base.group_user")
        with self.assertRaises(AccessError):
            write_off.with_user(stranger).read(["amount"])
        with self.assertRaises(AccessError):
            self.propose(debt, user=self.accountant)
        with self.assertRaises(UserError):
            write_off.with_user(self.boss).write({"decided_amount": 1})
        with self.assertRaisesRegex(UserError, "evidence"):
            write_off.sudo().unlink()

    def test_another_company_is_not_seen_and_not_mixed(self):
        other = self.setup_other_company()["company"]
        write_off = self.propose(self.sold((1000, self.vat20)))
        outsider = new_test_user(
            self.env,
            "wo_outsider",
            groups="recouvrement_fr.group_recouvrement_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            write_off.with_user(outsider).read(["amount"])
        with self.assertRaises(AccessError):
            write_off.with_user(outsider).action_approve()
        with self.assertRaisesRegex(UserError, "of one company"):
            self.env["recouvrement.write.off"]._propose(
                other, {(self.sold((5, None)), self.debtor_partner): None}, "uneconomic", debtor=self.card()
            )

    def test_it_is_proposed_from_the_card_or_from_an_invoice(self):
        debt = self.sold((1000, self.vat20))
        self.night(MONDAY)
        with self.at(MONDAY):
            form = Form(
                self.env["recouvrement.write.off.wizard"]
                .with_user(self.collector)
                .with_context(active_model="account.move", active_ids=debt.ids)
            )
            self.assertEqual(form.amount_left, 1200)
            form.reason = "liquidation"
            self.assertTrue(form.recover_vat)
            form.note = "Certificat du liquidateur."
            action = form.save().action_propose()
        write_off = self.env["recouvrement.write.off"].browse(action["res_id"])
        self.assertEqual((write_off.amount, write_off.debtor_id), (1200, self.card()))
        with self.assertRaisesRegex(UserError, "in progress"):
            self.propose(debt)
