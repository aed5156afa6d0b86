from odoo import fields, models
from odoo.tools import SQL

from ...ledger.cash import is_cash, money


class RecouvrementAccessoryReport(models.Model):
    """What became of penalties and indemnities: claimed, waived, booked and paid, one row each, in company currency.

    What is booked is net of the waiver. It is paid by money set against its debit note, in the proportion of what came
    in for that note: a credit note, or what a payment difference wrote off, pays nothing.
    """

    _name = "recouvrement.accessory.report"
    _description = "What Became of Penalties"
    _auto = False
    _order = "date_due desc, id desc"
    _rec_name = "accessory_id"

    accessory_id = fields.Many2one("recouvrement.accessory", "Penalty or indemnity", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one("recouvrement.debtor", readonly=True)
    collector_id = fields.Many2one("res.users", "Followed by", readonly=True)
    debtor_type = fields.Selection(
        lambda self: self.env["recouvrement.debtor"]._fields["debtor_type"]._description_selection(self.env),
        readonly=True,
    )
    kind = fields.Selection(
        lambda self: self.env["recouvrement.accessory"]._fields["kind"]._description_selection(self.env), readonly=True
    )
    state = fields.Selection(
        lambda self: self.env["recouvrement.accessory"]._fields["state"]._description_selection(self.env), readonly=True
    )
    waived_by_id = fields.Many2one("res.users", "Waived by", readonly=True)
    date_due = fields.Date("Due date", readonly=True, help="Of the invoice paid late.")
    claimed_on = fields.Date("Claimed on", readonly=True)
    amount = fields.Monetary("Accrued by law", readonly=True, help="Before any waiver.")
    claimed = fields.Monetary("Asked for", readonly=True, help="Of it, in a reminder that left.")
    waived = fields.Monetary(readonly=True, help="Of it, what was given up.")
    booked = fields.Monetary(readonly=True, help="On a debit note that is posted, less what was waived.")
    paid = fields.Monetary(readonly=True, help="Money received for these debit notes.")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT a.id, a.id AS accessory_id, a.company_id, a.debtor_id, d.collector_id, d.debtor_type, a.kind,
                   a.state, a.waived_by_id, a.date_due, a.claimed_on,
                   a.amount * booked.rate AS amount,
                   CASE WHEN a.claimed_on IS NULL THEN 0 ELSE a.amount * booked.rate END AS claimed,
                   COALESCE(a.amount_waived, 0) * booked.rate AS waived,
                   CASE WHEN note.id IS NULL THEN 0 ELSE a.company_amount END AS booked,
                   CASE WHEN note.id IS NULL THEN 0 ELSE a.company_amount * came.share END AS paid
              FROM recouvrement_accessory a
              JOIN recouvrement_debtor d ON d.id = a.debtor_id
              JOIN account_move m ON m.id = a.move_id
         LEFT JOIN account_move note ON note.id = a.penalty_move_id AND note.state = 'posted'
               AND a.state IN ('invoiced', 'paid')
        CROSS JOIN LATERAL (
                   SELECT COALESCE(a.company_amount / NULLIF(a.amount - COALESCE(a.amount_waived, 0), 0),
                                   ABS(m.amount_total_signed / NULLIF(m.amount_total, 0)), 1) AS rate) booked
        CROSS JOIN LATERAL (
                   SELECT COALESCE(LEAST(1, COALESCE(SUM(part.debit_amount_currency * %s), 0)
                                            / NULLIF(note.amount_total, 0)), 0) AS share
                     FROM account_move_line l
                     JOIN account_partial_reconcile part ON part.debit_move_id = l.id
                     JOIN account_move_line c ON c.id = part.credit_move_id
                     JOIN account_move cm ON cm.id = c.move_id
                LEFT JOIN account_payment pay ON pay.move_id = cm.id
                    WHERE l.move_id = note.id AND cm.move_type != 'out_refund' AND %s) came
             WHERE a.state != 'void'
            """,
            money(self.env),
            is_cash(self.env),
        )

    def action_open_accessory(self):
        """The penalty or the indemnity itself."""
        self.ensure_one()
        return self.accessory_id._get_records_action()
