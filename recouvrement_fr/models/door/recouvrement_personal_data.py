from odoo import api, models

# Of a token and of a form, both drawn by chance: they tell nothing of a person. That of what was said goes with it.
HASHES = {"token_hash", "form_key"}


class RecouvrementPersonalData(models.AbstractModel):
    """A person whose data go has no page any more."""

    _inherit = "recouvrement.personal.data"

    @api.model
    def _written(self, model):
        for field in super()._written(model):
            if not (model.startswith("recouvrement.portal.") and field.name in HASHES):
                yield field

    @api.model
    def _erase(self, family, on):
        debtors = self.env["recouvrement.debtor"].sudo().with_context(active_test=False)  # the act of a manager
        cards = debtors.search([("company_id", "=", family.company.id), ("partner_id", "in", family.persons)])
        self.env["recouvrement.portal.access"]._revoke_of(cards, self.env._("Personal data erased"))
        return super()._erase(family, on)
