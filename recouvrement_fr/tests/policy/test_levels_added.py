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
