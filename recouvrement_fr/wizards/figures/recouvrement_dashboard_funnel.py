from odoo import models

from .blocks import list_of, table


class RecouvrementDashboard(models.TransientModel):
    """What reminders bring in, by level, channel and template."""

    _inherit = "recouvrement.dashboard"

    def _panel_funnel(self, asked):
        _ = self.env._
        formats, currency = self._formats(), asked.company.currency_id
        model = self.env["recouvrement.effectiveness"]
        channels = dict(model._fields["channel"]._description_selection(self.env))
        domain = [
            *asked.of_debtors("debtor_id."),
            ("sent_date", ">=", asked.since),
            ("sent_date", "<=", asked.on),
        ]
        rows = []
        for level, channel, template, count, amount, recovered, days in model._by_level_and_channel(domain):
            name = f"{level.policy_id.name} – {level.name}"
            rate = 100 * recovered / amount if amount else None
            cells = (
                name,
                channels.get(channel, ""),
                template.sudo().name or "",  # a collector reads no templates
                formats.number(count),
                formats.money(amount, currency),
                self._percent(rate),
                formats.tenths(days) if recovered else "",  # nothing came: no day
            )
            theirs = [
                *domain,
                ("level_id", "=", level.id),
                ("channel", "=", channel),
                ("template_id", "=", template.id),
            ]
            rows.append((cells, list_of(name, model._name, theirs)))
        return [
            table(
                "funnel",
                _("What reminders brought in"),
                [
                    _("Level"),
                    _("Channel"),
                    _("E-mail template"),
                    "#" + _("Instalments"),
                    "#" + _("Amount reminded"),
                    "#" + _("Recovered"),
                    "#" + _("Days to pay"),
                ],
                rows,
                self._means("funnel"),
                _("No reminder was sent in the period."),
                wide=True,
            )
        ]
