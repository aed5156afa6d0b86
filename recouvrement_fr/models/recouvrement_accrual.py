from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..rules.errors import RateGap, RateMissing
from ..rules.indemnity import recovery_indemnity
from ..rules.interest import Claim, Movement, decompte

REGIMES = {"professional": "professional", "public": "public", "consumer": "consumer", "non_professional": "consumer"}
NOTHING = Decimal(0)


class Accrued(NamedTuple):
    """What the delay of one instalment has brought by law."""

    interest: Decimal
    indemnity: Decimal
    tranches: list  # of dicts: from, to, days, base, rate, interest, article
    note: str | None  # a code why a figure is not there: unconfirmed, rate_missing, unverified


class Owed(NamedTuple):
    """An instalment as the accrual needs it."""

    key: tuple  # (move, due date, journal item or 0)
    due: date
    amount_total: float
    credited: float  # deducted for credits not yet allocated
    credited_on: date | None  # their earliest date, in the debtor's favour
    debtor_type: str
    confirmed: bool
    currency_id: int = 0


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
        movements = self._movements(moves)
        notices = self._notices(moves)
        rates = self.env["recouvrement.rate"]._rate_table()
        accrued, indemnified = {}, set()
        for owed in sorted(instalments, key=lambda owed: (owed.due, owed.key)):
            found = self._accrue_one(owed, movements, notices, rates, on)
            invoice = owed.key[0], owed.key[2]
            if owed.key[0] in barred:
                found = found._replace(indemnity=NOTHING)
            if found.indemnity and invoice in indemnified:  # one per invoice, on its oldest instalment (D441-5)
                found = found._replace(indemnity=NOTHING)
            elif found.indemnity:
                indemnified.add(invoice)
            accrued[owed.key] = found
        return accrued

    def _accrue_one(self, owed, movements, notices, rates, on):
        if not owed.confirmed:
            return Accrued(NOTHING, NOTHING, [], "unconfirmed")
        regime = REGIMES[owed.debtor_type]
        moved = movements.get(owed.key, ())
        if owed.credited:
            day = owed.credited_on or owed.due
            moved = (*moved, Movement(day, _decimal(owed.credited), "credit"))
        indemnity = recovery_indemnity(owed.debtor_type, owed.due, on)
        claim = Claim(
            _decimal(owed.amount_total), owed.due, regime, notice_on=notices.get(owed.key), movements=tuple(moved)
        )
        try:
            found = decompte(claim, on, rates)
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
        return Accrued(found.interest, indemnity, tranches, "unverified" if found.unverified else None)

    def _movements(self, move_ids):
        """Payments and credit notes reconciled with these instalments: {key: [Movement]}, in the instalment's currency.

        Exchange differences are left out: they pay nothing. The date is the counterpart's own accounting date.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.move_id, COALESCE(l.date_maturity, l.date),
                       CASE WHEN m.move_type = 'entry' THEN l.id ELSE 0 END,
                       c.date, r.debit_amount_currency,
                       CASE WHEN cm.move_type = 'out_refund' THEN 'credit' ELSE 'payment' END
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                  JOIN account_move_line c ON c.id = r.credit_move_id
                  JOIN account_move cm ON cm.id = c.move_id
                 WHERE l.move_id IN %(moves)s AND r.debit_amount_currency > 0
                   AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x WHERE x.exchange_move_id = cm.id)
              ORDER BY c.date, r.id
                """,
                moves=tuple(move_ids) or (0,),
            )
        )
        movements = defaultdict(list)
        for move_id, due, entry_line_id, on, amount, kind in rows:
            movements[move_id, due, entry_line_id].append(Movement(on, _decimal(amount), kind))
        return movements

    def _notices(self, move_ids):
        """The day a formal notice really left, by instalment: a consumer's interest starts there (C.civ 1231-6)."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.move_id, l.date_due, l.entry_line_id, MIN(r.sent_date)
                  FROM recouvrement_reminder_line l
                  JOIN recouvrement_reminder r ON r.id = l.reminder_id
                  JOIN recouvrement_level v ON v.id = l.level_id
                 WHERE l.move_id IN %s AND l.role = 'carried' AND l.cancelled IS NOT TRUE AND v.kind = 'formal_notice'
                   AND r.state = 'sent' AND r.origin NOT IN ('imported', 'set')
              GROUP BY 1, 2, 3
                """,
                tuple(move_ids) or (0,),
            )
        )
        return {row[:3]: row[3] for row in rows}


def _decimal(amount):
    return Decimal(str(round(amount, 6)))
