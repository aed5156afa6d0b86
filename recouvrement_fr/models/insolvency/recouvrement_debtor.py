from odoo import api, fields, models

from ...tools import clock


class RecouvrementDebtor(models.Model):
    """The insolvency proceedings of a debtor."""

    _inherit = "recouvrement.debtor"

    insolvency_ids = fields.One2many("recouvrement.insolvency", "debtor_id", domain=[("state", "!=", "cancelled")])
    insolvency_count = fields.Integer("Number of insolvencies", compute="_compute_insolvency_count")

    @api.depends("insolvency_ids")
    def _compute_insolvency_count(self):
        for debtor in self:
            debtor.insolvency_count = len(debtor.insolvency_ids)

    def action_insolvency(self):
        """The proceedings of this debtor, else the dialog that opens them."""
        self.ensure_one()
        if self.insolvency_ids:
            return self.insolvency_ids._get_records_action(
                name=self.env._("Insolvency proceedings"), domain=[("debtor_id", "=", self.id)]
            )
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_insolvency_action")
        return {
            **action,
            "views": [(False, "form")],
            "view_mode": "form",
            "context": {"default_debtor_id": self.id, "default_judgment_on": clock.today(self.env)},
        }
