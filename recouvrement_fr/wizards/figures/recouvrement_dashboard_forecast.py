from collections import defaultdict
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
        """What is not expected by itself, as `ledger.outlook.Apart`: of an invoice contested in part, that part; of one
        that is promised, what is promised, since the rest comes as it usually does. A plan that is merely proposed
        holds its invoices, and brings nothing yet: they are debts as others are."""
        shares, items = defaultdict(Decimal), {}
        for kind in self.env["recouvrement.holding"]._kinds_there():
            kind = kind.sudo()  # only amounts are told, of no case
            if kind._name == "recouvrement.promise":
                found = self._promised_shares(asked)
            elif kind._name == "recouvrement.plan":
                plans = kind.search([("company_id", "=", asked.company.id), ("state", "=", "active")])
                found = dict.fromkeys(plans.move_ids.ids, Decimal(1))
            else:
                found = dict.fromkeys(kind._holds(asked.company, None, asked.on), Decimal(1))
                found |= self._shares_of(kind._parts(asked.company, None))
                items |= kind._held_items(asked.company, None)
            for move_id, share in found.items():
                shares[move_id] = min(shares[move_id] + share, Decimal(1))
        return outlook.Apart(shares, items)

    def _promised_shares(self, asked):
        """{invoice id: the share of what is left of it that is promised and awaited}, in company currency."""
        shares = defaultdict(Decimal)
        # As above
        for promise in (
            self.env["recouvrement.promise"]
            .sudo()
            .search([("company_id", "=", asked.company.id), ("state", "=", "open")])
        ):
            left = sum(exact(move.amount_residual_signed) for move in promise.move_ids)
            awaited = exact(promise.company_amount) - exact(promise.company_received)
            if left > 0 and awaited > 0:
                for move in promise.move_ids:
                    shares[move.id] = min(shares[move.id] + awaited / left, Decimal(1))
        return shares

    def _shares_of(self, parts):
        """{invoice id: what its part held, in its currency, is of what is left of it}."""
        moves = self.env["account.move"].sudo().browse(parts)  # as above
        return {
            move.id: min(exact(parts[move.id]) / exact(move.amount_residual), Decimal(1))
            for move in moves
            if move.amount_residual
        }

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
