import io
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_fr.models.decision.invoice_evidence import InvoiceEvidence
from odoo.addons.recouvrement_fr.models.einvoicing import recouvrement_invoice_mention_reading as reading
from odoo.addons.recouvrement_fr.tools import invoice_notes
from odoo.addons.recouvrement_fr.tools.pdf import PdfWriter

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
DUE = MONDAY - timedelta(days=20)
TEN = "Late payment penalties at an annual rate of 10% are applied if the payment is made after the due date."
TRIPLE = "Tout retard engendre une pénalité calculée sur la base de trois fois le taux d’intérêt légal."
RIGHT = "Pénalités de retard : taux de la Banque centrale européenne + 10 points."
FORTY = "Indemnité forfaitaire pour frais de recouvrement : 40 €."
NONE = "Pas d’escompte pour paiement anticipé."


def cii(*notes, terms=""):
    """A Factur-X invoice of which only the notes and the terms of payment are written."""
    told = "".join(
        f"<ram:IncludedNote><ram:Content>{words}</ram:Content><ram:SubjectCode>{code}</ram:SubjectCode>"
        f"</ram:IncludedNote>"
        for code, words in notes
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
    xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100">
  <rsm:ExchangedDocument><ram:ID>F1</ram:ID>{told}</rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeSettlement>
    <ram:SpecifiedTradePaymentTerms><ram:Description>{terms}</ram:Description></ram:SpecifiedTradePaymentTerms>
  </ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>""".encode()


def ubl(*notes):
    told = "".join(f"<cbc:Note>{note}</cbc:Note>" for note in notes)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>F1</cbc:ID>{told}
</Invoice>""".encode()


def factur_x(data):
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.add_attachment("factur-x.xml", data)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@tagged("post_install", "-at_install")
class TestInvoiceNotes(RecouvrementCommon):
    """The reader alone: notes of electronic invoices, nothing of what is none."""

    def test_notes_are_read_with_their_codes_in_each_syntax(self):
        notes = [("PMD", TEN), ("PMT", FORTY)]
        self.assertEqual(invoice_notes.read(cii(*notes)), notes)
        self.assertEqual(invoice_notes.read(cii(terms=TRIPLE)), [("", TRIPLE)])
        self.assertEqual(invoice_notes.read(ubl(f"#PMD#{TEN}", "Merci")), [("PMD", TEN), ("", "Merci")])
        self.assertEqual(invoice_notes.read(factur_x(cii(*notes)), is_pdf=True), notes)

    def test_what_is_no_invoice_says_nothing_and_never_fails(self):
        bomb = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
        whole = cii(("PMD", TEN))
        for data in (
            b"",
            b"Bonjour",
            b"<Invoice/>",
            whole[:-30],
            whole.replace(b'encoding="UTF-8"?>', b'encoding="UTF-8"?>' + bomb).replace(TEN.encode(), b"&a;"),
        ):
            self.assertEqual(invoice_notes.read(data), [], data[:40])
        with mute_logger("pypdf._reader"):
            self.damaged_pdf(whole)

    def damaged_pdf(self, whole):
        for data in (b"", b"%PDF-1.4 /EmbeddedFile damaged", factur_x(b"<Invoice/>"), factur_x(whole)[:400]):
            self.assertEqual(invoice_notes.read(data, is_pdf=True), [])


@tagged("post_install", "-at_install")
class TestInvoiceMentionReading(RecouvrementCommon):
    """What open invoices say that were posted before the add-on was there, and what their files say."""

    def noted(self, invoice):
        return self.env["recouvrement.invoice.mention"].search([("move_id", "in", invoice.ids)])

    def before(self, *args, **values):
        """An invoice posted while collection was off: nothing was noted of it."""
        self.company.recouvrement_active = False
        invoice = self.invoice(*args, **values)
        self.company.recouvrement_active = True
        self.assertFalse(self.noted(invoice))
        return invoice

    def attach(self, invoice, data, mimetype="application/xml", **values):
        return self.env["ir.attachment"].create(
            {
                "name": "facture.xml",
                "raw": data,
                "mimetype": mimetype,
                "res_model": "account.move",
                "res_id": invoice.id,
                **values,
            }
        )

    def read(self):
        with self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_mentions").method_direct_trigger()
        self.env.invalidate_all()

    def test_open_invoices_posted_before_are_read_by_the_scheduled_action(self):
        wrong = self.before(DUE, 1000, narration=f"<p>{TEN}</p>")
        silent = self.before(DUE, 500)
        paid = self.before(DUE, 200)
        self.pay(paid)
        person = self._partner("Jeanne Petit", is_company=False, company_registry=False)
        consumer = self.before(DUE, 100, partner=person)
        refund = self.before(DUE, 50, move_type="out_refund")
        self.read()
        self.assertEqual((self.noted(wrong).state, self.noted(wrong).read_late), ("contradicts", True))
        self.assertEqual((self.noted(silent).state, self.noted(silent).lacks_rate), ("missing", True))
        self.assertFalse(self.noted(paid | consumer | refund))
        first = self.noted(wrong)
        self.read()
        self.assertEqual(self.noted(wrong), first, "What was read is not read again.")

    def test_it_reads_page_by_page_and_goes_on_where_it_was_stopped(self):
        moves = self.env["account.move"].union(*(self.before(DUE, 100 + number) for number in range(5)))
        mentions = self.env["recouvrement.invoice.mention"].sudo()
        waiting = [ids for ids in mentions._waiting_ids(0) if ids in moves.ids]
        self.assertEqual(waiting, moves.ids)
        self.patch(reading, "PAGE", 2)
        mentions._read_page(moves[:2])  # stopped after a page
        self.assertEqual([ids for ids in mentions._waiting_ids(0) if ids in moves.ids], moves[2:4].ids)
        self.read()
        self.assertEqual(len(self.noted(moves[0]) | self.noted(moves[4])), 2)
        self.assertFalse(mentions._waiting_ids(0))

    def test_one_that_cannot_be_read_keeps_no_other_from_being_read(self):
        moves = self.env["account.move"].union(*(self.before(DUE, 100 + number) for number in range(3)))
        mentions = self.env["recouvrement.invoice.mention"].sudo()
        original = type(mentions)._note

        def fails(mention, some):
            if moves[1] in some:
                raise ValueError("damaged")
            return original(mention, some)

        self.patch(type(mentions), "_note", fails)
        with mute_logger(reading.__name__):
            mentions._read_page(moves)
        self.assertTrue(self.noted(moves[0]) and self.noted(moves[2]))
        self.assertFalse(self.noted(moves[1]))

    def test_another_rate_in_the_xml_kept_binds_and_is_told_before_another_is_claimed(self):
        invoice = self.invoice(DUE, 1000)
        self.night(MONDAY)
        self.assertFalse(invoice.mention_warning)
        self.attach(invoice, cii(("PMD", TEN), ("PMT", FORTY), ("AAB", NONE), ("REG", "SARL")))
        self.assertEqual(self.noted(invoice).state, "contradicts")
        self.assertIn(f"PMD: {TEN}", self.noted(invoice).electronic_told)
        self.assertNotIn("SARL", self.noted(invoice).electronic_told)
        invoice.invalidate_recordset()
        self.assertIn("annual rate of 10%", invoice.mention_warning)
        self.assertIn("annual rate of 10%", self.reminders().mention_warning)
        evidence = InvoiceEvidence(self.env, self.company, invoice, MONDAY)
        self.assertFalse(evidence.of("mention_agrees")[invoice.id].met)
        self.assertTrue(evidence.of("mention_indemnity")[invoice.id].met, "The XML says it.")
        with self.at(MONDAY):
            [block] = self.env["recouvrement.decompte"]._of_moves(invoice, MONDAY)
        self.assertIn("annual rate of 10%", " ".join(block["notes"]))

    def test_paper_that_agrees_does_not_hide_an_xml_that_does_not(self):
        invoice = self.invoice(DUE, 1000, narration=f"<p>{RIGHT}</p>")
        self.assertFalse(invoice.mention_warning)
        self.attach(invoice, ubl(f"#PMD#{TRIPLE}"))
        self.assertEqual(self.noted(invoice).state, "contradicts")
        self.assertIn("trois fois", self.noted(invoice).told)

    def test_the_rate_of_the_xml_entered_as_its_clause_agrees(self):
        invoice = self.invoice(DUE, 1000)
        self.attach(invoice, cii(("PMD", TEN)))
        self.env["recouvrement.interest.clause"].create(
            {
                "company_id": self.company.id,
                "move_id": invoice.id,
                "source": "Note of the electronic invoice",
                "date_from": invoice.invoice_date,
                "rate": 10,
            }
        )
        invoice.invalidate_recordset()
        self.assertFalse(invoice.mention_warning)

    def test_files_that_came_otherwise_are_read_in_the_night(self):
        invoice = self.before(DUE, 1000)
        self.attach(invoice, factur_x(cii(("PMD", TEN))), "application/pdf", name="facture.pdf")
        self.read()
        self.assertEqual(self.noted(invoice).state, "contradicts")
        later = self.invoice(DUE, 500)
        file = self.attach(later, cii(("PMD", TEN)), res_model=False, res_id=False)
        self.assertFalse(self.noted(later).electronic_told)
        file.write({"res_model": "account.move", "res_id": later.id})
        self.read()
        self.assertEqual(self.noted(later).state, "contradicts")
        self.assertFalse(self.env["recouvrement.invoice.mention"].sudo()._waiting_ids(0), "None is opened twice.")

    def test_an_xml_that_says_what_is_claimed_mends_what_the_paper_lacks(self):
        invoice = self.invoice(DUE, 1000)
        self.assertEqual(self.noted(invoice).state, "missing")
        self.attach(invoice, cii(("PMD", RIGHT), ("PMT", FORTY), ("AAB", NONE)))
        self.assertEqual(self.noted(invoice).state, "right")
