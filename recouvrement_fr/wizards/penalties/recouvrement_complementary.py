from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.regime import regime_of


class RecouvrementComplementary(models.TransientModel):
    """Ask a professional for recovery costs beyond the fixed indemnity, with the proof (C.com L441-10 II)."""

    _name = "recouvrement.complementary"
    _description = "Complementary Indemnity"
    _inherit = "recouvrement.dialog"

    move_id = fields.Many2one(
        "account.move", "Invoice", required=True, default=lambda self: self._default_move(), readonly=True
    )
    currency_id = fields.Many2one(related="move_id.company_currency_id", related_sudo=False)
    amount = fields.Monetary(required=True, help="The costs beyond the fixed indemnity.")
    justification = fields.Text(required=True, help="Which costs, borne when and for what.")
    proof = fields.Binary(required=True, help="The invoice of the lawyer or agency, for example.")
    proof_name = fields.Char()

    @api.model
    def _default_move(self):
        return self.env.context.get("active_id") if self.env.context.get("active_model") == "account.move" else False

    def action_confirm(self):
        self.ensure_one()
        move = self.move_id
        move.check_access("read")
        if move.move_type != "out_invoice" or move.state != "posted" or self.amount <= 0:
            raise UserError(self.env._("Choose a posted customer invoice, and an amount above zero."))
        if not self._proof(self.proof):
            raise UserError(self.env._("Give the proof of these costs: the file is empty."))
        debtor = self.env["recouvrement.debtor"]._card(move.company_id.root_id, move.commercial_partner_id)
        if not regime_of(debtor.debtor_type).complementary:
            raise UserError(
                self.env._(
                    "Only a professional owes a complementary indemnity (C.com L441-10 II): see the debtor's type."
                )
            )
        # Penalties are written by methods alone; the proof goes with them.
        row = (
            self.env["recouvrement.accessory"]
            .sudo()
            ._add_complementary(debtor, move, self.amount, self.justification, (self.proof_name, self.proof))
        )
        return row.with_env(self.env)._get_records_action()
