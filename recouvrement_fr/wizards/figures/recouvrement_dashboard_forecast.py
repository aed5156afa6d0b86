from datetime import timedelta
from decimal import Decimal
from itertools import accumulate

from odoo import models

from ...ledger import outlook
from ...rules.forecast import Agreed, forecast
from ...tools.formats import exact
from .blocks import chart, number


class RecouvrementDashboard(models.TransientModel):
    """What should come in over the next thirteen weeks."""

    _inherit = "recouvrement.dashboard"

    def _panel_forecast(self, asked):
        """What has come in by the end of each week: added up, the low figure never passes the high one, as it may
        within one week, where what is early in one reading has come in already."""
        _ = self.env._
        formats, currency = self._formats(), asked.company.currency_id
        weeks = self._forecast(asked)
        series = []
        for label, name in ((_("Low"), "low"), (_("Middle"), "middle"), (_("High"), "high")):
            sums = list(accumulate(getattr(week, name) for week in weeks))
            series.append((label, [number(each) for each in sums], [formats.money(each, currency) for each in sums]))
        return [
            chart(
                "forecast",
                _("Cash expected over 13 weeks, added up"),
                [formats.short(week.start + timedelta(days=6)) for week in weeks],
                series,
                self._means("forecast"),
                "line",
            )
        ]

    def _forecast(self, asked):
        """[rules.forecast.Week]"""
        held = set()
        for kind in self.env["recouvrement.holding"]._kinds():
            held |= kind.sudo()._holds(asked.company, None, asked.on).keys()  # only amounts are told, of no case
        debts = outlook.debts(self.env, asked.scope, asked.on, held)
        return forecast(debts, self._agreed(asked), self._share_kept(asked), asked.on)

    def _agreed(self, asked):
        """What was promised, and the instalments of plans that are not paid, in company currency."""
        mine, company = asked.of_debtors("debtor_id."), asked.company
        promises = self.env["recouvrement.promise"].search([*mine, ("state", "=", "open")])
        agreed = [Agreed(each.date, exact(each.company_amount) - exact(each.company_received)) for each in promises]
        for each in self.env["recouvrement.plan.instalment"].search(
            [*asked.of_debtors("plan_id.debtor_id."), ("plan_id.state", "=", "active"), ("state", "!=", "paid")]
        ):
            left = each.currency_id._convert(each.amount - each.paid, company.currency_id, company, asked.on)
            agreed.append(Agreed(each.date, exact(left)))
        return [each for each in agreed if each.amount > 0]

    def _share_kept(self, asked):
        """Of the amounts promised and judged, what came in, from 0 to 1; None while nothing was judged."""
        [(promised, received)] = self.env["recouvrement.promise"]._read_group(
            [*asked.of_debtors("debtor_id."), ("state", "in", ("kept", "partly_kept", "broken"))],
            [],
            ["company_amount:sum", "company_received:sum"],
        )
        return min(exact(received) / exact(promised), Decimal(1)) if promised else None
