import io
from datetime import timedelta
from decimal import Decimal

from openpyxl import load_workbook

from odoo import Command
from odoo.tests import tagged

from ...rules.instalments import Instalment
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestDecimals(RecouvrementCommon):
    """An invoice in dinars, with thousandths, and one in yens, without any, are written so wherever they are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["recouvrement.rate"].search([]).write({"verified": True})
        currencies = cls.env["res.currency"].with_context(active_test=False)
        cls.dinar, cls.yen = (currencies.search([("name", "=", code)]) for code in ("TND", "JPY"))
        for currency, rate in ((cls.dinar, 3.0), (cls.yen, 160.0)):
            currency.write(
                {
                    "active": True,
                    "rate_ids": [Command.clear(), Command.create({"name": "2026-01-01", "rate": rate})],
                }
            )

    def setUp(self):
        super().setUp()
        due = MONDAY - 30 * DAY
        self.dinars = self.invoice(due, 1234.567, currency_id=self.dinar.id)
        self.yens = self.invoice(due, 123457, currency_id=self.yen.id)
        self.debtor = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        self.debtor.sudo().write({"debtor_type": "professional", "type_confirmed": True})

    def shown(self, values):
        return str(values).replace("\\xa0", " ").replace("\u00a0", " ")

    def test_a_plan_and_its_commitment(self):
        schedule = [
            Instalment(MONDAY + 15 * DAY, Decimal("617.284")),
            Instalment(MONDAY + 45 * DAY, Decimal("617.283")),
        ]
        plan = self.env["recouvrement.plan"]._make(self.debtor, self.dinars, schedule)
        text = self.shown(plan.sudo()._document_values(MONDAY))
        for amount in ("1 234,567 TND", "617,284 TND", "617,283 TND"):
            self.assertIn(amount, text)

    def test_a_statement_and_its_workbook(self):
        with self.at(MONDAY):
            [payload] = self.env["recouvrement.statement"].sudo()._payloads(self.debtor, MONDAY, "fr_FR")
            raw = self.env["recouvrement.statement.sheet"]._workbook(self.debtor, MONDAY)
        text = self.shown(payload)
        self.assertIn("1 234,567 TND", text)
        self.assertIn("123 457 JPY", text)
        sheet = load_workbook(io.BytesIO(raw)).worksheets[1]
        found = {row[9].value: row[11].number_format for row in sheet.iter_rows(min_row=2) if row[9].value}
        self.assertEqual(found, {"TND": "#,##0.000", "JPY": "#,##0"})

    def test_a_decompte_on_paper_on_screen_and_in_a_workbook(self):
        decompte = self.env["recouvrement.decompte"].sudo()
        blocks = decompte._of_moves(self.dinars | self.yens, MONDAY)
        per_day = {block["currency"].name: block["daily"] for block in blocks}
        self.assertEqual(per_day, {"TND": Decimal("0.411"), "JPY": Decimal("41")})
        values = decompte._values(blocks, self.company, MONDAY, debtor=self.debtor_partner)
        sheet = load_workbook(io.BytesIO(decompte._xlsx(values))).active
        formats = {cell.number_format for row in sheet.iter_rows() for cell in row if cell.value == 1234.567}
        self.assertEqual(formats, {'#,##0.000\\ "TND"'})

    def test_the_proof_asked_for_and_a_dispute(self):
        dispute = self.env["recouvrement.dispute"].new(
            {
                "debtor_id": self.debtor.id,
                "move_ids": self.dinars.ids,
                "amount": 100.5,
                "currency_id": self.dinar.id,
                "opened_on": MONDAY,
            }
        )
        text = self.shown(dispute._document_values())
        self.assertIn("100,500 TND", text)
        self.assertIn("1 234,567 TND", text)

    def test_the_minimum_of_a_policy_shared_by_companies_is_in_the_currency_of_each(self):
        self.policy.company_id = False
        other = self.env["res.company"].create({"name": "Tunis", "currency_id": self.dinar.id})
        self.assertEqual(self.policy._rule(self.company).minimum_amount, 1500)
        self.assertEqual(self.policy._rule(other).minimum_amount, 15000)
