"""A debtor with hundreds of invoices: the e-mail sums them up, and encloses the list. Letters hold it on their pages.

A message of two megabytes of table rows is cut by mail programs, or refused.
"""

import logging

from odoo import api, models
from odoo.fields import Command

from ...rules.ageing import AGEING, band
from ...tools import item_list, letter_pdf
from ...tools.formats import Formats

_logger = logging.getLogger(__name__)

SHOWN = 10  # of the oldest lines, and as many of the largest


class RecouvrementLetter(models.AbstractModel):
    _inherit = "recouvrement.letter"

    @api.model
    def _payloads(self, reminders, details, errors=None):
        """With what the e-mail shows instead of the lines, for a reminder that has many: `short` in each block."""
        payloads = super()._payloads(reminders, details, errors)
        for reminder in reminders.sudo():  # as above: a collector reads no settings of the company
            payload = payloads.get(reminder.id)
            if payload and reminder._is_long(sum(len(block["lines"]) for block in payload["blocks"])):
                self.with_context(lang=payload["lang"])._shorten(reminder, payload)
        return payloads

    @api.model
    def _shorten(self, reminder, payload):
        formats = Formats(payload["lang"])
        by_currency = reminder._listed_lines().grouped(lambda line: line.currency_id.name)
        for block in payload["blocks"]:
            lines = by_currency.get(block["currency"])
            if not lines:
                continue
            oldest = sorted(range(len(lines)), key=lambda at: lines[at].date_due)[:SHOWN]
            largest = sorted(range(len(lines)), key=lambda at: -lines[at].amount_residual)[:SHOWN]
            shown = sorted({*oldest, *largest})
            block["short"] = {
                "lines": [block["lines"][at] for at in shown],
                "lead": self.env._(
                    "This message is about %s lines. Their full list is enclosed; the oldest and the largest are shown "
                    "below.",
                    formats.number(len(lines)),
                ),
                "others": self._others(len(lines) - len(shown), formats),
                "ageing": self._bands(lines, lines[0].currency_id, formats),
            }

    @api.model
    def _others(self, count, formats):
        return self.env._("%s other lines: see the enclosed list.", formats.number(count)) if count else ""

    @api.model
    def _bands(self, lines, currency, formats):
        """[{"name", "count", "amount"}] of the bands that hold something."""
        found = lines.grouped(lambda line: band(line.days_overdue))
        names = {
            "not_due": self.env._("Not due"),
            "to_30": self.env._("1 to 30 days late"),
            "to_60": self.env._("31 to 60 days"),
            "to_90": self.env._("61 to 90 days"),
            "over_90": self.env._("Over 90 days"),
        }
        return [
            {
                "name": names[name],
                "count": formats.number(len(found[name])),
                "amount": formats.money(sum(found[name].mapped("amount_residual")), currency),
            }
            for _limit, name in AGEING
            if name in found
        ]


class RecouvrementReminder(models.Model):
    _inherit = "recouvrement.reminder"

    def _is_long(self, count):
        """Whether so many lines are summed up in an e-mail of this company."""
        most = self.company_id.root_id.sudo().recouvrement_email_lines  # a setting, which collectors do not read
        return bool(most) and count > most

    def _listed_lines(self):
        """In the order of the letter."""
        lines = self.line_ids.filtered(lambda line: not line.cancelled)
        return lines.sorted(lambda line: (line.date_due, line.id))

    def _list_files(self):
        """{reminder: commands for the files that a message about it encloses}, of those whose lines are summed up."""
        long = self.filtered(
            lambda reminder: any(block.get("short") for block in (reminder.figures or {}).get("blocks", ()))
        )
        pages = dict(zip(long, long._list_pages(), strict=True))
        return {reminder: reminder._list_commands(pages[reminder]) for reminder in long}

    def _list_commands(self, page):
        task = self.with_context(lang=self.lang)
        title = task.env._("List of invoices %s", self.name.replace("/", "-"))
        files = [(f"{title}.xlsx", task._list_workbook())]
        if page:
            files.insert(0, (f"{title}.pdf", page))
        owned = {"res_model": "mail.message", "res_id": 0}  # gone with a message that nobody was sent
        return [Command.create({"name": name, "raw": content, **owned}) for name, content in files]

    def _list_pages(self):
        """The list of each as a PDF, printed together; nothing when the renderer fails: the workbook says the same."""
        sheets = [reminder.with_context(lang=reminder.lang)._list_sheet(at) for at, reminder in enumerate(self)]
        try:
            return letter_pdf.print_sheets(sheets) if sheets else []
        except letter_pdf.PrintError:
            _logger.exception("The lists of %s reminders could not be printed: their workbooks leave alone", len(self))
            return [b""] * len(self)

    def _list_sheet(self, number):
        figures = self.figures
        title = self.env._("List of invoices %s", self.name)
        values = {"f": figures, "title": title, "mark": f"{letter_pdf.MARK}{number}", "lang": (self.lang or "fr")[:2]}
        html = self.env["ir.qweb"]._render("recouvrement_fr.reminder_list", values, minimal_qcontext=True)
        return letter_pdf.Sheet(
            html=f"<!DOCTYPE html>\n{html}",
            foot=self.env._("page %(page)s of %(pages)s", page="[sitepage]", pages="[sitepages]"),
            title=title,
            author=figures["company"]["name"],
            date=figures["on"],
        )

    def _list_workbook(self):
        columns = [
            *((self.env._("Invoice"), "text"), (self.env._("Your reference"), "text")),
            *((self.env._("Date"), "day"), (self.env._("Due date"), "day")),
            *((self.env._("Amount incl. VAT"), "amount"), (self.env._("Balance"), "amount")),
            *((self.env._("Currency"), "text"), (self.env._("Days late"), "number")),
        ]
        lines = self._listed_lines()
        entries = self.env["account.move.line"].browse({line.entry_line_id for line in lines} - {0}).exists()
        rows = []
        for line in lines:
            move, entry = line.move_id, entries.filtered(lambda one, line=line: one.id == line.entry_line_id)
            rows.append(
                [
                    (entry.name or entry.ref if entry else "") or move.name,
                    "" if entry else move.ref,
                    entry.date or move.invoice_date or move.date,
                    *(line.date_due, (line.amount_total, line.currency_id), (line.amount_residual, line.currency_id)),
                    *(line.currency_id.name, max(line.days_overdue, 0)),
                ]
            )
        return item_list.workbook(self.env._("Invoices"), columns, rows)


class RecouvrementChannelEmail(models.AbstractModel):
    _inherit = "recouvrement.channel.email"

    def _draft(self, reminders, steps, errors):
        """Lists too long for a message are enclosed with it."""
        drafts = super()._draft(reminders, steps, errors)
        written = self.env["recouvrement.reminder"].union(*drafts)
        for reminder, commands in written.sudo()._list_files().items():  # evidence is written by methods alone
            drafts[reminder]["attachment_ids"] += commands
        return drafts
