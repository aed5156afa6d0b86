from decimal import Decimal

from odoo import api, models

from ...rules import notices
from ...tools.formats import day, exact, rounded


class RecouvrementLetter(models.AbstractModel):
    """What a letter asks for: its invoices and their penalties, by currency."""

    _inherit = "recouvrement.letter"

    @api.model
    def _indemnities(self, lines, accessories, regime):
        """{line id: its fixed indemnity}, in company currency."""
        counted = (
            (line.id, (line.move_id, line.entry_line_id), rounded(line.indemnity, line.company_currency_id))
            for line in lines
        )
        return notices.indemnities(counted, accessories, regime)

    @api.model
    def _block(self, currency, lines, detail, accessories, indemnities, formats, on):
        """The lines of one currency, their totals, and what is claimed.

        ``indemnities`` are all those of the reminder for the block in company currency, and none for the others.
        """
        money = lambda amount: formats.money(amount, currency)  # noqa: E731
        rows, tranches, listed = [], [], []
        for line in lines:
            late, parts = Decimal(0), ()
            if accessories != notices.SILENT:
                late, parts = rounded(line.interest, currency), detail.get("tranches", {}).get(line.id) or ()
            entry = detail["entries"].get(line.entry_line_id)
            row = self._row(line, entry, late, indemnities.get(line.id), currency, formats)
            tranches += [self._tranche(row["number"], part, currency, formats) for part in parts]
            listed.append(notices.Instalment(rounded(line.amount_residual, currency), late, parts))
            rows.append(row)
        fixed, day_count = indemnities.values(), lines.reminder_id.company_id.recouvrement_day_count
        asked = notices.asked(listed, fixed, accessories, on, day_count or "act365")
        return {
            "currency": currency.name,
            "claimed": asked.is_claimed,
            "lines": rows,
            "credits": self._credits(currency, detail, formats),
            "principal": money(asked.principal),
            "interest": money(asked.interest) if asked.interest else "",
            "indemnity": money(asked.indemnity) if asked.indemnity else "",
            "indemnity_count": len(fixed),
            "indemnity_unit": money(min(fixed)) if len(set(fixed)) == 1 else "",
            "rate": formats.percent(asked.rate) if asked.rate is not None else "",
            "daily": money(asked.daily) if rounded(asked.daily, currency) else "",
            "tranches": tranches,
            "annex": notices.annex(accessories, len(tranches)),
            "total": money(asked.total),
            "total_value": float(asked.total),
            "words": self._in_words(asked.total, currency, formats),
        }

    @api.model
    def _row(self, line, entry, interest, indemnity, currency, formats):
        """An instalment as its letter lists it; ``entry`` is its journal item, for what is not an invoice."""
        move = line.move_id
        total, balance = rounded(line.amount_total, currency), rounded(line.amount_residual, currency)
        return {
            "number": (entry and (entry.name or entry.ref)) or move.name or move.ref or "",
            "ref": "" if entry else move.ref or "",
            "date": formats.short(entry.date if entry else move.invoice_date or move.date),
            "due": formats.short(line.date_due),
            "amount": formats.money(total, currency),
            "paid": formats.money(total - balance, currency) if total != balance else "",
            "balance": formats.money(balance, currency),
            "days": formats.number(line.days_overdue) if line.days_overdue > 0 else "",
            "interest": formats.money(interest, currency) if interest else "",
            "indemnity": formats.money(indemnity, currency) if indemnity else "",
            "role": line.role,
        }

    @api.model
    def _credits(self, currency, detail, formats):
        """What was deducted from the balances, in that currency."""
        return [
            {
                "number": item["number"] or self.env._("Payment received"),
                "date": formats.short(day(item["date"])),
                "amount": formats.money(abs(exact(item["amount"])), currency),
            }
            for item in detail.get("credits") or ()
            if item["currency_id"] == currency.id
        ]

    @api.model
    def _in_words(self, amount, currency, formats):
        words = formats.words(amount, currency) if amount > 0 else ""
        return self.env._("In words: %s", words) if words else ""

    @api.model
    def _tranche(self, number, part, currency, formats):
        money = lambda name: formats.money(part[name], currency)  # noqa: E731
        return {
            "number": number,
            "from": formats.short(day(part["from"])),
            "to": formats.short(day(part["to"])),
            "days": formats.number(part["days"]),
            "base": money("base"),
            "rate": formats.percent(part["rate"]),
            "interest": money("interest"),
            "article": part.get("article") or "",
        }
