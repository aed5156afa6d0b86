from odoo import api, fields, models

from . import bulk


class RecouvrementDecision(models.Model):
    """What a night decided for a debtor, and why; written when it changes, or by a simulation; kept 30 nights."""

    _name = "recouvrement.decision"
    _description = "Dunning Decision"
    _order = "run_id desc, amount desc, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one("recouvrement.run", required=True, index=True, ondelete="cascade")
    company_id = bulk.SoftMany2one("res.company", required=True, index=True)  # the run's, kept by its key
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")
    debtor_id = fields.Many2one("recouvrement.debtor", index=True, ondelete="cascade")
    outcome = fields.Selection(
        [("remind", "Remind"), ("wait", "Wait"), ("person", "A person decides"), ("error", "Error")], required=True
    )
    reason = fields.Selection("_selection_reason")
    detail = fields.Char(help="The figures or the day behind the reason.")
    level_id = bulk.SoftMany2one("recouvrement.level")  # a level that sent cannot be deleted, and others seldom are
    reminder_id = bulk.SoftMany2one("recouvrement.reminder", index="btree_not_null")  # never deleted
    amount = fields.Monetary(help="Net overdue, in company currency.")
    next_date = fields.Date(help="The next day anything can change by itself.")

    @api.model
    def _selection_reason(self):
        return self.env["recouvrement.debtor"]._selection_reason()

    def action_preview(self):
        """What the reminder decided would say."""
        self.ensure_one()
        card = self.debtor_id or self.env["recouvrement.debtor"]._card(self.company_id, self.partner_id)
        return self.env["recouvrement.reminder"]._show_dialog(
            "recouvrement.preview",
            self.env._("Preview"),
            {"default_level_id": self.level_id.id, "default_debtor_id": card.id},
        )
