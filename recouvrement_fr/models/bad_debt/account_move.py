from odoo import fields, models
from odoo.tools import SQL

from ...tools import clock
from ...tools.bulk import any_of
from ...tools.readers import COLLECTION_READERS

# The fields of an entry that say what it is an entry of.
ENTRIES = (
    "recouvrement_write_off_id",
    "recouvrement_recovery_id",
    "recouvrement_doubtful_id",
    "recouvrement_provision_id",
)


class AccountMove(models.Model):
    """Entries of bad debts: what they did is done when an accountant posts them, and undone when he undoes them."""

    _inherit = "account.move"

    recouvrement_write_off_id = fields.Many2one(
        "recouvrement.write.off",
        "Write-off",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
        groups=COLLECTION_READERS,
    )
    recouvrement_recovery_id = fields.Many2one(
        "recouvrement.write.off",
        "Recovered after the write-off",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
        groups=COLLECTION_READERS,
    )
    recouvrement_doubtful_id = fields.Many2one(
        "recouvrement.doubtful",
        "Doubtful receivable",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
        groups=COLLECTION_READERS,
    )
    recouvrement_provision_id = fields.Many2one(
        "recouvrement.provision",
        "Provision",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
        groups=COLLECTION_READERS,
    )
    recouvrement_lost_line_ids = fields.One2many(  # so that whether it was written off is asked once
        "recouvrement.write.off.line",
        "move_id",
        "Lines of write-offs",
        groups="recouvrement_fr.group_recouvrement_user",
    )
    doubtful_amount = fields.Monetary(
        "Doubtful",
        compute="_compute_bad_debt",
        help="Moved to doubtful receivables (416) and still owed, in the invoice's currency.",
        groups=COLLECTION_READERS,
    )
    written_off_amount = fields.Monetary(
        "Written off",
        compute="_compute_bad_debt",
        help="Given up by a posted write-off, in the invoice's currency.",
        groups=COLLECTION_READERS,
    )

    def _compute_bad_debt(self):
        doubtful = self._doubtful_amounts()
        lost = dict(
            self.env["recouvrement.write.off.line"]
            .sudo()  # shown to whoever sees the invoice: Odoo calls it paid, which it is not
            ._read_group(
                [("move_id", "in", self.ids), ("write_off_id.state", "=", "posted")], ["move_id"], ["amount:sum"]
            )
        )
        for move in self:
            move.doubtful_amount = doubtful.get(move._origin.id, 0)
            move.written_off_amount = lost.get(move._origin, 0)

    def _doubtful_amounts(self):
        """{id: what stands in doubtful receivables} of the invoices that have something there, in their currency."""
        amounts = super()._doubtful_amounts()
        accounts = [account for root in self.company_id.root_id for account in root._recouvrement_doubtful_accounts()]
        self.env["account.move.line"].flush_model()
        return amounts | {
            move_id: float(amount)
            for move_id, amount in self.env.execute_query(
                SQL(
                    "SELECT recouvrement_invoice_id, SUM(amount_residual_currency) FROM account_move_line"
                    " WHERE recouvrement_invoice_id = %s AND account_id = %s AND parent_state = 'posted'"
                    " AND reconciled IS NOT TRUE GROUP BY 1",
                    any_of(self.ids),
                    any_of(accounts),
                )
            )
            if amount
        }

    def _bad_debts(self):
        """[(record, entries)] of the bad debts that these moves are entries of."""
        # sudo: an accountant may have no right of ours
        moves = self.sudo().filtered(lambda move: any(move[name] for name in ENTRIES))
        return [(record, entries) for name in ENTRIES for record, entries in moves.grouped(name).items() if record]

    def _post(self, soft=True):
        for record, entries in self._bad_debts():
            record._check_entry(entries)
        posted = super()._post(soft=soft)
        done, undone = posted._bad_debts(), posted.reversed_entry_id._bad_debts()
        if done or undone:
            on = clock.today(self.env)
            for record, entries in done:
                record._entry_posted(entries, on)
            for record, entries in undone:
                record._entry_undone(entries, on)
        return posted

    def button_draft(self):
        posted = self.filtered(lambda move: move.state == "posted")
        result = super().button_draft()
        undone = posted._bad_debts()
        # Core leaves a draft reconciled: what is not posted settles nothing.
        for _record, entries in undone:
            entries.line_ids.filtered("recouvrement_invoice_id").remove_move_reconcile()
        if undone:
            on = clock.today(self.env)
            for record, entries in undone:
                record._entry_undone(entries, on)
        return result


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _lists_of_matched(self):
        return [*super()._lists_of_matched(), "recouvrement_lost_line_ids"]
