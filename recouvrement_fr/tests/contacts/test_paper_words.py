import io
from datetime import timedelta

from openpyxl import load_workbook

from odoo import Command
from odoo.tests import new_test_user, tagged

from ...tools.formats import Formats
from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestPaperWords(RecouvrementCommon):
    """What a debtor reads on paper and in workbooks: nothing that is ours alone, nothing empty, no noise."""

    def statement(self, on=MONDAY):
        debtor = self.card()
        [payload] = self.env["recouvrement.statement"]._payloads(debtor, on, "fr_FR")
        return payload, self.env["recouvrement.letter"]._render_html([payload])[0]

    def pay_on_account(self, amount):
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.debtor_partner.id,
                "amount": amount,
                "date": MONDAY,
                "company_id": self.company.id,
                "payment_type": "inbound",
            }
        )
        payment.action_post()
        return payment

    def test_a_payment_bears_no_number_of_our_bank_journal(self):
        self.invoice(MONDAY - timedelta(days=20), 900)
        payment = self.pay_on_account(100)
        self.night(MONDAY)
        payload, html = self.statement()
        self.assertIn("Paiement reçu", [row["number"] for row in payload["blocks"][0]["lines"]])
        self.assertNotIn(payment.move_id.name, html)
        sheet = self.env["recouvrement.statement.sheet"]._workbook(self.card(), MONDAY)
        cells = [cell.value for row in load_workbook(io.BytesIO(sheet))["Open items"].iter_rows() for cell in row]
        self.assertIn("Payment received", cells)
        self.assertNotIn(payment.move_id.name, cells)

    def test_days_late_are_a_column_only_when_something_is_late(self):
        self.invoice(MONDAY + timedelta(days=20), 900)
        self.night(MONDAY)
        self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        self.assertNotIn("Jours de retard", self.statement()[1])
        self.assertIn("Jours de retard", self.statement(MONDAY + timedelta(days=30))[1])

    def test_a_percentage_is_written_as_its_language_does(self):
        self.assertEqual(Formats("fr_FR").percent("12.4"), "12,40\u00a0%")
        self.assertEqual(Formats("en_US").percent("12.4"), "12.40%")
        self.assertEqual(Formats("fr_FR").percent("2.625"), "2,625\u00a0%")

    def test_totals_of_a_workbook_have_no_noise(self):
        for amount in (0.1, 0.2, 0.1, 0.2, 0.3):
            self.invoice(MONDAY - timedelta(days=20), amount)
        self.night(MONDAY)
        book = load_workbook(io.BytesIO(self.env["recouvrement.statement.sheet"]._workbook(self.card(), MONDAY)))
        found = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if type(cell.value) is float]
        self.assertTrue(found)
        for value in found:
            self.assertEqual(value, round(value, 2))


@tagged("post_install", "-at_install")
class TestMenus(RecouvrementCommon):
    def test_a_collector_has_six_entries_for_every_day(self):
        collector = new_test_user(
            self.env,
            "menus_collector",
            "base.group_user,recouvrement_fr.group_recouvrement_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        menus = self.env["ir.ui.menu"].with_user(collector)
        shown = menus.browse(menus._visible_menu_ids())
        root = self.env.ref("recouvrement_fr.recouvrement_menu")
        entries = shown.filtered(lambda menu: menu.parent_id == root).sorted("sequence")
        self.assertEqual(entries[0], self.env.ref("recouvrement_fr.recouvrement_dashboard_menu"))
        self.assertEqual(len(entries[1:]), 6, "what he works in")
        everywhere = {menu.action.id for menu in shown.filtered("action")}
        for name in ("contact", "plan", "accessory", "calculator", "run", "simulation", "pause_period", "exclusion"):
            with self.subTest(name):  # the others have moved, none is lost
                self.assertIn(self.env.ref(f"recouvrement_fr.recouvrement_{name}_action").id, everywhere)

    def test_nobody_groups_by_a_fingerprint(self):
        for model, name in (("dispatch", "sha256"), ("document", "sha256"), ("einvoice.event", "sha256")):
            with self.subTest(model):
                found = self.env[f"recouvrement.{model}"].fields_get([name], ["groupable"])
                self.assertFalse(found[name]["groupable"])


@tagged("post_install", "-at_install")
class TestQueue(RecouvrementCommon):
    def test_the_queue_says_what_each_letter_claims_and_a_run_sums_it_up(self):
        self.first.channel_ids.write({"channel": "letter", "template_id": False})
        self.invoice(MONDAY - timedelta(days=20), 900)
        self.night(MONDAY)
        self.morning(MONDAY)
        dispatch = self.reminders().dispatch_ids
        self.assertEqual((dispatch.level_id, dispatch.amount_claimed, dispatch.made_on), (self.first, 900, MONDAY))
        self.assertIn(self.first.name, self.reminders().run_id.totals)
        self.reminders().sudo()._cancel("Paid meanwhile")
        self.env.invalidate_all()
        self.assertFalse(self.reminders().run_id.totals)

    def test_an_email_before_the_due_date_has_no_column_of_days_late(self):
        line = {"number": "F1", "due": "01/12/2026", "amount": "10", "balance": "10", "days": ""}
        for days, shown in (("", False), (3, True)):
            block = {"lines": [line, {**line, "days": days}], "claimed": True, "interest": "1", "indemnity": "40"}
            figures = {"blocks": [{**block, "total": "51", "credits": []}], "interest_label": "Interest"}
            qweb = self.env["ir.qweb"].with_context(lang="en_US")
            html = str(qweb._render("recouvrement_fr.email_items", {"f": figures}))
            self.assertEqual("Days late" in html, shown, days)
