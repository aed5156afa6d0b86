from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestAgendaByValue(RecouvrementCommon):
    """What is to do, in the order of what acting today is worth."""

    def waiting(self, name, amount, days, **values):
        """A debtor somebody has to do something about, overdue by so many days."""
        partner = self._partner(name)
        self.invoice(MONDAY - days * DAY, amount, partner=partner)
        card = self.env["recouvrement.debtor"]._card(self.company, partner)
        card.sudo().write(
            {
                "overdue_amount": amount,
                "oldest_due_date": MONDAY - days * DAY,
                "reason": "levels_done",
                "debtor_type": "professional",
                **values,
            }
        )
        return card

    def ranked(self):
        self.env["recouvrement.debtor"].sudo()._rank_agenda(self.company, MONDAY)
        return self.env["recouvrement.debtor"].search(
            [("company_id", "=", self.company.id), ("agenda_value", ">", 0)], order="agenda_value desc, id"
        )

    def test_the_order_is_amount_times_chance_times_urgency(self):
        old = self.waiting("Old", 3000, 400)  # 3,000 x 0.15 = 450
        fresh = self.waiting("Fresh", 1000, 10)  # 1,000 x 0.60 = 600
        answered = self.waiting("Answered", 800, 10, reply_pending=True)  # 800 x 0.60 x 1.5 = 720
        self.assertEqual(self.ranked(), answered | fresh | old)
        self.assertEqual([card.agenda_value for card in answered | fresh | old], [720, 600, 450])

    def test_what_waits_or_is_done_with_for_today_is_not_in_it(self):
        waits = self.waiting("Waits", 1000, 10, reason="delay")
        done = self.waiting("Done", 1000, 10)
        self.assertEqual(self.ranked(), done)
        done.sudo().treated_on = MONDAY
        self.assertFalse(self.ranked())
        self.assertFalse((waits | done).filtered("agenda_value"))

    def test_who_has_nothing_overdue_is_not_in_it(self):
        owes = self.waiting("Owes", 1000, 10)
        paid = self.waiting("Paid", 1000, 10, overdue_amount=0, reply_pending=True)
        self.assertEqual(self.ranked(), owes)
        owes.sudo().overdue_amount = 0
        self.assertFalse(self.ranked())
        self.assertFalse((owes | paid).filtered("agenda_value"))
        self.assertFalse(owes.agenda_sentence)

    def test_who_answered_before_anything_was_overdue_waits_for_its_answer(self):
        card = self.waiting("Answered", 800, -10, overdue_amount=0, oldest_due_date=False, open_amount=800)
        self.assertFalse(self.ranked())
        card.sudo().reply_pending = True
        self.assertEqual(self.ranked(), card)
        self.assertEqual(card.agenda_value, 720)  # 800 x 0.60 x 1.5
        with self.at(MONDAY):
            sentence = card.with_context(lang="en_US").agenda_sentence
        self.assertRegex(
            sentence, r"800[.,]00.* not due yet; 60 % chance that acting today helps, urgent \(× 1[.,]5\), "
        )
        self.assertTrue(sentence.endswith(", it has answered and waits."))
        card.sudo().treated_on = MONDAY
        self.assertFalse(self.ranked())

    def test_each_line_is_explained_in_a_sentence(self):
        card = self.waiting("Answered", 800, 10, reply_pending=True).with_context(lang="en_US")
        self.ranked()
        with self.at(MONDAY):
            sentence = card.agenda_sentence
        self.assertRegex(sentence, r"800[.,]00.* overdue, the oldest by 10 days; 60 % chance that acting today helps")
        self.assertRegex(sentence, r"urgent \(× 1[.,]5\), it has answered and waits\.$")

    def test_how_a_company_pays_counts_and_how_a_person_pays_does_not(self):
        card = self.waiting("Slow", 1000, 10)
        profiles = self.env["recouvrement.payer.profile"].sudo()
        profiles.create({"debtor_id": card.id, "company_id": self.company.id, "payment_count": 3, "days_late": 40})
        self.ranked()
        self.assertEqual(card.agenda_value, 600, "Unless the company wants it, it is not weighed up.")
        self.company.recouvrement_profile_agenda = True
        self.ranked()
        self.assertEqual(card.agenda_value, 720)  # 1,000 x 0.60 x 1.2
        card.partner_id.is_company = False
        self.ranked()
        self.assertEqual(card.agenda_value, 600)

    def test_a_collector_opens_it(self):
        card = self.waiting("Fresh", 1000, 10)
        debtors = self.env["recouvrement.debtor"].with_user(self._somebody("collects")).with_company(self.company)
        with self.at(MONDAY):
            action = debtors.action_agenda_by_value()
        self.assertIn(card, debtors.search(action["domain"]))

    def test_many_take_no_more_statements(self):
        def statements():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["recouvrement.debtor"].sudo()._rank_agenda(self.company, MONDAY)
            return self.env.cr.sql_log_count - before

        self.waiting("One", 1000, 10)
        statements()
        one = statements()
        for number in range(5):
            self.waiting(f"Client {number}", 1000, 10)
        self.assertLessEqual(statements(), one + 1)
