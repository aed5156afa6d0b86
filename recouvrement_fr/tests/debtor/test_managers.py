from datetime import date
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestManagers(RecouvrementCommon):
    def test_a_manager_of_another_company_alone_is_never_told(self):
        other = self.env["res.company"].create({"name": "Une autre société"})
        mine, stranger = (
            new_test_user(self.env, login, groups="recouvrement_fr.group_recouvrement_manager")
            for login in ("manager_mine", "manager_other")
        )
        mine.write({"company_ids": [Command.link(self.company.id)]})
        stranger.write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})
        managers = self.company._recouvrement_managers()
        self.assertIn(mine, managers)
        self.assertNotIn(stranger, managers)
        self.assertIn(stranger, other._recouvrement_managers())
        self.invoice(MONDAY)
        self.night(MONDAY)
        self.card().collector_id = False
        self.assertIn(self.card()._person_in_charge(), managers)

    def test_who_has_no_collector_has_the_one_of_its_policy_while_he_is_there(self):
        self.invoice(MONDAY)
        self.night(MONDAY)
        card = self.card()
        card.collector_id = False
        other = self.env["res.company"].create({"name": "Une autre société"})
        default, stranger, mine = (
            new_test_user(self.env, login, groups=f"base.group_user,recouvrement_fr.group_recouvrement_{role}")
            for login, role in (("pool_default", "user"), ("pool_stranger", "user"), ("pool_collector", "user"))
        )
        (default | mine).write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        stranger.write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})
        self.policy.collector_id = default
        self.assertEqual(card._person_in_charge(), default)
        card.collector_id = mine
        self.assertEqual(card._person_in_charge(), mine)
        mine.active = False
        self.assertEqual(card._person_in_charge(), default)
        default.active = False
        self.assertIn(card._person_in_charge(), self.company._recouvrement_managers())
        with self.assertRaises(UserError):
            self.policy.collector_id = stranger

    def test_the_administrator_is_asked_to_decide_nothing_where_there_is_a_manager(self):
        admin = self.env.ref("base.user_admin")
        admin.write(
            {
                "company_ids": [Command.link(self.company.id)],
                "group_ids": [Command.link(self.env.ref("recouvrement_fr.group_recouvrement_manager").id)],
            }
        )
        for role in ("manager", "legal", "user"):
            self.assertNotIn(admin, self.company._recouvrement_people(role), role)
        alone = self.env["res.company"].create({"name": "Une société seule"})
        self.env.user.company_ids = [Command.unlink(alone.id)]
        admin.company_ids = [Command.link(alone.id)]
        self.assertIn(admin, alone._recouvrement_managers())

    def test_neither_the_machine_nor_the_administrator_has_the_tasks_of_a_debtor_nobody_follows(self):
        self.invoice(MONDAY)
        self.night(MONDAY)
        admin = self.env.ref("base.user_admin")
        admin.write(
            {
                "company_ids": [Command.link(self.company.id)],
                "group_ids": [Command.link(self.env.ref("recouvrement_fr.group_recouvrement_manager").id)],
            }
        )
        collector = new_test_user(
            self.env, "pool_only", groups="base.group_user,recouvrement_fr.group_recouvrement_user"
        )
        collector.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        card = self.card().with_user(SUPERUSER_ID)
        card.collector_id = False
        with patch.object(type(self.company), "_recouvrement_managers", lambda company: admin.with_env(company.env)):
            person = card._person_in_charge()
            card._tell_collector("Look", "")
        self.assertIn("recouvrement_fr.group_recouvrement_user", person.all_group_ids.get_external_id().values())
        self.assertNotIn(person, admin | self.env.ref("base.user_root"))
        self.assertEqual(card.activity_ids.user_id, person)

    def test_missing_rates_are_asked_of_the_managers_of_companies_that_collect(self):
        other = self.env["res.company"].create({"name": "Ne recouvre rien"})
        mine, stranger = (
            new_test_user(self.env, login, groups="recouvrement_fr.group_recouvrement_manager")
            for login in ("rates_mine", "rates_other")
        )
        mine.write({"company_ids": [Command.link(self.company.id)]})
        stranger.write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})
        self.env["recouvrement.rate"]._alert_missing(date(2031, 3, 3))
        self.assertTrue(mine.partner_id.activity_ids)
        self.assertFalse(stranger.partner_id.activity_ids)
