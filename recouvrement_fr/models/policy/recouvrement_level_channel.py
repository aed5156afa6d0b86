from odoo import api, fields, models

from .recouvrement_level import PLACEHOLDERS, SCRIPT_PLACEHOLDERS

CHANNELS = [
    ("email", "E-mail"),
    ("letter", "Letter"),
    ("registered", "Registered letter"),
    ("lre", "Electronic registered letter (LRE)"),
    ("sms", "SMS"),
    ("postal", "Letter by the postal provider (Snail Mail)"),
    ("call", "Call"),
    ("visit", "Field visit"),
]


class RecouvrementLevelChannel(models.Model):
    """One channel of a level: used always, or only when those before it cannot be."""

    _name = "recouvrement.level.channel"
    _inherit = "recouvrement.shared"
    _company_path = "level_id.policy_id.company_id"
    _description = "Channel of a Dunning Level"
    _order = "level_id, sequence, id"

    level_id = fields.Many2one("recouvrement.level", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    channel = fields.Selection(CHANNELS, required=True, default="email")
    template_id = fields.Many2one(
        "mail.template",
        domain=[("model", "=", "recouvrement.reminder")],
        ondelete="restrict",
        help="The e-mail's subject and text; a letter takes its words from the level.",
    )
    sms_text = fields.Char(
        "Text of the SMS",
        translate=True,
        help="{reference}, {amount}, {deadline} and {company} are replaced. Empty: a short courteous text. Beyond 160 "
        "characters, two SMS are paid for.",
    )
    script = fields.Text(
        translate=True,
        help="What the collector reads while calling or before the visit. {debtor}, {amount}, {oldest} (the oldest "
        "invoice), {promise} (the last one made), {reference}, {deadline} and {company} are replaced. Empty: a "
        "courteous script.",
    )
    fallback = fields.Boolean(
        "Only as a fallback",
        help="Used only when no channel before it could be used (no e-mail address, blacklist), or when what left came "
        "back (bounce, wrong number, wrong address).",
    )

    _channel_unique = models.Constraint("UNIQUE(level_id, channel)", "This channel is already on the level.")

    @api.constrains("sms_text")
    def _check_sms_text(self):
        for step in self.filtered("sms_text"):
            step.level_id._fill(step.sms_text, dict.fromkeys(PLACEHOLDERS, ""))

    @api.constrains("script")
    def _check_script(self):
        for step in self.filtered("script"):
            step.level_id._fill(step.script, dict.fromkeys(SCRIPT_PLACEHOLDERS, ""), SCRIPT_PLACEHOLDERS)

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.level_id._check_channels()
        return steps

    def write(self, vals):
        before = self.level_id
        result = super().write(vals)
        if {"level_id", "channel", "template_id"} & vals.keys():
            (before | self.level_id)._check_channels()
        return result

    def unlink(self):
        levels = self.level_id
        result = super().unlink()
        levels._check_channels()
        return result

    @api.depends("channel", "fallback")
    def _compute_display_name(self):
        names = dict(self._fields["channel"]._description_selection(self.env))
        for record in self:
            name = names.get(record.channel, "")
            record.display_name = self.env._("%s (fallback)", name) if record.fallback else name
