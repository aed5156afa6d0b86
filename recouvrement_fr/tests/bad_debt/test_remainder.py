from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
TASK = "recouvrement_fr.mail_activity_type_remainder"


@tagged("post_install", "-at_install")
class TestRemainder(RecouvrementCommon):
    """What is too small for a letter ends with a person, not with nobody."""

    def setUp(self):
        super().setUp()
        self.company.recouvrement_small_balance = 5

    def follow(self, on=MONDAY):
        with self.at(on):
            self.env["recouvrement.remainder"].with_user(self.env.ref("base.user_root"))._follow_up(on)
        self.env.invalidate_all()

    def tasks(self, partner=None):
        activities = self.env["mail.activity"].with_context(active_test=False)
        domain = [("activity_type_id", "=", self.env.ref(TASK).id), ("res_id", "in", self.card(partner).ids)]
        return activities.search(domain, order="id")

    def remainder(self, left=9.0, due=MONDAY - 91 * DAY, **values):
        invoice = self.invoice(due, 1000, **values)
        self.pay(invoice, 1000 - left, on=due)
        self.env["recouvrement.debtor"]._card(self.company, invoice.commercial_partner_id)
        return invoice

    def test_a_remainder_is_asked_about_once_its_days_are_over_and_once_only(self):
        self.remainder(due=MONDAY - 90 * DAY)
        self.follow()
        self.assertFalse(self.tasks(), "the ninetieth day is not over")
        self.follow(MONDAY + DAY)
        self.follow(MONDAY + 2 * DAY)
        task = self.tasks()
        self.assertEqual(len(task), 1)
        self.assertIn("9,00", task.summary)
        self.assertEqual(task.date_deadline, MONDAY + DAY)

    def test_one_that_is_done_is_not_made_again_in_another_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.remainder()
        self.follow()
        self.tasks().action_feedback("later")
        with self.at(MONDAY + DAY):
            model = self.env["recouvrement.remainder"].with_user(self.env.ref("base.user_root"))
            model.with_context(lang="fr_FR")._follow_up(MONDAY + DAY)
        self.env.invalidate_all()
        self.assertEqual(self.tasks().mapped("active"), [False])

    def test_the_task_goes_when_the_remainder_is_paid(self):
        invoice = self.remainder()
        self.follow()
        self.assertTrue(self.tasks().active)
        self.pay(invoice, on=MONDAY)
        self.follow(MONDAY + DAY)
        self.assertFalse(self.tasks())

    def test_a_task_done_is_not_made_again_for_the_same_and_is_for_another_amount(self):
        self.remainder()
        self.follow()
        self.tasks().action_feedback("later")
        self.follow(MONDAY + DAY)
        self.assertEqual(self.tasks().mapped("active"), [False])
        self.remainder(4, due=MONDAY - 95 * DAY)
        self.follow(MONDAY + 2 * DAY)
        self.assertEqual(self.tasks().mapped("active"), [False, True])
        self.assertIn("13,00", self.tasks()[-1].summary)

    def test_beside_a_large_invoice_the_letter_lists_the_remainder_and_nobody_is_asked_until_it_is_alone(self):
        self.remainder()
        large = self.invoice(MONDAY - 100 * DAY, 700)
        self.follow()
        self.assertFalse(self.tasks())
        self.pay(large, on=MONDAY)
        self.follow(MONDAY + DAY)
        self.assertIn("9,00", self.tasks().summary)

    def test_a_collector_who_left_is_given_no_task(self):
        self.remainder()
        user = self.env["res.users"].create({"name": "Gone", "login": "gone-remainder"})
        self.card().sudo().collector_id = user
        user.active = False
        self.follow()
        self.assertTrue(self.tasks().user_id.active)

    def test_remainders_worth_a_letter_together_are_asked_for_by_it(self):
        for days in (91, 92):
            self.remainder(due=MONDAY - days * DAY)
        self.follow()
        self.assertFalse(self.tasks())

    def test_a_small_invoice_alone_is_told_too(self):
        self.invoice(MONDAY - 100 * DAY, 12)
        self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        self.follow()
        self.assertIn("12,00", self.tasks().summary)

    def test_what_is_held_is_not_asked_about(self):
        invoice = self.remainder()
        with self.at(MONDAY):
            self.env["recouvrement.exclusion"]._leave_out(self.card(), invoice, "agreed", MONDAY)
        self.follow()
        self.assertFalse(self.tasks())

    def test_zero_days_ask_nothing(self):
        self.remainder()
        self.company.recouvrement_small_balance_days = 0
        self.follow()
        self.assertFalse(self.tasks())

    def test_on_a_day_without_sending_it_is_asked_all_the_same(self):
        self.remainder()
        self.follow(MONDAY - DAY)  # a Sunday
        self.assertFalse(self.tasks())
        self.follow(MONDAY + 6 * DAY)
        self.assertTrue(self.tasks())

    def test_another_company_of_the_same_debtor_is_not_concerned(self):
        other = self.setup_other_company()["company"]
        card = self.env["recouvrement.debtor"].sudo()._card(other, self.debtor_partner)
        self.remainder()
        self.follow()
        self.assertEqual(self.tasks().mapped("res_id"), self.card().ids)
        self.assertFalse(card.sudo().activity_ids)
