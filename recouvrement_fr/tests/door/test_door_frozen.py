from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from .door_common import DoorCommon


@tagged("post_install", "-at_install")
class TestDoorFrozen(DoorCommon):
    """Insolvency proceedings: what was owed before is neither paid nor promised on the page (C.com L622-7)."""

    def setUp(self):
        super().setUp()
        self.prior = self.late(1234.5)
        self.env["recouvrement.insolvency"].create(
            {"debtor_id": self.debtor.id, "kind": "redressement", "judgment_on": self.today - timedelta(days=1)}
        )

    def later(self, amount=300.0):
        """An invoice born after the judgment: it is paid when due (C.com L622-17)."""
        return self.invoice(self.today, amount, invoice_date=self.today)

    def test_a_frozen_debtor_has_nothing_to_pay_nor_to_promise(self):
        page = self.get().text
        self.assertIn(self.prior.name, page, "what is owed is still shown")
        self.assertIn('id="frozen"', page)
        self.assertIn("L622-7", page)
        for closed in ("/pay", 'id="transfer"', 'id="act-promise"', 'id="act-plan"', 'id="act-dispute"'):
            self.assertNotIn(closed, page)
        for open_ in ("paid", "message", "contact"):
            self.assertIn(f'id="act-{open_}"', page)

    def test_what_is_sent_all_the_same_is_refused_in_the_right_words(self):
        plan = {"count": 2, "first": self.day(10), "agreed": "1", "said_by": "Jean Durand"}
        for kind, form in (("promise", {"day": self.day(3)}), ("plan", plan)):
            for chosen in ({}, {"move_ids": self.prior.id}):
                with self.subTest(kind=kind, chosen=chosen):
                    answer = self.act(kind, form | chosen)
                    self.assertEqual(answer.status_code, 403)
                    self.assertIn("procédure collective a été ouverte", answer.text)
        for asked in ("all", "late", self.prior.id):
            with self.subTest(asked=asked):
                answer = self.get(f"/pay?m={asked}")
                self.assertEqual(answer.status_code, 422)
                self.assertIn("procédure collective a été ouverte", answer.text)
        self.assertFalse(self.debtor.promise_ids)
        self.assertFalse(self.debtor.plan_ids)
        self.assertFalse(self.events())

    def test_what_was_born_after_the_judgment_is_paid_and_promised(self):
        self.provide()
        later = self.later()
        page = self.get().text
        self.assertIn("300,00", page)
        self.assertIn("/pay", page)
        self.assertIn(f'value="{later.id}"', page)
        self.assertNotIn(f'value="{self.prior.id}"', page)
        self.assertEqual(self.get("/pay?m=all").status_code, 200)
        self.assertEqual(self.get(f"/pay?m={later.id}-{self.prior.id}").status_code, 422)
        self.assertEqual(self.act("promise", {"day": self.day(3)}).status_code, 303)
        self.assertEqual((self.debtor.promise_ids.move_ids, self.debtor.promise_ids.amount), (later, 300.0))

    def test_a_credit_from_before_is_not_set_off_against_what_came_after(self):
        self.late(60, move_type="out_refund")
        self.later()
        self.assertRegex(self.get("/pay?m=all").text, r'<span class="oe_currency_value">300[,.]00</span>')

    def test_a_transaction_is_not_begun_for_what_is_frozen(self):
        with mute_logger("odoo.http"):
            answer = self.url_open(
                f"/rc/{self.token}/transaction?m={self.prior.id}",
                json={"jsonrpc": "2.0", "params": {"amount": 1234.5, "provider_id": 1, "flow": "direct"}},
            )
        self.assertIn("error", answer.json())
        self.assertFalse(self.prior.transaction_ids)
