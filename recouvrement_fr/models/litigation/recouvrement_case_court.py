from odoo import api, fields, models
from odoo.tools import format_amount

from ...rules.court import CourtAnswer, competent_court, contribution, department, is_economic_court, serves
from ...rules.debtor_type import FRENCH_COUNTRIES, country_by_numbers
from ...tools import clock
from ...tools.formats import rounded
from .recouvrement_court import KINDS


class RecouvrementCase(models.Model):
    """Before which court, with the rule in words: a proposal that a person weighs."""

    _inherit = "recouvrement.case"

    court_kind = fields.Selection(KINDS, "Kind of court proposed", compute="_compute_court_advice")
    court_advice = fields.Text("Why this court", compute="_compute_court_advice")
    court_differs = fields.Boolean(compute="_compute_court_advice")

    @api.depends(
        *("claim_kind", "court_id", "proceeding_id", "debtor_id.is_commercant", "debtor_id.trader_by_form"),
        *("partner_id.zip", "partner_id.country_id", "partner_id.vat", "partner_id.company_registry"),
    )
    def _compute_court_advice(self):
        on = clock.today(self.env)
        for case in self:
            answer = case._competent_court(on)
            case.court_kind = answer.court if answer else False
            case.court_advice = "\n".join(case._court_words(answer, on)) if answer else case._court_unknown()
            case.court_differs = bool(answer and case.court_id and case.court_id.kind != answer.court)

    def _competent_court(self, on) -> CourtAnswer | None:
        """What the rule answers for this case; None where the debtor's type, its country or the kind of claim is not
        known, and for a debtor abroad, of whom French rules of competence do not say it."""
        self.ensure_one()
        debtor = self.debtor_id
        if not (debtor.debtor_type and self.claim_kind) or self._debtor_country()[0] not in FRENCH_COUNTRIES:
            return None
        return competent_court(
            debtor.debtor_type,
            debtor._is_trader(),
            self.claim_kind,
            self._court_amount(on),
            self._department(),
            self.proceeding_id.court_procedure or "merits",
            self._court_rules(),
            on,
        )

    def _court_asked(self):
        """The kind of the court of this case, else of the one proposed; None while neither is known."""
        return self.court_id.sudo().kind or self.court_kind or None  # which court is no secret of the directory

    def _court_rules(self):
        return self.env["recouvrement.legal.figure"]._court_rules()

    def _court_amount(self, on):
        """The claim in EUR that the limits of the courts are compared with: principal and accessories as filed."""
        claimed = self.sudo()._claimed(on)  # figures of the ledger, shown to whoever reads the case
        euro = self.env.ref("base.EUR")
        return rounded(self.currency_id._convert(claimed, euro, self.company_id, on), euro)

    def _claimed(self, on):
        """Principal, interest and indemnities, as filed once they are, in the currency of the case."""
        if self.frozen_on:
            claims = self.claim_ids
            return sum(claim.filed_principal + claim.filed_interest + claim.filed_indemnity for claim in claims)
        statement = self._statement(on)
        return float(sum(statement.total(name) for name in ("principal", "interest_due", "indemnity")))

    def _department(self):
        """The debtor's department, from its postal code; none where nothing proves that the code is French."""
        return department(self.partner_id.zip, self._debtor_country()[0])

    def _debtor_country(self):
        """(ISO code of the debtor's country or None, what proves it): its address, else its numbers; a postal code
        proves nothing."""
        partner = self.partner_id
        if partner.country_id:
            return partner.country_id.code, "address"
        return country_by_numbers(partner.vat, partner.company_registry) or (None, None)

    def _court_unknown(self):
        code, _proof = self._debtor_country()
        if code is None:
            return self.env._(
                "The debtor has no country, and neither a VAT number nor a SIREN that tells it: enter the country of "
                "its address. A postal code alone is of no country."
            )
        if code in FRENCH_COUNTRIES:
            return False
        return self.env._(
            "The debtor is in %s: the French rules do not say which court. See the regulation or the treaty that "
            "applies, the clause of the contract, and a lawyer.",
            self.env["res.country"].search([("code", "=", code)], limit=1).name or code,
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
        proof = self._debtor_country()[1]
        if proof != "address":
            words.append(
                self.env._("The debtor has no country: taken for French by its VAT number. Check its address.")
                if proof == "vat"
                else self.env._("The debtor has no country: taken for French by its SIREN. Check its address.")
            )
        words.append(
            self.env._("A lawyer is mandatory (CPC 761, 853).")
            if answer.lawyer == "mandatory"
            else self.env._("A lawyer is optional.")
        )
        if answer.amicable_first:
            values = self._limit_words("amicable_limit", on)
            words.append(self.env._("An attempt to settle is needed first, up to %(amount)s (%(article)s).", **values))
        if not answer.appeal:
            words.append(
                self.env._("No appeal up to %(amount)s (%(article)s).", **self._limit_words("appeal_limit", on))
            )
        words += self._contribution_words(on)
        if self.article_700 == 0:
            words.append(self.env._("Costs that are not dépens are asked under article 700 (CPC 700): enter how much."))
        if not answer.verified:
            words.append(self.env._("One of these figures was not verified in the text: check it."))
        return words

    def _limit_words(self, code, on):
        law = self.env["recouvrement.legal.figure"]
        limit = law._figures().at(code, on)
        return {"amount": self._euros(limit.value), "article": limit.article + law._unverified(code, on)}

    def _limits_printed(self, on, formats):
        """The amounts that bind a summons, as documents print them: of the figures in force that day."""
        figures, euro = self.env["recouvrement.legal.figure"]._figures(), self.env.ref("base.EUR")
        return {code: formats.money(figures.at(code, on).value, euro) for code in ("amicable_limit", "lawyer_limit")}

    def _euros(self, amount):
        return format_amount(self.env, float(amount), self.env.ref("base.EUR"))

    def _contribution_words(self, on):
        """The contribution before a tribunal des activités économiques, or what to enter to know whether it is owed."""
        court, company = self.court_id.sudo(), self.company_id.root_id.sudo()  # settings of the company
        economic = court.is_economic or is_economic_court(court.city or "", on, self._court_rules())
        if court.kind != "commercial" or not economic:
            return []
        turnover, profit = company.recouvrement_turnover, company.recouvrement_profit
        found = contribution(
            self._court_amount(on),
            company.recouvrement_employees,
            on,
            rounded(turnover, company.currency_id) if turnover else None,
            rounded(profit, company.currency_id) if profit else None,
            self._court_rules(),
        )
        if not found:
            return []
        words = {"limit": self._euros(found.limit), "article": found.article}
        if not found.verified:
            words["article"] += " " + self.env._("(to be verified)")
        if found.owed:
            return [
                self.env._(
                    "A contribution to economic justice of %(amount)s is owed, on claims above %(limit)s "
                    "(%(article)s).",
                    amount=self._euros(found.amount),
                    **words,
                )
            ]
        return [
            self.env._(
                "A contribution to economic justice may be owed, on claims above %(limit)s (%(article)s): enter the "
                "turnover and the profit of the company in the settings.",
                **words,
            )
        ]

    def _propose_court(self, on):
        """The court of the directory that the rule points to, where there is exactly one and none was chosen."""
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
            case._propose_court(clock.today(self.env))
