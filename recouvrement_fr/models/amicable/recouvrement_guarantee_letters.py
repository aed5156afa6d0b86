from odoo import models
from odoo.exceptions import UserError

from ...ledger import open_items
from ...tools import clock
from ...tools.formats import Formats, rounded
from ..penalties.recouvrement_accrual import Owed

LANG = "fr_FR"  # what a guarantor or an insurer reads is French at the source
COLLECTIVE = ("sauvegarde", "redressement", "liquidation")
LETTERS = {
    "insurance": ("document_insurer", "Déclaration d’impayé"),
    "bank": ("document_guarantor_call", "Mise en jeu de votre garantie"),
    "surety": ("document_guarantor_call", "Mise en demeure de la caution"),
    "aval": ("document_guarantor_call", "Mise en demeure de l’avaliste"),
    "reserve_of_title": ("document_reserve_claim", "Revendication de biens vendus avec réserve de propriété"),
    "pledge": ("document_guarantor_call", "Mise en demeure avant réalisation du nantissement"),
}


class RecouvrementGuarantee(models.Model):
    """The letters a guarantee asks for, with the figures of what it covers."""

    _inherit = "recouvrement.guarantee"

    def action_letter(self):
        """Draft what this kind of guarantee asks for: the declaration to the insurer, the call of the surety, of the
        bank or of the aval, the claim of the goods."""
        self.ensure_one()
        return self._draft_letter(*LETTERS[self.kind], clock.today(self.env))

    def action_information(self):
        """Draft the letter that tells a surety of the first unpaid invoice (C.civ 2303)."""
        self.ensure_one()
        on = clock.today(self.env)
        return self._draft_letter("document_surety_information", "Information de la caution", on)

    def _draft_letter(self, template, title, on):
        self.check_access("write")
        values = self.sudo()._letter_values(on)  # figures of the ledger, printed for who may read the guarantee
        if not values["rows"]:
            raise UserError(self.env._("No invoice covered by this guarantee is overdue."))
        document = self.env["recouvrement.document"]._draft(
            f"recouvrement_fr.{template}",
            title,
            self.debtor_id,
            self,
            values,
            date=on,
            addressee_id=(self.guarantor_id or self._holder()).id,
        )
        return document._get_records_action()

    def _holder(self):
        """Who answers for the goods: the mandataire once the debtor is insolvent, else the debtor."""
        insolvency = self.debtor_id.sudo().insolvency_ids.filtered(  # whom a letter goes to is no secret
            lambda found: found.state == "open" and found.kind in COLLECTIVE
        )[:1]
        return insolvency.administrator_id or insolvency.mandataire_id or self.partner_id

    def _letter_values(self, on):
        """What the letters print, ready to be shown, in French."""
        formats, currency = Formats(LANG), self.currency_id
        money = lambda amount: formats.money(amount, currency)  # noqa: E731
        rows = self._figures(on)
        total = sum(row["principal"] + row["interest"] + row["indemnity"] for row in rows)
        principal = sum(row["principal"] for row in rows)
        credit = min(self._credits(), principal)
        called = (total - credit) * self.percent / 100
        called = min(called, self.amount) if self.amount else called
        insolvency = self.debtor_id.insolvency_ids.filtered(
            lambda found: found.state == "open" and found.kind in COLLECTIVE
        )[:1]
        return {
            "reference": self.name,
            "kind": self.kind,
            "starts": formats.long(self.starts_on) if self.starts_on else "",
            "expires": formats.long(self.expires_on) if self.expires_on else "",
            "limit": money(self.amount) if self.amount else "",
            "percent": formats.percent(self.percent) if self.percent != 100 else "",
            "is_person": not self.guarantor_id.is_company,
            "judgment": formats.long(insolvency.judgment_on) if insolvency else "",
            "declared": formats.long(insolvency.declared_on) if insolvency.declared_on else "",
            **self._told_values(rows, formats),
            "credit": money(credit) if credit else "",
            "net": money(principal - credit),
            "is_stayed": self._is_stayed(insolvency),
            "on": formats.long(on),
            "rows": [
                {
                    "number": row["move"].name,
                    "date": formats.short(row["move"].invoice_date or row["move"].date),
                    "due": formats.short(row["due"]),
                    "amount": money(row["amount"]),
                    "principal": money(row["principal"]),
                    "interest": money(row["interest"]),
                    "indemnity": money(row["indemnity"]),
                    "total": money(row["principal"] + row["interest"] + row["indemnity"]),
                }
                for row in rows
            ],
            "first_due": formats.long(rows[0]["due"]) if rows else "",
            "principal": money(principal),
            "interest": money(sum(row["interest"] for row in rows)),
            "indemnity": money(sum(row["indemnity"] for row in rows)),
            "total": money(total),
            "called": money(called),
            "called_words": formats.words(rounded(called, currency), currency),
        }

    def _credits(self):
        """Credit notes and money on account of the debtor that pay no invoice yet, in the guarantee's currency."""
        company = self.company_id.root_id
        found = open_items.read(self.env, open_items.scope(company), self.partner_id.ids)
        items = found.get(self.partner_id.id, ())
        return -sum(item.amount for item in items if item.amount < 0 and item.currency_id == self.currency_id.id)

    def _told_values(self, rows, formats):
        """What is on record about the invoices of a letter: ``reminders`` and ``notices``, the days on which they left
        (those imported prove nothing), and ``disputes``, the ones that are contested, with how much."""
        moves = self.env["account.move"].union(*(row["move"] for row in rows))
        lines = self.env["recouvrement.reminder.line"].search(
            [
                *(("move_id", "in", moves.ids), ("cancelled", "=", False), ("reminder_id.state", "=", "sent")),
                *(("reminder_id.origin", "not in", ("imported", "set")), ("level_id.kind", "!=", "pre_due")),
            ]
        )
        notices = lines.filtered(lambda line: line.level_id.kind == "formal_notice")
        days = [sorted(set(some.mapped("reminder_id.sent_date")) - {False}) for some in (lines - notices, notices)]
        disputes = self.env["recouvrement.dispute"].search(
            [("move_ids", "in", moves.ids), ("state", "in", ("open", "escalated"))]
        )
        return {
            "reminders": ", ".join(formats.long(day) for day in days[0]),
            "notices": ", ".join(formats.long(day) for day in days[1]),
            "disputes": [
                {
                    "numbers": ", ".join((dispute.move_ids & moves).mapped("name")),
                    "amount": formats.money(dispute.amount_contested, dispute.currency_id),
                }
                for dispute in disputes
            ],
        }

    def _is_stayed(self, insolvency):
        """Whether nobody may act yet against the person who stands surety: observation of a sauvegarde or of a
        redressement (C.com L622-28 al. 2, to be verified)."""
        return (
            self.kind in ("surety", "aval")
            and not self.guarantor_id.is_company
            and insolvency.kind in ("sauvegarde", "redressement")
        )

    def _figures(self, on):
        """What is overdue and covered, instalment by instalment, in the guarantee's currency, oldest first."""
        debtor, owed, items = self.debtor_id, [], {}
        for move in self._covered(self._unpaid(on)):
            for due, lines in move._instalments().items():
                left = sum(lines.mapped("amount_residual_currency"))
                if due < on and left > 0:
                    key, total = (move.id, due, 0), sum(lines.mapped("amount_currency"))
                    items[key] = move, due, total, left
                    owed.append(Owed(key, due, total, None, debtor.debtor_type, debtor.type_confirmed))
        accrued = self.env["recouvrement.accrual"]._accrue(owed, on)
        rows = []
        for key, (move, due, total, left) in sorted(items.items(), key=lambda item: (item[1][1], item[0])):
            convert = lambda amount, move=move: move.currency_id._convert(  # noqa: E731
                amount, self.currency_id, move.company_id, on
            )
            found = accrued.get(key)
            rows.append(
                {
                    "move": move,
                    "due": due,
                    "amount": convert(total),
                    "principal": convert(left),
                    "interest": convert(float(found.interest)) if found else 0.0,
                    "indemnity": self.company_id.currency_id._convert(
                        float(found.indemnity) if found else 0.0, self.currency_id, self.company_id, on
                    ),
                }
            )
        return rows
