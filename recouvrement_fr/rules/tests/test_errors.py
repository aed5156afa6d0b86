"""Errors: each sentence is marked, so that the export of the terms to translate finds it."""

import inspect
import unittest

from .. import errors


class TestTemplates(unittest.TestCase):
    def test_every_template_is_marked_for_translation(self):
        source = inspect.getsource(errors)
        self.assertNotRegex(source, r'template = (?:\(|")')
        kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ValueError)]
        self.assertEqual(source.count("template = _lt("), len([kind for kind in kinds if kind is not ValueError]))
