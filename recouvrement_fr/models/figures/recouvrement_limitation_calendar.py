from odoo import api, fields, models
from odoo.tools import SQL

from ...ledger import law_facts
from ...tools import clock


class RecouvrementLimitationCalendar(models.Model):
    """On which day each open invoice is time-barred, and how much that is: one row per invoice, in company currency.

    The same day as on the invoice (``limitation_date``): invoices with an interruption or a suspension are asked of
    the rule one by one, as they are few; the others are computed in one statement.
    """

    _name = "recouvrement.limitation.calendar"
    _description = "Calendar of Limitation"
    _auto = False
    _order = "limitation_date, id"
    _rec_name = "move_id"

    # As the client shows it beside any link: who reads the row reads the name of its invoice, of another branch too.
    display_name = fields.Char(compute_sudo=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, help="The root company.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one("recouvrement.debtor", readonly=True)
    collector_id = fields.Many2one("res.users", "Followed by", readonly=True)
    debtor_type = fields.Selection(
        lambda self: self.env["recouvrement.debtor"]._fields["debtor_type"]._description_selection(self.env),
        readonly=True,
    )
    limitation_date = fields.Date("Time-barred after", readonly=True)
    is_interrupted = fields.Boolean("Interrupted or suspended", readonly=True)
    amount = fields.Monetary("Left to pay", readonly=True)
    days_left = fields.Integer(compute="_compute_days_left", help="Negative: time-barred already.")

    @api.depends("limitation_date")
    def _compute_days_left(self):
        today = clock.today(self.env)
        for row in self:
            row.days_left = (row.limitation_date - today).days if row.limitation_date else 0

    @property
    def _table_query(self):
        parts = [
            self._of_company(company)
            for company in self.env["res.company"].sudo().search([("parent_id", "=", False)])  # rules apply to rows
        ]
        return SQL(" UNION ALL ").join(parts)

    def _of_company(self, company):
        moves = self.env["account.move"].sudo()  # dates of rows that rules then hide
        eventful = moves.browse(self.env["recouvrement.limitation.event"].sudo()._eventful())  # as above
        known = {move_id: found.on for move_id, found in eventful._limitations().items() if found} if eventful else {}
        table = self.env["recouvrement.claim.kind"].sudo()._kinds(company)  # configuration
        last_day = table.last_day_sql(*law_facts.claimed("l", "m", "d"))
        events = SQL(", ").join(SQL("(%s, %s::date)", move_id, day) for move_id, day in known.items())
        return SQL(
            """
            SELECT found.move_id AS id, found.move_id, %(company)s AS company_id, found.debtor_id, found.collector_id,
                   found.debtor_type, COALESCE(e.on_day, found.last_day) AS limitation_date,
                   e.id IS NOT NULL AS is_interrupted, found.amount
              FROM (SELECT l.move_id, d.id AS debtor_id, d.collector_id, d.debtor_type, MIN(%(last_day)s) AS last_day,
                           SUM(l.amount_residual) AS amount
                      FROM account_move_line l
                      JOIN account_move m ON m.id = l.move_id
                 LEFT JOIN recouvrement_debtor d
                        ON d.partner_id = m.commercial_partner_id AND d.company_id = %(company)s
                     WHERE l.account_id = ANY(%(accounts)s) AND l.reconciled IS NOT TRUE AND l.amount_residual > 0
                       AND l.parent_state = 'posted' AND l.company_id = ANY(%(tree)s)
                       AND m.move_type IN ('out_invoice', 'out_receipt')
                  GROUP BY l.move_id, d.id) found
         LEFT JOIN (VALUES %(events)s) AS e (id, on_day) ON e.id = found.move_id
            """,
            company=company.id,
            last_day=last_day,
            accounts=company._recouvrement_accounts(),
            tree=company._recouvrement_tree(),
            events=events if known else SQL("(0, NULL::date)"),
        )

    def action_open_invoice(self):
        """The invoice."""
        self.ensure_one()
        return self.move_id._get_records_action()
