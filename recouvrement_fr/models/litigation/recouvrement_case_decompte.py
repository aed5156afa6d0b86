from odoo import models

from ...tools.formats import Formats
from .recouvrement_case_figures import TOLD

# Of an invoice, and of all of them.
COLUMNS = ("total", "paid", "principal", "interest", "interest_due", "indemnity", "due_now")


class RecouvrementCase(models.Model):
    """The décompte of a case as it is read, on screen and in documents."""

    _inherit = "recouvrement.case"

    def _statement_html(self, on):
        """The décompte on a day as a table, figures ready to read."""
        return self.env["ir.qweb"]._render(
            "recouvrement_fr.case_statement", {"doc": self._statement_values(on)}, minimal_qcontext=True
        )

    def _statement_values(self, on, lang=None):
        """The décompte on a day, written in a language (the reader's): for the screen and for documents."""
        self.ensure_one()
        formats, currency = Formats(lang or self.env.lang or "fr_FR"), self.currency_id
        case = self.sudo()  # figures of the ledger, shown to whoever reads the case
        moves = {move.id: move for move in case.move_ids}
        statement = self._statement(on)

        def money(amount):
            return formats.money(amount, currency)

        return {
            "on": formats.long(on),
            "rows": [self._row_values(row, moves[row.move_id], formats) for row in statement.rows],
            "payments": [
                {
                    "on": formats.short(receipt.on),
                    "number": moves[move_id].name,
                    "amount": money(receipt.amount),
                    "is_credit": receipt.kind == "credit",
                    "is_told": receipt.kind == TOLD,
                }
                for (move_id, _due), receipts in sorted(case._receipts(on).items())
                for receipt in receipts
            ],
            "imputation": self.imputation,
            "totals": {name: money(statement.total(name)) for name in COLUMNS},
            "costs": money(statement.costs) if statement.costs else "",
            "article_700": money(statement.article_700) if statement.article_700 else "",
            "balance": money(statement.balance),
            "note": self._words(statement) or "",
            "told": self.with_context(lang=lang or self.env.lang)._told_words(on),
            "title": self._title_words(statement.title, lang or self.env.lang) if statement.title else "",
        }

    def _row_values(self, row, move, formats):
        """An invoice of the décompte, with the periods its interest ran."""
        currency = self.currency_id
        return {
            "number": move.name,
            "due": formats.short(row.due),
            **{name: formats.money(getattr(row, name), currency) for name in COLUMNS},
            "tranches": [
                {
                    "from": formats.short(tranche.date_from),
                    "to": formats.short(tranche.date_to),
                    "days": tranche.days,
                    "base": formats.money(tranche.base, currency),
                    "rate": formats.percent(tranche.rate),
                    "interest": formats.money(tranche.interest, currency),
                    "article": tranche.article,
                }
                for tranche in row.tranches
            ],
        }
