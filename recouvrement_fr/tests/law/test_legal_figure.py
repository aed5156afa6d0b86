from datetime import date
from decimal import Decimal

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.penalties.recouvrement_accrual import Owed
from ...rules.court import CourtRules
from ...rules.errors import FigureMissing
from ...rules.interest import Claim
from ...rules.parameters import ALWAYS, Parameters, shipped_figures, shipped_rows, units
from ..common import MONDAY, RecouvrementCommon

DUE = date(2026, 2, 10)  # twenty days before MONDAY, at 12.15 %: 6.66 EUR for 1,000
CHANGED = date(2026, 2, 10)


@tagged("post_install", "-at_install")
class TestLegalFigure(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.figures = cls.env["recouvrement.legal.figure"]
        cls.debtor = cls.env["recouvrement.debtor"]._card(cls.company, cls.debtor_partner).sudo()
        cls.debtor.write({"debtor_type": "professional", "type_confirmed": True})
        cls.manager, cls.collector = (
            new_test_user(
                cls.env,
                f"figure_{group}",
                groups=f"recouvrement_fr.group_recouvrement_{group}",
                company_ids=[Command.set(cls.company.ids)],
                company_id=cls.company.id,
            )
            for group in ("manager", "user")
        )

    def line(self, code, date_from=False):
        return self.figures.search([("code", "=", code), ("date_from", "=", date_from)])

    def add(self, code, value, date_from=CHANGED, **values):
        values = {"article": "A decree to come", "verified": True, **values}
        values |= {"code": code, "value": value, "date_from": date_from}
        return self.figures.with_user(self.manager).create(values)

    def interest(self, invoice):
        invoice.invalidate_recordset()
        with self.at(MONDAY):
            return invoice.late_interest, invoice.recovery_indemnity

    # --- one source ---------------------------------------------------------------------------------------------------

    def test_the_lines_shipped_are_those_of_the_table_of_the_rules(self):
        known = {(line.code, line.date_from or ALWAYS): line for line in self.figures.search([])}
        self.assertEqual(len(known), len(shipped_rows()))
        for row in shipped_rows():
            line = known[row.code, row.figure.date_from]
            self.assertEqual(Decimal(str(line.value)), row.figure.value, row.code)
            found = (line.unit, line.article, line.verified, line.source, line.note or "")
            self.assertEqual(found, (row.unit, row.figure.article, row.figure.verified, row.source, row.note))
        self.assertEqual(set(units()), set(dict(self.figures._fields["code"].selection)))
        self.assertEqual(set(units().values()), set(dict(self.figures._fields["unit"].selection)))

    def test_the_rules_get_from_the_lines_what_they_ship_with(self):
        self.assertEqual(self.figures._parameters(), Parameters())
        self.assertEqual(self.figures._court_rules(), CourtRules())
        for code in units():
            self.assertEqual(self.figures._figures().series(code), shipped_figures().series(code), code)

    # --- what a manager changes ---------------------------------------------------------------------------------------

    def test_a_new_margin_and_a_new_indemnity_apply_from_their_day_without_code(self):
        invoice = self.invoice(DUE)
        self.assertEqual(self.interest(invoice), (6.66, 40.0))
        self.add("professional_margin", 20, date(2026, 1, 1))
        self.add("indemnity", 50, date(2026, 2, 11))  # the first late day
        self.assertEqual(self.interest(invoice), (12.14, 50.0))  # 22.15 % over twenty days
        earlier = self.invoice(date(2026, 2, 9))
        self.assertEqual(self.interest(earlier)[1], 40.0)
        self.assertEqual(invoice.interest_terms, "European Central Bank + 20 points, by half-year (A decree to come).")
        self.company.recouvrement_print_mentions = True
        mentions = " ".join(invoice._payment_mentions())
        self.assertRegex(mentions, "increased by 20 percentage points and to a fixed indemnity of .{0,2}50.00")

    def test_a_figure_not_verified_counts_but_claims_nothing_until_it_is(self):
        invoice = self.invoice(DUE)
        accrual, key = self.env["recouvrement.accrual"], (invoice.id, DUE, 0)

        margin = self.add("professional_margin", 20, date(2026, 1, 1), verified=False)
        claim = Claim(Decimal(1000), DUE, "professional")
        notes = self.env["recouvrement.decompte"]._of_claim(claim, MONDAY, currency=self.company.currency_id)["notes"]
        self.assertIn("The figure of A decree to come has not been verified at its source.", notes)
        owed = [Owed(key, DUE, 1000.0, None, "professional", True)]
        self.assertEqual(accrual._accrue(owed, MONDAY)[key].note, "unverified")
        self.assertIn("to be verified", invoice.interest_terms)
        margin.action_verify()
        self.assertFalse(accrual._accrue(owed, MONDAY)[key].note)
        self.assertEqual(accrual._accrue(owed, MONDAY)[key].indemnity, 40)
        self.add("indemnity", 50, date(2026, 2, 11), verified=False)
        found = accrual._accrue(owed, MONDAY)[key]
        self.assertEqual((found.note, found.indemnity), ("indemnity_unverified", 0))
        self.assertEqual(found.interest, Decimal("12.14"))  # 22.15 % over twenty days

    def test_the_period_of_a_line_ends_on_the_eve_of_the_next(self):
        self.assertEqual(self.line("indemnity").date_to, date(2012, 12, 31))
        current = self.line("indemnity", date(2013, 1, 1))
        self.assertFalse(current.date_to)
        self.add("indemnity", 50, date(2027, 3, 1))
        with self.at(MONDAY):
            self.figures.invalidate_model()
            self.assertEqual((current.date_to, current.is_current), (date(2027, 2, 28), True))
            found = self.figures.search([("code", "=", "indemnity"), ("is_current", "=", True)])
            self.assertEqual(found, current)
        with self.at(date(2027, 3, 1)):
            self.figures.invalidate_model()
            self.assertFalse(current.is_current)

    def test_a_verified_line_in_force_is_not_typed_over(self):
        line = self.line("professional_margin").with_user(self.manager)
        for values in ({"value": 12}, {"date_from": date(2026, 1, 1)}, {"code": "public_margin"}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "add a line with the new value"):
                line.write(values)
        line.write({"value": 10, "source": "Légifrance"})  # nothing changes
        line.write({"verified": False})
        line.write({"value": 12})
        self.assertEqual(self.figures._parameters().professional_margin[0].value, 12)
        to_come = self.add("professional_margin", 14, date(2027, 1, 1))
        with self.at(MONDAY):
            to_come.write({"value": 15, "date_from": date(2027, 7, 1)})
            to_come.unlink()

    def test_a_line_that_is_wrong_says_what_to_do(self):
        for code, value, words in (
            ("indemnity", -1, "zero or more"),
            ("contract_years_least", 1.5, "whole number"),
            ("economic_courts", 2, "1 for yes"),
        ):
            with self.subTest(code=code), self.assertRaisesRegex(ValidationError, words):
                self.add(code, value, date(2031, 1, 1))
        self.add("indemnity", 50, date(2027, 1, 1))
        for day in (date(2027, 1, 1), False):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
                self.add("indemnity", 60, day)

    def test_no_figure_is_left_without_a_value_and_nothing_stands_for_it(self):
        first = self.line("amicable_limit").with_user(self.manager)
        with self.assertRaisesRegex(UserError, "the rules need one"):
            first.unlink()
        first.verified = False
        with self.assertRaisesRegex(ValidationError, "Attempt to settle .* without a first day"):
            first.write({"date_from": date(2026, 1, 1)})
        used = self.line("indemnity", date(2013, 1, 1)).with_user(self.manager)
        with self.assertRaisesRegex(UserError, "untick"):
            used.unlink()
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM recouvrement_legal_figure WHERE code = 'professional_margin'")
        self.env.registry.clear_cache()
        with self.assertRaises(FigureMissing):
            self.figures._parameters()

    def test_who_reads_who_writes_and_what_the_chatter_keeps(self):
        line = self.line("amicable_limit")
        self.assertEqual(line.with_user(self.collector).value, 5000)
        for act in (
            lambda: line.with_user(self.collector).write({"value": 1}),
            lambda: line.with_user(self.collector).action_verify(),
            lambda: line.with_user(self.collector).unlink(),
        ):
            with self.assertRaises(AccessError):
                act()
        mine = line.with_user(self.manager).with_context(tracking_disable=False, mail_notrack=False)
        mine.write({"verified": False})
        mine.write({"value": 10000, "article": "CPC 750-1, décret à venir"})
        self.env.flush_all()
        self.cr.precommit.run()
        changes = line.message_ids.sudo().tracking_value_ids.mapped(lambda value: value.field_id.name)
        self.assertLessEqual({"value", "article", "verified"}, set(changes))
        self.assertIn(self.manager.partner_id, line.message_ids.author_id)

    def test_a_manager_of_one_company_among_those_that_collect_changes_nothing_for_the_others(self):
        other = self.env["res.company"].create({"name": "Other", "country_id": self.env.ref("base.fr").id})
        other.sudo().recouvrement_active = True
        with self.assertRaisesRegex(AccessError, "every company of this database uses it"):
            self.line("amicable_limit").with_user(self.manager).write({"source": "Mine"})
        self.manager.company_ids += other
        self.line("amicable_limit").with_user(self.manager).write({"source": "Ours"})

    def test_the_pending_decree_is_watched(self):
        watched = self.figures.search([("note", "!=", False), ("code", "in", ("amicable_limit", "appeal_limit"))])
        self.assertEqual(watched.mapped("value"), [5000, 5000])
        self.assertTrue(all("10,000" in note for note in watched.mapped("note")))

    def test_a_period_agreed_by_contract_keeps_to_the_bounds_entered(self):
        kind = self.env["recouvrement.claim.kind"].create({"name": "Ours", "code": "commercial", "contract_years": 2})
        self.line("contract_years_least").write({"verified": False, "value": 3})
        with self.assertRaisesRegex(ValidationError, "3 to 10 years"):
            kind.contract_years = 1
