from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.recouvrement_fr.tools import archive_pdf, letter_pdf

from .letters_common import LettersCommon

SHEET = letter_pdf.Sheet("<html><head></head><body>x</body></html>", "", "t", "a", "2026-03-02")


@tagged("post_install", "-at_install")
class TestArchivedEngine(LettersCommon):
    """The second engine of letters, where it is not the one that was tried."""

    def setUp(self):
        super().setUp()
        if not archive_pdf.is_available():
            self.skipTest("WeasyPrint is optional, and not installed here")
        self.addCleanup(archive_pdf.engine.cache_clear)

    def test_an_old_one_which_nothing_keeps_from_the_network_is_refused(self):
        urls = archive_pdf.engine().urls
        archive_pdf.engine.cache_clear()
        with patch.dict(vars(urls)):
            del urls.URLFetcher
            self.assertFalse(archive_pdf.is_available())
            with self.assertRaisesRegex(UserError, "WeasyPrint, which this server lacks now"):
                self.letters._print([SHEET], archived=True)

    def test_a_page_that_it_cannot_read_is_told_in_words(self):
        broken = patch.object(archive_pdf.engine(), "HTML", side_effect=ValueError("no page"))
        with broken, self.assertRaisesRegex(UserError, "WeasyPrint could not print the letters: no page"):
            self.letters._print([SHEET], archived=True)
