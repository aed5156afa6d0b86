"""What was billed month after month, and what other entries than invoices and payments do to the receivables: sales on
account, opening entries, write-offs, transfers, set-offs; told apart by what else stands in the entry."""

from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ..tools.formats import exact
from .cash import money_of_entry
from .scope import literal


class Elsewhere(NamedTuple):
    """Of a month, in company currency, what left the receivables neither by money nor by a credit note.

    ``accounts``: what was written off or moved elsewhere (doubtful receivables), by the account it went to, less what
    came from there: {account id: amount}, 0 where none is known; see `rules.trend.apart`. ``set_off``: what a debt to
    the same party paid (compensation)."""

    accounts: dict
    set_off: Decimal

    @property
    def unpaid(self):
        """What left, less what came in."""
        return sum(self.accounts.values(), Decimal(0))


class Moved(NamedTuple):
    """Of a month, in company currency: how the receivables changed, and what of it was billed, credit notes off."""

    balance: Decimal
    billed: Decimal

    def plus(self, balance, billed):
        return Moved(self.balance + exact(balance), self.billed + exact(billed))


NOTHING = Moved(Decimal(0), Decimal(0))

# The entries of other journals than those of sales and money are few: they are found by core's index of journals and
# days, not among all items. So are those of a till that writes in a sales journal, by core's index of accounts and
# days: no invoice has a line of a till. Each counts once, for its net on the receivables, bills and assigned ones among
# them: where a bill is accepted, nothing has left. What tills take off is money; so is what an entry with a line of
# cash takes off, or pays back. An exchange difference is neither.
BY_HAND = """
    till_entry AS MATERIALIZED (
        SELECT DISTINCT b.move_id AS id
          FROM account_move_line b
         WHERE b.account_id IN (%(tills)s) AND b.journal_id IN (%(billing)s) AND b.company_id IN (%(tree)s)
           AND b.date >= %(since)s AND b.date <= %(until)s AND b.parent_state = 'posted'
    ), entry AS MATERIALIZED (
        SELECT id FROM account_move
         WHERE journal_id IN (%(unusual)s) AND company_id IN (%(tree)s)
           AND date >= %(since)s AND date <= %(until)s AND state = 'posted'
         UNION
        SELECT id FROM till_entry
    ), moved AS MATERIALIZED (
        SELECT l.move_id, l.date, SUM(l.balance) AS net, SUM(GREATEST(l.balance, 0)) AS debits
          FROM entry
          JOIN account_move_line l ON l.move_id = entry.id
         WHERE %(all_items)s AND l.date >= %(since)s AND l.date <= %(until)s
      GROUP BY 1, 2
    ), by_hand AS MATERIALIZED (
        SELECT t.*
          FROM (SELECT m.move_id, m.date, CASE WHEN o.has_till THEN m.debits ELSE m.net END AS net,
                       o.cash, o.payable, o.income, o.is_opening
                  FROM moved m
            CROSS JOIN LATERAL (
                       SELECT SUM(b.balance) FILTER (WHERE a.account_type = 'asset_cash') AS cash,
                              SUM(b.balance) FILTER (WHERE a.account_type = 'liability_payable') AS payable,
                              SUM(b.balance) FILTER (WHERE a.account_type = 'income') AS income,
                              BOOL_OR(a.account_type IN ('equity', 'equity_unaffected')) AS is_opening,
                              BOOL_OR(b.account_id IN (%(tills)s)) AS has_till
                         FROM account_move_line b
                         JOIN account_account a ON a.id = b.account_id
                        WHERE b.move_id = m.move_id) o) t
         WHERE t.net != 0 AND (t.cash IS NULL OR (t.net > 0 AND t.cash >= 0))
           AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x WHERE x.exchange_move_id = t.move_id)
    )
"""

# Conditions on `by_hand`; what is neither left the receivables, or came into them, otherwise.
IS_SALE = "income * net < 0 AND NOT is_opening"
_IS_SET_OFF = "payable * net < 0 AND NOT is_opening"


def of_entries(env, scope, since, until):
    """The parameters of `BY_HAND`."""
    unusual, billing = _journals(env, scope.company)
    return {
        "all_items": scope.all_items(),
        "since": since,
        "until": until,
        "tree": literal(scope.company._recouvrement_tree()),
        "tills": literal(scope.company._recouvrement_tills()),
        "unusual": literal(unusual),
        "billing": literal(billing),
    }


