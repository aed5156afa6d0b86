from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, format_date, formatLang

from ...ledger import law_facts, open_items
from ...ledger.histories import COUNTED_FROM, SERVED
from ...rules.errors import RateGap, RateMissing
from ...rules.indemnity import goes_with, indemnity_figure, recovery_indemnity, was_late
from ...rules.interest import Claim, Freeze, Movement, decompte, interest_regime
from ...rules.parameters import Parameters
from ...rules.payment_terms import SectorTable, public_due
from ...rules.prescription import limited_as
from ...rules.rates import RateTable
from ...rules.regime import regime_of
from ...tools.bulk import any_of
from ...tools.formats import exact
from ..decision.decider import Decider
from ..law.recouvrement_interest_clause import NO_CLAUSE, Clause

NOTHING = Decimal(0)


class Accrued(NamedTuple):
    """What the delay of one instalment has brought by law."""

    interest: Decimal
    indemnity: Decimal
    tranches: list  # of dicts: from, to, days, base, rate, interest, article
    note: str | None  # why a figure is not there: unconfirmed, rate_missing, unverified, indemnity_unverified


class Law(NamedTuple):
    """The figures that interest and indemnity are computed with."""

    rates: RateTable
    parameters: Parameters


class Owed(NamedTuple):
    """An instalment as the accrual needs it."""

    key: tuple  # (move, due date, journal item or 0)
    due: date
    amount_total: float
    credits: tuple | None  # Movements not allocated yet that bear on it; None: to be looked for in his account
    debtor_type: str
    confirmed: bool
    currency_id: int = 0


class Terms(NamedTuple):
    """What decides the interest of an invoice, besides its instalments and the type of its debtor."""

    facts: law_facts.LawFacts
    kind_regime: str | None  # of its kind of claim
    clause: Clause
    freezes: tuple[Freeze, ...]
    day_count: str
    maximums: SectorTable  # delays to pay of public buyers

    def regime(self, debtor_type):
        """A contract's rate binds professionals; a kind of claim never takes a consumer out of his own regime."""
        return interest_regime(debtor_type, self.clause.rate is not None, self.kind_regime)

    def late_after(self, due, debtor_type):
        """The day after which interest runs: for a public buyer not before the delay the law gives him."""
        if not regime_of(debtor_type).from_receipt:
            return due
        received_on = self.facts.received_on or self.facts.invoiced_on
        return public_due(due, received_on, self.facts.public_buyer, self.maximums.on(self.facts.invoiced_on))

    def in_words(self, env, served_on):
        """The interest these terms give, for whoever looks at the invoice; ``served_on``: its formal notice."""
        regime = self.regime(self.facts.debtor_type)
        law, day = env["recouvrement.legal.figure"], self.facts.due or self.facts.invoiced_on

        def figure(code):
            return law._number(law._figures().at(code, day).value)

        def article(code):
            return law._figures().at(code, day).article + law._unverified(code, day)

        words = {
            "none": env._("None: the kind of claim bears no interest."),
            "professional": env._(
                "European Central Bank + %(points)s points, by half-year (%(article)s).",
                points=figure("professional_margin"),
                article=article("professional_margin"),
            ),
            "contractual": env._(
                "%(rate)s %% by contract, or %(multiple)s times the legal rate where that is more (%(article)s).",
                rate=formatLang(env, float(self.clause.rate or 0), digits=2),
                multiple=figure("floor_multiple"),
                article=article("floor_multiple"),
            ),
            "public": env._(
                "European Central Bank + %(points)s points, kept to the end (%(article)s).",
                points=figure("public_margin"),
                article=article("public_margin"),
            ),
            "consumer": env._("None before a formal notice is served (C.civ 1231-6)."),
        }[regime]
        if regime == "consumer" and served_on:
            words = env._("Legal rate since the formal notice of %s (C.civ 1231-6).", format_date(env, served_on))
        if self.clause.capitalise_from:
            words += " " + env._("Capitalised from %s.", format_date(env, self.clause.capitalise_from))
        for freeze in self.freezes:
            if regime == "consumer" and freeze.spares_legal_interest:
                continue
            day = format_date(env, freeze.date_from)
            if freeze.date_to:
                until = format_date(env, freeze.date_to)
                words += " " + env._(
                    "Frozen from %(day)s to %(until)s (%(article)s).", day=day, until=until, article=freeze.article
                )
            else:
                words += " " + env._("Frozen since %(day)s (%(article)s).", day=day, article=freeze.article)
        return words


