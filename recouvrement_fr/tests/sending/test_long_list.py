import io
from datetime import timedelta
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools import letter_pdf
from ..clock import today
from ..common import MONDAY
from ..paper import words_of
from .dispatch_common import DispatchCommon

DAY = timedelta(days=1)
LOGS = "odoo.addons.recouvrement_fr.models.sending.recouvrement_long_list"


@tagged("post_install", "-at_install")
class TestLongList(DispatchCommon):
    """A debtor with more invoices than an e-mail shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recouvrement_email_lines = 3
        cls.first.channel_ids.template_id = cls.env.ref("recouvrement_fr.mail_template_reminder_1")

    def long_reminder(self, count=4):
        for number in range(count):
            self.invoice(MONDAY - (5 + 20 * number) * DAY, 100.0 + number, ref=f"=1+{number}")
        self.night(MONDAY)
        return self.reminders()

    def written(self, reminder):
        self.dispatch(MONDAY, 3)
        return reminder.dispatch_ids.mail_id

    def files(self, mail):
        return {file.name.rpartition(".")[2]: file for file in mail.attachment_ids}

    def test_at_the_limit_every_line_is_in_the_message_and_nothing_is_enclosed(self):
        mail = self.written(self.long_reminder(3))
        self.assertFalse(mail.attachment_ids)
        self.assertEqual(sum(move.name in mail.body_html for move in self.reminders().line_ids.move_id), 3)
        self.assertNotIn("201,00", mail.body_html)

    def test_beyond_it_the_message_sums_up_by_age_and_encloses_the_list(self):
        reminder = self.long_reminder()
        mail = self.written(reminder)
        body = mail.body_html.replace("\u00a0", " ").replace("\u202f", " ")
        self.assertIn("201,00", body)  # 100 and 101, 5 and 25 days late, are of one band
        self.assertIn("406,00", body)  # the total is that of all of them
        short = reminder.figures["blocks"][0]["short"]
        self.assertEqual([band["count"] for band in short["ageing"]], ["2", "1", "1"])
        self.assertEqual(sorted(self.files(mail)), ["pdf", "xlsx"])

    def test_the_workbook_holds_every_line_with_real_figures_and_no_formula(self):
        files = self.files(self.written(self.long_reminder()))
        rows = list(load_workbook(io.BytesIO(files["xlsx"].raw)).active.values)
        self.assertEqual(len(rows), 5)
        self.assertEqual(sorted(row[5] for row in rows[1:]), [100, 101, 102, 103])
        self.assertEqual(sorted(row[7] for row in rows[1:]), [5, 25, 45, 65])
        self.assertEqual({row[1] for row in rows[1:]}, {f"=1+{number}" for number in range(4)})
        self.assertEqual(load_workbook(io.BytesIO(files["xlsx"].raw)).active["B2"].data_type, "s")

    def test_the_pdf_holds_every_line_and_the_principal(self):
        reminder = self.long_reminder()
        files = self.files(self.written(reminder))
        text = words_of(files["pdf"].raw)
        for move in reminder.line_ids.move_id:
            self.assertIn(move.name, text)
        self.assertIn("406,00", text)

    @mute_logger(LOGS)
    def test_without_a_renderer_the_workbook_leaves_alone(self):
        reminder = self.long_reminder()
        with patch.object(letter_pdf, "_renderer", side_effect=letter_pdf.RendererMissing):
            mail = self.written(reminder)
        self.assertEqual(list(self.files(mail)), ["xlsx"])

    def test_a_message_taken_back_leaves_no_file_behind(self):
        mail = self.written(self.long_reminder())
        files = mail.attachment_ids
        self.reminders().sudo().dispatch_ids._cancel("Paid")
        self.assertFalse(files.exists())

    def test_what_leaves_carries_the_list(self):
        reminder = self.long_reminder()
        self.dispatch(MONDAY)
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(len(self.server.messages), 1)
        self.assertIn(b".xlsx", reminder.dispatch_ids.attachment_id.raw)

    def test_three_thousand_lines_make_a_message_of_some_kilobytes(self):
        self.company.recouvrement_email_lines = 200
        reminder = self.long_reminder(1)
        carried = reminder.line_ids
        values = {
            **{name: carried[name].id for name in ("reminder_id", "move_id", "level_id", "currency_id")},
            "role": "listed",
            "amount_total": 100,
            "amount_residual": 100,
        }
        self.env["recouvrement.reminder.line"].sudo().create(
            [
                {**values, "date_due": MONDAY - number % 400 * DAY, "days_overdue": number % 400}
                for number in range(2999)
            ]
        )
        reminder.invalidate_recordset()
        details = {reminder.id: {"on": MONDAY}}
        sizes = {}
        for most in (0, 200):
            self.company.recouvrement_email_lines = most
            payload = self.env["recouvrement.letter"]._payloads(reminder, details)[reminder.id]
            reminder.sudo().figures = payload
            template = self.first.channel_ids.template_id
            body = template._generate_template(reminder.ids, ("body_html",))[reminder.id]["body_html"]
            sizes[most] = len(body.encode())
            self.assertEqual(len(payload["blocks"][0]["lines"]), 3000)  # a letter has them all
        self.assertGreater(sizes[0], 1_900_000)
        self.assertLess(sizes[200], 30_000)
        commands = reminder.sudo()._list_files()[reminder]
        self.assertEqual([values["name"].rpartition(".")[2] for _command, _id, values in commands], ["pdf", "xlsx"])
        self.assertLess(sum(len(values["raw"]) for _command, _id, values in commands), 1_000_000)


@tagged("post_install", "-at_install")
class TestLongProof(DispatchCommon):
    def test_a_request_for_proof_of_many_invoices_encloses_their_list(self):
        self.company.recouvrement_email_lines = 21
        self.env["res.lang"]._activate_lang("en_US")
        self.debtor_partner.lang = "en_US"
        for number in range(22):
            self.invoice(MONDAY - (5 + number) * DAY, 100.0)
        self.night(MONDAY)
        with self.at(MONDAY):
            self.card()._ask_proof(on=today())
        mail = self.env["mail.mail"].search([("model", "=", "recouvrement.debtor"), ("state", "=", "outgoing")])
        self.assertIn("and 2 other invoices", mail.body_html)
        [file] = mail.attachment_ids
        self.assertEqual(len(list(load_workbook(io.BytesIO(file.raw)).active.values)), 23)
