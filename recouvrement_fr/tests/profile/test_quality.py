from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import LockNotAvailable, UniqueViolation

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools import file_path, mute_logger

from ...tools import bulk
from ..common import MONDAY, RecouvrementCommon
from ..einvoicing.test_invoice_mention_reading import cii

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestQuality(RecouvrementCommon):
    """What will make dunning fail is listed, with what opens to mend it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality = cls.env["recouvrement.quality"]
        cls.company.write({"recouvrement_print_mentions": True, "recouvrement_mentions_since": "2020-01-01"})

    def owing(self, name, **values):
        """The card of a debtor who owes something."""
        partner = self._partner(name, **values)
        self.invoice(MONDAY, 500, partner=partner)
        card = self.env["recouvrement.debtor"]._card(self.company, partner)
        card.sudo().write({"open_amount": 500, "type_confirmed": True, "debtor_type": "professional"})
        return card

    def lines(self, card=None):
        self.quality.sudo()._make(self.company)
        domain = [("company_id", "=", self.company.id)]
        return self.quality.search([*domain, ("debtor_id", "=", card.id)] if card else domain)

    def test_each_flaw_of_a_debtor_who_owes_something_is_a_line(self):
        clean = {"email": "a@a.example", "company_registry": "552100554"}
        for number, (values, kinds) in enumerate(
            (
                (clean, []),
                ({**clean, "email": False, "company_registry": "443061841"}, ["no_email"]),
                ({**clean, "zip": False, "company_registry": "542065479"}, ["no_address"]),
                ({**clean, "company_registry": "552100555"}, ["siren_wrong"]),
                ({**clean, "company_registry": False}, ["siren_missing"]),
            )
        ):
            with self.subTest(kinds=kinds):
                card = self.owing(f"Client {number}", **values)
                self.assertEqual(self.lines(card).mapped("kind"), kinds)
                self.assertEqual(self.lines(card).mapped("amount"), [500] * len(kinds))

    def test_an_address_that_came_back_and_a_type_nobody_confirmed_are_lines(self):
        card = self.owing("Client", email="Compta@a.example", company_registry="552100554")
        self.night(MONDAY + 3 * DAY)
        [reminder] = self.reminders(card.partner_id)
        card.sudo().write({"open_amount": 500, "type_confirmed": False})
        dispatch = self.env["recouvrement.dispatch"].sudo()
        came_back = dispatch.create(
            {
                "reminder_id": reminder.id,
                "company_id": self.company.id,
                "channel": "email",
                "state": "bounced",
                "addressee_id": card.partner_id.id,
                "address": "compta@a.example",
                "wrong_address": True,
            }
        )
        found = self.lines(card)
        self.assertEqual(found.mapped("kind"), ["bounced", "type_unconfirmed"])
        self.assertEqual((found[0].detail, found[0].amount), ("Compta@a.example", 500))
        self.assertEqual(found[0].action_mend()["res_model"], "recouvrement.contact.details")
        self.assertEqual(found[1].action_mend()["res_id"], card.id)
        card.partner_id.email = "new@a.example"
        self.assertEqual(self.lines(card).mapped("kind"), ["type_unconfirmed"], "Another address was entered.")
        card.partner_id.email = "compta@a.example"
        came_back.wrong_address = False
        card.sudo().type_confirmed = True
        self.assertFalse(self.lines(card))

    def test_invoices_without_the_mentions_of_the_law_are_a_line_that_opens_them(self):
        card = self.owing("Client", email="a@a.example", company_registry="552100554")
        first = self.invoice(MONDAY, 100, partner=card.partner_id)
        others = self.env["account.move"].search([("partner_id", "=", card.partner_id.id)]) - first
        self.company.recouvrement_print_mentions = False
        found = self.lines(card)
        self.assertEqual((found.kind, found.amount, found.move_id.ids), ("missing_mentions", 600, []))
        self.assertEqual(found.detail, f"{min(first | others, key=lambda move: move.id).name} and 1 more")
        self.assertEqual(self.env["account.move"].search(found.action_mend()["domain"]), first | others)
        first.narration = "<p>Pas d’escompte. Pénalités : BCE + 10 points.<br/>Indemnité de 40&nbsp;€.</p>"
        found = self.lines(card)
        self.assertEqual((found.amount, found.detail), (500, others.name))
        card.sudo().debtor_type = "consumer"
        self.assertFalse(self.lines(card), "C.com L441-9 is about professionals.")

    def test_what_a_payment_term_says_is_said(self):
        term = self.env["account.payment.term"].create(
            {"name": "30 jours", "note": "Pas d’escompte, pénalités au taux de la BCE + 10 points, indemnité de 40 €."}
        )
        self.company.recouvrement_print_mentions = False
        partner = self._partner("Client", email="a@a.example", company_registry="552100554")
        self.invoice(MONDAY, 500, partner=partner, invoice_payment_term_id=term.id)
        card = self.env["recouvrement.debtor"]._card(self.company, partner)
        card.sudo().write({"open_amount": 500, "type_confirmed": True, "debtor_type": "professional"})
        self.assertFalse(self.lines(card))
        term.note = "Pas d’escompte."
        self.assertEqual(self.lines(card).mapped("kind"), ["missing_mentions"])

    def test_what_the_electronic_form_says_is_said(self):
        card = self.owing("Client", email="a@a.example", company_registry="552100554")
        [move] = self.env["account.move"].search([("partner_id", "=", card.partner_id.id)])
        self.company.recouvrement_print_mentions = False
        self.assertEqual(self.lines(card).mapped("kind"), ["missing_mentions"])
        notes = [("AAB", "Pas d’escompte."), ("PMD", "Pénalités au taux de la BCE + 10 points.")]
        form = {"name": "facture.xml", "mimetype": "application/xml", "res_model": "account.move", "res_id": move.id}
        files = self.env["ir.attachment"]
        files.create({**form, "raw": cii(*notes)})
        self.assertEqual(self.lines(card).mapped("kind"), ["missing_mentions"], "The indemnity is not there.")
        files.create({**form, "raw": cii(*notes, ("PMT", "Indemnité forfaitaire de 40 €."))})
        self.assertFalse(self.lines(card))

    def test_mentions_printed_since_a_day_lack_from_what_was_invoiced_before(self):
        card = self.owing("Client", email="a@a.example", company_registry="552100554")
        self.company.recouvrement_mentions_since = MONDAY
        self.assertEqual(self.lines(card).mapped("kind"), ["missing_mentions"])
        self.invoice(MONDAY + 30 * DAY, 80, partner=card.partner_id, invoice_date=MONDAY)
        self.assertEqual(self.lines(card).mapped("amount"), [500])

    def test_who_owes_nothing_is_not_listed(self):
        card = self.owing("Client", email=False)
        self.assertTrue(self.lines(card))
        card.sudo().open_amount = 0
        self.assertFalse(self.lines(card))

    def test_the_address_looked_at_is_that_of_whoever_receives_the_reminders(self):
        card = self.owing("Client", email=False, company_registry="552100554")
        self.assertEqual(self.lines(card).mapped("kind"), ["no_email"])
        address = {"street": "1 rue", "zip": "75001", "city": "Paris"}
        contacts = self.env["res.partner"].create(
            [
                {
                    "name": "Factures",
                    "type": "invoice",
                    "parent_id": card.partner_id.id,
                    "email": "f@a.example",
                    **address,
                },
                {"name": "Paul", "type": "contact", "parent_id": card.partner_id.id, **address},
            ]
        )
        self.assertFalse(self.lines(card))
        card.sudo().dunning_contact_id = contacts[1]
        self.assertEqual(self.lines(card).mapped("kind"), ["no_email"])

    def test_two_records_of_one_siren_open_side_by_side(self):
        cards = self.owing("Durand SA", email="a@a.example", company_registry="552100554")
        cards |= self.owing("DURAND", email="b@b.example", company_registry="55210055400013")
        lines = self.lines().filtered(lambda line: line.kind == "duplicate")
        self.assertEqual(lines.debtor_id, cards)
        self.assertEqual(set(lines[0].action_mend()["domain"][0][2]), set(cards.partner_id.ids))

    def test_an_unlawful_term_and_one_that_needs_a_clause_open_the_invoice(self):
        card = self.owing("Client", email="a@a.example", company_registry="552100554")
        unlawful = self.invoice(MONDAY, 100, partner=card.partner_id, invoice_date=MONDAY.replace(year=2025, month=11))
        # invoiced on November 2nd 2025: 60 days end on January 1st, 45 days end of month on January 31st
        found = self.lines(card)
        self.assertEqual((found.kind, found.move_id, found.amount), ("unlawful_terms", unlawful, 100))
        self.assertEqual(found.action_mend()["res_id"], unlawful.id)

    def test_a_company_without_a_bank_account_is_the_first_line(self):
        self.assertFalse(self.lines().filtered(lambda line: line.kind == "no_iban"))
        self.company.partner_id.bank_ids.unlink()
        found = self.lines()[0]
        self.assertEqual(found.kind, "no_iban")
        self.assertEqual(found.action_mend()["res_id"], self.company.partner_id.id)

    def test_counts_are_those_of_the_lines(self):
        self.owing("Client", email=False, company_registry=False)
        self.lines()
        mine = [("company_id", "=", self.company.id)]
        found = [(kind, *rest) for kind, _label, *rest in self.quality._counts(mine)]
        self.assertEqual(found, [("no_email", 1, 500), ("siren_missing", 1, 500)], "The worst first.")

    def test_the_day_makes_the_list_again_and_the_dashboard_counts_it(self):
        card = self.owing("Client", email=False, company_registry=False)
        self.company.recouvrement_active = True
        self.quality.sudo()._follow_up(MONDAY)
        board = self.env["recouvrement.dashboard"].with_user(self._somebody("steers")).with_company(self.company)

        def rows(**asked):
            with self.at(MONDAY):
                blocks = board.with_context(lang="en_US").get_panel("work", asked)
            return next(block for block in blocks if block["code"] == "quality")["rows"]

        found = {row["cells"][0]: row["cells"][1:] for row in rows()}
        self.assertEqual(found["No e-mail address"], ["1", "€500.00"])
        self.assertEqual(found["SIREN missing"], ["1", "€500.00"])
        [line] = self.quality.search(rows(debtor_type="professional")[0]["opens"]["domain"])
        self.assertEqual((line.debtor_id, line.kind), (card, "no_email"))
        self.assertEqual(rows(debtor_type="public"), [])

    def test_the_list_is_made_again_for_a_collector_who_types_nothing(self):
        card = self.owing("Client", email=False)
        collector = self._somebody("collects")
        mine = self.quality.with_user(collector).with_company(self.company)
        action = mine.action_open()
        self.assertEqual(action["res_model"], "recouvrement.quality")
        line = mine.search([("debtor_id", "=", card.id), ("kind", "=", "no_email")])
        self.assertEqual(line.action_mend()["res_model"], "recouvrement.contact.details")
        with self.assertRaises(AccessError):
            line.write({"detail": "?"})

    def test_many_debtors_take_no_more_statements(self):
        def statements():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.quality.sudo()._make(self.company)
            return self.env.cr.sql_log_count - before

        self.owing("Client", email=False)
        one = statements()
        for number in range(5):
            self.owing(f"Client {number}", email=False)
        self.assertLessEqual(statements(), one)

    def test_two_who_read_it_first_at_once_make_it_once(self):
        model, flaw = type(self.quality), ("no_iban", None, None, "Our company", 0)
        with (
            self.registry.cursor() as first,
            self.registry.cursor() as second,
            patch.object(model, "_company_rows", lambda lines, company: [flaw]),
            patch.object(model, "_debtor_rows", lambda lines, company: []),
            patch.object(model, "_term_rows", lambda lines, company: []),
        ):
            ones, others = (api.Environment(cr, SUPERUSER_ID, {})[model._name] for cr in (first, second))
            company = ones.env.company
            second.execute("SET LOCAL lock_timeout = '200ms'")  # its snapshot is taken before the first has written
            second.execute("SELECT 1 FROM recouvrement_quality")
            ones._make(company)
            with self.assertRaises(LockNotAvailable), mute_logger("odoo.sql_db"):
                others._make(company.with_env(others.env))  # it waits for whom it would have doubled
            second.rollback()
            first.rollback()
            others._make(company.with_env(others.env))
            self.assertEqual(others.search_count([("company_id", "=", company.id), ("kind", "=", "no_iban")]), 1)
            second.rollback()

    def test_what_is_there_is_not_made_twice(self):
        self.owing("Client", email=False)
        lines = self.lines()
        columns = ("kind", "company_id", "debtor_id", "move_id")
        rows = [tuple(line[name].id if name.endswith("_id") else line[name] for name in columns) for line in lines]
        given = [tuple(value or None for value in row) for row in rows]
        self.assertEqual(bulk.insert(self.quality.sudo(), columns, given, bulk.KNOWN), [])
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            bulk.insert(self.quality.sudo(), columns, given)

    def test_what_is_as_it_was_keeps_its_line(self):
        stays, grows, goes = (self.owing(name, email=False, company_registry="552100554") for name in "ABC")
        before = {line.debtor_id: line for line in self.lines() if line.kind == "no_email"}
        grows.sudo().open_amount = 700.10
        goes.partner_id.email = "c@c.example"
        after = {line.debtor_id: line for line in self.lines() if line.kind == "no_email"}
        self.assertEqual(after, {card: before[card] for card in (stays, grows)})
        self.assertEqual([after[card].amount for card in (stays, grows)], [500, 700.10])
        self.assertEqual(
            self.lines().filtered(lambda line: line.kind == "duplicate").mapped("detail"), ["552100554"] * 3
        )

    def test_lines_doubled_before_the_upgrade_go(self):
        self.owing("Client", email=False)
        self.company.partner_id.bank_ids.unlink()
        lines = self.lines()
        before = sorted(lines.mapped("kind"))
        self.assertIn("no_iban", before, "A line of no debtor is doubled too.")
        self.env.cr.execute("DROP INDEX recouvrement_quality_once")
        self.env.cr.execute(
            "INSERT INTO recouvrement_quality (kind, company_id, debtor_id, move_id, amount, count)"
            " SELECT kind, company_id, debtor_id, move_id, amount, count FROM recouvrement_quality"
        )
        mine = [("company_id", "=", self.company.id)]
        self.assertEqual(self.quality.search_count(mine), 2 * len(before))
        script = file_path("recouvrement_fr/migrations/19.0.8.0.0/pre-profile.py")
        load_script(script, "pre_profile").migrate(self.env.cr, "19.0.7.0.0")
        self.env.invalidate_all()
        self.assertEqual(sorted(self.quality.search(mine).mapped("kind")), before)
