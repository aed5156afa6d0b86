import re
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..common import MONDAY, RecouvrementCommon

OURS = re.compile(r'(?:FROM|JOIN|INTO|UPDATE) "?recouvrement_')


@tagged("post_install", "-at_install")
class TestEntryCost(RecouvrementCommon):
    """What accountants do all day asks next to nothing of the tables of the add-on, which almost never concern it."""

    def before_all(self):
        self.invoices = self.env["account.move"].union(
            *(self.invoice(MONDAY + number * timedelta(days=1), 100) for number in range(6))
        )

    @contextmanager
    def ours(self):
        """The statements sent that name a table of the add-on."""
        self.env.flush_all()
        self.env.invalidate_all()
        found, execute = [], type(self.env.cr).execute

        def noted(cursor, query, params=None, log_exceptions=True):
            words = query.code if isinstance(query, SQL) else str(query)
            if OURS.search(words):
                found.append(" ".join(words.split()))
            return execute(cursor, query, params, log_exceptions)

        with patch.object(type(self.env.cr), "execute", noted):
            yield found
            self.env.flush_all()

    def pairs(self, invoices):
        """Pairs of journal items: what is owed, and what the bank brought in for it."""
        owed = invoices.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
        bank = self.company_data["default_account_assets"]
        found = []
        for item in owed:
            entry = self.env["account.move"].create(
                {
                    "journal_id": self.company_data["default_journal_misc"].id,
                    "date": MONDAY,
                    "line_ids": [
                        Command.create({"account_id": bank.id, "debit": item.debit}),
                        Command.create(
                            {"account_id": item.account_id.id, "partner_id": item.partner_id.id, "credit": item.debit}
                        ),
                    ],
                }
            )
            entry.action_post()
            found.append(item + entry.line_ids.filtered("credit"))
        return found

    def test_items_that_are_matched_ask_once_each_whether_they_concern_anything(self):
        with self.at(MONDAY):
            pairs = self.pairs(self.invoices)
            with self.ours() as asked:
                for pair in pairs:
                    pair.reconcile()
        self.assertEqual(set(self.invoices.mapped("amount_residual")), {0.0})
        self.assertEqual(len(asked), len(pairs), "\n".join(asked))

    def test_an_invoice_that_is_posted_asks_once_whether_anything_was_noted_of_its_instalments(self):
        drafts = self.env["account.move"].union(
            *(self.invoice(MONDAY + number * timedelta(days=1), 100, post=False) for number in range(6))
        )
        with self.at(MONDAY), self.ours() as asked:
            drafts.action_post()
        lines = [words for words in asked if "recouvrement_reminder_line" in words]
        self.assertEqual(len(lines), 1, "\n".join(asked))
        kept = [words for words in asked if "recouvrement_accessory" in words or "recouvrement_write_off_line" in words]
        self.assertEqual(len(kept), 2, "\n".join(asked))

    def test_what_an_invoice_says_is_noted_once_it_is_posted_each_thing_being_read_once(self):
        drafts = self.env["account.move"].union(*(self.invoice(MONDAY, 100, post=False) for _number in range(3)))
        with self.at(MONDAY), self.ours() as asked:
            drafts.action_post()
        for table in ("recouvrement_interest_clause c ON", "electronic_told", "d.debtor_type"):
            self.assertEqual(sum(table in words for words in asked), 1, f"{table}\n" + "\n".join(asked))

    def test_items_that_are_matched_have_no_field_of_theirs_described(self):
        # Core asks it of what it tracks of them, which matching does not write: asked of none, all are described.
        described, describe = [], fields.Field.get_description

        def noted(field, *arguments, **named):
            described.append(str(field))
            return describe(field, *arguments, **named)

        with self.at(MONDAY):
            pairs = self.pairs(self.invoices[:2])
            with patch.object(fields.Field, "get_description", noted):
                for pair in pairs:
                    pair.with_context(tracking_disable=False).reconcile()
        self.assertFalse([name for name in described if name.startswith("account.move.line.")])

    def test_what_core_tracks_of_an_item_is_told_when_it_is_written(self):
        invoice = self.invoices[0]
        [item] = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        later = MONDAY + timedelta(days=3)
        item.with_context(tracking_disable=False).write({"date_maturity": later, "no_followup": False})
        [told] = invoice.sudo().message_ids.tracking_value_ids
        self.assertEqual(told.field_id.name, "date_maturity")
        self.assertEqual(told.new_value_datetime.date(), later)

    def test_items_are_described_whole_to_whoever_asks_of_no_field_in_particular(self):
        items = self.env["account.move.line"]
        self.assertEqual(items.fields_get([]).keys(), items.fields_get().keys())
