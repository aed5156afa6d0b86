import io

from xlsxwriter.utility import xl_col_to_name

from odoo import fields, models
from odoo.tools import format_date

from ...tools import harmless
from ...tools.formats import sheet_figures
from ...tools.workbook import sheet_name, workbook

NOTE = 40  # characters, the width of a column of words


def _column(number):
    return xl_col_to_name(number)


class RecouvrementProvision(models.Model):
    """The report of a provision as a spreadsheet, for the auditors."""

    _inherit = "recouvrement.provision"

    def action_xlsx(self):
        """The report of this date as a spreadsheet, for the auditors."""
        self.ensure_one()
        self.check_access("read")
        # sudo: whoever reads the provision, checked above, reads its lines, of whatever branch their invoices are, and
        # has its sheet, without writing on the provision itself
        given = self.sudo()
        values = {
            "name": f"{harmless.file_name(self.name)}.xlsx",
            "raw": given._xlsx(),
            "res_model": self._name,
            "res_id": self.id,
            "mimetype": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
        attachment = given.env["ir.attachment"].create(values)
        return {"type": "ir.actions.act_url", "url": f"/web/content/{attachment.id}?download=true", "target": "new"}

    def _xlsx(self):
        content = io.BytesIO()
        book = workbook(content)
        sheet = book.add_worksheet(sheet_name(self.name))
        bold = book.add_format({"bold": True})
        head = book.add_format({"bold": True, "bg_color": "#F0F2F5", "bottom": 1, "text_wrap": True, "valign": "top"})
        figures = sheet_figures(self.currency_id)
        money, rate = book.add_format({"num_format": figures}), book.add_format({"num_format": "0.00"})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        total = book.add_format({"num_format": figures, "bold": True, "top": 1})
        sheet.write(0, 0, self.company_id.name, bold)
        sheet.write(1, 0, self.env._("Impairment of receivables at %s", format_date(self.env, self.date)), bold)
        columns = self._columns()
        for number, (title, width, _value, _style) in enumerate(columns):
            sheet.set_column(number, number, width)
            sheet.write(3, number, title, head)
        styles = {"money": money, "rate": rate, "day": day}
        for row, line in enumerate(self.line_ids, start=4):
            for number, (_title, _width, value, style) in enumerate(columns):
                found = value(line)
                if style == "day":
                    if found:
                        sheet.write_datetime(row, number, fields.Datetime.to_datetime(found), day)
                else:
                    sheet.write(row, number, found, styles.get(style))
        last = 4 + len(self.line_ids)
        sheet.write(last, 0, self.env._("Total"), bold)
        for number, (_title, _width, value, style) in enumerate(columns):
            if style == "money":
                cells = f"{_column(number)}5:{_column(number)}{last}"
                sheet.write_formula(last, number, f"=SUM({cells})", total, sum(map(value, self.line_ids)))
        sheet.freeze_panes(4, 2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        book.close()
        return content.getvalue()

    def _columns(self):
        """[(title, width, value of a line, style)] of the spreadsheet."""
        situations = dict(self.line_ids._fields["situation"]._description_selection(self.env))
        return [
            (self.env._("Debtor"), 32, lambda line: line.partner_id.display_name, None),
            (self.env._("Invoice"), 18, lambda line: line.move_id.name, None),
            (self.env._("Due date"), 12, lambda line: line.date_due, "day"),
            (self.env._("Days late"), 10, lambda line: line.days_late, None),
            (self.env._("Situation"), 22, lambda line: situations.get(line.situation, ""), None),
            (self.env._("Owed, taxes included"), 16, lambda line: line.amount, "money"),
            (self.env._("Owed without VAT"), 16, lambda line: line.amount_net, "money"),
            (self.env._("Rate (%)"), 10, lambda line: line.rate, "rate"),
            (self.env._("Impairment"), 16, lambda line: line.provision, "money"),
            (self.env._("Booked before"), 16, lambda line: line.previous, "money"),
            (self.env._("Movement"), 16, lambda line: line.movement, "money"),
            (self.env._("Estimate"), NOTE, lambda line: line.note or "", None),
        ]
