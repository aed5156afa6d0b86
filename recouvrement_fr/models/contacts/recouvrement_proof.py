from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools import clock, item_list
from ...tools.formats import Formats
from ...tools.recipients import recipients

SHOWN = 20  # of the oldest invoices, when there are more than an e-mail shows
ASKED_AGAIN_DAYS = 30  # a second e-mail before that would be a reminder in disguise


class RecouvrementDebtor(models.Model):
    """The e-mail that asks a debtor who says he has paid for the proof of it, once."""

    _inherit = "recouvrement.debtor"

    proof_asked_on = fields.Date("Proof asked on", readonly=True, copy=False)
    can_ask_proof = fields.Boolean(compute="_compute_can_ask_proof")

    @api.depends("proof_asked_on", "partner_id", "dunning_contact_id")
    def _compute_can_ask_proof(self):
        since = clock.today(self.env) - timedelta(days=ASKED_AGAIN_DAYS)
        for debtor in self:
            asked = debtor.proof_asked_on and debtor.proof_asked_on > since
            refused = asked or debtor._email_refusal(debtor._proof_contact())
            debtor.can_ask_proof = not refused and not (debtor._is_stopped() and not debtor._proof_moves())

    def _proof_contact(self):
        return self._email_contact().sudo()  # a collector may not read every partner

    def _proof_moves(self):
        """What is overdue and may be asked for: not what an opening judgment froze."""
        moves = self._overdue_moves()
        return moves - self.env["recouvrement.holding"]._frozen_moves(moves)

    def _ask_proof(self, on):
        """Queue the e-mail that asks for the proof of payment of what is overdue, in this transaction.

        :raises UserError: asked already of late, no e-mail address, or debts that are all frozen by a judgment
        """
        self.ensure_one()
        self.check_access("write")
        gate = self.env["recouvrement.exit"]
        gate._refuse(self.company_id, on)
        if self._is_stopped() and not self._proof_moves():
            self.env["recouvrement.holding"]._refuse_frozen(self._overdue_moves())
        if not self.can_ask_proof:
            raise UserError(
                self.env._(
                    "The proof cannot be asked of %s by e-mail: no address that may be used, or it was asked already.",
                    self.display_name,
                )
            )
        template = self.env.ref("recouvrement_fr.mail_template_proof", raise_if_not_found=False)
        if not template:
            raise UserError(self.env._("The e-mail template that asks for the proof of payment was deleted."))
        contact = self._proof_contact()
        lang = self.env["res.lang"]._recouvrement_spoken(contact.lang or self.partner_id.lang)
        debtor = self.sudo().with_context(lang=lang)  # the template reads the company, the collector and the invoices
        template.sudo().with_context(lang=lang, proof_rows=debtor._proof_rows(Formats(lang))).send_mail(
            self.id,
            email_values={
                "email_to": recipients(contact),
                "recipient_ids": [],
                "record_company_id": self.company_id.id,
                "attachment_ids": debtor._proof_files(),
            },
        )
        debtor.proof_asked_on = on

    def _proof_rows(self, formats):
        """The overdue invoices as the e-mail lists them, in the debtor's language."""
        moves = self._proof_moves().sorted(lambda move: (move.invoice_date, move.id))
        shown = moves[:SHOWN] if self._is_long_proof(moves) else moves
        rows = [
            {
                "number": move.name,
                "date": formats.short(move.invoice_date),
                "amount": formats.money(move.amount_residual, move.currency_id),
            }
            for move in shown
        ]
        if others := len(moves) - len(shown):
            words = self.env._("and %s other invoices: see the enclosed list", formats.number(others))
            rows.append({"number": words, "date": "", "amount": ""})
        return rows

    def _is_long_proof(self, moves):
        most = self.company_id.root_id.sudo().recouvrement_email_lines  # a setting, which collectors do not read
        return bool(most) and len(moves) > most

    def _proof_files(self):
        """Commands for the list of the invoices, when the e-mail does not show them all."""
        moves = self._proof_moves().sorted(lambda move: (move.invoice_date, move.id))
        if not self._is_long_proof(moves):
            return []
        columns = [
            *((self.env._("Invoice"), "text"), (self.env._("Date"), "day"), (self.env._("Due date"), "day")),
            *((self.env._("Balance"), "amount"), (self.env._("Currency"), "text")),
        ]
        rows = [
            [
                move.name,
                move.invoice_date,
                move.invoice_date_due,
                (move.amount_residual, move.currency_id),
                move.currency_id.name,
            ]
            for move in moves
        ]
        title = self.env._("Invoices")
        content = item_list.workbook(title, columns, rows)
        return [Command.create({"name": f"{title}.xlsx", "raw": content, "res_model": "mail.message", "res_id": 0})]
