"""The day of the tests: a class begins on MONDAY, whatever the day is, on the server and in its browser."""

import time
from datetime import date, datetime
from unittest.mock import patch

import freezegun.api
from freezegun import freeze_time

from odoo.tests.common import ChromeBrowser

MONDAY = date(2026, 3, 2)  # a working day in Paris, far from public holidays
# Put in each page before its own code. A day that is given stays as it is; what is read moves.
MOVED = """
    const real = Date, now = () => real.now() + %d;
    globalThis.Date = new Proxy(real, {
        construct: (_real, given, kind) => Reflect.construct(real, given.length ? given : [now()], kind),
        apply: () => new real(now()).toString(),
        get: (_real, name) => name === 'now' ? now : real[name],
    });
    real.prototype.constructor = globalThis.Date;
"""


def today():
    """The day that the clock of the test is at."""
    return date.today()


def set_for_class(case):
    """Until the class ends, its clock runs from MONDAY. Replaced once a class, not at each change of day: each time
    looks through every module, a fifth of the whole."""
    clock = freeze_time(datetime(MONDAY.year, MONDAY.month, MONDAY.day, 8), tick=True)
    clock.start()
    case.addClassCleanup(clock.stop)


def moved_with_the_server():
    """A patch: whatever page a browser opens, its clock is as far from the machine's as the server's."""
    navigate = ChromeBrowser.navigate_to

    def navigate_to(browser, url, **kwargs):
        # Read there: a name of this module would be replaced as every other when a clock is set.
        code = "{" + MOVED % round((time.time() - freezegun.api.real_time()) * 1000) + "}"
        browser._websocket_request("Page.addScriptToEvaluateOnNewDocument", params={"source": code})
        return navigate(browser, url, **kwargs)

    return patch.object(ChromeBrowser, "navigate_to", navigate_to)
