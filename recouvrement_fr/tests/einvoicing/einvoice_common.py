import base64
from datetime import timedelta

from odoo.addons.recouvrement_fr.tools.cdar import NAMESPACES

from ..common import MONDAY, RecouvrementCommon

UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
DUE = MONDAY - timedelta(days=20)


def moment(tag, written, kind="204"):
    """An element that holds a date; nothing where there is none."""
    inside = f'<udt:DateTimeString format="{kind}">{written}</udt:DateTimeString>'
    return f"<ram:{tag}>{inside}</ram:{tag}>" if written else ""


def message(code, number, **told):
    """A life-cycle message as a platform writes it: the status of one invoice, as XML bytes.

    :param told: id, at (CCYYMMDDHHMMSS), words, seller, payee,
        reasons [(code, action, note)], amounts [(kind, amount, day)]
    """
    reasons = told.get("reasons", ())
    amounts = "".join(
        f"<ram:SpecifiedDocumentCharacteristic><ram:TypeCode>{kind}</ram:TypeCode>"
        f'<ram:ValueAmount currencyID="{told.get("currency", "EUR")}">{amount}</ram:ValueAmount>'
        f"{moment('ValueDateTime', day, '102')}</ram:SpecifiedDocumentCharacteristic>"
        for kind, amount, day in told.get("amounts", ())
    )
    said = "".join(
        f"<ram:SpecifiedDocumentStatus><ram:ReasonCode>{reason}</ram:ReasonCode><ram:Reason>En clair</ram:Reason>"
        f"<ram:RequestedActionCode>{action}</ram:RequestedActionCode>"
        f"<ram:IncludedNote><ram:Content>{note}</ram:Content></ram:IncludedNote></ram:SpecifiedDocumentStatus>"
        for reason, action, note in reasons
    )
    if amounts:
        said += f"<ram:SpecifiedDocumentStatus>{amounts}</ram:SpecifiedDocumentStatus>"
    at = told.get("at", "20260302101500")
    payee = told.get("payee")
    payee = f"<ram:Name>{payee}</ram:Name><ram:RoleCode>DL</ram:RoleCode>" if payee else ""
    payee = f"<ram:RecipientTradeParty>{payee}</ram:RecipientTradeParty>" if payee else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossDomainAcknowledgementAndResponse
    xmlns:rsm="{NAMESPACES['rsm']}" xmlns:ram="{NAMESPACES['ram']}" xmlns:udt="{UDT}">
  <rsm:ExchangedDocument>
    <ram:ID>{told.get('id', f'{number}#{code}#{at}')}</ram:ID>
    {moment('IssueDateTime', at)}
    <ram:IssuerTradeParty>
      <ram:Name>Plateforme de l’acheteur</ram:Name><ram:RoleCode>BY</ram:RoleCode>
    </ram:IssuerTradeParty>{payee}
  </rsm:ExchangedDocument>
  <rsm:AcknowledgementDocument>
    <ram:ReferenceReferencedDocument>
      <ram:IssuerAssignedID>{number}</ram:IssuerAssignedID>
      <ram:TypeCode>380</ram:TypeCode>
      {moment('ReceiptDateTime', told.get('received'))}
      <ram:ProcessConditionCode>{code}</ram:ProcessConditionCode>
      <ram:ProcessCondition>{told.get('words', 'Statut')}</ram:ProcessCondition>
      <ram:IssuerTradeParty><ram:GlobalID schemeID="0002">{told.get('seller', '')}</ram:GlobalID></ram:IssuerTradeParty>
      {said}
    </ram:ReferenceReferencedDocument>
  </rsm:AcknowledgementDocument>
</rsm:CrossDomainAcknowledgementAndResponse>
""".encode()


class EinvoiceCommon(RecouvrementCommon):
    """An invoice that is late, a reminder about to leave, and what platforms say of it."""

    def before_all(self):
        super().before_all()
        self.debt = self.invoice(DUE, 1000)
        self.night(MONDAY)
        self.events = self.env["recouvrement.einvoice.event"]

    def receive(self, code, on=MONDAY, number=None, **told):
        told.setdefault("at", f"{on:%Y%m%d}101500")
        with self.at(on):
            rows = self.events.receive_xml(
                base64.b64encode(message(code, number or self.debt.name, **told)).decode(), self.company.id
            )
        return rows[0]

    def event(self):
        return self.events.search([], limit=1, order="id desc")

    def disputes(self):
        return self.env["recouvrement.dispute"].search([("move_ids", "in", self.debt.ids)])
