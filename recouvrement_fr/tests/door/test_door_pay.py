import json

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .door_common import DoorCommon


@tagged("post_install", "-at_install")
class TestDoorPay(DoorCommon):
    """From the page to the bank: core's own form, with a provider that only pretends."""

    def setUp(self):
        super().setUp()
        self.provider = self.provide()
        if not self.provider:
            self.skipTest("payment_demo is not installed")
        self.method = self.provider.payment_method_ids

    def begin(self, path, amount, **sent):
        """The transaction as core's form begins it."""
        params = {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "token_id": None,
            "amount": amount,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "https://elsewhere.example",
            "is_validation": False,
            **sent,
        }
        self.env.flush_all()
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        headers = {"Content-Type": "application/json"}
        answer = self.url_open(f"/rc/{self.token}/transaction?{path}", data=body, headers=headers)
        self.env.invalidate_all()
        return answer.json()

    def pay_online(self, path, amount, state="done", **sent):
        values = self.begin(path, amount, **sent)["result"]
        transaction = self.env["payment.transaction"].search([("reference", "=", values["reference"])])
        transaction._process("demo", {"reference": values["reference"], "simulated_state": state})
        return transaction

    def test_the_form_offers_what_is_published(self):
        invoice = self.late()
        page = self.get(f"/pay?m={invoice.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn('id="o_payment_form"', page.text)
        self.assertIn(f"/rc/{self.token}/transaction?m={invoice.id}", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")

    def test_all_is_paid_and_reconciled(self):
        first, second = self.late(), self.late(250.5, days=2)
        transaction = self.pay_online("m=all", 1250.5)
        self.assertEqual(transaction.invoice_ids, first | second)
        self.assertEqual(transaction.landing_route, f"/rc/{self.token}?done=payment")
        transaction._post_process()
        self.assertEqual((first | second).mapped("amount_residual"), [0, 0])
        self.assertTrue(transaction.payment_id.is_reconciled)
        event = self.events()
        self.assertEqual((event.kind, event.amount), ("payment", 1250.5))
        self.assertEqual(event.access_id, transaction.door_access_id)
        transaction._post_process()
        self.assertEqual(len(self.events()), 1)
        entry = transaction.payment_id.move_id
        receipt = self.post(f"/receipt/{entry.id}")
        self.assertEqual((receipt.status_code, receipt.headers["Content-Type"]), (200, "application/pdf"))
        self.assertIn("attachment", receipt.headers["Content-Disposition"])
        self.post(f"/receipt/{entry.id}")
        documents = self.env["recouvrement.document"].search([("debtor_id", "=", self.debtor.id)])
        self.assertEqual((len(documents), documents.state), (1, "frozen"))
        self.assertIn("1 250,50", str(documents.body).replace("&nbsp;", " "))
        other = self.env["recouvrement.debtor"]._card(self.company, self._partner("Another debtor"))
        self.assertEqual(self.post(f"/receipt/{entry.id}", token=self.link(other)).status_code, 404)
        self.assertNotIn('id="invoices"', self.get("?done=payment").text)

    def test_credits_are_deducted_from_all_that_is_left(self):
        self.late()
        self.late(60, move_type="out_refund")
        page = self.get("/pay?m=all")
        self.assertIn('data-amount="940.0"', page.text)

    def test_what_is_late_or_chosen_is_paid(self):
        late, coming = self.late(), self.invoice(self.today.replace(year=self.today.year + 1), 300)
        self.pay_online("m=late", 1000)._post_process()
        self.assertEqual((late.amount_residual, coming.amount_residual), (0, 300))
        self.pay_online(f"m={coming.id}", 300)._post_process()
        self.assertEqual(coming.amount_residual, 0)

    def test_another_amount_pays_a_part(self):
        invoice = self.late()
        self.pay_online(f"m={invoice.id}", 400)._post_process()
        self.assertEqual(invoice.amount_residual, 600)

    def test_more_than_is_owed_is_not_taken(self):
        invoice = self.late()
        with mute_logger("odoo.http"):
            for amount in (1000.01, 0, -5, "many", None, True, 1e300):
                with self.subTest(amount=amount):
                    self.assertIn("error", self.begin(f"m={invoice.id}", amount))
        self.assertEqual(self.get(f"/pay?m={invoice.id}&amount=1000,01").status_code, 422)
        self.assertFalse(invoice.transaction_ids)

    def test_a_provider_or_a_method_that_was_not_offered_is_refused(self):
        invoice = self.late()
        other = self.provider.sudo().copy({"company_id": self.env["res.company"].create({"name": "Other"}).id})
        wrong = [
            *({"provider_id": other.id}, {"provider_id": 0}, {"provider_id": "1"}, {"payment_method_id": 999999}),
            *({"flow": "offline"}, {"flow": "token", "token_id": 1}, {"flow": None}, {"provider_id": [1]}),
        ]
        with mute_logger("odoo.http"):
            for values in wrong:
                with self.subTest(values=values):
                    self.assertIn("error", self.begin(f"m={invoice.id}", 1000, **values))
        self.assertFalse(invoice.transaction_ids)

    def test_a_link_alone_never_charges_a_kept_card(self):
        invoice = self.late()
        token = self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "partner_id": self.debtor_partner.id,
                "provider_ref": "kept",
                "demo_simulated_state": "done",
                "payment_details": "4242",
            }
        )
        self.assertNotIn('data-payment-option-type="token"', self.get(f"/pay?m={invoice.id}").text)
        with mute_logger("odoo.http"):
            self.assertIn("error", self.begin(f"m={invoice.id}", 1000, flow="token", token_id=token.id))
        self.assertFalse(invoice.transaction_ids)

    def test_invoices_of_another_debtor_are_not_paid_here(self):
        self.late()
        theirs = self.late(partner=self._partner("Another debtor"))
        with mute_logger("odoo.http"):
            self.assertIn("error", self.begin(f"m={theirs.id}", 1000))
        self.assertFalse(theirs.transaction_ids)

    def test_the_same_payment_begun_again_is_the_one_that_was_begun(self):
        invoice = self.late()
        first, second = (self.begin(f"m={invoice.id}", 1000)["result"]["reference"] for _click in range(2))
        self.assertEqual(first, second)
        self.assertNotEqual(self.begin(f"m={invoice.id}", 400)["result"]["reference"], first)
        self.assertEqual(len(invoice.transaction_ids), 2)

    def test_what_is_on_its_way_is_not_asked_again(self):
        invoice = self.late()
        self.pay_online(f"m={invoice.id}", 600, state="pending")
        self.assertIn('data-amount="400.0"', self.get(f"/pay?m={invoice.id}").text)
        with mute_logger("odoo.http"):
            self.assertIn("error", self.begin(f"m={invoice.id}", 400.01))
        self.pay_online(f"m={invoice.id}", 400, state="pending")
        self.assertEqual(self.get(f"/pay?m={invoice.id}").status_code, 422)

    def test_a_payment_seen_cancels_what_was_planned_and_holds(self):
        invoice = self.late()
        self.policy.sending_weekdays = "all"
        self.night(self.today)
        reminder = self.reminders()
        self.assertEqual(reminder.state, "planned")
        transaction = self.pay_online(f"m={invoice.id}", 1000, state="pending")
        self.assertEqual((transaction.state, reminder.state), ("pending", "cancelled"))
        self.night(self.today)
        self.assertEqual(self.debtor.reason, "payment_pending")
        self.assertFalse(self.reminders().filtered(lambda one: one.state != "cancelled"))

    def test_a_payment_that_fails_changes_nothing(self):
        invoice = self.late()
        transaction = self.pay_online(f"m={invoice.id}", 1000, state="cancel")
        transaction._post_process()
        self.assertEqual(invoice.amount_residual, 1000)
        self.assertFalse(self.events())

    def test_paying_during_a_promise_keeps_it(self):
        invoice = self.late()
        self.act("promise", {"day": self.day(3)})
        self.pay_online(f"m={invoice.id}", 1000)._post_process()
        promise = self.debtor.promise_ids
        self.env["recouvrement.promise"]._follow_up(self.today)
        self.assertEqual(promise.state, "kept")

    def test_penalties_are_paid_with_the_rest(self):
        """What goes beyond the principal pays the debit note of the penalties as soon as it is posted."""
        invoice = self.late(days=20)
        rates = self.env["recouvrement.rate"].sudo()
        half_year = self.today.replace(month=1 if self.today.month < 7 else 7, day=1)
        if not rates.search([("date_from", "=", half_year)]):
            rates.create({"date_from": half_year, "ecb_rate": 2.15, "source": "Test"})
        rates.search([]).write({"verified": True})
        self.debtor.sudo().write({"debtor_type": "professional", "type_confirmed": True})
        self.policy.write({"sending_weekdays": "all"})
        self.first.write({"accessories": "claimed", "tone": "firm"})
        self.night(self.today)
        reminder = self.reminders().sudo()
        self.assertEqual(len(reminder), 1, self.debtor.reason)
        reminder._prepare(self.today)
        self.assertFalse(reminder.error)
        reminder._mark_sent(self.today)
        rows = self.env["recouvrement.accessory"].search([("debtor_id", "=", self.debtor.id)])
        claimed = sum(rows.mapped("amount_left"))
        self.assertEqual(set(rows.mapped("state")), {"claimed"})
        self.assertIn('id="penalties"', self.get().text)
        total = invoice.currency_id.round(1000 + claimed)
        self.pay_online(f"m={invoice.id}&penalties=1", total)._post_process()
        self.assertEqual(invoice.amount_residual, 0)
        rows.action_book()
        rows.penalty_move_id.action_post()
        self.assertEqual(set(rows.mapped("state")), {"paid"})
        self.assertNotIn('id="penalties"', self.get().text)

    def test_no_payment_is_offered_where_no_provider_is_published(self):
        self.late()
        self.assertIn("/pay", self.get().text)
        self.provider.is_published = False
        self.assertNotIn("/pay", self.get().text)

    def test_paying_may_be_closed(self):
        invoice = self.late()
        self.policy.door_pay = False
        self.assertNotIn("/pay", self.get().text)
        self.assertEqual(self.get(f"/pay?m={invoice.id}").status_code, 422)
        with mute_logger("odoo.http"):
            self.assertIn("error", self.begin(f"m={invoice.id}", 1000))

    def test_whoever_is_logged_in_pays_too(self):
        invoice = self.late()
        user = new_test_user(self.env, "pay_portal", "base.group_portal")
        user.partner_id.parent_id = self.debtor_partner
        self.authenticate("pay_portal", "pay_portal")
        page = self.url_open(f"/my/collection/{self.company.id}/pay?m={invoice.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn(f"/my/collection/{self.company.id}/transaction", page.text)

    def test_the_transfer_code_says_the_whole_transfer(self):
        """EPC069-12: the account, the amount and the reference that the bank line will carry."""
        invoice = self.late(1234.5)
        bank = self.company.partner_id.bank_ids[:1]
        text = self.env["recouvrement.letter"]._transfer_text(bank, 1234.5, invoice.name, self.company)
        lines = text.split("\n")
        self.assertEqual(lines[0], "BCD")
        self.assertEqual(lines[3], "SCT")
        self.assertEqual(lines[6], "FR7630006000011234567890189")
        self.assertEqual(lines[7], "EUR1234.5")
        self.assertIn(invoice.name, text)
        self.assertIn("data:image/png;base64,", self.get().text)
