import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

PLACEHOLDERS = ("reference", "amount", "deadline", "company")
SCRIPT_PLACEHOLDERS = (*PLACEHOLDERS, "debtor", "oldest", "promise")


class RecouvrementLevel(models.Model):
    """One step of a policy: after which delay, in which words, by which channels."""

    _name = "recouvrement.level"
    _inherit = "recouvrement.shared"
    _description = "Dunning Level"
    _order = "policy_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    policy_id = fields.Many2one("recouvrement.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id")
    sequence = fields.Integer(default=10, required=True, help="Levels are climbed one at a time, in this order.")
    kind = fields.Selection(
        [
            ("pre_due", "Before the due date"),
            ("reminder", "Reminder"),
            ("formal_notice", "Formal notice (mise en demeure)"),
            ("case_proposal", "Proposal of a litigation case"),
        ],
        default="reminder",
        required=True,
    )
    anchor = fields.Selection(
        [
            ("due_date", "Due date"),
            ("previous_level", "Previous level"),
            ("month_end", "End of the month of the due date"),
            ("discount_date", "End of the early-payment discount"),
        ],
        default="due_date",
        required=True,
        help="What the delay counts from. The previous level counts from the day it was really handed over.",
    )
    delay_days = fields.Integer("Delay (days)", default=3, help="Days after the anchor; before it for a pre-due level.")
    currency_id = fields.Many2one(related="policy_id.currency_id")
    minimum_amount = fields.Monetary(
        "From (amount)",
        help="Before the due date only: instalments of a smaller amount, net of credits, are not announced.",
    )
    channel_ids = fields.One2many("recouvrement.level.channel", "level_id", copy=True)
    requires_approval = fields.Boolean(help="A person approves each reminder of this level before it leaves.")
    copy_salesperson = fields.Boolean(
        "Copy to the salesperson", help="Of the invoices that carry the level: he receives the e-mail in copy."
    )
    copy_user_ids = fields.Many2many(
        "res.users", string="Copy to", help="Colleagues who receive the e-mails of this level in copy: a manager."
    )
    attach_invoices = fields.Boolean(
        help="The PDF of each invoice that carries the level is attached to the e-mail; a formal notice on paper "
        "encloses their copies."
    )
    tone = fields.Selection(
        [("courteous", "Courteous"), ("firm", "Firm"), ("formal", "Formal notice")],
        default="courteous",
        required=True,
        help="Which letter is printed.",
    )
    accessories = fields.Selection(
        [("silent", "Not mentioned"), ("shown", "Shown for information"), ("claimed", "Claimed")],
        default="silent",
        required=True,
        help="What the letter says of late-payment interest and of the fixed indemnity. A claimed amount is part of "
        "the total to pay. Never applied to consumers before the formal notice.",
    )
    term_days = fields.Integer(
        "Time to pay (days)",
        default=8,
        help="The days the letter leaves the debtor, counted from its date, up to a working day; those of a formal "
        "notice run from its first presentation when it is registered, else from its receipt (for a plain letter, five "
        "days after it was posted).",
    )
    subject = fields.Char(
        translate=True,
        help="Object of the letter. {reference}, {amount}, {deadline} and {company} are replaced.",
    )
    intro = fields.Text(
        translate=True,
        help="Text before the table of invoices. {reference}, {amount}, {deadline} and {company} are replaced.",
    )
    closing = fields.Text(
        translate=True,
        help="Text after the table of invoices. {reference}, {amount}, {deadline} and {company} are replaced.",
    )

    @api.constrains("kind", "delay_days", "term_days")
    def _check_delays(self):
        for level in self:
            if level.delay_days < 0:
                raise ValidationError(self.env._("The delay of %s is a number of days, zero or more.", level.name))
            if level.term_days < 0:
                raise ValidationError(self.env._("The time to pay of %s cannot be negative.", level.name))

    @api.constrains("kind", "anchor", "minimum_amount")
    def _check_announcement(self):
        for level in self:
            if level.anchor == "discount_date" and level.kind != "pre_due":
                raise ValidationError(
                    self.env._(
                        "%s: only a level before the due date may count from the end of the early-payment discount.",
                        level.name,
                    )
                )
            if level.minimum_amount < 0:
                raise ValidationError(self.env._("The minimum amount of %s cannot be negative.", level.name))

    @api.constrains("policy_id", "kind", "anchor", "delay_days")
    def _check_same_day(self):
        """Two levels reached on the same day: the second would leave at once after the first, or never."""
        for level in self.filtered(lambda level: level.anchor != "previous_level"):
            twins = level.policy_id.level_ids.filtered(
                lambda other, level=level: (
                    other != level
                    and (other.anchor, other.delay_days) == (level.anchor, level.delay_days)
                    and (other.kind == "pre_due") == (level.kind == "pre_due")
                )
            )
            if twins:
                raise ValidationError(
                    self.env._(
                        "%(level)s and %(other)s are both reached after %(days)s days: change the delay of one.",
                        level=level.name,
                        other=twins[0].name,
                        days=level.delay_days,
                    )
                )

    @api.constrains("kind", "tone")
    def _check_tone(self):
        """A formal notice has its own wording and its own effects (C.civ 1344): neither goes without the other."""
        for level in self:
            if (level.kind == "formal_notice") != (level.tone == "formal"):
                raise ValidationError(
                    self.env._(
                        "%s: the tone Formal notice goes with the kind Formal notice, and only with it.", level.name
                    )
                )

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind == "formal_notice":
            self.tone = "formal"
        elif self.tone == "formal":
            self.tone = "firm"

    @api.constrains("subject", "intro", "closing")
    def _check_placeholders(self):
        for level in self:
            for text in filter(None, (level.subject, level.intro, level.closing)):
                level._fill(text, dict.fromkeys(PLACEHOLDERS, ""))

    def write(self, vals):
        # Channels written together are looked at together: one takes the place of another.
        together = self.with_context(recouvrement_levels_together=True) if "channel_ids" in vals else self
        result = super(RecouvrementLevel, together).write(vals)
        if {"sequence", "kind", "anchor", "delay_days", "minimum_amount"} & vals.keys():
            self.env["res.company"]._recouvrement_decide_again()
        if {"sequence", "kind", "policy_id", "channel_ids", "intro", "closing"} & vals.keys():
            self._check_channels()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        together = self.with_context(recouvrement_levels_together=True)
        levels = super(RecouvrementLevel, together).create(vals_list).with_env(self.env)
        self.env["res.company"]._recouvrement_decide_again()
        levels._check_channels()
        return levels

    def unlink(self):
        result = super().unlink()
        self.env["res.company"]._recouvrement_decide_again()
        return result

    def _check_channels(self):
        """Refuse what leaves a level of a policy that sends without a way to reach anybody; a write of several levels,
        or of several channels, is looked at once, at its end."""
        if not self.env.context.get("recouvrement_levels_together"):
            self.env["recouvrement.policy"]._check_levels_added(self)

    def _check_templates(self):
        for level in self:
            if level.channel_ids.filtered(lambda step: step.channel == "email" and not step.template_id):
                raise UserError(
                    self.env._(
                        "The e-mail of the level %(level)s of the policy %(policy)s has no template: choose one.",
                        level=level.name,
                        policy=level.policy_id.name,
                    )
                )

    def _check_words(self):
        for level in self:
            if level._is_wordless():
                raise UserError(
                    self.env._(
                        "The level %(level)s of the policy %(policy)s has no words: write what its letter says "
                        "before and after the list of invoices.",
                        level=level.name,
                        policy=level.policy_id.name,
                    )
                )

    def _is_wordless(self):
        """Whether it writes to the debtor without a word of its own: a task that a letter replaces has those of its
        tone."""
        written = self.channel_ids.filtered(lambda step: step.channel not in ("call", "visit"))
        return bool(written) and not ((self.intro or "").strip() or (self.closing or "").strip())

    @api.model
    def _fill(self, text, values, known=PLACEHOLDERS):
        """The text with its placeholders replaced; an unknown one is refused where it was typed.

        Only bare names are read: a format string could reach attributes. « {one|several} » keeps the words before the
        bar for a single invoice, those after it for several.
        """
        text = re.sub(r"\{([^{}|]*)\|([^{}|]*)\}", r"\1" if values.get("count") == 1 else r"\2", text)
        unknown = set(re.findall(r"\{(.*?)\}", text)) - set(known)
        if unknown:
            raise ValidationError(
                self.env._(
                    "This text has a placeholder that does not exist: %(unknown)s. The known ones are: %(known)s.",
                    unknown=", ".join(f"{{{name}}}" for name in sorted(unknown)),
                    known=", ".join(f"{{{name}}}" for name in known),
                )
            )
        return re.sub(r"\{(\w+)\}", lambda found: str(values[found[1]]), text)
