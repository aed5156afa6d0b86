from odoo import api, models
from odoo.tools import SQL

from ...tools.bulk import any_of
from .recouvrement_insolvency import STOPPING


class RecouvrementInsolvency(models.Model):
    """What came in, before the judgment without paying anything, and since for what it froze."""

    _inherit = "recouvrement.insolvency"

    def _credits_left(self, on):
        """What he has in credit notes and payments on account that paid nothing yet at the end of a day, in company
        currency: a reconciliation made later does not count."""
        [(left,)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(-l.balance - COALESCE(used.amount, 0)), 0)
                  FROM account_move_line l
                  JOIN res_partner p ON p.id = l.partner_id
             LEFT JOIN LATERAL (
                       SELECT SUM(r.amount) AS amount
                         FROM account_partial_reconcile r
                         JOIN account_move_line d ON d.id = r.debit_move_id
                        WHERE r.credit_move_id = l.id AND r.max_date <= %(on)s) used ON TRUE
                 WHERE p.commercial_partner_id = %(partner)s AND l.company_id = ANY(%(tree)s)
                   AND l.account_id = ANY(%(accounts)s) AND l.parent_state = 'posted' AND l.balance < 0
                   AND l.date <= %(on)s
                """,
                on=on,
                partner=self.partner_id.id,
                tree=self.company_id._recouvrement_tree(),
                accounts=self.company_id._recouvrement_accounts(),
            )
        )
        return self.currency_id.round(float(left))

    @api.model
    def _stops_sql(self, partners):
        """Whether payments to one of these partners' creditors stopped, in SQL."""
        self.flush_model(["debtor_id", "state", "kind"])
        self.env["recouvrement.debtor"].flush_model(["partner_id"])
        partners.flush_model(["commercial_partner_id"])
        return SQL(
            "EXISTS (SELECT 1 FROM res_partner p"
            " JOIN recouvrement_debtor d ON d.partner_id = p.commercial_partner_id"
            " JOIN recouvrement_insolvency i ON i.debtor_id = d.id"
            " WHERE p.id = %s AND i.state = 'open' AND i.kind IN %s)",
            any_of(partners.ids),
            STOPPING,
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _asked_when_matched(self):
        stops = self.env["recouvrement.insolvency"]._stops_sql(self.partner_id)
        return super()._asked_when_matched() | {"insolvency": stops}

    def _when_matched(self, found, on):
        """A payment of a debt that a judgment froze is told at once, however it was matched (C.com L622-7)."""
        super()._when_matched(found, on)
        if "insolvency" in found:
            self.env["recouvrement.insolvency"]._warn_payments()
