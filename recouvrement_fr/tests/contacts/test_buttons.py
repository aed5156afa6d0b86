from datetime import timedelta

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestButtons(RecouvrementCommon):
    """Nobody is shown a button that always refuses him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,recouvrement_fr.group_recouvrement_{}"
        cls.collector, cls.officer = (
            new_test_user(cls.env, f"buttons_{name}", groups=groups.format(name), company_id=cls.company.id)
            for name in ("user", "legal")
        )

    def before_all(self):
        super().before_all()
        self.invoice(MONDAY - 20 * DAY, 1000)
        self.night(MONDAY)

    def buttons(self, model, user, kind="form"):
        arch = self.env[model].with_user(user).get_view(view_type=kind)["arch"]
        return {button.get("name") for button in etree.fromstring(arch).iter("button")}

    def test_what_an_officer_does_about_an_insolvency_is_not_shown_to_a_collector(self):
        theirs = {"action_declaration", "action_enclosures", "action_declared", "action_refresh_claim", "action_close"}
        self.assertFalse(theirs & self.buttons("recouvrement.insolvency", self.collector))
        self.assertLessEqual(theirs, self.buttons("recouvrement.insolvency", self.officer))

    def test_officers_alone_open_cases_wherever_it_is_said(self):
        opening = self.env["recouvrement.case.opening"]
        bound = self.env["ir.actions.act_window"].search([("res_model", "=", "recouvrement.case.opening")])
        for user, may in ((self.collector, False), (self.officer, True)):
            with self.subTest(user.login):
                self.assertEqual("action_new_case" in self.buttons("recouvrement.debtor", user), may)
                self.assertEqual(opening.with_user(user).has_access("create"), may)
                self.assertEqual(self.env["recouvrement.case"].with_user(user).has_access("write"), may)
                self.assertEqual({bool(user.all_group_ids & action.group_ids) for action in bound}, {may})

    def test_the_dispatches_of_a_reminder_open_as_a_list_where_nothing_can_be_made(self):
        reminder = self.reminders().with_user(self.collector)
        self.assertFalse(reminder.dispatch_ids)  # core would open a form to make the first one
        action = reminder.action_open_dispatches()
        self.assertEqual(action["res_model"], "recouvrement.dispatch")
        self.assertEqual([view for _id, view in action["views"]][:1], ["list"])
        for kind in ("list", "form"):
            arch = self.env["recouvrement.dispatch"].with_user(self.collector).get_view(view_type=kind)["arch"]
            self.assertIn(etree.fromstring(arch).get("create"), ("0", "False", "false"), kind)

    def test_an_outcome_without_its_moment_or_its_day_is_refused_in_words(self):
        dialog = self.env["recouvrement.outcome"].with_user(self.collector)
        for outcome, field in (("call_back", "again_on"), ("promise", "promised_on")):
            with self.subTest(outcome), self.at(MONDAY):
                made = dialog.create({"debtor_id": self.card().id, "channel": "call", "outcome": outcome, field: False})
                with self.assertRaises(UserError):
                    made.action_record()
