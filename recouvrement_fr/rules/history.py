"""What was done about an instalment, once its invoice was edited."""

from collections.abc import Collection
from datetime import date


def moved(remembered: Collection[date], present: Collection[date]) -> dict[date, date]:
    """{due date that is gone: the due date that took its place}, of one invoice.

    :param remembered: the due dates that something was done about
    :param present: those its instalments have now

    Instalments keep their order: the first of those that are gone is the first of those that are new. With nothing new,
    what is gone was joined to the nearest that stays.
    """
    gone = sorted(set(remembered) - set(present))
    if not gone or not present:
        return {}
    new = sorted(set(present) - set(remembered))
    if not new:
        return {day: min(present, key=lambda other: (abs(other - day), other)) for day in gone}
    return {day: new[min(position, len(new) - 1)] for position, day in enumerate(gone)}
