from datetime import timedelta

from odoo import api, fields, models

from ...ledger import bills, by_hand, turnover
from ...rules import indicators, trend
from ...rules.ageing import AGEING
from ...tools import clock
from ...tools.formats import exact
from .blocks import chart, list_of, number, record, table, tile, where

DAY = timedelta(days=1)
TREND = 13  # month ends, the day it is included
LARGEST = 10
MONEY = ("bank", "cash", "credit")  # types of journals
EQUITY = ("equity", "equity_unaffected")  # types of accounts, of an opening entry


class RecouvrementDashboard(models.TransientModel):
    """What the ledger says: what is owed, by age and by whom, the days it takes, and how that went over 13 months."""

    _inherit = "recouvrement.dashboard"

    def _first_blocks(self, asked):
        """The tiles, the ageing and the largest debtors: three statements over the ledger, and the cards of a few."""
        owed, credits, largest = turnover.standing(self.env, asked.scope, asked.on, LARGEST, asked.is_past)
        moved, gone = by_hand.books(self.env, asked.scope, asked.since, asked.on)
        held = bills.at(self.env, asked.scope, [asked.since - DAY, asked.on])
        lost, _came = trend.apart(each.accounts for each in gone.values())
        waited = owed.debts + credits + lost + held[asked.on].total
        months = turnover.latest_months(
            self.env, asked.scope, asked.on, waited, asked.months, max(asked.months, trend.LOOKED_BACK), moved
        )
        [figures] = self._figures(asked, months, gone, [asked.on], [owed], owed.debts + credits, held)
        return [
            *self._owed_tiles(asked, figures, owed, credits),
            *self._days_tiles(asked, figures, gone.values()),
            *self._bills(asked, held[asked.on]),
            self._to_do(asked),
            self._ageing(asked, owed),
            self._largest(asked, largest),
        ]

    def _figures(self, asked, months, gone, ends, owed, closing, held):
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
            {month: moved.accounts for month, moved in gone.items()},
            {day: trend.Assigned(each.total, each.not_due) for day, each in held.items()},
        )

    # --- tiles --------------------------------------------------------------------------------------------------------

    def _owed_tiles(self, asked, figures, owed, credits):
        """What is owed, overdue and old, in amounts."""
        formats, currency, _ = self._formats(), asked.company.currency_id, self.env._
        unused = credits and _("of which credits not used yet: %s", formats.money(-credits, currency))
        return [
            tile(
                "receivables",
                _("Receivables"),
                formats.money(figures.receivables, currency),
                unused or "",
                self._means("receivables"),
                self._items(_("Receivables"), asked.of_open_items()),
            ),
            tile(
                "overdue",
                _("Overdue"),
                formats.money(owed.overdue, currency),
                _("%s of what is owed", self._percent(figures.share_overdue)),
                self._means("overdue"),
                self._items(_("Overdue"), self._debts(asked, over=0)),
                "danger" if owed.overdue else "",
            ),
            tile(
                "over_90",
                _("Over 90 days"),
                self._percent(figures.share_old),
                formats.money(owed.bands["over_90"], currency),
                self._means("over_90"),
                self._items(_("Over 90 days"), self._debts(asked, over=trend.OLD)),
                "danger" if owed.bands["over_90"] else "",
            ),
        ]

    def _days_tiles(self, asked, figures, gone):
        """The days it takes, three ways, and what was collected of what could be."""
        formats, currency, _ = self._formats(), asked.company.currency_id, self.env._
        gap, rest = figures.average_delay, figures.count_back.rest
        return [
            tile(
                "dso",
                _("DSO"),
                self._days(figures.dso),
                _("%s of turnover are owed because of lateness", self._days(gap)) if gap else "",
                self._means("dso"),
                self._items(_("Billed in the period"), self._billed(asked, asked.since, asked.on)),
            ),
            tile(
                "count_back",
                _("DSO by count-back"),
                self._days(figures.count_back.days),
                _("%s older than two years", formats.money(rest, currency)) if rest else "",
                self._means("count_back"),
                self._items(_("Receivables"), asked.of_open_items()),
            ),
            tile(
                "best_possible",
                _("Best possible DSO"),
                self._days(figures.best_possible),
                "",
                self._means("best_possible"),
                self._items(_("Not due"), self._debts(asked, up_to=0)),
            ),
            tile(
                "effectiveness",
                _("Collection effectiveness (CEI)"),
                self._percent(figures.effectiveness),
                self._not_money(asked, gone),
                self._means("effectiveness"),
                self._items(_("Received in the period"), self._received(asked)),
            ),
        ]

    def _bills(self, asked, held):
        """Bills to receive and receivables assigned, where there are any."""
        formats, currency, _ = self._formats(), asked.company.currency_id, self.env._
        if not held.total:
            return []
        financed = held.financed and _(
            "of which financed before their due date: %s", formats.money(held.financed, currency)
        )
        opens = where(
            "|",
            ("reconciled", "=", False),
            *("&", ("balance", ">", 0), ("date_maturity", ">", asked.on)),
        )
        return [
            tile(
                "bills",
                _("Bills and assigned receivables"),
                formats.money(held.total, currency),
                financed or "",
                self._means("bills"),
                self._items(_("Bills and assigned receivables"), [*asked.of_bills(), *opens]),
            )
        ]

    def _not_money(self, asked, gone):
        """What left the receivables of the period without any money, in words."""
        formats, currency, _ = self._formats(), asked.company.currency_id, self.env._
        unpaid, _came = trend.apart(each.accounts for each in gone)
        set_off = sum(each.set_off for each in gone)
        said = []
        if unpaid > 0:
            said.append(_("written off or moved elsewhere, not counted: %s", formats.money(unpaid, currency)))
        if set_off:
            said.append(_("set off, counted as collected: %s", formats.money(set_off, currency)))
        return "; ".join(said)

    # --- what a figure opens ------------------------------------------------------------------------------------------

    def _debts(self, asked, over=None, up_to=None):
        """The domain of the debts that are more than so many days late, and at most so many."""
        domain = [*asked.of_open_items(), ("amount_residual", ">", 0)]
        if over is not None:
            domain += self._due("<", asked.on - timedelta(days=over))
        if up_to is not None:
            domain += self._due(">=", asked.on - timedelta(days=up_to))
        return domain

    def _due(self, operator, day):
        """Of an entry without a due date, as of an opening one, it is its own, as the ledger counts."""
        return where("|", ("date_maturity", operator, day), "&", ("date_maturity", "=", False), ("date", operator, day))

    def _billed(self, asked, since, until):
        """Of sales journals, and what others sell on account, as a till does; see `ledger.turnover.months`."""
        invoices, others = where(("journal_id.type", "=", "sale")), where(("journal_id.type", "=", "general"))
        tills = list(asked.company._recouvrement_tills())
        if tills:
            at_till = ("move_id.line_ids", "any", [("account_id", "in", tills)])
            invoices = ["&", *invoices, "!", at_till]
            others = ["|", *others, "&", ("journal_id.type", "=", "sale"), at_till]
        return [
            *asked.of_items(),
            ("date", ">=", since),
            ("date", "<=", until),
            "|",
            *invoices,
            *("&", "&", "&"),
            *others,
            ("balance", ">", 0),
            ("move_id.line_ids", "any", [("account_id.account_type", "=", "income"), ("balance", "<", 0)]),
            ("move_id.line_ids", "not any", [("account_id.account_type", "in", EQUITY)]),
        ]

    def _received(self, asked):
        """Of the items that money came in by, at a till too: a credit note or a write-off is none."""
        tills = asked.company._recouvrement_tills()
        return [
            *asked.of_items(),
            ("balance", "<", 0),
            ("date", ">=", asked.since),
            ("date", "<=", asked.on),
            *("|", "|"),
            ("journal_id.type", "in", MONEY),
            ("move_id.line_ids.account_id.account_type", "=", "asset_cash"),
            ("move_id.line_ids.account_id", "in", list(tills)),
        ]

    def _items(self, name, domain):
        """The list of these journal items."""
        view = self.env.ref("recouvrement_fr.recouvrement_open_item_view_list").id
        return {**list_of(name, "account.move.line", domain), "views": [[view, "list"], [False, "form"]]}

    # --- ageing, largest ----------------------------------------------------------------------------------------------

    def _band_labels(self):
        lines = self.env["recouvrement.aged.line"]
        return [lines._fields[name]._description_string(self.env) for name in turnover.BANDS]

    def _ageing(self, asked, owed):
        formats, currency, _ = self._formats(), asked.company.currency_id, self.env._
        labels, opens, over = self._band_labels(), [], None
        for (up_to, _name), label in zip(AGEING, labels, strict=True):
            opens.append(self._items(label, self._debts(asked, over, up_to)))
            over = up_to
        amounts = [owed.bands[name] for name in turnover.BANDS]
        return chart(
            "ageing",
            _("What is owed by age"),
            labels,
            [(_("Owed"), [number(each) for each in amounts], [formats.money(each, currency) for each in amounts])],
            self._means("ageing"),
            opens=opens,
        )

    def _largest(self, asked, largest):
        formats, currency, _ = self._formats(), asked.company.currency_id, self.env._
        ids = [each.partner_id for each in largest if each.partner_id]
        cards = self.env["recouvrement.debtor"].search(
            [("company_id", "=", asked.company.id), ("partner_id", "in", ids)]
        )
        by_partner, verdicts = cards.grouped("partner_id"), {}
        if not asked.is_past:
            verdicts = cards._decided_now(asked.company, asked.on)
        overdue = {
            # as the card says it, which knows what each credit is for; in the ledger alone where there is no card
            each: exact(verdicts[each.partner_id].totals["overdue_amount"])
            if each.partner_id in verdicts
            else each.overdue
            for each in largest
        }
        rows = []
        for each in sorted(largest, key=lambda each: -overdue[each]):
            if overdue[each] <= 0:
                continue
            partner = self.env["res.partner"].browse(each.partner_id or [])
            name, card = partner.display_name or _("No partner"), by_partner.get(partner)
            cells = (
                name,
                formats.money(overdue[each], currency),
                formats.money(each.total, currency),
                formats.short(each.oldest_due),
            )
            rows.append((cells, card and record(name, card._name, card.id)))
        return table(
            "largest",
            _("Most overdue debtors"),
            [_("Debtor"), "#" + _("Overdue, net"), "#" + _("Balance"), "#" + _("Oldest due date")],
            rows,
            self._means("largest"),
            _("Nobody is late."),
        )

    # --- 13 months ----------------------------------------------------------------------------------------------------

    def _panel_trend(self, asked):
        formats, currency, _ = self._formats(), asked.company.currency_id, self.env._
        ends = trend.ends(asked.on, TREND)
        owed, closing = turnover.owed_and_open(self.env, asked.scope, ends)
        if asked.is_past:
            then, credits, _largest = turnover.standing(self.env, asked.scope, asked.on, 0, True)
            closing = then.debts + credits
        first = trend.first_of_month(asked.on, TREND + asked.months)
        months, gone = by_hand.books(self.env, asked.scope, first, asked.on)
        eves = {trend.first_of_month(end, asked.months - 1) - DAY for end in ends}
        held = bills.at(self.env, asked.scope, sorted({*ends, *eves}))
        found = self._figures(asked, months, gone, ends, owed, closing, held)
        if any(each.count_back.rest for each in found):  # what was billed before explains it
            before = trend.first_of_month(asked.on, TREND + trend.LOOKED_BACK)
            months |= turnover.months(self.env, asked.scope, before, first - DAY)
            found = self._figures(asked, months, gone, ends, owed, closing, held)
        days = [
            (_("DSO"), [each.dso for each in found]),
            (_("By count-back"), [each.count_back.days for each in found]),
            (_("Best possible"), [each.best_possible for each in found]),
        ]
        amounts = [(_("Not due"), [each.not_due for each in owed]), (_("Overdue"), [each.overdue for each in owed])]
        shares = [
            (_("Overdue"), [each.share_overdue for each in found]),
            (_("Over 90 days"), [each.share_old for each in found]),
        ]
        opens = [{"call": "get_owed", "arguments": [fields.Date.to_string(end)]} for end in ends]
        return [
            self._days_late(asked),
            self._drawn("dso_trend", _("DSO over 13 months, in days"), ends, days, self._days, opens, "line"),
            self._drawn(
                "owed_trend",
                _("What was owed at the end of each month"),
                ends,
                amounts,
                lambda value: formats.money(value, currency),
                opens,
                "stacked",
            ),
            self._drawn("share_trend", _("Share of what was owed, in %"), ends, shares, self._percent, opens, "line"),
        ]

    @api.model
    def get_owed(self, asked=None, day=None):
        """What was owed at the end of a day: the action that shows the aged balance of then, by debtor."""
        wanted = self._asked(asked or {}, clock.today(self.env))
        balance = self.env["recouvrement.aged"].create(
            {
                "company_id": wanted.company.id,
                "date": fields.Date.to_date(day) or wanted.on,
                "collector_id": wanted.collector_id,
                "debtor_type": wanted.debtor_type,
            }
        )
        return balance.action_show()

    def _days_late(self, asked):
        """A second figure of payments: read with the trend, since it looks at every payment of the period."""
        _ = self.env._
        return tile(
            "days_late",
            _("Average days late"),
            self._days(indicators.days_late(turnover.paid(self.env, asked.scope, asked.since, asked.on))),
            _("of what was received in the period"),
            self._means("days_late"),
            self._items(_("Received in the period"), self._received(asked)),
        )

    def _drawn(self, code, title, ends, series, words, opens, form):
        """A drawing over months; each is written « 03/26 »."""
        labels = [f"{end.month:02}/{end.year % 100:02}" for end in ends]
        return chart(
            code,
            title,
            labels,
            [(label, [number(each) for each in values], [words(each) for each in values]) for label, values in series],
            self._means(code),
            form,
            opens,
        )
