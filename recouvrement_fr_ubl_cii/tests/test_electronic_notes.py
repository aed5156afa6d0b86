from lxml import etree

from odoo.tests import tagged

from odoo.addons.recouvrement_fr.rules.mentions import contradicts, penalties_told
from odoo.addons.recouvrement_fr.tests.common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestElectronicNotes(RecouvrementCommon):
    """What an invoice says of its payment in its electronic form is what is claimed."""

    def notes(self, builder, **values):
        invoice = self.invoice(MONDAY, 1000, **values)
        data, _errors = self.env[builder]._export_invoice(invoice)
        return etree.fromstring(data)

    def coded(self, **values):
        tree = self.notes("account.edi.xml.cii", **values)
        found = tree.findall("{*}ExchangedDocument/{*}IncludedNote")
        return {note.findtext("{*}SubjectCode"): note.findtext("{*}Content") for note in found}

    def test_the_three_mentions_are_in_a_factur_x_with_their_codes(self):
        self.company.recouvrement_print_mentions = True
        notes = self.coded(narration="<p>Merci</p>")
        self.assertEqual(notes[None], "Merci")
        self.assertIn("40", notes["PMT"])
        self.assertFalse(contradicts(penalties_told([notes["PMD"]]), None, 10))
        self.assertIn("10", notes["PMD"])
        self.assertIn("escompte", notes["AAB"])

    def test_the_rate_of_the_clause_is_the_one_told(self):
        self.company.recouvrement_print_mentions = True
        self.env["recouvrement.interest.clause"].create(
            {"company_id": self.company.id, "source": "Terms", "date_from": "2020-01-01", "rate": 12}
        )
        self.assertIn("12", self.coded()["PMD"])

    def test_nothing_is_added_while_the_company_prints_its_own(self):
        self.assertFalse({"PMT", "PMD", "AAB"} & self.coded().keys())

    def test_a_ubl_invoice_says_them_in_its_note(self):
        self.company.recouvrement_print_mentions = True
        note = self.notes("account.edi.xml.ubl_bis3", narration="<p>Merci</p>").findtext("{*}Note")
        self.assertTrue(note.startswith("Merci"))
        self.assertIn("40", note)

    def test_what_an_invoice_sent_with_another_rate_says_is_read_from_its_xml(self):
        """The narration is changed after the XML was made: what was sent binds."""
        told = "<p>Pénalités de retard au taux annuel de 15 %.</p>"
        for builder in ("account.edi.xml.cii", "account.edi.xml.ubl_bis3"):
            invoice = self.invoice(MONDAY, 1000, narration=told)
            data, _errors = self.env[builder]._export_invoice(invoice)
            invoice.narration = False
            self.assertFalse(invoice.mention_warning)
            self.env["ir.attachment"].create(
                {
                    "name": "facture.xml",
                    "raw": data,
                    "mimetype": "application/xml",
                    "res_model": "account.move",
                    "res_id": invoice.id,
                    "res_field": "ubl_cii_xml_file",
                }
            )
            invoice.invalidate_recordset()
            self.assertIn("15 %", invoice.mention_warning, builder)

    def test_our_own_notes_read_from_the_xml_never_contradict_what_we_claim(self):
        self.company.recouvrement_print_mentions = True
        self.company.recouvrement_mentions_since = MONDAY
        for builder in ("account.edi.xml.cii", "account.edi.xml.ubl_bis3"):
            invoice = self.invoice(MONDAY, 1000)
            data, _errors = self.env[builder]._export_invoice(invoice)
            self.env["ir.attachment"].create(
                {
                    "name": "facture.xml",
                    "raw": data,
                    "mimetype": "application/xml",
                    "res_model": "account.move",
                    "res_id": invoice.id,
                }
            )
            noted = self.env["recouvrement.invoice.mention"].search([("move_id", "=", invoice.id)])
            self.assertEqual(noted.state, "right", builder)
            self.assertTrue(noted.electronic_told)
