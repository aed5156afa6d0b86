"""The figures of the law, from their table."""

import unittest
from datetime import date
from decimal import Decimal

from ..errors import FigureMissing, FigureNegative, FigureTwice, UnknownFigure
from ..parameters import ALWAYS, Dated, Figures, Parameters, shipped_figures, shipped_rows, taken_from, units

D = Decimal
LATER = date(2027, 3, 1)


def figure(value, date_from=ALWAYS):
    return Dated(date_from, D(value), "an article")


class TestFigures(unittest.TestCase):
    def test_each_figure_of_the_table_has_a_value_an_article_a_source_and_one_unit(self):
        self.assertGreater(len(shipped_rows()), 30)
        for row in shipped_rows():
            with self.subTest(row=row):
                self.assertTrue(row.figure.article and row.source)
                self.assertEqual(row.unit, units()[row.code])

    def test_the_value_of_a_day_is_the_last_that_began(self):
        table = Figures([("a", figure(5, LATER)), ("a", figure(3))], ["a"])
        for day, value in ((date(2027, 2, 28), 3), (LATER, 5), (date.max, 5), (ALWAYS, 3)):
            self.assertEqual(table.at("a", day).value, value)
        self.assertEqual([one.value for one in table.series("a")], [3, 5])

    def test_what_is_wrong_in_a_table_is_said_with_what_to_do(self):
        for rows, error, words in (
            ([("b", figure(1))], UnknownFigure, "use one of a"),
            ([("a", figure(-1))], FigureNegative, "zero or more"),
            ([("a", figure(1)), ("a", figure(2))], FigureTwice, "keep one"),
            ([("a", figure(1)), ("a", figure(2, LATER)), ("a", figure(3, LATER))], FigureTwice, "2027-03-01"),
            ([], FigureMissing, "enter one without a first day"),
            ([("a", figure(1, LATER))], FigureMissing, "enter one without a first day"),
        ):
            with self.subTest(rows=rows), self.assertRaises(error) as caught:
                Figures(rows, ["a"])
            self.assertIn(words, str(caught.exception))

    def test_the_parameters_of_a_table_are_its_own(self):
        rows = [(row.code, row.figure) for row in shipped_rows() if row.code != "professional_margin"]
        table = Figures([*rows, ("professional_margin", figure(12))])
        self.assertEqual([one.value for one in taken_from(Parameters, table).professional_margin], [12])
        self.assertEqual(taken_from(Parameters, shipped_figures()), Parameters())

    def test_the_figures_as_the_texts_have_them(self):
        on = date(2026, 11, 27)
        for code, value in (
            *(("professional_margin", 10), ("floor_multiple", 3), ("public_margin", 8), ("judgment_surcharge", 5)),
            *(("judgment_surcharge_months", 2), ("judgment_arrears", 5), ("consumer_arrears", 2)),
            *(("indemnity", 40), ("public_indemnity", 40), ("amicable_limit", 5000), ("appeal_limit", 5000)),
            *(("proximity_limit", 10000), ("lawyer_limit", 10000), ("contribution_limit", 50000)),
            *(("distance_overseas", 1), ("distance_abroad", 2), ("acceptance_days", 15)),
            *(("title_years", 10), ("long_stop_years", 20), ("resume_months", 6), ("grace_years", 2)),
        ):
            self.assertEqual(shipped_figures().at(code, on).value, value, code)
        self.assertEqual(shipped_figures().at("indemnity", date(2012, 12, 31)).value, 0)
        watched = {row.code for row in shipped_rows() if "decree" in row.note}
        self.assertEqual(watched, {"amicable_limit", "appeal_limit"})
