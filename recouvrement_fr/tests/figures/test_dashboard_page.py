import io
from datetime import date, timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.pdf import PdfReader
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
MARCH = date(2026, 3, 1)


class PageCommon(RecouvrementCommon):
    """Two people of the company, and the e-mails of figures that leave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector, cls.colleague = cls._somebody("page_collector"), cls._somebody("page_colleague")
        for user in cls.collector + cls.colleague:
            user.write({"lang": "en_US", "email": f"{user.login}@creancier.example"})
        cls.env["res.users"].search([]).recouvrement_monthly_figures = False

    def sent(self):
        return self.env["mail.mail"].search(
            [("email_to", "like", "@creancier.example"), ("attachment_ids", "!=", False)]
        )

    def send(self, on):
        self.env.flush_all()
        with self.at(on, 6), self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_figures").method_direct_trigger()
        self.env.invalidate_all()
        return self.sent()


@tagged("post_install", "-at_install")
class TestBusyPage(PageCommon):
    """The figures on one A4 page, of a ledger made once: nothing there changes it."""

    def before_all(self):
        """More debtors, bands and late invoices than a page has rows."""
        for number in range(12):
            partner = self._partner(f"Société anonyme de menuiserie et de charpente du Velay numéro {number}")
            for late in (-30, 5, 45, 75, 400):
                due = MONDAY - late * DAY
                invoice = self.invoice(due, 123456.78 + number, partner=partner, invoice_date=due - 30 * DAY)
            if number % 2:
                self.pay(invoice, 50000, on=MONDAY - 3 * DAY)

    def test_all_stands_on_one_page(self):
        board = self.env["recouvrement.dashboard"].with_user(self.collector).with_context(lang="en_US")
        with self.at(MONDAY):
            action = board.get_page({"company_id": self.company.id})
        file = self.env["ir.attachment"].browse(int(action["url"].split("/")[-1].split("?")[0]))
        self.assertEqual(file.with_user(self.collector).name, file.name)
        self.assertEqual(len(PdfReader(io.BytesIO(file.raw)).pages), 1)
        self.assertTrue(file.name.endswith("2026-03-02.pdf"))

    def test_the_page_has_every_figure(self):
        board = self.env["recouvrement.dashboard"].with_user(self.collector).with_context(lang="en_US")
        page = board._page(board._page_values(board._asked({"company_id": self.company.id}, MONDAY)), 6)
        for said in (
            "Best possible DSO",
            "Average days late",
            "Cash expected over 13 weeks",
            "03/25",
            "03/26",
            "over 90",
        ):
            self.assertIn(said.lower(), page.lower())

    def test_the_ageing_is_never_cut_and_what_is_cut_is_told(self):
        board = self.env["recouvrement.dashboard"].with_user(self.collector).with_context(lang="en_US")
        values = board._page_values(board._asked({"company_id": self.company.id}, MONDAY))
        ageing, largest = values["sides"][0][:2]
        page = board._page(values, 2)
        for label, *_amounts in ageing["rows"]:
            self.assertIn(f">{label}<", page)
        self.assertIn("2 / 10", page, "Of the most overdue debtors.")
        self.assertNotIn(largest["rows"][2][0], page)

    def test_it_is_one_page_however_long_the_names_and_the_lists(self):
        board = self.env["recouvrement.dashboard"].with_user(self.collector).with_context(lang="en_US")
        model, long_name = type(board), "Société coopérative de menuiserie et de charpente " * 12
        usual = model._page_values

        def page_values(board, asked):
            values = usual(board, asked)
            for table in [table for side in values["sides"] for table in side] + [values["funnel"]]:
                if not table["is_whole"]:
                    row = [long_name if not column["figures"] else "999 999,99 €" for column in table["columns"]]
                    table["rows"] = [row] * 60
            return values

        with self.at(MONDAY), patch.object(model, "_page_values", page_values):
            _name, document = board._printed(board._asked({"company_id": self.company.id}, MONDAY))
        pages = PdfReader(io.BytesIO(document)).pages
        self.assertEqual(len(pages), 1)
        self.assertIn("/ 60", pages[0].extract_text(), "What is cut is told.")

    def test_what_fits_on_no_page_is_refused_in_words(self):
        board = self.env["recouvrement.dashboard"].with_user(self.collector).with_context(lang="en_US")
        with (
            patch.object(type(board), "_on_one_page", lambda *given: None),
            self.at(MONDAY),
            self.assertRaisesRegex(UserError, "do not fit on one page"),
        ):
            board._printed(board._asked({"company_id": self.company.id}, MONDAY))


@tagged("post_install", "-at_install")
class TestDashboardPage(PageCommon):
    """The page of an empty company, of one invoice, and by e-mail once a month for those who ask."""

    def test_nothing_is_printed_of_an_empty_company(self):
        board = self.env["recouvrement.dashboard"].with_user(self.collector)
        with self.assertRaises(UserError):
            board.get_page({"company_id": self.company.id})

    def test_the_page_rounds_as_the_screen_does_and_says_in_what(self):
        """Days and percentages to a tenth, always written; amounts in whole euros, half up: 1,000.50 is 1,001."""
        self.invoice(MONDAY - 5 * DAY, 1000.5, invoice_date=MONDAY - 35 * DAY)
        board = self.env["recouvrement.dashboard"].with_user(self.collector).with_context(lang="fr_FR")
        asked = board._asked({"company_id": self.company.id}, MONDAY)
        shown = {block["code"]: block for block in board._panel_trend(asked) + board._panel_forecast(asked)}
        page = {block["code"]: block for block in board._page_values(asked)["wide"]}
        for code in ("dso_trend", "share_trend"):
            for screen, paper in zip(shown[code]["series"], page[code]["series"], strict=True):
                for value, text, short in zip(screen["values"], screen["texts"], paper["short"], strict=True):
                    self.assertEqual(short, "" if value is None else text.split()[0])
            self.assertEqual(page[code]["title"], shown[code]["title"])
        self.assertEqual(page["share_trend"]["series"][0]["short"][-1], "100,0")
        self.assertEqual(page["owed_trend"]["series"][1]["short"][-1], "1\u00a0001")
        self.assertRegex(page["owed_trend"]["title"], rf"^{shown['owed_trend']['title']}, \w+\s€$")

    def test_large_amounts_are_in_thousands_half_up(self):
        self.invoice(MONDAY - 5 * DAY, 1_234_500, invoice_date=MONDAY - 35 * DAY)
        board = self.env["recouvrement.dashboard"].with_user(self.collector).with_context(lang="fr_FR")
        page = {block["code"]: block for block in board._page_values(board._asked({}, MONDAY))["wide"]}
        self.assertEqual(page["owed_trend"]["series"][1]["short"][-1], "1\u00a0235")
        self.assertRegex(page["owed_trend"]["title"], r"\sk€$")

    def test_who_asks_has_them_once_a_month(self):
        self.invoice(MONDAY - 5 * DAY, 1000)
        self.assertFalse(self.send(MARCH), "Nobody has asked.")
        self.collector.with_user(self.collector).recouvrement_monthly_figures = True
        mail = self.send(MARCH + DAY)
        self.assertEqual(len(mail), 1)
        self.assertIn(self.collector.email, mail.email_to)
        self.assertTrue(mail.attachment_ids.raw.startswith(b"%PDF-"))
        self.assertEqual(self.send(MARCH + 2 * DAY), mail)
        self.assertEqual(len(self.send(date(2026, 4, 1))), 2)

    def test_they_are_those_of_the_end_of_the_month_whatever_the_day_they_leave_on(self):
        debt = self.invoice(date(2026, 3, 20), 1000)
        self.pay(debt, 400, on=date(2026, 4, 2))
        self.collector.recouvrement_monthly_figures = True
        mail = self.send(date(2026, 4, 3))
        self.assertEqual(mail.subject, f"Collection: the figures of {self.company.name} on March 31, 2026")
        self.assertTrue(mail.attachment_ids.name.endswith("2026-03-31.pdf"))
        text = PdfReader(io.BytesIO(mail.attachment_ids.raw)).pages[0].extract_text()
        self.assertIn("March 31, 2026", text)
        self.assertIn("€1,000.00", text, "The payment of 2 April is none of March.")
        self.assertNotIn("€600.00", text)

    def test_the_database_refuses_them_twice(self):
        given = {"user_id": self.collector.id, "company_id": self.company.id, "month": MARCH}
        sending = self.env["recouvrement.figures.sending"].sudo()
        sending.create(given)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            sending.create(given)

    def test_who_may_no_longer_read_them_has_none(self):
        self.invoice(MONDAY - 5 * DAY, 1000)
        self.collector.recouvrement_monthly_figures = True
        self.collector.group_ids = [Command.unlink(self.env.ref("recouvrement_fr.group_recouvrement_user").id)]
        self.assertFalse(self.send(MARCH))

    def test_one_page_that_fails_keeps_nobody_else_waiting(self):
        self.invoice(MONDAY - 5 * DAY, 1000)
        (self.collector + self.colleague).recouvrement_monthly_figures = True
        registry_class = type(self.env["recouvrement.dashboard"])
        printed = registry_class._printed

        def fails(board, asked):
            if board.env.user == self.collector:
                raise UserError("No paper")
            return printed(board, asked)

        with patch.object(registry_class, "_printed", fails), self.assertLogs(level="WARNING"):
            mail = self.send(MARCH)
        self.assertEqual(len(mail), 1)
        self.assertIn(self.colleague.email, mail.email_to)
        self.assertEqual(len(self.send(MARCH + DAY)), 2, "Tried again the day after.")

    def test_a_neutralized_copy_sends_none(self):
        self.invoice(MONDAY - 5 * DAY, 1000)
        self.collector.recouvrement_monthly_figures = True
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        self.assertFalse(self.send(MARCH))
