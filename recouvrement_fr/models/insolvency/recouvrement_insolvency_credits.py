from odoo import api, models
from odoo.tools import SQL

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
    def _reconciled(self, items):
        """A payment of a debt that a judgment froze is told at once, however it was matched (C.com L622-7)."""
        known = self.sudo().search_count(  # whoever reconciles
            [
                ("partner_id", "in", items.partner_id.commercial_partner_id.ids),
                ("state", "=", "open"),
                ("kind", "in", STOPPING),
            ],
            limit=1,
        )
        if known:
            self._warn_payments()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def reconcile(self):
        result = super().reconcile()
        self.env["recouvrement.insolvency"]._reconciled(self)
        return result
