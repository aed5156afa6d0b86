from datetime import timedelta

from odoo.tests import tagged

from ..clock import today
from .case_common import DAY, DUE, OPENED, CaseCommon


@tagged("post_install", "-at_install")
class TestToLitigate(CaseCommon):
    def expired_notice(self):
        """A formal notice that left, and whose term is over the day after the one returned."""
        self.night(DUE + 31 * DAY)
        notice = self.env["recouvrement.reminder"].search([("debtor_id", "=", self.card().id)], limit=1)
        notice.sudo().write({"level_id": self.notice.id})
        notice.line_ids.sudo().write({"level_id": self.notice.id, "role": "carried"})
        self.mark_sent(notice, OPENED)
        notice.sudo().deadline = OPENED + 8 * DAY
        return OPENED + 8 * DAY

    def test_an_expired_and_unpaid_formal_notice_proposes_a_case_once(self):
        last = self.expired_notice()
        debtor = self.card()
        self.follow(last)
        self.assertFalse(debtor.activity_ids)
        with self.at(last):
            self.assertNotIn(debtor, self.env["recouvrement.debtor"].search([("is_to_litigate", "=", True)]))
        self.follow(last + DAY)
        self.follow(last + 2 * DAY)
        self.assertEqual(len(debtor.activity_ids), 1)
        self.assertIn("expired unpaid", debtor.activity_ids.summary)
        with self.at(last + DAY):
            self.assertIn(debtor, self.env["recouvrement.debtor"].search([("is_to_litigate", "=", True)]))
            self.assertTrue(debtor.is_to_litigate)
            self.assertEqual(debtor._case_moves(on=today()), self.debt)
        case = self.opened(on=last + 2 * DAY)
        self.assertFalse(debtor.activity_ids)
        self.assertEqual(case.state, "amicable")
        self.assertFalse(case.run_ids)  # nothing judicial by itself
        with self.at(last + 2 * DAY):
            self.assertNotIn(debtor, self.env["recouvrement.debtor"].search([("is_to_litigate", "=", True)]))

    def test_a_payment_after_the_proposal_takes_it_back(self):
        last = self.expired_notice()
        self.follow(last + DAY)
        self.assertEqual(len(self.card().activity_ids), 1)
        self.pay(self.debt, on=last + DAY)
        self.follow(last + 2 * DAY)
        self.assertFalse(self.card().activity_ids)

    def test_the_scheduler_writes_in_the_language_of_the_collectors(self):
        people = self.env.ref("recouvrement_fr.group_recouvrement_user").all_user_ids
        people.sudo().lang = "fr_FR"
        last = self.expired_notice()
        self.env.flush_all()
        with self.at(last + DAY), self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_follow_up").method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn("dossier contentieux", self.card().activity_ids.summary)

    def test_a_payment_before_the_term_proposes_nothing(self):
        last = self.expired_notice()
        self.pay(self.debt, 10000, on=OPENED + DAY)
        self.follow(last + DAY)
        self.assertFalse(self.card().activity_ids.filtered(lambda found: "open a litigation" in found.summary))

    def test_a_dispute_holds_the_proposal(self):
        last = self.expired_notice()
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        with self.at(OPENED + DAY):
            self.env["recouvrement.dispute"]._open(self.card(), self.debt, reason)
        self.assertFalse(self.env["recouvrement.case"].sudo()._to_litigate(last + timedelta(days=1)))
