from markupsafe import Markup

from odoo import models
from odoo.exceptions import AccessError, UserError

from ...rules.payment_terms import unagreed_due


class RecouvrementDebtor(models.Model):
    """The payment terms of a debtor, corrected by who collects, and traced; those unlawful are said on its card."""

    _inherit = "recouvrement.debtor"

    def _own_terms(self):
        """The terms that the next invoice of this debtor takes."""
        debtor = self.sudo()  # its own terms, whatever the salesperson's rules
        return debtor.partner_id.with_company(debtor.company_id).property_payment_term_id

    def _terms_checked(self, term, on):
        """(state, warning) of an invoice of that day with these terms, by the rule that looks at invoices."""
        if not term.line_ids:
            return "lawful", ""
        moves = self.env["account.move"].sudo()  # a draft in memory, for whoever has no right on invoices
        invoice = moves.new(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "invoice_date": on,
                "invoice_date_due": self._due_by(term, on),
            }
        )
        return invoice.payment_term_state or "lawful", invoice.payment_term_warning or ""

    def _due_by(self, term, on):
        return max((line._get_due_date(on) for line in term.sudo().line_ids), default=on)  # dates alone

    def _profile_of(self, habits):
        """The terms among the habits, with the button that corrects them."""
        name = self._own_terms().display_name or self.env._("None: due at once")
        row = {"label": self.env._("Payment terms"), "value": name, "action": "action_correct_terms"}
        return [row, *super()._profile_of(habits)]

    def _risks_of(self, on):
        """Unlawful terms too, until they are corrected."""
        rows, term = super()._risks_of(on), self._own_terms()
        if (self.open_now or self.overdue_now) and term:
            state, _warning = self._terms_checked(term, on)
            if state == "unlawful":
                words = self.env._("%s: unlawful", term.display_name)
                rows = [*rows, self._missing(self.env._("Payment terms"), words, "action_correct_terms")]
        return rows

    def action_correct_terms(self):
        """The dialog that corrects the terms of this debtor."""
        self.ensure_one()
        self.check_access("write")
        return self.env["recouvrement.reminder"]._show_dialog(
            "recouvrement.terms", self.env._("Correct the payment terms"), {"default_debtor_id": self.id}
        )

    def _correct_terms(self, term, on):
        """Give this debtor these terms, from its next invoice on, and say on the card what was there before.

        :raises UserError: they are unlawful, or were decided elsewhere
        :raises AccessError: longer ones are a credit, which a manager grants
        """
        self.ensure_one()
        self.check_access("write")
        before = self._own_terms()
        if term == before:
            return
        state, warning = self._terms_checked(term, on)
        if state == "unlawful":
            raise UserError(warning)
        if refusal := self._terms_refusal():
            raise UserError(refusal)
        known = self._due_by(before, on) if before else unagreed_due(on)  # without terms, what the law gives
        if self._due_by(term, on) > known and not self.env.user.has_group("recouvrement_fr.group_recouvrement_manager"):
            raise AccessError(self.env._("Longer terms are a credit: a manager grants them."))
        debtor = self.sudo()  # of its own customer, checked just above, and traced
        debtor._write_customer({"property_payment_term_id": term.id})
        words = self.env._("%(old)s → %(new)s", old=self._shown(before), new=self._shown(term))
        title = self.env._("Payment terms corrected:")
        self.message_post(body=Markup("<p>%s %s</p>") % (title, words), author_id=self.env.user.partner_id.id)

    def _terms_refusal(self):
        """Why the terms of this debtor are not corrected from its card, in words. Extend it with what decides them."""
        return None
