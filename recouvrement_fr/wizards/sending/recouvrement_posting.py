from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.sending.recouvrement_dispatch_postal import REGISTERED
from ...tools import clock


class RecouvrementPosting(models.TransientModel):
    """Mark a batch of letters posted, with their tracking numbers."""

    _name = "recouvrement.posting"
    _description = "Post Letters"
    _inherit = "recouvrement.dialog"

    posted_on = fields.Date("Posted on", required=True, default=lambda self: clock.today(self.env))
    line_ids = fields.One2many(
        "recouvrement.posting.line", "posting_id", "Letters", default=lambda self: self._default_lines()
    )

    @api.model
    def _default_lines(self):
        letters = self._given("recouvrement.dispatch")
        waiting = letters.filtered(lambda letter: letter.state == "queued" and letter.postal_state)
        return [
            Command.create({"dispatch_id": letter.id, "tracking_number": letter.tracking_number})
            for letter in waiting.sorted("id")
        ]

    def action_post(self):
        """Post them; a registered letter needs its number, two letters cannot have the same."""
        self.ensure_one()
        letters = self.line_ids.dispatch_id
        letters.check_access("read")  # what follows is written as superuser
        if not letters:
            raise UserError(self.env._("No letter of the selection waits to be posted."))
        today = clock.today(self.env)
        if self.posted_on > today:
            raise UserError(self.env._("A letter cannot have been posted in the future."))
        numbers = {}
        for line in self.line_ids:
            number = "".join((line.tracking_number or "").split()).upper()
            if line.dispatch_id.channel in REGISTERED and not number:
                raise UserError(self.env._("Type the tracking number of %s.", line.dispatch_id.display_name))
            if number and number in numbers.values():
                raise UserError(self.env._("The tracking number %s is there twice.", number))
            if number:
                numbers[line.dispatch_id.id] = number
        self._check_free(numbers, letters)
        notification = letters._post(self.posted_on, today, numbers)
        return notification or {"type": "ir.actions.act_window_close"}

    def _check_free(self, numbers, letters):
        taken = self.env["recouvrement.dispatch"].search(
            [
                ("tracking_number", "in", list(numbers.values())),
                ("company_id", "in", letters.company_id.ids),
                ("state", "!=", "cancelled"),
                ("id", "not in", letters.ids),
            ]
        )
        if taken:
            raise UserError(
                self.env._(
                    "The tracking number %(number)s is already on %(letter)s.",
                    number=taken[0].tracking_number,
                    letter=taken[0].display_name,
                )
            )


class RecouvrementPostingLine(models.TransientModel):
    """One letter of the batch, and the number on its slip."""

    _name = "recouvrement.posting.line"
    _description = "Letter to Post"
    _inherit = "recouvrement.dialog"

    posting_id = fields.Many2one("recouvrement.posting", required=True, ondelete="cascade")
    dispatch_id = fields.Many2one("recouvrement.dispatch", "Letter", required=True, readonly=True)
    channel = fields.Selection(related="dispatch_id.channel", related_sudo=False)
    address = fields.Char(related="dispatch_id.address", related_sudo=False)
    tracking_number = fields.Char()
