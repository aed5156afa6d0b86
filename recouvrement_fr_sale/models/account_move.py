from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from odoo.addons.recouvrement_fr.tools.bulk import any_of

from .recouvrement_debtor import LEFT


class AccountMove(models.Model):
    _inherit = "account.move"

    def _credit_added(self):
        """What comes from a confirmed order is in the exposure already, as far as it is not invoiced yet: what is added
        is what the invoice is more than it takes off its orders."""
        added = super()._credit_added()
        invoiced = self._ordered_lines()
        if not invoiced:
            return added
        self.env.flush_all()  # what the same transaction has just posted counts too
        rows = self.env.execute_query(
            SQL(
                """
                SELECT o.id, x.id, x.is_account, x.price_total, x.ordered, x.amount
                  FROM sale_order o
            CROSS JOIN LATERAL (%(left)s) x
                 WHERE o.id = %(orders)s
                """,
                left=LEFT,
                orders=any_of({line.order_id.id for line in invoiced}),
            )
        )
        before, after = defaultdict(float), defaultdict(float)
        quantities = {line.id: taken for line, taken in invoiced.items()}
        for order_id, line_id, is_account, full, ordered, amount in rows:
            quantity, total = quantities.get(line_id, (0.0, 0.0))
            left, share = float(amount), quantity / float(ordered) if ordered else 0.0
            taken = min(max(share, 0.0) * abs(float(full)), abs(left))
            before[order_id] += left
            after[order_id] += left - (total if is_account else taken if left > 0 else -taken)
        counted = sum(max(left, 0.0) - max(after[order_id], 0.0) for order_id, left in before.items())
        company = self.company_id
        known = self.currency_id._convert(counted, company.currency_id, company, self.invoice_date or self.date)
        return max(added - known, 0.0)

    def _ordered_lines(self):
        """{line of a confirmed order: (quantity in its unit, amount with taxes) on this invoice}."""
        found = {}
        for line in self.invoice_line_ids:
            ordered = line.sale_line_ids._origin[:1]
            if ordered.order_id.state == "sale":
                quantity, total = found.get(ordered, (0.0, 0.0))
                quantity += line.product_uom_id._compute_quantity(line.quantity, ordered.product_uom_id, round=False)
                found[ordered] = (quantity, total + line.price_total)
        return found
