from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from ...rules.regime import COMMERCIAL, regime_of
from ...tools import clock
from ...tools.formats import Formats


class RecouvrementInsolvency(models.Model):
    """The statement of claim (déclaration de créances), and what it prints."""

    _inherit = "recouvrement.insolvency"

    def action_declaration(self):
        """Draft the statement of claim (déclaration de créances), addressed to the mandataire."""
        self.ensure_one()
        if not self.mandataire_id:
            raise UserError(self.env._("Enter the mandataire or the liquidator: the claim is declared to him."))
        if not self.amount_total:
            raise UserError(self.env._("There is nothing to declare: refresh the claim."))
        document = self.env["recouvrement.document"]._draft(
            "recouvrement_fr.document_declaration",
            "Déclaration de créances",
            self.debtor_id,
            self,
            self._declaration_values(),
            date=clock.today(self.env),
            addressee_id=self.mandataire_id.id,
        )
        return document._get_records_action()

    def _declaration_values(self):
        formats, currency = Formats("fr_FR"), self.currency_id
        money = lambda amount: formats.money(amount, currency)  # noqa: E731
        kinds = {
            "sauvegarde": "sauvegarde",
            "redressement": "redressement judiciaire",
            "liquidation": "liquidation judiciaire",
        }
        due = self.claim_ids.filtered("is_due")
        return {
            "kind": kinds[self.kind],
            "judgment": formats.long(self.judgment_on),
            "bodacc": formats.long(self.bodacc_on) if self.bodacc_on else "",
            "court": self.court or "",
            "case_number": self.case_number or "",
            "eve": formats.short(self.judgment_on - timedelta(days=1)),
            "rows": [
                {
                    "number": claim._label(),
                    "date": formats.short(claim.move_id.invoice_date) if claim.move_id.invoice_date else "–",
                    "due": formats.short(claim.date_due),
                    "principal": money(claim.principal),
                    "interest": money(claim.interest),
                    "indemnity": money(claim.indemnity),
                    "total": money(claim.principal + claim.interest + claim.indemnity),
                    "foreign": formats.money(claim.principal_currency, claim.currency_id)
                    if claim.currency_id != self.currency_id
                    else "",
                }
                for claim in self.claim_ids.sorted(lambda claim: (claim.date_due, claim.move_id.id))
            ],
            "principal": money(self.amount_principal),
            "interest": money(self.amount_interest),
            "indemnity": money(self.amount_indemnity),
            "credits": money(self.amount_credits) if self.amount_credits > 0 else "",
            "deducts_credits": self.deducts_credits,
            "deducted": money(-self.amount_credits),
            "pieces": [title for title, _day, _file in self._enclosed(formats)],
            "total": money(self.amount_total),
            "words": formats.words(self.amount_total, currency),
            "due": money(sum(due.mapped("principal"))),
            "later": money(sum((self.claim_ids - due).mapped("principal"))),
            "has_reserve": self.has_reserve,
            "representative": self.company_id.recouvrement_representative or "",
            "is_professional": regime_of(self.debtor_id.debtor_type).letter == COMMERCIAL,
            "has_contract_rate": self._has_contract_rate(),
            "made_applicable": {"redressement": "L. 631-14", "liquidation": "L. 641-3"}.get(self.kind, ""),
            "securities": self._securities(),
            "court_seized": self._court_seized(),
        }

    def _has_contract_rate(self):
        terms = self.env["recouvrement.accrual"].sudo()._terms(self.claim_ids.move_id.ids).values()  # printed, no more
        return "contractual" in {mine.regime(self.debtor_id.debtor_type) for mine in terms}

    def _securities(self):
        """The pledges that secure the claim, declared with it (C.com L622-25); sureties are not the debtor's."""
        guarantees = self.env["recouvrement.guarantee"].sudo()  # printed, no more
        found = guarantees._of(self.debtor_id, self.claim_ids.move_id)
        return found.filtered(lambda guarantee: guarantee.kind == "pledge").mapped("name")

    def _court_seized(self):
        """The court before which the claim already is (C.com R622-23); an empty text, but where cases are followed."""
        return ""
