import hashlib

from odoo import models

from odoo.addons.recouvrement_fr.models.litigation.recouvrement_case_gather import Found


class RecouvrementCase(models.Model):
    _inherit = "recouvrement.case"

    def _found_elsewhere(self):
        """What is attached to the orders and deliveries of these invoices; one without a file is printed."""
        lines = self.move_ids.invoice_line_ids.sale_line_ids
        orders = lines.order_id.sorted("id")
        deliveries = (lines._recouvrement_deliveries() | orders.picking_ids).sorted("id")
        return [*super()._found_elsewhere(), *self._found_orders(orders), *self._found_deliveries(deliveries)]

    def _found_orders(self, orders):
        for order, files in self._with_files(orders):
            on = order.date_order.date() if order.date_order else None
            for file in files:
                title = f"Commande {order.name} ({file.name.rpartition('.')[0] or file.name})"
                yield self._of_file(file, "order", title, on, (order.id,))
            if not files and order.state == "sale":
                signed = f", signée par {order.signed_by or order.partner_id.name}" if order.signed_on else ""
                told = (order.amount_total, order.signed_on, order.client_order_ref, order.partner_id.name)
                told += tuple((line.name, line.product_uom_qty, line.price_total) for line in order.order_line)
                title = f"Commande {order.name}{signed}"
                yield self._printed(order, "order", title, on, "sale.action_report_saleorder", told)

    def _found_deliveries(self, deliveries):
        sealed = deliveries._recouvrement_signed()
        for picking, files in self._with_files(deliveries):
            on = picking.date_done.date() if picking.date_done else None
            for file in files:
                title = f"Livraison {picking.name} ({file.name.rpartition('.')[0] or file.name})"
                yield self._of_file(file, "delivery", title, on, (picking.id,))
            if not files and picking.state == "done" and picking.picking_type_code == "outgoing":
                signed = ", signé" if picking in sealed else ""
                told = (picking.date_done, picking in sealed, picking.partner_id.name)
                told += tuple((move.product_id.display_name, move.quantity) for move in picking.move_ids)
                title = f"Bon de livraison {picking.name}{signed}"
                yield self._printed(picking, "delivery", title, on, "stock.action_report_delivery", told)

    def _with_files(self, records):
        files = self._files(records).grouped("res_id")
        return [(record, files.get(record.id, ())) for record in records]

    def _printed(self, record, kind, title, on, report, told):
        """A piece that core prints when it is taken: its bytes are kept then, and taken again when ``told`` changes."""
        digest = hashlib.sha1(repr(told).encode(), usedforsecurity=False).hexdigest()  # as attachments have
        name = f"{title.partition(',')[0].replace('/', '-')}.pdf"
        reports = self.env["ir.actions.report"]
        return Found(
            f"{record._name},{record.id}",
            kind,
            title,
            on,
            name,
            "application/pdf",
            digest,
            lambda: reports._render_qweb_pdf(report, record.ids)[0],
            (record.id,),
        )
