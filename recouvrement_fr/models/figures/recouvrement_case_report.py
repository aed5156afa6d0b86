from odoo import fields, models
from odoo.tools import SQL

from ...ledger.cash import is_cash, money
from ...tools import clock


class RecouvrementCaseReport(models.Model):
    """What litigation takes, costs and brings in: one row per case, in company currency.

    What came in is the money set against its invoices while it was open, those moved to doubtful receivables too.
    Confidential cases are as hidden here as they are themselves.
    """

    _name = "recouvrement.case.report"
    _description = "What Cases Cost and Bring In"
    _auto = False
    _order = "opened_on desc, id desc"
    _rec_name = "case_id"

    case_id = fields.Many2one("recouvrement.case", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one("recouvrement.debtor", readonly=True)
    user_id = fields.Many2one("res.users", "Legal officer", readonly=True)
    court_id = fields.Many2one("recouvrement.court", readonly=True)
    proceeding_id = fields.Many2one("recouvrement.proceeding", "Procedure", readonly=True)
    stage = fields.Selection(
        lambda self: self.env["recouvrement.case"]._fields["state"]._description_selection(self.env), readonly=True
    )
    outcome = fields.Selection(
        lambda self: self.env["recouvrement.case"]._fields["outcome"]._description_selection(self.env), readonly=True
    )
    opened_on = fields.Date(readonly=True)
    closed_on = fields.Date(readonly=True)
    next_deadline = fields.Date("Next deadline", readonly=True)
    days = fields.Integer("Days open", aggregator="avg", readonly=True, help="Until it was closed, or until today.")
    balance = fields.Monetary(readonly=True, help="Still due, as of the last night or the last act; open cases.")
    received = fields.Monetary(readonly=True, help="Money that came in for its invoices while it was open.")
    spent = fields.Monetary(readonly=True, help="Costs incurred so far.")
    costs_recovered = fields.Monetary("Costs recovered", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT k.id, k.id AS case_id, k.company_id, k.debtor_id, k.user_id, k.court_id, k.proceeding_id,
                   k.state AS stage, k.outcome, k.opened_on, k.closed_on,
                   CASE WHEN k.state != 'closed' THEN k.next_deadline END AS next_deadline,
                   COALESCE(k.closed_on, %(today)s) - k.opened_on AS days,
                   CASE WHEN k.state = 'closed' THEN 0 ELSE COALESCE(k.balance, 0) * COALESCE(booked.rate, 1) END
                       AS balance,
                   COALESCE(came.amount, 0) AS received, COALESCE(cost.spent, 0) AS spent,
                   COALESCE(cost.recovered, 0) AS costs_recovered
              FROM recouvrement_case k
         LEFT JOIN LATERAL (
                   SELECT SUM(ABS(m.amount_total_signed)) / NULLIF(SUM(ABS(m.amount_total)), 0) AS rate
                     FROM recouvrement_case_move_rel rel
                     JOIN account_move m ON m.id = rel.move_id
                    WHERE rel.case_id = k.id) booked ON TRUE
         LEFT JOIN LATERAL (
                   SELECT SUM(x.amount) FILTER (WHERE x.state = 'incurred') AS spent, SUM(x.recovered) AS recovered
                     FROM recouvrement_case_cost x
                    WHERE x.case_id = k.id) cost ON TRUE
         LEFT JOIN LATERAL (
                   SELECT SUM(part.amount * %(money)s) AS amount
                     FROM recouvrement_case_move_rel rel
                     JOIN account_move_line l ON l.move_id = rel.move_id OR l.recouvrement_invoice_id = rel.move_id
                     JOIN account_partial_reconcile part ON part.debit_move_id = l.id
                     JOIN account_move_line c ON c.id = part.credit_move_id AND c.date >= k.opened_on
                      AND (k.closed_on IS NULL OR c.date <= k.closed_on)
                     JOIN account_move cm ON cm.id = c.move_id
                LEFT JOIN account_payment pay ON pay.move_id = cm.id
                    WHERE rel.case_id = k.id AND cm.move_type != 'out_refund' AND %(cash)s) came ON TRUE
            """,
            today=clock.today(self.env),
            money=money(self.env),
            cash=is_cash(self.env),
        )

    def action_open_case(self):
        """The case itself."""
        self.ensure_one()
        return self.case_id._get_records_action()
