from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestDebtorCard(RecouvrementCommon):
    """What the card of a debtor says, and the timeline beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._somebody("card_collector")

    def opened(self, partner=None):
        """The card as the collector opens it."""
        card = self.env["recouvrement.debtor"]._card(self.company, partner or self.debtor_partner)
        self.env.invalidate_all()
        return card.with_user(self.collector).with_company(self.company)

    def facts(self, rows):
        return {row["label"]: row["value"] for row in rows}

    def test_card_of_a_debtor_without_anything(self):
        with self.at(MONDAY):
            card = self.opened()
            self.assertTrue(card.ageing["is_empty"])
            self.assertEqual([bucket["share"] for bucket in card.ageing["buckets"]], [0] * 5)
            self.assertEqual(self.facts(card.payer_profile)["Last payment"], "None yet")
            self.assertFalse(card.risks)
            self.assertEqual(card.contacts[0]["email"], "compta@durand.example")
            self.assertEqual(card.get_timeline()["rows"], [])

    def test_ageing_has_each_item_in_one_bucket_and_credits_apart(self):
        owed = ((-5, 10), (0, 20), (1, 100), (30, 100), (31, 300), (60, 300), (61, 500), (90, 1), (91, 700))
        for days, amount in owed:
            self.invoice(MONDAY - timedelta(days=days), amount)
        self.invoice(MONDAY, 50, move_type="out_refund")
        with self.at(MONDAY):
            card = self.opened()
            ageing = card.ageing
        amounts = [bucket["amount"] for bucket in ageing["buckets"]]
        self.assertEqual(amounts, [card._money(amount) for amount in (30, 200, 600, 501, 700)])
        self.assertEqual((ageing["credits"], ageing["total"]), (card._money(-50), card._money(1981)))
        self.assertAlmostEqual(sum(bucket["share"] for bucket in ageing["buckets"]), 100, delta=0.1)
        self.assertIn("Over 90 days", ageing["text"])

    def test_open_items_are_those_of_the_card_opening_balances_and_credits_included(self):
        self.invoice(MONDAY - timedelta(days=5), 100)
        self.invoice(MONDAY + timedelta(days=5), 30)
        self.invoice(MONDAY, 50, move_type="out_refund")
        self.invoice(MONDAY, 7, partner=self._partner("Another"))
        receivable = self.debtor_partner.property_account_receivable_id
        opening = {"account_id": receivable.id, "partner_id": self.debtor_partner.id, "debit": 400}
        others = {"account_id": self.company_data["default_account_revenue"].id, "credit": 400}
        entry = {"date": MONDAY - timedelta(days=90), "line_ids": [Command.create(opening), Command.create(others)]}
        self.env["account.move"].create({"move_type": "entry", **entry}).action_post()
        with self.at(MONDAY):
            card = self.opened()
            action = card.action_open_items()
            items = self.env["account.move.line"].with_user(self.collector).search(action["domain"])
            self.assertEqual(sorted(items.mapped("amount_residual")), [-50, 30, 100, 400])
            self.assertEqual(card._money(sum(items.mapped("amount_residual"))), card.ageing["total"])

    def test_payer_profile_weighs_lateness_by_amount_and_knows_cash_from_write_off(self):
        late = self.invoice(MONDAY - timedelta(days=50), 400) | self.invoice(MONDAY - timedelta(days=50), 500)
        on_time = self.invoice(MONDAY - timedelta(days=40), 100)
        given_up = self.invoice(MONDAY - timedelta(days=60), 400)
        old = self.invoice(MONDAY - timedelta(days=500), 5000)
        for one in late:
            self.pay(one, on=MONDAY - timedelta(days=30))
        with self.at(MONDAY):
            facts = self.facts(self.opened().payer_profile)
        self.assertFalse({"Paid on time", "Days late, on average"} & facts.keys(), "Two payments say nothing.")
        self.pay(on_time, on=MONDAY - timedelta(days=41))
        self.pay(old, on=MONDAY - timedelta(days=400))
        self.write_off(given_up)
        with self.at(MONDAY):
            card = self.opened()
            facts = self.facts(card.payer_profile)
        self.assertEqual(facts["Days late, on average"], "18 days")  # 900 late by 20 days, 100 before its date
        self.assertEqual(facts["Paid on time"], "10\u00a0%")
        self.assertIn(card._money(500), facts["Last payment"])
        self.assertEqual(facts["Turnover, 12 months"], card._money(1400))

    def write_off(self, invoice):
        """An entry that gives an invoice up, without any money."""
        account = self.company_data["default_account_expense"]
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": MONDAY - timedelta(days=10),
                "line_ids": [
                    Command.create({"account_id": account.id, "debit": invoice.amount_residual}),
                    Command.create(
                        {
                            "account_id": receivable.account_id.id,
                            "partner_id": invoice.partner_id.id,
                            "credit": invoice.amount_residual,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        (receivable | entry.line_ids.filtered(lambda line: line.account_id == receivable.account_id)).reconcile()

    def test_risks_are_shown_the_worst_first(self):
        self.invoice(MONDAY - timedelta(days=5 * 365), 300)
        disputed = self.invoice(MONDAY - timedelta(days=20), 200)
        self.night(MONDAY)
        with self.at(MONDAY):
            self.env["recouvrement.dispute"].sudo().create(
                {
                    "company_id": self.company.id,
                    "debtor_id": self.card().id,
                    "move_ids": [Command.set(disputed.ids)],
                    "reason_id": self.env["recouvrement.dispute.reason"].search([], limit=1).id,
                    "amount": 200,
                }
            )
            risks = self.opened().risks
        self.assertEqual(risks[-1]["tone"], "warning")
        labels = [risk["label"] for risk in risks]
        self.assertTrue(labels[-1].startswith("Disputed"), labels)
        self.assertIn("Limitation", labels[:-1])
        self.assertIn("Oldest debt", labels[:-1])

    def test_reason_says_what_to_do(self):
        self.invoice(MONDAY - timedelta(days=5))
        self.night(MONDAY)
        with self.at(MONDAY):
            text = self.opened().reason_text
        self.assertRegex(text, r"^One instalment overdue, by 5 days\.")
        self.assertIn("unless a payment comes first", text)

    def test_timeline_tells_everything_newest_first_by_page_and_by_kind(self):
        first = self.invoice(MONDAY - timedelta(days=10), 100)
        self.invoice(MONDAY - timedelta(days=5), 200)
        self.night(MONDAY)
        reminder = self.reminders()
        with self.at(MONDAY):
            dispatch = (
                self.env["recouvrement.dispatch"]
                .sudo()
                .create(
                    {
                        "reminder_id": reminder.id,
                        "company_id": self.company.id,
                        "channel": "email",
                        "state": "bounced",
                        "failure": "no such user",
                        "address": "compta@durand.example",
                        "addressee_id": reminder.addressee_id.id,
                        "handed_over_on": "2026-03-02 09:00:00",
                    }
                )
            )
        self.pay(first, on=MONDAY + timedelta(days=1))
        with self.at(MONDAY + timedelta(days=2)):
            self.card().message_post(body="He called: the cheque is lost", message_type="comment")
            page = self.opened().get_timeline()
            kinds = [row["kind"] for row in page["rows"]]
            self.assertEqual(kinds[:3], ["message", "payment", "reminder"])
            self.assertEqual(kinds.count("invoice"), 2)
            self.assertFalse(page["more"])
            sent = next(row for row in page["rows"] if row["kind"] == "reminder")
            self.assertEqual(sent["tone"], "danger")
            self.assertIn("no such user", sent["detail"])
            self.assertEqual((sent["res_model"], sent["res_id"]), ("recouvrement.reminder", dispatch.reminder_id.id))
            payments = self.opened().get_timeline(group="payment")["rows"]
            self.assertEqual([row["title"] for row in payments], ["Payment received"])
            self.assertEqual(payments[0]["amount"], self.card()._money(100))

    def test_the_timeline_tells_money_not_what_its_exchange_rate_made(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        for day, rate in ((40, 1.25), (0, 1.6)):
            values = {"currency_id": dollar.id, "company_id": self.company.id, "rate": rate}
            self.env["res.currency.rate"].create({**values, "name": MONDAY - timedelta(days=day)})
        debt = self.invoice(MONDAY - timedelta(days=10), 100, currency_id=dollar.id)
        with self.at(MONDAY):
            self.pay(debt, on=MONDAY)
            self.assertTrue(debt.line_ids.matched_credit_ids.exchange_move_id)
            payments = self.opened().get_timeline(group="payment")["rows"]
            self.assertEqual([row["title"] for row in payments], ["Payment received"])

    def test_timeline_is_paged_without_a_gap_nor_a_double(self):
        for number in range(35):
            self.invoice(MONDAY - timedelta(days=number % 3), 10 + number)
        with self.at(MONDAY):
            card = self.opened()
            first = card.get_timeline()
            second = card.get_timeline(before=first["rows"][-1]["key"])
        self.assertEqual((len(first["rows"]), first["more"], second["more"]), (30, True, False))
        seen = [row["res_id"] for row in first["rows"] + second["rows"]]
        self.assertEqual((len(seen), len(set(seen))), (35, 35))

    def test_card_opens_in_a_number_of_queries_that_invoices_do_not_change(self):
        names = ("ageing", "payer_profile", "contacts", "risks", "reason_text")
        with self.at(MONDAY):
            self.invoice(MONDAY - timedelta(days=5))
            counts = []
            for _more in range(2):
                card = self.opened()
                card.read(names)  # warm
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                card.read(names)
                card.get_timeline()
                counts.append(self.env.cr.sql_log_count - before)
                for number in range(12):
                    self.invoice(MONDAY - timedelta(days=number), 10)
        self.assertLessEqual(counts[1], counts[0] + 3)

    def test_card_and_its_timeline_are_closed_to_strangers(self):
        card = self.opened()
        stranger = new_test_user(self.env, "card_stranger", groups="base.group_user")
        with self.assertRaises(AccessError):
            card.with_user(stranger).get_timeline()
        elsewhere = self.setup_other_company(name="Elsewhere")["company"]
        colleague = new_test_user(
            self.env,
            "card_elsewhere",
            groups="base.group_user,recouvrement_fr.group_recouvrement_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        with self.assertRaises(AccessError):
            card.with_user(colleague).with_company(elsewhere).get_timeline()

    def test_confidential_documents_stay_out_of_a_collectors_timeline(self):
        card = self.opened()
        documents = self.env["recouvrement.document"].sudo()
        kept = {"debtor_id": card.id, "kind": "mandat_ad_hoc", "judgment_on": "2026-01-05"}
        proceedings = self.env["recouvrement.insolvency"].sudo().create(kept)
        for confidential in (False, True):
            documents.create(
                {
                    "template": "recouvrement_fr.document_protocol",
                    "title": "Secret" if confidential else "Public",
                    "debtor_id": card.id,
                    "company_id": self.company.id,
                    "date": MONDAY,
                    "res_model": proceedings._name if confidential else False,
                    "res_id": proceedings.id if confidential else False,
                    "frozen_on": "2026-03-02 10:00:00",
                }
            )
        with self.at(MONDAY):
            titles = [row["title"] for row in card.get_timeline(group="legal")["rows"]]
        self.assertEqual(len(titles), 1, titles)
        self.assertIn("Public", titles[0])
