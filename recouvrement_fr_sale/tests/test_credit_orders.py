from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.recouvrement_fr.tests.common import MONDAY
from odoo.addons.recouvrement_fr.tests.credit.credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditOrders(CreditCommon):
    """Orders count in the exposure, and a credit limit stops a quotation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.product = cls.env["product.product"].create(
            {"name": "Porte", "type": "service", "invoice_policy": "order", "list_price": 100, "taxes_id": False}
        )
        cls.seller = new_test_user(
            cls.env,
            "sells",
            "base.group_user,sales_team.group_sale_salesman_all_leads",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def order(self, doors, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.debtor_partner.id,
                "company_id": self.company.id,
                "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": doors})],
                **values,
            }
        )

    def exposed(self):
        return self.debtor._credit_exposures(MONDAY)[self.debtor]

    def test_what_is_ordered_counts_until_its_invoice_is_posted(self):
        order = self.order(4)
        self.assertEqual(self.exposed().orders, 0, "A quotation binds nobody.")
        order.action_confirm()
        self.assertEqual((self.exposed().orders, self.exposed().exposure), (400, 400))
        invoice = order._create_invoices()
        self.assertEqual(self.exposed().orders, 400, "A draft owes nothing yet.")
        invoice.invoice_line_ids.quantity = 3
        invoice.invoice_date = MONDAY
        invoice.action_post()
        self.assertEqual((self.exposed().orders, self.exposed().open_items, self.exposed().exposure), (100, 300, 400))

    def test_the_invoice_of_an_order_that_was_accepted_is_not_stopped(self):
        self.approved()
        self.company.recouvrement_credit_mode = "block"
        order = self.order(10)
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.invoice_date = MONDAY
        self.assertFalse(invoice.recouvrement_credit_warning, "Its 1,000 are in the exposure already.")
        invoice.invoice_line_ids.quantity = 11
        self.assertTrue(invoice.recouvrement_credit_blocks, "The eleventh door was not ordered.")
        invoice.invoice_line_ids.quantity = 10
        invoice.action_post()
        self.assertEqual(self.exposed().exposure, 1000)

    def invoiced(self, order, **values):
        """The next invoice of an order, posted, its first line changed."""
        invoice = order._create_invoices()
        invoice.invoice_date = MONDAY
        invoice.invoice_line_ids[:1].write(values)
        invoice.action_post()
        return invoice

    def test_what_is_invoiced_for_less_than_it_was_ordered_leaves_nothing(self):
        order = self.order(4)
        order.action_confirm()
        self.invoiced(order, price_unit=95)
        self.assertEqual((self.exposed().orders, self.exposed().exposure), (0, 380))

    def test_what_is_left_is_the_quantity_not_invoiced_at_the_price_ordered_with_its_tax(self):
        self.product.taxes_id = self.company_data["default_tax_sale"].copy(
            {"name": "TVA 20", "amount": 20.0, "amount_type": "percent", "price_include_override": "tax_excluded"}
        )
        order = self.order(4)
        order.action_confirm()
        self.assertEqual(self.exposed().orders, 480)
        invoice = self.invoiced(order, quantity=3, price_unit=90)
        self.assertEqual((self.exposed().orders, self.exposed().open_items), (120, 324))
        credit = invoice._reverse_moves([{"invoice_date": MONDAY}])
        self.assertEqual(self.exposed().orders, 120, "A draft credit gives nothing back.")
        credit.action_post()
        self.assertEqual(self.exposed().orders, 480)

    def test_an_invoice_in_another_unit_takes_off_as_many(self):
        dozen, unit = self.env.ref("uom.product_uom_dozen"), self.env.ref("uom.product_uom_unit")
        order = self.order(1)
        order.order_line.write({"product_uom_id": dozen.id, "price_unit": 1200})
        order.action_confirm()
        self.invoiced(order, product_uom_id=unit.id, quantity=6, price_unit=100)
        self.assertAlmostEqual(self.exposed().orders, 600)

    def test_what_is_invoiced_on_account_comes_off_the_order_until_it_is_deducted(self):
        order = self.order(4)
        order.action_confirm()
        advance = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(order.ids)], "advance_payment_method": "percentage", "amount": 30}
        )
        deposit = advance._create_invoices(order)
        deposit.invoice_date = MONDAY
        deposit.action_post()
        self.assertEqual((self.exposed().orders, self.exposed().open_items), (280, 120))
        final = order._create_invoices(final=True)
        final.invoice_date = MONDAY
        self.assertEqual((final.amount_total, final._credit_added()), (280, 0))
        final.action_post()
        self.assertEqual((self.exposed().orders, self.exposed().open_items), (0, 400))

    def test_what_is_left_of_a_delivery_once_it_is_cancelled_is_not_exposed(self):
        if "stock.picking" not in self.env:
            self.skipTest("Deliveries are those of the stock.")
        self.product.write({"type": "consu", "invoice_policy": "delivery"})
        order = self.order(10)
        order.action_confirm()
        self.assertEqual(self.exposed().orders, 1000, "Nothing is delivered: it is all to come.")
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 8, "picked": True})
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()
        self.assertEqual(order.order_line.qty_delivered, 8)
        order._create_invoices()
        self.assertEqual(self.exposed().orders, 800, "What is on a draft is owed by nobody yet.")
        order.invoice_ids.invoice_date = MONDAY
        order.invoice_ids.action_post()
        self.assertEqual((self.exposed().orders, self.exposed().open_items), (0, 800))

    def test_what_is_still_to_be_delivered_stays_exposed(self):
        self.product.invoice_policy = "delivery"
        order = self.order(10)
        order.action_confirm()
        order.order_line.qty_delivered = 8
        self.invoiced(order)
        self.assertEqual((self.exposed().orders, self.exposed().open_items), (200, 800))

    def test_an_invoice_for_more_than_was_ordered_of_a_line_takes_nothing_off_another(self):
        self.approved(limit_amount=200)
        self.company.recouvrement_credit_mode = "block"
        order = self.order(1, order_line=[Command.create({"product_id": self.product.id})] * 2)
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.invoice_date = MONDAY
        invoice.invoice_line_ids[1:].unlink()
        self.assertFalse(invoice.recouvrement_credit_warning)
        invoice.invoice_line_ids.price_unit = 150
        self.assertEqual(invoice._credit_added(), 50)
        self.assertTrue(invoice.recouvrement_credit_blocks, "150 invoiced, and 100 still ordered.")
        invoice.invoice_line_ids.price_unit = 95
        self.assertFalse(invoice.recouvrement_credit_warning)

    def test_a_quotation_over_the_limit_warns_and_is_confirmed(self):
        self.approved()
        order = self.order(11)
        self.assertIn("when the credit decided is", order.recouvrement_credit_warning)
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.message_ids.filtered(lambda note: "credit decided" in (note.body or "")))

    def test_a_block_is_lifted_by_a_manager_in_writing(self):
        self.approved()
        self.company.recouvrement_credit_mode = "block"
        order = self.order(11)
        with self.assertRaises(UserError):
            order.with_user(self.seller).action_confirm()
        self.manager.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.env["recouvrement.credit.allow"].with_user(self.manager).with_context(
            active_model="sale.order", active_id=order.id
        ).create({"reason": "Its bank guarantees it"}).action_allow()
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_customer_who_confirms_online_is_not_told_his_credit(self):
        self.approved()
        self.company.recouvrement_credit_mode = "block"
        message = self.order(11).with_user(self.env.ref("base.public_user")).sudo()._confirmation_error_message()
        self.assertTrue(message)
        self.assertNotIn("1,000", message)
        self.assertNotIn("1\u202f000", message)
        self.assertNotIn("credit", message)

    def test_the_deposit_of_the_decision_is_asked(self):
        self.assertFalse(self.order(1).require_payment and self.order(1).prepayment_percent == 0.3)
        self.approved()
        order = self.order(1)
        self.assertTrue(order.require_payment)
        self.assertAlmostEqual(order.prepayment_percent, 0.3)

    # --- money taken online -------------------------------------------------------------------------------------------

    def paid(self, order, amount):
        """Core's own work once the provider says that the money is there."""
        provider = self.env["payment.provider"].create({"name": "Bank", "code": "none", "company_id": self.company.id})
        self.company_data["default_journal_bank"].inbound_payment_method_line_ids[:1].payment_provider_id = provider
        provider.invalidate_recordset(["journal_id"])
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": amount,
                "currency_id": self.company.currency_id.id,
                "partner_id": self.debtor_partner.id,
                "reference": f"order-{order.id}",
                "state": "done",
                "last_state_change": MONDAY,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        transaction.sudo()._post_process()
        return transaction

    def test_the_deposit_of_an_order_that_is_stopped_is_entered_and_the_order_waits(self):
        self.approved(upfront_percent=30)
        self.company.recouvrement_credit_mode = "block"
        order = self.order(20)  # 2,000, of which 600 before it is confirmed; 1,400 would be owed, 1,000 at most
        transaction = self.paid(order, 600)
        self.assertIn(transaction.payment_id.state, ("in_process", "paid"))
        self.assertEqual(order.state, "draft")
        self.assertTrue(order.message_ids.filtered(lambda note: "credit decided" in (note.body or "")))

    def test_an_order_paid_in_full_needs_no_credit(self):
        self.approved(limit_amount=0)
        self.company.recouvrement_credit_mode = "block"
        order = self.order(20)
        self.paid(order, 2000)
        self.assertEqual((order.state, self.exposed().exposure), ("sale", 0))
