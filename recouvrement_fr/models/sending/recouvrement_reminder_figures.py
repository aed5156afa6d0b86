from collections import defaultdict
from decimal import Decimal

from odoo import models

from ..penalties.recouvrement_accrual import Owed
from .recouvrement_reminder import NO_ACCRUAL


class RecouvrementReminder(models.Model):
    """The figures a reminder says, written down as it leaves: amounts, interest, indemnities, credits."""

    _inherit = "recouvrement.reminder"

    def _freeze(self, on, standings):
        """Write the figures as they will be sent; {reminder id: what the letter shows besides}.

        Lines that are no longer due are let go, so that a later reminder may carry them.
        """
        rows, details = [], {}
        accrued = self._accrue(on, standings)
        moves = {item.move_id for reminder in self for item in standings[reminder.id].credits}
        numbers = {move.id: move._number_shown() for move in self.env["account.move"].browse(moves)}
        rates = {}
        for reminder in self:
            standing = standings[reminder.id]
            mine = [line for line in reminder.line_ids if line.id in standing.owed]
            totals = [0.0, 0.0, 0.0]
            for line in reminder.line_ids:
                debt, got = standing.owed.get(line.id), accrued.get(line.id, NO_ACCRUAL)
                if debt is None:
                    rows.append((line.id, line.amount_total, 0, max((on - line.date_due).days, 0), 0, 0, True))
                    continue
                days = max((on - debt.instalment.due).days, 0)
                row = (debt.amount, days, float(got.interest), float(got.indemnity), False)
                rows.append((line.id, debt.item.amount_total, *row))
                if line.currency_id not in rates:
                    rates[line.currency_id] = reminder._rate(line.currency_id, on)
                totals[0] += row[0] * rates[line.currency_id]
                totals[1] += row[2] * rates[line.currency_id]
                totals[2] += row[3]
            details[reminder.id] = {
                "on": on,
                "credits": self._credits(standing, numbers),
                "tranches": {line.id: accrued.get(line.id, NO_ACCRUAL).tranches for line in mine},
                "notes": sorted({accrued.get(line.id, NO_ACCRUAL).note for line in mine} - {None}),
            }
            reminder.write(dict(zip(("amount_due", "amount_interest", "amount_indemnity"), totals, strict=True)))
        self.env["recouvrement.reminder.line"]._freeze(rows)
        return details

    def _rate(self, currency, on):
        """What one unit of a currency is worth in company currency that day."""
        return self.env["res.currency"]._get_conversion_rate(currency, self.currency_id, self.company_id, on)

    def _accrue(self, on, standings):
        """{line id: Accrued}; nothing for levels that say nothing of it, nor at a rate nobody has verified."""
        owed, by_key = [], {}
        for reminder in self.filtered(lambda reminder: reminder.level_id.accessories != "silent"):
            debtor, standing = reminder.debtor_id, standings[reminder.id]
            for line in reminder.line_ids:
                debt = standing.owed.get(line.id)
                if debt is None:
                    continue
                key = (line.move_id.id, line.date_due, line.entry_line_id)
                by_key[line.id] = key
                owed.append(
                    Owed(
                        key,
                        debt.instalment.due,
                        debt.item.amount_total,
                        debt.bearing_nothing,
                        debtor.debtor_type,
                        debtor.type_confirmed,
                    )
                )
        accrued = self.env["recouvrement.accrual"]._accrue(owed, on)
        found = {line_id: accrued.get(key, NO_ACCRUAL) for line_id, key in by_key.items()}
        found = {
            line_id: got._replace(interest=0, tranches=[]) if got.note == "unverified" else got
            for line_id, got in found.items()
        }
        return self.env["recouvrement.accessory"]._deduct(found, by_key)

    def _credits(self, standing, numbers):
        """The credits the letter shows as deducted: by currency, what was taken from its own lines and no more.

        Each credit by itself, for the part of it that went there.
        """
        shown = defaultdict(Decimal)
        for debt in standing.owed.values():
            for credit, movement in debt.credits:
                shown[movement.on, numbers[credit[0]] or "", debt.item.currency_id] += movement.amount
        return [
            {"number": number, "date": day.isoformat(), "currency_id": currency, "amount": float(amount)}
            for (day, number, currency), amount in sorted(shown.items())
        ]
