from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.readers import SETTINGS_READERS


class ResCompany(models.Model):
    """What the way debtors pay chooses in a company: nothing, unless it says so."""

    _inherit = "res.company"

    recouvrement_payments_seen_id = fields.Integer(  # the last reconciliation that the profiles of payers know of
        "Last reconciliation profiled", readonly=True, copy=False, groups=SETTINGS_READERS
    )
    recouvrement_policy_good_id = fields.Many2one(
        "recouvrement.policy",
        "Policy of good payers",
        ondelete="restrict",
        help="For companies whose payments propose the trust “good”, unless their card or invoice names a policy. "
        "Empty: as everybody. A person has no profile.",
        groups=SETTINGS_READERS,
    )
    recouvrement_policy_bad_id = fields.Many2one(
        "recouvrement.policy",
        "Policy of bad payers",
        ondelete="restrict",
        help="For companies whose payments propose the trust “bad”, unless their card or invoice names a policy. "
        "Empty: as everybody. A person has no profile.",
        groups=SETTINGS_READERS,
    )
    recouvrement_profile_announces = fields.Boolean(
        "No announcement to good payers",
        help="Companies whose payments propose the trust “good” are not reminded before a due date; an early-payment "
        "discount is still offered to them.",
        groups=SETTINGS_READERS,
    )
    recouvrement_profile_agenda = fields.Boolean(
        "Agenda ordered by how debtors pay",
        help="The chance that acting today helps is raised for a company that pays late, and lowered for one that pays "
        "by itself.",
        groups=SETTINGS_READERS,
    )
    recouvrement_broken_fade_days = fields.Integer(
        "A broken promise is forgotten after (days)",
        default=90,
        help="In the order of the agenda: it weighs less each day. Zero: it never weighs.",
        groups=SETTINGS_READERS,
    )

    @api.constrains("recouvrement_broken_fade_days")
    def _check_recouvrement_broken_fade_days(self):
        for company in self:
            if company.recouvrement_broken_fade_days < 0:
                raise ValidationError(self.env._("A number of days is zero or more."))
