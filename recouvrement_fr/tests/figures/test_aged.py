import io
from collections import defaultdict
from decimal import Decimal
from unittest.mock import patch

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import format_date

from ...ledger import aged
from ...wizards.figures import recouvrement_aged
from ..common import MONDAY
from .ledger_common import CLOSING, DAY, LedgerCommon

AMOUNTS = ("not_due", "to_30", "to_60", "to_90", "over_90", "credits", "total")


@tagged("post_install", "-at_install")
class TestAged(LedgerCommon):
    """What was owed at the end of a day, whatever was booked since, equals the ledger to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector, cls.colleague = (
            new_test_user(
                cls.env,
                f"aged_{name}",
                "recouvrement_fr.group_recouvrement_user",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for name in ("collector", "colleague")
        )

    def balance(self, on, **values):
        """The aged balance of that day as a collector asks for it, taken down."""
        dialog = self.env["recouvrement.aged"].with_user(self.collector).with_context(lang="en_US")
        dialog = dialog.create({"date": on, "company_id": self.company.id, **values})
        dialog.action_show()
        return dialog

    def owed(self, on, partner=None):
        """{column: amount}, zeros left out, of a debtor at the end of that day."""
        lines = self.balance(on).line_ids.filtered(lambda line: line.partner_id == (partner or self.debtor_partner))
        return {name: lines[name] for name in AMOUNTS if lines and lines[name]}

    def ledger(self, on):
        """{commercial partner: balance} of the receivable accounts at the end of that day, less what was reconciled by
        then, entry by entry."""
        found = defaultdict(Decimal)
        items = self.env["account.move.line"].search(
            [
                ("account_id", "in", self.company._recouvrement_accounts()),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
                ("date", "<=", on),
            ]
        )
        for item in items:
            left = Decimal(str(item.balance))
            for part in item.matched_credit_ids.filtered(lambda part: part.max_date <= on):
                left -= Decimal(str(part.amount))
            for part in item.matched_debit_ids.filtered(lambda part: part.max_date <= on):
                left += Decimal(str(part.amount))
            found[item.partner_id.commercial_partner_id] += left
        return {partner: round(amount, 2) for partner, amount in found.items() if round(amount, 2)}, items

    def assert_ledger(self, on):
        expected, items = self.ledger(on)
        lines = self.balance(on).line_ids
        shown = {line.partner_id: round(Decimal(str(line.total)), 2) for line in lines}
        self.assertEqual({partner: total for partner, total in shown.items() if total}, expected, on)
        self.assertEqual(sum(shown.values()), round(Decimal(str(sum(items.mapped("balance")))), 2), on)
        for line in lines:
            self.assertAlmostEqual(sum(line[name] for name in AMOUNTS[:-1]), line.total, 2)

    def test_each_debt_stands_in_the_band_of_its_age(self):
        for late, amount in ((-1, 1), (0, 2), (1, 10), (30, 20), (31, 100), (60, 200), (61, 1000), (90, 2000)):
            self.invoice(CLOSING - late * DAY, amount, invoice_date=CLOSING - 120 * DAY)
        self.invoice(CLOSING - 91 * DAY, 30000)
        self.assertEqual(
            self.owed(CLOSING),
            {"not_due": 3, "to_30": 30, "to_60": 300, "to_90": 3000, "over_90": 30000, "total": 33333},
        )

    def test_what_was_paid_later_was_still_owed(self):
        debt = self.invoice(CLOSING - 10 * DAY, 1000)
        self.pay(debt, 400, on=CLOSING)
        self.pay(debt, 250, on=CLOSING + DAY)
        self.pay(debt, 350, on=CLOSING + 40 * DAY)
        self.assertEqual(debt.amount_residual, 0)
        self.assertEqual(self.owed(CLOSING - DAY), {"to_30": 1000, "total": 1000})
        self.assertEqual(self.owed(CLOSING), {"to_30": 600, "total": 600}, "A payment of the day is of the day.")
        self.assertEqual(self.owed(CLOSING + DAY), {"to_30": 350, "total": 350})
        self.assertEqual(self.owed(CLOSING + 39 * DAY), {"to_60": 350, "total": 350})
        self.assertEqual(self.owed(CLOSING + 40 * DAY), {})

    def test_what_was_invoiced_later_was_not_owed(self):
        self.invoice(CLOSING + 30 * DAY, 1000, invoice_date=CLOSING + DAY)
        self.invoice(CLOSING - DAY, 500, post=False)
        self.assertEqual(self.owed(CLOSING), {})
        self.assertEqual(self.owed(CLOSING + DAY), {"not_due": 1000, "total": 1000})

    def test_credits_stand_apart_until_they_are_set_against_a_debt(self):
        debt = self.invoice(CLOSING - 40 * DAY, 1000)
        credit = self.invoice(CLOSING - 5 * DAY, 300, move_type="out_refund", invoice_date=CLOSING - 5 * DAY)
        self.assertEqual(self.owed(CLOSING), {"to_60": 1000, "credits": -300, "total": 700})
        (debt + credit).line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable").reconcile()
        self.assertEqual(self.owed(CLOSING), {"to_60": 700, "total": 700}, "Reconciled as of the later entry.")
        self.assertEqual(self.owed(CLOSING - 6 * DAY), {"to_60": 1000, "total": 1000})

    def test_a_payment_on_account_is_a_credit_until_used(self):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor_partner.id,
                "amount": 400,
                "date": CLOSING - 20 * DAY,
            }
        )
        payment.action_post()
        debt = self.invoice(CLOSING + 30 * DAY, 1000, invoice_date=CLOSING + DAY)
        (debt.line_ids + payment.move_id.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(debt.amount_residual, 600)
        self.assertEqual(self.owed(CLOSING), {"credits": -400, "total": -400})
        self.assertEqual(self.owed(CLOSING + DAY), {"not_due": 600, "total": 600})

    def test_every_day_equals_the_ledger_whatever_was_booked(self):
        first = MONDAY - 30 * DAY
        self.pay(self.books(), 100, on=MONDAY + 35 * DAY)
        self.assertTrue(self.env["account.partial.reconcile"].search([("exchange_move_id", "!=", False)], limit=1))
        contact = self.env["res.partner"].create({"name": "Agence", "parent_id": self.other_partner.id})
        self.invoice(MONDAY + 3 * DAY, 12.34, partner=contact)
        account = self.company_data["default_account_receivable"]
        self.env["account.move"].create(
            {
                "date": MONDAY + 2 * DAY,
                "line_ids": [
                    Command.create({"account_id": account.id, "debit": 55.5}),  # of nobody
                    Command.create({"account_id": account.id, "credit": 5.5, "partner_id": contact.id}),
                    Command.create({"account_id": self.company_data["default_account_revenue"].id, "credit": 50}),
                ],
            }
        ).action_post()
        for days in range(0, 75, 5):
            self.assert_ledger(first + days * DAY)
        lines = self.balance(CLOSING).line_ids
        self.assertEqual(len(lines), 3, "The contact's are those of its company; what has no partner has its row.")
        self.assertEqual(lines.filtered(lambda line: not line.partner_id).total, 55.5)

    def test_today_it_is_the_ageing_of_the_card(self):
        for late, amount in ((-3, 5), (12, 70), (200, 900)):
            self.invoice(MONDAY - late * DAY, amount, invoice_date=MONDAY - 210 * DAY)
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        with self.at(MONDAY):
            shown = {bucket["code"]: bucket["amount"] for bucket in card.ageing["buckets"]}
            line = self.balance(MONDAY).line_ids
        self.assertEqual({name: card._money(line[name]) for name in aged.BANDS}, shown)
        self.assertEqual(line.debtor_id, card)

    def test_a_collector_may_ask_for_the_debtors_of_one(self):
        self.invoice(MONDAY, 1000)
        self.invoice(MONDAY, 500, partner=self.other_partner)
        card = self.env["recouvrement.debtor"]._card(self.company, self.other_partner).sudo()
        card.collector_id = self.colleague
        lines = self.balance(CLOSING, collector_id=self.colleague.id).line_ids
        self.assertEqual((lines.partner_id, lines.total), (self.other_partner, 500))
        self.assertEqual(len(self.balance(CLOSING).line_ids), 2)

    def test_a_balance_stays_as_it_was_taken_down(self):
        debt = self.invoice(MONDAY, 1000)
        balance = self.balance(CLOSING)
        self.pay(debt, on=CLOSING)
        self.assertEqual(balance.line_ids.total, 1000)
        balance.action_show()
        self.assertFalse(balance.line_ids)

    def test_a_debtor_opens_the_items_of_that_day(self):
        paid, later = self.invoice(MONDAY, 1000), self.invoice(CLOSING + 40 * DAY, 70, invoice_date=CLOSING + DAY)
        self.pay(paid, 400, on=CLOSING - DAY)
        self.pay(paid, 600, on=CLOSING + DAY)
        action = self.balance(CLOSING).line_ids.action_open_items()
        items = self.env["account.move.line"].with_user(self.collector).with_context(**action["context"])
        items = items.search(action["domain"])
        self.assertEqual(items.move_id, paid)
        self.assertEqual((items.recouvrement_left_then, items.recouvrement_late_then), (600, 29))
        self.assertEqual(items.amount_residual, 0)
        self.assertEqual(items.with_context(recouvrement_aged_on="2026-03-15").recouvrement_left_then, 1000)
        self.assertNotIn(later, items.move_id)

    def opened(self, action):
        file = self.env["ir.attachment"].browse(int(action["url"].split("/")[-1].split("?")[0]))
        return file.with_user(self.collector)

    def test_the_spreadsheet_has_every_debtor_then_the_total(self):
        self.invoice(CLOSING - DAY, 1000.25)
        self.invoice(CLOSING - 91 * DAY, 500.5, partner=self.other_partner)
        file = self.opened(self.balance(CLOSING).action_xlsx())
        rows = [tuple(cell.value for cell in row) for row in load_workbook(io.BytesIO(file.raw)).active]
        self.assertEqual([row[0] for row in rows], ["Debtor", "Menuiserie Durand", "Peinture Martin", "Total"])
        self.assertEqual(rows[-1][1:], (0, 1000.25, 0, 0, 500.5, 0, 1500.75))

    def test_the_paper_says_the_day_and_the_total_of_all(self):
        self.invoice(CLOSING - DAY, 1000.25)
        self.invoice(CLOSING - DAY, 300, partner=self._partner("Third"))
        self.invoice(CLOSING - 91 * DAY, 500.5, partner=self.other_partner)
        balance = self.balance(CLOSING)
        with (
            patch.object(recouvrement_aged, "MOST_PRINTED", 1),
            patch.object(recouvrement_aged.letter_pdf, "print_sheets", return_value=[b"%PDF-"]) as printed,
        ):
            file = self.opened(balance.action_pdf())
        [[sheet]] = printed.call_args.args
        day = format_date(balance.env, CLOSING)
        for said in (f"Aged balance at {day}", "Menuiserie Durand", "2 other debtors", "€800.50", "€1,800.75"):
            self.assertIn(said, sheet.html)
        self.assertNotIn("Third", sheet.html)
        self.assertEqual(
            (file.name, file.mimetype), (f"Aged balance at {day.replace('/', '-')}.pdf", "application/pdf")
        )

    def test_nothing_owed_is_printed_too(self):
        file = self.opened(self.balance(CLOSING).action_pdf())
        self.assertTrue(file.raw.startswith(b"%PDF-"))

    def test_one_asks_for_the_companies_one_works_in_and_reads_ones_own(self):
        self.invoice(MONDAY, 1000)
        other = self.env["res.company"].create({"name": "Other creditor"})
        dialog = self.env["recouvrement.aged"].with_user(self.collector)
        with self.assertRaises(AccessError):
            dialog.create({"date": CLOSING, "company_id": other.id}).action_show()
        lines = self.balance(CLOSING).line_ids
        self.assertTrue(lines)
        self.assertFalse(self.env["recouvrement.aged.line"].with_user(self.colleague).search([]))
        with self.assertRaises(AccessError):
            lines.with_user(self.colleague).action_open_items()
        with self.assertRaises(AccessError):
            lines.write({"total": 1})

    def test_the_balance_of_another_company_is_not_counted(self):
        other = self.setup_other_company(name="Second creditor")["company"]
        before = self.balance(CLOSING).line_ids
        self.env["account.move"].with_company(other).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.debtor_partner.id,
                "invoice_date": MONDAY,
                "invoice_line_ids": [Command.create({"name": "Pose", "price_unit": 9, "tax_ids": False})],
            }
        ).action_post()
        self.assertEqual(self.balance(CLOSING).line_ids, before)
