import base64
import hashlib
from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from odoo.addons.recouvrement_fr.models.decision.invoice_evidence import InvoiceEvidence
from odoo.addons.recouvrement_fr.tests.common import MONDAY, RecouvrementCommon

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SIGNATURE = base64.b64encode(PNG)


@tagged("post_install", "-at_install")
class TestSalesEvidence(RecouvrementCommon):
    """Orders and deliveries of an invoice, as proofs and as pieces."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager") + cls.env.ref(
            "stock.group_stock_manager"
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Porte", "type": "consu", "invoice_policy": "order", "list_price": 100, "taxes_id": False}
        )

    def sold(self, signed=True, delivered=True, slip_signed=True):
        """(invoice, order, delivery) of ten doors."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.debtor_partner.id,
                "company_id": self.company.id,
                "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 10})],
            }
        )
        if signed:
            order.write({"signature": SIGNATURE, "signed_by": "Paul Durand", "signed_on": "2026-01-05 10:00:00"})
        order.action_confirm()
        picking = order.picking_ids
        if slip_signed:
            picking.signature = SIGNATURE
        if delivered:
            picking.move_ids.quantity = 10
            picking.move_ids.picked = True
            picking.button_validate()
        invoice = order._create_invoices()
        invoice.write({"invoice_date": MONDAY - timedelta(days=40), "invoice_date_due": MONDAY - timedelta(days=40)})
        invoice.action_post()
        return invoice, order, picking

    def seen(self, moves):
        evidence = InvoiceEvidence(self.env, self.company, moves, MONDAY)
        return {code: evidence.of(code) for code in ("order", "delivery")}

    def test_a_signed_order_and_a_signed_delivery_are_the_evidence_asked_for(self):
        invoice, order, picking = self.sold()
        seen = self.seen(invoice)
        self.assertTrue(seen["order"][invoice.id].met)
        self.assertIn(f"order {order.name} signed by Paul Durand", seen["order"][invoice.id].text)
        self.assertTrue(seen["delivery"][invoice.id].met)
        self.assertIn(picking.name, seen["delivery"][invoice.id].text)

    def test_what_is_not_signed_or_not_done_proves_nothing(self):
        for values in (
            {"signed": False, "slip_signed": False},
            {"signed": False, "delivered": False, "slip_signed": True},
        ):
            with self.subTest(**values):
                invoice, _order, _picking = self.sold(**values)
                seen = self.seen(invoice)
                self.assertFalse(seen["order"][invoice.id].met)
                self.assertFalse(seen["delivery"][invoice.id].met)

    def test_a_collector_who_reads_no_sales_sees_the_evidence(self):
        invoice, _order, _picking = self.sold()
        self.env.user.group_ids -= self.env.ref("sales_team.group_sale_manager")
        self.env.user.group_ids -= self.env.ref("stock.group_stock_manager")
        self.assertTrue(self.seen(invoice)["order"][invoice.id].met)

    def test_evidence_of_many_invoices_takes_no_more_statements(self):
        one = self.sold()[0]
        many = one | self.sold()[0] | self.sold()[0] | self.sold()[0]
        counts = []
        for moves in (one, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moves._orders_told()
            moves._deliveries_told()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def case(self, invoice):
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        card.sudo().write({"debtor_type": "professional", "type_confirmed": True})
        with self.at(MONDAY):
            return self.env["recouvrement.case"]._open(card, invoice)

    def pieces(self, case):
        case = case.with_context(force_report_rendering=True).sudo()
        with self.at(MONDAY):
            case.env["recouvrement.case.piece"]._take(case, case._pieces_found(), MONDAY)
        return case.piece_ids.filtered(lambda piece: piece.kind in ("order", "delivery"))

    def test_orders_and_deliveries_without_a_file_are_printed_kept_and_not_printed_again(self):
        invoice, order, picking = self.sold(slip_signed=False)
        case = self.case(invoice)
        pieces = self.pieces(case)
        self.assertEqual(
            pieces.mapped("title"),
            [f"Commande {order.name}, signée par Paul Durand", f"Bon de livraison {picking.name}"],
        )
        for piece in pieces:
            raw = piece.attachment_id.raw
            self.assertTrue(raw.startswith(b"%PDF"))
            self.assertEqual(piece.sha256, hashlib.sha256(raw).hexdigest())
        self.assertEqual(self.pieces(case), pieces)

    def test_the_file_of_an_order_is_the_piece_and_nothing_is_printed(self):
        invoice, order, picking = self.sold()
        for record, name in ((order, "bon signé.pdf"), (picking, "BL émargé.pdf")):
            self.env["ir.attachment"].search([("res_model", "=", record._name), ("res_id", "=", record.id)]).unlink()
            self.env["ir.attachment"].create(
                {"name": name, "raw": b"%PDF-1.4 " + name.encode(), "res_model": record._name, "res_id": record.id}
            )
        pieces = self.pieces(self.case(invoice))
        self.assertEqual(
            pieces.mapped("title"), [f"Commande {order.name} (bon signé)", f"Livraison {picking.name} (BL émargé)"]
        )

    def test_a_quotation_and_a_delivery_to_come_are_no_pieces(self):
        invoice, _order, picking = self.sold(signed=False, delivered=False, slip_signed=False)
        titles = self.pieces(self.case(invoice)).mapped("title")
        self.assertNotIn(f"Bon de livraison {picking.name}", titles)
        self.assertEqual(len(titles), 1, titles)
