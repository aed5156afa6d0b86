"""What the classes of tests stand on, made once a process instead of once a class.

Setting up ``RecouvrementCommon`` takes seconds, and most classes want the very same. With pytest (``conftest.py``
allows it) the first of them makes it, in a transaction that stays open; each class works above a savepoint of it, and
leaves it as it found it. A class that wants anything else of its set-up makes its own, as in Odoo's tests, once the
ground is put away: two transactions of one process would wait for each other.

The caches of the registry are kept in the same way: what was true at a savepoint is true when it is rolled back to.
"""

from collections import deque
from copy import deepcopy
from inspect import getattr_static
from unittest.mock import _patch

import psutil

from odoo.sql_db import Savepoint
from odoo.tests.test_cursor import TestCursor

from .clock import set_for_class

OF_A_CLASS = {"setUpClass", "tearDownClass", "__init_subclass__"}


def caches(registry):
    """What the registry remembers, as ``restore`` takes it."""
    lrus = registry._Registry__caches
    return {name: (dict(lru._values), dict(lru._ordering)) for name, lru in lrus.items()}


def restore(registry, kept):
    for name, lru in registry._Registry__caches.items():
        lru._values, lru._ordering = (dict(one) for one in kept[name])


class Ground:
    """The set-up of a class, in a transaction of its own, which others may work above one after the other."""

    allowed = False  # by who puts it away before any other class begins
    made = None

    @classmethod
    def lend(cls, case, common):
        """Give that class what ``common`` sets up; False when it wants something else of it."""
        if not cls.allowed or not cls.fits(case, common):
            cls.put_away()
            return False
        if not cls.made:
            cls.made = cls(common, case.country_code)
        cls.made.give(case)
        return True

    @classmethod
    def fits(cls, case, common):
        """Whether that class changes nothing of what ``common`` does to set itself up."""
        if not issubclass(case, common):
            return False
        place = case.__mro__.index(common)
        own = {name for each in case.__mro__[:place] for name in vars(each)} - OF_A_CLASS
        steps = any(isinstance(getattr_static(common, name, None), classmethod) for name in own)
        return case.__mro__[place:] == common.__mro__ and case.chart_template == common.chart_template and not steps

    @classmethod
    def put_away(cls):
        if cls.made:
            ground, cls.made = cls.made.case, None
            ground.tearDownClass()
            ground.doClassCleanups()
            if ground.tearDown_exceptions:
                raise ground.tearDown_exceptions[0][1]

    def __init__(self, common, country_code):
        self.case = case = type("Ground", (common,), {"__module__": common.__module__})
        case.country_code = country_code
        known = set(vars(case))
        try:
            case.set_up()
            case.env.flush_all()
            case.env.cr.precommit.run()
            case.env.cr.postcommit.clear()
            case.env.invalidate_all()
        except BaseException:
            case.doClassCleanups()
            raise
        self.given = {name: value for name, value in vars(case).items() if name not in known}
        self.envs, self.default_env = list(case.env.transaction.envs), case.env.transaction.default_env
        self.callbacks = [
            (callback, list(callback._funcs), deepcopy(callback.data))
            for callback in (case.cr.precommit, case.cr.postcommit, case.cr.prerollback, case.cr.postrollback)
        ]
        self.patches = len(_patch._active_patches)
        self.caches = caches(case.registry)

    def give(self, case):
        case.addClassCleanup(self.take_back, Savepoint(self.case.cr))
        set_for_class(case)  # stops before the clock of the ground, which may be put away then
        for name, value in self.given.items():
            setattr(case, name, dict(value) if isinstance(value, dict) else value)

    def take_back(self, savepoint):
        try:
            savepoint.close()
        except Exception:  # whatever broke the transaction: nobody else stands on it, and it is told
            self.put_away()
            raise
        registry, transaction = self.case.registry, self.case.env.transaction
        transaction.clear()
        transaction.envs.clear()
        transaction.envs.update(self.envs)
        transaction.default_env = self.default_env
        for callback, functions, data in self.callbacks:
            callback._funcs, callback.data = deque(functions), deepcopy(data)
        changed = registry.registry_invalidated or registry.registry_sequence != self.case.registry_start_sequence
        left = len(_patch._active_patches) != self.patches or psutil.Process().children()
        if changed or left or TestCursor._cursors_stack:
            self.put_away()  # Odoo's own checks of the end of a class put that right, and say it
        else:
            restore(registry, self.caches)
