from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..clock import today
from ..common import MONDAY
from .calls_common import DAY, CallsCommon


@tagged("post_install", "-at_install")
class TestCallsNoted(CallsCommon):
    """A call is noted through its dialog, by who may, once and for good."""

    # --- the dialog, who may ------------------------------------------------------------------------------------------

    def test_the_dialog_notes_the_call_the_reminder_waits_for(self):
        invoice, task = self.to_call()
        card = self.card().with_user(self.collector)
        with self.at(MONDAY, 10):
            action = card.action_log_call()
            dialog = Form(self.env["recouvrement.outcome"].with_user(self.collector).with_context(**action["context"]))
            self.assertEqual(dialog.dispatch_id, task)
            self.assertEqual(dialog.script, task.attachment_id.raw.decode())
            self.assertEqual((dialog.amount, dialog.address), (1000, "+33 1 42 68 53 00"))
            dialog.outcome = "promise"
            dialog.amount = 250
            dialog.promised_on = MONDAY + 3 * DAY
            dialog.note = "Half now"
            dialog.save().action_record()
        self.assertEqual((card.promise_ids.amount, card.promise_ids.move_ids), (250, invoice))
        self.assertEqual((card.contact_ids.dispatch_id, card.treated_on), (task, MONDAY))

    def test_the_dialog_refuses_what_makes_no_sense_and_opens_the_plan(self):
        self.reminded()
        card = self.card().with_user(self.collector)
        with self.at(MONDAY, 10):
            context = card.action_log_call()["context"]
            model = self.env["recouvrement.outcome"].with_user(self.collector).with_context(**context)
            with self.assertRaisesRegex(UserError, "minutes"):
                model.create({"duration": -1}).action_record()
            with self.assertRaisesRegex(UserError, "one day"):
                model.create({"outcome": "already_paid", "pause_days": 0}).action_record()
            action = model.create({"outcome": "plan"}).action_record()
        self.assertEqual(action["res_model"], "recouvrement.plan.wizard")
        plan = Form(self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"]))
        self.assertEqual(plan.debtor_id, card)

    def test_a_contact_is_only_ever_added(self):
        self.reminded()
        contact = self.log("reached")
        for user in (self.collector, self.env.user):
            with self.assertRaisesRegex(UserError, "evidence"):
                contact.with_user(user).write({"note": "Other"})
        with self.assertRaisesRegex(UserError, "evidence"):
            contact.unlink()
        with self.assertRaises(AccessError):
            self.env["recouvrement.contact"].with_user(self.collector).create(
                {"debtor_id": self.card().id, "company_id": self.company.id, "channel": "call", "outcome": "reached"}
            )

    def test_neither_an_invoicing_user_nor_another_company_notes_anything(self):
        self.reminded()
        invoicer = new_test_user(
            self.env,
            "stranger",
            groups="base.group_user,account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        other = self.setup_other_company()["company"]
        abroad = new_test_user(
            self.env,
            "abroad",
            groups="base.group_user,recouvrement_fr.group_recouvrement_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        contact = self.log("reached")
        for user in (invoicer, abroad):
            with self.assertRaises(AccessError):
                self.env["recouvrement.contact"].with_user(user)._log(
                    self.card().with_user(user), "call", "reached", on=today()
                )
            with self.assertRaises(AccessError):
                contact.with_user(user).check_access("read")
        contact.with_user(self.collector).check_access("read")

    def test_merged_partners_keep_the_calls_of_both(self):
        self.reminded()
        twin = self._partner("Menuiserie Durand (doublon)")
        self.invoice(MONDAY - 3 * DAY, partner=twin)
        self.night(MONDAY)
        self.log("reached")
        self.env["recouvrement.debtor"].sudo()._fold(self.debtor_partner, twin)
        self.assertEqual(self.card(twin).contact_ids.mapped("outcome"), ["reached"])
