"""A décompte as a workbook: dates are dates and amounts are numbers, so that an accountant goes on from it.

French at the source, as the printed one.
"""

import io
from decimal import Decimal

from .formats import sheet_format
from .workbook import workbook as workbook_file

COLUMNS = (("Du", 14), ("Au", 12), ("Jours", 8), ("Base", 17), ("Taux annuel", 13), ("Intérêts", 17), ("Article", 34))
PARTS = (("Principal", "principal_due"), ("Intérêts", "interest_due"), ("Indemnités", "indemnity"))


def workbook(values):
    """The bytes of a workbook of what ``recouvrement.decompte._values`` gives."""
    buffer = io.BytesIO()
    with workbook_file(buffer) as book:
        Sheet(book, book.add_worksheet("Décompte")).write(values)
    return buffer.getvalue()


class Sheet:
    """Writes a décompte on a worksheet, downwards."""

    def __init__(self, book, sheet):
        self.book, self.sheet, self.row = book, sheet, 0
        self.formats = {}
        for column, (_name, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def format(self, **options):
        key = tuple(sorted(options.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"font_name": "Arial", "font_size": 10, **options})
        return self.formats[key]

    def money(self, currency, **options):
        return self.format(num_format=sheet_format(currency), **options)

    def date(self):
        return self.format(num_format="dd/mm/yyyy", align="left")

    def line(self, *cells):
        """Write (column, value, format) cells on a row."""
        for column, value, form in cells:
            if value in (None, "") and not isinstance(value, Decimal):
                continue
            if hasattr(value, "year"):
                self.sheet.write_datetime(self.row, column, value, form)
            elif isinstance(value, Decimal | int | float):
                self.sheet.write_number(self.row, column, float(value), form)
            else:
                self.sheet.write_string(self.row, column, str(value), form)
        self.row += 1

    def write(self, values):
        text, date = self.format(), self.date()
        self.line((0, "Décompte des sommes dues", self.format(bold=True, font_size=14)))
        self.line((0, "Créancier", text), (2, values["company"]["name"], text))
        if values["debtor"]["lines"]:
            self.line((0, "Débiteur", text), (2, ", ".join(values["debtor"]["lines"]), text))
        if values["reference"]:
            self.line((0, "Référence", text), (2, values["reference"], text))
        self.line((0, "Arrêté au", text), (2, values["on"], date))
        for block in values["blocks"]:
            self.block(block)
        if len(values["blocks"]) > 1 or values["totals"]["is_foreign"]:
            self.totals(values["totals"])

    def block(self, block):
        text, bold = self.format(), self.format(bold=True)
        date = self.date()
        money, strong = self.money(block["currency"]), self.money(block["currency"], bold=True)
        self.row += 1
        self.line((0, block["number"] or "Créance", self.format(bold=True, font_size=11)), (2, block["label"], text))
        if block["invoice_date"]:
            self.line((0, "Facture du", text), (2, block["invoice_date"], date))
        self.line((0, "Échéance", text), (2, block["due"], date))
        self.line((0, "Principal", text), (3, block["principal"], money))
        for on, kind, amount in block["movements"]:
            label = "Avoir" if kind == "credit" else "Règlement"
            self.line((0, label, text), (1, on, date), (3, -amount, money))
        self.line((0, "Reste dû en principal", bold), (3, block["principal_due"], strong))
        if block["tranches"]:
            self.tranches(block)
        for label, name in (
            ("Intérêts", "interest"),
            ("Déjà réglé, facturé ou abandonné", "settled"),
            ("Indemnité forfaitaire", "indemnity"),
        ):
            if block[name]:
                currency = block["indemnity_currency" if name == "indemnity" else "currency"]
                amount = -block[name] if name == "settled" else block[name]
                self.line((0, label, text), (5, amount, self.money(currency)))
        self.line((0, "Total dû", bold), (5, block["total"], self.money(block["currency"], bold=True, top=1)))
        if block["daily"]:
            self.line((0, "Intérêts par jour de retard supplémentaire", text), (5, block["daily"], money))
        for note in block["notes"]:
            self.line((0, note, self.format(italic=True)))

    def tranches(self, block):
        head = self.format(bold=True, bg_color="#F0F2F5", top=1, bottom=1)
        right = self.format(bold=True, bg_color="#F0F2F5", top=1, bottom=1, align="right")
        numeric = (2, 3, 4, 5)
        self.line(*((column, name, right if column in numeric else head) for column, (name, _w) in enumerate(COLUMNS)))
        date, whole = self.date(), self.format(num_format="0")
        rate, money = self.format(num_format='0.00\\ "%"'), self.money(block["currency"])
        for tranche in block["tranches"]:
            self.line(
                (0, tranche["from"], date),
                (1, tranche["to"], date),
                (2, tranche["days"], whole),
                (3, tranche["base"], money),
                (4, tranche["rate"], rate),
                (5, tranche["interest"], money),
                (6, tranche["article"], self.format()),
            )

    def totals(self, totals):
        bold = self.format(bold=True)
        self.row += 1
        self.line((0, "Récapitulatif", self.format(bold=True, font_size=11)))
        for line in totals["lines"]:
            currency = line["currency"]
            for label, name in PARTS:
                self.line((0, f"{label} ({currency.name})", self.format()), (5, line[name], self.money(currency)))
            strong = self.money(currency, bold=True, top=1)
            self.line((0, f"Total ({currency.name})", bold), (5, line["total"], strong))
        if totals["is_foreign"]:
            strong = self.money(totals["home"], bold=True)
            self.line((0, f"Total en {totals['home'].name}", bold), (5, totals["together"], strong))
