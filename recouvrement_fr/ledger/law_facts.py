"""What of an invoice and of its debtor decides the law that applies, for many invoices in one statement."""

from datetime import date
from typing import NamedTuple

from odoo.tools import SQL

from ..rules.prescription import WITHOUT_PUBLIC_ACCOUNTANT
from ..tools.bulk import any_of


class LawFacts(NamedTuple):
    """Of one invoice, or of an entry that is not one."""

    move_id: int
    own_kind_id: int | None  # chosen on the invoice
    account_id: int | None
    journal_id: int
    company_id: int  # root
    debtor_id: int | None
    debtor_type: str | None
    public_buyer: str
    invoiced_on: date
    received_on: date | None  # by a public buyer
    due: date | None  # of its first open instalment, else of its first
    delivered_on: date  # or performed; or invoiced, when neither is known
    term_agreed: bool  # its due date was really agreed
    is_delivery_known: bool
    has_events: bool = True  # whether something about its limitation was noted


class Claimed(NamedTuple):
    """What decides until when a line may be claimed, in SQL: the arguments of ``Kinds.last_day_sql``."""

    due: SQL
    performed: SQL
    agreed: SQL
    own: SQL
    account: SQL
    journal: SQL
    debtor_type: SQL


def claimed(line, move, debtor):
    """Claimed, from the aliases of a journal item, of its entry and of the debtor."""
    return Claimed(
        due=SQL("COALESCE(%s, %s)", SQL.identifier(line, "date_maturity"), SQL.identifier(line, "date")),
        performed=performed_on(move),
        agreed=SQL("%s IS TRUE", SQL.identifier(move, "recouvrement_term_agreed")),
        own=SQL.identifier(move, "recouvrement_claim_choice_id"),
        account=SQL.identifier(line, "account_id"),
        journal=SQL.identifier(move, "journal_id"),
        debtor_type=limited_as(debtor),
    )


def root_of(company):
    """The root of a company in SQL, from the alias of its row."""
    return SQL("split_part(%s, '/', 1)::int", SQL.identifier(company, "parent_path"))


def performed_on(move):
    """The day of delivery or performance in SQL, from the alias of an invoice: its own where none is noted."""
    return SQL(
        "COALESCE(%s, %s, %s)", *(SQL.identifier(move, name) for name in ("delivery_date", "invoice_date", "date"))
    )


def is_prior(move, proceedings):
    """rules.insolvency.is_prior in SQL, from the aliases of an invoice and of its debtor's insolvency."""
    return SQL("%s < %s", performed_on(move), SQL.identifier(proceedings, "judgment_on"))


def limited_as(debtor):
    """rules.prescription.limited_as in SQL, from the alias of a debtor."""
    kind, buyer = SQL.identifier(debtor, "debtor_type"), SQL.identifier(debtor, "public_buyer")
    return SQL(
        "CASE WHEN %s = 'public' AND %s IN %s THEN 'professional' ELSE %s END",
        kind,
        buyer,
        WITHOUT_PUBLIC_ACCOUNTANT,
        kind,
    )


def read(env, move_ids):
    """{move id: LawFacts}."""
    return {row[0]: LawFacts(*row) for row in rows(env, move_ids)}


def rows(env, move_ids, *more):
    """What makes LawFacts of each of these entries, then ``more``: in SQL, of the entry `m`, the card of its debtor `d`
    and its receivable items `l`."""
    if not move_ids:
        return []
    env.flush_all()  # what the same transaction has just written counts too
    return env.execute_query(
        SQL(
            """
            SELECT m.id, m.recouvrement_claim_choice_id, l.account_id, m.journal_id, %(root)s,
                   d.id, d.debtor_type, COALESCE(d.public_buyer, 'public'), COALESCE(m.invoice_date, m.date),
                   m.recouvrement_received_on, COALESCE(l.open_due, l.first_due), %(performed)s,
                   m.recouvrement_term_agreed IS TRUE, m.delivery_date IS NOT NULL,
                   EXISTS (SELECT 1 FROM recouvrement_limitation_event_move_rel e WHERE e.move_id = m.id)%(more)s
              FROM account_move m
              JOIN res_company co ON co.id = m.company_id
         LEFT JOIN recouvrement_debtor d ON d.partner_id = m.commercial_partner_id AND d.company_id = %(root)s
         LEFT JOIN LATERAL (
                   SELECT MIN(i.account_id) AS account_id,
                          MIN(COALESCE(i.date_maturity, i.date)) FILTER (WHERE i.reconciled IS NOT TRUE) AS open_due,
                          MIN(COALESCE(i.date_maturity, i.date)) AS first_due,
                          BOOL_AND(i.no_followup IS TRUE) FILTER (WHERE i.reconciled IS NOT TRUE) AS is_left_out
                     FROM account_move_line i
                     JOIN account_account a ON a.id = i.account_id
                    WHERE i.move_id = m.id AND a.account_type = 'asset_receivable'
                   ) l ON TRUE
             WHERE m.id = %(moves)s
            """,
            root=root_of("co"),
            performed=performed_on("m"),
            moves=any_of(move_ids),
            more=SQL("").join(SQL(", %s", one) for one in more),
        )
    )


def of_item(item, company_id, debtor_id, debtor_type, public_buyer):
    """LawFacts of the invoice of an OpenItem, its oldest instalment that is open; whether its delivery is known is not
    told."""
    return LawFacts(
        move_id=item.move_id,
        own_kind_id=item.own_kind_id,
        account_id=item.account_id,
        journal_id=item.journal_id,
        company_id=company_id,
        debtor_id=debtor_id,
        debtor_type=debtor_type or None,
        public_buyer=public_buyer,
        invoiced_on=item.invoiced_on,
        received_on=item.received_on,
        due=item.due,
        delivered_on=item.delivered_on,
        term_agreed=item.term_agreed,
        is_delivery_known=False,
    )
