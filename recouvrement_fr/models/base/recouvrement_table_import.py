from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools import csv_table, upload
from ...tools.refusal import Refused


class RecouvrementImportColumn(models.Model):
    """What a company takes a column of a file for: remembered from one import to the next."""

    _name = "recouvrement.import.column"
    _description = "Column of an Import, Remembered"
    _order = "kind, title"

    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    kind = fields.Char("Dialog", required=True, readonly=True)
    title = fields.Char(required=True, readonly=True, help="As it is compared: without accents nor capitals.")
    target = fields.Char(readonly=True, help="What it is taken for; empty: it is left out.")

    _once = models.UniqueIndex("(company_id, kind, title)", "This title is remembered already.")


class RecouvrementTableImport(models.AbstractModel):
    """A dialog that takes in a table, CSV or XLSX, in three steps: the file, its columns, what became of its lines.

    Nothing is written before a person has seen which title is taken for what; what he decides is proposed the next
    time, per company and kind of import. To extend: `_targets`, `_required_targets`, and `_take_rows`; the lines of
    titles are a model of their own, with the selection `target` (`recouvrement.import.title`).
    """

    _name = "recouvrement.table.import"
    _description = "Import of a Table"
    _inherit = "recouvrement.dialog"

    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()
    state = fields.Selection(
        [("choose", "File"), ("columns", "Columns"), ("done", "Done")], default="choose", required=True
    )

    def _targets(self):
        """{target: the titles that mean it, as `csv_table.title` writes them}."""
        raise NotImplementedError

    def _required_targets(self):
        """The targets without which nothing can be taken in."""
        raise NotImplementedError

    def _take_rows(self, rows, columns):
        """Take in what can be of the lines; the values to write on this dialog.

        :param rows: csv_table.Row, without the titles; :param columns: {target: its place in a row}
        """
        raise NotImplementedError

    def action_read(self):
        """Show which title is taken for what; nothing is written yet."""
        self.ensure_one()
        [head, *rows] = self._rows()
        guesses = self._guesses(head)
        self.write(
            {
                "state": "columns",
                "title_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "place": place,
                                "name": title[:200] or self.env._("(no title)"),
                                "example": next((row.cell(place)[:200] for row in rows if row.cell(place)), ""),
                                "target": guesses.get(place, False),
                            }
                        )
                        for place, title in enumerate(head.cells)
                        if title or any(row.cell(place) for row in rows)
                    ),
                ],
            }
        )
        return self._shown()

    def action_back(self):
        """Give another file."""
        self.ensure_one()
        self.write({"state": "choose", "title_ids": [Command.clear()]})
        return self._shown()

    def action_import(self):
        """Take in the lines that can be, by the columns as they are shown; before that, show them."""
        self.ensure_one()
        if self.state != "columns":
            return self.action_read()
        columns = self._columns()
        [_head, *rows] = self._rows()
        values = self._take_rows(rows, columns)
        self._remember()
        self.write({**values, "state": "done"})
        return self._shown()

    def _shown(self):
        return self._get_records_action(name=self._description_of(), target="new")

    def _description_of(self):
        return self.env["ir.model"]._get(self._name).sudo().name  # a title, not data

    def _rows(self):
        try:
            rows = csv_table.read(upload.content(self.file))
        except Refused as refusal:
            raise UserError(refusal.said(self.env)) from refusal
        return rows

    def _guesses(self, head):
        """{place: target}: as remembered, else by its title; a target that two titles could be is left to a person."""
        titles = [csv_table.title(title) for title in head.cells]
        known = {title: column.target for title, column in self._remembered().items()}
        by_target = {}
        for place, title in enumerate(titles):
            if title in known:
                by_target.setdefault(known[title], []).insert(0, place)
                continue
            for target, words in self._targets().items():
                if title in words:
                    by_target.setdefault(target, []).append(place)
        chosen = {}
        for target, places in by_target.items():
            certain = [place for place in places if titles[place] in known]
            if target and len(certain or places) == 1:
                chosen[(certain or places)[0]] = target
        return chosen

    def _remembered(self):
        """The columns that the company of this session remembers for this kind of import, by their title."""
        columns = self.env["recouvrement.import.column"].sudo()  # what a person confirms here, and nothing else
        own = [("company_id", "=", self._company().id), ("kind", "=", self._name)]
        return {column.title: column for column in columns.search(own)}

    def _company(self):
        return self.env.company.sudo().root_id  # a branch works for the company above it

    def _columns(self):
        """{target: its place}.

        :raises UserError: two columns are taken for one thing, or something needed has none
        """
        labels = dict(self.title_ids._fields["target"]._description_selection(self.env))
        columns = {}
        for title in self.title_ids.filtered("target"):
            if title.target in columns:
                raise UserError(
                    self.env._("Two columns are taken for “%s”: leave one of them out.", labels[title.target])
                )
            columns[title.target] = title.place
        missing = [labels[target] for target in self._required_targets() if target not in columns]
        if missing:
            raise UserError(self.env._("Say which columns hold: %s.", ", ".join(missing)))
        return columns

    def _remember(self):
        """Keep what each title was taken for; of the others, those that we would have taken and were left out."""
        known, company = self._remembered(), self._company()
        for line in self.title_ids:
            title = csv_table.title(line.name)
            if title in known:
                known[title].target = line.target
            elif title and (line.target or any(title in words for words in self._targets().values())):
                values = {"company_id": company.id, "kind": self._name, "title": title, "target": line.target}
                known[title] = self.env["recouvrement.import.column"].sudo().create(values)  # as above


class RecouvrementImportTitle(models.AbstractModel):
    """A title of the file, and what it is taken for."""

    _name = "recouvrement.import.title"
    _description = "Title of a Column"
    _inherit = "recouvrement.dialog"
    _order = "place"

    place = fields.Integer(readonly=True)
    name = fields.Char("Column", readonly=True)
    example = fields.Char(readonly=True, help="The first value below the title.")
