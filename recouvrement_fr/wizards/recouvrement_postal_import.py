import re
from datetime import datetime

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.recouvrement_carrier import PostalStatus
from ..models.recouvrement_dispatch_event import TOLD
from . import csv_table

HEADERS = {
    "tracking": ("tracking", "suivi", "numero", "number", "recommande"),
    "state": ("status", "statut", "etat", "state"),
    "date": ("date", "jour"),
}
WORDS = {  # as carriers write them, without accents; the first that is found in the cell
    "returned": ("return", "retour", "npai", "inconnu", "unknown", "wrong address", "n'habite pas"),
    "unclaimed": ("unclaimed", "non reclame", "non-reclame"),
    "refused": ("refus",),
    "lost": ("lost", "perdu"),
    "presented": ("presented", "presente", "avise", "notifie"),
    "delivered": ("delivered", "distribue", "remis", "livre", "accepte", "accuse de reception"),
    "posted": ("posted", "depose", "poste", "pris en charge"),
}
NEGATED = re.compile(r"\b(non|not|pas|un)\W*(delivered|distribu|remis|livr|presente|accepte)")
FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y")


class RecouvrementPostalImport(models.TransientModel):
    """Take in what a carrier tells of many letters: a CSV with a tracking number, a status and a date by line."""

    _name = "recouvrement.postal.import"
    _description = "Import Postal Statuses"
    _inherit = "recouvrement.dialog"

    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()
    state = fields.Selection([("choose", "Choose"), ("done", "Done")], default="choose", required=True)
    recorded_count = fields.Integer("Statuses recorded", readonly=True)
    known_count = fields.Integer("Known already", readonly=True)
    line_ids = fields.One2many("recouvrement.postal.import.line", "import_id", "Lines left out", readonly=True)

    def action_import(self):
        """Record what can be; every other line is shown with its reason and stays in the file."""
        self.ensure_one()
        self.env["recouvrement.dispatch"].check_access("read")  # what follows is written as superuser
        statuses, problems = self._read()
        events = self.env["recouvrement.dispatch.event"].sudo()  # only counts
        letters = self.env["recouvrement.dispatch"].sudo()._by_tracking(  # only counts
            status.tracking_number for _number, status in statuses
        )
        mine = [("dispatch_id", "in", [letter.id for letter in letters.values()])]  # not what others record meanwhile
        before = events.search_count(mine)
        numbers = {id(status): number for number, status in statuses}
        refused = self.env["recouvrement.dispatch"]._take_in([status for _number, status in statuses], "imported")
        problems += [(numbers[id(status)], status.tracking_number, message) for status, message in refused]
        recorded = events.search_count(mine) - before
        self.write(
            {
                "state": "done",
                "recorded_count": recorded,
                "known_count": len(statuses) - len(refused) - recorded,
                "line_ids": [
                    Command.create({"number": number, "tracking_number": tracking, "message": message})
                    for number, tracking, message in sorted(problems)
                ],
            }
        )
        return self._get_records_action(name=self.env._("Import postal statuses"), target="new")

    def _read(self):
        """([(line number, PostalStatus)] by day, [(line number, tracking number, what is wrong)])."""
        rows = csv_table.rows(self.file)
        columns = self._columns(rows[0] if rows else [])
        statuses, problems = [], []
        for number, row in enumerate(rows[1:], 2):
            if not any(cell.strip() for cell in row):
                continue
            cells = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
            problem, state, on = None, _state(cells["state"]), _day(cells["date"])
            if not cells["tracking"]:
                problem = self.env._("There is no tracking number.")
            elif not state:
                problem = self.env._("The status “%s” is not known.", cells["state"])
            elif not on:
                problem = self.env._("“%s” is not a date.", cells["date"])
            if problem:
                problems.append((number, cells["tracking"], problem))
            else:
                statuses.append((number, PostalStatus(cells["tracking"], state, on, note=cells["state"])))
        order = [state for state, _label in TOLD]
        statuses.sort(key=lambda item: (item[1].date, order.index(item[1].state), item[0]))
        return statuses, problems

    def _columns(self, header):
        """{what: its place}, from the titles of the first line."""
        columns = {}
        titles = [csv_table.plain(title) for title in header]
        for name, words in HEADERS.items():
            found = [place for place, title in enumerate(titles) if any(word in title for word in words)]
            if not found:
                raise UserError(
                    self.env._(
                        "The first line must name the columns: tracking number, status and date. It says: %s",
                        ", ".join(header) or self.env._("nothing"),
                    )
                )
            columns[name] = found[0]
        return columns


class RecouvrementPostalImportLine(models.TransientModel):
    """A line of the file that could not be recorded, and why."""

    _name = "recouvrement.postal.import.line"
    _description = "Line Left out of an Import"
    _inherit = "recouvrement.dialog"
    _order = "number"

    import_id = fields.Many2one("recouvrement.postal.import", required=True, ondelete="cascade")
    number = fields.Integer("Line", readonly=True)
    tracking_number = fields.Char(readonly=True)
    message = fields.Char("Why", readonly=True)


def _state(text):
    """The postal state a carrier's words mean; None for words nobody knows."""
    plain = csv_table.plain(text)
    if NEGATED.search(plain):
        return None  # why it was not, nobody says
    return next((state for state, words in WORDS.items() if any(word in plain for word in words)), None)


def _day(text):
    """A date, whatever the time written after it; None for anything else."""
    day = text.split("T")[0].split(" ")[0]
    for layout in FORMATS:
        try:
            return datetime.strptime(day, layout).date()
        except ValueError:
            continue
    return None
