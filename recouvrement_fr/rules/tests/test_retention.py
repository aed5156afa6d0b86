import re
import unittest
from datetime import date

from ..retention import End, Period, ends, in_force, scrub, telling

SINCE = date(2018, 5, 25)


def period(kind="collection", event="relation_end", months=60, since=SINCE, **values):
    return Period(kind, event, months, since, **values)


class TestRetention(unittest.TestCase):
    def test_the_last_rule_in_force_applies_and_a_company_s_own_first(self):
        old, new, own = period(months=36), period(since=date(2026, 1, 1)), period(months=24, own=True)
        self.assertEqual(in_force([old, new], "collection", date(2025, 12, 31)), old)
        self.assertEqual(in_force([old, new], "collection", date(2026, 1, 1)), new)
        self.assertEqual(in_force([old, new, own], "collection", date(2026, 1, 1)), own)
        self.assertIsNone(in_force([old], "collection", date(2018, 5, 24)))
        self.assertIsNone(in_force([old], "case", date(2026, 1, 1)))

    def test_each_kind_ends_the_day_after_its_months(self):
        rules = [period(), period("case", "case_closed", 120, verified=True)]
        happened = {"relation_end": date(2021, 2, 28), "case_closed": date(2024, 2, 29)}
        self.assertEqual(
            ends(happened, ["collection", "case"], rules, date(2026, 3, 2)),
            [
                End("case", "case_closed", date(2024, 2, 29), date(2034, 3, 1), True),
                End("collection", "relation_end", date(2021, 2, 28), date(2026, 3, 1), False),
            ],
        )

    def test_a_kind_whose_event_never_happened_is_kept_from_the_end_of_the_relation(self):
        rules, on = [period(event="last_payment", months=24)], date(2026, 3, 2)
        happened = {"relation_end": date(2026, 3, 1)}
        [end] = ends(happened, ["collection"], rules, on)
        self.assertEqual((end.happened, end.on), (date(2026, 3, 1), date(2028, 3, 2)))
        [end] = ends({**happened, "last_payment": date(2025, 1, 1)}, ["collection"], rules, on)
        self.assertEqual((end.happened, end.on), (date(2025, 1, 1), date(2027, 1, 2)))

    def test_what_never_happened_holds_nothing_and_a_kind_without_rule_is_said(self):
        self.assertEqual(ends({"relation_end": None}, ["collection"], [period()], date(2026, 3, 2)), [])
        with self.assertRaises(KeyError):
            ends({}, ["case"], [period()], date(2026, 3, 2))

    def test_scrubbing_keeps_figures_and_days_and_loses_words(self):
        frozen = {
            "name": "Zoé Martin",
            "amount": 1234.5,
            "written": "1 234,50 €",
            "as_text": "1234.50",
            "on": "2026-03-02",
            "phone": "0612345678",
            "siren": "732829320",
            "number": 33612345678,
            "zip": "75011",
            "yes": True,
            "none": None,
            "lines": [{"days": 12, "label": "Facture de Zoé"}],
            "sha256": "a" * 64,
            "Contrat Zoé.pdf": 1,
        }
        self.assertEqual(
            scrub(frozen),
            {
                "name": "",
                "amount": 1234.5,
                "written": "",
                "as_text": "1234.50",
                "on": "2026-03-02",
                "phone": "",
                "siren": "",
                "number": 0,
                "zip": "",
                "yes": True,
                "none": None,
                "lines": [{"days": 12, "label": ""}],
                "sha256": "a" * 64,
                "key_13": 1,
            },
        )
        self.assertEqual(scrub(""), "")
        self.assertIsNone(scrub(None))

    def test_only_what_names_somebody_without_doubt_is_looked_for(self):
        self.assertIsNone(telling(["Martin", None, "", "12", "Li Wu"]))
        pattern = telling(["Zoé  Martin", "zoe@martin.example", "+33 6 12 34 56 78"])
        for text in ("avec ZOÉ MARTIN hier", "zoe@martin.example", "06.12.34.56.78", "+33 6 12 34 56 78", "0612345678"):
            self.assertTrue(re.search(pattern, text, re.IGNORECASE), text)
        for text in ("rue Martin", "zoeXmartin.example", "06 12 34 56 79"):
            self.assertFalse(re.search(pattern, text, re.IGNORECASE), text)
