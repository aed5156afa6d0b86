from datetime import datetime

from lxml import etree

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ..clock import today
from ..common import MONDAY
from .calls_common import DAY, CallsCommon


@tagged("post_install", "-at_install")
class TestCalls(CallsCommon):
    """A call is a task in the agenda; what came of it decides of the reminder and of what comes next."""

    def said(self, record):
        return " ".join(record.message_ids.mapped("body"))

    def fallback(self, channel, **values):
        self.env.flush_all()
        self.env["recouvrement.level.channel"].create(
            {"level_id": self.first.id, "channel": channel, "fallback": True, "sequence": 50, **values}
        )

    def live(self, reminder):
        return reminder.dispatch_ids.filtered(lambda found: found.state not in ("cancelled", "failed"))

    # --- the task -----------------------------------------------------------------------------------------------------

    def test_a_call_waits_in_the_agenda_with_its_script_until_the_debtor_is_reached(self):
        invoice, task = self.to_call()
        activity = task.activity_id
        self.assertEqual((task.state, task.reminder_id.state), ("queued", "sending"))
        self.assertEqual((activity.user_id, activity.res_id), (self.collector, self.card().id))
        self.assertEqual(activity.date_deadline, MONDAY)
        self.assertEqual(activity.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        script = task.attachment_id.raw.decode()
        for words in (self.company.name, "Menuiserie Durand", invoice.name, task.reminder_id.figures["amount"]):
            self.assertIn(words, script)
        self.assertNotIn("{", script)
        self.dispatch(MONDAY + DAY)
        self.assertEqual(task.state, "queued")

        contact = self.log("reached", task, note="Pays on Friday", spoke_to="Mme Martin", duration=4)
        self.assertEqual((task.state, task.reminder_id.state), ("handed_over", "sent"))
        self.assertEqual((task.reminder_id.sent_date, self.card().last_contact_date), (MONDAY, MONDAY))
        self.assertFalse(activity.exists())
        self.assertEqual(invoice.dunning_level_id, self.first)
        self.assertEqual((contact.author_id, contact.duration), (self.collector, 4))
        self.assertEqual(contact.address, "+33 1 42 68 53 00")
        self.assertIn("Pays on Friday", self.said(self.card()))
        self.assertIn("Pays on Friday", self.said(task.reminder_id))

    def test_the_script_of_the_level_is_said_with_its_placeholders_and_an_unknown_one_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "placeholder"):
            self.first.channel_ids.write({"channel": "call", "script": "{nobody}"})
        self.first.channel_ids.script = "{debtor} owes {amount} to {company}: {oldest}, {promise}"
        _invoice, task = self.to_call()
        self.assertIn("Menuiserie Durand owes", task.attachment_id.raw.decode())

    def test_without_a_number_the_next_channels_are_used(self):
        self.debtor_partner.phone = False
        self.first.channel_ids.write({"channel": "call", "template_id": False, "sequence": 1})
        self.fallback("sms")
        self.fallback("email", template_id=self.template.id)
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual(reminder.dispatch_ids.mapped("channel"), ["email"])

    def test_a_payment_takes_the_call_out_of_the_agenda(self):
        invoice, task = self.to_call()
        activity = task.activity_id
        self.pay(invoice, on=MONDAY)
        self.dispatch(MONDAY, 11)
        self.assertEqual((task.state, activity.exists().ids), ("cancelled", []))
        contact = self.log("reached", task)  # one was calling meanwhile: what was said is kept
        self.assertEqual((contact.dispatch_id, task.state, task.reminder_id.state), (task, "cancelled", "cancelled"))

    def test_the_task_is_not_ticked_off_without_its_outcome(self):
        _invoice, task = self.to_call()
        with self.assertRaisesRegex(UserError, "Note the outcome"):
            task.activity_id.with_user(self.collector).action_feedback()
        self.card().activity_schedule("mail.mail_activity_data_todo", summary="Other").action_feedback()

    def test_a_number_changed_meanwhile_is_the_one_to_call(self):
        _invoice, task = self.to_call()
        self.debtor_partner.phone = "+33 1 42 68 53 99"
        self.dispatch(MONDAY, 11)
        self.dispatch(MONDAY, 12)
        again = task.reminder_id.dispatch_ids - task
        self.assertEqual((task.state, again.state, again.address), ("cancelled", "queued", "+33 1 42 68 53 99"))

    # --- nobody answers -----------------------------------------------------------------------------------------------

    def test_a_call_nobody_answers_comes_again_later_and_later_then_falls_back(self):
        _invoice, task = self.to_call()
        self.log("no_answer", task)
        self.assertEqual((task.state, task.tries, task.retry_on), ("queued", 1, datetime(2026, 3, 2, 13)))
        self.assertEqual(task.activity_id.date_deadline, MONDAY)
        self.log("voicemail", task, hour=13)
        self.assertEqual(task.activity_id.date_deadline, MONDAY + DAY)
        self.log("no_answer", task, MONDAY + DAY)
        self.assertEqual(task.activity_id.date_deadline, MONDAY + 4 * DAY)
        self.assertIn("try 4", task.activity_id.summary)
        self.assertEqual(task.reminder_id.state, "sending")
        self.log("no_answer", task, MONDAY + 4 * DAY)
        self.assertEqual((task.state, task.activity_id.ids), ("failed", []))
        letter = task.reminder_id.dispatch_ids - task
        self.assertEqual((letter.channel, letter.state), ("letter", "queued"))
        self.dispatch(MONDAY + 4 * DAY, 11)
        self.assertEqual(self.live(task.reminder_id).mapped("channel"), ["letter"])

    def test_the_fallback_message_of_another_day_does_not_bring_the_call_back(self):
        _invoice, task = self.to_call()
        self.fallback("email", template_id=self.template.id)
        for on, hour in ((MONDAY, 10), (MONDAY, 13), (MONDAY + DAY, 10), (MONDAY + 4 * DAY, 10)):
            self.log("no_answer", task, on, hour)
        self.dispatch(MONDAY + 5 * DAY, 10)  # a Saturday
        self.dispatch(MONDAY + 7 * DAY, 10)
        self.dispatch(MONDAY + 7 * DAY, 11)
        reminder = task.reminder_id
        self.assertEqual((reminder.state, len(self.server.messages)), ("sent", 1))
        self.assertEqual(self.live(reminder).mapped("channel"), ["email"])

    def test_calls_of_ones_own_come_again_too_and_end_with_a_person(self):
        self.reminded()
        self.log("no_answer")
        self.assertEqual(self.card().activity_ids.date_deadline, MONDAY + DAY)
        self.log("voicemail")
        self.assertEqual(len(self.card().activity_ids), 1, "the call that was planned is made")
        self.log("voicemail")
        self.log("voicemail")
        self.assertEqual(self.card().activity_ids.mapped("summary"), ["4 tries without an answer"])

    def test_a_call_back_waits_for_the_moment_agreed(self):
        _invoice, task = self.to_call()
        with self.assertRaisesRegex(UserError, "to come"):
            self.log("call_back", task, terms={"moment": datetime(2026, 3, 1, 10)})
        moment = datetime(2026, 3, 4, 13, 30)
        contact = self.log("call_back", task, terms={"moment": moment})
        self.assertEqual((task.state, task.retry_on, contact.next_on), ("queued", moment, moment))
        self.assertEqual(task.activity_id.date_deadline, MONDAY + 2 * DAY)
        self.assertIn("14:30", task.activity_id.summary)  # in Paris

    # --- wrong number -------------------------------------------------------------------------------------------------

    def test_a_wrong_number_is_not_used_again_and_another_way_is_taken(self):
        _invoice, task = self.to_call()
        self.log("wrong_number", task)
        self.assertEqual((task.state, task.wrong_address), ("failed", True))
        self.assertEqual((task.reminder_id.dispatch_ids - task).channel, "letter")
        self.assertTrue(self.card().is_phone_wrong)
        self.assertIn("Find the phone number", " ".join(self.card().activity_ids.mapped("summary")))
        refusals = self.env["recouvrement.channel.call"]._refusals(task.reminder_id)
        self.assertIn("wrong", refusals[task.reminder_id.id])
        self.log("reached", address="01 42 68 53 00")  # the same one, typed otherwise
        self.assertFalse(self.card().is_phone_wrong)

    def test_the_right_number_is_written_and_called_today(self):
        _invoice, task = self.to_call()
        self.log("wrong_number", task, terms={"phone": "+33 4 78 00 00 00"})
        self.assertEqual((task.state, task.address), ("queued", "+33 4 78 00 00 00"))
        self.assertEqual(self.debtor_partner.phone, task.address)
        self.assertIn(task.address, task.activity_id.summary)
        self.assertFalse(self.card().is_phone_wrong)

    # --- what each outcome starts -------------------------------------------------------------------------------------

    def test_a_promise_is_kept_with_the_call_and_holds_the_debt(self):
        invoice, task = self.to_call()
        contact = self.log("promise", task, note="By transfer", terms={"amount": 600, "on": MONDAY + 4 * DAY})
        promise = self.env[contact.res_model].browse(contact.res_id)
        self.assertEqual((promise.amount, promise.date), (600, MONDAY + 4 * DAY))
        self.assertEqual((promise.origin, promise.move_ids), ("call", invoice))
        self.assertEqual((task.state, task.reminder_id.state), ("handed_over", "sent"))
        self.night(MONDAY + DAY)
        self.assertEqual(self.card().reason, "promised")
        self.assertEqual(contact.with_user(self.collector).action_open_started()["res_id"], promise.id)

    def test_a_promise_that_cannot_be_leaves_the_task_as_it_was(self):
        _invoice, task = self.to_call()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.log("promise", task, terms={"amount": -1, "on": MONDAY})
        self.env.invalidate_all()
        self.assertEqual((task.state, self.card().contact_ids.ids), ("queued", []))

    def test_a_dispute_is_opened_on_what_is_contested(self):
        invoice, task = self.to_call()
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        contact = self.log("dispute", task, note="Broken", terms={"moves": invoice, "amount": 300, "reason": reason})
        dispute = self.card().dispute_ids
        self.assertEqual((dispute.amount, dispute.move_ids, dispute.description), (300, invoice, "Broken"))
        self.assertEqual((contact.res_model, contact.res_id), (dispute._name, dispute.id))
        self.assertEqual(task.reminder_id.state, "sent")

    def test_a_refusal_tells_a_legal_officer(self):
        officer = new_test_user(
            self.env,
            "officer",
            groups="base.group_user,recouvrement_fr.group_recouvrement_legal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        _invoice, task = self.to_call()
        self.log("refusal", task)
        self.assertEqual(self.card().activity_ids.user_id, officer)
        self.assertEqual(task.state, "handed_over")

    def test_already_paid_asks_for_the_proof_and_leaves_him_alone_a_while(self):
        _invoice, task = self.to_call()
        self.log("already_paid", task, terms={"pause_days": 5})
        card = self.card()
        self.assertEqual((card.paused_until, task.state), (MONDAY + 5 * DAY, "handed_over"))
        self.assertEqual(card.activity_ids.date_deadline, MONDAY + 5 * DAY)
        card.write({"paused_until": MONDAY + 60 * DAY, "pause_reason": "Longer"})
        self.log("already_paid")
        self.assertEqual(card.pause_reason, "Longer")

    def test_the_proof_of_a_payment_is_asked_for_by_e_mail_once(self):
        invoice, _task = self.to_call()
        collector = self.card().with_user(self.collector)
        self.env["res.lang"]._activate_lang("en_US")
        self.debtor_partner.lang = "en_US"
        with self.at(MONDAY, 10):
            dialog = (
                self.env["recouvrement.outcome"]
                .with_user(self.collector)
                .create({"debtor_id": collector.id, "outcome": "already_paid"})
            )
            self.assertTrue(dialog.ask_proof)
            dialog.action_record()
        sent = [("model", "=", collector._name), ("res_id", "=", collector.id)]
        mail = self.env["mail.mail"].search(sent)
        self.assertEqual(len(mail), 1)
        self.assertIn("compta@durand.example", mail.email_to)
        self.assertIn(invoice.name, mail.body_html)
        self.assertIn("1,000.00", mail.body_html)
        self.assertEqual(collector.proof_asked_on, MONDAY)
        with self.at(MONDAY + 5 * DAY):
            again = dialog.create({"debtor_id": collector.id, "outcome": "already_paid"})
            again.invalidate_recordset()
            self.assertFalse(again.ask_proof)
            again.action_record()
            with self.assertRaisesRegex(UserError, "asked already"):
                collector._ask_proof(on=today())
        with self.at(MONDAY + 31 * DAY):
            collector.invalidate_recordset()
            self.assertTrue(collector.can_ask_proof)
            self.debtor_partner.email = False
            collector.invalidate_recordset()
            self.assertFalse(collector.can_ask_proof)
        self.assertEqual(mail.search(sent), mail)

    def test_death_and_insolvency_stop_everything_until_a_legal_officer_looks(self):
        for outcome in ("deceased", "insolvent"):
            with self.subTest(outcome), self.env.cr.savepoint() as savepoint:
                _invoice, task = self.to_call()
                self.log(outcome, task)
                self.assertEqual((task.state, task.reminder_id.state), ("cancelled", "cancelled"))
                self.assertEqual(self.card().paused_until, MONDAY + 15 * DAY)
                self.assertIn("Said to be", " ".join(self.card().activity_ids.mapped("summary")))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_what_an_outcome_asks_of_somebody_goes_with_the_debt(self):
        """A number to find, a refusal, a death, proceedings: once paid, nobody looks for anything any more."""
        for outcome in ("wrong_number", "refusal", "deceased", "insolvent"):
            with self.subTest(outcome), self.env.cr.savepoint() as savepoint:
                invoice, task = self.to_call()
                self.log(outcome, task)
                asked = self.card().activity_ids - task.activity_id
                self.assertTrue(asked)
                self.card()._close_tasks_over(MONDAY)
                self.assertEqual(self.card().activity_ids & asked, asked)
                self.pay(invoice)
                self.env.invalidate_all()
                self.card()._close_tasks_over(MONDAY)
                self.assertFalse(asked.exists().filtered("active"))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_company_by_its_form_does_not_die(self):
        _invoice, task = self.to_call()
        self.debtor_partner.name = "Menuiserie Durand SARL"
        with self.assertRaisesRegex(UserError, "is a company"):
            self.log("deceased", task)
        self.debtor_partner.name = "Jeanne Durand"
        self.log("deceased", task)
        self.assertEqual(task.state, "cancelled")

    def test_neither_a_civil_company_nor_an_association_nor_a_public_body_dies(self):
        _invoice, task = self.to_call()
        card = self.card()
        for name, kind in (
            ("SCI Les Tilleuls", "professional"),
            ("Cabinet Martin SELARL", "professional"),
            ("GAEC du Bois", "professional"),
            ("Les Amis du quartier", "non_professional"),
            ("Commune de Brignais", "public"),
        ):
            with self.subTest(name):
                self.debtor_partner.name = name
                card.write({"debtor_type": kind, "type_confirmed": True})
                self.env.invalidate_all()
                dialog = self.env["recouvrement.outcome"].create({"debtor_id": card.id})
                self.assertTrue(dialog.is_legal_person)
                with self.assertRaisesRegex(UserError, "is a company"):
                    self.log("deceased", task)
        self.assertEqual(task.state, "queued")
        self.debtor_partner.name = "Jeanne Durand"
        card.debtor_type = "professional"
        self.env.invalidate_all()
        self.assertFalse(dialog.create({"debtor_id": card.id}).is_legal_person)

    def test_a_death_noted_without_what_it_starts_is_refused_of_a_company_too(self):
        """Whatever the channel, the server asks: not the dialog alone."""
        self.to_call()
        self.debtor_partner.name = "SCI Les Tilleuls"
        with self.assertRaisesRegex(UserError, "is a company"):
            self.log("deceased", channel="email")
        self.assertFalse(self.env["recouvrement.contact"].search([("debtor_id", "=", self.card().id)]))

    def test_a_logged_call_counts_among_the_days_between_two_contacts(self):
        self.invoice(MONDAY - 2 * DAY)
        self.night(MONDAY)
        self.assertFalse(self.reminders())
        self.log("reached")
        self.night(MONDAY + DAY)
        self.assertEqual((self.card().reason, self.reminders().ids), ("recent_contact", []))

    # --- before the due date ------------------------------------------------------------------------------------------

    def test_large_amounts_are_called_for_before_they_are_due(self):
        self.policy.level_ids = [
            self._level("Call before the due date", 5, 7, kind="pre_due", channel="call", minimum_amount=5000)
        ]
        small = self._partner("Petit", phone="+33 1 40 00 00 00")
        self.invoice(MONDAY + 5 * DAY, 4999, partner=small)
        large = self.invoice(MONDAY + 5 * DAY, 5000)
        self.night(MONDAY)
        self.dispatch(MONDAY)
        self.assertFalse(self.reminders(small))
        task = self.reminders().dispatch_ids
        self.assertEqual((task.channel, task.reminder_id.line_ids.move_id), ("call", large))
        self.log("reached", task)
        self.assertEqual((self.reminders().state, self.reminders().sent_date), ("sent", MONDAY))

    # --- agenda -------------------------------------------------------------------------------------------------------

    def test_done_for_today_leaves_the_list_of_today_and_comes_back_tomorrow(self):
        self.reminded()
        self.card().sudo().write({"reason": "levels_done"})
        view = self.env["recouvrement.debtor"].get_view(view_type="search")["arch"]
        domain = etree.fromstring(view).xpath("//filter[@name='to_do']")[0].get("domain")
        found = lambda: self.env["recouvrement.debtor"].search(safe_eval(domain))  # noqa: E731
        with self.at(MONDAY):
            self.assertIn(self.card(), found())
            self.card().with_user(self.collector).action_done_next()
            self.assertNotIn(self.card(), found())
        with self.at(MONDAY + DAY):
            self.assertIn(self.card(), found())
