from datetime import date

from odoo import fields, models
from odoo.tools import SQL

from ...ledger.payer_habits import settled
from ...rules.regime import types_that


class RecouvrementPayerPayment(models.Model):
    """Each payment that a profile of a payer counts: the invoice, the day it was due, the day it was paid."""

    _name = "recouvrement.payer.payment"
    _description = "Payment Profiled"
    _auto = False
    _order = "paid_on desc, id desc"
    _rec_name = "move_id"

    # As the client shows it beside any link: who reads the row reads the name of its invoice, of another branch too.
    display_name = fields.Char(compute_sudo=True)
    debtor_id = fields.Many2one("recouvrement.debtor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    due = fields.Date("Due date", readonly=True)
    paid_on = fields.Date("Paid", readonly=True)
    days = fields.Integer("Days late", readonly=True, aggregator="avg", help="Negative: paid before the due date.")
    amount = fields.Monetary(readonly=True)
    entry_id = fields.Many2one("account.move", "Payment", readonly=True)

    @property
    def _table_query(self):
        """Read live, the companies of the user alone; whoever asks for one debtor reads the account of that one."""
        types = list(types_that(lambda law: law.may_be_profiled))
        parts = [
            SQL(
                """
                SELECT t.id, d.id AS debtor_id, d.company_id, t.move_id, t.due, t.paid_on, t.late AS days, t.amount,
                       t.entry_id
                  FROM recouvrement_debtor d
                  JOIN res_partner legal ON legal.id = d.partner_id AND legal.is_company
                  JOIN (%s) t ON t.partner_id = d.partner_id
                 WHERE d.company_id = %s AND d.debtor_type = ANY(%s) AND t.amount > 0
                """,
                settled(company, None, date.min, date.max),
                company.id,
                types,
            )
            for company in self.env.companies.root_id
        ]
        return SQL(" UNION ALL ").join(parts)
