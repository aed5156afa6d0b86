from odoo import api, models
from odoo.tools import SQL

from odoo.addons.recouvrement_fr.tools.bulk import any_of


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    @api.model
    def _orders_not_invoiced(self, company):
        """What is left of confirmed orders once their posted invoices are taken off, in one statement.

        A draft invoice owes nothing yet: its order still counts. An order is turned into company currency at its rate.
        """
        found = super()._orders_not_invoiced(company)
        partners = self.partner_id.ids
        if not partners:
            return found
        self.env.flush_all()  # what the same transaction has just confirmed or posted counts too
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, SUM(GREATEST(o.amount_total - (%(invoiced)s), 0) / o.currency_rate)
                  FROM sale_order o
                  JOIN res_partner p ON p.id = o.partner_invoice_id
                 WHERE o.state = 'sale' AND o.currency_rate > 0 AND o.company_id = %(tree)s
                   AND p.commercial_partner_id = %(partners)s
              GROUP BY 1
                """,
                invoiced=INVOICED,
                tree=any_of(company._recouvrement_tree()),
                partners=any_of(partners),
            )
        )
        return found | {partner_id: float(amount) + found.get(partner_id, 0.0) for partner_id, amount in rows}


INVOICED = SQL(  # of an order `o`, taxes included, in its currency
    """
    SELECT COALESCE(SUM(CASE m.move_type WHEN 'out_refund' THEN -l.price_total ELSE l.price_total END), 0)
      FROM sale_order_line s
      JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
      JOIN account_move_line l ON l.id = r.invoice_line_id
      JOIN account_move m ON m.id = l.move_id AND m.state = 'posted'
     WHERE s.order_id = o.id
    """
)
