from datetime import date

from odoo import Command
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
