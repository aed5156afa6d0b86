"""Payment terms: the last lawful day of each, and the day after."""

import unittest
from datetime import date, timedelta

from ..errors import DueBeforeInvoice, UnknownClause, UnknownSector
from ..payment_terms import SECTORS, DatedTerm, SectorTable, Term, check_payment_term, public_due, unagreed_due

INVOICE = date(2026, 1, 15)
DELIVERY = date(2026, 1, 12)
ONE_DAY = timedelta(days=1)


class TestCheckPaymentTerm(unittest.TestCase):
    def test_the_last_lawful_day_of_each_sector_and_clause(self):
        cases = (
            # sector, clause, delivered on, latest without a clause, latest with one, article
            ("general", "agreed", None, "2026-03-16", "2026-03-31", "L441-10 I al. 2"),
            ("general", "default", DELIVERY, "2026-02-11", "2026-02-11", "L441-10 I al. 1"),
            ("general", "periodic", None, "2026-03-01", "2026-03-01", "L441-10 I al. 4"),
            ("general", "end_of_month", None, "2026-03-31", "2026-03-31", "L441-10 I al. 3"),
            ("perishable", "agreed", DELIVERY, "2026-02-11", "2026-02-11", "L441-11 II 1°"),
            ("perishable", "periodic", DELIVERY, "2026-02-19", "2026-02-19", "L441-11 II 1°"),
            ("perishable", "periodic", date(2026, 1, 10), "2026-02-09", "2026-02-09", "L441-11 II 1°"),
            ("perishable", "periodic", date(2026, 1, 21), "2026-03-02", "2026-03-02", "L441-11 II 1°"),
            ("livestock", "agreed", DELIVERY, "2026-02-01", "2026-02-01", "L441-11 II 2°"),
            ("alcohol", "agreed", DELIVERY, "2026-03-02", "2026-03-02", "L441-11 II 3°"),
            ("wine", "agreed", None, "2026-03-31", "2026-03-31", "L441-11 II 4°"),
            ("transport", "end_of_month", None, "2026-02-14", "2026-02-14", "L441-11 II 5°"),
            ("export", "agreed", None, "2026-03-16", "2026-04-15", "L441-10 I al. 2"),
            ("export", "default", DELIVERY, "2026-02-11", "2026-02-11", "L441-10 I al. 1"),
            ("overseas", "agreed", date(2026, 3, 2), "2026-05-01", "2026-05-15", "L441-13"),
            ("overseas", "default", date(2026, 3, 2), "2026-04-01", "2026-04-01", "L441-13"),
            ("public", "agreed", DELIVERY, "2026-02-11", "2026-02-11", "R2192-10"),
            ("public_hospital", "agreed", DELIVERY, "2026-03-03", "2026-03-03", "R2192-11"),
            ("public_company", "agreed", DELIVERY, "2026-03-13", "2026-03-13", "R2192-11"),
        )
        for sector, clause, delivered, latest, with_clause, article in cases:
            with self.subTest(sector=sector, clause=clause, delivered=delivered):
                last = date.fromisoformat(latest)
                verdict = check_payment_term(INVOICE, last, sector, clause, delivered)
                self.assertEqual((verdict.state, str(verdict.latest)), ("lawful", latest))
                self.assertEqual(str(verdict.latest_with_clause), with_clause)
                self.assertIn(article, verdict.article)
                self.assertIn(verdict.article, verdict.explanation)
                too_late = max(last, verdict.latest_with_clause) + ONE_DAY
                self.assertEqual(check_payment_term(INVOICE, too_late, sector, clause, delivered).state, "unlawful")

    def test_45_days_end_of_month_is_lawful_both_ways(self):
        # Days then end of month, or end of month then days: whichever ends later.
        for invoice, latest in (
            ("2026-01-15", "2026-03-31"),  # 1 March, then 31 March; 31 January + 45 = 17 March
            ("2026-01-16", "2026-03-31"),
            ("2026-01-10", "2026-03-17"),  # 24 February, then 28 February; 17 March
            ("2026-02-28", "2026-04-30"),
        ):
            with self.subTest(invoice=invoice):
                start = date.fromisoformat(invoice)
                verdict = check_payment_term(start, start, clause="end_of_month")
                self.assertEqual(str(verdict.latest), latest)

    def test_beyond_60_days_only_an_express_clause_can_save_the_term(self):
        for due, state in (
            ("2026-03-16", "lawful"),
            ("2026-03-17", "conditional"),
            ("2026-03-31", "conditional"),
            ("2026-04-01", "unlawful"),
        ):
            with self.subTest(due=due):
                verdict = check_payment_term(INVOICE, date.fromisoformat(due))
                self.assertEqual((verdict.state, str(verdict.latest_with_clause)), (state, "2026-03-31"))
        self.assertIn("expressly", check_payment_term(INVOICE, date(2026, 3, 20)).explanation)

    def test_an_unknown_delivery_is_said(self):
        verdict = check_payment_term(INVOICE, INVOICE, "livestock")
        self.assertIn("invoice date stands for it", verdict.explanation)
        self.assertNotIn("stands", check_payment_term(INVOICE, INVOICE, "livestock", delivered_on=DELIVERY).explanation)

    def test_a_special_term_that_nobody_verified_is_to_be_checked_and_never_unlawful(self):
        for due, state in (
            (date(2026, 3, 16), "lawful"),  # sixty days
            (date(2026, 3, 31), "conditional"),  # forty-five days, end of month
            (date(2026, 4, 1), "to_check"),
            (date(2026, 12, 31), "to_check"),
        ):
            verdict = check_payment_term(date(2026, 1, 15), due, "leather")
            with self.subTest(due=due):
                self.assertEqual(verdict.state, state)
        self.assertEqual(verdict.latest_with_clause, date(2026, 3, 31))
        self.assertIn("may be governed by a special term", verdict.explanation)
        self.assertNotIn("nlawful", verdict.explanation)
        self.assertEqual(check_payment_term(date(2026, 1, 15), date(2026, 12, 31)).state, "unlawful")

    def test_once_verified_a_special_term_binds(self):
        law = SectorTable([DatedTerm("leather", ("agreed",), Term(54, "invoice", "read", end_of_month="after"))])
        for due, state in ((date(2026, 3, 31), "lawful"), (date(2026, 4, 1), "unlawful")):
            found = check_payment_term(date(2026, 1, 15), due, "leather", sectors=law.on(date(2026, 1, 15)))
            self.assertEqual(found.state, state)

    def test_a_line_alone_that_nobody_verified_leaves_what_is_beyond_to_be_checked(self):
        law = SectorTable([DatedTerm("toys", ("agreed",), Term(95, "invoice", "?", needs_clause=True, verified=False))])
        for due, state in ((date(2026, 4, 20), "lawful"), (date(2026, 4, 21), "to_check")):
            found = check_payment_term(date(2026, 1, 15), due, "toys", sectors=law.on(date(2026, 1, 15)))
            self.assertEqual(found.state, state)

    def test_an_explanation_has_its_code_and_its_values_for_who_translates_it(self):
        found = check_payment_term(INVOICE, date(2026, 12, 31)).explanation
        self.assertEqual((found.code, found.params["article"]), ("unlawful", "C.com L441-10 I al. 3"))
        self.assertEqual(str(found), found.template.format(**found.params))

    def test_mistakes_have_their_names(self):
        for error, arguments in (
            (UnknownSector, (INVOICE, INVOICE, "shipbuilding")),
            (UnknownClause, (INVOICE, INVOICE, "general", "later")),
            (DueBeforeInvoice, (INVOICE, INVOICE - ONE_DAY)),
        ):
            with self.subTest(error=error.__name__), self.assertRaises(error):
                check_payment_term(*arguments)
        with self.assertRaises(UnknownSector):
            public_due(INVOICE, INVOICE, "king")

    def test_every_term_cites_its_article(self):
        for sector in SECTORS.values():
            for terms in (sector.agreed, sector.default, sector.periodic, sector.end_of_month):
                self.assertTrue(terms and all(term.article for term in terms))


