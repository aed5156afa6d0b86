import gc
from datetime import timedelta
from unittest.mock import patch

import psycopg2.errors

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.recouvrement_fr.ledger import open_items
from odoo.addons.recouvrement_fr.tools import bulk

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestNightSpeed(RecouvrementCommon):
    """What makes a night quick takes nothing from what it keeps."""

    def statements(self, work):
        """The statements that this work sends."""
        self.env.flush_all()
        self.env.invalidate_all()
        sent, execute = [], type(self.env.cr).execute

        def note(cursor, query, *arguments, **named):
            sent.append(str(query.code if isinstance(query, SQL) else query))
            return execute(cursor, query, *arguments, **named)

        with patch.object(type(self.env.cr), "execute", note):
            work()
        return sent

    def test_what_does_not_exist_in_the_company_is_asked_of_all_holds_in_one_statement(self):
        invoice = self.invoice(MONDAY - 10 * DAY)
        holding = self.env["recouvrement.holding"]
        for asked in (
            lambda: holding._all_holds(self.company, invoice.ids, MONDAY),
            lambda: holding._all_parts(self.company, invoice.ids),
            lambda: holding._all_held_items(self.company, invoice.ids, MONDAY),
            lambda: holding._all_frozen(invoice.ids),
            lambda: holding._all_barred(invoice.ids),
        ):
            self.assertLessEqual(len(self.statements(asked)), 2)

    def test_the_first_thing_that_holds_in_a_company_holds_at_once(self):
        invoice = self.invoice(MONDAY - 10 * DAY)
        holding = self.env["recouvrement.holding"]
        self.assertFalse(holding._all_holds(self.company, invoice.ids, MONDAY))
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        self.env["recouvrement.exclusion"].sudo().create(  # what its dialog makes
            {"company_id": self.company.id, "debtor_id": card.id, "move_id": invoice.id, "reason": "Vu"}
        )
        self.assertIn(invoice.id, holding._all_holds(self.company, invoice.ids, MONDAY))

    def test_two_items_of_one_due_date_are_one_instalment(self):
        invoice = self.invoice(
            MONDAY - 10 * DAY, invoice_payment_term_id=self.env.ref("account.account_payment_term_30days").id
        )
        [item] = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        other = self.invoice(MONDAY - 10 * DAY, 50.0)
        [second] = other.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET move_id = %s, date_maturity = %s, no_followup = TRUE WHERE id = %s",
            [invoice.id, item.date_maturity, second.id],
        )
        self.env.invalidate_all()
        scope = open_items.scope(self.company)
        [found] = open_items.read(self.env, scope, self.debtor_partner.ids, hashed=True)[self.debtor_partner.id]
        self.assertEqual(
            (found.amount, found.company_amount, found.amount_total, found.no_followup),
            (item.amount_residual + second.amount_residual,) * 2
            + (item.amount_currency + second.amount_currency, True),
        )
        [[_card, _partner, fingerprint]] = open_items.scan(self.env, self.company)
        self.assertEqual(fingerprint, str(int(found.hash)), "the fingerprint of a page is that of the night's list")

    def test_an_instalment_never_carries_a_level_twice_and_is_listed_as_often_as_needed(self):
        self.invoice(MONDAY - 10 * DAY)
        self.night(MONDAY)
        [line] = self.reminders().line_ids
        columns = ("reminder_id", "move_id", "date_due", "entry_line_id", "level_id", "role", "cycle", "currency_id")
        row = [line.reminder_id.id, line.move_id.id, line.date_due, 0, line.level_id.id]
        again = [*row, "carried", line.cycle, line.currency_id.id]
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation), self.env.cr.savepoint():
            bulk.insert(line, columns, [again])
        bulk.insert(line, columns, [[*row, "listed", line.cycle, line.currency_id.id]] * 2)
        self.reminders()._cancel("Vu")
        bulk.insert(line, columns, [again])
        self.assertEqual(len(self.env[line._name].search([("move_id", "=", line.move_id.id)])), 4)

    def test_a_reminded_invoice_cannot_be_deleted(self):
        invoice = self.invoice(MONDAY - 10 * DAY)
        self.night(MONDAY)
        self.env.cr.execute("DELETE FROM account_move_line WHERE move_id = %s", [invoice.id])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.ForeignKeyViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("DELETE FROM account_move WHERE id = %s", [invoice.id])

    def test_a_page_that_fails_leaves_the_collector_of_garbage_as_it_was(self):
        self.invoice(MONDAY - 10 * DAY)
        broken = patch.object(type(self.env["recouvrement.run"]), "_decide_rows", side_effect=ValueError("broken"))
        with broken, mute_logger("odoo.addons.recouvrement_fr.models.night.recouvrement_run_deciding"):
            self.night(MONDAY)
        self.assertTrue(gc.isenabled())
        self.assertEqual(self.card().reason, "error")

    def test_the_first_night_asks_the_ledger_a_constant_number_of_times(self):
        for number in range(3):
            self.invoice(MONDAY - 10 * DAY, partner=self._partner(f"Client {number}"))
        few = len(self.statements(lambda: self.night(MONDAY)))
        for number in range(20):
            self.invoice(MONDAY - 10 * DAY, partner=self._partner(f"Autre {number}"))
        many = len(self.statements(lambda: self.night(MONDAY + 7 * DAY)))
        self.assertLessEqual(many, few + 6, "a second night reads the reminders of the first")

    def test_a_simulation_asks_as_many_statements_of_each_page_whatever_its_debtors(self):
        def simulated():
            self.env["recouvrement.run"]._simulate(self.company, MONDAY).read(["totals", "debtor_count"])

        def owing(count):
            for _number in range(count):
                self.invoice(MONDAY - 10 * DAY, partner=self._partner("Client"))

        owing(4)
        simulated()  # warm
        few = len(self.statements(simulated))
        owing(20)
        self.assertLessEqual(len(self.statements(simulated)), few + 1)
        with patch("odoo.addons.recouvrement_fr.models.night.recouvrement_run.PAGE", 6):
            paged = len(self.statements(simulated))
        self.assertLessEqual(paged, 4 * few)
