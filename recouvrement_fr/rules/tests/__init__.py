"""Tests of the rules; no Odoo, no database, and no folder of examples left behind by hypothesis."""

from hypothesis import settings

settings.register_profile("rules", database=None, deadline=None, max_examples=20)
settings.load_profile("rules")
