from odoo import api, models
from odoo.tools import SQL

from odoo.addons.recouvrement_fr.tools.bulk import any_of


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    @api.model
    def _orders_not_invoiced(self, company):
        """What is left of confirmed orders, line by line, once their posted invoices are taken off, in one statement.

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
                SELECT p.commercial_partner_id, SUM(t.amount / o.currency_rate)
                  FROM sale_order o
                  JOIN res_partner p ON p.id = o.partner_invoice_id
            CROSS JOIN LATERAL (SELECT GREATEST(SUM(x.amount), 0) AS amount FROM (%(left)s) x) t
                 WHERE o.state = 'sale' AND o.currency_rate > 0 AND o.company_id = %(tree)s
                   AND p.commercial_partner_id = %(partners)s
              GROUP BY 1
                """,
                left=LEFT,
                tree=any_of(company._recouvrement_tree()),
                partners=any_of(partners),
            )
        )
        return found | {partner_id: float(amount or 0) + found.get(partner_id, 0.0) for partner_id, amount in rows}


# The lines of an order `o`: what is left to invoice of each, taxes included, in its currency. It is the quantity on no
# posted invoice, at the price ordered: invoiced for less, nothing of it is left. A line that Odoo holds for invoiced
# (the rest of its delivery was cancelled) counts for its drafts only. What was invoiced on account comes off the order
# until a later invoice deducts it.
LEFT = SQL(
    """
    SELECT s.id, COALESCE(s.is_downpayment, FALSE) AS is_account, s.price_total, s.product_uom_qty AS ordered,
           CASE WHEN s.is_downpayment THEN -i.total
                WHEN s.product_uom_qty = 0 THEN 0
                ELSE s.price_total * GREATEST(0, LEAST(1, 1 - i.posted / s.product_uom_qty,
                     CASE WHEN s.invoice_status = 'invoiced' THEN i.drafted / s.product_uom_qty ELSE 1 END))
           END AS amount
      FROM sale_order_line s
CROSS JOIN LATERAL (
           SELECT COALESCE(SUM(q.quantity) FILTER (WHERE q.state = 'posted'), 0) AS posted,
                  COALESCE(SUM(q.quantity) FILTER (WHERE q.state = 'draft'), 0) AS drafted,
                  COALESCE(SUM(q.total) FILTER (WHERE q.state = 'posted'), 0) AS total
             FROM (SELECT m.state, f.sign * l.price_total AS total,
                          f.sign * l.quantity * COALESCE(lu.factor / su.factor, 1)::numeric AS quantity
                     FROM sale_order_line_invoice_rel r
                     JOIN account_move_line l ON l.id = r.invoice_line_id
                     JOIN account_move m ON m.id = l.move_id AND m.state IN ('draft', 'posted')
               CROSS JOIN LATERAL (SELECT CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS sign) f
                LEFT JOIN uom_uom lu ON lu.id = l.product_uom_id
                LEFT JOIN uom_uom su ON su.id = s.product_uom_id
                    WHERE r.order_line_id = s.id) q) i
     WHERE s.order_id = o.id AND s.display_type IS NULL
    """
)
