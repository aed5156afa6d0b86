from odoo import models
from odoo.tools import SQL

from ...rules.escalation import FOR_A_PERSON
from ...tools.bulk import any_of


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _asked_when_matched(self):
        return super()._asked_when_matched() | {"to_do": self._owed_by_one_to_do()}

    def _owed_by_one_to_do(self):
        """Whether a debtor of these items waits for a person, in SQL: few do."""
        self.env["recouvrement.debtor"].flush_model(["reason"])
        partners = SQL("SELECT commercial_partner_id FROM res_partner WHERE id = %s", any_of(self.partner_id.ids))
        waits = SQL("c.reason IN %s", tuple(FOR_A_PERSON))
        return SQL("EXISTS (SELECT 1 FROM recouvrement_debtor c WHERE c.partner_id IN (%s) AND %s)", partners, waits)

    def _when_matched(self, found, on):
        super()._when_matched(found, on)
        if "to_do" in found:
            # sudo: whoever enters a payment may not collect; what lists say of these debtors is decided, not typed
            cards = self.env["recouvrement.debtor"].sudo()
            partners, roots = self.partner_id.commercial_partner_id, self.company_id.root_id
            owed_by = [("partner_id", "in", partners.ids), ("company_id", "in", roots.ids)]
            cards.search([*owed_by, ("reason", "in", [*FOR_A_PERSON])])._show_soon(on)
