"""Insolvency proceedings of a debtor: what is stopped, which debts are prior, and by when to act."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from .deadlines import DELAYS, Deadline, Delay, procedural_deadline
from .errors import EventReversed, UnknownProceedings

ONE_DAY = timedelta(days=1)


class Proceedings(NamedTuple):
    """``stops``: individual actions and payments of prior debts are stopped (C.com L622-7, L622-21);
    ``confidential``: nobody but those concerned may know (C.com L611-15)."""

    code: str
    stops: bool
    confidential: bool
    article: str


PROCEEDINGS = {
    kind.code: kind
    for kind in (
        Proceedings("sauvegarde", True, False, "C.com L620-1"),
        Proceedings("redressement", True, False, "C.com L631-1"),
        Proceedings("liquidation", True, False, "C.com L640-1"),
        Proceedings("mandat_ad_hoc", False, True, "C.com L611-3"),
        Proceedings("conciliation", False, True, "C.com L611-4"),
    )
}


def is_prior(born_on: date, judgment_on: date) -> bool:
    """Whether a debt born that day (delivery or performance, else the invoice) is prior to the opening judgment.

    The judgment takes effect at midnight of its own day (C.com R621-4): a debt of that day is not prior.
    """
    return born_on < judgment_on


def interest_stops_on(judgment_on: date) -> date:
    """The last day that bears interest: the eve of the judgment (C.com L622-28, L641-3)."""
    return judgment_on - ONE_DAY


def creditor_deadlines(
    kind: str,
    judgment_on: date,
    bodacc_on: date | None = None,
    is_abroad: bool = False,
    contested_on: date | None = None,
    has_reserve: bool = False,
    has_later: bool = False,
    subdivision: str | None = None,
    terminated_on: date | None = None,
    delays: Iterable[Delay] = DELAYS,
) -> dict[str, Deadline]:
    """What a creditor must do and by when, by code: ``declaration``, ``relief_from_forclusion``, ``revendication``
    (with goods sold under reserve of title), ``contested_claim_answer``, ``post_judgment_claim`` (with debts born
    since, in a liquidation: they lose their rank if the liquidator is not told in time, C.com L641-13).

    They run from the publication in the BODACC, not from the judgment (C.com R622-24, L622-26, L624-9): without it,
    none is known yet. A creditor outside the territory has two months more to declare. What a contract terminated by
    the proceedings leaves due is declared within a month of ``terminated_on``, the day the contract ended by law or the
    decision was notified: ``terminated_contract_claim`` (C.com R622-21 al. 2). Proceedings that stop nothing
    have none.

    :raises UnknownProceedings: a word that is not in ``PROCEEDINGS``
    :raises EventReversed: the publication precedes the judgment
    """
    if kind not in PROCEEDINGS:
        raise UnknownProceedings(kind=kind, known=", ".join(PROCEEDINGS))
    found: dict[str, Deadline] = {}
    if not PROCEEDINGS[kind].stops:
        return found
    deadline = partial(procedural_deadline, subdivision=subdivision, delays=delays)
    for day in (bodacc_on, terminated_on):
        if day and day < judgment_on:
            raise EventReversed(on=judgment_on, until=day)
    if bodacc_on:
        found["declaration"] = deadline("declaration_abroad" if is_abroad else "declaration", bodacc_on)
        found["relief_from_forclusion"] = deadline("relief_from_forclusion", bodacc_on)
        if has_reserve:
            found["revendication"] = deadline("revendication", bodacc_on)
        if has_later and kind == "liquidation":
            found["post_judgment_claim"] = deadline("post_judgment_claim", bodacc_on)
    if terminated_on:
        found["terminated_contract_claim"] = deadline("terminated_contract_claim", terminated_on)
    if contested_on:
        found["contested_claim_answer"] = deadline("contested_claim_answer", contested_on)
    return found
