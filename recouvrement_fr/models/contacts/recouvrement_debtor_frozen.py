from odoo import models
from odoo.tools import format_date

from ...tools.formats import Formats


class RecouvrementDebtor(models.Model):
    """What a judgment froze of what a debtor owes, told apart from what is born since: the one is declared, the other
    is paid at its due date (C.com L622-7, L622-17, L622-24)."""

    _inherit = "recouvrement.debtor"

    def _overdue_apart(self, on):
        """(overdue and frozen by an opening judgment, overdue and born since), in company currency, less the credits
        deducted from each."""
        self.ensure_one()
        verdict = self._decided_now(self.company_id, on).get(self.partner_id.id)
        frozen, since = 0.0, 0.0
        for debt in verdict.debts.values() if verdict else ():
            if debt.net.amount <= 0 or debt.instalment.due >= on:
                continue
            amount = debt.company_amount + debt.disputed_company
            hold = debt.instalment.hold
            if hold and hold.reason == "insolvent":
                frozen += amount
            else:
                since += amount
        return self.currency_id.round(frozen), self.currency_id.round(since)

    def _frozen_words(self, frozen):
        """What whoever calls says of the frozen debts, and does not ask for, in the language of the debtor."""
        lang = self.env["res.lang"]._recouvrement_spoken(self.partner_id.lang or self.env.lang)
        debtor, formats = self.with_context(lang=lang), Formats(lang)
        stops = [one for one in self.sudo().insolvency_ids if one.state == "open"]  # opening judgments are published
        judgment = max((one.judgment_on for one in stops if one.judgment_on), default=None)
        day = format_date(debtor.env, judgment) if judgment else ""
        return debtor.env._(
            "Not to be asked for: %(amount)s of debts born before the judgment of %(day)s, whose payment is forbidden: "
            "they are declared to the mandataire (C.com L622-7, L622-24). Debts born since are payable at their due "
            "date (L622-17).",
            amount=formats.money(frozen, self.currency_id),
            day=day,
        )
