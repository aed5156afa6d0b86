import base64
import hashlib
import io
from datetime import timedelta

from pypdf import PdfReader

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

    def broken(self, report):
        """The printed form of this report asks for a field that is not there."""
        view = self.env.ref(report)
        view.with_context(lang=None).arch_db = f'<t t-name="{report}"><t t-out="docs.a_field_not_there"/></t>'

    def test_one_that_cannot_be_printed_is_named_and_has_a_sheet_until_it_can(self):
        invoice, order, picking = self.sold(slip_signed=False)
        case = self.case(invoice).with_context(force_report_rendering=True)
        view = self.env.ref("sale.report_saleorder")
        arch = view.arch_db
        self.broken("sale.report_saleorder")
        with self.at(MONDAY), self.assertLogs("odoo.addons.recouvrement_fr_sale_stock", "WARNING"):
            told = case.action_gather()["params"]
        title = f"Commande {order.name}, signée par Paul Durand"
        self.assertEqual(told["type"], "warning")
        self.assertIn(title, told["message"])
        self.assertNotIn(picking.name, told["message"])
        pieces = case.piece_ids.filtered(lambda piece: piece.kind in ("order", "delivery"))
        self.assertEqual([bool(piece.file_size) for piece in pieces], [False, True])
        with self.at(MONDAY):
            file = self.env["recouvrement.case.file"].browse(case.action_make_file()["res_id"])
        self.assertIn(title, file.problems)
        pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file.pdf_id.raw)).pages)
        self.assertIn("son fichier est vide", pages)
        view.arch_db = arch
        with self.at(MONDAY):
            self.assertEqual(case.action_gather()["params"]["type"], "success")
        mended = case.piece_ids.filtered(lambda piece: piece.kind == "order")
        self.assertTrue(mended.attachment_id.raw.startswith(b"%PDF"))
        self.assertEqual((mended.version, mended.supersedes_id), (2, pieces[0]))

    def test_one_printed_before_stays_when_it_cannot_be_printed_again(self):
        invoice, order, _picking = self.sold(slip_signed=False)
        case = self.case(invoice)
        before = self.pieces(case)
        order.client_order_ref = "BC 4500012"
        self.broken("sale.report_saleorder")
        with self.assertLogs("odoo.addons.recouvrement_fr_sale_stock", "WARNING"):
            self.assertEqual(self.pieces(case), before)
        self.assertTrue(before[0].attachment_id.raw.startswith(b"%PDF"))

    def test_a_signed_order_is_printed_beside_a_file_that_is_no_signed_copy(self):
        for signed, titles in ((True, 2), (False, 1)):
            with self.subTest(signed=signed):
                invoice, order, picking = self.sold(signed=signed, slip_signed=False)
                self.env["ir.attachment"].search([("res_model", "=", order._name), ("res_id", "=", order.id)]).unlink()
                self.env["ir.attachment"].create(
                    {"name": "photo.png", "raw": PNG, "res_model": order._name, "res_id": order.id}
                )
                pieces = self.pieces(self.case(invoice)).filtered(lambda piece: piece.kind == "order")
                self.assertEqual(len(pieces), titles, pieces.mapped("title"))
                self.assertIn(f"Commande {order.name} (photo)", pieces.mapped("title"))
                self.assertFalse(not signed and self.seen(invoice)["order"][invoice.id].met)
