from collections import defaultdict

from markupsafe import Markup

from odoo import api, models
from odoo.tools import formatLang


class RecouvrementRun(models.Model):
    """What a run made, by level and channel; a simulation says what it would make."""

    _inherit = "recouvrement.run"

    @api.depends("decision_ids", "reminder_ids.state")
    def _compute_totals(self):
        simulations = self.filtered(lambda run: run.kind == "simulation")
        super(RecouvrementRun, simulations)._compute_totals()
        for run in self - simulations:
            rows = run._rows_of_totals()
            run.totals = run._table_of_totals(rows) if rows else False

    def _rows_of_totals(self):
        """[(level, channels, reminders, claimed)], the cancelled ones apart, in the order of the levels."""
        figures = defaultdict(lambda: [0, 0.0])
        for reminder in self.reminder_ids.filtered(lambda one: one.state != "cancelled"):
            besides = reminder.amount_interest + reminder.amount_indemnity
            figure = figures[reminder.level_id]
            figure[0] += 1
            figure[1] += reminder.amount_due + (besides if reminder.level_id.accessories == "claimed" else 0)
        return [
            (level.name or "", ", ".join(level.channel_ids.mapped("display_name")), count, amount)
            for level, (count, amount) in sorted(
                figures.items(), key=lambda row: (row[0].policy_id.id, row[0].sequence)
            )
        ]

    def _table_of_totals(self, rows):
        names = (self.env._("Level"), self.env._("Channels"), self.env._("Reminders"), self.env._("Claimed in all"))
        head = Markup("").join(Markup("<th>%s</th>") % name for name in names)
        row = Markup("<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td><td class='text-end'>%s</td></tr>")
        last = (self.env._("Total"), "", sum(found[2] for found in rows), sum(found[3] for found in rows))
        body = Markup("").join(
            row % (level, channels, count, formatLang(self.env, amount, currency_obj=self.currency_id))
            for level, channels, count, amount in (*rows, last)
        )
        return Markup("<table class='table table-sm'><tr>%s</tr>%s</table>") % (head, body)
