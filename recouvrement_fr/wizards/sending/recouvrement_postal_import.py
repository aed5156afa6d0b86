import re
from datetime import datetime

from odoo import fields, models
from odoo.fields import Command

from ...models.sending.recouvrement_carrier import PostalStatus
from ...models.sending.recouvrement_dispatch_event import TOLD
from ...tools import csv_table

HEADERS = {  # whole titles, as `csv_table.title` writes them: a day of deposit is no day of delivery
    "tracking": (
        *("tracking", "tracking number", "suivi", "numero", "number", "numero de suivi", "numero suivi"),
        *("numero du recommande", "numero de recommande", "numero recommande", "recommande", "numero d'envoi"),
        *("numero de l'envoi", "numero de colis", "numero envoi"),
    ),
    "state": (
        *("status", "statut", "etat", "state", "dernier statut", "dernier etat", "libelle statut", "libelle du statut"),
        *("statut de l'envoi", "etat de l'envoi", "statut envoi", "statut courrier", "statut du courrier"),
    ),
    "date": (
        *("date", "jour", "status date", "date status", "date of status", "date statut", "date du statut"),
        *("date du dernier statut", "date dernier statut", "date etat", "date de l'etat", "date evenement"),
        *("date de l'evenement", "date et heure", "event date"),
    ),
}
WORDS = {  # as carriers publish them, without accents: whole labels, one more word makes another of them
    "returned": (
        *("return", "returned", "returned to sender", "wrong address", "unknown", "unknown at this address"),
        *("retour", "retourne", "retourne a l'expediteur", "retour a l'expediteur", "retour expediteur", "npai"),
        *("distribue a l'expediteur", "livre a l'expediteur", "remis a l'expediteur", "rendu a l'expediteur"),
        *("destinataire inconnu", "destinataire inconnu a l'adresse", "inconnu a l'adresse", "inconnu"),
        *("n'habite pas a l'adresse indiquee", "n'habite pas a l'adresse", "defaut d'acces ou d'adressage"),
        *("adresse incorrecte", "adresse erronee", "adresse incomplete"),
    ),
    "unclaimed": (
        *("unclaimed", "non reclame", "non-reclame", "pli avise et non reclame", "avise et non reclame"),
        *("pli non reclame", "avise non reclame", "retour non reclame", "retourne non reclame"),
    ),
    "refused": (
        *("refused", "refuse", "refuse par le destinataire", "pli refuse par le destinataire", "pli refuse"),
        *("refuse par destinataire", "retour refuse", "retourne refuse"),
    ),
    "lost": ("lost", "perdu", "declare perdu"),
    "presented": (
        *("presented", "presente", "presente au destinataire", "avise", "notifie", "pli presente", "pli avise"),
        *("presente et avise", "avise en attente de retrait", "disponible au bureau de poste"),
        *("destinataire avise", "destinataire absent avise", "en attente de retrait au guichet"),
    ),
    "delivered": (
        *("delivered", "delivered to the addressee", "distribue", "livre", "remis", "pli distribue"),
        *("distribue au destinataire", "livre au destinataire", "remis au destinataire", "distribue contre signature"),
        *("remis contre signature", "remis au destinataire contre signature", "accuse de reception signe"),
    ),
    "posted": ("posted", "depose", "poste", "pris en charge", "pris en charge par la poste"),
}
PHRASES = {phrase: state for state, phrases in WORDS.items() for phrase in phrases}
APART = re.compile(r"\s*[,;/–]\s*|\s+-\s+")  # "Avisé, présenté"
DATED = re.compile(r"\s+le\s+\d[\d/.-]*\s*$")  # "Distribué le 12/03/2026"
FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y")


class RecouvrementPostalImport(models.TransientModel):
    """Take in what a carrier tells of many letters: a table with a tracking number, a status and a date by line."""

    _name = "recouvrement.postal.import"
    _description = "Import Postal Statuses"
    _inherit = "recouvrement.table.import"

    title_ids = fields.One2many("recouvrement.postal.import.title", "import_id", "Columns")
    recorded_count = fields.Integer("Statuses recorded", readonly=True)
    known_count = fields.Integer("Known already", readonly=True)
    line_ids = fields.One2many("recouvrement.postal.import.line", "import_id", "Lines left out", readonly=True)

    def _targets(self):
        return HEADERS

    def _required_targets(self):
        return tuple(HEADERS)

    def _take_rows(self, rows, columns):
        """Record what can be; every other line is shown with its reason and stays in the file."""
        self.env["recouvrement.dispatch"].check_access("read")  # what follows is written as superuser
        statuses, problems = self._statuses(rows, columns)
        events = self.env["recouvrement.dispatch.event"].sudo()  # only counts
        letters = (
            self.env["recouvrement.dispatch"]
            .sudo()
            ._by_tracking(  # only counts
                status.tracking_number for _number, status in statuses
            )
        )
        mine = [("dispatch_id", "in", [letter.id for letter in letters.values()])]  # not what others record meanwhile
        before = events.search_count(mine)
        numbers = {id(status): number for number, status in statuses}
        refused = self.env["recouvrement.dispatch"]._take_in([status for _number, status in statuses], "imported")
        problems += [(numbers[id(status)], status.tracking_number, message) for status, message in refused]
        recorded = events.search_count(mine) - before
        return {
            "recorded_count": recorded,
            "known_count": len(statuses) - len(refused) - recorded,
            "line_ids": [
                Command.create({"number": number, "tracking_number": tracking, "message": message})
                for number, tracking, message in sorted(problems)
            ],
        }

    def _statuses(self, rows, columns):
        """([(line number, PostalStatus)] by day, [(line number, tracking number, what is wrong)])."""
        statuses, problems = [], []
        for row in rows:
            cells = {name: row.cell(place) for name, place in columns.items()}
            problem, state, on = None, _state(cells["state"]), _day(cells["date"])
            if not cells["tracking"]:
                problem = self.env._("There is no tracking number.")
            elif not state:
                problem = self.env._("The status “%s” is not known.", cells["state"])
            elif not on:
                problem = self.env._("“%s” is not a date.", cells["date"])
            if problem:
                problems.append((row.number, cells["tracking"], problem))
            else:
                statuses.append((row.number, PostalStatus(cells["tracking"], state, on, note=cells["state"])))
        order = [state for state, _label in TOLD]
        statuses.sort(key=lambda item: (item[1].date, order.index(item[1].state), item[0]))
        return statuses, problems


class RecouvrementPostalImportTitle(models.TransientModel):
    _name = "recouvrement.postal.import.title"
    _description = "Column of a Postal Import"
    _inherit = "recouvrement.import.title"

    import_id = fields.Many2one("recouvrement.postal.import", required=True, ondelete="cascade")
    target = fields.Selection(
        [("tracking", "Tracking number"), ("state", "Status"), ("date", "Date of the status")], "Is taken for"
    )


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
    """The postal state a carrier's label means; None for a label nobody knows, or one that says two things.

    Labels are compared whole: "remis en distribution" is not "remis", and what was handed back to the sender was not
    delivered to the addressee.
    """
    plain = DATED.sub("", " ".join(csv_table.plain(text).split()).rstrip("."))
    states = {PHRASES.get(part) for part in APART.split(plain)}
    return states.pop() if len(states) == 1 else None


def _day(text):
    """A date, whatever the time written after it; None for anything else."""
    day = text.split("T")[0].split(" ")[0]
    for layout in FORMATS:
        try:
            return datetime.strptime(day, layout).date()
        except ValueError:
            continue
    return None
