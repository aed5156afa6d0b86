from datetime import timedelta
from decimal import Decimal

from odoo import api, models

from ...rules.interest import one_day
from ...tools.formats import day, exact, rounded
from .recouvrement_letter import CIVIL, COMMERCIAL, PUBLIC

APPENDED_TRANCHES = 12  # of interest, shown below the signature


class RecouvrementLetter(models.AbstractModel):
    """What a letter asks for: its invoices and their penalties, by currency."""

    _inherit = "recouvrement.letter"

    @api.model
    def _regime(self, debtor):
        """Which law the letter speaks of. Unconfirmed debtors get the civil wording, which is true for all."""
        if debtor.debtor_type == "public":
            return PUBLIC
        return COMMERCIAL if debtor.debtor_type == "professional" and debtor.type_confirmed else CIVIL

    @api.model
    def _accessories(self, level, regime, debtor):
        """What the letter says of penalties: nothing to consumers before a formal notice, nor to a debtor whose type
        nobody confirmed."""
        if level.tone == "courteous" or (debtor.debtor_type != "public" and not debtor.type_confirmed):
            return "silent"
        if regime == CIVIL and level.kind != "formal_notice":
            return "silent"
        return level.accessories

    @api.model
    def _indemnities(self, lines, accessories, regime):
        """{line id: its fixed indemnity}, in company currency: once per invoice, however many instalments are late;
        never for consumers and the like (C.com L441-10 II)."""
        if accessories == "silent" or regime == CIVIL:
            return {}
        owed = {}
        for line in lines:
            if line.indemnity:
                owed.setdefault((line.move_id, line.entry_line_id), line)
        return {line.id: rounded(line.indemnity, line.company_currency_id) for line in owed.values()}

    @api.model
    def _block(self, currency, lines, detail, accessories, indemnities, formats, on):
        """The lines of one currency, their totals, and what is claimed.

        ``indemnities`` are all those of the reminder for the block in company currency, and none for the others.
        """
        money = lambda amount: formats.money(amount, currency)  # noqa: E731
        rows, tranches, daily, rates = [], [], Decimal(0), []
        principal = interest = Decimal(0)
        indemnity = sum(indemnities.values(), Decimal(0))
        for line in lines:
            late = rounded(line.interest, currency) if accessories != "silent" else Decimal(0)
            parts = () if accessories == "silent" else detail.get("tranches", {}).get(line.id) or ()
            entry = detail["entries"].get(line.entry_line_id)
            row = self._row(line, entry, late, indemnities.get(line.id), currency, formats)
            for part in parts:
                tranches.append(self._tranche(row["number"], part, currency, formats))
            if parts and day(parts[-1]["to"]) >= on - timedelta(days=1):
                base, rate = exact(parts[-1]["base"]), exact(parts[-1]["rate"])
                daily += one_day(base, rate, on + timedelta(days=1), line.reminder_id.company_id.recouvrement_day_count)
                rates.append(rate)
            principal += rounded(line.amount_residual, currency)
            interest += late
            rows.append(row)
        claimed = principal + (interest + indemnity if accessories == "claimed" else 0)
        return {
            "currency": currency.name,
            "claimed": accessories == "claimed" and bool(interest or indemnity),
            "lines": rows,
            "credits": self._credits(currency, detail, formats),
            "principal": money(principal),
            "interest": money(interest) if interest else "",
            "indemnity": money(indemnity) if indemnity else "",
            "indemnity_count": len(indemnities),
            "indemnity_unit": money(min(indemnities.values())) if len(set(indemnities.values())) == 1 else "",
            "rate": formats.percent(rates[0]) if len(set(rates)) == 1 else "",
            "daily": money(daily) if rounded(daily, currency) else "",
            "tranches": tranches,
            "annex": self._annex(accessories, tranches),
            "total": money(claimed),
            "total_value": float(claimed),
            "words": self._in_words(claimed, currency, formats),
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
                "number": item["number"] or "",
                "date": formats.short(day(item["date"])),
                "amount": formats.money(abs(exact(item["amount"])), currency),
            }
            for item in detail.get("credits") or ()
            if item["currency_id"] == currency.id
        ]

    @api.model
    def _annex(self, accessories, tranches):
        """How the statement of interest is appended, when interest is claimed: below the signature, or on its own
        page when it is long."""
        if accessories != "claimed" or not tranches:
            return ""
        return "annex" if len(tranches) > APPENDED_TRANCHES else "appended"

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
