from odoo import api, fields, models

ADDRESS = ("email", "phone", "street", "street2", "zip", "city", "country_id")


class RecouvrementContactDetails(models.TransientModel):
    """Correct how a debtor is reached: e-mail, telephone and postal address, of itself or of one of its contacts."""

    _name = "recouvrement.contact.details"
    _description = "Correct the Details of a Contact"
    _inherit = "recouvrement.dialog"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", required=True, readonly=True)
    email = fields.Char()
    phone = fields.Char()
    street = fields.Char()
    street2 = fields.Char("Street, more")
    zip = fields.Char("Postcode")
    city = fields.Char()
    country_id = fields.Many2one("res.country")

    @api.model
    def default_get(self, names):
        """With what is known of the contact, the dunning contact or the debtor itself where none is named."""
        values = super().default_get(names)
        debtor = self.env["recouvrement.debtor"].browse(values.get("debtor_id"))
        if debtor:
            partner = debtor._correctable(values.get("partner_id"))
            values |= {"partner_id": partner.id} | {name: partner[name] for name in ADDRESS if name != "country_id"}
            values["country_id"] = partner.country_id.id
        return values

    def action_correct(self):
        """Write what was corrected."""
        self.ensure_one()
        values = {name: self[name] for name in ADDRESS if name != "country_id"} | {"country_id": self.country_id.id}
        self.debtor_id._correct_contact(self.partner_id.id, values)
        return {"type": "ir.actions.act_window_close"}
