import re
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import Command
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
