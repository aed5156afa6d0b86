from datetime import timedelta

import psycopg2

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestThanks(RecouvrementCommon):
    """A word of thanks, once, to a debtor who was reminded and has paid everything overdue in money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.thanks = True

    def before_all(self):
        super().before_all()
        self.move = self.invoice(MONDAY - timedelta(days=5), 1000)
        self.night(MONDAY)
        self.mark_sent(self.reminders(), MONDAY)

    def follow(self, on):
        """The follow-up of that day, after its night."""
        self.night(on)
        with self.at(on, 4):
            self.env["recouvrement.thanks"].sudo()._follow_up(on)  # as the scheduler does
        return self.thanks()

    def thanks(self):
        return self.env["recouvrement.thanks"].search([("debtor_id", "=", self.card().id)], order="id")

    def write_off(self, move, amount=None):
        account = self.company_data["default_account_expense"]
        receivable = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        amount = amount or move.amount_residual
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": MONDAY,
                "line_ids": [
                    Command.create({"account_id": account.id, "debit": amount}),
                    Command.create(
                        {"account_id": receivable.account_id.id, "partner_id": move.partner_id.id, "credit": amount}
                    ),
                ],
            }
        )
        entry.action_post()
        (receivable | entry.line_ids.filtered(lambda line: line.account_id == receivable.account_id)).reconcile()

    def test_paid_is_thanked_once_with_what_came_in(self):
        self.pay(self.move, on=MONDAY)
        thanks = self.follow(MONDAY + DAY)
        self.assertEqual((thanks.state, thanks.amount, thanks.move_ids), ("planned", 1000, self.move))
        self.assertEqual(self.follow(MONDAY + 2 * DAY), thanks)  # looked at once
        self.assertFalse(thanks.mail_id)
        with self.at(MONDAY + 2 * DAY, 5):
            self.assertFalse(self.env["recouvrement.thanks"]._leaving(MONDAY + 2 * DAY))  # not in the night
        self.morning(MONDAY + 2 * DAY)
        self.morning(MONDAY + 2 * DAY)
        self.assertEqual(thanks.state, "sent")
        mail = thanks.mail_id
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("compta@durand.example", mail.email_to)
        self.assertIn(self.move.name, mail.body_html)
        self.assertRegex(mail.body_html, r"\D1\s000,00")
        self.assertEqual(self.env["mail.mail"].search_count([("subject", "=", mail.subject)]), 1)
        kinds = [row["kind"] for row in self.card().get_timeline(group="sent")["rows"]]
        self.assertIn("thanks", kinds)

    def test_database_itself_refuses_a_second_one(self):
        self.pay(self.move, on=MONDAY)
        thanks = self.follow(MONDAY + DAY)
        with self.assertRaises(psycopg2.errors.UniqueViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            thanks.sudo().copy({"settled_on": thanks.settled_on, "state": "planned"})

    def test_payment_that_comes_back_before_it_leaves_takes_it_back(self):
        self.pay(self.move, on=MONDAY)
        thanks = self.follow(MONDAY + DAY)
        self.move.line_ids.remove_move_reconcile()
        self.move.matched_payment_ids.move_id.button_draft()
        self.morning(MONDAY + DAY)
        self.assertEqual((thanks.state, thanks.mail_id.id), ("cancelled", False))
        self.assertTrue(thanks.reason)
        self.night(MONDAY + 2 * DAY)
        self.assertFalse(self.card().settled_on)

    def test_paid_again_is_another_settlement(self):
        self.pay(self.move, on=MONDAY)
        self.follow(MONDAY + DAY)
        self.morning(MONDAY + DAY)
        second = self.invoice(MONDAY - timedelta(days=4), 500)
        self.night(MONDAY + 9 * DAY)
        self.mark_sent(self.reminders()[-1], MONDAY + 9 * DAY)
        self.pay(second, on=MONDAY + 9 * DAY)
        thanks = self.follow(MONDAY + 10 * DAY)
        self.assertEqual(thanks.mapped("state"), ["sent", "planned"])
        self.assertEqual(thanks[-1].move_ids, second)

    def test_write_off_even_of_a_part_is_not_thanked(self):
        self.pay(self.move, amount=600, on=MONDAY)
        self.write_off(self.move)
        thanks = self.follow(MONDAY + DAY)
        self.assertEqual(thanks.state, "none")
        self.assertIn("written off", thanks.reason)

    def test_credit_note_and_payment_are_thanked_but_a_credit_note_alone_is_not(self):
        credit = self.invoice(MONDAY, 400, move_type="out_refund")
        (credit | self.move).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.pay(self.move, on=MONDAY)
        self.assertEqual(self.follow(MONDAY + DAY).mapped(lambda one: (one.state, one.amount)), [("planned", 600)])
        other = self._partner("Vitrerie Noël", email="compta@noel.example")
        move = self.invoice(MONDAY - timedelta(days=5), 90, partner=other)
        self.night(MONDAY + 2 * DAY)
        self.mark_sent(self.reminders(other), MONDAY + 2 * DAY)
        credit = self.invoice(MONDAY, 90, partner=other, move_type="out_refund")
        (credit | move).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.follow(MONDAY + 3 * DAY)
        found = self.env["recouvrement.thanks"].search([("debtor_id", "=", self.card(other).id)])
        self.assertEqual(found.state, "none")

    def test_something_else_still_overdue_means_no_thanks(self):
        self.invoice(MONDAY - timedelta(days=5), 20)
        self.pay(self.move, on=MONDAY)
        self.assertFalse(self.follow(MONDAY + DAY))

    def test_never_reminded_or_policy_that_does_not_thank(self):
        other = self._partner("Vitrerie Noël", email="compta@noel.example")
        move = self.invoice(MONDAY - timedelta(days=1), 90, partner=other)  # late, its level not reached
        self.night(MONDAY + DAY)
        self.pay(move, on=MONDAY + DAY)
        self.policy.thanks = False
        self.pay(self.move, on=MONDAY)
        self.follow(MONDAY + 2 * DAY)
        self.policy.thanks = True
        self.env["recouvrement.thanks"].sudo()._decide(self.card(other))
        self.assertFalse(self.env["recouvrement.thanks"].search([]))

    def test_refusing_address_is_noted_and_nothing_leaves(self):
        self.env["mail.blacklist"]._add("compta@durand.example")
        self.pay(self.move, on=MONDAY)
        thanks = self.follow(MONDAY + DAY)
        self.assertEqual(thanks.state, "none")
        self.assertIn("blacklist", thanks.reason)

    def test_neutralized_copy_thanks_nobody(self):
        self.pay(self.move, on=MONDAY)
        thanks = self.follow(MONDAY + DAY)
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", True)
        self.morning(MONDAY + DAY)
        self.assertEqual(thanks.state, "planned")
