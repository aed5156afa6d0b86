from decimal import Decimal

from odoo import api, models

from ...rules.ageing import AGEING, age
from ...rules.regime import letter_law
from ...tools.formats import Formats, day, paragraphs


class RecouvrementLetter(models.AbstractModel):
    """The statement of account (relevé de compte), printed as letters are."""

    _inherit = "recouvrement.letter"

    @api.model
    def _statement_payload(self, debtor, items, on, reference=None, lang=None, agreed=()):
        """The payload of a statement of account (relevé de compte) on a day.

        ``items``: dictionaries with ``number``, ``date``, ``due``, ``currency_id``, ``amount_total``,
        ``amount_residual`` (whatever its sign), ``kind`` (``debt`` or ``credit``) and ``label``; where they apply
        ``plan`` (its name), ``plan_active`` and ``disputed`` (an amount). Amounts of credits are shown and counted
        below zero. ``agreed``: what was promised, planned or is contested, see ``recouvrement.debtor._agreed``.
        """
        debtor = debtor.sudo()  # a collector reads neither bank accounts nor every partner
        lang = self.env["res.lang"]._recouvrement_spoken(lang or debtor.partner_id.lang)
        letters = self.with_context(lang=lang)
        return letters._statement(debtor.with_context(lang=lang), items, on, reference, Formats(lang), agreed)

    @api.model
    def _statement(self, debtor, items, on, reference, formats, agreed):
        company = debtor.company_id
        identity = self._identity(company, formats)
        reference = reference or self.env._("Statement of %s", formats.short(on))
        blocks = []
        for currency in self.env["res.currency"].browse(dict.fromkeys(item["currency_id"] for item in items)):
            own = [item for item in items if item["currency_id"] == currency.id]
            blocks.append(self._statement_block(currency, own, on, formats))
        return {
            **self._head(debtor._addressee(), debtor, company, identity, reference, on, formats),
            "kind": "statement",
            "tone": "statement",
            "regime": letter_law(debtor.debtor_type, debtor.type_confirmed),
            "registered": False,
            "accessories": "silent",
            "blocks": blocks,
            "agreed": [self._statement_agreed(row, formats) for row in agreed],
            "amount": self._and([block["total"] for block in blocks]) or self._nothing(company, formats),
            "overdue": self._and([block["overdue"] for block in blocks if block["overdue_value"]]),
            "subject": self.env._("Statement of account on %s", formats.long(on)),
            "intro": paragraphs(self._statement_intro(blocks, on, formats)),
            "closing": paragraphs(
                self.env._("This statement is for your information; it does not replace the invoices it lists.")
            ),
            "greeting": self.env._("Dear Sir or Madam,"),
            "farewell": self._farewell("courteous"),
            "payment": self._statement_payment(company, reference),
            "order": "",
            "legal": [],
            "enclosures": [],
        }

    @api.model
    def _statement_intro(self, blocks, on, formats):
        if not blocks:
            return self.env._("Nothing is open on your account in our books on %s.", formats.long(on))
        return self.env._(
            "Please find below the statement of your account in our books on %s. We would be grateful if you "
            "checked it and told us of any difference with your own records.",
            formats.long(on),
        )

    @api.model
    def _nothing(self, company, formats):
        return formats.money(0, company.currency_id)

    @api.model
    def _statement_block(self, currency, items, on, formats):
        to_unit, money = formats.rounding(currency)
        buckets, credit, rows = dict.fromkeys((name for _limit, name in AGEING), Decimal(0)), Decimal(0), []
        planned = Decimal(0)  # overdue by its invoice, and not due any more by what was agreed since
        for item in sorted(items, key=lambda item: (str(item.get("due") or item["date"]), str(item["number"]))):
            sign = -1 if item["kind"] == "credit" else 1
            total, residual = (sign * abs(to_unit(item[name])) for name in ("amount_total", "amount_residual"))
            due = day(item.get("due")) or day(item["date"])
            late = (on - due).days
            if sign < 0:
                credit += residual
            else:
                buckets[age(due, on)] += residual
                planned += residual if late > 0 and item.get("plan_active") else 0
            note = self._statement_note(item, lambda amount: money(to_unit(amount)))
            rows.append(
                {
                    "number": item["number"] or (self.env._("Payment received") if sign < 0 else ""),
                    "label": item.get("label") or "",
                    "note": note,
                    "date": formats.short(day(item["date"])),
                    "due": formats.short(due) if sign > 0 else "",
                    "amount": money(total),
                    "balance": money(residual),
                    "days": formats.number(late) if sign > 0 and late > 0 else "",
                    "is_credit": sign < 0,
                }
            )
        total = sum(buckets.values(), credit)
        # Credits are taken off what is due first (C.civ 1342-10): the same figure as on the card and in reminders.
        overdue = max(sum(buckets.values()) - buckets["not_due"] - planned + credit, Decimal(0))
        return {
            "currency": currency.name,
            "lines": rows,
            "ageing": {name: money(amount) for name, amount in buckets.items()},
            "credit": money(credit) if credit else "",
            "overdue": money(overdue),
            "overdue_value": float(overdue),
            "planned": money(planned) if planned else "",
            "total": money(total),
            "total_value": float(total),
            "annex": "",
            "words": self._in_words(total, currency, formats),
        }

    @api.model
    def _statement_note(self, item, money):
        """What was agreed or contested about an item: its own due date stays beside."""
        notes = []
        if item.get("plan"):
            notes.append(self.env._("In the plan %s, see below", item["plan"]))
        if item.get("disputed"):
            notes.append(self.env._("Contested: %s", money(item["disputed"])))
        return " – ".join(notes)

    @api.model
    def _statement_agreed(self, row, formats):
        """A promise, an instalment of a plan or a dispute, in words."""
        kinds = {
            "instalment": self.env._("Instalment of the plan %s", row["reference"]),
            "promise": self.env._("Your promise of payment %s", row["reference"]),
            "dispute": self.env._("Contested: %s", row["detail"]),
        }
        currency = self.env["res.currency"].browse(row["currency_id"])
        return {
            "what": kinds[row["kind"]],
            "detail": row["moves"],
            "date": formats.short(row["date"]) if row["date"] else "",
            "amount": formats.money(row["amount"], currency),
            "left": formats.money(row["left"], currency),
        }

    @api.model
    def _statement_payment(self, company, reference):
        bank = self._bank(company)
        return {
            "accounts": [{**self._account(bank), "numbers": []}] if bank else [],
            "reference": reference,
            "link": "",
        }
