"""What work done page by page shares: how it is quiet, when a page is tried again, and how many times."""

import contextlib
import gc

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# Another transaction was in the way: what was done is done again, on what that one wrote.
DISTURBED = PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
ATTEMPTS = 3  # of a page that another transaction disturbed
# Thousands of records are written at once: no message about each.
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True, "mail_notrack": True}


@contextlib.contextmanager
def without_collecting():
    """Thousands of tuples are made in here and none is garbage: the collector, which would look at all of them again
    and again, waits for the end of the page."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
