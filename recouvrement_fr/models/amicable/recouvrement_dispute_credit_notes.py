from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError

from .recouvrement_dispute import OPEN


class RecouvrementDispute(models.Model):
    """What credit notes give of what is contested, and the one a debtor who is right receives."""

    _inherit = "recouvrement.dispute"

    @api.model
    def _parts(self, company, moves):
        """{move id: amount contested} of the invoices contested in part, in their currency: less the credit notes made
        since for it, which give what was contested, and at most what is left of the invoice."""
        rows = self._rows(company, moves, partial=True)
        if not rows:
            return defaultdict(float)
        given = self.browse({row[0] for row in rows}).sudo()._credited()  # credit notes count, whoever looks
        parts = defaultdict(float)
        for dispute_id, move_id, amount, residual in rows:
            rest = max(float(amount) - given[self.browse(dispute_id)], 0.0)
            contested = min(rest, max(float(residual) - parts[move_id], 0.0))
            if contested:
                parts[move_id] += contested
        return parts

    def _credited(self):
        """{dispute: what posted credit notes gave of what it contests}."""
        return {dispute: sum(gifts.values()) for dispute, gifts in self._gifts().items()}

    def _gifts(self):
        """{dispute: {credit note: what it gives of what is contested}}: each note once, to the disputes it was made for
        first, then to the oldest one of its invoice open when it was made."""
        if not self:
            return {}
        moves = self.move_ids
        rivals = self.search([("move_ids", "in", moves.ids), ("state", "in", (*OPEN, "accepted", "partial"))]) | self
        rivals = rivals.sorted(lambda dispute: (dispute.opened_on, dispute.id))
        linked = rivals.credit_note_ids
        notes = linked | self.env["account.move"].search(
            [
                ("move_type", "=", "out_refund"),
                ("state", "=", "posted"),
                ("reversed_entry_id", "in", rivals.move_ids.ids),
            ]
        )
        gifts = {dispute: {} for dispute in rivals}
        for note in notes.filtered(lambda note: note.state == "posted").sorted(lambda one: (one.invoice_date, one.id)):
            left = note.amount_total
            mine = rivals.filtered(lambda dispute, note=note: dispute._is_given(note))
            made_for = mine.filtered(lambda dispute, note=note: note in dispute.credit_note_ids)
            for dispute in made_for | mine:
                share = min(left, max(dispute.amount - sum(gifts[dispute].values()), 0.0))
                if share:
                    gifts[dispute][note] = share
                    left -= share
        return {dispute: gifts[dispute] for dispute in self}

    def _is_given(self, note):
        """Whether a credit note may give what this contests: made for it, or of its invoice while it was open."""
        return note in self.credit_note_ids or (
            note.reversed_entry_id in self.move_ids
            and note.invoice_date >= self.opened_on
            and (not self.closed_on or note.invoice_date <= self.closed_on)
        )

    def _compute_amount_contested(self):
        """Parts of one invoice contest together at most what is left of it, the oldest first, as what they hold."""
        # sudo: who reads it may neither read credit notes nor every dispute of the invoice
        parts = self.sudo().filtered(lambda dispute: dispute.is_partial and dispute.state in OPEN)
        of_invoices = [("move_ids", "in", parts.move_ids.ids), ("is_partial", "=", True), ("state", "in", OPEN)]
        rivals = parts and parts | (parts.search(of_invoices) - parts._origin)
        rivals = rivals.sorted(lambda one: (one.opened_on, one._origin.id))
        given, left, contested = rivals._credited(), {}, {}
        for dispute in rivals:
            invoice = dispute.move_ids._origin
            rest = left.setdefault(invoice, sum(invoice.mapped("amount_residual")))
            contested[dispute.id] = min(max(dispute.amount - given[dispute], 0.0), max(rest, 0.0))
            left[invoice] = rest - contested[dispute.id]
        for dispute in self:
            whole = dispute._left() if dispute.state in OPEN else 0.0
            dispute.amount_contested = contested.get(dispute.id, 0.0) if dispute.is_partial else whole

    def action_credit_note(self):
        """A draft credit note of the amount contested, for an accountant to check and post; one, however often asked.

        :raises UserError: the dispute was refused or cancelled, or its credit note is there already
        """
        self.ensure_one()
        self.env["account.move"].check_access("create")
        self.check_access("read")
        self.sudo().lock_for_update()  # a second click at the same moment is refused; nobody writes by hand
        if self.state in ("rejected", "cancelled"):
            raise UserError(self.env._("%s grants nothing: reopen it before making a credit note.", self.name))
        if not self.move_ids:
            raise UserError(self.env._("Only an invoice is credited: enter the credit of an opening entry by hand."))
        made = self.credit_note_ids.filtered(lambda note: note.state != "cancel")
        if made:
            raise UserError(self.env._("The credit note is already there: %s.", ", ".join(made.mapped("display_name"))))
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.move_ids.ids)
            .create({"journal_id": self.move_ids[:1].journal_id.id, "reason": f"{self.name} – {self.reason_id.name}"})
        )
        action = reversal.refund_moves()
        notes = reversal.new_move_ids
        if self.is_partial:
            ratio = self.amount / self.move_ids.amount_total
            for line in notes.invoice_line_ids.filtered(lambda line: line.display_type == "product"):
                line.price_unit *= ratio
        self.sudo().credit_note_ids |= notes  # noted on the dispute; the credit note itself was made with one's rights
        return action

    def _link_credit_notes(self):
        """Posted credit notes of these invoices made elsewhere belong to the disputes they give something of. Returns
        {dispute: what it was given}."""
        gifts = self._gifts()
        for dispute, mine in gifts.items():
            for note in mine:
                if note not in dispute.credit_note_ids:
                    dispute.credit_note_ids |= note
        return {dispute: sum(mine.values()) for dispute, mine in gifts.items()}
