from datetime import date, timedelta

from odoo import Command

from ...ledger.scope import Scope
from ..common import RecouvrementCommon

DAY = timedelta(days=1)
CLOSING = date(2026, 3, 31)


class BooksCommon(RecouvrementCommon):
    """Billed 3,000 in January, 2,800 in February and 1,240 in March; 2,000 paid on 28 February: 5,040 are left, of
    which 1,240 are not due on 31 March."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scope = Scope(cls.company)
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.income, cls.loss = cls.company_data["default_account_revenue"], cls.company_data["default_account_expense"]

    @classmethod
    def _account(cls, code, kind, **values):
        account = cls.env["account.account"].search([("code", "=", code), ("company_ids", "in", cls.company.ids)])
        return account or cls.env["account.account"].create(
            {"code": code, "name": code, "account_type": kind, "reconcile": True, **values}
        )

    def small_ledger(self):
        first = self.invoice(date(2026, 2, 14), 3000, invoice_date=date(2026, 1, 15))
        self.invoice(date(2026, 3, 14), 2800, invoice_date=date(2026, 2, 12))
        self.invoice(date(2026, 4, 9), 1240, invoice_date=date(2026, 3, 10))
        self.pay(first, 2000, on=date(2026, 2, 28))
        return first

    def entry(self, on, *lines, journal="default_journal_misc", **values):
        """A posted entry: (account, debit or credit as a negative amount, due date if any), the customer's."""
        move = self.env["account.move"].create(
            {
                "date": on,
                "journal_id": self.company_data[journal].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.debtor_partner.id,
                            "balance": amount,
                            "date_maturity": due[0] if due else False,
                        }
                    )
                    for account, amount, *due in lines
                ],
                **values,
            }
        )
        move.action_post()
        return move

    def match(self, moves, account):
        moves.line_ids.filtered(lambda line: line.account_id == account).reconcile()

    def tiles(self, on=CLOSING, **asked):
        board = self.env["recouvrement.dashboard"].with_context(lang="en_US")
        with self.at(on):
            blocks = board.get_dashboard({"months": 3, **asked})["blocks"]
        return {block["code"]: block for block in blocks if block["kind"] == "tile"}

    def values(self, on=CLOSING, **asked):
        tiles = self.tiles(on, **asked)
        return [tiles[code]["value"] for code in ("dso", "count_back", "best_possible", "effectiveness")]

    def opened(self, block):
        return self.env[block["opens"]["res_model"]].search(block["opens"]["domain"])
