import base64
import io
from datetime import date, datetime, timedelta
from unittest.mock import patch

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ...models.penalties import recouvrement_decompte
from ...tools.formats import Formats
from ..common import MONDAY, RecouvrementCommon
from ..paper import words_of

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCalculator(RecouvrementCommon):
    """10 000 EUR due on 2025-11-15, 4 000 paid on 2026-01-10, counted up to 2026-03-02 (ECB 2.15 in both halves)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._somebody("calculator_collector")

    def calculator(self, **values):
        return (
            self.env["recouvrement.calculator"]
            .with_user(self.collector)
            .create(
                {
                    "reference": "F-2025-118",
                    "debtor_name": "Scierie Vidal",
                    "amount": 10000,
                    "invoice_date": date(2025, 10, 16),
                    "date_due": date(2025, 11, 15),
                    "on": MONDAY,
                    "line_ids": [Command.create({"on": date(2026, 1, 10), "amount": 4000})],
                    **values,
                }
            )
        )

    def attachment(self, action):
        return self.env["ir.attachment"].browse(int(action["url"].split("/")[3].split("?")[0]))

    def text(self, action):
        return words_of(self.attachment(action).raw)

    def test_interest_after_a_judgment_goes_back_two_years_for_a_consumer_and_five_for_the_others(self):
        values = {"regime": "judgment", "invoice_date": date(2019, 6, 1), "date_due": date(2019, 7, 1), "line_ids": []}
        for kind, years in (("consumer", "2 years"), ("professional", "5 years")):
            notes = self.calculator(debtor_type=kind, **values)._block()["notes"]
            self.assertTrue(any(years in note for note in notes), (kind, notes))

    def test_the_tranches_follow_half_years_and_payments_and_sum_to_the_cent(self):
        block = self.calculator()._block()
        found = [(tranche["from"], tranche["to"], tranche["days"], tranche["base"]) for tranche in block["tranches"]]
        self.assertEqual(
            found,
            [
                (date(2025, 11, 16), date(2025, 12, 31), 46, 10000),
                (date(2026, 1, 1), date(2026, 1, 10), 10, 10000),
                (date(2026, 1, 11), MONDAY, 51, 6000),
            ],
        )
        self.assertEqual([str(tranche["interest"]) for tranche in block["tranches"]], ["153.12", "33.29", "101.86"])
        self.assertEqual(str(block["interest"]), "288.27")
        self.assertEqual(sum(tranche["interest"] for tranche in block["tranches"]), block["interest"])
        self.assertEqual((block["indemnity"], block["principal_due"]), (40, 6000))
        self.assertEqual(str(block["total"]), "6328.27")
        self.assertEqual(str(block["daily"]), "2.00")  # 6000 x 12.15 % / 365

    def test_the_result_shows_while_one_types(self):
        form = Form(self.env["recouvrement.calculator"].with_user(self.collector))
        self.assertFalse(form.result)
        form.amount = 1000
        form.date_due = MONDAY - 10 * DAY
        form.on = MONDAY
        self.assertRegex(form.result, "3[.,]33")  # 1000 x 12.15 % x 10 / 365
        form.debtor_type = "consumer"
        self.assertEqual(form.regime, "consumer")
        self.assertIn("1231-6", form.result)
        form.notice_on = MONDAY - 5 * DAY
        self.assertRegex(form.result, "0[.,]36")  # 1000 x 2.62 % x 5 / 365
        form.invoice_date = MONDAY
        self.assertIn("comes before the invoice date", form.problem)
        self.assertFalse(form.result)

    def test_each_regime_has_its_rate(self):
        for values, rate, article in (
            ({"debtor_type": "public"}, "10.15", "R2192-31"),
            ({"regime": "contractual", "contract_rate": 15}, "15", "L441-10"),
            ({"regime": "contractual", "contract_rate": 1}, "7.86", "L441-10"),
            ({"regime": "judgment", "judgment_enforceable_on": date(2025, 11, 20)}, "7.62", "L313-3"),
        ):
            last = self.calculator(**values)._block()["tranches"][-1]
            self.assertEqual(float(last["rate"]), float(rate), values)
            self.assertIn(article, last["article"])
        floor = self.calculator(regime="contractual", contract_rate=1)._block()["notes"]
        self.assertTrue(any("under the floor" in note for note in floor))
        self.assertFalse(self.calculator(regime="none")._block()["tranches"])
        self.assertFalse(self.calculator(debtor_type="consumer")._block()["indemnity"])

    def test_days_without_interest_capitalisation_and_an_individual_creditor(self):
        interest = lambda **values: float(self.calculator(line_ids=False, **values)._block()["interest"])  # noqa: E731
        self.assertEqual(interest(), 356.18)  # 12.15 % over 107 days
        frozen = self.calculator(
            line_ids=False,
            freeze_ids=[Command.create({"date_from": date(2025, 12, 1), "date_to": date(2025, 12, 31)})],
        )._block()
        self.assertEqual(float(frozen["interest"]), 252.99)
        bearing = [tranche["days"] for tranche in frozen["tranches"] if tranche["interest"]]
        self.assertEqual(sum(bearing), 76)  # 107 days but December
        longer = {"date_due": date(2024, 1, 15), "invoice_date": date(2024, 1, 1)}
        self.assertEqual(interest(**longer), 2849.42)
        self.assertEqual(interest(**longer, capitalise_from=date(2024, 1, 16)), 3073.98)
        self.assertEqual(interest(**longer, regime="judgment"), 846.89)
        self.assertEqual(interest(**longer, regime="judgment", individual_creditor=True), 1582.08)

    def test_bad_input_is_refused_in_words(self):
        for values, message in (
            ({"amount": 0}, "above zero"),
            ({"amount": -5}, "above zero"),
            ({"date_due": False}, "due date"),
            ({"date_due": date(2025, 10, 1)}, "comes before the invoice date"),
            ({"line_ids": [Command.create({"on": date(2025, 10, 1), "amount": 4})]}, "comes before the invoice of"),
            ({"line_ids": [Command.create({"on": MONDAY, "amount": -4})]}, "positive number"),
            ({"regime": "contractual", "contract_rate": 0}, "yearly rate of the contract"),
            ({"date_due": date(2012, 1, 5), "invoice_date": False}, "are missing"),
            ({"on": date(2039, 1, 5)}, "are missing"),
            (
                {"freeze_ids": [Command.create({"date_from": MONDAY, "date_to": MONDAY - DAY})]},
                "end before they begin",
            ),
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, message):
                self.calculator(**values).action_pdf()

    def test_the_pdf_is_in_french_with_euros_and_french_dates(self):
        text = self.text(self.calculator().action_pdf())
        for wanted in ("Décompte", "F-2025-118", "Scierie Vidal", "16/11/2025", "153,12 €", "6 328,27 €", "12,15 %"):
            self.assertIn(wanted, text)
        for wanted in ("40,00 €", "-4 000,00 €", "L441-10 II", "2 mars 2026"):
            self.assertIn(wanted, text)

    def test_the_workbook_holds_numbers_and_dates(self):
        attachment = self.attachment(self.calculator().action_xlsx())
        sheet = load_workbook(io.BytesIO(base64.b64decode(attachment.datas))).active
        cells = {}
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    cells.setdefault(cell.value, cell)
        self.assertIn("€", cells[153.12].number_format)
        self.assertEqual(cells[6328.27].column, 6)
        self.assertEqual(cells[12.15].number_format, '0.00\\ "%"')
        self.assertEqual(cells[datetime(2025, 11, 16)].number_format, "dd/mm/yyyy")
        self.assertEqual(cells[46].data_type, "n")
        self.assertGreaterEqual(sheet.column_dimensions["D"].width, 14)

    def test_an_invoice_opens_it_with_its_real_payments(self):
        invoice = self.invoice(date(2025, 11, 15), 10000)
        self.pay(invoice, 4000, on=date(2026, 1, 10))
        with self.at(MONDAY):
            self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner).write(
                {"debtor_type": "professional", "type_confirmed": True}
            )
            action = invoice.with_user(self.collector).action_open_calculator()
        calculator = self.env["recouvrement.calculator"].with_user(self.collector).browse(action["res_id"])
        self.assertEqual((calculator.amount, calculator.on), (10000, MONDAY))
        self.assertEqual(
            [(line.on, line.kind, line.amount) for line in calculator.line_ids], [(date(2026, 1, 10), "payment", 4000)]
        )
        self.assertEqual(str(calculator._block()["interest"]), "288.27")
        draft = self.invoice(MONDAY, 10, post=False)
        with self.assertRaisesRegex(UserError, "posted customer invoice"):
            draft.action_open_calculator()

    def test_the_decompte_of_a_debtor_says_what_the_letters_say(self):
        first = self.invoice(date(2025, 11, 15), 10000)
        second = self.invoice(MONDAY - 20 * DAY, 500)
        to_come = self.invoice(MONDAY + 20 * DAY, 700)
        paid = self.invoice(MONDAY - 40 * DAY, 800)
        self.pay(first, 4000, on=date(2026, 1, 10))
        self.pay(paid, on=MONDAY - 50 * DAY)
        with self.at(MONDAY):
            card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
            card.write({"debtor_type": "professional", "type_confirmed": True})
            blocks = self.env["recouvrement.decompte"]._of_moves(first | second | to_come | paid, MONDAY)
            self.assertEqual([block["number"] for block in blocks], [first.name, second.name])
            self.assertEqual(float(blocks[0]["interest"]), first.late_interest)
            self.assertEqual([float(block["principal_due"]) for block in blocks], [6000, 500])
            self.assertEqual(float(blocks[0]["interest"]), 288.27)
            text = self.text(card.with_user(self.collector).action_print_decompte())
        for wanted in (first.name, second.name, "Récapitulatif", "6 500,00 €", "80,00 €", "288,27 €", "02/03/2026"):
            self.assertIn(wanted, text)
        self.assertNotIn(to_come.name, text)
        kept = self.env["ir.attachment"].search([("res_model", "=", card._name), ("res_id", "=", card.id)])
        self.assertEqual(len(kept), 1, "A figure given out is found again.")

    def test_many_debts_are_a_list_with_what_came_in_and_the_tranches_of_each(self):
        first = self.invoice(MONDAY - 120 * DAY, 10000)
        second = self.invoice(MONDAY - 60 * DAY, 500)
        self.pay(first, 4000, on=date(2026, 1, 10))
        with self.at(MONDAY), patch.object(recouvrement_decompte, "DETAILED", 1):
            card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
            card.write({"debtor_type": "professional", "type_confirmed": True})
            blocks = self.env["recouvrement.decompte"]._of_moves(first | second, MONDAY)
            text = self.text(card.with_user(self.collector).action_print_decompte())
        formats, euro = Formats("fr_FR"), self.company.currency_id
        for block in blocks:
            for tranche in block["tranches"]:
                self.assertIn(formats.money(tranche["interest"], euro).replace("\u00a0", " "), text)
        for wanted in ("Récapitulatif", "6 500,00 €", "80,00 €", "Règlements et avoirs", "10/01/2026", "4 000,00 €"):
            self.assertIn(wanted, text)
        self.assertEqual(text.count(second.name), 1 + len(blocks[1]["tranches"]))
        self.assertEqual(text.count(first.name), 2 + len(blocks[0]["tranches"]))

    def test_an_unconfirmed_debtor_is_counted_no_interest(self):
        partner = self._partner("Durand", company_registry=False)
        invoice = self.invoice(MONDAY - 60 * DAY, 1000, partner=partner)
        with self.at(MONDAY):
            self.env["recouvrement.debtor"]._card(self.company, partner)
            [block] = self.env["recouvrement.decompte"]._of_moves(invoice, MONDAY)
        self.assertEqual((block["interest"], block["indemnity"], float(block["total"])), (0, 0, 1000))
        self.assertIn("not confirmed", block["notes"][0])

    def test_a_foreign_currency_has_its_totals_and_those_of_the_company(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"name": date(2025, 1, 1), "currency_id": dollar.id, "rate": 1.25, "company_id": self.company.id}
        )
        invoice = self.invoice(MONDAY - 60 * DAY, 1000, currency_id=dollar.id)
        with self.at(MONDAY):
            card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
            card.write({"debtor_type": "professional", "type_confirmed": True})
            decompte = self.env["recouvrement.decompte"]
            [block] = decompte._of_moves(invoice, MONDAY)
            totals = decompte._totals([block], self.company, MONDAY)
            text = self.text(invoice.with_user(self.collector).action_print_decompte())
        lines = {line["currency"].name: line for line in totals["lines"]}
        self.assertEqual(float(lines["USD"]["principal_due"]), 1000)
        self.assertEqual(float(lines["EUR"]["total"]), 40)
        self.assertTrue(totals["is_foreign"])
        self.assertAlmostEqual(float(totals["together"]), (1000 + float(block["interest"])) / 1.25 + 40, 2)
        self.assertIn("Total général", text)

    def test_what_was_waived_is_deducted(self):
        invoice = self.invoice(MONDAY - 60 * DAY, 1000)
        with self.at(MONDAY):
            card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
            card.write({"debtor_type": "professional", "type_confirmed": True})
            card.action_collect_accessories()
            rows = self.env["recouvrement.accessory"].search([("move_id", "=", invoice.id)])
            rows._waive({row: row.amount_left for row in rows}, "commercial gesture", MONDAY)
            [block] = self.env["recouvrement.decompte"]._of_moves(invoice, MONDAY)
        self.assertTrue(block["interest"])
        self.assertEqual((block["settled"], block["indemnity"]), (block["interest"], 0))
        self.assertEqual(float(block["total"]), 1000)

    def test_nothing_late_is_said_and_strangers_are_refused(self):
        invoice = self.invoice(MONDAY + 20 * DAY, 100)
        with self.at(MONDAY):
            with self.assertRaisesRegex(UserError, "Nothing is late"):
                invoice.action_print_decompte()
            card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
            with self.assertRaisesRegex(UserError, "Nothing is late"):
                card.action_print_decompte()
        stranger = new_test_user(self.env, "calculator_stranger", groups="base.group_user")
        for call in (
            invoice.with_user(stranger).action_print_decompte,
            invoice.with_user(stranger).action_open_calculator,
            card.with_user(stranger).action_print_decompte,
        ):
            with self.assertRaises(AccessError):
                call()
