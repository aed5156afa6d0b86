"""What Odoo holds about an invoice that proves or disproves a condition, for a set of invoices, in few statements.

Each condition is a method ``_see_<code>`` that answers {move id: Evidence}; an invoice that is not in the answer is one
the condition does not concern. What several conditions share is read once, when the first of them asks.
"""

import re
from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from odoo.tools import SQL, format_date, formatLang

from ...ledger import histories, open_items
from ...rules.debtor_type import siren_of_partner
from ...rules.mention_words import DISCOUNT
from ...rules.quality import INDEMNITY, PENALTY_RATE
from ...rules.rates import half_year, half_year_label, half_year_start
from ...rules.regime import regime_of
from ...tools.bulk import any_of

ORDER = re.compile(r"commande|devis|contrat|order|quotation|contract|\bbc\b", re.IGNORECASE)
DELIVERY = re.compile(
    r"livraison|delivery|\bbl\b|r[ée]ception|proc[èe]s[ -]verbal|\bpv\b|[ée]margement|\bcmr\b", re.IGNORECASE
)
LEGAL_FORM = re.compile(r"\b(SARL|SAS|SASU|SA|EURL|SCI|SNC|SCA|SCOP|SELARL|SELAS|GIE|GAEC|EARL|EI|EIRL|SCP|SEM|SPL)\b")


class Evidence(NamedTuple):
    met: bool
    text: str = ""  # what was seen, in words


