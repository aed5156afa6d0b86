from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, split_every

from ...rules.regime import regime_of
from ...tools import bulk
from .recouvrement_accessory_claim import Figure
from .recouvrement_accrual import Owed

PAGE = 200  # debtors computed together


class RecouvrementAccessory(models.Model):
    """What is owed by law, claimed by no letter yet."""

    _inherit = "recouvrement.accessory"

    @api.model
    def _collect(self, company, on, debtors=None):
        """Make or refresh what late professional and public debtors owe by law, paid since or not.

        Invoices due from the start of the fiscal years looked back on (a setting); rows never claimed that are no
        longer owed, for example after a credit note, go. Constant number of statements per page of debtors.
        """
        company = company.root_id.sudo()  # settings of the root, for who works in a branch alone
        since = company._recouvrement_penalty_since(on)
        rows = self.sudo()  # evidence is written by methods alone, of whoever owes
        if debtors is None:
            debtors = rows.env["recouvrement.debtor"].search([("company_id", "=", company.id)])
        confirmed = debtors.filtered(lambda card: card.type_confirmed and regime_of(card.debtor_type).unasked)
        for page in split_every(PAGE, confirmed.ids, list):
            rows._collect_page(company, rows.env["recouvrement.debtor"].browse(page), since, on)

    def _collect_page(self, company, debtors, since, on):
        late = self._late_instalments(company, debtors, since, on)
        cards = {debtor.partner_id.id: debtor for debtor in debtors}
        owed = [Owed(row[1:4], row[2], row[5], None, cards[row[0]].debtor_type, True, row[4]) for row in late]
        accrued = {
            key: found._replace(interest=Decimal(0), tranches=[]) if found.note == "unverified" else found
            for key, found in self.env["recouvrement.accrual"]._accrue(owed, on).items()
        }
        net = self._deduct(accrued, {key: key for key in accrued})
        figures = []
        for partner_id, *key, currency_id, _total in late:
            found = net.get(tuple(key))
            about = company.id, cards[partner_id].id, partner_id
            if found and found.interest > 0 and found.tranches:
                figures.append(Figure(*about, "interest", *key, currency_id, found.interest, found.tranches))
            if found and found.indemnity > 0:
                figures.append(Figure(*about, "indemnity", *key, company.currency_id.id, found.indemnity, []))
        self._forget(debtors, since, self._record(figures))

    def _late_instalments(self, company, debtors, since, on):
        """Instalments open after their due date, or paid after it: [(partner, move, due, 0, currency, amount)]."""
        self.env.flush_all()  # what the same transaction has just written counts too
        return self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, l.move_id, COALESCE(l.date_maturity, l.date), 0, l.currency_id,
                       SUM(l.amount_currency)
                  FROM res_partner p
                  JOIN account_move_line l ON l.partner_id = p.id
                  JOIN account_move m ON m.id = l.move_id
                 WHERE p.commercial_partner_id = %(partners)s AND l.account_id = %(accounts)s
                   AND l.company_id = %(tree)s AND l.parent_state = 'posted' AND l.no_followup IS NOT TRUE
                   AND m.move_type = 'out_invoice'
                   AND (m.payment_state IS DISTINCT FROM 'reversed' OR m.amount_total > COALESCE((
                       SELECT SUM(n.amount_total) FROM account_move n
                        WHERE n.reversed_entry_id = m.id AND n.state = 'posted'), 0))
                   AND COALESCE(l.date_maturity, l.date) >= %(since)s AND COALESCE(l.date_maturity, l.date) < %(on)s
                   AND NOT EXISTS (
                       SELECT 1 FROM account_partial_reconcile r
                         JOIN account_move_line c ON c.id = r.credit_move_id
                         JOIN account_move cm ON cm.id = c.move_id
                        WHERE r.debit_move_id = l.id AND l.reconciled AND cm.recouvrement_write_off_id IS NOT NULL)
                   AND (l.reconciled IS NOT TRUE OR EXISTS (
                       SELECT 1
                         FROM account_partial_reconcile r
                         JOIN account_move_line c ON c.id = r.credit_move_id
                         JOIN account_move cm ON cm.id = c.move_id
                        WHERE r.debit_move_id = l.id AND c.date > COALESCE(l.date_maturity, l.date)
                          AND (cm.move_type != 'out_refund' OR cm.reversed_entry_id IS DISTINCT FROM l.move_id)
                          AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x WHERE x.exchange_move_id = cm.id)))
              GROUP BY 1, 2, 3, 5
              ORDER BY 3, 2
                """,
                partners=bulk.any_of(debtors.partner_id.ids),
                accounts=bulk.any_of(company._recouvrement_accounts()),
                tree=bulk.any_of(company._recouvrement_tree()),
                since=since,
                on=on,
            )
        )

    def _forget(self, debtors, since, kept_ids):
        """Drop what was computed, never claimed nor touched by anybody, and is no longer owed."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM recouvrement_accessory
                 WHERE debtor_id = %s AND date_due >= %s AND state IN ('accrued', 'void') AND claimed_on IS NULL
                   AND kind IN ('interest', 'indemnity')
                   AND COALESCE(amount_waived, 0) = 0 AND COALESCE(waiver_proposed, 0) = 0
                   AND penalty_move_id IS NULL AND NOT id = %s
                """,
                bulk.any_of(debtors.ids),
                since,
                bulk.any_of(kept_ids),
            )
        )
        self.env.invalidate_all(flush=False)