class TestPublicDue(unittest.TestCase):
    def test_the_later_of_the_due_date_and_the_delay_from_receipt(self):
        for due, received, buyer, expected in (
            ("2026-02-01", "2026-01-10", "public", "2026-02-09"),
            ("2026-02-10", "2026-01-10", "public", "2026-02-10"),
            ("2026-02-01", "2026-01-10", "public_hospital", "2026-03-01"),
            ("2026-02-01", "2026-01-10", "public_company", "2026-03-11"),
        ):
            with self.subTest(due=due, buyer=buyer):
                found = public_due(date.fromisoformat(due), date.fromisoformat(received), buyer)
                self.assertEqual(str(found), expected)


class TestUnagreedDue(unittest.TestCase):
    def test_without_an_agreement_the_law_gives_thirty_days(self):
        self.assertEqual(unagreed_due(date(2026, 3, 2)), date(2026, 4, 1))


class TestSectorTable(unittest.TestCase):
    def test_without_a_term_given_the_law_is_as_shipped(self):
        self.assertEqual(SectorTable().on(INVOICE), SECTORS)

    def test_a_change_of_law_has_its_day_and_leaves_the_other_trades_alone(self):
        old = Term(30, "invoice", "old")
        new = Term(15, "invoice", "new")
        table = SectorTable(
            (
                DatedTerm("transport", ("agreed", "default"), old, date_to=date(2026, 12, 31)),
                DatedTerm("transport", ("agreed", "default"), new, date(2027, 1, 1), date.max),
            )
        )
        for day, expected in ((date(1990, 1, 1), old), (date(2026, 12, 31), old), (date(2027, 1, 1), new)):
            with self.subTest(day=day):
                law = table.on(day)
                self.assertEqual((law["transport"].agreed, law["transport"].default), ((expected,), (expected,)))
                self.assertEqual(law["transport"].periodic, SECTORS["transport"].periodic)
                self.assertEqual(law["wine"], SECTORS["wine"])
        self.assertEqual([day for day, _law in table.ended()], [date(2027, 1, 1)])
        first = date(2027, 2, 1)
        verdict = check_payment_term(first, date(2027, 2, 17), "transport", sectors=table.on(first))
        self.assertEqual((verdict.state, verdict.article), ("unlawful", "new"))