class InvoiceEvidence:
    """What Odoo holds about invoices of one company tree on a day. Nothing is read before it is asked for."""

    def __init__(self, env, company, moves, on):
        self.env, self.company, self.moves, self.on = env, company, moves, on
        self.ids = moves.ids

    def knows(self, code):
        """Whether Odoo can tell anything of this condition by itself."""
        return bool(code) and hasattr(self, f"_see_{code}")

    def of(self, code):
        """{move id: Evidence} of a condition; empty where only a person can tell."""
        return getattr(self, f"_see_{code}")() if self.knows(code) else {}

    # --- what is shared -----------------------------------------------------------------------------------------------

    @cached_property
    def sales(self):
        """The invoices proper: an opening entry bears no mention and was sent to nobody."""
        return self.moves.filtered(lambda move: move.is_sale_document())

    @cached_property
    def debtors(self):
        """{move id: Facts of its debtor}."""
        partners = self.moves.commercial_partner_id.ids
        facts = self.env["recouvrement.debtor"]._facts(self.company, partners) if partners else {}
        return {move.id: facts[move.commercial_partner_id.id] for move in self.moves if move.commercial_partner_id}

    @cached_property
    def is_business(self):
        """The invoices whose debtor is a professional or a public body: what C.com L441-9 and L441-10 are about."""
        return {move_id for move_id, facts in self.debtors.items() if regime_of(facts.debtor_type).invoiced_by_law}

    @cached_property
    def open_since(self):
        """{move id: (the oldest due date still open, what is open in company currency)}."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.move_id, MIN(COALESCE(l.date_maturity, l.date)), SUM(l.amount_residual)
                  FROM account_move_line l
                  JOIN account_account a ON a.id = l.account_id
                 WHERE l.move_id = %s AND a.account_type = 'asset_receivable' AND l.amount_residual_currency > 0
              GROUP BY l.move_id
                """,
                any_of(self.ids),
            )
        )
        return {move_id: (due, amount) for move_id, due, amount in rows}

    @cached_property
    def attachments(self):
        """{move id: names of the files attached to it}."""
        rows = self.env.execute_query(
            SQL(
                "SELECT res_id, name FROM ir_attachment"
                " WHERE res_model = 'account.move' AND res_id = %s AND res_field IS NULL ORDER BY id",
                any_of(self.ids),
            )
        )
        names = defaultdict(list)
        for move_id, name in rows:
            names[move_id].append(name or "")
        return names

    @cached_property
    def approved(self):
        """{move id: the day the buyer approved it}."""
        return self.env["recouvrement.invoice.check"]._approved_on(self.ids)

    @cached_property
    def texts(self):
        """{move id: what is printed below its lines}."""
        return self.sales._mention_texts()

    def _day(self, day):
        return format_date(self.env, day)

    def _money(self, amount, currency):
        return formatLang(self.env, amount, currency_obj=currency)

    def _(self, *args, **kwargs):
        return self.env._(*args, **kwargs)

    # --- certain ------------------------------------------------------------------------------------------------------

    def _see_posted(self):
        return {move.id: Evidence(move.state == "posted", move.name or "") for move in self.moves}

    def _see_sent(self):
        """Its own sending, or an e-mailed reminder that it was attached to; a mere printing proves nothing."""
        left = {
            move_id: " – ".join(filter(None, (self._day(sent[0].on), sent[0].address)))
            for move_id, sent in self.sales._sent_evidence().items()
        }
        for move_id, day in self._attached_to_reminders():
            left.setdefault(move_id, self._("with the reminder of %s", self._day(day)))
        return {move.id: Evidence(move.id in left, left.get(move.id, "")) for move in self.sales}

    def _attached_to_reminders(self):
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT l.move_id, MIN(r.sent_date)
                  FROM recouvrement_reminder_line l
                  JOIN recouvrement_reminder r ON r.id = l.reminder_id
                  JOIN recouvrement_level v ON v.id = l.level_id
                  JOIN recouvrement_dispatch d ON d.reminder_id = r.id
                 WHERE l.move_id = %s AND l.role = 'carried' AND v.attach_invoices AND d.channel = 'email'
                   AND d.state IN ('handed_over', 'delivered')
              GROUP BY l.move_id
                """,
                any_of(self.ids),
            )
        )

    def _attached(self, pattern):
        return {
            move.id: Evidence(bool(names), ", ".join(names))
            for move in self.sales
            for names in [[name for name in self.attachments.get(move.id, ()) if pattern.search(name)]]
        }

    def _see_order(self):
        return self._joined(self._attached(ORDER), self.sales._orders_told())

    def _see_delivery(self):
        return self._joined(self._attached(DELIVERY), self.sales._deliveries_told())

    def _joined(self, attached, told):
        """What is attached, and what other modules tell of: {move id: words}."""
        return {
            move_id: Evidence(seen.met or move_id in told, ", ".join(filter(None, (told.get(move_id), seen.text))))
            for move_id, seen in attached.items()
        }

    def _see_no_dispute(self):
        holding = self.env["recouvrement.holding"].sudo()  # that it is contested, whoever may read the dispute
        held = holding._holds_because("disputed", self.company, self.ids, self.on)
        parts = holding._all_parts(self.company, self.ids)
        found = {}
        for move in self.moves:
            part = parts.get(move.id)
            text = part and self._("contested in part: %s left out", self._money(part, move.currency_id))
            if not text and move.id in self.approved:
                text = self._("approved by the buyer on %s", self._day(self.approved[move.id]))
            found[move.id] = Evidence(move.id not in held, text or "")
        return found

    # --- liquid -------------------------------------------------------------------------------------------------------

    def _see_amount(self):
        """The principal is in the books; interest to the day needs the rates of each half-year of the delay."""
        rates = self.env["recouvrement.rate"]._rate_table()
        found = {}
        for move in self.moves:
            due, amount = self.open_since.get(move.id, (None, 0))
            missing = self._missing_rate(rates, due) if due and move.id in self.is_business else None
            text = self._("rates of %s missing", missing) if missing else ""
            if not text and amount:
                text = self._money(amount, self.company.currency_id)
            found[move.id] = Evidence(amount > 0 and not missing, text)
        return found

    def _missing_rate(self, rates, due):
        for number in range(half_year(due), half_year(self.on) + 1):
            if rates.missing_on(half_year_start(number)):
                return half_year_label(number)
        return None

    def _see_no_credit(self):
        """Credit notes and payments on account that are set against no invoice yet."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, SUM(-l.amount_residual)
                  FROM account_move_line l
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE p.commercial_partner_id = %s AND l.amount_residual < 0 AND %s
              GROUP BY 1
                """,
                any_of(self.moves.commercial_partner_id.ids),
                open_items.scope(self.company),
            )
        )
        credits_ = dict(rows)
        return {
            move.id: Evidence(
                not credit,
                self._("%s not allocated", self._money(credit, self.company.currency_id)) if credit else "",
            )
            for move in self.moves
            for credit in [credits_.get(move.commercial_partner_id.id, 0)]
        }

    # --- due ----------------------------------------------------------------------------------------------------------

    def _see_due(self):
        """What a platform rejected is no invoice in law: it has no due date."""
        holding = self.env["recouvrement.holding"].sudo()  # that it was rejected, whoever may read the message
        rejected = holding._holds_because("not_issued", self.company, self.ids, self.on)
        found = {}
        for move in self.moves:
            due = self.open_since.get(move.id, (None,))[0]
            if move.id in rejected:
                found[move.id] = Evidence(False, self._("rejected by a platform: not issued in law"))
            else:
                found[move.id] = Evidence(
                    bool(due) and due < self.on, self._("since %s", self._day(due)) if due else ""
                )
        return found

    def _see_not_prescribed(self):
        return {
            move.id: Evidence(
                not move.limitation_date or move.limitation_date >= self.on,
                self._("until %s", self._day(move.limitation_date)) if move.limitation_date else "",
            )
            for move in self.moves
        }

    def _see_term_lawful(self):
        """The maximum terms between professionals and of public buyers, as the invoice itself warns of them."""
        return {
            move.id: Evidence(move.payment_term_state == "lawful", move.payment_term_warning or "")
            for move in self.sales
            if move.payment_term_state
        }

    def _see_reminded(self):
        carried = histories.histories(self.env, self.ids)
        reminded = {key[0] for key, history in carried.items() if history.reminded}
        return {move.id: Evidence(move.id in reminded) for move in self.moves}

    # --- the debtor ---------------------------------------------------------------------------------------------------

    def _see_identified(self):
        """One of his active addresses is complete: a formal notice has to reach him."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT p.commercial_partner_id
                  FROM res_partner p
             LEFT JOIN res_country c ON c.id = p.country_id
                 WHERE p.commercial_partner_id = %s AND p.active AND p.city != ''
                   AND (p.zip != '' OR c.code != %s)
                """,
                any_of(self.moves.commercial_partner_id.ids),
                self.company.country_id.code or "FR",
            )
        )
        known = {partner_id for (partner_id,) in rows}
        return {
            move.id: Evidence(move.commercial_partner_id.id in known)
            for move in self.moves
            if move.commercial_partner_id
        }

    def _see_siren(self):
        found = {}
        for move in self.moves:
            partner = move.commercial_partner_id
            if move.id in self.is_business and partner.country_id.code in (False, "FR"):
                siren = siren_of_partner(partner.company_registry, partner.vat, partner.country_id.code)
                found[move.id] = Evidence(bool(siren), siren or "")
        return found

    def _see_legal_form(self):
        found = {}
        for move in self.moves:
            if move.id in self.is_business and regime_of(self.debtors[move.id].debtor_type).may_trade:
                form = LEGAL_FORM.search(move.commercial_partner_id.name or "")
                found[move.id] = Evidence(bool(form), form[0] if form else "")
        return found

    def _see_active(self):
        return {
            move.id: Evidence(move.commercial_partner_id.active) for move in self.moves if move.commercial_partner_id
        }

    def _see_solvent(self):
        holding = self.env["recouvrement.holding"].sudo()  # a judgment is public
        held = holding._holds_because("insolvent", self.company, self.ids, self.on)
        return {move.id: Evidence(move.id not in held) for move in self.moves}

    # --- payment mentions (C.com L441-9 I) ----------------------------------------------------------------------------

    def _see_mention_due_date(self):
        """Core prints the due date of an invoice as a date, whatever its payment term says."""
        return {
            move.id: Evidence(
                bool(move.invoice_date_due), self._day(move.invoice_date_due) if move.invoice_date_due else ""
            )
            for move in self.sales
            if move.id in self.is_business
        }

    def _mentioned(self, pattern):
        return {
            move.id: Evidence(bool(said), said[0] if said else "")
            for move in self.sales
            if move.id in self.is_business
            for said in [pattern.search(self.texts[move.id])]
        }

    def _see_mention_discount(self):
        return self._mentioned(DISCOUNT)

    def _see_mention_penalty_rate(self):
        return self._mentioned(PENALTY_RATE)

    def _see_mention_agrees(self):
        """What is printed binds the creditor: another rate than the one claimed is told before it is claimed."""
        told = self.sales._contradiction_words()
        return {
            move.id: Evidence(move.id not in told, told.get(move.id, ""))
            for move in self.sales
            if move.id in self.is_business
        }

    def _see_mention_indemnity(self):
        """Wanted between professionals, forbidden on the invoice of a consumer."""
        found = self._mentioned(INDEMNITY)
        for move in self.sales:
            if move.id not in self.is_business and INDEMNITY.search(self.texts[move.id]):
                found[move.id] = Evidence(False, self._("a consumer's invoice must not ask for it"))
        return found
