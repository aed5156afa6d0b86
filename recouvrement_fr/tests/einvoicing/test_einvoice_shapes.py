import base64
from datetime import date, datetime, timedelta
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.recouvrement_fr.tools import cdar

from ..common import MONDAY, RecouvrementCommon
from .einvoice_common import UDT, EinvoiceCommon, message, moment

DAY = timedelta(days=1)
QDT = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"


def said(code, number, **told):
    """A message in the shape of the norm's own examples: its context, three parties, the moment of the status beside
    that of the message, data that the status is about.

    :param told: id, created, at, status (the inside of the reference), sellers [(scheme, id)]
    """
    sellers = "".join(
        f'<ram:GlobalID schemeID="{scheme}">{value}</ram:GlobalID>'
        for scheme, value in told.get("sellers", [("0002", "732829320")])
    )
    at = told.get("at", "20260302100000")
    own_code = "" if told.get("inside") else f"<ram:ProcessConditionCode>{code}</ram:ProcessConditionCode>"
    named = f"<ram:IssuerAssignedID>{number}</ram:IssuerAssignedID>" if number else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossDomainAcknowledgementAndResponse xmlns:udt="{UDT}" xmlns:qdt="{QDT}"
    xmlns:rsm="{cdar.NAMESPACES['rsm']}" xmlns:ram="{cdar.NAMESPACES['ram']}">
  <rsm:ExchangedDocumentContext>
    <ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn.cpro.gouv.fr:1p0:CDV:invoice</ram:ID>
    </ram:GuidelineSpecifiedDocumentContextParameter>
  </rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument>
    <ram:ID>{told.get('id', 'M1')}</ram:ID> <!-- MDT-4 -->
    <ram:Name>statut-{number or 'sans-numero'}</ram:Name>
    {moment('IssueDateTime', told.get('created', '20260302103000'))}
    <ram:SenderTradeParty><ram:RoleCode>WK</ram:RoleCode></ram:SenderTradeParty>
    <ram:IssuerTradeParty>
      <ram:GlobalID schemeID="0002">552100554</ram:GlobalID>
      <ram:Name>Le client</ram:Name><ram:RoleCode>BY</ram:RoleCode>
    </ram:IssuerTradeParty>
    <ram:RecipientTradeParty><ram:Name>Le vendeur</ram:Name><ram:RoleCode>SE</ram:RoleCode></ram:RecipientTradeParty>
    <ram:RecipientTradeParty><ram:Name>PPF</ram:Name><ram:RoleCode>DFH</ram:RoleCode></ram:RecipientTradeParty>
  </rsm:ExchangedDocument>
  <rsm:AcknowledgementDocument>
    <ram:MultipleReferencesIndicator><udt:Indicator>false</udt:Indicator></ram:MultipleReferencesIndicator>
    <ram:TypeCode>23</ram:TypeCode>
    {moment('IssueDateTime', at)}
    <ram:ReferenceReferencedDocument>
      {named}
      <ram:StatusCode>46</ram:StatusCode><ram:TypeCode>380</ram:TypeCode>
      <ram:FormattedIssueDateTime><qdt:DateTimeString format="102">20260101</qdt:DateTimeString>
      </ram:FormattedIssueDateTime>
      {own_code}
      <ram:IssuerTradeParty>{sellers}</ram:IssuerTradeParty>
      {told.get('status', '')}
    </ram:ReferenceReferencedDocument>
  </rsm:AcknowledgementDocument>
