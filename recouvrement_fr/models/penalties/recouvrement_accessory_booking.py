from markupsafe import Markup

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...rules.penalties import OPEN


class RecouvrementAccessory(models.Model):
    """Penalties put on debit notes, which an accountant checks and posts."""

    _inherit = "recouvrement.accessory"

    def _book(self, on):
        """Draft debit notes for what is open of these rows, one per debtor, company and currency; returns them."""
        self._rejudge()  # what was claimed may be owed no more
        rows = self.filtered(lambda row: row.state in OPEN and row.amount_left > 0 and row.move_id.state == "posted")
        if not rows:
            raise UserError(
                self.env._(
                    "Nothing to invoice: what you chose is invoiced, paid, waived or no longer owed, or its invoice is "
                    "not posted."
                )
            )
        if len(rows.try_lock_for_update(allow_referencing=True)) < len(rows):
            raise UserError(self.env._("Somebody is working on these penalties: try again in a moment."))
        notes = self.env["account.move"]
        by_note = rows.grouped(lambda row: (row.move_id.company_id, row.debtor_id, row.currency_id))
        for (company, debtor, currency), members in by_note.items():
            note = self.env["account.move"].with_company(company).create(members._note_vals(company, currency, on))
            note.no_followup = not company.root_id.recouvrement_penalty_followup
            members.penalty_move_id = note
            debtor.message_post(body=self.env._("Penalties put on a draft debit note: %s", note._get_html_link()))
            notes |= note
        return notes

    def _note_vals(self, company, currency, on):
        """The debit note: outside the scope of VAT, due at once, a line per invoice and kind."""
        partner = self.partner_id
        journal = company.root_id.recouvrement_penalty_journal_id or self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "parent_of", company.ids)], limit=1
        )
        names = sorted(set(self.move_id.mapped("name")))
        return {
            "move_type": "out_invoice",
            "company_id": company.id,
            "journal_id": journal.id,
            "partner_id": (self.move_id.partner_id if len(self.move_id.partner_id) == 1 else partner).id,
            "currency_id": currency.id,
            "invoice_date": on,
            "invoice_date_due": on,
            "invoice_payment_term_id": False,
            "ref": self.env._("Penalties: %s", ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")),
            "narration": self._narration(),
            "invoice_line_ids": [
                Command.create(row._note_line(company)) for row in self.sorted(lambda row: (row.date_due, row.id))
            ],
        }

    def _note_line(self, company):
        labels = {
            "interest": self.env._(
                "Late-payment interest on invoice %(invoice)s due %(due)s, from %(start)s to %(end)s",
                invoice=self.move_id.name,
                due=format_date(self.env, self.date_due),
                start=format_date(self.env, self.date_from) if self.date_from else "",
                end=format_date(self.env, self.date_to) if self.date_to else "",
            ),
            "indemnity": self.env._(
                "Fixed recovery indemnity on invoice %(invoice)s due %(due)s",
                invoice=self.move_id.name,
                due=format_date(self.env, self.date_due),
            ),
            "complementary": self.env._(
                "Complementary recovery indemnity, on justification, on invoice %(invoice)s", invoice=self.move_id.name
            ),
        }
        return {
            "name": labels[self.kind],
            "quantity": 1,
            "price_unit": self.amount_left,
            "account_id": company._recouvrement_penalty_account(self.kind).id,
            "tax_ids": [Command.clear()],
        }

    def _narration(self):
        texts = []
        if "interest" in self.mapped("kind"):
            texts.append(
                self.env._(
                    "Late-payment penalties are due from the day after the due date, without a reminder "
                    "(C.com L441-10 II; public buyers: CCP L2192-13). They are outside the scope of VAT."
                )
            )
        if {"indemnity", "complementary"} & set(self.mapped("kind")):
            texts.append(
                self.env._(
                    "The fixed recovery indemnity is due once per invoice paid late (C.com L441-10 II and D441-5); "
                    "costs beyond it are due on justification. It compensates and is outside the scope of VAT."
                )
            )
        return Markup("").join(Markup("<p>%s</p>") % text for text in texts)
