"""What was done about an instalment, once its invoice was edited."""

from collections.abc import Collection
from datetime import date, timedelta


def moved(remembered: Collection[date], present: Collection[date]) -> dict[date, date]:
    """{due date that is gone: the due date that took its place}, of one invoice.

    :param remembered: the due dates that something was done about
    :param present: those its instalments have now

    Instalments keep their order, and each goes to the nearest: of several that moved, only some had been remembered.
    With nothing new, what is gone was joined to the nearest that stays.
    """
    gone = sorted(set(remembered) - set(present))
    if not gone or not present:
        return {}
    new = sorted(set(present) - set(remembered))
    if not new:
        return {day: min(present, key=lambda other: (abs(other - day), other)) for day in gone}
    if len(gone) >= len(new):
        return {day: new[min(position, len(new) - 1)] for position, day in enumerate(gone)}
    return _nearest_in_order(gone, new)


def _nearest_in_order(gone: list[date], new: list[date]) -> dict[date, date]:
    """Each of the first given one of the second, never crossing, the sum of the distances as small as can be.

    ``best[position]`` holds the smallest sum that ends with the day given ``new[position]``, and its choices.
    """
    best: list[tuple[timedelta, tuple[date, ...]]] = [(abs(day - gone[0]), (day,)) for day in new]
    for rank, day in enumerate(gone[1:], 1):
        following = []
        for position in range(rank, len(new)):
            total, chosen = min(best[: position - rank + 1])
            following.append((total + abs(new[position] - day), (*chosen, new[position])))
        best = following
    return dict(zip(gone, min(best)[1], strict=True))
