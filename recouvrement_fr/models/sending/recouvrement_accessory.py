from datetime import date

from odoo import api, fields, models

from ..penalties.recouvrement_accrual import Owed


class RecouvrementAccessory(models.Model):
    """The letters that told of a penalty; those of versions that did not keep how they counted their interest."""

    _inherit = "recouvrement.accessory"

    claim_line_ids = fields.Many2many(
        "recouvrement.reminder.line", compute="_compute_claim_line_ids", string="Letters that told of it"
    )

    @api.depends("move_id", "date_due", "entry_line_id", "claimed_on")
    def _compute_claim_line_ids(self):
        lines = self.env["recouvrement.reminder.line"].search(
            [
                ("move_id", "in", self.move_id.ids),
                ("cancelled", "!=", True),
                ("reminder_id.state", "=", "sent"),
                "|",
                ("interest", ">", 0),
                ("indemnity", ">", 0),
            ]
        )
        by_instalment = lines.grouped(lambda line: (line.move_id, line.date_due, line.entry_line_id))
        nothing = lines.browse()
        for accessory in self:
            key = accessory.move_id, accessory.date_due, accessory.entry_line_id
            accessory.claim_line_ids = by_instalment.get(key, nothing)

    @api.model
    def _letter_name(self, reminder_id):
        return self.env["recouvrement.reminder"].browse(reminder_id).display_name

    @api.model
    def _explain_old_letters(self):
        """Write how the interest of letters that wait was counted where their version did not: their days and rates.

        The amounts they ask for stay as printed. For an upgrade from 19.0.1.0.0; does nothing the second time.
        """
        waiting = self.env["recouvrement.reminder"].search([("state", "in", ("sending", "failed"))])
        old = waiting.filtered(
            lambda reminder: (reminder.figures or {}).get("accessories") == "claimed"
            and "accrued" not in reminder.figures
        )
        for on, reminders in old.grouped(lambda reminder: reminder.figures["on"]).items():
            lines = reminders.line_ids.filtered(lambda line: not line.cancelled)
            owed = {line: self._owed_by(line) for line in lines}
            accrued = self.env["recouvrement.accrual"]._accrue(list(owed.values()), date.fromisoformat(on))
            for reminder in reminders:
                known = {str(line.id): accrued.get(owed[line].key) for line in lines & reminder.line_ids}
                parts = {key: found.tranches for key, found in known.items() if found}
                reminder.figures = {**reminder.figures, "accrued": parts}

    def _owed_by(self, line):
        debtor = line.reminder_id.debtor_id
        key = line.move_id.id, line.date_due, line.entry_line_id
        return Owed(key, line.date_due, line.amount_total, (), debtor.debtor_type, debtor.type_confirmed)
