import io
from collections import defaultdict

from odoo import api, models

from ...rules.ageing import age
from ...tools.formats import sheet_figures
from ...tools.workbook import sheet_name, workbook
from .recouvrement_debtor_card import BUCKETS

MOST_FIGURES = 6  # of a currency: a sum of floats has noise beyond, which a formula in the workbook would show
DAY = "dd/mm/yyyy"
WIDTHS = {"text": 38, "word": 20, "day": 12, "number": 16, "short": 10}


class RecouvrementStatementSheet(models.AbstractModel):
    """Statements of account as a workbook: a summary by debtor and currency, the open items, what was agreed.

    Numbers and dates are real ones; what people typed is written as text, never as a formula.
    """

    _name = "recouvrement.statement.sheet"
    _description = "Statement Workbook"

    @api.model
    def _workbook(self, debtors, on):
        """The bytes of a workbook about these debtors, who may be read by the caller."""
        debtors.check_access("read")
        data = debtors._statement_data(on)
        out = io.BytesIO()
        book = workbook(out, default_date_format=DAY)
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#F0F2F5", "bottom": 1, "text_wrap": True}),
            "text": book.add_format(),
            "word": book.add_format(),
            "day": book.add_format({"num_format": DAY, "align": "left"}),
            "short": book.add_format({"num_format": "0"}),
        }
        for figures in {sheet_figures(currency) for currency in self._currencies(data)}:
            formats["number", figures] = book.add_format({"num_format": figures})
            formats["total", figures] = book.add_format({"bold": True, "top": 1, "num_format": figures})
        self._sheet(book, formats, self.env._("Summary"), *self._summary(data, on))
        self._sheet(book, formats, self.env._("Open items"), *self._items(data, on))
        self._sheet(book, formats, self.env._("Agreed or contested"), *self._agreed(data))
        book.close()
        return out.getvalue()

    @api.model
    def _currencies(self, data):
        ids = {row["currency_id"] for found in data.values() for row in (*found["items"], *found["agreed"])}
        return self.env["res.currency"].browse(ids)

    @api.model
    def _sheet(self, book, formats, name, columns, rows, totals):
        """A table with its head frozen, filters, and a total by currency under it.

        :param columns: [(title, kind in WIDTHS)]
        :param rows: [(currency id, cells)]; :param totals: the same
        """
        sheet = book.add_worksheet(sheet_name(name))
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for position, (title, kind) in enumerate(columns):
            sheet.set_column(position, position, WIDTHS[kind])
            sheet.write_string(0, position, title, formats["head"])
        for number, (currency_id, row) in enumerate([*rows, *totals], start=1):
            figures = sheet_figures(self.env["res.currency"].browse(currency_id))
            for position, (value, (_title, kind)) in enumerate(zip(row, columns, strict=True)):
                style = "total" if number > len(rows) else kind
                self._cell(sheet, number, position, value, formats.get((style, figures)) or formats[style])
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)

    @api.model
    def _cell(self, sheet, row, column, value, style):
        if value is None or value == "":
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, column, value, style)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, round(value, MOST_FIGURES), style)
        else:
            sheet.write_datetime(row, column, value, style)

    @api.model
    def _names(self, debtor):
        partner = debtor.sudo().partner_id  # a collector may not read every partner
        return [partner.name or "", partner.ref or ""]

    @api.model
    def _summary(self, data, on):
        rows, sums = [], defaultdict(lambda: [0.0] * (len(BUCKETS) + 2))
        for debtor, found in data.items():
            amounts = defaultdict(lambda: dict.fromkeys((*BUCKETS, "credit"), 0.0))
            for item in found["items"]:
                bucket = age(item["due"], on) if item["kind"] == "debt" else "credit"
                amounts[item["currency_id"]][bucket] += item["amount_residual"]
            for currency, own in amounts.items():
                figures = [*own.values(), sum(own.values())]
                rows.append((currency, [*self._names(debtor), self._currency(currency), *figures]))
                sums[currency] = [before + figure for before, figure in zip(sums[currency], figures, strict=True)]
        columns = [
            (self.env._("Debtor"), "text"),
            (self.env._("Customer no."), "word"),
            (self.env._("Currency"), "short"),
            *((self.env._(label), "number") for label in BUCKETS.values()),
            (self.env._("Credits"), "number"),
            (self.env._("Balance"), "number"),
        ]
        totals = [
            (currency, [self.env._("Total"), "", self._currency(currency), *figures])
            for currency, figures in sums.items()
        ]
        return columns, rows, totals

    @api.model
    def _items(self, data, on):
        rows, sums = [], defaultdict(float)
        kinds = {"debt": self.env._("Debt"), "credit": self.env._("Credit")}
        for debtor, found in data.items():
            for item in found["items"]:
                is_debt = item["kind"] == "debt"
                late = max((on - item["due"]).days, 0) if is_debt else None
                sums[item["currency_id"]] += item["amount_residual"]
                cells = [
                    *self._names(debtor),
                    item["number"] or ("" if is_debt else self.env._("Payment received")),
                    kinds[item["kind"]],
                    item["label"],
                    item["date"],
                    item["due"] if is_debt else None,
                    late,
                    self.env._(BUCKETS[age(item["due"], on)]) if is_debt else "",
                    self._currency(item["currency_id"]),
                    item["amount_total"],
                    item["amount_residual"],
                    item["disputed"] or None,
                    item["plan"],
                ]
                rows.append((item["currency_id"], cells))
        columns = [
            (self.env._("Debtor"), "text"),
            (self.env._("Customer no."), "word"),
            (self.env._("Document"), "word"),
            (self.env._("Kind"), "word"),
            (self.env._("Reference"), "word"),
            (self.env._("Date"), "day"),
            (self.env._("Due date"), "day"),
            (self.env._("Days late"), "short"),
            (self.env._("Age"), "word"),
            (self.env._("Currency"), "short"),
            (self.env._("Amount incl. VAT"), "number"),
            (self.env._("Balance"), "number"),
            (self.env._("Contested"), "number"),
            (self.env._("Plan"), "word"),
        ]
        totals = [
            (currency, [self.env._("Total"), *[""] * 8, self._currency(currency), "", amount, "", ""])
            for currency, amount in sums.items()
        ]
        return columns, rows, totals

    @api.model
    def _agreed(self, data):
        kinds = {
            "instalment": self.env._("Instalment of a plan"),
            "promise": self.env._("Promise"),
            "dispute": self.env._("Dispute"),
        }
        rows = [
            (
                row["currency_id"],
                [
                    *self._names(debtor),
                    kinds[row["kind"]],
                    row["reference"],
                    row["date"],
                    self._currency(row["currency_id"]),
                    row["amount"],
                    row["left"],
                    " – ".join(filter(None, (row["detail"], row["moves"]))),
                ],
            )
            for debtor, found in data.items()
            for row in found["agreed"]
        ]
        columns = [
            (self.env._("Debtor"), "text"),
            (self.env._("Customer no."), "word"),
            (self.env._("Kind"), "word"),
            (self.env._("Reference"), "word"),
            (self.env._("Date"), "day"),
            (self.env._("Currency"), "short"),
            (self.env._("Amount"), "number"),
            (self.env._("Left"), "number"),
            (self.env._("About"), "text"),
        ]
        return columns, rows, []

    @api.model
    def _currency(self, currency_id):
        return self.env["res.currency"].browse(currency_id).name
