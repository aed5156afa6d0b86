import inspect
import re
from datetime import date
from decimal import Decimal
from string import Formatter

from odoo.tests import tagged

from ...models.base.rule_words import said
from ...rules import errors
from ..common import RecouvrementCommon

DATES = ("on", "until", "day", "due", "date_from", "date_to", "invoice_date", "first_day")
AMOUNTS = ("amount", "given", "total", "difference", "least")


@tagged("post_install", "-at_install")
class TestRuleWords(RecouvrementCommon):
    """What the rules refuse, as a French user reads it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.french = cls.env["base"].with_context(lang="fr_FR").env

    def value(self, name):
        if name in DATES:
            return date(2026, 9, 18)
        return Decimal("1800.50") if name in AMOUNTS else "x"

    def test_every_error_is_said_in_french_without_an_iso_date(self):
        kinds = [kind for _name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ValueError)]
        self.assertGreater(len(kinds), 40)
        for kind in kinds:
            if kind is ValueError:
                continue
            with self.subTest(kind=kind.__name__):
                names = [name for _text, name, _spec, _conversion in Formatter().parse(kind.template) if name]
                error = kind(**{name: self.value(name) for name in names})
                words = said(self.french, error)
                self.assertNotEqual(words, str(error))
                self.assertFalse(re.search(r"\d{4}-\d\d-\d\d|1800\.50", words), words)

    def test_dates_and_amounts_are_written_as_in_france(self):
        error = errors.FreezeReversed(date_from=date(2026, 9, 18), date_to=date(2026, 9, 1))
        words = said(self.french, error)
        self.assertIn("18/09/2026", words)
        self.assertIn("01/09/2026", words)
        error = errors.ScheduleDiffers(given=Decimal("800.00"), total=Decimal("900.00"), difference=Decimal("100.00"))
        self.assertIn("Les échéances totalisent 800,00", said(self.french, error))
