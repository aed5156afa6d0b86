from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.agenda import PROMPT_DAYS
from ...rules.payer import ENOUGH
from ...rules.regime import types_that
from ...tools.bulk import any_of
from ..decision.recouvrement_debtor import Profiled

POLICIES = {"good": "recouvrement_policy_good_id", "bad": "recouvrement_policy_bad_id"}


class RecouvrementDebtor(models.Model):
    """What the way a debtor pays chooses, where its company wants that."""

    _inherit = "recouvrement.debtor"

    @api.model
    def _profiled(self, company, partner_ids):
        """One statement for a page of debtors; none where the company wants nothing of it."""
        found = super()._profiled(company, partner_ids)
        settings = company.sudo()  # read by whoever asks what is decided
        if not (settings.recouvrement_profile_announces or any(settings[name] for name in POLICIES.values())):
            return found
        self.env["recouvrement.payer.profile"].flush_model(["debtor_id", "proposed_trust", "payment_count"])
        self.flush_model(["company_id", "partner_id", "debtor_type"])
        self.env["res.partner"].flush_model(["is_company"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.partner_id, f.proposed_trust
                  FROM recouvrement_payer_profile f
                  JOIN recouvrement_debtor d ON d.id = f.debtor_id
                  JOIN res_partner p ON p.id = d.partner_id AND p.is_company
                 WHERE d.company_id = %s AND d.partner_id = %s AND d.debtor_type = ANY(%s)
                   AND f.payment_count >= %s AND f.proposed_trust IN ('good', 'bad')
                """,
                company.id,
                any_of(partner_ids),
                list(types_that(lambda law: law.may_be_profiled)),
                ENOUGH,
            )
        )
        return found | {partner_id: self._chosen_by(settings, trust) for partner_id, trust in rows}

    @api.model
    def _chosen_by(self, settings, trust):
        policy_id = settings[POLICIES[trust]].id if trust in POLICIES else False
        return Profiled(policy_id or None, not (trust == "good" and settings.recouvrement_profile_announces))

    def _followed_policy(self):
        """Its own, else what the way it pays chooses, else as everybody's."""
        company, debtor = self.company_id.root_id, self.sudo()  # as super
        if not debtor.policy_id:
            chosen = self._profiled(company, self.partner_id.ids).get(self.partner_id.id)
            usable = debtor.env["recouvrement.policy"]._usable(company)
            if chosen and chosen.policy_id in usable.ids:
                return debtor.env["recouvrement.policy"].browse(chosen.policy_id)
        return super()._followed_policy()

    def _told_alike(self):
        alike = super()._told_alike()
        for company, cards in self.grouped(lambda card: card.company_id.root_id).items():
            chosen = self._profiled(company, cards.partner_id.ids)
            alike |= {card: (*alike[card], chosen.get(card.partner_id.id)) for card in cards}
        return alike


class RecouvrementPayerProfile(models.Model):
    """What a profile would choose, shown before the company wants it."""

    _inherit = "recouvrement.payer.profile"

    policy_now_id = fields.Many2one(
        "recouvrement.policy", "Policy followed", compute="_compute_choice", help="What reminds it today."
    )
    policy_chosen_id = fields.Many2one(
        "recouvrement.policy",
        "Policy chosen by its payments",
        compute="_compute_choice",
        help="By the policies of good and bad payers of the settings; its own, when its card names one.",
    )
    announcement = fields.Selection(
        [("yes", "Announced"), ("no", "Not announced")],
        "Before a due date",
        compute="_compute_choice",
        help="Whether what falls due would be announced, were good payers left alone.",
    )
    agenda_effect = fields.Selection(
        [("asked", "Sooner: it pays when asked"), ("itself", "Later: it pays by itself")],
        "In the agenda",
        compute="_compute_choice",
        help="How its place in the agenda would change, were the agenda ordered by how debtors pay.",
    )

    @api.depends("proposed_trust", "days_late", "payment_count", "debtor_id.policy_id")
    def _compute_choice(self):
        for profile in self:
            debtor, settings = profile.debtor_id, profile.company_id.sudo()  # settings
            enough = profile.payment_count >= ENOUGH
            profile.policy_now_id = debtor._followed_policy() if debtor else False
            chosen = settings[POLICIES[profile.proposed_trust]] if profile.proposed_trust in POLICIES else False
            profile.policy_chosen_id = debtor.policy_id or chosen or profile.policy_now_id
            profile.announcement = "no" if profile.proposed_trust == "good" else "yes"
            profile.agenda_effect = (
                ("asked" if profile.days_late > PROMPT_DAYS else "itself")
                if enough and debtor.may_be_profiled
                else False
            )

    @api.model
    def _make(self, debtors, on):
        """Those whose proposal changed are decided on again the next night, where it chooses something."""
        before = {one.debtor_id.id: one.proposed_trust for one in self.search([("debtor_id", "in", debtors.ids)])}
        result = super()._make(debtors, on)
        settings = debtors.company_id.sudo()  # settings
        if settings.recouvrement_profile_announces or any(settings[name] for name in POLICIES.values()):
            after = self.search([("debtor_id", "in", debtors.ids)])
            changed = after.filtered(lambda one: before.get(one.debtor_id.id, False) != one.proposed_trust)
            changed.debtor_id.sudo().next_date = on  # bookkeeping of the night
        return result
