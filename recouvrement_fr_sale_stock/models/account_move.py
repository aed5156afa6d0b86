from collections import defaultdict

from odoo import models
from odoo.tools import format_date


class AccountMove(models.Model):
    _inherit = "account.move"

    def _orders_told(self):
        """The orders that the customer signed, of these invoices."""
        told = defaultdict(list)
        # Whether there is an order is asked; collectors read no sales.
        for move in self.sudo():
            for order in move.invoice_line_ids.sale_line_ids.order_id:
                if order.state == "sale" and order.signed_on:
                    told[move.id].append(
                        self.env._(
                            "order %(order)s signed by %(name)s on %(day)s",
                            order=order.name,
                            name=order.signed_by or order.partner_id.name or "",
                            day=format_date(self.env, order.signed_on),
                        )
                    )
        return super()._orders_told() | {move_id: ", ".join(words) for move_id, words in told.items()}

    def _deliveries_told(self):
        """The deliveries done and signed of what these invoices charge."""
        told = defaultdict(list)
        # Whether there is a delivery is asked; collectors read no stock.
        signed = self.sudo().invoice_line_ids.sale_line_ids._recouvrement_deliveries()._recouvrement_signed()
        for move in self.sudo():  # as above
            for picking in move.invoice_line_ids.sale_line_ids._recouvrement_deliveries() & signed:
                told[move.id].append(
                    self.env._(
                        "delivery %(delivery)s of %(day)s, signed",
                        delivery=picking.name,
                        day=format_date(self.env, picking.date_done),
                    )
                )
        return super()._deliveries_told() | {move_id: ", ".join(words) for move_id, words in told.items()}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _recouvrement_deliveries(self):
        """The deliveries done, to the customer, of these lines."""
        done = self.move_ids.filtered(lambda move: move.state == "done")
        return done.picking_id.filtered(lambda picking: picking.picking_type_code == "outgoing")


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _recouvrement_signed(self):
        """Those that somebody signed: their signatures are looked for, not read."""
        signatures = self.env["ir.attachment"].sudo()  # of pickings that the caller has read
        found = signatures.search(
            [("res_model", "=", self._name), ("res_field", "=", "signature"), ("res_id", "in", self.ids)]
        )
        return self.browse(set(found.mapped("res_id"))) & self
