from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import clock
from ...tools.letter_format import Formats, decimal
from ...tools.recipients import recipients

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
            refused = asked or self.env["recouvrement.statement"]._refusal(debtor._proof_contact())
            debtor.can_ask_proof = not refused and not (debtor._is_stopped() and not debtor._proof_moves())

    def _proof_contact(self):
        return self.env["recouvrement.statement"]._recipients(self).sudo()

    def _proof_moves(self):
        """What is overdue and may be asked for: not what an opening judgment froze."""
        moves = self._overdue_moves()
        return moves - self.env["recouvrement.insolvency"]._frozen_moves(moves)

    def _ask_proof(self):
        """Queue the e-mail that asks for the proof of payment of what is overdue, in this transaction.

        :raises UserError: asked already of late, no e-mail address, or debts that are all frozen by a judgment
        """
        self.ensure_one()
        self.check_access("write")
        if self._is_stopped() and not self._proof_moves():
            self.env["recouvrement.insolvency"]._refuse_frozen(self._overdue_moves())
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
            },
        )
        debtor.proof_asked_on = clock.today(self.env)

    def _proof_rows(self, formats):
        """The overdue invoices as the e-mail lists them, in the debtor's language."""
        return [
            {
                "number": move.name,
                "date": formats.short(move.invoice_date),
                "amount": formats.money(decimal(move.amount_residual), move.currency_id.name),
            }
            for move in self._proof_moves().sorted(lambda move: (move.invoice_date, move.id))
        ]