</rsm:CrossDomainAcknowledgementAndResponse>
""".encode()


def datum(kind, value, name="Taux de TVA"):
    return (
        f"<ram:SpecifiedDocumentCharacteristic><ram:ID>BT-152</ram:ID><ram:TypeCode>{kind}</ram:TypeCode>"
        f"<ram:ValueChangedIndicator><udt:IndicatorString>true</udt:IndicatorString></ram:ValueChangedIndicator>"
        f"<ram:Name>{name}</ram:Name><ram:Location>/rsm:x/ram:y</ram:Location>{value}"
        f"</ram:SpecifiedDocumentCharacteristic>"
    )


PERCENT = "<ram:ValuePercent>{}</ram:ValuePercent>"


@tagged("post_install", "-at_install")
class TestEinvoiceShapes(RecouvrementCommon):
    """Messages in the shapes of the norm's own public examples."""

    def one(self, *args, **told):
        [status] = cdar.read(said(*args, **told))
        return status

    def test_a_status_is_said_when_it_was_set_not_when_its_message_was_made(self):
        status = self.one("207", "F1", at="20260302100000", created="20260302181500")
        self.assertEqual(status.issued_at, datetime(2026, 3, 2, 10, 0))
        self.assertEqual((status.sender_role, status.sender_name), ("BY", "Le client"))
        self.assertEqual(status.invoiced_on, date(2026, 1, 1))

    def test_every_note_of_a_reason_is_kept(self):
        notes = "".join(
            f"<ram:IncludedNote><ram:ContentCode>AAI</ram:ContentCode><ram:Content>{words}</ram:Content></ram:IncludedNote>"
            for words in ("Destinataire inconnu", "Voir le courriel")
        )
        status = self.one(
            "210",
            "F1",
            status=f"<ram:SpecifiedDocumentStatus><ram:ReasonCode>DEST_ERR</ram:ReasonCode>{notes}"
            "</ram:SpecifiedDocumentStatus>",
        )
        self.assertEqual(status.grounds[0].note, "Destinataire inconnu / Voir le courriel")

    def test_the_data_that_a_reason_is_about_are_read(self):
        status = self.one(
            "207",
            "F1",
            status="<ram:SpecifiedDocumentStatus><ram:ReasonCode>TX_TVA_ERR</ram:ReasonCode>"
            f"{datum('DIV', PERCENT.format('10.00'))}{datum('DVA', PERCENT.format('20.00'))}"
            f"{datum('CBB', '<ram:Value>FR14 2004 1010 0505 0001 3M02 606</ram:Value>', 'Compte')}"
            "</ram:SpecifiedDocumentStatus>",
        )
        self.assertEqual(
            [(one.kind, one.place, one.name, one.value) for one in status.grounds[0].data],
            [
                ("DIV", "BT-152", "Taux de TVA", "10.00 %"),
                ("DVA", "BT-152", "Taux de TVA", "20.00 %"),
                ("CBB", "BT-152", "Compte", "FR14 2004 1010 0505 0001 3M02 606"),
            ],
        )
        self.assertEqual(cdar.read(cdar.write(status)), [status], "And written again.")

    def test_the_seller_is_known_by_his_siren_whatever_else_identifies_him(self):
        for sellers, known in (
            ([("0223", "FR44732829320"), ("0009", "73282932000074"), ("0002", "732829320")], "732829320"),
            ([("0225", "732829320_00012")], "732829320_00012"),
            ([("0223", "FR44732829320")], ""),  # the digits of a VAT number do not begin with those of the SIREN
            ([("", "732829320")], "732829320"),
        ):
            self.assertEqual(self.one("205", "F1", sellers=sellers).seller, known)

    def test_a_status_that_only_its_details_name_is_read(self):
        inside = "<ram:SpecifiedDocumentStatus><ram:ProcessConditionCode>210</ram:ProcessConditionCode>"
        status = self.one("", "F1", inside=True, status=f"{inside}</ram:SpecifiedDocumentStatus>")
        self.assertEqual(status.code, "210")

    def test_an_inadmissible_file_may_have_no_number_to_give(self):
        status = self.one("501", "")
        self.assertEqual((status.code, status.number), ("501", "statut-sans-numero"))

    def test_two_statuses_with_one_message_number_are_two_and_the_same_twice_is_one(self):
        """The examples number a message by its invoice, its status and the day of receipt: two announced payments of
        one invoice bear the same number."""
        first, second = self.one("211", "F1"), self.one("211", "F1", at="20260309100000")
        self.assertNotEqual(first.key, second.key)
        self.assertEqual(first.key, self.one("211", "F1", created="20260302235900").key)
        self.assertEqual(cdar.read(cdar.write(first)), [first])

    def test_amounts_are_read_as_far_as_the_norm_goes(self):
        paid = (
            "<ram:SpecifiedDocumentStatus><ram:SpecifiedDocumentCharacteristic><ram:TypeCode>MPA</ram:TypeCode>"
            '<ram:ValueAmount currencyID="EUR">{}</ram:ValueAmount>'
            "</ram:SpecifiedDocumentCharacteristic></ram:SpecifiedDocumentStatus>"
        )
        for written in ("12000", "+12.50", "12345678901234567.89", "-3", ".5", "12."):
            status = self.one("211", "F1", status=paid.format(written))
            self.assertEqual(status.amounts[0].value, Decimal(written))


