from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.ar24_client import SANDBOX

SECRET = "base.group_system"  # a token and a key of the company: its administrators alone


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_carrier = fields.Selection(
        selection_add=[("ar24", "AR24: electronic registered letters")], ondelete={"ar24": "set default"}
    )
    recouvrement_ar24_url = fields.Char(
        "Address of AR24",
        default=SANDBOX,
        groups=SECRET,
        help="The sandbox, where nothing leaves, until you enter the address of the real service.",
    )
    recouvrement_ar24_user = fields.Char("Account of the sender at AR24", groups=SECRET)
    recouvrement_ar24_token = fields.Char("Token of AR24", groups=SECRET)
    recouvrement_ar24_key = fields.Char("Private key of AR24", groups=SECRET)

    @api.constrains("recouvrement_ar24_url")
    def _check_recouvrement_ar24_url(self):
        """What is sent names debtors: never in clear, but to a program on this very machine."""
        for company in self:
            address = urlsplit(company.recouvrement_ar24_url or SANDBOX)
            if address.scheme != "https" and address.hostname != "127.0.0.1":
                raise ValidationError(self.env._("The address of AR24 begins with https://"))
