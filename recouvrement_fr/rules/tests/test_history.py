import unittest
from datetime import date

from ..history import moved

JUNE, JULY, AUGUST = date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)


class TestMoved(unittest.TestCase):
    def test_an_instalment_keeps_its_history_when_its_date_moves(self):
        for remembered, present, expected in (
            ([JUNE], [JUNE], {}),
            ([JUNE], [JULY], {JUNE: JULY}),
            ([JUNE, JULY], [JUNE, AUGUST], {JULY: AUGUST}),
            ([JUNE, JULY], [JULY, AUGUST], {JUNE: AUGUST}),
            ([JUNE, JULY], [date(2026, 7, 15), AUGUST], {JUNE: date(2026, 7, 15), JULY: AUGUST}),
            ([JUNE, JULY], [AUGUST], {JUNE: AUGUST, JULY: AUGUST}),  # two instalments made one
            ([JUNE, AUGUST], [AUGUST], {JUNE: AUGUST}),
            ([JUNE], [], {}),  # nothing to be paid any more
            ([], [JUNE], {}),
            # Only the second of three had been reminded, and all moved by a day: it stays the second.
            ([JULY], [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)], {JULY: date(2026, 8, 1)}),
            (
                [JULY, AUGUST],
                [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)],
                {JULY: date(2026, 8, 1), AUGUST: date(2026, 9, 1)},
            ),
        ):
            with self.subTest(remembered=remembered, present=present):
                self.assertEqual(moved(remembered, present), expected)
