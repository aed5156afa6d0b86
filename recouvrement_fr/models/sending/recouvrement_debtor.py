from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .recouvrement_reminder_by_hand import EDITABLE

SHOWN = 40  # of the list of reminders on a card: these are read whole


class RecouvrementDebtor(models.Model):
    """The reminders of a debtor."""

    _inherit = "recouvrement.debtor"

    reminder_ids = fields.One2many("recouvrement.reminder", "debtor_id")
    reminder_count = fields.Integer(compute="_compute_reminder_count")
    last_reminder_id = fields.Many2one("recouvrement.reminder", compute="_compute_reminder_count")

    def _asked_once(self):
        wrong = (
            "EXISTS (SELECT 1 FROM recouvrement_dispatch d JOIN recouvrement_reminder r ON r.id = d.reminder_id"
            " WHERE r.debtor_id = %s AND d.wrong_address)"
        )
        return super()._asked_once() | {"wrong_address": SQL(wrong, self.id)}

    def _reminders_known(self):
        """All the reminders of these cards, with their states; of many, without what they say, which is long."""
        if len(self.reminder_ids) > SHOWN:
            self.reminder_ids.fetch(["state"])
        return self.reminder_ids

    def _reminders_in(self, *states):
        """The reminders of these debtors in these states, the oldest first; a card that is opened reads them once."""
        if self._reads_once():
            return self._reminders_known().filtered(lambda reminder: reminder.state in states).sorted("id")
        return self.env["recouvrement.reminder"].search(
            [("debtor_id", "in", self.ids), ("state", "in", states)], order="id"
        )

    @api.depends("reminder_ids.state")
    def _compute_reminder_count(self):
        if self._reads_once():
            for debtor in self:
                mine = debtor._reminders_known().filtered(lambda reminder: reminder.state != "cancelled")
                debtor.reminder_count, debtor.last_reminder_id = len(mine), mine.sorted("id")[-1:]
            return
        groups = self.env["recouvrement.reminder"]._read_group(
            [("debtor_id", "in", self.ids), ("state", "!=", "cancelled")], ["debtor_id"], ["__count", "id:max"]
        )
        figures = {debtor: (count, last) for debtor, count, last in groups}
        for debtor in self:
            debtor.reminder_count, debtor.last_reminder_id = figures.get(debtor, (0, False))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reminded(self):
        if self.reminder_ids:
            raise UserError(self.env._("A debtor who was reminded stays: the card holds the evidence."))

    def action_open_reminders(self):
        self.ensure_one()
        return self.reminder_ids._get_records_action(name=self.env._("Reminders"), domain=[("debtor_id", "=", self.id)])

    def _check_may_send(self):
        self.check_access("read")
        if self.env["recouvrement.exit"]._is_neutralized():
            raise UserError(self.env._("This is a neutralized copy of a database: nothing leaves from it."))
        for company in self.sudo().company_id:  # settings of the root, for who works in a branch alone
            if not company.recouvrement_active:
                raise UserError(
                    self.env._("Collection is not activated for %s: see Collection > Configuration.", company.name)
                )

    def _wrong_numbers(self):
        """{(debtor id, digits)} of the telephone numbers that turned out wrong; who calls says which."""
        return set()

    def _letters_of(self, own):
        return self.env["recouvrement.reminder"]._search(own)

    def _outcome_dialog(self, channel, outcome=None, dispatch=None):
        """The dialog that notes what became of a call, a visit or an answer; who calls gives it."""
        raise NotImplementedError

    def _leave_out(self, moves, reason, on, until=None, items=None):
        """Leave these invoices of a debtor out of the reminders that have not left, and of those that follow.

        :param items: of opening entries

        :raises UserError: another debtor's, or nothing left to pay
        """
        self.ensure_one()
        self.check_access("read")
        items = self.env["account.move.line"] if items is None else items
        if not (moves or items) or moves - self._open_moves() or items and items - self._open_entries():
            raise UserError(self.env._("Choose open invoices of %s.", self.display_name))
        self.env["recouvrement.exclusion"]._leave_out(self, moves, reason, on, until, items=items)
        waiting = self.env["recouvrement.reminder"].search(
            [
                *(("debtor_id", "=", self.id), ("state", "in", EDITABLE)),
                ("line_ids.move_id", "in", (moves | items.move_id).ids),
            ]
        )
        for reminder in waiting._editable():
            out = reminder.line_ids._about(moves, items)
            if out:
                reminder._take_out(out, reason, on)
