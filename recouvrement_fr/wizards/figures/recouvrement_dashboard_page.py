import io
from decimal import ROUND_HALF_UP, Decimal

from odoo import api, models
from odoo.exceptions import UserError

from ...tools import clock, harmless, letter_pdf
from ...tools.formats import exact
from ...tools.pdf import PdfReader
from .recouvrement_dashboard import PANELS

MILLION = 1_000_000
# Rows of each table, and how large the page is written: as many rows as leave all on one page, then smaller letters;
# what is drawn on the screen stays whole, and a table cut to nothing still says how many rows it has.
SIZES = ((6, 1), (5, 1), (4, 1), (3, 1), (2, 1), (2, 0.9), (1, 0.8), (0, 0.7))
SIDES = (  # what there is none of is left out
    ("ageing", "largest", "to_do", "promises", "plans"),
    ("activity", "disputes", "cases", "deadlines", "quality", "early_payment"),
)
WIDE = ("dso_trend", "owed_trend", "share_trend", "forecast")  # a column a month or a week


class RecouvrementDashboard(models.TransientModel):
    """The dashboard on one A4 page: the tiles, and each drawing as its figures."""

    _inherit = "recouvrement.dashboard"

    @api.model
    def get_page(self, asked=None):
        """Print what is shown; returns the action that opens the PDF.

        :raises UserError: the renderer is missing or failed, or there is nothing to print
        """
        wanted = self._asked(asked or {}, clock.today(self.env))
        name, content = self._printed(wanted)
        page = self.create({"company_id": wanted.company.id})
        file = self.env["ir.attachment"].create(
            {"name": name, "raw": content, "mimetype": "application/pdf", "res_model": page._name, "res_id": page.id}
        )
        return {"type": "ir.actions.act_url", "url": f"/web/content/{file.id}?download=false", "target": "new"}

    def _printed(self, asked):
        """(name of the file, bytes) of the page.

        :raises UserError: as above
        """
        if self._is_empty(asked):
            raise UserError(self.env._("There is nothing to print yet: no invoice was entered."))
        values = self._page_values(asked)
        document = next(filter(None, (self._on_one_page(asked, values, *size) for size in SIZES)), None)
        if not document:
            raise UserError(self.env._("The figures do not fit on one page: choose a collector or a type of debtor."))
        name = self.env._("Dashboard %(company)s %(day)s", company=asked.company.name, day=asked.on.isoformat())
        return f"{harmless.file_name(name)}.pdf", document

    def _on_one_page(self, asked, values, rows, scale):
        """The PDF with so many rows of each table, if it is one page."""
        document = self._sheet(asked, self._page(values, rows, scale))
        return document if len(PdfReader(io.BytesIO(document)).pages) == 1 else None

    def _sheet(self, asked, page):
        """The PDF of a page.

        :raises UserError: as above
        """
        sheet = letter_pdf.Sheet(
            html=f"<!DOCTYPE html>\n{page}",
            foot=self._said(asked),
            title=self.env._("Dashboard of collection"),
            author=asked.company.name,
            date=asked.on.isoformat(),
        )
        try:
            [document] = letter_pdf.print_sheets([sheet])
        except (letter_pdf.RendererMissing, letter_pdf.PrintError) as error:
            raise UserError(self.env._("The page could not be printed: ask for wkhtmltopdf to be checked.")) from error
        return document

    def _page_values(self, asked):
        blocks = self._first_blocks(asked)
        for panel in PANELS:
            blocks += getattr(self, f"_panel_{panel}")(asked)
        by_code = {block["code"]: block for block in blocks}
        tiles = [block for block in blocks if block["kind"] == "tile"]
        return {
            "said": self._said(asked),
            "tile_rows": [tiles[start : start + 4] for start in range(0, len(tiles), 4)],
            "sides": [[self._as_table(by_code[code]) for code in side if code in by_code] for side in SIDES],
            "wide": [self._short(asked, by_code[code]) for code in WIDE],
            "funnel": self._as_table(by_code["funnel"]),
        }

    def _page(self, values, rows, scale=1):
        """The page in HTML, with so many rows of each table at most, in letters of that size."""
        cut = {
            "points": lambda size: f"{round(size * scale, 2)}pt",
            "sides": [[self._cut(each, rows) for each in side] for side in values["sides"]],
            "funnel": self._cut(values["funnel"], rows),
        }
        return self.env["ir.qweb"]._render("recouvrement_fr.dashboard_page", {**values, **cut}, minimal_qcontext=True)

    def _cut(self, found, most):
        """A table of so many rows, that says how many there are."""
        count = len(found["rows"])
        if found["is_whole"] or count <= most:
            return {**found, "shown": found["rows"], "count": ""}
        number = self._formats().number
        return {**found, "shown": found["rows"][:most], "count": f"{number(most)} / {number(count)}"}

    def _as_table(self, block):
        """A table of a few rows, whatever the block is: (title, columns, rows, words when there is none)."""
        if block["kind"] == "table":
            columns, rows = block["columns"], [row["cells"] for row in block["rows"]]
        else:
            columns = [{"label": "", "figures": False}]
            columns += [{"label": serie["label"], "figures": True} for serie in block["series"]]
            rows = [
                [label, *(serie["texts"][number] for serie in block["series"])]
                for number, label in enumerate(block["labels"])
            ]
        nothing = block.get("nothing", "")
        is_whole = block["kind"] == "chart"
        return {"title": block["title"], "columns": columns, "rows": rows, "nothing": nothing, "is_whole": is_whole}

    def _short(self, asked, block):
        """A drawing whose thirteen columns hold figures without unit: days and percentages as on the screen; amounts in
        whole euros, or in thousands of them, half up, as the title says."""
        formats, title, write = self._formats(), block["title"], self._formats().tenths
        if block["code"] in ("owed_trend", "forecast"):
            largest = max((value or 0 for serie in block["series"] for value in serie["values"]), default=0)
            symbol, power = asked.company.currency_id.symbol, 3 if largest >= MILLION else 0
            title = self.env._("%(title)s, in %(unit)s", title=title, unit=f"k{symbol}" if power else symbol)

            def write(value):
                return formats.number(exact(value).scaleb(-power).quantize(Decimal(1), ROUND_HALF_UP))

        series = [
            {**serie, "short": ["" if value is None else write(value) for value in serie["values"]]}
            for serie in block["series"]
        ]
        return {**block, "title": title, "series": series}
