from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.acts import check_manager


class RecouvrementCreditOverride(models.Model):
    """A manager's written word that one document may pass the credit limit of its customer, up to its amount then."""

    _name = "recouvrement.credit.override"
    _description = "Credit Limit Passed"
    _inherit = ["recouvrement.evidence"]
    _order = "id desc"
    _rec_name = "document"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Integer(required=True, readonly=True)
    document = fields.Char(readonly=True)
    amount = fields.Monetary(readonly=True, help="Of the document; if it grows, it is asked again.")
    why_asked = fields.Text("What was passed", readonly=True)
    reason = fields.Text(required=True, readonly=True)
    author_id = fields.Many2one("res.users", "Allowed by", required=True, readonly=True, ondelete="restrict")
    given_on = fields.Date(required=True, readonly=True)

    @api.model
    def _allow(self, record, debtor, amount, why, reason, on):
        """Note that whoever acts allows a document.

        :raises AccessError: he is no collection manager, or the document takes the customer beyond the credit that he
            may give
        :raises UserError: no reason
        """
        check_manager(self.env)
        record.check_access("read")
        if not (reason or "").strip():
            raise UserError(self.env._("Say in writing why this may pass the limit."))
        reached = record.sudo()._credit_reached(on)  # the decision and the settings, of a document checked above
        debtor.company_id._check_credit_ceiling(self.env.user, reached)
        given = self.sudo().create(  # after the check above
            {
                "debtor_id": debtor.id,
                "res_model": record._name,
                "res_id": record.id,
                "document": record.display_name,
                "amount": amount,
                "why_asked": why,
                "reason": reason,
                "author_id": self.env.user.id,
                "given_on": on,
            }
        )
        record.sudo().message_post(body=self.env._("Credit limit passed, allowed: %s", reason))  # a note of ours
        return given

    @api.model
    def _is_allowed(self, record, debtor, amount):
        """Whether this very document was allowed, to this debtor, for at least this amount."""
        found = self.sudo().search(  # whoever posts an invoice reads no credit decision
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("debtor_id", "=", debtor.id),
                ("amount", ">=", amount),
            ],
            limit=1,
        )
        return bool(found)
