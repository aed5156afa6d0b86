from odoo import models

from ...ledger import early
from ...rules.early_payment import yearly_rate
from .blocks import list_of, table, where


class RecouvrementDashboard(models.TransientModel):
    """What will make dunning fail; what discounts for paying early cost, and the days they bring forward."""

    _inherit = "recouvrement.dashboard"

    def _quality(self, asked):
        """What is to be mended, as the list was last made."""
        _ = self.env._
        formats, currency = self._formats(), asked.company.currency_id
        model = self.env["recouvrement.quality"]
        if not model.search_count([("company_id", "=", asked.company.id)], limit=1):
            model.sudo()._make(asked.company)  # bookkeeping, as when the list is opened: nobody types these lines
        mine = asked.of_debtors("debtor_id.") if asked.is_narrowed else where(("company_id", "=", asked.company.id))
        rows = []
        for kind, label, count, amount in model._counts(mine):
            cells = (label, formats.number(count), formats.money(amount, currency))
            rows.append((cells, list_of(label, model._name, [*mine, ("kind", "=", kind)])))
        return table(
            "quality",
            _("What will make reminders fail"),
            [_("What is wrong"), "#" + _("How many"), "#" + _("At stake")],
            rows,
            self._means("quality"),
            _("Nothing to mend was found."),
        )

    def _early_payment(self, asked):
        """The table, where there is any discount."""
        _ = self.env._
        formats, currency = self._formats(), asked.company.currency_id
        rows = []
        for label, found, opens in (
            (
                _("Taken in the period"),
                early.taken(self.env, asked.scope, asked.since, asked.on),
                where(
                    ("balance", "<", 0),
                    ("date", ">=", asked.since),
                    ("date", "<=", asked.on),
                    ("move_id.line_ids.account_id", "in", early.accounts(asked.company)),
                ),
            ),
            (
                _("Can still be taken"),
                early.offered(self.env, asked.scope, asked.on),
                where(
                    ("reconciled", "=", False),
                    ("balance", ">", 0),
                    ("matched_credit_ids", "=", False),
                    ("discount_date", ">=", asked.on),
                    ("date", "<=", asked.on),
                ),
            ),
        ):
            if found:
                cells = (
                    label,
                    formats.number(found.count),
                    formats.money(found.received, currency),
                    formats.money(found.discount, currency),
                    formats.tenths(found.days),
                    self._percent(yearly_rate(found.discount, found.received, found.days)),
                )
                rows.append((cells, self._items(label, [*asked.of_items(), *opens])))
        columns = [
            _("Early payment"),
            "#" + _("Instalments"),
            "#" + _("Received"),
            "#" + _("Discount"),
            "#" + _("Days gained"),
            "#" + _("Cost a year"),
        ]
        title = _("Discounts for paying early")
        return [table("early_payment", title, columns, rows, self._means("early_payment"))] if rows else []
