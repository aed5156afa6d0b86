from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.ar24_client import Ar24Error


class RecouvrementAr24Identify(models.TransientModel):
    """The sender proves who it is, with a code of its authenticator: qualified letters need it (eIDAS art. 44)."""

    _name = "recouvrement.ar24.identify"
    _description = "Identify at AR24"
    _inherit = "recouvrement.dialog"

    code = fields.Char("Code of the authenticator", required=True)

    def action_identify(self):
        self.ensure_one()
        carrier = self.env["recouvrement.carrier.ar24"].with_company(self.env.company.root_id)
        if self.env["recouvrement.exit"]._is_neutralized():
            raise UserError(self.env._("This is a neutralized copy of a database: nothing leaves from it."))
        try:
            carrier._client().identify("".join(self.code.split()))
        except Ar24Error as error:
            raise UserError(self.env._("AR24 refused the code: %s", error)) from error
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("AR24 knows you: post the letters now."),
                "type": "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
