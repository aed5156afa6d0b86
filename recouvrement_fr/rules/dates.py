"""Months counted as French law counts them."""

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """The day with the same number that many months later, or the last of that month (CPC 641 al. 2)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """The last day of the month of that day."""
    return day.replace(day=monthrange(day.year, day.month)[1])
