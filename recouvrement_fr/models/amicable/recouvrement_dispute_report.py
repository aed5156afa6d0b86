from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import clock


class RecouvrementDisputeReport(models.Model):
    """Why debtors contest, who solves it, in how long, and what it costs: one row per dispute, in company currency."""

    _name = "recouvrement.dispute.report"
    _description = "Causes and Delays of Disputes"
    _auto = False
    _order = "opened_on desc, id desc"
    _rec_name = "dispute_id"

    dispute_id = fields.Many2one("recouvrement.dispute", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one("recouvrement.debtor", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    reason_id = fields.Many2one("recouvrement.dispute.reason", readonly=True)
    cause = fields.Selection("_selection_cause", readonly=True)
    resolver_id = fields.Many2one("res.users", "Solved by", readonly=True)
    opened_on = fields.Date(readonly=True)
    closed_on = fields.Date(readonly=True)
    outcome = fields.Selection("_selection_outcome", readonly=True)
    origin = fields.Selection(
        [("person", "A person"), ("einvoice", "Electronic invoicing")], "Opened by", readonly=True
    )
    amount = fields.Monetary("Amount contested", readonly=True)
    credited = fields.Monetary(readonly=True, help="Credit notes posted for it, all taxes included.")
    days = fields.Integer("Days to solve", aggregator="avg", readonly=True, help="Of those that are closed.")
    days_waiting = fields.Integer("Days open", aggregator="avg", readonly=True, help="Of those still open.")
    is_late = fields.Boolean("Past its deadline", readonly=True)
    late_count = fields.Integer("Late", aggregator="sum", readonly=True)

    @api.model
    def _selection_outcome(self):
        return self.env["recouvrement.dispute"]._fields["state"]._description_selection(self.env)

    @api.model
    def _selection_cause(self):
        return self.env["recouvrement.dispute.reason"]._fields["cause"]._description_selection(self.env)

    @property
    def _table_query(self):
        """Read live: there are hundreds of disputes where there are millions of invoices.

        The amount contested is in its invoices' currency: it is turned into the company's as they were booked.
        """
        return SQL(
            """
            SELECT d.id, d.id AS dispute_id, d.company_id, d.debtor_id, c.partner_id, d.reason_id, r.cause,
                   d.resolver_id, d.opened_on, d.closed_on, d.state AS outcome,
                   CASE WHEN d.e_status IS NULL THEN 'person' ELSE 'einvoice' END AS origin,
                   d.amount * COALESCE(booked.rate, 1) AS amount,
                   COALESCE(given.credited, 0) AS credited,
                   CASE WHEN d.closed_on IS NOT NULL THEN d.closed_on - d.opened_on END AS days,
                   CASE WHEN d.closed_on IS NULL THEN %(today)s - d.opened_on END AS days_waiting,
                   COALESCE(d.closed_on, %(today)s) > d.deadline AS is_late,
                   (COALESCE(d.closed_on, %(today)s) > d.deadline)::int AS late_count
              FROM recouvrement_dispute d
              JOIN recouvrement_debtor c ON c.id = d.debtor_id
              JOIN recouvrement_dispute_reason r ON r.id = d.reason_id
         LEFT JOIN LATERAL (
                   SELECT SUM(ABS(m.amount_total_signed)) / NULLIF(SUM(m.amount_total), 0) AS rate
                     FROM recouvrement_dispute_move_rel rel
                     JOIN account_move m ON m.id = rel.move_id
                    WHERE rel.dispute_id = d.id) booked ON TRUE
         LEFT JOIN LATERAL (
                   SELECT SUM(ABS(m.amount_total_signed)) AS credited
                     FROM recouvrement_dispute_refund_rel rel
                     JOIN account_move m ON m.id = rel.move_id
                    WHERE rel.dispute_id = d.id AND m.state = 'posted') given ON TRUE
             WHERE d.state != 'cancelled'
            """,
            today=clock.today(self.env),
        )

    def action_open_dispute(self):
        self.ensure_one()
        return self.dispute_id._get_records_action()
