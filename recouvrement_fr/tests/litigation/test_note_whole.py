import io

from pypdf import PdfReader

from odoo.tests import tagged

from ..common import MONDAY
from .file_common import FileCommon

NOTE = "Premiers mots de la note. " + "Intérêts calculés jour par jour, au taux du semestre. " * 9 + "Derniers mots."


@tagged("post_install", "-at_install")
class TestNoteWhole(FileCommon):
    """What explains a table is read at once: a paragraph is never cut by the end of a page."""

    def test_a_note_stays_on_one_page_wherever_its_table_ends(self):
        case = self.opened()
        with self.at(MONDAY):
            document = case._draft_act("statement", MONDAY)
        for rows in range(26, 40, 2):
            table = "<tr><td>FAC/2026/1</td><td>10,00</td></tr>" * rows
            document.body = f'<table class="grid"><tbody>{table}</tbody></table><p class="note">{NOTE}</p>'
            pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(document._pdf()[0])).pages]
            with self.subTest(rows=rows):
                self.assertEqual(
                    [("Premiers mots" in page) for page in pages], [("Derniers mots" in page) for page in pages]
                )
