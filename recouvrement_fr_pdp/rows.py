"""A response of an approved platform, as Odoo's module keeps it, as the status of an invoice. No record here."""

import re
from decimal import Decimal, InvalidOperation

from odoo.addons.recouvrement_fr.tools.cdar import REASON, Amount, Ground, Status

# Its own codes for the statuses of the norm, as read in its public source in November 2026. What it does not name is
# given as the three digits of the norm.
CODES = {
    "submitted": "200",
    "sent": "201",
    "AB": "202",
    "made_available": "203",
    "in_hand": "204",
    "AP": "205",
    "contested": "207",
    "suspended": "208",
    "completed": "209",
    "refused": "210",
    "payment_sent": "211",
    "PD": "212",
    "RE": "213",
    "cancelled": "220",
}
LIFE_CYCLE = (
    "2"  # the flow of the buyer and of the platforms; the others are the tax authority's answers to declarations
)
BRACKETS = re.compile(r"\[([A-Za-z0-9_]+)\]\s*(.*)")
AMOUNTS = ("MEN", "MPA", "RAP", "ESC", "RAB", "REM", "MAP", "MAPTTC", "MNA", "MNATTC", "CBB", "DIV", "DVA", "MAJ")
DIGITS = re.compile(r"[0-9]{3}")


def status_of(row, number, seller=""):
    """The Status that a row tells of an invoice; None where it is not about its life cycle or has no known code.

    :param row: a mapping of the columns of ``account.peppol.response``
    :param number: of the invoice
    """
    code = CODES.get(row.get("response_code") or "", row.get("response_code") or "")
    if row.get("pdp_flow_number") != LIFE_CYCLE or not DIGITS.fullmatch(code):
        return None
    message = f"pdp:{row['peppol_message_uuid']}"
    return Status(
        key="|".join((message, number, code)),
        code=code,
        words="",
        number=number,
        issued_at=row.get("pdp_issue_date") or None,
        seller=seller,
        grounds=tuple(_grounds(row.get("pdp_status_info") or "")),
        amounts=tuple(_amounts(row.get("pdp_payment_info") or ())),
    )


def _grounds(text):
    """Paragraphs: "[REASON] words", then notes; amounts, in brackets too, are told apart by their codes."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        code = words = ""
        notes = []
        for line in filter(None, map(str.strip, paragraph.splitlines())):
            found = BRACKETS.fullmatch(line)
            if found and found[1].upper() in AMOUNTS:
                continue
            if found and not code and REASON.fullmatch(found[1].upper()):
                code, words = found[1].upper(), found[2]
            else:
                notes.append(line)
        if code or notes:
            yield Ground(code=code, words=words, note=" ".join(notes))


def _amounts(infos):
    for info in infos:
        try:
            value = Decimal(str(info.get("amount")))
        except InvalidOperation:
            continue
        if value.is_finite() and info.get("type_code"):
            yield Amount(info["type_code"].upper(), value, (info.get("currency") or "EUR").upper())
