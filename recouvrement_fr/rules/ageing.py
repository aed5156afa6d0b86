"""How late what is due is, in the bands every balance by age has."""

from datetime import date

AGEING = ((0, "not_due"), (30, "to_30"), (60, "to_60"), (90, "to_90"), (None, "over_90"))


def band(days_late: int) -> str:
    """The name of the band of AGEING of what is so many days late; none or fewer: not due."""
    return next(name for limit, name in AGEING if limit is None or days_late <= limit)


def age(due: date, on: date) -> str:
    """The band of what is due on a day, seen on another."""
    return band((on - due).days)
