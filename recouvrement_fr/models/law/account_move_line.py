from odoo import models

from ...ledger.law_facts import LawFacts


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _law_facts(self, card):
        """LawFacts of an item of an entry that is no invoice: it is owed by one debtor, its entry by many."""
        move = self.move_id
        return LawFacts(
            move_id=move.id,
            own_kind_id=move.recouvrement_claim_choice_id.id or None,
            account_id=self.account_id.id,
            journal_id=move.journal_id.id,
            company_id=card.company_id.id,
            debtor_id=card.id,
            debtor_type=card.debtor_type or None,
            public_buyer=card.public_buyer or "public",
            invoiced_on=move.date,
            received_on=None,
            due=self.date_maturity or self.date,
            delivered_on=move.delivery_date or move.invoice_date or move.date,
            term_agreed=move.recouvrement_term_agreed,
            is_delivery_known=bool(move.delivery_date),
        )
