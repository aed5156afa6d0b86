"""What several test processes on one database need, what a run must not leave in the log, and what makes it sooner."""

import gc
import os
import sys

import pytest

pytest_plugins = ["log_check"]


def pytest_sessionstart(session):
    """Each class of Odoo's tests empties the file store of what no committed attachment names: beside another process,
    that takes away the files of a test in progress there."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        from odoo.tests.common import TransactionCase

        TransactionCase._gc_filestore = classmethod(lambda cls: None)


@pytest.fixture(scope="session", autouse=True)
def settled(load_registry):
    """Once Odoo is loaded, its million objects are no rubbish to look through again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    yield
    if common := _common():
        common.Ground.put_away()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """A class that does not work on the ground of the others finds none, whose rows would be locked."""
    if common := _common():
        common.Ground.allowed = True
        if item.cls is None or not common.Ground.fits(item.cls, common.RecouvrementCommon):
            common.Ground.put_away()


def _common():
    return sys.modules.get("odoo.addons.recouvrement_fr.tests.common")
