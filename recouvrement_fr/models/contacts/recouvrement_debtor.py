from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import clock
from ..sending.recouvrement_channel_task import digits
from ..sending.recouvrement_dispatch_task import TYPES


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
        wrong = self.env["recouvrement.contact"]._wrong_numbers(self)
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
        return self.env["recouvrement.visit.sheet"]._open(self)

    # --- what no promise nor plan can carry ---------------------------------------------------------------------------

    def _no_invoice_to_choose(self):
        """Why nothing may be promised: no invoice is open, perhaps because his debt is an opening balance."""
        entries = (
            self.env["account.move.line"]
            .sudo()
            .search_count(  # whether, no more
                [
                    ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                    ("company_id", "in", self.company_id._recouvrement_tree()),
                    ("account_id", "in", self.company_id._recouvrement_accounts()),
                    ("parent_state", "=", "posted"),
                    ("move_id.move_type", "=", "entry"),
                    ("reconciled", "=", False),
                    ("amount_currency", ">", 0),
                ],
                limit=1,
            )
        )
        if entries:
            return self._entries_refused()
        return self.env._("Choose at least one invoice with something left to pay.")

    def _entries_refused(self):
        return self.env._(
            "What %s owes by an accounting entry, an opening balance for example, is neither promised nor put in a "
            "plan: that entry may hold many customers. Pause him up to the day he said, with the reason, or enter his "
            "old invoices one by one.",
            self.display_name,
        )
