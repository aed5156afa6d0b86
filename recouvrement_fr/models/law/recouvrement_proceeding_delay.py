from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules.deadlines import DELAYS, Delay
from ...rules.parameters import ALWAYS


class RecouvrementProceedingDelay(models.Model):
    """A delay of a procedure as dated data: what changes by decree is a new line with its first day, not a new code."""

    _name = "recouvrement.proceeding.delay"
    _inherit = "recouvrement.shared"
    _description = "Procedural Delay"
    _order = "code, date_from, id"

    code = fields.Char(required=True, help="Steps name it; its versions share it.")
    event = fields.Char("Counted from", required=True, translate=True, help="In a word: the order, the service...")
    article = fields.Char(required=True)
    months = fields.Integer()
    days = fields.Integer(help="Below zero: before the event, such as a hearing.")
    kind = fields.Selection(
        [("act_by", "To act before it ends"), ("open_after", "To act once it has passed")],
        required=True,
        default="act_by",
    )
    date_from = fields.Date(
        "In force from", help="Compared with the day that decides which rule applies; empty: always was."
    )
    verified = fields.Boolean(help="Unticked: the text itself was not read; shown as such on every screen.")
    source = fields.Char(help="Where it was read.")

    _version_once = models.UniqueIndex(
        "(code, COALESCE(date_from, '-infinity'))",
        "This delay already has a version from that day.",
    )

    @api.constrains("months", "days")
    def _check_length(self):
        for delay in self:
            if delay.months < 0 or (not delay.months and not delay.days):
                raise ValidationError(self.env._("Give “%s” a number of months or of days.", delay.code))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed(self):
        """Nothing stands for a delay that is missing: the rules and the steps that name one need a version of it."""
        for code in sorted({delay.code for delay in self} & {delay.code for delay in DELAYS}):
            if not self.search_count([("code", "=", code), ("id", "not in", self.ids), ("date_from", "=", False)]):
                raise UserError(
                    self.env._("“%s” needs a line that always was, without a first day: correct it instead.", code)
                )

    @api.depends("months", "days", "article", "date_from", "verified", "kind")
    def _compute_display_name(self):
        for delay in self:
            length = self.env._("1 month") if delay.months == 1 else self.env._("%s months", delay.months)
            if not delay.months:
                length = self.env._("1 day") if abs(delay.days) == 1 else self.env._("%s days", abs(delay.days))
            if delay.days < 0:
                length = self.env._("%s before", length)
            elif delay.kind == "open_after":
                length = self.env._("once %s have passed", length)
            words = f"{length} ({delay.article})"
            delay.display_name = words if delay.verified else self.env._("%s – to be verified", words)

    @api.model
    def _delays(self):
        """Every delay, for the rules."""
        return tuple(
            Delay(
                delay.code,
                delay.event,
                delay.article,
                delay.months,
                delay.days,
                delay.kind,
                delay.date_from or ALWAYS,
                delay.verified,
            )
            for delay in self.search([])
        )
