from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import RecouvrementCommon


@tagged("post_install", "-at_install")
class TestLevelsAdded(RecouvrementCommon):
    """A policy that sends stays one that can: a level that could reach nobody is refused where it is added."""

    def level(self, **values):
        return {"name": "Added", "sequence": 25, "delay_days": 20, "intro": "Bonjour", **values}

    def test_a_level_without_channel_is_refused_at_once_in_a_policy_that_sends(self):
        with self.assertRaisesRegex(UserError, "no channel"), self.env.cr.savepoint():
            self.env["recouvrement.level"].create(self.level(policy_id=self.policy.id))
        with self.assertRaisesRegex(UserError, "no channel"), self.env.cr.savepoint():
            self.policy.level_ids = [Command.create(self.level())]
        self.policy.action_deactivate()
        self.policy.level_ids = [Command.create(self.level())]

    def test_a_level_after_the_proposal_of_a_case_is_refused_and_an_order_is_changed_in_one_go(self):
        self.policy.level_ids = [self._level("Case", 40, 1, kind="case_proposal", anchor="previous_level")]
        with self.assertRaisesRegex(UserError, "after the proposal"), self.env.cr.savepoint():
            self.policy.level_ids = [self._level("Too late", 50, 50)]
        case = self.policy.level_ids.filtered(lambda level: level.kind == "case_proposal")
        with self.assertRaisesRegex(UserError, "after the proposal"), self.env.cr.savepoint():
            case.sequence = 5
        self.policy.level_ids = [
            Command.update(case.id, {"sequence": 30}),
            Command.update(self.notice.id, {"sequence": 25}),
        ]
        self.assertEqual(case.sequence, 30)

    def test_a_policy_with_a_level_after_the_proposal_is_not_activated(self):
        self.policy.action_deactivate()
        self.policy.level_ids = [
            self._level("Case", 40, 1, kind="case_proposal", anchor="previous_level"),
            self._level("Too late", 50, 50),
        ]
        with self.assertRaisesRegex(UserError, "after the proposal"), self.env.cr.savepoint():
            self.policy.action_activate()

    def test_the_last_channel_of_a_level_that_sends_is_neither_removed_nor_emptied(self):
        """By the list, by a call from outside, by moving it elsewhere: the level could reach nobody any more."""
        level, step = self.first, self.first.channel_ids[:1]
        self.assertEqual((len(level.channel_ids), step.channel), (1, "email"))
        ways = {
            "deleted": lambda: step.unlink(),
            "taken out": lambda: level.write({"channel_ids": [Command.delete(step.id)]}),
            "cleared": lambda: level.write({"channel_ids": [Command.clear()]}),
            "from the policy": lambda: self.policy.write(
                {"level_ids": [Command.update(level.id, {"channel_ids": [Command.delete(step.id)]})]}
            ),
            "moved": lambda: step.write({"level_id": self.notice.id, "channel": "sms"}),
        }
        for way, remove in ways.items():
            with self.subTest(way), self.assertRaisesRegex(UserError, "no channel"), self.env.cr.savepoint():
                remove()
        with self.assertRaisesRegex(UserError, "no template"), self.env.cr.savepoint():
            step.template_id = False
        self.assertTrue(level.channel_ids.template_id)

    def test_a_channel_takes_the_place_of_another_and_a_draft_policy_is_free(self):
        step = self.first.channel_ids[:1]
        self.first.write({"channel_ids": [Command.clear(), Command.create({"channel": "letter"})]})
        self.assertEqual(self.first.channel_ids.mapped("channel"), ["letter"])
        self.assertFalse(step.exists())
        self.first.channel_ids = [Command.create({"channel": "sms"})]
        self.first.channel_ids[:1].unlink()  # one is left
        self.policy.action_deactivate()
        self.first.channel_ids.unlink()
        self.assertFalse(self.first.channel_ids)

    def test_a_policy_is_made_active_by_a_write_only_when_it_is_complete(self):
        self.policy.action_deactivate()
        self.first.channel_ids.unlink()
        with self.assertRaisesRegex(UserError, "no channel"), self.env.cr.savepoint():
            self.policy.state = "active"

    def test_a_level_without_a_word_is_refused_at_once_in_a_policy_that_sends(self):
        step = {"channel_ids": [Command.create({"channel": "letter"})]}
        with self.assertRaisesRegex(UserError, "no words"), self.env.cr.savepoint():
            self.env["recouvrement.level"].create(self.level(policy_id=self.policy.id, intro=False, **step))
        with self.assertRaisesRegex(UserError, "no words"), self.env.cr.savepoint():
            self.policy.level_ids = [Command.create(self.level(intro=" ", **step))]
        self.policy.level_ids = [Command.create(self.level(**step))]

    def test_the_words_of_a_level_that_sends_are_not_emptied(self):
        level = self.first
        level.write({"intro": False})  # what it says after the invoices is left
        with self.assertRaisesRegex(UserError, "no words"), self.env.cr.savepoint():
            level.closing = False
        with self.assertRaisesRegex(UserError, "no words"), self.env.cr.savepoint():
            self.policy.level_ids = [Command.update(level.id, {"closing": "  "})]
        self.second.channel_ids.write({"channel": "call", "template_id": False})
        self.second.write({"intro": False, "closing": False})  # a call has the words of its script
        with self.assertRaisesRegex(UserError, "no words"), self.env.cr.savepoint():
            self.second.channel_ids.channel = "letter"
        self.policy.action_deactivate()
        level.closing = False
