from odoo import api, models

from ..insolvency.recouvrement_insolvency import STOPPING


class RecouvrementDoor(models.AbstractModel):
    """A debtor in insolvency proceedings: what it owed before is shown, and neither paid nor promised here."""

    _inherit = "recouvrement.door"

    @api.model
    def _proceedings(self, debtor):
        """The insolvency proceedings that freeze what this debtor owed before them; empty when there are none."""
        # sudo: opening judgments are published, and this debtor knows its own.
        return (
            self.env["recouvrement.insolvency"]
            .sudo()
            .search([("debtor_id", "=", debtor.id), ("state", "=", "open"), ("kind", "in", STOPPING)], limit=1)
        )

    @api.model
    def _frozen_items(self, debtor):
        """Of its open items, those that may be neither paid, nor promised, nor set off (C.com L622-7)."""
        items = self.env["account.move.line"].sudo()  # the debtor's own, by the domain
        if not self._proceedings(debtor):
            return items
        items = items.search(self._items_domain(debtor))
        moves = self.env["recouvrement.holding"].sudo()._frozen_moves(items.move_id)  # a fact about its own invoices
        entries = items.move_id.filtered(lambda move: move.move_type == "entry")
        # sudo: as above.
        held = (
            self.env["recouvrement.insolvency"].sudo()._held_items(debtor.company_id, entries.ids, None)
            if entries
            else {}
        )
        return items.filtered(lambda item: item.move_id in moves or item.id in held)

    @api.model
    def _payable(self, moves):
        """Those that may be paid here: not what insolvency proceedings freeze (C.com L622-7)."""
        return moves - self.env["recouvrement.holding"].sudo()._frozen_moves(moves)  # a fact about its own invoices

    @api.model
    def _payable_online(self, moves):
        """Those that may be paid to the company's own provider: not those that are to be paid on another account."""
        events = self.env["recouvrement.einvoice.event"].sudo()  # what was told of its own invoices
        elsewhere = events._paid_elsewhere(moves.ids)
        return self._payable(moves).filtered(lambda move: move.id not in elsewhere)

    @api.model
    def _state(self, hold, elsewhere=False):
        """What holds an invoice, or that it is paid elsewhere, in words that the debtor may read."""
        words = {
            "promised": self.env._("Promised"),
            "disputed": self.env._("Contested"),
            "in_plan": self.env._("In your instalment plan"),
            "payment_pending": self.env._("Payment in progress"),
            "insolvent": self.env._("Insolvency proceedings"),
            "in_case": self.env._("With our legal department"),
        }
        told = words.get(hold.reason) if hold else None
        return told or (self.env._("To be paid on another account: not online") if elsewhere else "")

    @api.model
    def _frozen_words(self, debtor, frozen):
        """Since when, and how much by currency, insolvency proceedings freeze; empty when they freeze nothing."""
        owed = frozen.filtered(lambda item: item.amount_residual_currency > 0)
        if not owed:
            return {}
        amounts = [
            self._money(sum(items.mapped("amount_residual_currency")), currency)
            for currency, items in owed.grouped("currency_id").items()
        ]
        return {"date": self._day(self._proceedings(debtor).judgment_on), "amounts": amounts}

    @api.model
    def _frozen_answer(self, moves=None):
        """Why some of these invoices are not paid here; insolvency proceedings, where none are given."""
        if moves and self._payable(moves) == moves:
            others = (moves - self._payable_online(moves)).mapped("name")
            return self.env._(
                "%s: to be paid on another account than ours. Use the one that this page shows once we have checked "
                "it, or call us.",
                ", ".join(others),
            )
        return self.env._(
            "Insolvency proceedings were opened: what is from before is neither paid nor promised here. Our claim is "
            "declared in the proceedings."
        )
