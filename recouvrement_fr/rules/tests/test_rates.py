"""Rates: what a table accepts, what it answers, and that what is shipped agrees with the Odoo data."""

import pickle
import unittest
import xml.etree.ElementTree as ET
from datetime import date
from decimal import Decimal
from pathlib import Path

from ..errors import NegativeRate, RateGap, RateMissing, RateOverlap, RatePeriodInvalid
from ..rates import RatePeriod, RateTable, half_year, half_year_end, half_year_label, half_year_start, shipped_rates

ADDON = Path(__file__).resolve().parents[2]


def period(date_from, date_to, ecb="2.15", other="2.76", individual="6.65", **values):
    return RatePeriod(
        date.fromisoformat(date_from),
        date.fromisoformat(date_to),
        Decimal(ecb),
        Decimal(other),
        Decimal(individual),
        **values,
    )


FIRST = period("2025-01-01", "2025-06-30")
SECOND = period("2025-07-01", "2025-12-31")
THIRD = period("2026-01-01", "2026-06-30")


class TestHalfYear(unittest.TestCase):
    def test_a_half_year_begins_on_1_january_or_1_july(self):
        cases = (
            (date(2025, 1, 1), "2025 S1", date(2025, 1, 1), date(2025, 6, 30)),
            (date(2025, 6, 30), "2025 S1", date(2025, 1, 1), date(2025, 6, 30)),
            (date(2025, 7, 1), "2025 S2", date(2025, 7, 1), date(2025, 12, 31)),
            (date(2025, 12, 31), "2025 S2", date(2025, 7, 1), date(2025, 12, 31)),
        )
        for day, label, start, end in cases:
            with self.subTest(day=day):
                number = half_year(day)
                self.assertEqual(
                    (half_year_label(number), half_year_start(number), half_year_end(number)), (label, start, end)
                )


class TestRateTable(unittest.TestCase):
    def test_a_day_finds_the_rates_of_its_half_year_whatever_the_order_given(self):
        table = RateTable([THIRD, FIRST, SECOND])
        for day, expected in (
            (date(2025, 1, 1), FIRST),
            (date(2025, 6, 30), FIRST),
            (date(2025, 7, 1), SECOND),
            (date(2026, 6, 30), THIRD),
        ):
            with self.subTest(day=day):
                self.assertIs(table.at(day), expected)
                self.assertFalse(table.missing_on(day))

    def test_a_half_year_that_was_not_entered_is_never_extrapolated(self):
        table = RateTable([FIRST, SECOND])
        for day, label in ((date(2026, 1, 1), "2026 S1"), (date(2024, 12, 31), "2024 S2")):
            with self.subTest(day=day):
                self.assertTrue(table.missing_on(day))
                with self.assertRaisesRegex(RateMissing, f"No rate for {label}") as caught:
                    table.at(day)
                self.assertEqual(caught.exception.params["day"], day)
        with self.assertRaisesRegex(RateMissing, "2026-01-01 falls in it"):
            table.of_half_year(half_year(date(2026, 3, 1)))

    def test_an_empty_table_lacks_everything(self):
        self.assertTrue(RateTable(()).missing_on(date(2025, 1, 1)))

    def test_overlapping_periods_are_refused(self):
        with self.assertRaisesRegex(RateOverlap, "2025 S1 and 2025 S2 overlap"):
            RateTable([period("2025-01-01", "2025-12-31"), SECOND])
        with self.assertRaises(RateOverlap):
            RateTable([FIRST, FIRST])

    def test_a_gap_between_periods_is_refused(self):
        with self.assertRaisesRegex(RateGap, "between 2025-06-30 and 2026-01-01"):
            RateTable([FIRST, THIRD])

    def test_a_period_is_made_of_whole_half_years(self):
        self.assertFalse(RateTable([period("2025-01-01", "2026-06-30")]).missing_on(date(2025, 12, 31)))
        for bounds in (
            ("2025-01-02", "2025-06-30"),
            ("2025-01-01", "2025-06-29"),
            ("2025-07-01", "2025-06-30"),
            ("2025-04-01", "2025-09-30"),
        ):
            with self.subTest(bounds=bounds), self.assertRaises(RatePeriodInvalid):
                period(*bounds)

    def test_the_ecb_rate_may_be_negative_but_not_a_legal_rate(self):
        period("2025-01-01", "2025-06-30", ecb="-0.5")
        for column in ({"other": "-0.01"}, {"individual": "-0.01"}):
            with self.subTest(column=column), self.assertRaises(NegativeRate):
                period("2025-01-01", "2025-06-30", **column)

    def test_an_error_has_a_name_and_survives_a_pickle(self):
        error = pickle.loads(pickle.dumps(NegativeRate(rate=Decimal(-1))))
        self.assertEqual((error.code, error.params), ("NegativeRate", {"rate": Decimal(-1)}))


class TestShippedRates(unittest.TestCase):
    def test_every_half_year_since_2015_is_there_once(self):
        periods = shipped_rates().periods
        self.assertEqual(periods[0].date_from, date(2015, 1, 1))
        self.assertEqual([half_year(p.date_from) for p in periods], list(range(2015 * 2, 2015 * 2 + len(periods))))
        self.assertTrue(all(half_year(p.date_from) == half_year(p.date_to) and p.source for p in periods))

    def test_only_the_half_year_whose_order_was_not_read_is_unverified(self):
        self.assertEqual([p.date_from for p in shipped_rates().periods if not p.verified], [date(2026, 7, 1)])

    def test_misprinted_half_years_hold_the_figures_of_the_orders(self):
        table = shipped_rates()
        self.assertEqual(table.at(date(2018, 1, 1)).legal_other, Decimal("0.89"))
        self.assertEqual(table.at(date(2019, 1, 1)).legal_other, Decimal("0.86"))
        self.assertEqual(table.at(date(2022, 7, 1)).ecb, 0)  # 0.50 only from 27 July

    def test_the_odoo_data_hold_the_same_figures(self):
        root = ET.parse(ADDON / "data" / "recouvrement_rate_data.xml").getroot()
        self.assertEqual(root.get("noupdate"), "1")
        records = {}
        for record in root.iter("record"):
            self.assertEqual(record.get("model"), "recouvrement.rate")
            records[record.get("id")] = {field.get("name"): field.text or field.get("eval") for field in record}
        expected = {}
        for one in shipped_rates().periods:
            half = 1 if one.date_from.month == 1 else 2
            expected[f"rate_{one.date_from.year}_s{half}"] = {
                "date_from": one.date_from.isoformat(),
                "date_to": one.date_to.isoformat(),
                "ecb_rate": str(one.ecb),
                "legal_rate_other": str(one.legal_other),
                "legal_rate_individual": str(one.legal_individual),
                "source": one.source,
                "verified": str(one.verified),
            }
        self.assertEqual(records, expected)
