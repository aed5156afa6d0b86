from odoo import api, fields, models


class RecouvrementDispatch(models.Model):
    """What the queue of letters says of each: its level, what it claims, since when it waits."""

    _inherit = "recouvrement.dispatch"

    level_id = fields.Many2one(related="reminder_id.level_id")
    currency_id = fields.Many2one(related="reminder_id.currency_id")
    amount_claimed = fields.Monetary(related="reminder_id.amount_claimed", related_sudo=False)
    made_on = fields.Date(compute="_compute_made_on")

    @api.depends("create_date")
    def _compute_made_on(self):
        for dispatch in self:
            made = dispatch.create_date and fields.Datetime.context_timestamp(dispatch, dispatch.create_date)
            dispatch.made_on = made and made.date()
