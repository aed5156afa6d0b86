from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.formats import Formats, rounded
from .recouvrement_case_gather import GUARANTEES
from .recouvrement_case_piece import LANG


class Act(NamedTuple):
    """A document that a case can draft. ``to``: the field of its addressee, when it is a letter; ``needs``: what must
    be known first; ``copies``: how many originals are signed; ``when``: how the codes of its procedures begin."""

    template: str
    title: str
    to: str = ""
    needs: tuple = ()
    copies: int = 1
    when: tuple = ()


BEFORE_A_JUDGE = ("injonction", "refere", "merits", "european_order", "conservatoire")
# In the order in which they are written.
ACTS = {
    "statement": Act(
        "document_statement", "Décompte de la créance", when=(*BEFORE_A_JUDGE, "attribution", "vente", "commercial")
    ),
    "debtor_statement": Act("document_debtor_statement", "Décompte de votre dette", to="partner_id"),
    "piece_list": Act("document_piece_list", "Bordereau de pièces", needs=("pieces",), when=BEFORE_A_JUDGE),
    "agency_mandate": Act(
        "document_agency_mandate", "Mandat de recouvrement amiable", needs=("agency_id",), copies=2, when=("agency",)
    ),
    "third_party": Act("document_third_party_letter", "Recouvrement amiable d’une créance", to="partner_id"),
    "bailiff_mandate": Act(
        *("document_bailiff_mandate", "Mandat au commissaire de justice"),
        needs=("bailiff_id",),
        when=("small_claims", "commercial_claims", "injonction", "conservatoire", "attribution", "vente"),
    ),
    "lawyer_mandate": Act(
        *("document_lawyer_mandate", "Mandat de représentation en justice"),
        needs=("lawyer_id",),
        when=("refere", "merits"),
    ),
    "injonction": Act(
        "document_injonction", "Requête en injonction de payer", needs=("court_id",), when=("injonction",)
    ),
    "greffe_letter": Act(
        *("document_greffe_letter", "Dépôt d’une requête"),
        to="court",
        needs=("court_id",),
        when=("injonction", "conservatoire", "homologation"),
    ),
    "bailiff_letter": Act(
        *("document_bailiff_letter", "Transmission d’un dossier"),
        to="bailiff_id",
        needs=("bailiff_id",),
        when=("small_claims", "commercial_claims", "injonction", "conservatoire", "attribution", "vente", "merits"),
    ),
    "summons": Act("document_summons_brief", "Note en vue d’une assignation", when=("refere", "merits")),
    "conservatory": Act(
        *("document_conservatory", "Requête aux fins de saisie conservatoire"),
        needs=("court_id",),
        when=("conservatoire",),
    ),
    "release": Act("document_release", "Accord de mainlevée", copies=2, when=("mainlevee",)),
    "settlement": Act("document_settlement", "Protocole transactionnel", copies=2, when=("homologation",)),
}
AMICABLE = ("agency_mandate", "third_party", "settlement")
OUT_OF_COURT = (
    "bailiff_mandate",
    "bailiff_letter",
    "release",
    "debtor_statement",
)  # ask a debtor for money, not a judge
JUDGES = {
    "commercial": "À Madame ou Monsieur le Président du",
    "commercial_chamber": "À Madame ou Monsieur le Président de la",
    "judicial": "À Madame ou Monsieur le Président du",
    "proximity": "À Madame ou Monsieur le Juge du",
    "housing": "À Madame ou Monsieur le Juge des contentieux de la protection,",
    "administrative": "À Madame ou Monsieur le Président du",
}


