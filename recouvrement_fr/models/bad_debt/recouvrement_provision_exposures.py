from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ...tools.bulk import any_of
from ...tools.formats import exact

IN_PROCEEDINGS = {"sauvegarde": "safeguard", "redressement": "safeguard", "liquidation": "liquidation"}


class Exposure(NamedTuple):
    """What an invoice still owes at a date, in company currency."""

    move_id: int
    partner_id: int  # commercial partner
    company_id: int
    due: object
    amount: float  # taxes included, before credits not allocated
    is_doubtful: bool
    net_share: Decimal  # of the price without VAT in the whole
    is_entry: bool

    @property
    def key(self):
        return debt_key(self.move_id, self.is_entry, self.partner_id)


def debt_key(move_id, is_entry, partner_id):
    """What a debt is known by from one closing to the next: an opening entry holds those of many customers."""
    return move_id, partner_id if is_entry else 0


def _net_share(move_type, untaxed, total):
    """The share of the price without VAT in an invoice; an entry that is no invoice has no VAT to set apart."""
    if move_type == "entry" or not total:
        return Decimal(1)
    return exact(untaxed) / exact(total)


class RecouvrementProvision(models.Model):
    """What each debt owed at the end of the date, and what else decides of its impairment."""

    _inherit = "recouvrement.provision"

    def _exposures(self):
        """What each invoice owed at the end of the date, over the company tree, in one statement: [Exposure].

        Payments, credit notes and losses of later days are not deducted yet; what moved to doubtful receivables by then
        counts there.
        """
        self.env.flush_all()
        root = self.company_id
        rows = self.env.execute_query(
            SQL(
                """
                WITH later AS (
                    SELECT debit_move_id AS id, amount FROM account_partial_reconcile WHERE max_date > %(on)s
                     UNION ALL
                    SELECT credit_move_id, -amount FROM account_partial_reconcile WHERE max_date > %(on)s
                ), back AS (SELECT id, SUM(amount) AS amount FROM later GROUP BY id)
                SELECT m.id, p.commercial_partner_id, m.company_id, MIN(COALESCE(l.date_maturity, l.date)),
                       SUM(l.amount_residual + COALESCE(back.amount, 0)), BOOL_OR(l.account_id = %(doubtful)s),
                       m.move_type, m.amount_untaxed_signed, m.amount_total_signed, m.invoice_date_due
                  FROM account_move_line l
             LEFT JOIN back ON back.id = l.id
                  JOIN res_partner p ON p.id = l.partner_id
                  JOIN account_move m ON m.id = COALESCE(l.recouvrement_invoice_id, l.move_id)
                 WHERE l.company_id = %(tree)s AND l.parent_state = 'posted' AND l.date <= %(on)s
                   AND (l.reconciled IS NOT TRUE OR back.id IS NOT NULL)
                   AND (l.account_id = %(accounts)s
                        OR (l.account_id = %(doubtful)s AND l.recouvrement_invoice_id IS NOT NULL))
                   AND (%(every)s OR p.commercial_partner_id = %(partners)s)
              GROUP BY m.id, p.commercial_partner_id
                HAVING SUM(l.amount_residual + COALESCE(back.amount, 0)) > 0.004
                """,
                on=self.date,
                tree=any_of(root._recouvrement_tree()),
                accounts=any_of(root._recouvrement_accounts()),
                doubtful=any_of(root._recouvrement_doubtful_accounts()),
                every=not self.debtor_ids,
                partners=any_of(self.debtor_ids.partner_id.ids),
            )
        )
        return [
            Exposure(
                row[0],
                row[1],
                row[2],
                row[3] if row[6] == "entry" else row[9] or row[3],  # an opening entry has no due date of its own
                float(row[4]),
                row[5],
                _net_share(row[6], row[7], row[8]),
                row[6] == "entry",
            )
            for row in rows
        ]

    def _credits(self):
        """{(partner, company): what stands open in their favour} at the date."""
        found = defaultdict(float)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, l.company_id, -SUM(l.amount_residual)
                  FROM account_move_line l
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE l.company_id = %s AND l.parent_state = 'posted' AND l.date <= %s AND l.reconciled IS NOT TRUE
                   AND l.account_id = %s AND l.amount_residual < 0
              GROUP BY 1, 2
                """,
                any_of(self.company_id._recouvrement_tree()),
                self.date,
                any_of(self.company_id._recouvrement_accounts()),
            )
        )
        for partner_id, company_id, amount in rows:
            found[partner_id, company_id] = float(amount)
        return found

    def _proceedings(self):
        """{partner: [situation]} of the debtors in insolvency proceedings opened by the date."""
        opened = (
            self.env["recouvrement.insolvency"]
            .sudo()  # the rate shows it to managers, who see the proceedings anyway
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("state", "!=", "cancelled"),
                    ("kind", "in", list(IN_PROCEEDINGS)),
                    ("judgment_on", "<=", self.date),
                    "|",
                    ("closed_on", "=", False),
                    ("closed_on", ">", self.date),
                ]
            )
        )
        found = defaultdict(list)
        for record in opened:
            found[record.partner_id.id].append(IN_PROCEEDINGS[record.kind])
        return found

    def _case_estimates(self):
        """{debt key: (rate, note)} of what people estimate elsewhere; who follows cases says."""
        return {}

    def _previous(self):
        """({debt key: booked by posted provisions up to the date}, {debt key: (rate, note) estimated by hand})."""
        lines = (
            self.env["recouvrement.provision.line"]
            .sudo()  # figures of the ledger
            .search(
                [
                    ("provision_id.company_id", "=", self.company_id.id),
                    ("provision_id.state", "=", "posted"),
                    ("provision_id.date", "<=", self.date),
                    ("provision_id", "!=", self.id),
                ],
                order="date, id",
            )
        )
        booked, estimates = defaultdict(float), {}
        for line in lines:
            key = line._key()
            booked[key] = self.currency_id.round(booked[key] + line.movement)
            estimates.pop(key, None)
            if line.is_manual:
                estimates[key] = (line.rate, line.note)
        return booked, estimates
