import base64

from odoo import fields, models

from ...models.privacy.recouvrement_retention import check_manager, own_root
from ...tools import clock


class RecouvrementPersonRequest(models.TransientModel):
    """Answer a person who asks what is held about them: one ZIP to hand over (RGPD art. 15 and 20)."""

    _name = "recouvrement.person.request"
    _description = "Data of a Person"
    _inherit = "recouvrement.dialog"

    partner_id = fields.Many2one("res.partner", "Person", required=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company.root_id)
    file = fields.Binary("Data", readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    def action_make(self):
        """Make the file, and log that it was."""
        self.ensure_one()
        check_manager(self.env)
        log = self.env["recouvrement.person.export"]
        name, content = log._give(own_root(self.env, self.company_id), self.partner_id, clock.today(self.env))
        self.sudo().write({"file": base64.b64encode(content), "file_name": name})  # read only to the client
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Data of a person"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
