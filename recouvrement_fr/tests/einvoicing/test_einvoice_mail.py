import base64
import io
import zipfile

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .einvoice_common import EinvoiceCommon, message

MAIL = """From: {sender}
To: plateforme@creancier.example
Subject: Statuts
Date: Mon, 02 Mar 2026 09:00:00 +0100
Message-Id: <{number}@plateforme.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="x"
{head}
--x
Content-Type: text/plain; charset=utf-8

Bonjour
{files}
--x--
"""
FILE = """
--x
Content-Type: {kind}; name="{name}"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="{name}"

{data}
"""


@tagged("post_install", "-at_install")
class TestEinvoiceMail(EinvoiceCommon):
    """An address of the company takes in the XML that platforms send; every mail is kept, none is answered."""

    def setUp(self):
        super().setUp()
        self.company.alias_domain_id = self.env["mail.alias.domain"].create({"name": "creancier.example"})
        self.company._set_einvoice_alias("plateforme")
        self.company.recouvrement_einvoice_senders = "plateforme.example"
        self.number = 0

    def send(self, *files, sender="robot@plateforme.example", head="", number=None):
        """A mail comes in; returns what was kept of it."""
        self.number += 1
        parts = "".join(
            FILE.format(name=name, kind=kind, data=base64.encodebytes(data).decode()) for name, kind, data in files
        )
        raw = MAIL.format(sender=sender, number=number or self.number, files=parts, head=head)
        with self.at(MONDAY), mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].with_user(self.env.ref("base.user_root")).message_process(False, raw)
        self.env.invalidate_all()
        return self.env["recouvrement.einvoice.mail"].search([], limit=1)

    def xml(self, code, name="statut.xml", **told):
        return name, "application/xml", message(code, told.pop("invoice", self.debt.name), **told)

    def test_the_xml_of_a_known_platform_is_taken_in_and_the_mail_is_kept(self):
        mail = self.send(self.xml("207", reasons=[("QTE_ERR", "NOA", "Deux manquent")]))
        self.assertEqual((mail.state, mail.new_count, mail.company_id), ("done", 1, self.company))
        self.assertEqual(self.disputes().state, "open")
        kept = self.env["ir.attachment"].search([("res_model", "=", mail._name), ("res_id", "=", mail.id)])
        self.assertEqual(kept.mapped("name"), ["statut.xml"])
        self.assertIn("Bonjour", mail.message_ids[0].body)

    def test_a_zip_is_opened(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("a.xml", message("203", self.debt.name))
            file.writestr("b.xml", message("205", self.debt.name))
        mail = self.send(("statuts.zip", "application/zip", archive.getvalue()))
        self.assertEqual((mail.state, mail.new_count), ("done", 2))

    def test_what_cannot_be_read_is_named_and_kept_and_the_rest_is_taken_in(self):
        mail = self.send(self.xml("205"), ("faux.xml", "application/xml", b"<Invoice/>"))
        self.assertEqual((mail.state, mail.new_count), ("waiting", 1))
        self.assertIn("faux.xml", mail.outcome)
        self.assertEqual(mail.message_attachment_count, 2)

    def test_a_mail_without_a_message_waits_for_a_person(self):
        mail = self.send(("logo.png", "image/png", b"\x89PNG"))
        self.assertEqual((mail.state, mail.new_count), ("waiting", 0))
        self.assertIn("No file", mail.outcome)

    def test_what_an_unknown_sender_sends_moves_nothing_until_a_person_has_looked(self):
        mail = self.send(self.xml("213", reasons=[("REJ_COH", "NOA", "")]), sender="pirate@ailleurs.example")
        self.assertEqual((mail.state, self.events.search_count([])), ("waiting", 0))
        self.assertEqual(self.reminders().state, "planned")
        with self.at(MONDAY):
            mail.action_take_in()
        self.assertEqual((mail.state, mail.new_count, self.event().not_issued), ("done", 1, True))

    def test_a_sender_whose_domain_only_ends_alike_is_unknown(self):
        mail = self.send(self.xml("205"), sender="robot@fausse-plateforme.example")
        self.assertEqual(mail.state, "waiting")
        mail.action_dismiss()
        self.assertEqual((mail.state, self.events.search_count([])), ("dismissed", 0))

    def test_the_same_mail_or_the_same_message_twice_is_taken_in_once(self):
        self.send(self.xml("205"), number="once")
        self.send(self.xml("205"), number="once")
        self.assertEqual(self.env["recouvrement.einvoice.mail"].search_count([]), 1)
        mail = self.send(self.xml("205"))
        self.assertEqual((mail.state, mail.new_count, mail.known_count), ("done", 0, 1))

    def test_nothing_is_ever_answered_so_that_no_robot_starts_a_loop(self):
        self.send(self.xml("205"), head="Auto-Submitted: auto-generated\n")
        self.send(("x.xml", "application/xml", b"<Invoice/>"), sender="robot@ailleurs.example")
        answers = [("email_to", "like", "robot@")]
        self.assertFalse(self.env["mail.mail"].sudo().search_count(answers))

    def test_a_mail_is_evidence_and_an_address_may_be_closed(self):
        mail = self.send(self.xml("205"))
        with self.assertRaises(UserError):
            mail.unlink()
        self.company._set_einvoice_alias("")
        self.assertFalse(self.company.recouvrement_einvoice_alias_id)
