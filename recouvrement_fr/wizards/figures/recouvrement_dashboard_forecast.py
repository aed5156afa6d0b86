from datetime import timedelta
from decimal import Decimal
from itertools import accumulate

from odoo import api, models

from ...ledger import outlook
from ...rules.forecast import Agreed, expected_on, forecast, is_counted, shares, week_of
from ...tools import clock
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
                [{"call": "get_week", "arguments": [number]} for number in range(len(weeks))],
            )
        ]

    @api.model
    def get_week(self, asked=None, number=0):
        """What is expected in one week of the forecast: the action that shows it, each thing by itself."""
        wanted = self._asked(asked or {}, clock.today(self.env))
        page = self.create({"company_id": wanted.company.id})
        lines = self.env["recouvrement.forecast.line"]
        lines._take_down(page, self._expected(wanted, int(number)))
        start = wanted.on + timedelta(weeks=int(number))
        formats = self._formats()
        name = self.env._(
            "Expected from %(first)s to %(last)s",
            first=formats.short(start),
            last=formats.short(start + timedelta(days=6)),
        )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_forecast_line_action"),
            "display_name": name,
            "domain": [("dashboard_id", "=", page.id)],
        }

    def _expected(self, asked, week):
        """[(kind, model, id, commercial partner id, day agreed or due, {reading: amount})] of a week."""
        apart = self._apart(asked)
        for item_id, partner_id, debts in outlook.one_by_one(self.env, asked.scope, asked.on, apart):
            amounts = {
                reading: debt.amount
                for reading, debt in debts.items()
                if is_counted(debt, reading, asked.on)
                and week_of(expected_on(debt, reading, asked.on), asked.on) == week
            }
            if amounts:
                yield "item", "account.move.line", item_id, partner_id, debts["middle"].due, amounts
        share = shares(self._share_kept(asked))
        for record, agreed in self._agreements(asked):
            if week_of(agreed.on, asked.on) == week:
                kind = "promise" if record._name == "recouvrement.promise" else "instalment"
                debtor = record.debtor_id if kind == "promise" else record.plan_id.debtor_id
                amounts = {reading: agreed.amount * part for reading, part in share.items()}
                yield kind, record._name, record.id, debtor.partner_id.id, agreed.on, amounts

    def _forecast(self, asked):
        """[rules.forecast.Week]"""
        debts = outlook.debts(self.env, asked.scope, asked.on, self._apart(asked))
        agreed = [each for _record, each in self._agreements(asked)]
        return forecast(debts, agreed, self._share_kept(asked), asked.on)

    def _apart(self, asked):
        """What is not expected by itself, as `ledger.outlook.Apart`: each kind of hold says how much of each debt."""
        holding = self.env["recouvrement.holding"].sudo()  # only amounts are told, of no case
        return outlook.Apart(*holding._all_held_shares(asked.company, asked.on))

    def _agreements(self, asked):
        """[(record, rules.forecast.Agreed)]: what was promised, and the instalments of plans that are not paid, in
        company currency."""
        mine, company = asked.of_debtors("debtor_id."), asked.company
        promises = self.env["recouvrement.promise"].search([*mine, ("state", "=", "open")])
        agreed = [
            (each, Agreed(each.date, exact(each.company_amount) - exact(each.company_received))) for each in promises
        ]
        for each in self.env["recouvrement.plan.instalment"].search(
            [*asked.of_debtors("plan_id.debtor_id."), ("plan_id.state", "=", "active"), ("state", "!=", "paid")]
        ):
            left = each.currency_id._convert(each.amount - each.paid, company.currency_id, company, asked.on)
            agreed.append((each, Agreed(each.date, exact(left))))
        return [(record, each) for record, each in agreed if each.amount > 0]

    def _share_kept(self, asked):
        """Of the amounts promised and judged, what came in, from 0 to 1; None while nothing was judged."""
        [(promised, received)] = self.env["recouvrement.promise"]._read_group(
            [*asked.of_debtors("debtor_id."), ("state", "in", ("kept", "partly_kept", "broken"))],
            [],
            ["company_amount:sum", "company_received:sum"],
        )
        return min(exact(received) / exact(promised), Decimal(1)) if promised else None
