from odoo import api, fields, models

from ...tools.formats import exact, rounded


class RecouvrementEinvoiceAmount(models.Model):
    """A kind of amount that a status carries: what it says, and whether taxes are in it.

    Data, since the norm closes the list and may change it; unverified until somebody has read it there.
    """

    _name = "recouvrement.einvoice.amount"
    _inherit = "recouvrement.shared"
    _description = "Kind of Amount of an Electronic Invoice's Status"
    _order = "sequence, code"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    says = fields.Selection(
        [("approved", "What was approved"), ("contested", "What was not approved"), ("other", "Something else")],
        "What it says",
        required=True,
        default="other",
    )
    is_net = fields.Boolean("Without taxes", help="The taxes of the invoice are added, in proportion.")
    sequence = fields.Integer(default=10, help="Of several amounts that a message gives, the first counts.")
    verified = fields.Boolean(help="Somebody read it in the norm; unticked: to be checked.")
    source = fields.Char()

    _code_once = models.UniqueIndex("(code)", "This kind of amount is described already.")


class RecouvrementEinvoiceEvent(models.Model):
    _inherit = "recouvrement.einvoice.event"

    @api.model
    def _amount_of(self, status, kinds):
        """The amount of a message that counts: the one with taxes where both are given; None where there is none."""
        known = {kind.code: place for place, kind in enumerate(kinds.values())}
        return min(status.amounts, key=lambda amount: known.get(amount.kind, len(known)), default=None)

    @api.model
    def _amount_kinds(self):
        # sudo: a list of the norm, whoever the platform speaks through
        return {kind.code: kind for kind in self.env["recouvrement.einvoice.amount"].sudo().search([])}

    def _contested(self):
        """What was not approved, taxes included, where the message says it; else the whole waits for a person."""
        kind = self._amount_kinds().get(self.amount_kind) if self.status_code == "206" else None
        if not kind or kind.says == "other":
            return None
        move, amount = self.move_id, exact(self.amount)
        if kind.is_net and move.amount_untaxed:
            amount = amount * exact(move.amount_total) / exact(move.amount_untaxed)
        if kind.says == "approved":
            amount = max(exact(move.amount_total) - amount, 0)
        return float(rounded(amount, move.currency_id))
