from datetime import timedelta

from odoo.tests import Form, tagged

from ..common import MONDAY
from .dispatch_common import DispatchCommon

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


@tagged("post_install", "-at_install")
class TestParentChanged(DispatchCommon):
    """A person invoiced by himself is found to work for a company: his invoices are the company's from then on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._partner(
            "Jean Petit", is_company=False, company_registry=False, email="jean@durand.example", parent_id=False
        )

    def joins(self):
        with self.at(MONDAY):
            self.person.parent_id = self.debtor_partner
            self.env.flush_all()

    def told(self):
        return [address for recipients, _body in self.server.messages for address in recipients]

    def test_the_two_planned_reminders_of_that_day_leave_as_one_message(self):
        own = self.invoice(MONDAY - 3 * DAY)
        his = self.invoice(MONDAY - 3 * DAY, 400, partner=self.person)
        self.night(MONDAY)
        self.assertEqual((len(self.reminders()), len(self.reminders(self.person))), (1, 1))
        self.joins()
        self.dispatch(MONDAY)
        self.assertEqual(self.told(), ["compta@durand.example"])
        self.night(MONDAY + WEEK)
        self.dispatch(MONDAY + WEEK)
        self.assertEqual(self.reminders()[-1].line_ids.move_id, own | his)

    def test_his_history_goes_on_in_the_company(self):
        self.invoice(MONDAY - 3 * DAY, 400, partner=self.person)
        self.night(MONDAY)
        self.mark_sent(self.reminders(self.person), MONDAY)
        self.joins()
        self.night(MONDAY + WEEK)
        self.assertEqual(self.reminders().level_id, self.second)

    def test_the_law_is_that_of_the_company_on_the_invoice_too(self):
        his = self.invoice(MONDAY - 30 * DAY, 400, partner=self.person)
        self.night(MONDAY)
        with self.at(MONDAY):
            self.card(self.person).write({"debtor_type": "consumer", "type_confirmed": True})
            his.invalidate_recordset()
            self.assertEqual((his.late_interest, his.recovery_indemnity), (0, 0))
        self.joins()
        self.night(MONDAY + DAY)
        with self.at(MONDAY + DAY):
            self.card().write({"debtor_type": "professional", "type_confirmed": True})
            self.env.invalidate_all()
            self.assertEqual(his.commercial_partner_id, self.debtor_partner)
            self.assertEqual(his.recouvrement_debtor_id, self.card())
            self.assertEqual(his.recovery_indemnity, 40)

    def test_a_promise_of_the_company_takes_his_invoice(self):
        his = self.invoice(MONDAY - 3 * DAY, 400, partner=self.person)
        self.night(MONDAY)
        self.joins()
        self.night(MONDAY + DAY)
        with self.at(MONDAY + DAY):
            dialog = Form(
                self.env["recouvrement.promise.wizard"].with_context(active_model="account.move", active_ids=his.ids)
            )
            dialog.save().action_note()
        promise = self.env["recouvrement.promise"].search([("move_ids", "in", his.ids)])
        self.assertEqual((promise.debtor_id, promise.amount), (self.card(), 400))
