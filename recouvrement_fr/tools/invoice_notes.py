"""What an electronic invoice (CII, UBL, or a PDF that carries one) says in its notes, without Odoo's records.

Nothing is fetched: no network, no entity, no schema. What cannot be read says nothing.
"""

import io
import re

from . import upload
from .pdf import BROKEN, PdfReader
from .refusal import Refused

MAX_BYTES = 25 * upload.MEGABYTE  # an invoice may enclose documents
MAX_NOTES = 100
MAX_WORDS = 2_000
CII = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"
UBL = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
CODED = re.compile(r"\s*#([A-Z]{3})#\s*(.*)", re.S)  # how UBL, which has no place for it, writes the code of a note
INSIDE = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")


def read(data, is_pdf=False):
    """[(code, words)] of the notes of an electronic invoice: PMT the fixed indemnity, PMD the penalties, AAB the
    discount, others, and "" for the terms of payment and for what has no code.

    :param data: the bytes of an XML file, or of a PDF that may enclose one
    """
    if is_pdf:
        return _inside(data)
    try:
        root = upload.xml(data, MAX_BYTES)
    except Refused:
        return []
    if root.tag == CII:
        return list(_cii(root))[:MAX_NOTES]
    return list(_ubl(root))[:MAX_NOTES] if root.tag == UBL else []


def _cii(root):
    for note in root.findall("{*}ExchangedDocument/{*}IncludedNote"):
        yield from _note(_words(note.find("{*}SubjectCode")).upper()[:3], _words(note.find("{*}Content")))
    terms = "{*}SupplyChainTradeTransaction/{*}ApplicableHeaderTradeSettlement/{*}SpecifiedTradePaymentTerms"
    for node in root.findall(f"{terms}/{{*}}Description"):
        yield from _note("", _words(node))


def _ubl(root):
    for note in [*root.findall("{*}Note"), *root.findall("{*}PaymentTerms/{*}Note")]:
        words = _words(note)
        coded = CODED.fullmatch(words)
        yield from _note(coded[1], coded[2]) if coded else _note("", words)


def _note(code, words):
    if words:
        yield code, words[:MAX_WORDS]


def _words(node):
    """The words of an element, its lines kept."""
    if node is None:
        return ""
    return "\n".join(filter(None, (" ".join(line.split()) for line in "".join(node.itertext()).splitlines())))


def _inside(data):
    """The notes of the invoice that a PDF encloses (Factur-X); none where it encloses none."""
    if len(data) > MAX_BYTES or b"/EmbeddedFile" not in data and b"/ObjStm" not in data:
        return []
    try:
        for name, files in PdfReader(io.BytesIO(data)).attachments.items():
            if name.lower() in INSIDE and files:
                return read(files[0])
    except BROKEN:
        return []
    return []
