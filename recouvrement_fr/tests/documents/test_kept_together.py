from odoo.tests import BaseCase, tagged

from ...tools.kept_together import kept

BLOCK = '<div style="page-break-inside: avoid">'
ROWS = "<tr><td>1</td></tr>"


@tagged("post_install", "-at_install")
class TestKeptTogether(BaseCase):
    """On paper a heading is never alone at the foot of a page, nor a signature at the head of the next."""

    def test_a_heading_stays_with_what_it_announces(self):
        self.assertEqual(kept("<p>a</p><h2>B</h2><p>c</p><p>d</p>"), f"<p>a</p>{BLOCK}<h2>B</h2><p>c</p></div><p>d</p>")

    def test_two_headings_stay_together_with_what_they_announce(self):
        self.assertEqual(kept("<h2>A</h2><h3>B</h3><p>c</p>"), f"{BLOCK}<h2>A</h2><h3>B</h3><p>c</p></div>")

    def test_a_long_table_may_be_parted_and_a_short_one_stays_with_its_heading(self):
        for count, together in ((8, True), (9, False)):
            with self.subTest(count=count):
                self.assertEqual(BLOCK in kept(f"<h2>A</h2><table>{ROWS * count}</table>"), together)

    def test_a_signature_stays_with_the_words_above_it(self):
        self.assertEqual(
            kept('<p>a</p><p>b</p><table class="signatures"><tr><td>x</td></tr></table>'),
            f'<p>a</p>{BLOCK}<p>b</p><table class="signatures"><tr><td>x</td></tr></table></div>',
        )

    def test_what_is_kept_already_is_left_alone(self):
        for html in (f"{BLOCK}<h2>A</h2><p>b</p></div>", "<p>a</p>", "a <b>b</b> c", "", "<h2>Last</h2>"):
            with self.subTest(html=html):
                self.assertEqual(kept(html), html)