class RecouvrementCase(models.Model):
    """The documents of a case, drafted with its figures and its facts, then corrected and frozen by a person."""

    _inherit = "recouvrement.case"

    guarantee_ids = fields.Many2many("recouvrement.guarantee", compute="_compute_guarantee_ids", string="Guarantees")

    def _compute_guarantee_ids(self):
        for case in self:
            case.guarantee_ids = self.env["recouvrement.guarantee"]._of(case.debtor_id, case.move_ids)

    # --- drafting -----------------------------------------------------------------------------------------------------

    def action_documents(self):
        """The dialog that lists what the case can write."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents"),
            "res_model": "recouvrement.case.documents",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    def _missing_for(self, act):
        """In words, what must be entered before this act is drafted; else an empty text."""
        words = {
            "court_id": self.env._("the court"),
            "bailiff_id": self.env._("the commissaire de justice"),
            "lawyer_id": self.env._("the lawyer"),
            "agency_id": self.env._("the agency"),
            "pieces": self.env._("the pieces (gather them)"),
        }
        missing = [need for need in act.needs if not (self.piece_count if need == "pieces" else self[need])]
        return ", ".join(words[need] for need in missing)

    def _belongs(self, act):
        """Whether the procedure of the case asks for this act."""
        return bool(act.when) and (self.proceeding_id.code or "").startswith(act.when)

    def _draft_act(self, code, on):
        """Draft a document of the case; returns it.

        :param on: the day of its figures
        :raises UserError: something it needs is not entered yet
        """
        self.ensure_one()
        self.check_access("write")
        act = ACTS[code]
        missing = self._missing_for(act)
        if missing:
            raise UserError(self.env._("Enter first: %s.", missing))
        addressee = self._addressee(act)
        return self.env["recouvrement.document"]._draft(
            f"recouvrement_fr.{act.template}",
            act.title,
            self.debtor_id,
            self,
            self.sudo()._document_values(on, code),  # figures of the ledger, for who may write the case
            date=on,
            copies=act.copies,
            **({"addressee_id": addressee.id} if addressee else {}),
        )

    def _addressee(self, act):
        """Whom the letter is printed for; a court has no card, its address is in the text."""
        if act.to == "partner_id":
            return self.debtor_id._addressee()
        return self[act.to] if act.to and act.to != "court" else self.env["res.partner"]

    # --- what they print ----------------------------------------------------------------------------------------------

    def _document_values(self, on, code=""):
        """Everything the documents of a case print, ready to be shown, in French."""
        formats, currency = Formats(LANG), self.currency_id
        statement = self._statement(on)
        if code in AMICABLE or (code in OUT_OF_COURT and not self.title_on):
            # without a title its costs stay with the creditor (CPCE L111-8), and article 700 is a judge's to grant
            statement = statement._replace(costs=Decimal(0), article_700=Decimal(0))
        money = lambda amount: formats.money(amount, currency)  # noqa: E731
        claimed = statement.balance
        settled = self._accrued(statement) - statement.total("interest_due")
        pieces = self.piece_ids.sorted("number")
        values = {
            "case": self.name,
            "reference": self.name,
            "on": formats.long(on),
            "regime": self.debtor_id.debtor_type if self.debtor_id.type_confirmed else "",
            "representative": self.company_id.recouvrement_representative or "",
            "is_person": not self.partner_id.is_company,
            "creditor_is_person": self.company_id.recouvrement_is_ei,
            "creditor": self._creditor(),
            "court": self._court_values(),
            "court_number": self.court_number or "",
            "parties": {name: self._party(self[name], formats) for name in ("bailiff_id", "lawyer_id", "agency_id")},
            "rows": self._rows(statement, formats, money),
            "tranches": self._tranches(statement, formats, money),
            "amount": money(statement.total("total")),
            "paid": money(statement.total("paid")) if statement.total("paid") else "",
            "principal": money(statement.total("principal")),
            "interest": money(statement.total("interest_due")),
            "interest_accrued": money(self._accrued(statement)),
            "interest_settled": money(settled) if settled else "",
            "indemnity": money(statement.total("indemnity")),
            "indemnity_count": len([row for row in statement.rows if row.indemnity]),
            "indemnity_unit": self._indemnity_unit(statement, money),
            **self._rate_values(),
            "costs": money(statement.costs) if statement.costs else "",
            "cost_rows": self._cost_rows(statement, money) if statement.costs else [],
            "article_700": money(statement.article_700) if statement.article_700 else "",
            "total": money(statement.total("due_now")),
            "total_words": formats.words(rounded(statement.total("due_now"), currency), currency),
            "claimed": money(claimed),
            "claimed_words": formats.words(rounded(claimed, currency), currency),
            "principal_words": formats.words(rounded(statement.total("principal"), currency), currency),
            "facts": self._facts(on, formats, money),
            "pieces": [
                {"number": piece.number, "title": piece.title, "date": piece._printed_date()} for piece in pieces
            ],
            "refs": self._references(pieces),
            "guarantees": [
                {"name": f"{GUARANTEES[one.kind].lower()} {one.name}", "guarantor": one.guarantor_id.name or ""}
                for one in self.guarantee_ids
            ],
            "title": self._title_words(statement.title, LANG) if statement.title else "",
            "title_interest": money(statement.title.interest) if statement.title else "",
            "notes": [row.note for row in statement.rows if row.note],
            "iban": self._iban(),
            **self._limits_printed(on, formats),
        }
        return values

    @staticmethod
    def _accrued(statement):
        """All the interest that has run, period after period, before anything was set against it."""
        if statement.title:  # with what it granted
            return statement.total("interest")
        return sum((tranche.interest for row in statement.rows for tranche in row.tranches), Decimal(0))

    def _iban(self):
        letter = self.env["recouvrement.letter"].sudo()  # printed on every letter
        bank = letter._bank(self.company_id)
        return letter._account(bank)["iban"] if bank else ""

    def _creditor(self):
        """Whose claim it is: the company's own, or the one it collects for (CPCE R124-3)."""
        other = self.company_id.recouvrement_creditor_id
        return self._lines(other) if other else []

    def _lines(self, partner):
        # sudo: an address on paper, of a court or a party; who writes may not read every partner
        letter = self.env["recouvrement.letter"].sudo().with_context(lang=LANG)
        return letter._address(partner, partner, self.company_id) if partner else []

    def _party(self, partner, formats):
        return {"name": partner.name or "", "lines": self._lines(partner)[1:]} if partner else None

    def _court_values(self):
        court = self.court_id
        name = self._court_name()
        place = [court.street, " ".join(filter(None, (court.zip, (court.city or "").upper())))] if court else []
        return {
            "judge": JUDGES.get(court.kind, "À Madame ou Monsieur le Président du"),
            "name": name,
            "lines": [line for line in place if line],
            "kind": court.kind or "",
            "is_commercial": court.kind in ("commercial", "commercial_chamber"),
        }

    def _court_name(self):
        """« Tribunal de commerce de Lyon », its town added where the directory leaves it out."""
        name, city = self.court_id.name or "…………………………", self.court_id.city or ""
        if not city or city.lower() in name.lower():
            return name
        for article, link in (("Le ", "du "), ("Les ", "des ")):
            if city.startswith(article):
                return f"{name} {link}{city.removeprefix(article)}"
        return f"{name} d'{city}" if city[0] in "AEIOUYHÉÈÊ" else f"{name} de {city}"

    def _rows(self, statement, formats, money):
        moves = {move.id: move for move in self.claim_ids.move_id}
        return [
            {
                "number": moves[row.move_id].name,
                "date": formats.short(moves[row.move_id].invoice_date or moves[row.move_id].date),
                "due": formats.short(row.due),
                "amount": money(row.total),
                "paid": money(row.paid) if row.paid else "–",
                "principal": money(row.principal),
                "interest": money(row.interest_due),
                "indemnity": money(row.indemnity),
                "total": money(row.due_now),
            }
            for row in statement.rows
        ]

    def _tranches(self, statement, formats, money):
        """Interest, period after period: what a judge checks."""
        moves = {move.id: move for move in self.claim_ids.move_id}
        return [
            {
                "number": moves[row.move_id].name,
                "from": formats.short(tranche.date_from),
                "to": formats.short(tranche.date_to),
                "days": tranche.days,
                "base": money(tranche.base),
                "rate": formats.percent(tranche.rate),
                "interest": money(tranche.interest),
            }
            for row in statement.rows
            for tranche in row.tranches
        ]

    def _indemnity_unit(self, statement, money):
        """What one fixed indemnity is; empty where the sum holds something else: a complementary one, a part waived."""
        amounts = {row.indemnity for row in statement.rows if row.indemnity}
        return money(amounts.pop()) if len(amounts) == 1 and not any(self._complementary().values()) else ""

    def _rate_values(self):
        """How interest is counted, which the documents say in words."""
        terms = self.env["recouvrement.accrual"]._terms(self.claim_ids.move_id.ids).values()
        regimes = {mine.regime(self.debtor_id.debtor_type or "professional") for mine in terms}
        return {
            "has_contract_rate": "contractual" in regimes,
            "actual_year": "actact" in {mine.day_count for mine in terms},
        }

    def _cost_rows(self, statement, money):
        """The costs that the décompte of that day adds up, one by one, in its currency."""
        if statement.title:  # those it grants, and those of its enforcement since
            return [{"name": "Dépens et frais d’exécution", "amount": money(statement.costs)}]
        on = statement.on
        return [
            {"name": cost.name, "amount": money(self._in_case_currency(cost.amount - cost.recovered, on))}
            for cost in self._costs_owed(on)
            if cost.amount > cost.recovered
        ]

    def _facts(self, on, formats, money):
        """What the ledger and the reminders say of the story, for the statement of facts."""
        reminders = self.env["recouvrement.reminder"].search(
            [("line_ids.move_id", "in", self.move_ids.ids), ("state", "=", "sent"), ("origin", "!=", "set")],
            order="sent_date, id",
        )
        notices = reminders.filtered(lambda reminder: reminder.kind == "formal_notice")
        theirs = [("move_ids", "in", self.move_ids.ids)]
        plans = self.env["recouvrement.plan"].search([*theirs, ("accepted_on", "!=", False)])
        disputes = self.env["recouvrement.dispute"].search_count(theirs, limit=1)
        return {
            "invoices": len(self.move_ids),
            "reminders": [formats.long(day) for day in dict.fromkeys((reminders - notices).mapped("sent_date")) if day],
            "notice": self._notice_fact(notices[-1:], formats),
            "promises": self._promise_facts(formats, money),
            "plans": [
                {"name": plan.name, "on": formats.long(plan.accepted_on), "kept": plan.state == "kept"}
                for plan in plans
            ],
            "disputed": bool(disputes),
        }

    def _notice_fact(self, notice, formats):
        """The last formal notice: when it left, its number, when it arrived."""
        if not notice:
            return None
        letter = notice.dispatch_ids.filtered(lambda one: one.state in ("handed_over", "delivered", "bounced"))[:1]
        delivered, presented = letter.delivered_on, letter.presented_on
        return {
            "on": formats.long(notice.sent_date),
            "tracking": letter.tracking_number or "",
            "registered": letter.channel in ("registered", "lre"),
            "delivered": formats.long(delivered) if delivered else "",
            "presented": formats.long(presented) if presented and not delivered else "",
        }

    def _promise_facts(self, formats, money):
        if "recouvrement.promise" not in self.env:
            return []
        promises = self.env["recouvrement.promise"].search(
            [("move_ids", "in", self.move_ids.ids), ("state", "in", ("broken", "partly_kept"))], order="made_on, id"
        )
        return [
            {"made": formats.long(one.made_on), "amount": money(one.amount), "for": formats.long(one.date)}
            for one in promises
        ]

    def _references(self, pieces):
        """{kind of piece: « pièces n° 1 à 12 »}, to be cited in the facts; an empty text for a kind without pieces."""
        numbers = defaultdict(list)
        for piece in pieces:
            numbers[piece.kind].append(piece.number)
        references = {kind: "" for kind in dict(pieces._fields["kind"].selection)}
        for kind, found in numbers.items():
            spans = []
            for number in sorted(found):
                if spans and number == spans[-1][1] + 1:
                    spans[-1][1] = number
                else:
                    spans.append([number, number])
            shown = ", ".join(str(first) if first == last else f"{first} à {last}" for first, last in spans)
            references[kind] = f" (pièce{'s' if len(found) > 1 else ''} n°\N{NO-BREAK SPACE}{shown})"
        return references
