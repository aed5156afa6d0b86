from odoo import fields, models
from odoo.fields import Command

from ...models.litigation.recouvrement_court import KINDS
from ...tools import csv_table

HEADERS = {  # field: whole titles that name its column, as `csv_table.title` writes them
    "code": ("code", "identifiant"),
    "name": ("name", "nom", "libelle"),
    "kind": ("kind", "type", "nature"),
    "street": ("street", "address", "adresse", "rue"),
    "zip": ("zip", "cp", "code postal", "postal code"),
    "city": ("city", "ville", "commune"),
    "department": ("department", "departments", "departement", "departements", "ressort"),
    "email": ("email", "e mail", "courriel", "mel"),
    "phone": ("phone", "telephone", "tel"),
    "is_economic": ("tae", "is economic", "activites economiques"),
}
REQUIRED = ("code", "name", "kind", "city")
WORDS = {  # what a file may call a kind, besides its code and its name
    "commercial": ("tc", "tae", "tribunal de commerce", "tribunal des activites economiques"),
    "judicial": ("tj", "tribunal judiciaire"),
    "proximity": ("tprx", "tpx", "tribunal de proximite", "chambre de proximite"),
    "housing": ("jcp", "juge des contentieux de la protection"),
    "commercial_chamber": ("chambre commerciale",),
    "administrative": ("ta", "tribunal administratif"),
}
YES = ("1", "oui", "yes", "true", "vrai", "x")


class RecouvrementCourtImport(models.TransientModel):
    """Take in a directory of courts from a table: new ones are added, known ones updated by their code."""

    _name = "recouvrement.court.import"
    _description = "Import Courts"
    _inherit = "recouvrement.table.import"

    title_ids = fields.One2many("recouvrement.court.import.title", "import_id", "Columns")
    created_count = fields.Integer("Courts added", readonly=True)
    updated_count = fields.Integer("Courts updated", readonly=True)
    line_ids = fields.One2many("recouvrement.court.import.line", "import_id", "Lines left out", readonly=True)

    def action_read(self):
        self.env["recouvrement.court"].check_access("write")
        return super().action_read()

    def _targets(self):
        return HEADERS

    def _required_targets(self):
        return REQUIRED

    def _take_rows(self, rows, columns):
        """Take in the lines that can be; every other one is shown with its reason, and nothing known is lost."""
        self.env["recouvrement.court"].check_access("write")
        found, problems = self._courts(rows, columns)
        courts = self.env["recouvrement.court"].with_context(active_test=False).search([])
        known = {court.code: court for court in courts}
        created = updated = 0
        for values in found:
            court = known.get(values["code"])
            if court:
                court.write(values)
                updated += 1
            else:
                known[values["code"]] = self.env["recouvrement.court"].create(values)
                created += 1
        return {
            "created_count": created,
            "updated_count": updated,
            "line_ids": [
                Command.create({"number": number, "name": name, "message": message})
                for number, name, message in problems
            ],
        }

    def _courts(self, rows, columns):
        """([values], [(line number, what it says, what is wrong)]); an empty cell changes nothing."""
        found, problems, seen = [], [], {}
        for row in rows:
            cells = {name: row.cell(place) for name, place in columns.items()}
            values, problem = self._values(cells)
            if not problem and values["code"] in seen:
                problem = self.env._("Its code is that of line %s.", seen[values["code"]])
            if problem:
                problems.append((row.number, cells.get("name") or cells.get("code"), problem))
            else:
                seen[values["code"]] = row.number
                found.append(values)
        return found, problems

    def _values(self, cells):
        """(values, what is wrong or None)."""
        missing = [name for name in REQUIRED if not cells.get(name)]
        if missing:
            return {}, self.env._("It has no %s.", ", ".join(missing))
        kind = _kind(cells["kind"])
        if not kind:
            return {}, self.env._(
                "The kind “%(kind)s” is not known: write one of %(known)s.",
                kind=cells["kind"],
                known=", ".join(dict(KINDS)),
            )
        email = cells.get("email")
        if email and "@" not in email:
            return {}, self.env._("“%s” is not an e-mail address.", email)
        values = {name: cell for name, cell in cells.items() if cell and name != "is_economic"}
        if "zip" in values:
            values["zip"] = _postal_code(values["zip"])
        if cells.get("is_economic"):
            values["is_economic"] = csv_table.plain(cells["is_economic"]) in YES
        return values | {"kind": kind}, None


class RecouvrementCourtImportTitle(models.TransientModel):
    _name = "recouvrement.court.import.title"
    _description = "Column of an Import of Courts"
    _inherit = "recouvrement.import.title"

    import_id = fields.Many2one("recouvrement.court.import", required=True, ondelete="cascade")
    target = fields.Selection(
        [
            ("code", "Code"),
            ("name", "Name"),
            ("kind", "Kind of court"),
            ("street", "Street"),
            ("zip", "Postal code"),
            ("city", "City"),
            ("department", "Departments"),
            ("email", "E-mail"),
            ("phone", "Phone"),
            ("is_economic", "Economic court (TAE)"),
        ],
        "Is taken for",
    )


class RecouvrementCourtImportLine(models.TransientModel):
    """A line of the file that could not be taken in, and why."""

    _name = "recouvrement.court.import.line"
    _description = "Court Left out of an Import"
    _inherit = "recouvrement.dialog"
    _order = "number"

    import_id = fields.Many2one("recouvrement.court.import", required=True, ondelete="cascade")
    number = fields.Integer("Line", readonly=True)
    name = fields.Char("Court", readonly=True)
    message = fields.Char("Why", readonly=True)


def _postal_code(text):
    """A postal code with the zero that a spreadsheet dropped: every court of the directory is French."""
    code = "".join(text.split())
    return code.zfill(5) if code.isascii() and code.isdigit() and len(code) == 4 else text


def _kind(text):
    """The kind of court a cell means; None for what nobody knows."""
    plain = csv_table.plain(text)
    names = {csv_table.plain(name): code for code, name in KINDS} | {code: code for code, _name in KINDS}
    names |= {word: code for code, words in WORDS.items() for word in words}
    return names.get(plain)
