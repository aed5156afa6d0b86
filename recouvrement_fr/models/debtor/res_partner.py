from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    recouvrement_debtor_id = fields.Many2one(
        "recouvrement.debtor",
        "Debtor card",
        compute="_compute_recouvrement_debtor_id",
        groups="recouvrement_fr.group_recouvrement_user",
    )

    recouvrement_debtor_ids = fields.One2many(
        "recouvrement.debtor", "partner_id", "Debtor cards", groups="recouvrement_fr.group_recouvrement_user"
    )

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_recouvrement_debtor_id(self):
        cards = self.env["recouvrement.debtor"].search(
            [
                ("company_id", "=", self.env.company.root_id.id),
                ("partner_id", "in", self.commercial_partner_id.ids),
            ]
        )
        by_partner = {card.partner_id: card for card in cards}
        for partner in self:
            partner.recouvrement_debtor_id = by_partner.get(partner.commercial_partner_id)

    def write(self, vals):
        result = super().write(vals)
        if {"vat", "company_registry", "is_company"} & vals.keys():
            cards = self.env["recouvrement.debtor"].sudo()  # bookkeeping: the type may be better known now
            cards.search(
                [("partner_id", "in", self.commercial_partner_id.ids), ("type_confirmed", "=", False)]
            )._decide_again_now()
        return result

    def action_open_recouvrement_debtor(self):
        """Open the collector's card, made on the spot when no night has met this partner yet."""
        self.ensure_one()
        self.env["recouvrement.debtor"].check_access("read")
        self.check_access("read")
        card = self.env["recouvrement.debtor"]._card(self.env.company.root_id, self.commercial_partner_id)
        return card._get_records_action(name=self.env._("Collection"))
