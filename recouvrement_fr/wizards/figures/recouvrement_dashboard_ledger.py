from datetime import timedelta

from odoo import models

from ...ledger import turnover
from ...rules import indicators, trend
from ...rules.ageing import AGEING
from .blocks import chart, list_of, number, record, table, tile
from .recouvrement_dashboard import months_of

TREND = 13  # month ends, the day it is included
LARGEST = 10


class RecouvrementDashboard(models.TransientModel):
    """What the ledger says: what is owed, by age and by whom, the days it takes, and how that went over 13 months."""

    _inherit = "recouvrement.dashboard"

    def _first_blocks(self, asked):
        """The tiles, the ageing and the largest debtors: two statements over the ledger."""
        owed, credits, largest = turnover.standing(self.env, asked.scope, asked.on, LARGEST)
        since = min(trend.first_of_month(asked.on, trend.LOOKED_BACK - 1), asked.since)
        months = turnover.months(self.env, asked.scope, since, asked.on)
        [figures] = self._figures(asked, months, [asked.on], [owed], owed.debts + credits)
        return [
            *self._tiles(asked, figures, owed, credits),
            self._to_do(asked),
            self._ageing(asked, owed),
            self._largest(asked, largest),
        ]

    def _figures(self, asked, months, ends, owed, closing):
        """The rules.trend.Figures at the end of each of these days."""
        return trend.figures(
            closing,
            {month: moved.balance for month, moved in months.items()},
            {month: moved.billed for month, moved in months.items()},
            [
                trend.Owed(on, each.not_due, each.overdue, each.bands["over_90"])
                for on, each in zip(ends, owed, strict=True)
            ],
            asked.months,
        )

    # --- tiles --------------------------------------------------------------------------------------------------------

    def _tiles(self, asked, figures, owed, credits):
        formats, currency, _ = self._formats(), asked.company.currency_id, self.env._
        items, open_items, billed = asked.of_items(), asked.of_open_items(), self._billed(asked)
        late = [("date_maturity", "<", asked.on), ("amount_residual", ">", 0)]
        old = [("date_maturity", "<", asked.on - timedelta(days=trend.OLD)), ("amount_residual", ">", 0)]
        gap = figures.average_delay
        return [
            tile(
                "receivables",
                _("Receivables"),
                formats.money(figures.receivables, currency),
                credits and _("of which credits not used yet: %s", formats.money(credits, currency)),
                _(
                    "What customers owe, taxes included, credit notes and payments on account taken off: the balance of "
                    "the receivable accounts."
                ),
                self._items(_("Receivables"), open_items),
            ),
            tile(
                "overdue",
                _("Overdue"),
                formats.money(owed.overdue, currency),
                _("%s of what is owed", self._percent(figures.share_overdue)),
                _("Debts past their due date, credits left apart. A debt due today is not late yet."),
                self._items(_("Overdue"), [*open_items, *late]),
                "danger" if owed.overdue else "",
            ),
            tile(
                "dso",
                _("DSO"),
                self._days(figures.dso),
                _("%s of turnover are owed because of lateness", self._days(gap)) if gap is not None else "",
                _(
                    "Days of turnover that are still owed: receivables × days of the period / turnover of the period, "
                    "taxes included. The month under way counts for its days."
                ),
                self._items(_("Billed in the period"), billed),
            ),
            tile(
                "count_back",
                _("DSO by count-back"),
                self._days(figures.count_back.days),
                figures.count_back.rest
                and _("%s older than two years", formats.money(figures.count_back.rest, currency)),
                _(
                    "The receivables are set against the turnover of the latest months, one after the other, until "
                    "nothing is left: each month used up counts for its days, the last one for its share. Seasons do not "
                    "distort it."
                ),
                self._items(_("Receivables"), open_items),
            ),
            tile(
                "best_possible",
                _("Best possible DSO"),
                self._days(figures.best_possible),
                "",
                _("What the DSO would be if nobody were late: the same, on what is not due yet."),
                self._items(
                    _("Not due"), [*open_items, ("date_maturity", ">=", asked.on), ("amount_residual", ">", 0)]
                ),
            ),
            tile(
                "effectiveness",
                _("Collection effectiveness (CEI)"),
                self._percent(figures.effectiveness),
                "",
                _(
                    "Of what could be collected in the period, what was: (opening + billed − closing) / (opening + "
                    "billed − closing not due). 100 %: nothing is overdue."
                ),
                self._items(
                    _("Received in the period"),
                    [*items, ("balance", "<", 0), ("date", ">=", asked.since), ("date", "<=", asked.on)],
                ),
            ),
            tile(
                "over_90",
                _("Over 90 days"),
                self._percent(figures.share_old),
                formats.money(owed.bands["over_90"], currency),
                _("The part of what is owed, credits left apart, that is more than 90 days late."),
                self._items(_("Over 90 days"), [*open_items, *old]),
                "danger" if owed.bands["over_90"] else "",
            ),
        ]

    def _billed(self, asked):
        return [
            *asked.of_items(),
            ("journal_id.type", "=", "sale"),
            ("date", ">=", asked.since),
            ("date", "<=", asked.on),
        ]

    def _items(self, name, domain):
        """The list of these journal items."""
        view = self.env.ref("recouvrement_fr.recouvrement_open_item_view_list").id
        return {**list_of(name, "account.move.line", domain), "views": [[view, "list"], [False, "form"]]}

    def _days(self, value):
        formats = self._formats()
        return self.env._("n/a") if value is None else self.env._("%s days", formats.number(value))

    def _percent(self, value):
        formats = self._formats()
        return self.env._("n/a") if value is None else self.env._("%s %%", formats.number(value))

    # --- ageing, largest ----------------------------------------------------------------------------------------------

    def _band_labels(self):
        lines = self.env["recouvrement.aged.line"]
        return [lines._fields[name]._description_string(self.env) for name in turnover.BANDS]

    def _ageing(self, asked, owed):
        formats, currency, _ = self._formats(), asked.company.currency_id, self.env._
        opens, start = [], None
        for (limit, _name), label in zip(AGEING, self._band_labels(), strict=True):
            bounds = [("amount_residual", ">", 0)]
            if start is not None:
                bounds.append(("date_maturity", "<", asked.on - timedelta(days=start)))
            if limit is not None:
                bounds.append(("date_maturity", ">=", asked.on - timedelta(days=limit)))
            opens.append(self._items(label, [*asked.of_open_items(), *bounds]))
            start = limit
        amounts = [owed.bands[name] for name in turnover.BANDS]
        return chart(
            "ageing",
            _("What is owed by age"),
            self._band_labels(),
            [(_("Owed"), [number(each) for each in amounts], [formats.money(each, currency) for each in amounts])],
            _("Debts by days past their due date, credits left apart; the aged balance of a past day is in Reporting."),
            opens=opens,
        )

    def _largest(self, asked, largest):
        formats, currency, _ = self._formats(), asked.company.currency_id, self.env._
        partners = self.env["res.partner"].browse([each.partner_id for each in largest if each.partner_id])
        cards = self.env["recouvrement.debtor"].search(
            [("company_id", "=", asked.company.id), ("partner_id", "in", partners.ids)]
        )
        by_partner = {card.partner_id.id: card for card in cards}
        rows = []
        for each in largest:
            card = by_partner.get(each.partner_id)
            name = (
                self.env["res.partner"].browse(each.partner_id or 0).display_name
                if each.partner_id
                else _("No partner")
            )
            cells = (
                name,
                formats.money(each.overdue, currency),
                formats.money(each.total, currency),
                formats.short(each.oldest_due),
            )
            rows.append((cells, card and record(name, "recouvrement.debtor", card.id)))
        return table(
            "largest",
            _("Most overdue debtors"),
            [_("Debtor"), "#" + _("Overdue"), "#" + _("Balance"), "#" + _("Oldest due date")],
            rows,
            _("Debts past their due date, credits left apart; the balance takes credits off."),
            _("Nobody is late."),
        )

    # --- 13 months ----------------------------------------------------------------------------------------------------

    def _panel_trend(self, asked):
        formats, currency, _ = self._formats(), asked.company.currency_id, self.env._
        ends = trend.ends(asked.on, TREND)
        owed = turnover.owed(self.env, asked.scope, ends)
        months = turnover.months(
            self.env, asked.scope, trend.first_of_month(asked.on, TREND + trend.LOOKED_BACK), asked.on
        )
        now, credits, _largest = turnover.standing(self.env, asked.scope, asked.on, 0)
        found = self._figures(asked, months, ends, owed, now.debts + credits)
        labels = months_of(ends, formats)
        payments = turnover.paid(self.env, asked.scope, asked.since, asked.on)
        late = indicators.days_late(payments)
        days = [
            (_("DSO"), [each.dso for each in found]),
            (_("By count-back"), [each.count_back.days for each in found]),
            (_("Best possible"), [each.best_possible for each in found]),
        ]
        shares = [
            (_("Overdue"), [each.share_overdue for each in found]),
            (_("Over 90 days"), [each.share_old for each in found]),
        ]
        amounts = [
            (_("Not due"), [each.not_due for each in owed]),
            (_("Overdue"), [each.overdue for each in owed]),
        ]
        opens = [
            self._items(
                _("Billed in the month"),
                [
                    *asked.of_items(),
                    ("journal_id.type", "=", "sale"),
                    ("date", ">=", trend.first_of_month(end)),
                    ("date", "<=", end),
                ],
            )
            for end in ends
        ]
        return [
            tile(
                "days_late",
                _("Average days late"),
                self._days(late),
                _("of what was received in the period"),
                _(
                    "Days from the due date to the payment of what was received in the period, weighted by amount. Paying "
                    "early counts for zero: it makes up for nothing that was paid late."
                ),
                self._items(
                    _("Received in the period"),
                    [*asked.of_items(), ("balance", "<", 0), ("date", ">=", asked.since), ("date", "<=", asked.on)],
                ),
            ),
            self._drawn("dso_trend", _("DSO over 13 months, in days"), labels, days, self._days, opens, "line"),
            self._drawn(
                "owed_trend",
                _("What was owed at the end of each month"),
                labels,
                amounts,
                lambda value: formats.money(value, currency),
                opens,
                "stacked",
            ),
            self._drawn("share_trend", _("Share of what was owed, in %"), labels, shares, self._percent, opens, "line"),
        ]

    def _drawn(self, code, title, labels, series, words, opens, form):
        _ = self.env._
        meaning = {
            "dso_trend": _("The three DSO at the end of each month, as the tiles define them, and today."),
            "owed_trend": _(
                "Debts at the end of each month, credits left apart: what was reconciled later was still open."
            ),
            "share_trend": _(
                "Of what was owed at the end of each month, what was past its due date, and by more than 90 days."
            ),
        }[code]
        return chart(
            code,
            title,
            labels,
            [(label, [number(each) for each in values], [words(each) for each in values]) for label, values in series],
            meaning,
            form,
            opens,
        )
