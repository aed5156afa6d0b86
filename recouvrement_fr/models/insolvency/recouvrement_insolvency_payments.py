from odoo import api, models
from odoo.tools import SQL, format_date

from .recouvrement_insolvency import STOPPING


class RecouvrementInsolvency(models.Model):
    """Payments of debts that a judgment froze: told before and after they are registered."""

    _inherit = "recouvrement.insolvency"

    @api.model
    def _follow_up(self, on):
        """Warn of payments received since the judgment on debts it froze, once for each; note what was missed."""
        self._warn_payments()
        waiting = self.search([("state", "=", "open"), ("kind", "in", STOPPING), ("admission", "=", "to_declare")])
        for record in waiting:
            deadline = record.deadline_ids.filtered(lambda found: found.code == "declaration")
            if deadline.state == "missed":
                record.admission = "foreclosed"

    @api.model
    def _warn_payments(self):
        """A payment of a prior debt can be annulled for three years (C.com L622-7 III): a person must know of it.

        One statement, over the reconciliations made since the last one that was told, of the proceedings in progress.
        """
        self.env.flush_all()  # what the same transaction has just reconciled counts too
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.id, cm.name, MAX(c.date), MAX(r.id)
                  FROM recouvrement_insolvency i
                  JOIN recouvrement_insolvency_claim k ON k.insolvency_id = i.id
                  JOIN account_move_line l ON l.move_id = k.move_id AND COALESCE(k.entry_line_id, 0) IN (0, l.id)
                  JOIN account_partial_reconcile r ON r.debit_move_id = l.id AND r.id > COALESCE(i.payment_mark, 0)
                  JOIN account_move_line c ON c.id = r.credit_move_id
                  JOIN account_move cm ON cm.id = c.move_id
                 WHERE i.state = 'open' AND i.kind IN %s AND c.date >= i.judgment_on AND cm.move_type = 'entry'
                   AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x WHERE x.exchange_move_id = cm.id)
                   AND cm.recouvrement_write_off_id IS NULL AND cm.recouvrement_doubtful_id IS NULL
              GROUP BY i.id, cm.id
              ORDER BY i.id, 3, cm.id
                """,
                STOPPING,
            )
        )
        for record_id, name, day, mark in rows:
            record = self.sudo().browse(record_id)  # whoever registers the payment
            record.payment_mark = max(record.payment_mark, mark)
            shown = format_date(self.env, day)
            summary = self.env._("Payment %(name)s of %(day)s on a debt prior to the judgment", name=name, day=shown)
            record.message_post(body=summary)
            record.activity_schedule("mail.mail_activity_data_warning", user_id=record._person().id, summary=summary)

    @api.model
    def _warning(self, partners, moves=None):
        """What to tell somebody who is about to register a payment of these customers; False when nothing is frozen.

        Shown to accountants who know nothing of collection: opening judgments are published, and confidential
        proceedings stop nothing.

        :param moves: the invoices that are paid, when they are known
        """
        proceedings = self.sudo().search(  # published, as said above
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("state", "=", "open"),
                ("kind", "in", STOPPING),
            ]
        )
        if moves is not None:
            held = {
                move_id
                for company in proceedings.company_id
                for move_id in proceedings._holds(company, moves.ids, None)
            }
            frozen = moves.browse(held).commercial_partner_id
            proceedings = proceedings.filtered(lambda found: found.partner_id in frozen)
        if not proceedings:
            return False
        return self.env._(
            "%(partner)s is in insolvency proceedings since %(day)s: a debt born before that judgment must not be paid,"
            " and its payment can be annulled for three years (C.com L622-7). Ask the mandataire first.",
            partner=proceedings[0].partner_id.name,
            day=format_date(self.env, proceedings[0].judgment_on),
        )

    def _person(self):
        return self.debtor_id._person_in_charge()
