from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import format_date, mute_logger

from ..common import MONDAY, RecouvrementCommon
from ..sending.dispatch_common import DAY, DispatchCommon


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


@tagged("post_install", "-at_install")
class TestActivationOfANewCompany(DispatchCommon):
    """A company just made, which has nothing yet, not even a mail server: who activates is told what it lacks, nothing
    fails, and the first decision shows once that is mended."""

    def new_company(self):
        """With a chart of accounts, and one customer late by three days; nothing else was entered."""
        self.env["ir.mail_server"].search([]).active = False
        company = self.setup_other_company(name="Atelier Neuf")["company"]
        self.env.user.company_ids += company
        late = self.env["account.move"].with_company(company)
        late = late.create(
            {
                "move_type": "out_invoice",
                "company_id": company.id,
                "partner_id": self.debtor_partner.id,
                "invoice_date": MONDAY - 33 * DAY,
                "invoice_date_due": MONDAY - 3 * DAY,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create({"name": "Pose", "price_unit": 1000, "tax_ids": False})],
            }
        )
        late.action_post()
        return company

    def activated(self, company):
        """What is told to who activates it."""
        assistant = self.env["recouvrement.activation"].with_context(allowed_company_ids=company.ids)
        assistant = assistant.with_company(company).create({"policy_ids": [Command.set(self.policy.ids)]})
        assistant.policy_id = self.policy
        while assistant.step != "simulation":
            assistant.action_next()
        return assistant, assistant.action_activate()["params"]

    def decided(self, company, on):
        self.night(on)
        return self.env["recouvrement.run"].search([("company_id", "=", company.id), ("kind", "=", "night")])[:1]

    def test_who_activates_is_told_what_is_missing_and_what_to_do(self):
        self.policy.company_id = False
        company = self.new_company()
        with self.at(MONDAY):
            assistant, told = self.activated(company)
        self.assertTrue(company.recouvrement_active)
        lines = {what: (is_there, where) for what, is_there, _todo, where in assistant._checks(MONDAY)}
        self.assertEqual(
            lines["Outgoing mail server"], (False, "/odoo/action-base.action_ir_mail_server_list"), "where to enter one"
        )
        self.assertEqual(told["type"], "warning")
        for what in ("Outgoing mail server", "Bank account (IBAN)", "Sender's e-mail address", "Signatory"):
            self.assertIn(f"{what}: ", told["message"])

    @mute_logger("odoo.addons.mail.models.mail_mail", "odoo.addons.base.models.ir_mail_server")
    def test_nothing_fails_and_the_first_reminder_leaves_once_it_is_settled(self):
        self.policy.company_id = False
        company = self.new_company()
        with self.at(MONDAY):
            self.activated(company)
        run = self.decided(company, MONDAY)
        self.assertEqual((run.state, run.error_count, run.debtor_count), ("released", 0, 1))
        self.server.is_down = True  # none is entered: nothing answers
        self.dispatch(MONDAY)
        mine = [("company_id", "=", company.id)]
        reminders = self.env["recouvrement.reminder"].search(mine)
        self.assertFalse(self.server.messages)
        self.assertEqual(reminders.mapped("state"), ["failed"])
        self.assertIn(company.name, reminders.error)  # where to mend it
        card = self.env["recouvrement.debtor"].search(mine)
        self.assertTrue(card.reason_text or card.next_step, "the card says what is wrong")
        company.write({"email": "compta@neuf.example", "street": "1 rue Neuve", "zip": "69001", "city": "Lyon"})
        self.env["res.partner.bank"].create(
            {"acc_number": "FR7630006000011234567890189", "partner_id": company.partner_id.id}
        )
        self.server.is_down = False
        reminders.action_retry()  # as the card offers
        self.dispatch(MONDAY + DAY)
        sent = self.env["recouvrement.reminder"].search([*mine, ("state", "=", "sent")])
        found = [(one.state, one.error, one.date, one.dispatch_ids.mapped("failure")) for one in reminders]
        self.assertEqual(len(sent), 1, found)
        self.assertEqual(len(self.server.messages), 1)

    def test_with_everything_entered_it_is_a_success(self):
        self.env["ir.mail_server"].create({"name": "Relais", "smtp_host": "smtp.example"})
        self.company.write({"recouvrement_legal_form": "SARL", "recouvrement_share_capital": 1000})
        self.company.write({"recouvrement_rcs_city": "Lyon", "recouvrement_signatory": "Claire Martin"})
        self._somebody("activation_collector")
        with self.at(MONDAY):
            self.company._recouvrement_deactivate()
            assistant, told = self.activated(self.company)
            missing = [check[0] for check in assistant._checks(MONDAY) if not check[1]]
        self.assertEqual((told["type"], missing), ("success", []))
        self.assertNotIn("Still missing", told["message"])