def books(env, scope, since, until):
    """({first day of a month: Moved}, {first day of a month: Elsewhere}) between two days included, in one statement
    that reads each item once; see `ledger.turnover.months` for the first.

    Sales journals bill and credit, as sales on account in other journals do; bank and cash journals, and any entry with
    a line of cash, bring money, but for the part that a payment difference, or another line of that entry, wrote off;
    what is paid at a till is money.
    """
    env.flush_all()
    company = scope.company.sudo()  # a collector reads no settings
    rows = env.execute_query(
        SQL(
            _BOOKS,
            items=scope.items(),
            counted=literal([*company._recouvrement_accounts(), *company._recouvrement_bills()]),
            money=money_of_entry(env),
            **of_entries(env, scope, since, until),
        )
    )
    moved, gone = {}, {}
    for day, account_id, balance, billed, left, set_off in rows:  # by day: a month is reckoned once a day
        month = day.replace(day=1)
        if balance is not None:
            moved[month] = moved.get(month, NOTHING).plus(balance, billed)
        if left or set_off:
            known = gone.get(month, Elsewhere({}, Decimal(0)))
            unpaid, accounts = exact(left) - exact(set_off), dict(known.accounts)
            if unpaid:
                accounts[account_id] = accounts.get(account_id, Decimal(0)) + unpaid
            gone[month] = Elsewhere(accounts, known.set_off + exact(set_off))
    return moved, gone


def elsewhere(env, scope, since, until):
    """The second of `books`."""
    return books(env, scope, since, until)[1]


# What is billed in other journals; see `ledger.turnover.months`.
BILLED = f"""
      SELECT date, 0, 0, net, NULL::numeric, NULL::numeric FROM by_hand WHERE {IS_SALE}
       UNION ALL
      SELECT l.date, 0, 0, -SUM(l.balance), NULL, NULL
        FROM till_entry
        JOIN account_move_line l ON l.move_id = till_entry.id
       WHERE %(items)s
    GROUP BY 1
"""
# Each item of the receivables, added up by day; of what was taken off them, each item that a payment does not explain
# whole is looked at again: what a payment, a line of the bank or a till set beyond its money. Then what was done by
# hand.
_BOOKS = f"""
      WITH {BY_HAND}, day AS MATERIALIZED (
          SELECT l.date, SUM(l.balance) AS balance,
                 COALESCE(SUM(l.balance) FILTER (WHERE l.journal_id IN (%(billing)s)), 0) AS billed,
                 ARRAY_AGG(l.id) FILTER (
                     WHERE l.balance < 0 AND l.journal_id NOT IN (%(billing)s)
                       AND (pay.id IS NULL OR (pay.amount > 0 AND pay.amount < ABS(l.amount_currency)))) AS doubted
            FROM account_move_line l
       LEFT JOIN account_payment pay ON pay.move_id = l.move_id AND l.balance < 0
           WHERE %(items)s AND l.date >= %(since)s AND l.date <= %(until)s
        GROUP BY 1
      )
      SELECT date, 0, balance, billed, NULL::numeric, NULL::numeric FROM day
       UNION ALL
      SELECT date, 0, NULL, NULL, SUM(gone), SUM(gone) FILTER (WHERE is_set_off)
        FROM (SELECT date, gone, gone != 0 AND EXISTS (
                         SELECT 1 FROM account_move_line b JOIN account_account a ON a.id = b.account_id
                          WHERE b.move_id = part.move_id AND a.account_type = 'liability_payable') AS is_set_off
                FROM (SELECT c.date, c.move_id,
                             -c.balance * (1 - CASE WHEN pay.id IS NULL THEN %(money)s
                                                    ELSE pay.amount / ABS(c.amount_currency) END) AS gone
                        FROM day
                  CROSS JOIN UNNEST(day.doubted) AS doubted(id)
                        JOIN account_move_line c ON c.id = doubted.id
                   LEFT JOIN account_payment pay ON pay.move_id = c.move_id) part) t
       WHERE gone != 0
    GROUP BY 1
       UNION ALL
      {BILLED}
       UNION ALL
      SELECT date, account_id, NULL, NULL, SUM(gone), SUM(gone) FILTER (WHERE is_set_off)
        FROM (SELECT date, -net AS gone, COALESCE({_IS_SET_OFF}, FALSE) AS is_set_off,
                     COALESCE((SELECT b.account_id
                                 FROM account_move_line b
                                WHERE b.move_id = by_hand.move_id AND b.account_id NOT IN (%(counted)s)
                             GROUP BY 1
                               HAVING SUM(b.balance) * by_hand.net < 0
                             ORDER BY ABS(SUM(b.balance)) DESC, 1
                                LIMIT 1), 0) AS account_id
                FROM by_hand
               WHERE ({IS_SALE}) IS NOT TRUE) t
    GROUP BY 1, 2
"""


def _journals(env, company):
    """The ids of the journals of the tree that neither bill nor bring money, and of those that bill."""
    # sudo: a collector reads no settings. Literal ids, or the planner reads every entry.
    journals = env["account.journal"].sudo().with_context(active_test=False)
    found = journals.search_fetch([("company_id", "in", company._recouvrement_tree())], ["type"])
    unusual = found.filtered(lambda journal: journal.type not in ("sale", "bank", "cash", "credit"))
    return unusual.ids, found.filtered(lambda journal: journal.type == "sale").ids
