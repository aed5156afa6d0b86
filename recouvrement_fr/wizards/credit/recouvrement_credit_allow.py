from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import clock


class RecouvrementCreditAllow(models.TransientModel):
    """A manager's word that one document may pass the credit limit."""

    _name = "recouvrement.credit.allow"
    _description = "Allow Over the Credit Limit"
    _inherit = "recouvrement.dialog"

    move_id = fields.Many2one("account.move", "Invoice", default=lambda self: self._opened_on("account.move"))
    why_asked = fields.Text("What is passed", compute="_compute_why_asked")
    reason = fields.Text(required=True, help="Kept with your name and the day, on the document and on the debtor.")

    @api.model
    def _opened_on(self, model):
        return self.env.context.get("active_id") if self.env.context.get("active_model") == model else False

    def _document(self):
        """What is allowed; to be extended by what else a limit is looked at for."""
        return self.move_id

    @api.depends("move_id")
    def _compute_why_asked(self):
        for wizard in self:
            wizard.why_asked = wizard._document().recouvrement_credit_warning

    def action_allow(self):
        self.ensure_one()
        record, on = self._document(), clock.today(self.env)
        if not record:
            raise UserError(self.env._("Open this from the document that is stopped."))
        known = record.sudo()  # the decision and the settings, of a document whose reader was checked above
        debtor, amount = known._credited_debtor(), known._credit_amount()
        if not debtor:
            raise UserError(
                self.env._(
                    "No credit was decided for this customer: nothing of %s is to be allowed.", record.display_name
                )
            )
        why = known._credit_verdict(on)[0]
        self.env["recouvrement.credit.override"]._allow(record, debtor, amount, why, self.reason, on)
        return {"type": "ir.actions.act_window_close"}
