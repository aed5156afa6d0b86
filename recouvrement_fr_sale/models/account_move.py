from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from odoo.addons.recouvrement_fr.tools.bulk import any_of

from .recouvrement_debtor import INVOICED


class AccountMove(models.Model):
    _inherit = "account.move"

    def _credit_added(self):
        """What comes from a confirmed order is in the exposure already, as far as that order is not invoiced yet."""
        added = super()._credit_added()
        parts = defaultdict(float)
        for line in self.invoice_line_ids:
            order = line.sale_line_ids.order_id[:1]
            if order.state == "sale":
                parts[order.id] += line.price_total
        if not parts:
            return added
        self.env.flush_all()  # what the same transaction has just posted counts too
        left = dict(
            self.env.execute_query(
                SQL(
                    "SELECT o.id, GREATEST(o.amount_total - (%s), 0) FROM sale_order o WHERE o.id = %s",
                    INVOICED,
                    any_of(parts),
                )
            )
        )
        counted = sum(min(part, float(left[order_id])) for order_id, part in parts.items())
        company = self.company_id
        known = self.currency_id._convert(counted, company.currency_id, company, self.invoice_date or self.date)
        return max(added - known, 0.0)
