from odoo import api, fields, models


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    guarantee_ids = fields.One2many("recouvrement.guarantee", "debtor_id", domain=[("state", "!=", "mistake")])
    guarantee_count = fields.Integer("Guarantees", compute="_compute_guarantee_count")

    @api.depends("guarantee_ids.state")
    def _compute_guarantee_count(self):
        for debtor in self:
            debtor.guarantee_count = len(
                debtor.guarantee_ids.filtered(lambda guarantee: guarantee.state in ("active", "called"))
            )

    def action_open_guarantees(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_guarantee_action")
        return {
            **action,
            "domain": [("debtor_id", "=", self.id)],
            "context": {"default_debtor_id": self.id, "search_default_in_force": 1},
        }


class RecouvrementInsolvency(models.Model):
    _inherit = "recouvrement.insolvency"

    @api.model_create_multi
    def create(self, vals_list):
        """Goods sold under reserve of title are claimed: the delay is followed without anybody ticking a box."""
        for vals in vals_list:
            debtor = self.env["recouvrement.debtor"].browse(vals.get("debtor_id"))
            reserves = debtor.guarantee_ids.filtered(
                lambda found: found.kind == "reserve_of_title" and found.state == "active"
            )
            if reserves:
                vals.setdefault("has_reserve", True)
        return super().create(vals_list)
