from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_amount

from ...rules.court import DEFAULT as COURT_RULES
from ...rules.court import CourtAnswer, competent_court, department, owes_contribution, serves
from ...rules.debtor_type import FRENCH_COUNTRIES
from ...rules.parameters import in_force
from ...tools import clock
from .recouvrement_court import KINDS


class RecouvrementCase(models.Model):
    """Before which court, with the rule in words: a proposal that a person weighs."""

    _inherit = "recouvrement.case"

    court_kind = fields.Selection(KINDS, "Kind of court proposed", compute="_compute_court_advice")
    court_advice = fields.Text("Why this court", compute="_compute_court_advice")
    court_differs = fields.Boolean(compute="_compute_court_advice")

    @api.depends(
        *("claim_kind", "court_id", "proceeding_id", "debtor_id.is_commercant"),
        *("partner_id.zip", "partner_id.country_id"),
    )
    def _compute_court_advice(self):
        on = clock.today(self.env)
        for case in self:
            answer = case._competent_court(on)
            case.court_kind = answer.court if answer else False
            case.court_advice = "\n".join(case._court_words(answer, on)) if answer else case._court_unknown()
            case.court_differs = bool(answer and case.court_id and case.court_id.sudo().kind != answer.court)

    def _competent_court(self, on) -> CourtAnswer | None:
        """What the rule answers for this case; None where the debtor's type or the kind of claim is not known, and for
        a debtor abroad, of whom French rules of competence do not say it."""
        self.ensure_one()
        debtor = self.debtor_id
        if not (debtor.debtor_type and self.claim_kind) or self._is_abroad():
            return None
        return competent_court(
            debtor.debtor_type,
            debtor.is_commercant,
            self.claim_kind,
            self._court_amount(on),
            self._department(),
            self.proceeding_id.sudo().court_procedure or "merits",
            on=on,
        )

    def _court_amount(self, on):
        """The claim in EUR that the limits of the courts are compared with: principal and accessories as filed."""
        claimed = self.sudo()._claimed(on)
        euro = self.env.ref("base.EUR")
        return Decimal(str(round(self.currency_id._convert(claimed, euro, self.company_id, on), 2)))

    def _claimed(self, on):
        """Principal, interest and indemnities, as filed once they are, in the currency of the case."""
        if self.frozen_on:
            claims = self.claim_ids
            return sum(claim.filed_principal + claim.filed_interest + claim.filed_indemnity for claim in claims)
        statement = self._statement(on)
        return float(sum(statement.total(name) for name in ("principal", "interest_due", "indemnity")))

    def _department(self):
        """The debtor's department, from its postal code."""
        return department(self.partner_id.zip, self.partner_id.country_id.code or "FR")

    def _is_abroad(self):
        return (self.partner_id.country_id.code or "FR") not in FRENCH_COUNTRIES

    def _court_unknown(self):
        if not self._is_abroad():
            return False
        return self.env._(
            "The debtor is in %s: the French rules do not say which court. See the regulation or the treaty that "
            "applies, the clause of the contract, and a lawyer.",
            self.partner_id.country_id.name,
        )

    def _court_words(self, answer, on):
        """The rules that were applied, a sentence each."""
        reasons = {
            "public_body": self.env._("The debtor is a public body: the administrative court."),
            "housing_lease": self.env._("A residential lease: the juge des contentieux de la protection."),
            "alsace_moselle": self.env._(
                "Between traders, in Alsace-Moselle: the commercial chamber of the tribunal judiciaire."
            ),
            "between_traders": self.env._("Between traders, whatever the amount: the commercial court."),
            "civil_debtor_small": self.env._(
                "The debtor is no trader, and the claim is small: the tribunal de proximité."
            ),
            "civil_debtor": self.env._("The debtor is no trader: the tribunal judiciaire."),
            "debtor_seat": self.env._(
                "The court of the debtor's seat or home; or of the place of delivery or performance (CPC 46), or the "
                "one a clause names between traders (CPC 48)."
            ),
            "debtor_seat_public_order": self.env._("The court of the debtor's seat or home, whatever a clause says."),
        }
        words = [f"{reasons[code]} ({article})" for code, article in answer.reasons]
        words.append(
            self.env._("A lawyer is mandatory (CPC 761, 853).")
            if answer.lawyer == "mandatory"
            else self.env._("A lawyer is optional.")
        )
        if answer.amicable_first:
            limit = in_force(COURT_RULES.amicable_limit, on)
            words.append(
                self.env._(
                    "An attempt to settle is needed first, up to %(amount)s (%(article)s).",
                    amount=format_amount(self.env, float(limit.value), self.env.ref("base.EUR")),
                    article=limit.article,
                )
            )
        if not answer.appeal:
            limit = in_force(COURT_RULES.appeal_limit, on)
            words.append(
                self.env._(
                    "No appeal up to %(amount)s (%(article)s).",
                    amount=format_amount(self.env, float(limit.value), self.env.ref("base.EUR")),
                    article=limit.article,
                )
            )
        court, company = self.court_id.sudo(), self.company_id.sudo()
        if owes_contribution(self._court_amount(on), company.recouvrement_employees, court.city or "", on):
            words.append(
                self.env._("A contribution to economic justice is owed above 50,000 EUR (loi 2023-1059, art. 27).")
            )
        if self.article_700 == 0:
            words.append(self.env._("Costs that are not dépens are asked under article 700 (CPC 700): enter how much."))
        if not answer.verified:
            words.append(self.env._("One of these figures was not verified in the text: check it."))
        return words

    def _propose_court(self):
        """The court of the directory that the rule points to, where there is exactly one and none was chosen."""
        on = clock.today(self.env)
        for case in self.filtered(lambda case: not case.court_id):
            answer = case._competent_court(on)
            courts = case._courts(answer) if answer else ()
            if len(courts) == 1:
                case.sudo().court_id = courts  # proposed by the rule; people change it

    def _courts(self, answer):
        """The courts of that kind that serve the debtor's department or town."""
        courts = self.env["recouvrement.court"].search(
            [("kind", "=", answer.court), ("company_id", "in", (False, self.company_id.id))]
        )
        town = (self.partner_id.city or "").strip().lower()
        in_town = courts.filtered(lambda court: (court.city or "").strip().lower() == town)
        return in_town or courts.filtered(lambda court: serves(court.department, self._department()))

    def action_propose_court(self):
        """Choose the court again by the rule: the amount, the debtor or the procedure changed."""
        self.check_access("write")
        for case in self:
            case.sudo().court_id = False  # a button that legal officers have
            case._propose_court()
