from odoo import api, fields, models


class RecouvrementDispatch(models.Model):
    """What the queue of letters says of each: its level, what it claims, since when it waits."""

    _inherit = "recouvrement.dispatch"

    level_id = fields.Many2one(related="reminder_id.level_id")
    currency_id = fields.Many2one(related="reminder_id.currency_id")
    amount_claimed = fields.Monetary(
        "Claimed in all", compute="_compute_amount_claimed", help="Principal, interest and indemnities, as it says."
    )
    made_on = fields.Date(compute="_compute_made_on")

    @api.depends("reminder_id.amount_due", "reminder_id.amount_interest", "reminder_id.amount_indemnity")
    def _compute_amount_claimed(self):
        """What is only shown for information, or not mentioned, is not claimed."""
        for dispatch in self:
            reminder = dispatch.reminder_id
            more = reminder.level_id.accessories == "claimed"
            besides = reminder.amount_interest + reminder.amount_indemnity if more else 0
            dispatch.amount_claimed = reminder.amount_due + besides

    @api.depends("create_date")
    def _compute_made_on(self):
        for dispatch in self:
            made = dispatch.create_date and fields.Datetime.context_timestamp(dispatch, dispatch.create_date)
            dispatch.made_on = made and made.date()
