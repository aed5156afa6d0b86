from datetime import date, timedelta
from random import Random

from odoo.tests import tagged
from odoo.tools import SQL

from ...ledger import law_facts
from ...models.law.account_move_terms import PUBLIC, _state_sql
from ...rules.insolvency import is_prior
from ...rules.payment_terms import SECTORS, check_payment_term
from ...rules.prescription import limited_as, starting_day
from ...rules.regime import DEBTOR_TYPES
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
BUYERS = ("public", "public_hospital", "public_company")
TRADES = tuple(sector for sector in SECTORS if sector not in PUBLIC)


@tagged("post_install", "-at_install")
class TestTwins(RecouvrementCommon):
    """What is written twice, as a rule and as an expression of the database, says the same of whatever comes."""

    def setUp(self):
        super().setUp()
        self.random = Random(20260302)

    def days(self, count, span=400):
        return [MONDAY + self.random.randrange(-span, span) * DAY for _number in range(count)]

    def ask(self, expression, columns, rows):
        """The values of an expression over these rows, in their order."""
        values = SQL(", ").join(SQL("(%s)", SQL(", ").join(SQL("%s", value) for value in row)) for row in rows)
        names = [SQL.identifier(name) for name, _kind in columns]
        kinds = [SQL(kind) for _name, kind in columns]
        typed = SQL(", ").join(SQL("%s::%s AS %s", name, kind, name) for name, kind in zip(names, kinds, strict=True))
        source = SQL("(SELECT %s FROM (VALUES %s) AS given (%s))", typed, values, SQL(", ").join(names))
        query = SQL("SELECT %s FROM %s AS m, LATERAL (SELECT m.*) AS d", expression, source)
        return [row[0] for row in self.env.execute_query(query)]

    # --- terms of payment ---------------------------------------------------------------------------------------------

    def test_the_search_of_unlawful_terms_says_what_the_rule_says(self):
        columns = [
            *(("number", "int"), ("debtor_type", "text"), ("public_buyer", "text"), ("sector", "text")),
            *(("invoice_date", "date"), ("invoice_date_due", "date")),
            *(("delivery_date", "date"), ("recouvrement_received_on", "date")),
        ]
        rows = []
        for number in range(600):
            invoiced = self.days(1)[0]
            after = [invoiced + self.random.randrange(0, 45) * DAY for _number in range(2)]
            rows.append(
                (
                    *(number, self.random.choice(("professional", "public"))),
                    *(self.random.choice((None, *BUYERS)), self.random.choice((None, *TRADES))),
                    *(invoiced, invoiced + self.random.randrange(0, 130) * DAY),
                    *(self.random.choice((None, day)) for day in after),
                )
            )
        terms = self.env["recouvrement.payment.sector"]
        old = terms.search([("sector", "=", "general"), ("days", "=", 60)])
        old.date_to = MONDAY - DAY
        old.copy({"days": 30, "date_from": MONDAY, "date_to": False})
        table = terms._maximums()
        move = self.invoice(MONDAY)
        for agreed in ("none", "after", "before", "both"):
            self.company.recouvrement_end_of_month = agreed
            found = self.ask(_state_sql(self.company, table), columns, rows)
            expected = [self.lawful(move, table, *row[1:]) for row in rows]
            differing = [both for both in zip(rows, found, expected, strict=True) if both[1] != both[2]]
            self.assertFalse(differing[:5], agreed)
            self.assertEqual(len(set(found)), 4)

    def lawful(self, move, table, debtor_type, buyer, sector, invoiced, due, delivered, received):
        """The state of a term as the screen says it."""
        public = debtor_type == "public"
        chosen = (buyer or "public") if public else (sector or self.company.recouvrement_sector)
        law, since = table.on(invoiced), received if chosen in PUBLIC else delivered
        verdict = check_payment_term(invoiced, due, chosen, delivered_on=since, sectors=law)
        if verdict.state == "conditional" and move._is_agreed(verdict.due, law[chosen], invoiced, since):
            return "lawful"
        return verdict.state

    # --- limitation ---------------------------------------------------------------------------------------------------

    def test_the_search_of_what_is_time_barred_says_what_the_rule_says(self):
        table = self.env["recouvrement.claim.kind"]._kinds(self.company)
        columns = [
            *(("own", "int"), ("account", "int"), ("journal", "int"), ("debtor_type", "text")),
            *(("due", "date"), ("performed", "date"), ("agreed", "bool")),
        ]
        kinds = (None, *table.rules)
        rows = [
            (
                *(self.random.choice(kinds), 0, 0, self.random.choice((None, *DEBTOR_TYPES))),
                *(due, performed, self.random.random() < 0.5),
            )
            for due, performed in zip(self.days(500, 2000), self.days(500, 2000), strict=True)
        ]
        names = ("due", "performed", "agreed", "own", "account", "journal", "debtor_type")
        found = self.ask(table.last_day_sql(*(SQL.identifier("m", name) for name in names)), columns, rows)
        self.assertEqual(found, [self.last_day(table, *row) for row in rows])
        self.assertGreater(len(set(found)), 400)

    def last_day(self, table, own, account, journal, debtor_type, due, performed, agreed):
        rule = table.rule(table.of(own, account, journal, debtor_type), debtor_type)
        if rule is None:
            return None
        start = starting_day(rule, due, performed, agreed)
        if rule.from_next_year:
            return date(start.year + rule.years, 12, 31)
        leap = (start.month, start.day) == (2, 29) and (start.year + rule.years) % 4
        return start.replace(year=start.year + rule.years, day=28 if leap else start.day)

    def test_who_has_no_public_accountant_is_limited_as_a_trader_in_both(self):
        rows = [(kind, buyer) for kind in (None, *DEBTOR_TYPES) for buyer in BUYERS]
        found = self.ask(law_facts.limited_as("d"), [("debtor_type", "text"), ("public_buyer", "text")], rows)
        self.assertEqual(found, [limited_as(*row) for row in rows])

    # --- insolvency ---------------------------------------------------------------------------------------------------

    def test_a_debt_prior_to_the_judgment_is_so_in_both(self):
        columns = [*(("delivery_date", "date"), ("invoice_date", "date"), ("date", "date")), ("judgment_on", "date")]
        rows = [
            (self.random.choice((None, delivered)), self.random.choice((None, invoiced)), booked, judged)
            for delivered, invoiced, booked, judged in zip(*(self.days(400, 6) for _column in columns), strict=True)
        ]
        found = self.ask(law_facts.is_prior("m", "d"), columns, rows)
        expected = [is_prior(delivered or invoiced or booked, judged) for delivered, invoiced, booked, judged in rows]
        self.assertEqual(found, expected)
        self.assertEqual({True, False}, set(found))
