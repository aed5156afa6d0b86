"""The day and the hour collection reckons in: those of Paris. The server's clock and the scheduler's day are UTC's.

Read where somebody comes in (a button, a scheduled action, a default, a field computed for the screen); below, the day
is a parameter. `stamp` alone may be called anywhere.
"""

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from odoo import fields

PARIS = "Europe/Paris"


def today(env):
    """The day it is in Paris (``datetime.date``)."""
    return fields.Date.context_today(env.user.with_context(tz=PARIS))


def day_of(env, moment):
    """The day in Paris of a moment stored in UTC (``datetime``, without zone)."""
    return fields.Date.context_today(env.user.with_context(tz=PARIS), moment)


def local(moment):
    """A moment stored in UTC (``datetime``, without zone), in Paris, with its zone."""
    return moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(PARIS))


def stamp():
    """The moment it really is, in UTC as the database keeps it: written on what has just happened, or compared with
    what was stamped (a wait between two tries). It decides nothing of the law: that needs a day, which is given."""
    return fields.Datetime.now()


def now():
    """The moment it is in Paris, with its zone."""
    return datetime.now(ZoneInfo(PARIS))
