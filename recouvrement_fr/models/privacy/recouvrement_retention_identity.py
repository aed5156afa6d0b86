from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Who an invoice was made out to, and nothing that helps to reach them.
KEPT = ("name", "street", "street2", "zip", "city", "vat", "company_registry")


class RecouvrementRetentionIdentity(models.Model):
    """Who the accounting documents of an anonymised person were made out to: the intermediate archive.

    Accounting documents are kept for longer than the rest, and must tell who they are about. This is all that is left
    of the person; managers and heads of accounting read it, and it is deleted with the last of these documents' time.
    """

    _name = "recouvrement.retention.identity"
    _description = "Identity Kept for Accounting"
    _order = "until, id"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Anonymised as", required=True, index=True, readonly=True)
    name = fields.Char(readonly=True, required=True)
    address = fields.Char(readonly=True)
    vat = fields.Char("VAT number", readonly=True)
    company_registry = fields.Char("Company number", readonly=True)
    until = fields.Date("Kept until", required=True, index=True, readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_due(self):
        if not self.env.su:
            raise UserError(self.env._("This identity goes by itself, with the last accounting document it serves."))

    @api.model
    def _keep(self, partner_ids, untils):
        """Archive who these partners are, for each company whose documents need it.

        :param untils: [(root company id, partner id, last day it is needed)]
        """
        if not untils:
            return
        columns = SQL(", ").join(SQL.identifier(name) for name in ("id", *KEPT))
        # SQL: the bytes as they are before they go, in one statement for the page
        rows = self.env.execute_query(SQL("SELECT %s FROM res_partner WHERE id = ANY(%s)", columns, partner_ids))
        known = {row[0]: dict(zip(KEPT, row[1:], strict=True)) for row in rows}
        self.sudo().create(  # nobody else writes it
            [
                {
                    "company_id": company_id,
                    "partner_id": partner_id,
                    "name": known[partner_id]["name"] or str(partner_id),
                    "address": self._address(known[partner_id]),
                    "vat": known[partner_id]["vat"],
                    "company_registry": known[partner_id]["company_registry"],
                    "until": until,
                }
                for company_id, partner_id, until in untils
            ]
        )

    @api.model
    def _address(self, known):
        town = " ".join(filter(None, (known["zip"], known["city"])))
        return ", ".join(filter(None, (known["street"], known["street2"], town))) or False
