from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPayerChoice(RecouvrementCommon):
    """What the way a debtor pays chooses: nothing, unless the company says so; shown before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.env["recouvrement.debtor"]._card(cls.company, cls.debtor_partner)
        cls.debtor.sudo().write({"debtor_type": "professional", "type_confirmed": True})
        cls.strict = cls._policy("Strict", by_hand=True)
        cls.policy.level_ids = [cls._level("Before", 5, 3, kind="pre_due")]
        cls.announcement = cls.policy.level_ids.filtered(lambda level: level.kind == "pre_due")

    def profile(self, trust, days_late=40):
        return (
            self.env["recouvrement.payer.profile"]
            .sudo()
            .create(
                {
                    "debtor_id": self.debtor.id,
                    "company_id": self.company.id,
                    "payment_count": 4,
                    "days_late": days_late,
                    "proposed_trust": trust,
                    "computed_on": MONDAY,
                }
            )
        )

    def test_nothing_is_chosen_unless_the_company_says_so(self):
        self.profile("bad")
        self.invoice(MONDAY - 5 * DAY)
        self.night(MONDAY)
        self.assertEqual(self.reminders().policy_id, self.policy)

    def test_a_bad_payer_follows_the_policy_of_bad_payers(self):
        self.profile("bad")
        self.company.recouvrement_policy_bad_id = self.strict
        self.invoice(MONDAY - 5 * DAY)
        self.night(MONDAY)
        self.assertEqual(self.reminders().policy_id, self.strict)
        self.assertEqual(self.debtor._followed_policy(), self.strict)

    def test_what_the_card_or_the_invoice_says_comes_first(self):
        self.profile("bad")
        self.company.recouvrement_policy_bad_id = self.strict
        self.debtor.sudo().policy_id = self.policy
        self.invoice(MONDAY - 5 * DAY)
        self.night(MONDAY)
        self.assertEqual(self.reminders().policy_id, self.policy)
        self.assertEqual(self.debtor._followed_policy(), self.policy)

    def test_a_person_and_a_draft_policy_are_treated_as_everybody(self):
        self.profile("bad")
        self.company.recouvrement_policy_bad_id = self.strict
        found = self.env["recouvrement.debtor"]._profiled(self.company, self.debtor_partner.ids)
        self.assertEqual(found[self.debtor_partner.id].policy_id, self.strict.id)
        self.debtor_partner.is_company = False
        self.env.flush_all()
        self.assertEqual(self.env["recouvrement.debtor"]._profiled(self.company, self.debtor_partner.ids), {})
        self.debtor_partner.is_company = True
        self.strict.state = "draft"
        self.invoice(MONDAY - 5 * DAY)
        self.night(MONDAY)
        self.assertEqual(self.reminders().policy_id, self.policy)

    def test_what_falls_due_is_announced_to_a_good_payer_unless_the_company_leaves_him_alone(self):
        profile = self.profile("good", days_late=0)
        self.invoice(MONDAY + 3 * DAY)
        self.company.recouvrement_profile_announces = True
        self.night(MONDAY)
        self.assertFalse(self.reminders())
        profile.proposed_trust = "normal"
        self.env.flush_all()
        self.debtor.sudo().next_date = MONDAY + DAY
        self.night(MONDAY + DAY)
        self.assertEqual(self.reminders().level_id, self.announcement)

    def test_a_discount_is_offered_to_good_payers_too(self):
        rule = self.policy._rule(self.company)
        announced = next(level for level in rule.levels if level.kind == "pre_due")
        self.assertTrue(announced.only_announces)
        self.assertFalse(announced._replace(anchor="discount_date").only_announces)
        self.assertFalse(next(level for level in rule.levels if level.kind == "reminder").only_announces)

    def test_what_it_would_choose_is_shown_before(self):
        profile = self.profile("bad")
        self.assertEqual((profile.policy_now_id, profile.policy_chosen_id), (self.policy, self.policy))
        self.assertEqual((profile.announcement, profile.agenda_effect), ("yes", "asked"))
        self.company.recouvrement_policy_bad_id = self.strict
        profile.write({"proposed_trust": "bad"})
        self.assertEqual((profile.policy_now_id, profile.policy_chosen_id), (self.strict, self.strict))
        profile.write({"proposed_trust": "good", "days_late": 2})
        self.assertEqual((profile.announcement, profile.agenda_effect), ("no", "itself"))
        self.assertEqual(profile.policy_chosen_id, self.policy)

    def test_a_proposal_that_changes_is_decided_on_the_next_night(self):
        self.company.recouvrement_policy_bad_id = self.strict
        for days in (40, 50, 60):
            due = MONDAY - (100 + days) * DAY
            self.pay(self.invoice(due, 100), on=due + days * DAY)
        self.debtor.sudo().next_date = MONDAY + 60 * DAY
        self.env["recouvrement.payer.profile"]._refresh(self.company, MONDAY)
        self.assertEqual(self.debtor.payer_ids.proposed_trust, "bad")
        self.assertEqual(self.debtor.next_date, MONDAY)

    def test_a_broken_promise_fades_from_the_agenda(self):
        self.invoice(MONDAY - 60 * DAY)
        self.debtor.sudo().write(
            {"overdue_amount": 1000, "oldest_due_date": MONDAY - 10 * DAY, "reason": "levels_done"}
        )
        promise = self.env["recouvrement.promise"].sudo()
        promise.create(
            {
                "debtor_id": self.debtor.id,
                "date": MONDAY - 45 * DAY,
                "made_on": MONDAY - 50 * DAY,
                "amount": 1000,
                "state": "broken",
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
            }
        )

        def value():
            self.env["recouvrement.debtor"].sudo()._rank_agenda(self.company, MONDAY)
            return self.debtor.agenda_value

        self.assertEqual(value(), 750)  # 1,000 x 0.60 x (1 + 0.5 x 45/90)
        self.company.recouvrement_broken_fade_days = 450
        self.assertEqual(value(), 870)  # 1,000 x 0.60 x (1 + 0.5 x 405/450)
        self.company.recouvrement_broken_fade_days = 45
        self.assertEqual(value(), 600)
        with self.assertRaises(ValidationError):
            self.company.recouvrement_broken_fade_days = -1
