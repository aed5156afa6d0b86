from datetime import date

from ..prescription import (
    LimitationEvent,
)

day = date.fromisoformat


def event(on, kind, until=None, **values):
    return LimitationEvent(day(on), kind, until and day(until), **values)
