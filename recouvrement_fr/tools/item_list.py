"""A list of invoices as a workbook, for whoever receives a message that only sums them up."""

import io

from .formats import sheet_figures
from .workbook import sheet_name
from .workbook import workbook as new_workbook

WIDTHS = {"text": 24, "day": 12, "number": 12, "amount": 16}


def workbook(title, columns, rows):
    """The bytes of a workbook: amounts are numbers, days are days, and what people typed is never a formula.

    :param columns: [(name, ``text``, ``day``, ``number`` or ``amount``)]; an amount is (value, its currency)
    """
    out = io.BytesIO()
    with new_workbook(out, default_date_format="dd/mm/yyyy") as book:
        head = book.add_format({"bold": True, "bg_color": "#F0F2F5", "bottom": 1})
        formats = {"day": book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})}
        formats["number"] = book.add_format({"num_format": "#,##0"})
        sheet = book.add_worksheet(sheet_name(title))
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for position, (name, kind) in enumerate(columns):
            sheet.set_column(position, position, WIDTHS[kind])
            sheet.write_string(0, position, name, head)
        for number, row in enumerate(rows, start=1):
            for position, ((_name, kind), value) in enumerate(zip(columns, row, strict=True)):
                if value is None or value is False:
                    continue
                if kind == "text":
                    sheet.write_string(number, position, str(value))
                elif kind == "day":
                    sheet.write_datetime(number, position, value, formats["day"])
                elif kind == "number":
                    sheet.write_number(number, position, value, formats["number"])
                else:
                    amount, currency = value
                    if currency not in formats:
                        formats[currency] = book.add_format({"num_format": sheet_figures(currency)})
                    sheet.write_number(number, position, amount, formats[currency])
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    return out.getvalue()
