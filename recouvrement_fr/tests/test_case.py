from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MONDAY, RecouvrementCommon

DUE = MONDAY - timedelta(days=40)
DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCase(RecouvrementCommon):
    def setUp(self):
        super().setUp()
        self.debt = self.invoice(DUE, 1000)
        self.night(MONDAY)

    def opened(self, moves=None, **values):
        with self.at(MONDAY):
            return self.env["recouvrement.case"]._open(self.card(), moves or self.debt, **values)

    def test_a_case_holds_its_invoices_and_takes_back_what_was_about_to_leave(self):
        self.assertEqual(self.reminders().state, "planned")
        case = self.opened()
        self.assertEqual(self.reminders().state, "cancelled")
        self.night(MONDAY + DAY)
        self.assertEqual(self.card().reason, "in_case")
        self.assertEqual(self.debt.dunning_state, "litigation")
        self.assertEqual(case.event_ids.kind, "opened")
        self.assertEqual(case.claim_ids.move_id, self.debt)

    def test_nobody_alters_the_past(self):
        event = self.opened().event_ids
        for evidence in (event, event.sudo()):
            with self.assertRaisesRegex(UserError, "never changed"):
                evidence.summary = "Something else"
        with self.assertRaises(AccessError):
            event.unlink()
        with self.assertRaisesRegex(UserError, "never deleted"):
            event.sudo().unlink()