@tagged("post_install", "-at_install")
class TestEinvoiceShapesTaken(EinvoiceCommon):
    def take(self, data, on=MONDAY):
        with self.at(on):
            return self.events.receive_xml(base64.b64encode(data).decode(), self.company.id)[0]

    def test_a_second_announced_payment_under_the_same_number_is_taken_in(self):
        number = self.debt.name
        self.assertFalse(self.take(said("211", number, sellers=[]))["known"])
        self.assertTrue(self.take(said("211", number, sellers=[]))["known"])
        again = self.take(said("211", number, sellers=[], at="20260309100000"), on=MONDAY + 7 * DAY)
        self.assertEqual((again["known"], again["state"]), (False, "done"))

    def test_a_message_taken_in_before_the_key_knew_the_moment_is_not_taken_in_again(self):
        data = said("207", self.debt.name, sellers=[])
        self.take(data)
        event = self.event()
        event.sudo().message_key = f"M1|{self.debt.name}|207"
        self.assertTrue(self.take(data)["known"])

    def test_what_was_told_before_waits_whatever_its_key(self):
        number = self.debt.name[:-3] + "777"
        self.take(message("207", number, reasons=[("QTE_ERR", "NOA", "")]))
        event = self.event()
        event.sudo().message_key = "another key"
        self.debt.name = number
        with self.at(MONDAY + DAY):
            self.events.sudo()._follow_up(MONDAY + DAY)
        self.assertEqual((event.state, event.move_id), ("done", self.debt))

    def test_what_a_reason_is_about_is_shown_in_words(self):
        wrong = datum("DIV", PERCENT.format("10.00")) + datum("DVA", PERCENT.format("20.00"))
        self.take(
            said(
                "207",
                self.debt.name,
                sellers=[],
                status=f"<ram:SpecifiedDocumentStatus><ram:ReasonCode>TX_TVA_ERR</ram:ReasonCode>{wrong}"
                "</ram:SpecifiedDocumentStatus>",
            )
        )
        self.assertIn("VAT rate wrong (TX_TVA_ERR)", self.event().details)
        self.assertIn("Wrong value: Taux de TVA (BT-152) 10.00 %", self.event().details)
        self.assertIn("Value expected: Taux de TVA (BT-152) 20.00 %", self.event().details)

    def test_each_reason_has_the_statuses_of_the_closed_lists_and_another_one_is_shown_and_said(self):
        reasons = self.env["recouvrement.einvoice.reason"]
        self.assertFalse(reasons.search([("status_ids", "=", False)]), "Each reason known is of some status.")
        justif = self.env.ref("recouvrement_fr.einvoice_reason_justif_abs")
        self.assertEqual(justif.status_ids.mapped("code"), ["208"])
        self.take(message("207", self.debt.name, reasons=[("JUSTIF_ABS", "NOA", ""), ("NOUVEAU", "NOA", "")]))
        self.assertEqual(self.disputes().state, "open", "What is out of the list is accepted.")
        self.assertIn("(JUSTIF_ABS), which the norm does not give as a reason", self.event().details)
        self.assertIn("En clair (NOUVEAU)", self.event().details)
        self.take(message("208", self.debt.name, reasons=[("JUSTIF_ABS", "NOA", "")]))
        self.assertNotIn("does not give", self.event().details)

    def test_the_lists_that_a_manager_changed_stay(self):
        reason = self.env.ref("recouvrement_fr.einvoice_reason_justif_abs")
        reason.status_ids = self.env.ref("recouvrement_fr.einvoice_status_206")
        reason._fill_lists()
        self.assertEqual(reason.status_ids.mapped("code"), ["206"])

    def test_the_account_told_as_a_datum_is_proposed_to_who_checks_it(self):
        told = datum("CBB", "<ram:Value>FR1420041010050500013M02606</ram:Value>", "IBAN")
        self.take(
            said(
                "227",
                self.debt.name,
                sellers=[],
                status=f"<ram:SpecifiedDocumentStatus>{told}</ram:SpecifiedDocumentStatus>",
            )
        )
        self.assertEqual(self.event()._told_iban(), "FR14 2004 1010 0505 0001 3M02 606")
