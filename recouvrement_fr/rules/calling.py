"""When to ring again somebody who did not answer. No article fixes the hours of amicable calls; these are usage."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from .deadlines import next_working_day

DELAYS = (timedelta(hours=3), timedelta(days=1), timedelta(days=3))  # after the first try, the second, the third
DAY = timedelta(days=1)


def next_try(now: datetime, tries: int, window: tuple[time, time], is_open: Callable[[date], bool]) -> datetime | None:
    """The moment of the next try, after ``tries`` that nobody answered; None when it is time for another way.

    It falls within the hours of the channel, on an open day: each delay is longer than the one before, so that
    calling never becomes harassing (C.pén. 222-33-2-2).
    """
    if tries > len(DELAYS):
        return None
    opens, closes = window
    moment = now + DELAYS[tries - 1]
    if moment.time() < opens:
        moment = datetime.combine(moment.date(), opens)
    elif moment.time() > closes:
        moment = datetime.combine(moment.date() + DAY, opens)
    while not is_open(moment.date()):
        moment = datetime.combine(moment.date() + DAY, opens)
    return moment


def is_given_up(since: date, on: date, days: int, subdivision: str | None = None) -> bool:
    """Whether a call or a visit, for the day ``since``, has waited for longer than so many working days; 0: never."""
    day = since
    for _number in range(days):
        day = next_working_day(day + DAY, subdivision)
    return bool(days) and on > day
