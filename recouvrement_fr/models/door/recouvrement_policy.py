from odoo import api, fields, models
from odoo.exceptions import ValidationError

LIMITS = {  # of what a debtor may do alone; each is a number of days, of instalments or of percents
    *("door_days", "door_promise_days", "door_promise_broken", "door_paid_days"),
    *("door_plan_count", "door_plan_days", "door_plan_deposit", "door_plan_maximum"),
}


class RecouvrementPolicy(models.Model):
    """What a debtor may do alone on his page, and how far. Off until somebody opens it: a page is seen from outside."""

    _inherit = "recouvrement.policy"

    door = fields.Boolean(
        "Page of the debtor",
        help="Each e-mail, SMS and letter bears a link to a page of the debtor's own: what is owed, how to pay it, and "
        "what he has to say. This server must be reached from outside.",
    )
    door_days = fields.Integer(
        "Link valid for (days)", default=90, required=True, help="From the day its message was made."
    )
    door_pay = fields.Boolean("Pays online", default=True, help="Through the payment providers that are published.")
    door_paid = fields.Boolean("Says it is paid", default=True)
    door_paid_days = fields.Integer(
        "Silence while it is looked for (days)", default=5, required=True, help="Nothing leaves meanwhile."
    )
    door_promise = fields.Boolean("Promises a day", default=True)
    door_promise_days = fields.Integer(
        "Promise within (days)", default=15, required=True, help="The latest day a debtor may promise alone."
    )
    door_promise_broken = fields.Integer(
        "Broken promises allowed", default=0, required=True, help="After more than these, a person decides."
    )
    door_dispute = fields.Boolean("Contests", default=True)
    door_plan = fields.Boolean("Takes a plan", help="Within the limits below, without asking anybody.")
    door_plan_count = fields.Integer("Instalments at most", default=3, required=True)
    door_plan_days = fields.Integer("First instalment within (days)", default=15, required=True)
    door_plan_deposit = fields.Integer(
        "Deposit at least (%)", default=20, required=True, help="Of what the plan pays, due within five days."
    )
    door_plan_maximum = fields.Monetary("Plan of at most", default=3000, help="In company currency; 0: no limit.")
    door_message = fields.Boolean("Writes to the collector", default=True)
    door_contact = fields.Boolean("Names somebody else", default=True, help="“This is not me any more”.")
    door_email = fields.Boolean("Asks for e-mails instead of paper", default=True)
    door_sms = fields.Boolean("Refuses SMS", default=True)
    letter_qr = fields.Boolean(
        "Transfer code on letters", default=True, help="A QR code that the application of any bank reads (SEPA)."
    )

    @api.constrains(*LIMITS)
    def _check_door(self):
        for policy in self:
            if min(policy[name] for name in LIMITS) < 0 or policy.door_plan_deposit > 100 or policy.door_days < 1:
                raise ValidationError(self.env._("The limits of the debtor's page are numbers, zero or more."))
