from odoo import models

from ...rules.regime import COMMERCIAL, PUBLIC, regime_of
from ...tools import clock
from ...tools.formats import Formats


class RecouvrementPlan(models.Model):
    """The documents of a plan: protocol of agreement, acknowledgement of debt, notice of default."""

    _inherit = "recouvrement.plan"

    def action_protocol(self):
        """Draft the protocol of agreement (protocole d'accord), to be signed in as many originals as parties."""
        on = clock.today(self.env)
        return self._draft_document(
            "recouvrement_fr.document_protocol", "Protocole d’accord de règlement", on, copies=2
        )

    def action_acknowledgement(self):
        """Draft the acknowledgement of debt: the debtor writes the amount in words and in figures (C.civ 1376)."""
        on = clock.today(self.env)
        return self._draft_document("recouvrement_fr.document_acknowledgement", "Reconnaissance de dette", on)

    def _draft_document(self, template, title, on, copies=1):
        self.ensure_one()
        self.env["recouvrement.holding"]._refuse_frozen(self.move_ids, self.item_ids)
        # sudo: its invoices, whatever the salesperson's rules; accounts and partners
        document = self.env["recouvrement.document"]._draft(
            template, title, self.debtor_id, self, self.sudo()._document_values(on), date=on, copies=copies
        )
        return document._get_records_action()

    def _interest_words(self):
        """How the law of this debtor names what its delay costs: no fixed indemnity but from professionals and public
        buyers (C.com L441-10 II; CCP D2192-35)."""
        law = regime_of(self.debtor_id.debtor_type)
        names = {COMMERCIAL: "intérêts et pénalités de retard", PUBLIC: "intérêts moratoires"}
        name = names.get(law.letter, "intérêts au taux légal")
        indemnity = " et indemnités forfaitaires de recouvrement" if law.indemnity else ""
        return {"interest_name": name, "accessories": f"{name}{indemnity}"}

    def _document_values(self, on):
        """What the documents print, ready to be shown, in French."""
        formats, currency = Formats("fr_FR"), self.currency_id
        money = lambda amount: formats.money(amount, currency)  # noqa: E731
        missed = self.instalment_ids.filtered(lambda row: row.state == "missed")
        missed_amount = sum(row.amount - row.paid for row in missed)
        return {
            "reference": self.name,
            "total": money(self.amount_total),
            "words": formats.words(self.amount_total, currency),
            "principal": money(self.principal),
            "credited": money(-self.credited) if self.credited else "",
            "interest": money(self.interest) if self.interest else "",
            "interest_mode": self.interest_mode,
            **self._interest_words(),
            "representative": self.company_id.recouvrement_representative or "",
            "is_person": regime_of(self.debtor_id.debtor_type).is_person and not self.partner_id.is_company,
            "has_acceleration": self.has_acceleration,
            "notice_days": self.notice_days,
            "tolerance_days": self.tolerance_days,
            "started_on": formats.long(self.started_on or on),
            "invoices": self._debt_rows(formats),
            "instalments": [
                {
                    "number": number,
                    "date": formats.long(row.date),
                    "amount": money(row.amount),
                    "left": money(row.amount - row.paid),
                    "is_missed": row.state == "missed",
                }
                for number, row in enumerate(self.instalment_ids.sorted("date"), start=1)
            ],
            "missed": money(missed_amount),
            "missed_words": formats.words(missed_amount, currency),
            "left": money(self.amount_left),
        }
