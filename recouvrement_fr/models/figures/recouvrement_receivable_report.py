from odoo import fields, models
from odoo.tools import SQL

from ...rules.ageing import AGEING
from ...tools import clock


class RecouvrementReceivableReport(models.Model):
    """Receivable analysis: what is open now, item by item, in company currency, with whom it is looked at by.

    Its total is the balance of the receivable accounts: credits are in it, negative, in a band of their own.
    """

    _name = "recouvrement.receivable.report"
    _description = "Receivable Analysis"
    _auto = False
    _order = "date_due, id"
    _rec_name = "move_id"

    # As the client shows it beside any link: who reads the row reads the name of its invoice, of another branch too.
    display_name = fields.Char(compute_sudo=True)
    company_id = fields.Many2one("res.company", readonly=True, help="The root company.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    debtor_id = fields.Many2one("recouvrement.debtor", readonly=True)
    collector_id = fields.Many2one("res.users", "Followed by", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    debtor_type = fields.Selection(
        lambda self: self.env["recouvrement.debtor"]._fields["debtor_type"]._description_selection(self.env),
        readonly=True,
    )
    journal_id = fields.Many2one("account.journal", readonly=True)
    level_id = fields.Many2one("recouvrement.level", "Level reached", readonly=True)
    age = fields.Selection(
        [
            ("0_not_due", "Not due"),  # in the order of their codes: so does a pivot
            ("1_to_30", "1 to 30 days late"),
            ("2_to_60", "31 to 60 days"),
            ("3_to_90", "61 to 90 days"),
            ("4_over_90", "Over 90 days"),
            ("5_credit", "Credits"),
        ],
        readonly=True,
    )
    date = fields.Date(readonly=True)
    date_due = fields.Date("Due date", readonly=True)
    days_late = fields.Integer(
        "Days late", aggregator="avg", readonly=True, help="Of debts; paying early counts for zero."
    )
    amount = fields.Monetary("Left to pay", readonly=True, help="Credits are negative.")
    overdue = fields.Monetary(readonly=True, help="Debts past their due date, credits apart.")

    @property
    def _table_query(self):
        on = clock.today(self.env)
        parts = [
            self._of_company(company, on)
            for company in self.env["res.company"].sudo().search([("parent_id", "=", False)])  # rules apply to rows
        ]
        return SQL(" UNION ALL ").join(parts)

    def _of_company(self, company, on):
        late = SQL("%s::date - COALESCE(l.date_maturity, l.date)", on)
        *bands, (_none, oldest) = [(limit, f"{number}_{name}") for number, (limit, name) in enumerate(AGEING)]
        return SQL(
            """
            SELECT l.id, l.move_id, %(company)s AS company_id,
                   p.commercial_partner_id AS partner_id, d.id AS debtor_id, d.collector_id, d.debtor_type,
                   m.invoice_user_id AS salesperson_id, l.journal_id, m.dunning_level_id AS level_id, l.date,
                   COALESCE(l.date_maturity, l.date) AS date_due, l.amount_residual AS amount,
                   CASE WHEN l.amount_residual < 0 THEN '5_credit' %(bands)s ELSE %(oldest)s END AS age,
                   CASE WHEN l.amount_residual > 0 THEN GREATEST(%(late)s, 0) END AS days_late,
                   CASE WHEN l.amount_residual > 0 AND %(late)s > 0 THEN l.amount_residual ELSE 0 END AS overdue
              FROM account_move_line l
              JOIN account_move m ON m.id = l.move_id
         LEFT JOIN res_partner p ON p.id = l.partner_id
         LEFT JOIN recouvrement_debtor d ON d.partner_id = p.commercial_partner_id AND d.company_id = %(company)s
             WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = ANY(%(tree)s) AND l.parent_state = 'posted'
               AND l.reconciled IS NOT TRUE AND l.date <= %(on)s
            """,
            company=company.id,
            bands=SQL(" ").join(SQL("WHEN %s <= %s THEN %s", late, limit, name) for limit, name in bands),
            oldest=oldest,
            late=late,
            accounts=company._recouvrement_accounts(),
            tree=company._recouvrement_tree(),
            on=on,
        )

    def action_open_document(self):
        """The invoice, or the entry."""
        self.ensure_one()
        return self.move_id._get_records_action()
