from datetime import date

from odoo.tests import TransactionCase, tagged

from ...models.decision.decider import Decider
from ...models.policy.recouvrement_level import SCRIPT_PLACEHOLDERS

CODES = ("professional", "consumer", "public", "key_account", "late_payer")


@tagged("post_install", "-at_install")
class TestShippedPolicies(TransactionCase):
    """The ready policies: complete, and harmless until a manager activates one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policies = {code: cls.env.ref(f"recouvrement_fr.policy_{code}") for code in CODES}

    def levels(self, code, kind="reminder"):
        return self.policies[code].level_ids.filtered(lambda level: level.kind == kind).sorted("sequence")

    def test_each_can_be_activated_as_it_is_and_is_in_draft(self):
        for code, policy in self.policies.items():
            with self.subTest(code):
                self.assertEqual(policy.copy().state, "draft")
                policy._check_complete()
                notices = self.levels(code, "formal_notice")
                self.assertEqual(notices.mapped("requires_approval"), [True])

    def test_key_accounts_are_called_before_anything_is_written(self):
        early, (call, letter, second) = self.levels("key_account", "pre_due"), self.levels("key_account")
        self.assertEqual((early.channel_ids.channel, early.minimum_amount), ("call", 10000))
        self.assertEqual((call + second).channel_ids.mapped("channel"), ["call", "call"])
        self.assertTrue(letter.requires_approval)
        self.assertEqual(set(self.levels("key_account").mapped("tone")), {"courteous"})

    def test_late_payers_are_reminded_on_the_day_after(self):
        self.assertEqual(self.levels("late_payer")[0].delay_days, 1)

    def test_levels_are_reached_no_sooner_than_contacts_may_follow(self):
        for code, policy in self.policies.items():
            days = [level.delay_days for level in self.levels(code) + self.levels(code, "formal_notice")]
            gaps = [later - sooner for sooner, later in zip(days, days[1:], strict=False)]
            self.assertGreaterEqual(min(gaps), policy.minimum_days_between, code)

    def test_what_is_chosen_by_hand_takes_no_debtor_by_itself(self):
        by_hand = {code: policy.by_hand for code, policy in self.policies.items()}
        self.assertEqual({code for code, chosen in by_hand.items() if chosen}, {"key_account", "late_payer"})
        every = self.env["recouvrement.policy"].search([])
        every.write({"state": "draft"})
        self.policies["late_payer"].action_activate()
        company = self.env.company.root_id
        self.assertEqual(Decider(self.env, company, date(2026, 3, 2)).matching, [])
        self.policies["professional"].action_activate()
        decider = Decider(self.env, company, date(2026, 3, 2))
        self.assertEqual(decider.matching, [("professional", self.policies["professional"].id)])
        self.assertIn(self.policies["late_payer"].id, decider.usable)

    def test_the_scripts_of_calls_are_filled_in(self):
        steps = self.env["recouvrement.level.channel"].search([("script", "!=", False)])
        self.assertGreaterEqual(len(steps), 5)
        for step in steps:
            filled = step.level_id._fill(step.script, dict.fromkeys(SCRIPT_PLACEHOLDERS, "?"), SCRIPT_PLACEHOLDERS)
            self.assertNotIn("{", filled)
