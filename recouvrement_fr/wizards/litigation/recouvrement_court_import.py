from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.litigation.recouvrement_court import KINDS
from ...tools import csv_table

HEADERS = {  # field: titles that name its column, without accents
    "code": ("code", "identifiant"),
    "name": ("name", "nom", "libelle"),
    "kind": ("kind", "type", "nature"),
    "street": ("street", "address", "adresse", "rue"),
    "zip": ("zip", "cp", "code postal", "code_postal", "postal code"),
    "city": ("city", "ville", "commune"),
    "department": ("department", "departments", "departement", "departements", "ressort"),
    "email": ("email", "e-mail", "courriel", "mel"),
    "phone": ("phone", "telephone", "tel"),
    "is_economic": ("tae", "is_economic", "activites economiques"),
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
    """Take in a directory of courts from a CSV: new ones are added, known ones updated by their code."""

    _name = "recouvrement.court.import"
    _description = "Import Courts"
    _inherit = "recouvrement.dialog"

    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()
    state = fields.Selection([("choose", "Choose"), ("done", "Done")], default="choose", required=True)
    created_count = fields.Integer("Courts added", readonly=True)
    updated_count = fields.Integer("Courts updated", readonly=True)
    line_ids = fields.One2many("recouvrement.court.import.line", "import_id", "Lines left out", readonly=True)

    def action_import(self):
        """Take in the lines that can be; every other one is shown with its reason, and nothing known is lost."""
        self.ensure_one()
        self.env["recouvrement.court"].check_access("write")
        rows, problems = self._read()
        courts = self.env["recouvrement.court"].with_context(active_test=False).search([])
        known = {court.code: court for court in courts}
        created = updated = 0
        for _number, values in rows:
            court = known.get(values["code"])
            if court:
                court.write(values)
                updated += 1
            else:
                known[values["code"]] = self.env["recouvrement.court"].create(values)
                created += 1
        self.write(
            {
                "state": "done",
                "created_count": created,
                "updated_count": updated,
                "line_ids": [
                    Command.create({"number": number, "name": name, "message": message})
                    for number, name, message in problems
                ],
            }
        )
        return self._get_records_action(name=self.env._("Import courts"), target="new")

    def _read(self):
        """([(line number, values)], [(line number, what it says, what is wrong)]); an empty cell changes nothing."""
        lines = csv_table.rows(self.file)
        columns = self._columns(lines[0] if lines else [])
        rows, problems, seen = [], [], {}
        for number, line in enumerate(lines[1:], 2):
            cells = {name: line[place].strip() for name, place in columns.items() if place < len(line)}
            if not any(cells.values()):
                continue
            values, problem = self._values(cells)
            if not problem and values["code"] in seen:
                problem = self.env._("Its code is that of line %s.", seen[values["code"]])
            if problem:
                problems.append((number, cells.get("name") or cells.get("code"), problem))
            else:
                seen[values["code"]] = number
                rows.append((number, values))
        return rows, problems

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

    def _columns(self, header):
        """{field: its place}, from the titles of the first line."""
        titles = [csv_table.plain(title) for title in header]
        columns = {name: titles.index(word) for name, words in HEADERS.items() for word in words if word in titles}
        missing = [name for name in REQUIRED if name not in columns]
        if missing:
            raise UserError(
                self.env._(
                    "The first line must name the columns %(missing)s. It says: %(header)s",
                    missing=", ".join(missing),
                    header=", ".join(header) or self.env._("nothing"),
                )
            )
        return columns


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
