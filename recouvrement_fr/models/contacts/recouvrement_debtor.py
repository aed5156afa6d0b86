from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import clock
from ..sending.recouvrement_channel_task import digits
from ..sending.recouvrement_dispatch_task import TYPES
from .recouvrement_contact import SPOKE


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    contact_ids = fields.One2many("recouvrement.contact", "debtor_id", "Contacts noted", readonly=True)
    last_outcome = fields.Char("Last contact", compute="_compute_last_outcome")
    is_phone_wrong = fields.Boolean(compute="_compute_is_phone_wrong")
    treated_on = fields.Date("Done with on", copy=False, help="Out of what is to do until the next day.")

    @api.depends("contact_ids")
    def _compute_last_outcome(self):
        groups = self.env["recouvrement.contact"]._read_group(
            [("debtor_id", "in", self.ids)], ["debtor_id"], ["id:max"]
        )
        last = self.env["recouvrement.contact"].browse([found for _debtor, found in groups])
        words = {contact.debtor_id: contact.display_name for contact in last}
        for debtor in self:
            debtor.last_outcome = words.get(debtor, False)

    @api.depends("contact_ids", "phone")
    def _compute_is_phone_wrong(self):
        wrong = self._wrong_numbers()
        for debtor in self:
            debtor.is_phone_wrong = (debtor.id, digits(debtor.phone)) in wrong

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_log_call(self):
        """Note a call: the one a reminder asks for, else one of one's own."""
        return self._outcome_dialog("call")

    def action_log_visit(self):
        return self._outcome_dialog("visit")

    def action_reply_promise(self):
        """What an answer by e-mail says: each button of the card's notice."""
        return self._outcome_dialog("email", "promise")

    def action_reply_dispute(self):
        return self._outcome_dialog("email", "dispute")

    def action_reply_plan(self):
        return self._outcome_dialog("email", "plan")

    def action_reply_paid(self):
        return self._outcome_dialog("email", "already_paid")

    def action_done_next(self):
        """Done with these for today; the form goes to the next one of the list it was opened from."""
        self.check_access("write")
        self.treated_on = clock.today(self.env)

    def _outcome_dialog(self, channel, outcome=None, dispatch=None):
        self.ensure_one()
        self.check_access("write")
        task = dispatch or self._task(channel)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Outcome: %s", self.display_name),
            "res_model": "recouvrement.outcome",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_debtor_id": self.id,
                "default_channel": channel,
                "default_dispatch_id": task.id,
                **({"default_outcome": outcome} if outcome else {}),
                "recouvrement_worklist": bool(self.env.context.get("recouvrement_worklist")),
            },
        }

    def _task(self, channel):
        """The oldest call or visit that a reminder of this debtor waits for."""
        if channel not in TYPES:
            return self.env["recouvrement.dispatch"]
        return self.env["recouvrement.dispatch"].search(
            [("reminder_id.debtor_id", "=", self.id), ("channel", "=", channel), ("state", "=", "queued")],
            order="id",
            limit=1,
        )

    def action_print_visit_sheet(self):
        """What to take along on a visit: one sheet per debtor, in the order of the list."""
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Choose the debtors to visit."))
        return self.env["recouvrement.visit.sheet"]._open(self, clock.today(self.env))

    def _wrong_numbers(self):
        """{(debtor id, digits)} that turned out wrong, and at which nobody was reached since."""
        called = (
            self.env["recouvrement.contact"]
            .sudo()
            .search(  # facts about numbers, whoever called
                [
                    ("debtor_id", "in", self.ids),
                    ("channel", "=", "call"),
                    ("address", "!=", False),
                    ("outcome", "in", ("wrong_number", *SPOKE)),
                ],
                order="date, id",
            )
        )
        wrong = set()
        for contact in called:
            number = (contact.debtor_id.id, digits(contact.address))
            if contact.outcome == "wrong_number":
                wrong.add(number)
            else:
                wrong.discard(number)
        return wrong
