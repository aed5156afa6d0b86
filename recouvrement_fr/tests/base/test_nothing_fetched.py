import base64
import io
import subprocess
import tempfile
import threading
import urllib.request
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

import lxml.html
from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger
from odoo.tools.misc import find_in_path

from odoo.addons.base.models import ir_actions_report

from ...tools import bundle, bundle_sheets, letter_pdf, printable
from ..documents.letters_common import ON, LettersCommon

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SECRET = "Confidentiel de la machine"


class Listener(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x")

    do_POST = do_HEAD = do_CONNECT = do_GET

    def log_message(self, *_args):
        pass


def hidden(css):
    return css.replace("u", r"\75 ", 1)


@tagged("post_install", "-at_install")
class TestNothingFetched(LettersCommon):
    """What people type is printed without asking anybody for anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
        cls.server.seen = []
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.host = f"http://127.0.0.1:{cls.server.server_port}"
        cls.file = Path(cls.enterClassContext(tempfile.TemporaryDirectory())) / "secret.html"
        cls.file.write_text(f"<p>{SECRET}</p>")

    def setUp(self):
        super().setUp()
        self.server.seen.clear()

    def typed(self, where):
        """All that a person may type to have something fetched."""
        at, file = f"{self.host}/{where}", self.file.as_uri()
        return "".join(
            (
                f'<img src="{at}/img"><img src="//{at[7:]}/scheme"><img srcset="{at}/set 2x">',
                f'<img src="{file}"><iframe src="{file}" width="300"></iframe><iframe src="{at}/frame"></iframe>',
                f'<object data="{at}/object"></object><embed src="{at}/embed"><input type="image" src="{at}/input">',
                f'<link rel="stylesheet" href="{at}/link"><style>@import "{at}/import"; p {{ color: url({at}/css) }}',
                f"{hidden(f'b {{ background: url({at}/escaped) }}')}</style>",
                f'<meta http-equiv="refresh" content="0; url={at}/refresh"><script src="{at}/script"></script>',
                f"<p style=\"background-image: url('{at}/style')\">vu</p>",
                f'<table background="{at}/table"><tr><td>vu</td></tr></table>',
                f'<b style="{hidden(f"background:url({at}/hidden)")}">vu</b>',
                f'<video src="{at}/video" poster="{at}/poster"></video>',
                f'<svg><image xlink:href="{at}/svg" width="9" height="9"/></svg>',
                f'<img src="x" onerror="this.src=\'{at}/js\'">',
            )
        )

    def assert_quiet(self, *documents):
        self.assertEqual(self.server.seen, [])
        for document in documents:
            self.assertNotIn(SECRET, " ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages))

    def test_without_the_door_the_renderer_would_fetch_it_all(self):
        """What the other tests would see, were a lock missing."""
        urllib.request.urlopen(f"{self.host}/alive").read()
        self.assertEqual(self.server.seen, ["/alive"])
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.html"
            page.write_text(f"<html><body>{self.typed('open')}</body></html>")
            with suppress(subprocess.TimeoutExpired):  # such a page may hold it for ever: what it asked for counts
                subprocess.run(
                    [find_in_path("wkhtmltopdf"), "--quiet", str(page), f"{folder}/out.pdf"],
                    capture_output=True,
                    timeout=60,
                )
        self.assertIn("/open/img", self.server.seen)
        self.assertIn("/open/frame", self.server.seen)

    def test_a_long_table_is_cut_into_sections_that_hold_the_same_rows_in_order(self):
        rows = "".join(f"<tr><td>ligne {number}</td></tr>" for number in range(120))
        head = "<thead><tr><th>n</th></tr></thead>"
        page = f"<html><body><table>{head}<tbody class='x'>{rows}</tbody></table></body></html>"
        table = lxml.html.document_fromstring(printable.stripped(page)).find(".//table")
        self.assertEqual([child.tag for child in table], ["thead", "tbody", "tbody", "tbody"])
        self.assertEqual([len(section) for section in table[1:]], [50, 50, 20])
        self.assertEqual({section.get("class") for section in table[1:]}, {"x"})
        self.assertEqual([cell.text for cell in table.iter("td")], [f"ligne {number}" for number in range(120)])
        whole = page.replace("<td>ligne 49</td>", "<td rowspan='2'>ligne 49</td>")
        table = lxml.html.document_fromstring(printable.stripped(whole)).find(".//table")
        self.assertEqual(len(table), 2, "a cell of two rows is not cut")

    def test_each_lock_holds_alone(self):
        page = f"<html><head>{self.typed('head')}</head><body><p>vu</p>{self.typed('body')}</body></html>"
        self.assertNotIn(self.host, printable.stripped(page))
        self.assertNotIn(self.file.as_uri(), printable.stripped(page))
        with patch.object(printable, "stripped", side_effect=lambda same: same):
            try:
                [document] = letter_pdf.print_sheets([letter_pdf.Sheet(page, "", "t", "a", "2026-01-01")])
            except letter_pdf.PrintError:
                document = None  # it says that something was not to be had
        self.assert_quiet(*filter(None, [document]))
        with patch.object(printable, "CLOSED", ()):
            [document] = letter_pdf.print_sheets([letter_pdf.Sheet(page, "", "t", "a", "2026-01-01")])
        self.assert_quiet(document)
        self.assertIn("vu", PdfReader(io.BytesIO(document)).pages[0].extract_text())

    def test_pictures_written_in_the_page_stay(self):
        dot = f"data:image/png;base64,{DOT}"
        page = f'<body><img src="{dot}"><p style="background:url({dot});color:red">vu</p><a href="https://pay.example">payer</a></body>'
        kept = printable.stripped(page)
        self.assertEqual(kept.count(dot), 2)
        self.assertIn("color:red", kept)
        self.assertIn('href="https://pay.example"', kept)
        fragment = printable.stripped_fragment(
            f'Bonjour &lt;vous&gt; <b>là</b><img src="{dot}"><img src="/web/image/1">'
        )
        self.assertEqual(fragment, f'Bonjour &lt;vous&gt; <b>là</b><img src="{dot}"><img>')

    def test_a_drawing_is_shown_only_when_it_asks_for_nothing(self):
        quiet = (
            "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Crect width='9' height='9'/%3E%3C/svg%3E"
        )
        loud = "data:image/svg+xml,%3Csvg%3E%3Cimage xlink:href='http://a.example/x'/%3E%3C/svg%3E"
        self.assertIn("data:image/svg", printable.stripped(f'<img src="{quiet}">'))
        self.assertNotIn("data:image/svg", printable.stripped(f'<img src="{loud}">'))

    def test_words_of_a_level_and_letter_templates(self):
        debtor = self.sample_debtor(name=f'<img src="{self.host}/name">')
        typed = f'<img src="{self.host}/level"><iframe src="{self.file.as_uri()}"></iframe>'
        words = {"intro": f"Bonjour {typed}", "closing": typed}
        self.env.ref("recouvrement_fr.level_professional_1").with_context(lang="fr_FR").write(words)
        payload = self.payload("professional_1", debtor, self.sample_invoice(debtor))
        self.env["ir.ui.view"].create(
            {
                "name": "typed",
                "type": "qweb",
                "inherit_id": self.env.ref("recouvrement_fr.letter_courteous").id,
                "arch": f"""<xpath expr="//*[1]" position="inside">
                    <iframe src="{self.host}/view"/><img t-att-src="'{self.host}/view'"/>
                    <style>@import "{self.host}/view"; p {{ background: url({self.host}/view) }}</style>
                </xpath>""",
            }
        )
        html = self.letters._render_html([payload])[0]
        self.assertIn(f"{self.host}/view", html)
        [document] = self.letters._render_pdf([payload])
        self.assert_quiet(document)
        self.assertIn("Bonjour", self.pages(document)[0])

    def test_a_legal_document_is_cleaned_when_saved_and_before_it_is_printed(self):
        debtor = self.sample_debtor()
        document = self.env["recouvrement.document"].create(
            {
                "template": "x",
                "title": "Lettre",
                "debtor_id": debtor.id,
                "company_id": self.company.id,
                "date": ON,
                "body": f"<p>Vu</p>{self.typed('created')}",
            }
        )
        self.assertNotIn(self.host, document.body)
        document.body = f"<p>Lu</p>{self.typed('written')}"
        self.assertNotIn(self.host, document.body)
        document.flush_recordset()
        self.env.execute_query(SQL("UPDATE recouvrement_document SET body = %s RETURNING id", self.typed("stored")))
        document.invalidate_recordset()
        [content] = document._pdf()
        self.assert_quiet(content)

    def test_an_invoice_is_printed_with_its_style_and_without_what_was_typed_in_its_terms_or_the_footer(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "http://unreachable.invalid:1")
        self.company.external_report_layout_id = self.env.ref("web.external_layout_standard")
        debtor = self.sample_debtor()
        invoice = self.sample_invoice(debtor)
        invoice.action_post()
        self.env.flush_all()
        typed = self.typed("core")
        self.env.execute_query(
            SQL(
                "UPDATE account_move SET narration = %s WHERE id = %s RETURNING id",
                f"<p>Conditions</p>{typed}",
                invoice.id,
            )
        )
        self.env.execute_query(
            SQL(
                "UPDATE res_company SET report_footer = jsonb_build_object('en_US', %s, 'fr_FR', %s),"
                " report_header = jsonb_build_object('en_US', %s, 'fr_FR', %s),"
                " company_details = jsonb_build_object('en_US', %s, 'fr_FR', %s)"
                " WHERE id = %s RETURNING id",
                *(f"<p>Pied de page</p>{typed}", f"<p>Pied de page</p>{typed}", typed, typed),
                *(f"<p>Menuiserie Morel</p>{typed}", f"<p>Menuiserie Morel</p>{typed}"),
                self.company.id,
            )
        )
        self.env.invalidate_all()
        reminders = self.env["recouvrement.reminder"].with_context(force_report_rendering=True)
        feet, genuine = [], ir_actions_report._run_wkhtmltopdf

        def watched(args):
            feet.append(Path(args[args.index("--footer-html") + 1]).read_text())
            return genuine(args)

        with patch.object(ir_actions_report, "_run_wkhtmltopdf", watched):
            reminders._make_documents(invoice.ids)
        invoice.invalidate_recordset()
        content = invoice.invoice_pdf_report_id.raw
        self.assertTrue(content.startswith(b"%PDF"))
        self.assert_quiet(content)
        page = PdfReader(io.BytesIO(content)).pages[0]
        text = page.extract_text()
        for word in (invoice.name, "Conditions", "Menuiserie Morel"):
            self.assertIn(word, text)
        fonts = {font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()}
        self.assertTrue([font for font in fonts if "Lato" in font], f"printed without its style: {fonts}")
        [foot] = feet  # old renderers do not draw it; it is given to them whole, with what numbers its pages
        for part in ("Pied de page", "function subst()", 'onload="subst()"'):
            self.assertIn(part, foot)
        self.assertNotIn(self.host, foot)

    @mute_logger(
        "odoo.addons.recouvrement_fr.models.sending.recouvrement_reminder_invoices",
        "odoo.addons.account.models.account_move_send",
    )
    def test_an_invoice_whose_style_cannot_be_read_is_not_printed(self):
        debtor = self.sample_debtor()
        invoice = self.sample_invoice(debtor)
        invoice.action_post()
        reports = type(self.env["ir.actions.report"])
        with patch.object(reports, "_own_style", return_value=None):
            self.env["recouvrement.reminder"].with_context(force_report_rendering=True)._make_documents(invoice.ids)
        invoice.invalidate_recordset()
        self.assertFalse(invoice.invoice_pdf_report_id)

    def test_a_page_whose_style_is_missing_is_refused_in_words(self):
        page = '<html><head><link rel="stylesheet" href="/web/assets/1/none.css"></head><body>vu</body></html>'
        with self.assertRaisesRegex(UserError, "style of this document could not be read"):
            self.env["ir.actions.report"]._closed(page)

    @mute_logger(
        "odoo.addons.recouvrement_fr.models.sending.recouvrement_reminder_invoices",
        "odoo.addons.account.models.account_move_send",
    )
    def test_a_formal_notice_waits_for_the_invoice_that_could_not_be_printed(self):
        """It encloses the copies of what it claims: without one it does not leave, and says which."""
        debtor = self.sample_debtor()
        invoice = self.sample_invoice(debtor)
        invoice.action_post()
        attached = {"attach_invoices": True}
        reminder, _detail = self.sample_reminder("professional_formal_notice", debtor, invoice, level_values=attached)
        self.assertEqual(reminder.level_id.kind, "formal_notice")
        reports, errors = type(self.env["ir.actions.report"]), {}
        with patch.object(reports, "_own_style", return_value=None):
            reminder.with_context(force_report_rendering=True)._attached_invoices(errors)
        self.assertIn(invoice.name, errors[reminder.id])

    def test_pictures_that_anybody_may_see_are_printed_others_are_not(self):
        dot = base64.b64decode(DOT)
        reports = self.env["ir.actions.report"]
        secret, public = self.env["ir.attachment"].create(
            [
                {"name": "s.png", "raw": dot, "res_model": "res.users", "res_id": 1},
                {"name": "p.png", "raw": dot, "public": True},
            ]
        )
        self.assertIsNone(reports._own(f"/web/image/{secret.id}"))
        self.assertEqual(reports._own(f"/web/image/{public.id}")[1], dot)
        self.assertIsNone(reports._own("/web/static/../../../secret"))
        self.assertIsNone(reports._own("//web/static/img/logo.png"))
        self.assertIsNotNone(reports._own("/account/static/src/img/Odoo_logo_O.svg"))

    def test_a_message_made_a_piece(self):
        head = "From: a@b.example\nSubject: Bonjour\nContent-Type: text/html; charset=utf-8"
        raw = f"{head}\n\n<p>Lu</p>{self.typed('mail')}"
        piece = bundle.Piece("1", "Message", "", "m.eml", "message/rfc822", raw.encode)
        self.assert_quiet(bundle_sheets.message(piece, raw.encode(), "0" * 64)[0])
