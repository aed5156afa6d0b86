import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

DOCS = Path(__file__).resolve().parents[3] / "docs"  # not in the wheel
PATH = re.compile(r"(?<!\*)\*([^*>]+(?: > [^*>]+)+)\*(?!\*)")
ELSEWHERE = ("Contact", "Préférences")  # no menus: a form, its tabs and its actions
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")


@tagged("post_install", "-at_install")
class TestUserGuide(TransactionCase):
    """The guides send people where there is something."""

    def setUp(self):
        super().setUp()
        if not DOCS.is_dir():
            self.skipTest("The guides are not installed with the module.")
        self.texts = {file.name: file.read_text(encoding="utf-8") for file in DOCS.glob("*.md")}

    def test_each_way_through_the_menus_is_one(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        menus = self.env["ir.ui.menu"].with_context(lang="fr_FR", **{"ir.ui.menu.full_list": True}).search([])
        ways = {f"/{self.plain(menu.complete_name)}/" for menu in menus}
        seen = 0
        for name, text in self.texts.items():
            for told in PATH.findall(text):
                steps = [self.plain(step).rstrip(".") for step in told.split(" > ")]
                if steps[0] in ELSEWHERE:
                    continue
                wanted = f"/{'/'.join(steps)}/"
                seen += 1
                self.assertTrue(any(wanted in way for way in ways), f"{name}: no menu {' > '.join(steps)}")
        self.assertGreaterEqual(seen, 10)

    def plain(self, text):
        return " ".join(text.split())

    def test_each_picture_is_there(self):
        pictures = [(name, path) for name, text in self.texts.items() for path in PICTURE.findall(text)]
        self.assertGreaterEqual(len(pictures), 10)
        for name, path in pictures:
            self.assertTrue((DOCS / path).is_file(), f"{name}: {path}")
