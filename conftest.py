"""What several test processes on one database need, and what a run must not leave in the log."""

import os

pytest_plugins = ["log_check"]


def pytest_sessionstart(session):
    """Each class of Odoo's tests empties the file store of what no committed attachment names: beside another process,
    that takes away the files of a test in progress there."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        from odoo.tests.common import TransactionCase

        TransactionCase._gc_filestore = classmethod(lambda cls: None)
