"""What the dashboard shows, as plain values: tiles, charts and tables, with figures already written.

The screen and the printed page draw them; neither computes nor knows what a figure means.
"""

from typing import NamedTuple

from odoo.tools import SQL

from ...ledger.scope import Scope
from ...rules import trend
from ...tools.formats import exact


class Asked(NamedTuple):
    """What is looked at: a root company, the months of the period, one collector or one type of debtor, the day."""

    company: object  # res.company, in sudo: its user was checked
    months: int
    collector_id: int | None
    debtor_type: str | None
    on: object  # date
    is_past: bool = False  # as it was at the end of that day, whatever came since; else what is open now

    @property
    def since(self):
        """The first day of the period."""
        return trend.first_of_month(self.on, self.months - 1)

    @property
    def scope(self):
        return Scope(self.company, self.collector_id, self.debtor_type)

    @property
    def is_narrowed(self):
        return bool(self.collector_id or self.debtor_type)

    def of_debtors(self, path=""):
        """The domain of what belongs to these debtors, by the path to them (``debtor_id.``)."""
        domain = [(f"{path}company_id", "=", self.company.id)]
        if self.collector_id:
            domain.append((f"{path}collector_id", "=", self.collector_id))
        if self.debtor_type:
            domain.append((f"{path}debtor_type", "=", self.debtor_type))
        return domain

    def of_items(self):
        """The domain of the journal items that the ledger counts for them; see `ledger.scope.Scope.items`."""
        return self._on(self.company._recouvrement_accounts())

    def of_bills(self):
        """The same of bills to receive and of receivables assigned."""
        return self._on(self.company._recouvrement_bills())

    def _on(self, accounts):
        domain = [
            ("account_id", "in", accounts),
            ("company_id", "in", self.company._recouvrement_tree()),
            ("parent_state", "=", "posted"),
        ]
        if self.is_narrowed:
            domain.append(("partner_id.commercial_partner_id.recouvrement_debtor_ids", "any", self.of_debtors()))
        return domain

    def of_open_items(self):
        return [*self.of_items(), ("reconciled", "=", False), ("date", "<=", self.on)]

    def cards(self):
        """The same condition on `recouvrement_debtor d`, in SQL."""
        wanted = [SQL("d.company_id = %s AND d.active", self.company.id)]
        if self.collector_id:
            wanted.append(SQL("d.collector_id = %s", self.collector_id))
        if self.debtor_type:
            wanted.append(SQL("d.debtor_type = %s", self.debtor_type))
        return SQL(" AND ").join(wanted)


def tile(code, label, value, note="", meaning="", opens=None, tone=""):
    return {
        "kind": "tile",
        "code": code,
        "label": label,
        "value": value,
        "note": note,
        "help": meaning,
        "opens": opens,
        "tone": tone,
    }


def chart(code, title, labels, series, meaning="", form="bar", opens=(), wide=False):
    """A drawing and its table.

    :param series: [(label, [number or None], [the same in words])], one number per label
    :param form: bar, stacked or line
    :param opens: per label an action, or the method of the dashboard that answers with one:
        {"call": name, "arguments": [...]}, given what is asked first
    """
    return {
        "kind": "chart",
        "code": code,
        "title": title,
        "help": meaning,
        "form": form,
        "wide": wide,
        "labels": labels,
        "series": [{"label": label, "values": values, "texts": texts} for label, values, texts in series],
        "opens": list(opens),
        "empty": all(not value for _label, values, _texts in series for value in values),
    }


def table(code, title, columns, rows, meaning="", nothing="", wide=False):
    """Rows of words.

    :param columns: labels; one that begins with `#` holds figures
    :param rows: [(cells, action of the row or None)], or [(cells, the same, {number of a cell: its own action})]
    """
    return {
        "kind": "table",
        "code": code,
        "title": title,
        "help": meaning,
        "columns": [{"label": label.lstrip("#"), "figures": label.startswith("#")} for label in columns],
        "rows": [_row(*row) for row in rows],
        "nothing": nothing,
        "wide": wide,
    }


def _row(cells, opens, own=None):
    links = {0: opens, **(own or {})}
    return {"cells": list(cells), "opens": opens, "links": [links.get(number) for number in range(len(cells))]}


def list_of(name, model, domain, view="list", context=None):
    """The action that shows these records."""
    return {
        "type": "ir.actions.act_window",
        "name": name,
        "res_model": model,
        "views": [[False, view], [False, "form"]] if view != "form" else [[False, "form"]],
        "domain": domain,
        "context": context or {},
    }


def where(*conditions):
    """A domain. Written as a bare list after a term to translate, its words would be taken for terms too."""
    return list(conditions)


def record(name, model, record_id):
    return {**list_of(name, model, [], "form"), "res_id": record_id}


def number(value):
    """A Decimal as a number that a chart draws; None stays."""
    return None if value is None else float(exact(value))