class RecouvrementAccrual(models.AbstractModel):
    """Late-payment interest and indemnity of instalments, from the ledger's payments and the law's rules."""

    _name = "recouvrement.accrual"
    _description = "Late-Payment Accrual"

    @api.model
    def _accrue(self, instalments, on):
        """{key: Accrued} for these Owed instalments on a day, in a constant number of statements.

        A type nobody confirmed, or a half-year whose rate is missing, claims nothing and says so. A rate not yet
        verified gives figures marked as such: shown to colleagues, not claimed.
        """
        if not instalments:
            return {}
        moves = {instalment.key[0] for instalment in instalments}
        accessories = self.env["recouvrement.accessory"]
        penalties, barred = accessories._penalty_moves(moves), accessories._barred(moves)
        instalments = [instalment for instalment in instalments if instalment.key[0] not in penalties]
        instalments = self._with_credits(instalments, on)
        terms, movements, notices = self._terms(moves), self._movements(moves), self._notices(moves)
        stops = self.env["recouvrement.holding"].sudo()._all_item_stops(moves)  # whoever looks at the debt
        law = self._law()
        accrued, indemnified = {}, set()
        for owed in sorted(instalments, key=lambda owed: (owed.due, owed.key)):
            claim = self._claim(owed, terms[owed.key[0]], movements, notices) if owed.confirmed else None
            found = self._accrue_one(owed, claim, law, min(on, stops.get(owed.key[2], on)))
            invoice = owed.key[0], owed.key[2]
            if owed.key[0] in barred:
                found = found._replace(indemnity=NOTHING)
            if found.indemnity and invoice in indemnified:  # one per invoice, on its oldest instalment (D441-5)
                found = found._replace(indemnity=NOTHING)
            elif found.indemnity:
                indemnified.add(invoice)
            accrued[owed.key] = found
        return accrued

    @api.model
    def _brought(self, periods):
        """[(interest, indemnity, tranches) or None]: what each instalment brought over a period, by the ledger as it is
        now; the tranches are those since the first day of the debt.

        None where it cannot be judged: a type nobody confirmed, a rate that is missing. Constant number of statements.

        :param periods: [(Owed, first day of interest, last day)]
        """
        moves = {owed.key[0] for owed, _first, _last in periods}
        if not moves:
            return []
        last_day = max(last for _owed, _first, last in periods)
        owed_now = self._with_credits([owed for owed, _first, _last in periods], last_day)
        terms, movements, notices = self._terms(moves), self._movements(moves), self._notices(moves)
        barred = self.env["recouvrement.accessory"]._barred(moves)
        stops = self.env["recouvrement.holding"].sudo()._all_item_stops(moves)  # whoever looks at the debt
        law = self._law()
        found = []
        for owed, (_owed, first, last) in zip(owed_now, periods, strict=True):
            claim = self._claim(owed, terms[owed.key[0]], movements, notices) if owed.confirmed else None
            last = min(last, stops.get(owed.key[2], last))
            whole = self._accrue_one(owed, claim, law, last)
            if whole.note in ("unconfirmed", "rate_missing"):
                found.append(None)
                continue
            before = self._accrue_one(owed, claim, law, min(first - timedelta(days=1), last))
            indemnity = NOTHING if owed.key[0] in barred else whole.indemnity
            found.append((whole.interest - before.interest, indemnity, whole.tranches))
        return found

    @api.model
    def _law(self):
        """The rates and the figures of the law as they are entered."""
        return Law(self.env["recouvrement.rate"]._rate_table(), self.env["recouvrement.legal.figure"]._parameters())

    @api.model
    def _with_credits(self, instalments, on):
        """The same, with what their debtors' unallocated credits take from each; those told already stay as told."""
        asked = {owed.key[0] for owed in instalments if owed.credits is None}
        found = self._open_credits(asked, on)
        return [
            owed if owed.credits is not None else owed._replace(credits=found.get(owed.key, ())) for owed in instalments
        ]

    @api.model
    def _open_credits(self, move_ids, on, without=()):
        """{key: (Movement, ...)}: what credits not allocated yet take from these moves' instalments, as the
        letters net them. One statement for the accounts, and a decision for the debtors who have a credit.

        :param without: the journal items of credits to leave out, such as money that counts already, from the day a
            third party told of it; 0 for credit notes
        """
        found = {}
        moves = self.env["account.move"].sudo().browse(move_ids)  # the whole account counts, whoever looks at a debt
        for company, members in moves.grouped(lambda move: move.company_id.root_id).items():
            partners = members.commercial_partner_id.ids
            accounts = open_items.read(moves.env, open_items.scope(company), partners)
            credited = [(None, key, None) for key, items in accounts.items() if any(item.amount < 0 for item in items)]
            if credited:
                for case in Decider(moves.env, company, on).cases(credited):
                    found |= {
                        key: tuple(movement for credit, movement in debt.credits if credit[2] not in without)
                        for key, debt in case.debts.items()
                        if debt.credits
                    }
        return found

    def _claim(self, owed, terms, movements, notices, imputation="principal"):
        """An instalment as the rule of interest reads it; letters follow the ledger: principal first."""
        moved = movements.get(owed.key, ())
        moved = (*moved, *(owed.credits or ()))
        return Claim(
            exact(owed.amount_total),
            terms.late_after(owed.due, owed.debtor_type),
            terms.regime(owed.debtor_type),
            contract_rate=terms.clause.rate,
            notice_on=notices.get(owed.key),
            movements=tuple(moved),
            freezes=terms.freezes,
            day_count=terms.day_count,
            imputation=imputation,
            capitalise_from=terms.clause.capitalise_from,
        )

    def _accrue_one(self, owed, claim, law, on):
        if claim is None:
            return Accrued(NOTHING, NOTHING, [], "unconfirmed")
        indemnity, doubtful = NOTHING, False
        if goes_with(claim.regime) and was_late(claim.principal, claim.due, claim.movements):
            indemnity = recovery_indemnity(owed.debtor_type, claim.due, on, parameters=law.parameters)
            doubtful = indemnity and not indemnity_figure(owed.debtor_type, claim.due, law.parameters).verified
        if doubtful:
            indemnity = NOTHING  # nobody read the amount in the text: it is not claimed
        try:
            found = decompte(claim, on, *law)
        except (RateMissing, RateGap):
            return Accrued(NOTHING, indemnity, [], "rate_missing")
        tranches = [
            {
                "from": tranche.date_from.isoformat(),
                "to": tranche.date_to.isoformat(),
                "days": tranche.days,
                "base": str(tranche.base),
                "rate": str(tranche.rate),
                "interest": str(tranche.interest),
                "article": tranche.article,
            }
            for tranche in found.tranches
        ]
        note = "unverified" if found.unverified else "indemnity_unverified" if doubtful else None
        return Accrued(found.interest, indemnity, tranches, note)

    @api.model
    def _terms(self, move_ids):
        """{move id: Terms}, in a constant number of statements."""
        facts = law_facts.read(self.env, move_ids)
        clauses = self.env["recouvrement.interest.clause"]._of(move_ids)
        frozen = self.env["recouvrement.holding"]._all_frozen(move_ids)
        kinds = self.env["recouvrement.claim.kind"]
        companies = self.env["res.company"].sudo()  # settings of the root, whoever looks at an invoice
        maximums = self.env["recouvrement.payment.sector"]._maximums()
        terms = {}
        for move_id, fact in facts.items():
            table = kinds._kinds_of(fact.company_id)
            kind_id = table.of(
                fact.own_kind_id,
                fact.account_id,
                fact.journal_id,
                limited_as(fact.debtor_type, fact.public_buyer),
            )
            company = companies.browse(fact.company_id)
            terms[move_id] = Terms(
                fact,
                table.regimes.get(kind_id),
                clauses.get(move_id, NO_CLAUSE),
                tuple(frozen.get(move_id, ())),
                company.recouvrement_day_count,
                maximums,
            )
        return terms

    def _movements(self, move_ids):
        """Payments and credit notes reconciled with these instalments: {key: [Movement]}, in the instalment's currency.

        A credit note of that very invoice takes away what was never owed; any other one pays it, from its day.
        Exchange differences and transfers to doubtful receivables are left out: they pay nothing. The date is the
        counterpart's own accounting date.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.move_id, COALESCE(l.date_maturity, l.date),
                       CASE WHEN m.move_type = 'entry' THEN l.id ELSE 0 END,
                       c.date, r.debit_amount_currency,
                       CASE WHEN cm.move_type = 'out_refund' AND cm.reversed_entry_id = l.move_id
                            THEN 'credit' ELSE 'payment' END
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                  JOIN account_move_line c ON c.id = r.credit_move_id
                  JOIN account_move cm ON cm.id = c.move_id
                 WHERE l.move_id IN %(moves)s AND r.debit_amount_currency > 0 AND cm.recouvrement_doubtful_id IS NULL
                   AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x WHERE x.exchange_move_id = cm.id)
              ORDER BY c.date, r.id
                """,
                moves=tuple(move_ids) or (0,),
            )
        )
        movements = defaultdict(list)
        for move_id, due, entry_line_id, on, amount, kind in rows:
            movements[move_id, due, entry_line_id].append(Movement(on, exact(amount), kind))
        return movements

    def _notices(self, move_ids):
        """The day a formal notice was served, by instalment: a consumer's interest starts there (C.civ 1231-6).

        A registered letter is served when it is first presented, or ends refused or unclaimed; one that was returned or
        lost, or of which nothing is known yet, is not. Any other notice is served the day it is received. One that came
        before the due date counts only where there is no other: the rules say that it starts nothing.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.move_id, l.date_due, l.entry_line_id,
                       COALESCE(
                           MIN(day.served_on) FILTER (WHERE day.served_on >= l.date_due), MIN(day.served_on)
                       )
                  FROM recouvrement_reminder_line l
                  JOIN recouvrement_reminder r ON r.id = l.reminder_id
                  JOIN recouvrement_level v ON v.id = l.level_id
                  %(served)s
                  CROSS JOIN LATERAL (
                      SELECT %(since)s AS served_on
                  ) day
                 WHERE l.move_id = %(moves)s AND l.role = 'carried' AND l.cancelled IS NOT TRUE
                   AND v.kind = 'formal_notice' AND r.state = 'sent' AND r.origin NOT IN ('imported', 'set')
              GROUP BY 1, 2, 3
                """,
                served=SERVED,
                since=COUNTED_FROM,
                moves=any_of(move_ids),
            )
        )
        return {row[:3]: row[3] for row in rows if row[3]}
