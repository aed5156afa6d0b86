from datetime import timedelta

from odoo.tests import tagged

from ..clock import today
from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestAgenda(DispatchCommon):
    """The agenda is grouped by act, and the history of a debtor tells what came to nothing and what was noted."""

    def acts(self):
        self.env.flush_all()
        self.env.invalidate_all()
        groups = self.env["recouvrement.debtor"]._read_group(
            [("company_id", "=", self.company.id)], ["act"], ["id:recordset"]
        )
        return dict(groups)

    def test_debtors_are_grouped_by_what_a_person_does_next(self):
        self.first.channel_ids.write({"channel": "call", "template_id": False})
        self.debtor_partner.phone = "+33 1 42 68 53 00"
        quiet = self._partner("Ne doit rien encore")
        self.invoice(MONDAY + 60 * DAY, partner=quiet)
        silent = self._partner("Sans adresse", phone=False)
        self.invoice(MONDAY - 5 * DAY, partner=silent)
        self.reminded(days=5)
        self.dispatch(MONDAY)
        found = self.acts()
        self.assertEqual(found["call"], self.card())
        self.assertEqual(found["post"], self.card(silent))
        self.assertIn(self.card(quiet), found["none"])
        self.assertEqual(self.card().act, "call")
        debtors = self.env["recouvrement.debtor"]
        self.assertEqual(debtors.search([("act", "=", "post"), ("company_id", "=", self.company.id)]), found["post"])
        self.assertTrue(debtors.fields_get(["act"], ["groupable"])["act"]["groupable"])
        self.card().reply_pending = True
        self.assertEqual(self.acts()["answer"], self.card())

    def test_a_letter_to_approve_is_read_again(self):
        self.first.requires_approval = True
        self.reminded(days=5)
        self.assertEqual(self.acts()["approve"], self.card())

    def test_the_history_tells_payments_undone_and_what_was_noted_on_a_promise(self):
        debt = self.invoice(MONDAY - 5 * DAY)
        self.night(MONDAY)
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(self.card(), debt, 1000, MONDAY + 8 * DAY, on=today())
            promise.message_post(body="Asked twice", message_type="comment")
            payment = self.pay(debt, on=MONDAY)
            payment.sudo().action_draft()
            payment.sudo().action_cancel()
            rows = self.card().get_timeline()["rows"]
        titles = [row["title"] for row in rows]
        self.assertIn("Payment cancelled or rejected", titles)
        self.assertIn("Asked twice", " ".join(row["detail"] for row in rows))
