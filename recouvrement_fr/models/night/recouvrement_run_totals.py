from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import formatLang


class RecouvrementRun(models.Model):
    """What a run made, by level and channel; a simulation says what it would make."""

    _inherit = "recouvrement.run"

    totals = fields.Html("What would leave", compute="_compute_totals", help="By level and channel.")

    @api.depends("decision_ids", "reminder_ids.state")
    def _compute_totals(self):
        for run in self:
            rows = run._rows_of_simulation() if run.kind == "simulation" else run._rows_of_reminders()
            run.totals = run._table_of_totals(rows) if rows else False

    def _rows_of_simulation(self):
        """[(level, channels, letters, claimed)] of what it would send, in the order of the levels."""
        due = [("run_id", "=", self.id), ("outcome", "=", "remind")]
        figures = self.env["recouvrement.decision"]._read_group(
            due, ["level_id", "channels"], ["__count", "amount_claimed:sum"]
        )
        return self._named((level, tuple((codes or "").split(",")), *figure) for level, codes, *figure in figures)

    def _rows_of_reminders(self):
        """The same of the reminders planned or sent, the cancelled ones apart."""
        figures = defaultdict(lambda: [0, 0.0])
        reminders = self.reminder_ids.filtered(lambda one: one.state != "cancelled")
        channels = reminders._by_channels()
        for reminder in reminders:
            figure = figures[reminder.level_id, channels[reminder.id]]
            figure[0] += 1
            figure[1] += reminder.amount_claimed
        return self._named((*key, *figure) for key, figure in figures.items())

    def _named(self, rows):
        labels = dict(self.env["recouvrement.dispatch"]._fields["channel"]._description_selection(self.env))
        ordered = sorted(rows, key=lambda row: (row[0].policy_id.id, row[0].sequence, row[1]))
        return [
            (level.name or "", ", ".join(labels.get(code, "") for code in codes), count, amount)
            for level, codes, count, amount in ordered
        ]

    def _table_of_totals(self, rows):
        names = (self.env._("Level"), self.env._("Channels"))
        figures = (self.env._("Reminders"), self.env._("Claimed in all"))
        head = Markup("").join(Markup("<th>%s</th>") % name for name in names)
        head += Markup("").join(Markup("<th class='text-end'>%s</th>") % name for name in figures)
        row = Markup("<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td><td class='text-end'>%s</td></tr>")
        body = Markup("").join(
            row % (level, channels, count, formatLang(self.env, amount, currency_obj=self.currency_id))
            for level, channels, count, amount in rows
        )
        whole = formatLang(self.env, sum(found[3] for found in rows), currency_obj=self.currency_id)
        last = Markup("<tr class='fw-bold'><td>%s</td><td/>%s%s</tr>") % (
            self.env._("Total"),
            Markup("<td class='text-end'>%s</td>") % sum(found[2] for found in rows),
            Markup("<td class='text-end'>%s</td>") % whole,
        )
        return Markup("<table class='table table-sm'><tr>%s</tr>%s%s</table>") % (head, body, last)
