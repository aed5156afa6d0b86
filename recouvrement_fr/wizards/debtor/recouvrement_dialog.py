from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class Chosen(NamedTuple):
    """What a dialog was opened on."""

    debtor: object
    moves: object  # invoices
    items: object  # open items of entries that are no invoices, an opening balance for example
    passed_over: str = ""  # what was ticked and cannot be taken, with the reason


class RecouvrementDialog(models.AbstractModel):
    """Whose invoices a dialog is about: a debtor's card, invoices, or the open items ticked on a card."""

    _inherit = "recouvrement.dialog"

    @api.model
    def _chosen(self):
        """The Chosen that whoever opens the dialog is looking at; of a card, no debt is chosen yet.

        :raises UserError: several debtors, one without a card, or nothing but credits
        """
        model, ids = self._opened_on()
        debtor, moves = self.env["recouvrement.debtor"], self.env["account.move"]
        items = self.env["account.move.line"]
        if model == "recouvrement.debtor":
            return Chosen(debtor.browse(ids[:1]), moves, items)
        if model == "account.move.line":
            ticked = items.browse(ids)
            return self._chosen_of_items(self._debtor_of_items(ticked), ticked)
        if model == "account.move" and ids:
            moves = moves.browse(ids)
            debtor = moves[:1].recouvrement_debtor_id
            if not debtor or len(moves.commercial_partner_id) > 1:
                self._refuse_chosen()
        return Chosen(debtor, moves, items)

    @api.model
    def _debtor_of_items(self, items):
        """:raises UserError: these items are of several debtors, or of one without a card"""
        partner, company = items.partner_id.commercial_partner_id, items.company_id.root_id
        card = self.env["recouvrement.debtor"].search(
            [("partner_id", "in", partner.ids), ("company_id", "in", company.ids)], limit=2
        )
        if len(partner) != 1 or len(card) != 1:
            self._refuse_chosen()
        return card

    @api.model
    def _chosen_of_items(self, debtor, ticked):
        debts = ticked.filtered(lambda item: item.amount_residual_currency > 0)
        entries = debts.filtered(lambda item: not item.move_id.is_sale_document(include_receipts=True))
        if not debts:
            raise UserError(debtor._no_invoice_to_choose())
        return Chosen(debtor, (debts - entries).move_id, entries, self._passed_over_words(ticked - debts))

    @api.model
    def _passed_over_words(self, credits, foreign=()):
        """What was ticked and is not taken, in words."""
        said = []
        if credits:
            names = ", ".join(item.recouvrement_number for item in credits)
            said.append(self.env._("%s: nothing is owed by it, it is a credit or is paid.", names))
        if foreign:
            names = ", ".join(one.display_name for one in foreign)
            said.append(self.env._("%s: in another currency, to be done apart.", names))
        return " ".join(said)

    @api.model
    def _refuse_chosen(self):
        raise UserError(self.env._("Choose invoices of one debtor who has a card: the night makes it."))


class RecouvrementDialogAboutDebts(models.AbstractModel):
    """A dialog about what a debtor owes: invoices, and items of its opening entries."""

    _name = "recouvrement.dialog.debts"
    _description = "Dialog About Debts"
    _inherit = "recouvrement.dialog"

    item_ids = fields.Many2many(
        "account.move.line",
        string="Opening entries",
        domain="[('partner_id.commercial_partner_id', '=', partner_id), ('move_type', '=', 'entry'),"
        " ('parent_state', '=', 'posted'), ('account_type', '=', 'asset_receivable'),"
        " ('amount_residual_currency', '>', 0)]",
        help="Open items of accounting entries that are no invoices, an opening balance for example.",
    )
    passed_over = fields.Char(readonly=True)

    @api.model
    def _values_of(self, chosen):
        """The values of a dialog about this Chosen, none without a debtor."""
        if not chosen.debtor:
            return {}
        return {
            "debtor_id": chosen.debtor.id,
            "move_ids": [Command.set(chosen.moves.ids)],
            "item_ids": [Command.set(chosen.items.ids)],
            "passed_over": chosen.passed_over,
        }

    @api.model
    def _in_one_currency(self, chosen):
        """The same Chosen of the currency of its first debt; what is in another one is passed over, and said so."""
        currency = chosen.moves._currency_owed(chosen.items)
        moves, items = (
            records.filtered(lambda one: one.currency_id == currency) for records in (chosen.moves, chosen.items)
        )
        foreign = [*(chosen.moves - moves), *(chosen.items - items)]
        said = " ".join(filter(None, (chosen.passed_over, self._passed_over_words((), foreign))))
        return chosen._replace(moves=moves, items=items, passed_over=said)

    @api.model
    def _or_overdue(self, chosen):
        """What was chosen; of a card, all that is overdue."""
        if chosen.moves or chosen.items or not chosen.debtor:
            return chosen
        return chosen._replace(moves=chosen.debtor._overdue_moves(), items=chosen.debtor._overdue_entries())
