import base64
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00"
    b"\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


@tagged("post_install", "-at_install")
class TestAttachmentCost(TransactionCase):
    """The guard of evidence stands on every file of the database: what it asks for is counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Somebody"})
        cls.files = cls.env["ir.attachment"].create(
            [
                {"name": f"{number}.txt", "raw": b"words", "res_model": "res.partner", "res_id": cls.partner.id}
                for number in range(20)
            ]
        )
        cls.env.flush_all()

    def asked(self, call):
        """How many statements that took, and how many flushes of everything."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        environment = type(self.env)
        with patch.object(environment, "flush_all", autospec=True, side_effect=environment.flush_all) as flush:
            call()
        return self.env.cr.sql_log_count - before, flush.call_count

    def test_a_file_that_is_shown_asks_one_question(self):
        """Beside the file itself; and one for a whole batch."""
        for files in (self.files[0], self.files):
            with self.subTest(files=len(files)):
                asked, flushes = self.asked(files._altered)
                self.assertLessEqual(asked, 2)
                self.assertEqual(flushes, 0)

    def test_a_file_that_is_written_or_deleted_asks_one_question_and_flushes_nothing(self):
        self.partner.name = "Another"  # waits to be written: no business of the guard
        for files in (self.files[0], self.files):
            with self.subTest(files=len(files)):
                asked, flushes = self.asked(files._evidence)
                self.assertLessEqual(asked, 3)  # the files, whether their record is there, who keeps them
                self.assertEqual(flushes, 0)

    def test_what_waits_to_be_written_stays_so(self):
        self.files[0]._evidence()
        self.env.flush_all()
        self.partner.ref = "Waiting"
        self.files[0]._evidence()
        self.env.cr.execute("SELECT ref FROM res_partner WHERE id = %s", [self.partner.id])
        self.assertEqual(self.env.cr.fetchone(), (None,))

    def test_pictures_and_style_sheets_ask_nothing(self):
        self.partner.image_1920 = base64.b64encode(PNG)
        self.env.flush_all()
        picture = self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.partner.id), ("res_field", "=", "image_1920")]
        )
        sheet = self.env["ir.attachment"].create({"name": "web.css", "raw": b"a{}", "res_model": "ir.ui.view"})
        for file in (picture, sheet):
            for call in (file._altered, file._evidence):
                with self.subTest(file=file.name, call=call.__name__):
                    self.assertTrue(file)
                    self.assertLessEqual(self.asked(call)[0], 1)  # the file itself
