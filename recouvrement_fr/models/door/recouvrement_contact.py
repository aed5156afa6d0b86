from odoo import fields, models


class RecouvrementContact(models.Model):
    _inherit = "recouvrement.contact"

    channel = fields.Selection(selection_add=[("portal", "The debtor's page")], ondelete={"portal": "cascade"})
