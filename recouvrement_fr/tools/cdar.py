"""Reader of the life-cycle messages of French electronic invoices (CDAR, UN/CEFACT D22B), without Odoo's records.

A message (``CrossDomainAcknowledgementAndResponse``) tells the status of one invoice or more. Nothing is fetched: no
network, no entity, no schema. What is not understood is kept as words; what cannot be a message is refused in words.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from lxml import etree

from odoo.tools import LazyTranslate

from . import upload
from .refusal import Refused

_lt = LazyTranslate(__name__)

MAX_BYTES = 5_000_000  # a message carries a few kilobytes, and may enclose a file
MAX_STATUSES = 1_000
MAX_WORDS = 2_000
MAX_CODE = 40  # characters, of what is no sentence
NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
}
DATES = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
ROOT = f"{{{NAMESPACES['rsm']}}}CrossDomainAcknowledgementAndResponse"
CODE = re.compile(r"[0-9]{3}")
REASON = re.compile(r"[A-Z0-9_]{2,40}")
AMOUNT = re.compile(r"[+-]?([0-9]{1,17}(\.[0-9]{0,6})?|\.[0-9]{1,6})")  # nineteen signs in the norm
CURRENCY = re.compile(r"[A-Z]{3}")
DIGITS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
PAYEES = ("DL", "PE")  # roles of a party: factor, payee
PAYEE_TERMS = ("BT-59", "BT-85")  # terms of an invoice: the payee's name, the holder of the account
SIREN_FIRST = ("0002", "0009", "0225", "")  # schemes whose identifiers begin with the SIREN of the seller
INADMISSIBLE = "501"  # a file that could not be read has no invoice to name


@dataclass(frozen=True)
class Amount:
    """``kind``: MEN cash received, MPA payment sent, RAP left to pay..., signed, in ``currency``; ``on``: its day."""

    kind: str
    value: Decimal
    currency: str
    on: date | None = None


@dataclass(frozen=True)
class Datum:
    """What of the invoice a reason is about: ``kind`` DIV the value that is wrong, DVA the one expected, CBB bank
    details..., ``place`` the term of the invoice (BT-152), its name and its value in words."""

    kind: str
    place: str = ""
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class Ground:
    """One reason of a status: its code and words, the action that the sender asks for, his notes, what it is about."""

    code: str = ""
    words: str = ""
    action: str = ""
    action_words: str = ""
    note: str = ""
    data: tuple[Datum, ...] = ()


@dataclass(frozen=True)
class Status:
    """What a message says of one invoice.

    ``issued_at``: when the status was set, local time as written; ``seller``: the SIREN of who issued the invoice, or
    what begins with it; ``key``: the same for the same message received twice. Two platforms may give their messages
    the same number, and one platform the same number to two statuses of an invoice, as in the norm's own examples: so
    it says the invoice, the status and its moment too.
    """

    key: str
    code: str
    words: str
    number: str
    issued_at: datetime | None
    invoiced_on: date | None = None
    received_on: date | None = None
    seller: str = ""
    sender_role: str = ""
    sender_name: str = ""
    grounds: tuple[Ground, ...] = ()
    amounts: tuple[Amount, ...] = field(default=())
    payee: str = ""  # whom to pay, where it names another creditor than the seller
    former_key: str = field(default="", compare=False)  # without the moment, as keys were before


def read(data):
    """The statuses of a message.

    :param data: the bytes of the XML
    :return: [Status], at least one
    :raises Refused: it is not such a message, is too large, or one of its statuses names no invoice or no code
    """
    root = _root(data)
    digest = hashlib.sha256(data).hexdigest()
    document = root.find("rsm:ExchangedDocument", NAMESPACES)
    message = _text(document, "ram:ID", 200) or f"sha256:{digest}"
    sender = document.find("ram:IssuerTradeParty", NAMESPACES) if document is not None else None
    issued_at = _moment(document, "ram:IssueDateTime")
    found = root.findall("rsm:AcknowledgementDocument/ram:ReferenceReferencedDocument", NAMESPACES)
    if not found:
        raise Refused(_lt("The message names no invoice."))
    if len(found) > MAX_STATUSES:
        raise Refused(_lt("The message tells more than %(most)s statuses."), most=MAX_STATUSES)
    statuses = []
    for place, reference in enumerate(found):
        code, number = _code_and_number(reference, _text(document, "ram:Name", 100) or message[:100])
        own = _moment(reference.getparent(), "ram:IssueDateTime")
        grounds = reference.findall("ram:SpecifiedDocumentStatus", NAMESPACES)
        told = tuple(_ground(ground) for ground in grounds[:50])
        received = _moment(reference, "ram:ReceiptDateTime")
        invoiced = _moment(reference, "ram:FormattedIssueDateTime")
        former = "|".join((message, number, code, *([str(place + 1)] if len(found) > 1 else [])))
        statuses.append(
            Status(
                key=f"{former}|{own:%Y%m%d%H%M%S}" if own else former,
                code=code,
                words=_text(reference, "ram:ProcessCondition", 200),
                number=number,
                issued_at=own or issued_at,
                invoiced_on=invoiced and invoiced.date(),
                received_on=received and received.date(),
                seller=_seller(reference),
                sender_role=_text(sender, "ram:RoleCode", 10),
                sender_name=_text(sender, "ram:Name", 200),
                grounds=told,
                amounts=tuple(amount for ground in grounds[:50] for amount in _amounts(ground)),
                payee=_payee(document, told),
                former_key=former,
            )
        )
    return statuses


def _code_and_number(reference, name):
    """The code of a status, and the number of its invoice; ``name`` stands for the number of what was unreadable.

    :raises Refused: one of them is missing
    """
    code = _text(reference, "ram:ProcessConditionCode", 20) or _text(
        reference, "ram:SpecifiedDocumentStatus/ram:ProcessConditionCode", 20
    )
    if not CODE.fullmatch(code):
        raise Refused(_lt("“%(code)s” is not the code of a status."), code=code)
    number = _text(reference, "ram:IssuerAssignedID", 100) or (name if code == INADMISSIBLE else "")
    if not number:
        raise Refused(_lt("The message does not say the number of the invoice."))
    return code, number


def _seller(reference):
    """The identifier of the seller that begins with his SIREN: of several, the norm only says that one is his."""
    known: dict[str, str] = {}
    for node in reference.findall("ram:IssuerTradeParty/ram:GlobalID", NAMESPACES):
        known.setdefault(node.get("schemeID", ""), " ".join("".join(node.itertext()).split())[:MAX_CODE])
    return next((known[scheme] for scheme in SIREN_FIRST if known.get(scheme)), "")


def _payee(document, grounds):
    """The name of a factor, or of another payee, among the parties of the message, else among what it is about."""
    if document is not None:
        for tag in ("IssuerTradeParty", "RecipientTradeParty"):
            for party in document.findall(f"ram:{tag}", NAMESPACES):
                if _text(party, "ram:RoleCode", 10).upper() in PAYEES and (name := _text(party, "ram:Name", 200)):
                    return name
    data = (datum for ground in grounds for datum in ground.data)
    return next((datum.value[:200] for datum in data if datum.place.upper() in PAYEE_TERMS), "")


def _root(data):
    root = upload.xml(data, MAX_BYTES)
    if root.tag != ROOT:
        raise Refused(_lt("This is XML, but not a life-cycle message of an invoice."))
    return root


def _text(node, path, most):
    """The words at a path on one line, cut; empty where there are none."""
    if node is None:
        return ""
    found = node.find(path, NAMESPACES)
    return " ".join("".join(found.itertext()).split())[:most] if found is not None else ""


def _moment(node, path):
    """A date or a moment, whatever of its formats 102, 203 and 204 it is written in.

    :raises Refused: what is there is no date
    """
    written = _text(node, path, MAX_CODE)
    if not written:
        return None
    digits = re.sub(r"[^0-9]", "", written.split("+")[0].split("Z")[0].split(".")[0])
    try:
        return datetime.strptime(digits, DIGITS[len(digits)])
    except (KeyError, ValueError) as error:
        raise Refused(_lt("“%(written)s” is not a date."), written=written) from error


def _ground(node):
    code = _text(node, "ram:ReasonCode", MAX_CODE).upper()
    words = _text(node, "ram:Reason", MAX_WORDS)
    return Ground(
        code=code if REASON.fullmatch(code) else "",
        words=words if REASON.fullmatch(code) or not code else f"{code} {words}".strip(),
        action=_text(node, "ram:RequestedActionCode", 10).upper(),
        action_words=_text(node, "ram:RequestedAction", MAX_WORDS),
        note=" / ".join(
            words
            for one in node.findall("ram:IncludedNote", NAMESPACES)[:20]
            if (words := _text(one, "ram:Content", MAX_WORDS))
        )[:MAX_WORDS],
        data=tuple(_data(node)),
    )


def _data(ground):
    """What the reason is about: characteristics that hold anything but an amount, which is read apart."""
    for node in ground.findall("ram:SpecifiedDocumentCharacteristic", NAMESPACES)[:50]:
        value = _text(node, "ram:Value", MAX_WORDS) or _text(node, "ram:ValueCode", 200)
        percent = _text(node, "ram:ValuePercent", MAX_CODE)
        if node.find("ram:ValueAmount", NAMESPACES) is not None or not (value or percent):
            continue
        name = _text(node, "ram:Name", 200) or _text(node, "ram:Description", 200)
        kind = _text(node, "ram:TypeCode", 10).upper()
        yield Datum(kind, _text(node, "ram:ID", MAX_CODE), name, value or f"{percent.removesuffix('%').strip()} %")


def _amounts(ground):
    for node in ground.findall("ram:SpecifiedDocumentCharacteristic", NAMESPACES):
        written = _text(node, "ram:ValueAmount", MAX_CODE)
        if not written:
            continue
        if not AMOUNT.fullmatch(written):
            raise Refused(_lt("“%(written)s” is not an amount."), written=written)
        currency = node.find("ram:ValueAmount", NAMESPACES).get("currencyID", "EUR")
        if not CURRENCY.fullmatch(currency):
            raise Refused(_lt("“%(written)s” is not a currency."), written=currency[:20])
        moment = _moment(node, "ram:ValueDateTime")
        yield Amount(_text(node, "ram:TypeCode", 10).upper(), Decimal(written), currency, moment and moment.date())


# --- writing ----------------------------------------------------------------------------------------------------------


def write(status):
    """A status as the XML bytes of a message that reads as the same status: for what a platform tells otherwise."""
    root = etree.Element(ROOT, nsmap=NAMESPACES)
    document = etree.SubElement(root, f"{{{NAMESPACES['rsm']}}}ExchangedDocument")
    # The key is read from what is written: its moment is that of the status, where there is one.
    at = f"|{status.issued_at:%Y%m%d%H%M%S}" if status.issued_at else ""
    dated = bool(at) and status.key.endswith(at)
    key = status.key.removesuffix(at) if dated else status.key
    _put(document, "ID", key.removesuffix(f"|{status.number}|{status.code}"))
    _put_moment(document, "IssueDateTime", status.issued_at)
    if status.sender_name or status.sender_role:
        sender = _put(document, "IssuerTradeParty")
        _put(sender, "Name", status.sender_name)
        _put(sender, "RoleCode", status.sender_role)
    if status.payee and _payee(document, status.grounds) != status.payee:
        payee = _put(document, "RecipientTradeParty")
        _put(payee, "Name", status.payee)
        _put(payee, "RoleCode", PAYEES[0])
    answer = etree.SubElement(root, f"{{{NAMESPACES['rsm']}}}AcknowledgementDocument")
    if dated:
        _put_moment(answer, "IssueDateTime", status.issued_at)
    reference = _put(answer, "ReferenceReferencedDocument")
    _put(reference, "IssuerAssignedID", status.number)
    _put_moment(reference, "FormattedIssueDateTime", status.invoiced_on)
    _put_moment(reference, "ReceiptDateTime", status.received_on)
    _put(reference, "ProcessConditionCode", status.code)
    _put(reference, "ProcessCondition", status.words)
    if status.seller:
        _put(_put(reference, "IssuerTradeParty"), "GlobalID", status.seller)
    for ground in status.grounds:
        node = _put(reference, "SpecifiedDocumentStatus")
        _put(node, "ReasonCode", ground.code)
        _put(node, "Reason", ground.words)
        _put(node, "RequestedActionCode", ground.action)
        _put(node, "RequestedAction", ground.action_words)
        if ground.note:
            _put(_put(node, "IncludedNote"), "Content", ground.note)
        for datum in ground.data:
            one = _put(node, "SpecifiedDocumentCharacteristic")
            _put(one, "ID", datum.place)
            _put(one, "TypeCode", datum.kind)
            _put(one, "Name", datum.name)
            _put(one, "Value", datum.value)
    if status.amounts:
        # With the last reason: a status of its own would read as one reason more.
        last = reference.findall("ram:SpecifiedDocumentStatus", NAMESPACES)[-1:]
        node = last[0] if last else _put(reference, "SpecifiedDocumentStatus")
        for amount in status.amounts:
            one = _put(node, "SpecifiedDocumentCharacteristic")
            _put(one, "TypeCode", amount.kind)
            _put(one, "ValueAmount", f"{amount.value:f}").set("currencyID", amount.currency)
            _put_moment(one, "ValueDateTime", amount.on)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _put(parent, name, words=None):
    """A child element, with these words; none where they are empty."""
    if words == "":
        return None
    node = etree.SubElement(parent, f"{{{NAMESPACES['ram']}}}{name}")
    node.text = words
    return node


def _put_moment(parent, name, moment):
    if moment:
        node = _put(parent, name)
        inside = etree.SubElement(node, f"{{{DATES}}}DateTimeString")
        whole = isinstance(moment, datetime)
        inside.set("format", "204" if whole else "102")
        inside.text = f"{moment:%Y%m%d%H%M%S}" if whole else f"{moment:%Y%m%d}"
