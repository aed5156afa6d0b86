from odoo import api, fields, models
from odoo.tools import SQL

from ...ledger.cash import is_cash, money


class RecouvrementEffectiveness(models.Model):
    """What each reminder brought in: one row per instalment it carried, in company currency.

    What came in, cash and credit notes, counts for the last reminder sent before it: from the day that one was sent to
    the day the next one carried the same instalment. Days are those from the reminder to the money.
    """

    _name = "recouvrement.effectiveness"
    _description = "What Reminders Brought In"
    _auto = False
    _order = "sent_date desc, id desc"
    _rec_name = "reminder_id"

    reminder_id = fields.Many2one("recouvrement.reminder", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one("recouvrement.debtor", readonly=True)
    collector_id = fields.Many2one("res.users", "Followed by", readonly=True)
    debtor_type = fields.Selection(
        lambda self: self.env["recouvrement.debtor"]._fields["debtor_type"]._description_selection(self.env),
        readonly=True,
    )
    policy_id = fields.Many2one("recouvrement.policy", readonly=True)
    level_id = fields.Many2one("recouvrement.level", readonly=True)
    kind = fields.Selection(
        lambda self: self.env["recouvrement.level"]._fields["kind"]._description_selection(self.env), readonly=True
    )
    channel = fields.Selection(
        lambda self: self.env["recouvrement.dispatch"]._fields["channel"]._description_selection(self.env),
        readonly=True,
    )
    template_id = fields.Many2one("mail.template", "E-mail template", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    sent_date = fields.Date("Sent on", readonly=True)
    amount = fields.Monetary("Amount reminded", readonly=True)
    recovered = fields.Monetary(readonly=True, help="Cash and credit notes, before the next reminder of the same debt.")
    recovery_percent = fields.Float(
        "Instalments recovered (%)",
        aggregator="avg",
        readonly=True,
        help="Each instalment counts as much, whatever its amount.",
    )
    days_to_pay = fields.Float(
        "Days to pay", aggregator="avg", readonly=True, help="From the reminder to the money; of what was paid."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT s.id, r.id AS reminder_id, r.company_id, r.debtor_id, d.collector_id, d.debtor_type, r.policy_id,
                   r.level_id, v.kind, left_by.channel, step.template_id, s.move_id, r.sent_date,
                   booked.amount, LEAST(booked.amount, came.amount) AS recovered,
                   100 * LEAST(booked.amount, came.amount) / NULLIF(booked.amount, 0) AS recovery_percent,
                   came.days / NULLIF(came.amount, 0) AS days_to_pay
              FROM recouvrement_reminder_line s
              JOIN recouvrement_reminder r ON r.id = s.reminder_id AND r.state = 'sent' AND r.sent_date IS NOT NULL
              JOIN recouvrement_debtor d ON d.id = r.debtor_id
              JOIN recouvrement_level v ON v.id = r.level_id
              JOIN account_move m ON m.id = s.move_id
        CROSS JOIN LATERAL (SELECT s.amount_residual * CASE WHEN m.amount_total = 0 THEN 1
                                   ELSE ABS(m.amount_total_signed / m.amount_total) END AS amount) booked
         LEFT JOIN LATERAL (SELECT p.channel FROM recouvrement_dispatch p
                             WHERE p.reminder_id = r.id AND p.state IN ('handed_over', 'delivered')
                          ORDER BY p.id LIMIT 1) left_by ON TRUE
         LEFT JOIN LATERAL (SELECT c.template_id FROM recouvrement_level_channel c
                             WHERE c.level_id = r.level_id AND c.channel = left_by.channel
                          ORDER BY c.id LIMIT 1) step ON TRUE
         LEFT JOIN LATERAL (SELECT MIN(r2.sent_date) AS on
                              FROM recouvrement_reminder_line s2
                              JOIN recouvrement_reminder r2 ON r2.id = s2.reminder_id AND r2.state = 'sent'
                             WHERE s2.move_id = s.move_id AND s2.date_due = s.date_due
                               AND s2.entry_line_id = s.entry_line_id AND s2.role = 'carried'
                               AND s2.cancelled IS NOT TRUE AND r2.sent_date > r.sent_date) following ON TRUE
        CROSS JOIN LATERAL (
                   SELECT COALESCE(SUM(part.amount * %s), 0) AS amount,
                          COALESCE(SUM(part.amount * %s * (c.date - r.sent_date)), 0) AS days
                     FROM account_move_line l
                     JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                     JOIN account_partial_reconcile part ON part.debit_move_id = l.id
                     JOIN account_move_line c ON c.id = part.credit_move_id
                     JOIN account_move cm ON cm.id = c.move_id
                LEFT JOIN account_payment pay ON pay.move_id = cm.id
                    WHERE l.move_id = s.move_id AND COALESCE(l.date_maturity, l.date) = s.date_due
                      AND s.entry_line_id IN (0, l.id) AND c.date >= r.sent_date
                      AND (following.on IS NULL OR c.date < following.on)
                      AND (cm.move_type = 'out_refund' OR %s)) came
             WHERE s.role = 'carried' AND s.cancelled IS NOT TRUE
            """,
            money(self.env),
            money(self.env),
            is_cash(self.env),
        )

    def action_open_reminder(self):
        """The reminder, as it was sent."""
        self.ensure_one()
        return self.reminder_id._get_records_action()

    @api.model
    def _by_level_and_channel(self, domain):
        """[(level, channel, template, number of instalments, amount reminded, recovered, days to pay)], in the order of
        the levels."""
        rows = self._read_group(
            domain,
            ["level_id", "channel", "template_id"],
            ["__count", "amount:sum", "recovered:sum", "days_to_pay:avg"],
        )
        return sorted(rows, key=lambda row: (row[0].policy_id.id, row[0].sequence, row[1] or "", row[2].id))
