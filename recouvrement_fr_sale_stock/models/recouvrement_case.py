import hashlib
import logging

from odoo import models

from odoo.addons.recouvrement_fr.models.litigation.recouvrement_case_gather import Found
from odoo.addons.recouvrement_fr.tools.pages import DISTURBED

_logger = logging.getLogger(__name__)


def _show(files, order):
    """Whether these files show an order: those of a signed one, a PDF made since, as core makes when it is signed."""
    if not order.signed_on:
        return bool(files)
    return any(file.mimetype == "application/pdf" and file.create_date >= order.signed_on for file in files)


class RecouvrementCase(models.Model):
    _inherit = "recouvrement.case"

    def _found_elsewhere(self):
        """What is attached to the orders and deliveries of these invoices.

        One without a file is printed, and so is a signed order of which no PDF was made since."""
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
            if order.state == "sale" and not _show(files, order):
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
        return Found(
            f"{record._name},{record.id}",
            kind,
            title,
            on,
            name,
            "application/pdf",
            digest,
            lambda: self._bytes_printed(record, report),
            (record.id,),
        )

    def _bytes_printed(self, record, report):
        """The PDF that core makes; nothing when it fails, and whoever gathers the pieces is told which."""
        try:
            with self.env.cr.savepoint():
                return self.env["ir.actions.report"]._render_qweb_pdf(report, record.ids)[0]
        except DISTURBED:
            raise
        except Exception:  # whatever its template or the renderer raises: the other pieces are taken
            _logger.exception("%s could not be printed as a piece", record)
            return b""
