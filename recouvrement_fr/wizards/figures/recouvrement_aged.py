from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...ledger import aged
from ...tools import clock, harmless, item_list, letter_pdf
from ...tools.bulk import insert_from
from ...tools.formats import Formats, exact

AMOUNTS = (*aged.BANDS, "credits", "total")
MOST_PRINTED = 1000  # debtors named on paper, the largest first: the others are one row, and nobody reads on
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RecouvrementAged(models.TransientModel):
    """The aged balance at the end of a day: what each debtor owed then, by age, as on a list, a spreadsheet or paper.

    Taken down once from the ledger when asked for: pages, totals, spreadsheet and paper agree, whatever is booked
    meanwhile. It is kept for a day.
    """

    _name = "recouvrement.aged"
    _description = "Aged Balance"
    _inherit = "recouvrement.dialog"
    _transient_max_hours = 24

    date = fields.Date(
        "At the end of",
        required=True,
        default=lambda self: clock.today(self.env),
        help="Today or any past day: what was reconciled later is still open in it.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        help="The root company: its branches are counted with it.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    collector_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        help="Only the debtors whom this person follows today. Empty: everybody, and the total is the ledger's.",
    )
    debtor_type = fields.Selection(
        lambda self: self.env["recouvrement.debtor"]._fields["debtor_type"]._description_selection(self.env),
        help="Only the debtors that are of this type today. Empty: all of them.",
    )
    line_ids = fields.One2many("recouvrement.aged.line", "aged_id", "Debtors", readonly=True)

    @api.depends("date", "company_id", "collector_id", "debtor_type")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for balance in self:
            balance.display_name = self.env._("Aged balance at %s", format_date(self.env, balance.date))
            if balance.collector_id:
                balance.display_name += f" – {balance.collector_id.name}"
            if balance.debtor_type:
                balance.display_name += (
                    f" – {dict(self._fields['debtor_type']._description_selection(self.env))[balance.debtor_type]}"
                )

    def action_show(self):
        """The debtors, the largest first, under their total."""
        self._take_down()
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_aged_line_action")
        return {**action, "display_name": self.display_name, "domain": [("aged_id", "=", self.id)]}

    def action_xlsx(self):
        """The same as a spreadsheet: every debtor, then the total."""
        self._take_down()
        return self._file("xlsx", self._workbook(), XLSX)

    def action_pdf(self):
        """The same on paper, A4."""
        self._take_down()
        return self._file("pdf", self._printed(), "application/pdf")

    def _take_down(self):
        """Take every debtor down again as of the date."""
        self.ensure_one()
        self.check_access("write")
        company = self.env["recouvrement.simulation"]._company(self.company_id)
        self.env.flush_all()  # what the same transaction has just reconciled counts too
        self.env.cr.execute(SQL("DELETE FROM recouvrement_aged_line WHERE aged_id = %s", self.id))
        columns = ("aged_id", "company_id", "currency_id", "debtor_id", "collector_id", "name", *aged.COLUMNS)
        query = SQL(
            """
            SELECT %(aged)s, %(company)s, %(currency)s, c.id, c.collector_id, COALESCE(p.name, %(nobody)s), a.*
              FROM (%(debtors)s) a
         LEFT JOIN res_partner p ON p.id = a.partner_id
         LEFT JOIN recouvrement_debtor c ON c.partner_id = a.partner_id AND c.company_id = %(company)s
             WHERE %(wanted)s
            """,
            aged=self.id,
            company=company.id,
            currency=company.currency_id.id,
            nobody=self.env._("Without a customer"),
            debtors=aged.debtors(company, self.date),
            wanted=SQL(" AND ").join(self._wanted()),
        )
        insert_from(self.env["recouvrement.aged.line"], columns, query)
        self.invalidate_recordset(["line_ids"])

    def _wanted(self):
        """The conditions on the card `c`."""
        wanted = [SQL("TRUE")]
        if self.collector_id:
            wanted.append(SQL("c.collector_id = %s", self.collector_id.id))
        if self.debtor_type:
            wanted.append(SQL("c.debtor_type = %s", self.debtor_type))
        return wanted

    def _rows(self):
        """(name, amounts in the order of AMOUNTS) of each debtor, the largest first; not as records: there may be a
        hundred thousand."""
        names = SQL(", ").join(SQL.identifier(name) for name in AMOUNTS)
        query = SQL(
            "SELECT name, %s FROM recouvrement_aged_line WHERE aged_id = %s ORDER BY total DESC, id", names, self.id
        )
        return [(name, amounts) for name, *amounts in self.env.execute_query(query)]

    def _sums(self, rows):
        columns = zip([0] * len(AMOUNTS), *(amounts for _name, amounts in rows), strict=True)
        return [sum(map(exact, amounts)) for amounts in columns]

    def _titles(self):
        lines = self.env["recouvrement.aged.line"]
        return [lines._fields[name]._description_string(self.env) for name in AMOUNTS]

    def _workbook(self):
        rows = self._rows()
        rows.append((self.env._("Total"), self._sums(rows)))
        columns = [(self.env._("Debtor"), "text"), *((title, "amount") for title in self._titles())]
        return item_list.workbook(
            self.display_name,
            columns,
            [(name, *((amount, self.currency_id) for amount in amounts)) for name, amounts in rows],
        )

    def _printed(self):
        rows = self._rows()
        shown, others = rows[:MOST_PRINTED], rows[MOST_PRINTED:]
        if others:
            shown.append((self.env._("%s other debtors", len(others)), self._sums(others)))
        formats, currency, totals = Formats(self.env.lang or "fr_FR"), self.currency_id, self._sums(rows)
        page = self.env["ir.qweb"]._render(
            "recouvrement_fr.aged_balance",
            {
                "balance": self,
                "company": self.company_id.sudo(),  # a branch's people print the balance of the company above it
                "titles": self._titles(),
                "rows": [
                    (name, [formats.money(each, currency) if each else "" for each in amounts])
                    for name, amounts in shown
                ],
                "totals": [formats.money(each, currency) for each in totals],
                "count": formats.number(len(rows)),
            },
            minimal_qcontext=True,
        )
        sheet = letter_pdf.Sheet(
            html=f"<!DOCTYPE html>\n{page}",
            foot=self.env._("page %(page)s of %(pages)s", page="[sitepage]", pages="[sitepages]"),
            title=self.display_name,
            author=self.company_id.sudo().name,  # as above
            date=self.date.isoformat(),
        )
        try:
            [document] = letter_pdf.print_sheets([sheet])
        except (letter_pdf.RendererMissing, letter_pdf.PrintError) as error:
            raise UserError(
                self.env._("The balance could not be printed: ask for wkhtmltopdf to be checked.")
            ) from error
        return document

    def _file(self, suffix, content, mimetype):
        file = self.env["ir.attachment"].create(
            {
                "name": f"{harmless.file_name(self.display_name)}.{suffix}",
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        download = "true" if suffix == "xlsx" else "false"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{file.id}?download={download}",
            "target": "new",
        }
