from odoo import api, fields, models
from odoo.tools import format_datetime

from ...tools import clock


class RecouvrementCheckDialog(models.TransientModel):
    """The conditions of one invoice, with what Odoo shows of each and what people said; looked at when it opens."""

    _name = "recouvrement.check.dialog"
    _description = "Check of an Invoice"
    _inherit = "recouvrement.dialog"

    move_id = fields.Many2one("account.move", "Invoice", required=True, readonly=True)
    debtor_id = fields.Many2one(related="move_id.recouvrement_debtor_id", related_sudo=False)
    bar_count = fields.Integer("Conditions that bar a formal notice", readonly=True)
    advice_count = fields.Integer("Other conditions not met", readonly=True)
    override_ids = fields.Many2many("recouvrement.notice.override", compute="_compute_override_ids")
    mention_line_ids = fields.One2many(
        "recouvrement.check.dialog.line", "dialog_id", domain=[("part", "=", "mentions")]
    )
    claim_line_ids = fields.One2many("recouvrement.check.dialog.line", "dialog_id", domain=[("part", "=", "claim")])

    @api.depends("move_id")
    def _compute_override_ids(self):
        for dialog in self:
            dialog.override_ids = dialog.debtor_id.notice_override_ids.filtered(
                lambda override, dialog=dialog: not override.ended_on
                and (not override.move_id or override.move_id == dialog.move_id)
            )

    @api.model
    def _open(self, move, on):
        move.check_access("read")
        dialog = self.create({"move_id": move.id})
        dialog._look(on)
        return dialog._show()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check of %s", self.move_id.name or self.move_id.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _look(self, on):
        """Read every condition again, as it stands that day."""
        self.ensure_one()
        answers = self.env["recouvrement.invoice.check"]._answers(self.move_id, on)[self.move_id.id]
        (self.mention_line_ids | self.claim_line_ids).unlink()
        self.env["recouvrement.check.dialog.line"].create([self._line_vals(answer) for answer in answers])
        self.bar_count = sum(answer.bars for answer in answers)
        self.advice_count = sum(not answer.met for answer in answers) - self.bar_count

    def _line_vals(self, answer):
        check = answer.check
        who = check and f"{check.user_id.name}, {format_datetime(self.env, check.date, dt_format='short')}"
        evidence = " – ".join(filter(None, (check and check.note, "" if check else answer.evidence)))
        return {
            "dialog_id": self.id,
            "item_id": answer.item.id,
            "part": answer.item.part,
            "is_met": answer.met,
            "is_blocking": answer.item.is_blocking,
            "by_hand": answer.item.by_hand,
            "evidence": evidence or ("" if answer.met else answer.item.obstacle),
            "who": who or (self.env._("Odoo") if answer.met or answer.evidence else ""),
            "is_answered": bool(check),
        }

    def action_override(self):
        """Ask a manager's reason to let a formal notice leave all the same."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allow the formal notice"),
            "res_model": "recouvrement.notice.override.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_debtor_id": self.debtor_id.id, "default_move_ids": self.move_id.ids},
        }


class RecouvrementCheckDialogLine(models.TransientModel):
    _name = "recouvrement.check.dialog.line"
    _description = "Condition in the Check of an Invoice"
    _inherit = "recouvrement.dialog"

    dialog_id = fields.Many2one("recouvrement.check.dialog", required=True, ondelete="cascade")
    item_id = fields.Many2one("recouvrement.check.item", "Condition", required=True, readonly=True)
    part = fields.Char(readonly=True)
    article = fields.Char(related="item_id.article", related_sudo=False)
    is_met = fields.Boolean("Met", readonly=True)
    is_blocking = fields.Boolean("Blocking", readonly=True)
    by_hand = fields.Boolean(readonly=True)
    is_answered = fields.Boolean(readonly=True)
    evidence = fields.Char("Evidence, or what is missing", readonly=True)
    who = fields.Char("Known from", readonly=True)
    note = fields.Char("Your note", help="What you saw, and where; kept with your answer.")

    def action_met(self):
        return self._answer("met", clock.today(self.env))

    def action_not_met(self):
        return self._answer("not_met", clock.today(self.env))

    def action_undo(self):
        return self._answer("undone", clock.today(self.env))

    def _answer(self, answer, on):
        self.ensure_one()
        dialog = self.dialog_id
        self.env["recouvrement.invoice.check"]._answer(dialog.move_id, self.item_id, answer, self.note)
        dialog._look(on)
        return dialog._show()
