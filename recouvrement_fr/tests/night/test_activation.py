from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import format_date

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestActivation(RecouvrementCommon):
    """Who activates sees what is missing, true amounts, and what happens next."""

    def assistant(self):
        self.company._recouvrement_deactivate()
        return self.env["recouvrement.activation"].with_company(self.company).create({})

    def lines(self, assistant):
        return {what: is_there for what, is_there, _todo, _where in assistant._checks(MONDAY)}

    def test_the_list_says_what_is_missing_and_where_it_is_mended(self):
        with self.at(MONDAY):
            assistant = self.assistant()
            assistant.write({"legal_form": False, "signatory": False, "is_ei": False})
            found = self.lines(assistant)
            self.assertEqual((found["Legal form"], found["Signatory"]), (False, False))
            self.assertTrue(found["Bank account (IBAN)"])
            assistant.write({"legal_form": "SARL", "signatory": "Claire Martin"})
            self.assertTrue(self.lines(assistant)["Legal form"])
            self.company.partner_id.bank_ids.unlink()
            self.env.invalidate_all()
            self.assertFalse(self.lines(assistant)["Bank account (IBAN)"])
            self.assertIn(f"/odoo/res.partner/{self.company.partner_id.id}", assistant.checklist)
            self.assertIn("Missing", assistant.checklist)

    def test_the_first_decision_is_asked_for_at_once_and_one_is_told_what_follows(self):
        self.invoice(MONDAY)
        cron = self.env.ref("recouvrement_fr.ir_cron_recouvrement_run")
        with self.at(MONDAY):
            assistant = self.assistant()
            assistant.policy_ids = self.policy
            while assistant.step != "simulation":
                assistant.action_next()
            before = self.env["ir.cron.trigger"].sudo().search_count([("cron_id", "=", cron.id)])
            told = assistant.action_activate()
        self.assertTrue(self.company.recouvrement_active)
        self.assertEqual(self.env["ir.cron.trigger"].sudo().search_count([("cron_id", "=", cron.id)]), before + 1)
        self.assertIn("first decision", told["params"]["message"])

    def told(self, on):
        with self.at(on):
            assistant = self.assistant()
            assistant.policy_ids = self.policy
            while assistant.step != "simulation":
                assistant.action_next()
            return assistant.action_activate()["params"]["message"]

    def test_a_saturday_says_the_day_on_which_the_first_decision_is_made(self):
        told = self.told(MONDAY + timedelta(days=5))
        self.assertNotIn("now", told)
        self.assertIn(format_date(self.env, MONDAY + timedelta(days=7)), told)

    def test_a_bank_that_is_behind_is_told_as_the_reason_why_nothing_is_decided(self):
        self.company.recouvrement_bank_guard_days = 5
        told = self.told(MONDAY)
        self.assertNotIn("is made now", told)
        self.assertIn("Bank entries too old", told)
        self.assertIn("Last bank entry: none", told)

    def test_activated_again_after_the_night_it_says_the_next_one(self):
        self.night(MONDAY)
        told = self.told(MONDAY)
        self.assertNotIn("is made now", told)
        self.assertIn(format_date(self.env, MONDAY + timedelta(days=1)), told)
