"""What a letter may ask and say: which sentence, which amount. Words and templates only show the answers."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from .interest import one_day
from .regime import CIVIL, PUBLIC, regime_of
from .registered import REGISTERED

SILENT, SHOWN, CLAIMED = "silent", "shown", "claimed"
PRESENTATION, RECEIPT = "presentation", "receipt"
FORMAL_NOTICE = "formal_notice"
APPENDED_TRANCHES = 12  # of interest, shown below the signature
NOTHING = Decimal(0)


def accessories(wanted: str, tone: str, kind: str, debtor_type: str | None, confirmed: bool) -> str:
    """What a letter says of penalties, where its level wants that: nothing in a courteous one, nor to a debtor whose
    type nobody confirmed, nor before a formal notice to those who owe interest from it only (C.civ 1231-6)."""
    law = regime_of(debtor_type)
    if tone == "courteous" or not (confirmed or law.letter == PUBLIC):
        return SILENT
    if law.letter == CIVIL and kind != FORMAL_NOTICE:
        return SILENT
    return wanted


def indemnities(lines: Iterable[tuple[int, Any, Decimal]], said: str, letter: str) -> dict[int, Decimal]:
    """{line: its fixed indemnity}: once per invoice, however many of its instalments are late; none for whom the civil
    law is spoken of (C.com L441-10 II).

    :param lines: (line, its invoice, the indemnity counted on it), oldest first
    """
    found: dict[int, Decimal] = {}
    if said == SILENT or letter == CIVIL:
        return found
    invoices = set()
    for line, invoice, amount in lines:
        if amount and invoice not in invoices:
            invoices.add(invoice)
            found[line] = amount
    return found


class Instalment(NamedTuple):
    """What a letter lists of one: what is left of it, the interest counted on it, and how (``interest.Tranche`` as
    dictionaries)."""

    balance: Decimal
    interest: Decimal
    tranches: Sequence[dict[str, Any]]


class Asked(NamedTuple):
    """What a letter asks in one currency. ``total`` holds interest and indemnities only where they are claimed;
    ``daily``: what a day more brings; ``rate``: the rate that runs, when all have the same."""

    principal: Decimal
    interest: Decimal
    indemnity: Decimal
    total: Decimal
    daily: Decimal
    rate: Decimal | None
    is_claimed: bool


def asked(
    lines: Sequence[Instalment], fixed: Iterable[Decimal], said: str, on: date, day_count: str = "act365"
) -> Asked:
    """What a letter made on that day asks of these instalments, and of these fixed indemnities."""
    principal = sum((line.balance for line in lines), NOTHING)
    interest = sum((line.interest for line in lines), NOTHING)
    indemnity = sum(fixed, NOTHING)
    daily, rates = NOTHING, set()
    for line in lines:
        last = line.tranches[-1] if line.tranches else None
        if last and date.fromisoformat(str(last["to"])) >= on - timedelta(days=1):  # it still runs
            rate = Decimal(str(last["rate"]))
            daily += one_day(Decimal(str(last["base"])), rate, on + timedelta(days=1), day_count)
            rates.add(rate)
    claimed = said == CLAIMED
    total = principal + (interest + indemnity if claimed else NOTHING)
    same = rates.pop() if len(rates) == 1 else None
    return Asked(principal, interest, indemnity, total, daily, same, claimed and bool(interest or indemnity))


def annex(said: str, tranches: int) -> str:
    """How the statement of interest is appended, when interest is claimed: ``appended`` below the signature, ``annex``
    on its own page when it is long, or empty."""
    if said != CLAIMED or not tranches:
        return ""
    return "annex" if tranches > APPENDED_TRANCHES else "appended"


def counted_from(kind: str, channels: Iterable[str]) -> str:
    """What the time to pay of a formal notice runs from, a day that its letter cannot know: its first presentation when
    it is registered, else its receipt. Empty for the other levels, which ask to be paid by a day."""
    if kind != FORMAL_NOTICE:
        return ""
    return PRESENTATION if set(channels) & set(REGISTERED) else RECEIPT


def gives_notice(kind: str, tone: str) -> bool:
    """Whether a letter gives formal notice to pay (C.civ 1344), and says so."""
    return kind == FORMAL_NOTICE or tone == "formal"


def penalty_words(
    said: str, letter: str, has_interest: bool, has_indemnity: bool, runs: bool
) -> tuple[str, str] | None:
    """Which sentences speak of penalties: why they are owed (``interest`` or, where none is asked, ``indemnity``), and
    what becomes of them (``reserved``, ``running`` or ``included``); None when nothing is said of them."""
    if said == SILENT or letter == CIVIL or not (has_interest or has_indemnity):
        return None
    basis = "interest" if has_interest else "indemnity"
    if said == SHOWN:
        return basis, "reserved"
    return basis, "running" if runs else "included"
