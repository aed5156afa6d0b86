from odoo import api, fields, models

from ...rules.debtor_type import FRENCH_COUNTRIES, is_legal_person_by_name, is_trader_by_form
from ...rules.regime import regime_of


class RecouvrementDebtor(models.Model):
    """Who is a trader: a company by its form, anybody else only when a person says so."""

    _inherit = "recouvrement.debtor"

    trader_by_form = fields.Boolean(
        "Trader by its form",
        compute="_compute_trader_by_form",
        help="Its name says a form of company that is commercial whatever it does: SARL, SA, SAS, SNC (C.com L210-1).",
    )

    is_legal_person = fields.Boolean(
        "Legal person",
        compute="_compute_is_legal_person",
        help="Surely no natural person: by its type (a public body, an association), or by the form in its name.",
    )

    @api.depends("partner_id.name", "partner_id.is_company", "partner_id.country_id", "debtor_type")
    def _compute_trader_by_form(self):
        for debtor in self:
            partner = debtor.partner_id
            debtor.trader_by_form = (
                regime_of(debtor.debtor_type).may_trade
                and partner.is_company
                and (not partner.country_id or partner.country_id.code in FRENCH_COUNTRIES)
                and is_trader_by_form(partner.name)
            )

    @api.depends("partner_id.name", "partner_id.is_company", "debtor_type")
    def _compute_is_legal_person(self):
        for debtor in self:
            partner, law = debtor.partner_id, regime_of(debtor.debtor_type)
            by_name = partner.is_company and not law.is_person and is_legal_person_by_name(partner.name)
            debtor.is_legal_person = law.is_legal or by_name

    def _is_trader(self):
        """Whether it is a trader in the sense of the commercial code: by its form, or as a person noted."""
        self.ensure_one()
        return regime_of(self.debtor_type).may_trade and (self.is_commercant or self.trader_by_form)
