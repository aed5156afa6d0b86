from typing import NamedTuple

from odoo import api, models
from odoo.tools import formatLang, html2plaintext

from ...rules.errors import RateMissing
from ...rules.mention_terms import contradicts_discount, contradicts_indemnity, discount_told, indemnity_told
from ...rules.mentions import contradicts, penalties_told
from ...tools.formats import exact

BOUND = ("professional", "public")  # whose invoices say penalties by law (C.com L441-9 I, CCP R2192-31)


class Contradiction(NamedTuple):
    """What an invoice says that is not what is claimed. ``kind``: ``rate``, ``indemnity`` or ``discount``; the sentence
    it says it in; what is claimed, in words."""

    kind: str
    sentence: str
    claimed: str


class Told(NamedTuple):
    """What is read of some invoices, by their ids: the types of their debtors, (what is printed, what the electronic
    form says), their interest clauses."""

    types: dict
    parts: dict
    clauses: dict


class AccountMove(models.Model):
    """What an invoice says of its payment, whoever wrote it: a creditor is bound by the rate that he writes."""

    _inherit = "account.move"

    def _mention_texts(self):
        """{invoice id: what it says}: printed below its lines, and in the notes of its electronic form."""
        return self._mention_joined(self._mention_parts())

    @api.model
    def _mention_joined(self, parts):
        return {move_id: "\n".join(filter(None, each)) for move_id, each in parts.items()}

    def _mention_parts(self):
        """{invoice id: (what is printed below its lines, what its electronic form says)}."""
        printed, electronic = self._printed_texts(), self._electronic_texts()
        return {move.id: (printed[move.id], electronic.get(move.id, "")) for move in self}

    def _electronic_texts(self):
        """{invoice id: the words of the notes of its electronic form}: read by the room of electronic invoices."""
        return {}

    def _printed_texts(self):
        """{invoice id: what is printed below its lines}: its own terms, its payment term's, the company's mentions."""
        found = {}
        for move in self:
            since = move.company_id.root_id.sudo().recouvrement_mentions_since  # a setting of the root
            printed = move._payment_mentions() if since and move.invoice_date and move.invoice_date >= since else ()
            term = move.invoice_payment_term_id.note or ""
            found[move.id] = "\n".join((html2plaintext(move.narration or ""), html2plaintext(term), *printed))
        return found

    def _mention_debtor_types(self):
        """{invoice id: the type of its debtor}, in one statement for a company."""
        debtors, found = self.env["recouvrement.debtor"].sudo(), {}  # whoever reads an invoice
        for root, mine in self.grouped(lambda move: move.company_id.root_id).items():
            facts = debtors._facts(root, mine.commercial_partner_id.ids)
            found |= {move.id: facts[move.commercial_partner_id.id].debtor_type for move in mine.filtered("partner_id")}
        return found

    def _mention_told(self, types=None):
        """The Told of these invoices, of whose debtors the types may be known."""
        clauses = self.env["recouvrement.interest.clause"].sudo()._of(self.ids)  # whoever reads an invoice
        return Told(self._mention_debtor_types() if types is None else types, self._mention_parts(), clauses)

    def _mention_contradictions(self, told=None):
        """{invoice id: [Contradiction]} of those that say another rate, indemnity or discount than what is claimed.

        :param told: their Told, where it is known
        """
        sales = self.filtered(
            lambda move: move.move_type in ("out_invoice", "out_receipt") and move.commercial_partner_id
        )
        if not sales:
            return {}
        types, parts, clauses = told or sales._mention_told()
        found = {}
        for move in sales:
            kind = types.get(move.id)
            # Its paper may say one thing and its electronic form another: each binds.
            said = [part for part in parts[move.id] if part] if kind in BOUND else ()
            others = [
                *move._other_rate(said, kind, clauses[move.id].rate),
                *move._other_indemnity(said, kind),
                *move._other_discount(said),
            ]
            if others:
                found[move.id] = others
        return found

    def _other_rate(self, parts, kind, clause_rate):
        """[Contradiction] of the first of these texts that says another rate than that of the clause, or of the law."""
        rate = clause_rate if kind == "professional" else None
        told = [one for part in parts if (one := penalties_told([part]))]
        if not told:
            return []
        figures, due = self._law_figures(), self.invoice_date_due or self.date
        margin = figures.at(f"{kind}_margin", due).value
        floor = self._legal_floor(due) if rate and any(one.times for one in told) else ()
        other = next((one for one in told if contradicts(one, rate, margin, *floor)), None)
        return [Contradiction("rate", other.sentence, self._claimed_words(rate, margin))] if other else []

    def _legal_floor(self, on):
        """(so many times the legal rate of that day, so many): what a contract under it gives way to; empty where the
        rate is missing."""
        multiple = self._law_figures().at("floor_multiple", on).value
        try:
            return self.env["recouvrement.rate"]._rate_table().at(on).legal_other * multiple, multiple
        except RateMissing:
            return ()

    def _other_indemnity(self, parts, kind):
        """The same, of the fixed indemnity that is due by decree."""
        told = [one for part in parts if (one := indemnity_told([part]))]
        if not told:
            return []
        amount = self._mention_indemnity_amount(kind)
        other = next((one for one in told if contradicts_indemnity(one, amount)), None)
        return [Contradiction("indemnity", other.sentence, self._mention_indemnity(kind))] if other else []

    def _other_discount(self, parts):
        """The same, of the discount that its payment terms give, or do not."""
        term = self.invoice_payment_term_id
        percent = exact(term.discount_percentage) if term.early_discount else exact(0)
        told = [one for part in parts if (one := discount_told([part]))]
        other = next((one for one in told if contradicts_discount(one, percent, term.discount_days or None)), None)
        return [Contradiction("discount", other.sentence, self._mention_discount())] if other else []

    def _electronic_notes(self):
        """{code: text} of the notes that an electronic invoice owes to a professional or a public body: PMT the fixed
        indemnity, PMD the rate of penalties, AAB the discount; from the clauses and the figures that are claimed."""
        self.ensure_one()
        kind = self._mention_debtor_types().get(self.id)
        if kind not in BOUND:
            return {}
        figures = self._law_figures()
        if kind == "professional":
            rate = self._mention_rate()
        else:
            margin = figures.at("public_margin", self.invoice_date_due or self.date).value
            rate = self._claimed_words(None, margin)
        return {
            "PMT": self.env._(
                "Any late payment gives rise, by operation of law, to a fixed indemnity of %s for recovery costs.",
                self._mention_indemnity(kind),
            ),
            "PMD": self.env._("Late-payment penalties are due without a reminder, at %s.", rate),
            "AAB": self._mention_discount(),
        }

    def _printed_notes(self):
        """The same, of an invoice whose company has its mentions printed; none while it prints its own."""
        self.ensure_one()
        company = self.company_id.root_id.sudo()  # a setting of the root
        return (
            self._electronic_notes() if company.recouvrement_print_mentions and self.move_type == "out_invoice" else {}
        )

    def _claimed_words(self, rate, margin):
        if rate:
            return self.env._("%s %% per year", formatLang(self.env, float(rate), digits=2))
        return self.env._("European Central Bank + %s points", self._mention_number(margin))

    def _contradiction_words(self):
        """{invoice id: sentences for whoever is about to claim}, of those that say something else than is claimed."""
        said = {
            "rate": self.env._(
                "The invoice says “%(told)s”, and %(claimed)s is claimed: what an invoice says binds who issued it. "
                "Enter that rate as an interest clause of the invoice, or have the contract at hand."
            ),
            "indemnity": self.env._(
                "The invoice says “%(told)s”, and a fixed indemnity of %(claimed)s is claimed: the decree sets its "
                "amount. Correct the wording of your invoices."
            ),
            "discount": self.env._(
                "The invoice says “%(told)s”, and its payment terms say: %(claimed)s The debtor may hold you to what "
                "is written: choose the payment terms that say the same."
            ),
        }
        return {
            move_id: " ".join(said[one.kind] % {"told": one.sentence[:200], "claimed": one.claimed} for one in found)
            for move_id, found in self._mention_contradictions().items()
        }
