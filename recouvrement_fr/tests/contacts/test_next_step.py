from datetime import timedelta
from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged

from ...rules.instalments import Instalment
from ..clock import today
from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon

DAY = timedelta(days=1)
MOST_STATEMENTS = 45  # of what comes next, for one card


@tagged("post_install", "-at_install")
class TestNextStep(DispatchCommon):
    """The card says what to do now, in words of action, whatever happened since the night."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor_partner.phone = "+33 1 42 68 53 00"
        cls.collector = cls._somebody("next_collector")

    def opened(self, on=MONDAY):
        """The card as a collector opens it that day: what to do, what follows, what is overdue."""
        self.env.flush_all()
        self.env.invalidate_all()
        card = self.card().with_user(self.collector).with_company(self.company)
        with self.at(on):
            return card.read(["next_step", "reason_text", "reason_now", "next_on", "overdue_now", "reason"])[0]

    def test_a_promise_made_since_the_night_is_said_with_its_day_and_its_amount(self):
        debt = self.invoice(MONDAY - timedelta(days=5))
        self.night(MONDAY)
        with self.at(MONDAY):
            self.env["recouvrement.promise"]._make(self.card(), debt, 420, MONDAY + timedelta(days=8), on=today())
        shown = self.opened()
        card = self.card().with_user(self.collector)
        words = f"Promise for {card._day(MONDAY + timedelta(days=8))}: {card._money(420)}"
        self.assertEqual(shown["next_step"], words)
        self.assertEqual(shown["reason_now"], "promised")
        self.assertNotIn("leaves", shown["reason_text"])

    def test_a_plan_proposed_waits_for_its_signature(self):
        debt = self.invoice(MONDAY - timedelta(days=5))
        self.night(MONDAY)
        with self.at(MONDAY):
            rows = [Instalment(MONDAY + timedelta(days=30), Decimal(1000))]
            self.env["recouvrement.plan"]._make(self.card(), debt, rows).action_propose()
        self.assertEqual(self.opened()["next_step"], "Plan proposed: wait for the signature")

    def test_an_answer_that_was_read_gives_its_turn_to_what_follows(self):
        self.invoice(MONDAY - timedelta(days=5))
        self.night(MONDAY)
        self.card().reply_pending = True
        self.assertEqual(self.opened()["next_step"], "Read the answer")
        self.card().action_reply_seen()
        self.assertEqual(self.opened()["next_step"], "Reminder 1 (E-mail)")

    def test_a_payment_of_the_day_leaves_nothing_to_do(self):
        debt = self.invoice(MONDAY - timedelta(days=5))
        self.night(MONDAY)
        self.pay(debt, on=MONDAY)
        shown = self.opened()
        self.assertEqual((shown["reason_now"], shown["overdue_now"]), ("nothing_open", 0))
        self.assertEqual(shown["next_step"], "Nothing: all is paid")

    def test_what_it_owes_is_of_now_not_of_the_last_night(self):
        self.invoice(MONDAY - 20 * DAY, 900)
        self.night(MONDAY)
        self.invoice(MONDAY - 30 * DAY, 500)
        self.invoice(MONDAY + 30 * DAY, 300)
        self.on_account(100, MONDAY)
        names = ["overdue_now", "open_now", "credit_now", "oldest_due_now"]
        with self.at(MONDAY):
            shown = self.card().with_user(self.collector).with_company(self.company).read(names)[0]
        self.assertEqual([shown[name] for name in names], [1300, 1600, 100, MONDAY - 30 * DAY])

    def test_a_call_to_make_is_a_call_before_and_after_it_enters_the_agenda(self):
        self.first.channel_ids.write({"channel": "call", "template_id": False})
        self.reminded()
        self.assertEqual(self.opened()["next_step"], "Make the call")
        self.dispatch(MONDAY)
        shown = self.opened()
        self.assertEqual(shown["next_step"], "Make the call")
        self.assertNotIn("sending hours", shown["reason_text"])
        self.assertIn("Log a call", shown["reason_text"])

    def test_a_letter_to_approve_is_read_again(self):
        self.first.requires_approval = True
        self.invoice(MONDAY - timedelta(days=5))
        self.night(MONDAY)
        self.assertEqual(self.opened()["next_step"], "Read the letter again")

    def test_the_delay_of_a_level_says_its_day_also_on_a_sunday(self):
        self.invoice(MONDAY - DAY)
        self.night(MONDAY)
        for on in (MONDAY - DAY, MONDAY):
            with self.subTest(on=on):
                shown = self.opened(on)
                self.assertNotEqual(shown["reason_now"], "not_sending_day")
        self.assertEqual(self.opened()["next_step"], f"Reminder 1 on {self.card()._day(MONDAY + 2 * DAY)}")
        self.assertEqual(self.opened()["next_on"], MONDAY + 2 * DAY)

    def test_a_company_that_is_not_active_says_so(self):
        self.invoice(MONDAY - timedelta(days=5))
        self.night(MONDAY)
        self.company._recouvrement_deactivate()
        self.assertEqual(self.opened()["next_step"], "Have a manager activate collection")
        self.assertIn("not activated", self.opened()["reason_text"])
        debtors = self.env["recouvrement.debtor"].with_company(self.company)
        self.assertIn("not activated", debtors.get_empty_list_help("<p>Nothing left to do today</p>"))
        self.company.recouvrement_active = True
        self.assertIn("Nothing left", debtors.get_empty_list_help("<p>Nothing left to do today</p>"))

    def test_what_comes_next_costs_as_much_whatever_the_number_of_invoices(self):
        counts = []
        for _more in range(2):
            for number in range(10):
                self.invoice(MONDAY - timedelta(days=5 + number), 100 + number)
            self.night(MONDAY)
            self.opened()  # warm
            card = self.card().with_user(self.collector).with_company(self.company)
            self.env.invalidate_all()
            with self.at(MONDAY):
                before = self.env.cr.sql_log_count
                card.read(["next_step", "reason_text", "overdue_now"])
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
        self.assertLessEqual(counts[1], MOST_STATEMENTS, counts)

    def test_a_call_screen_says_one_amount_net_and_live(self):
        self.first.channel_ids.write({"channel": "call", "template_id": False})
        debt, reminder = self.reminded()
        self.dispatch(MONDAY)
        credit = self.invoice(MONDAY - DAY, 250, move_type="out_refund")
        self.assertTrue(credit.amount_residual)
        with self.at(MONDAY):
            card = self.card()
            action = card.action_log_call()
            dialog = self.env[action["res_model"]].with_context(**action["context"]).create({})
            self.assertEqual(dialog.dispatch_id, reminder.dispatch_ids)
            self.assertEqual(dialog.amount, debt.amount_residual - 250)
            self.assertEqual(dialog.amount, card.overdue_now)
            self.assertRegex(dialog.script, r"\D750[.,]00")
            self.assertNotIn(reminder.figures["amount"], dialog.script)

    def test_a_promise_proposes_the_amount_of_the_card_net_of_credits(self):
        old, new = self.invoice(MONDAY - 20 * DAY, 900), self.invoice(MONDAY - 5 * DAY, 500)
        self.invoice(MONDAY - DAY, 250, move_type="out_refund")
        self.night(MONDAY)
        with self.at(MONDAY):
            card = self.card()
            dialogs = self.env["recouvrement.promise.wizard"]
            for moves, proposed in ((old | new, 1150), (old, 650), (new, 500)):
                dialog = dialogs.new({"debtor_id": card.id, "move_ids": [Command.set(moves.ids)]})
                self.assertAlmostEqual(dialog.amount, proposed, 2, moves.mapped("name"))
            self.assertEqual(card.overdue_now, 1150)
