import io
from ast import literal_eval
from base64 import b64decode
from datetime import timedelta

from pypdf import PdfReader

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestApproval(RecouvrementCommon):
    """The queue of reminders to approve: read, reworded, put off, skipped; and previews that keep nothing."""

    def before_all(self):
        super().before_all()
        self.first.requires_approval = True
        self.collector = new_test_user(
            self.env, "collector", groups="recouvrement_fr.group_recouvrement_user", company_id=self.company.id
        )

    def waiting(self):
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        [reminder] = self.reminders()
        self.assertEqual(reminder.state, "to_approve")
        return reminder.with_user(self.collector)

    def queue(self, on):
        action = self.env.ref("recouvrement_fr.recouvrement_reminder_to_approve_action")
        with self.at(on):
            return self.env["recouvrement.reminder"].search(literal_eval(action.domain))

    def test_its_own_words_leave_in_the_letter_and_in_the_email(self):
        reminder = self.waiting()
        with self.at(MONDAY):
            reminder._reword("Solde de {amount}", "Suite à notre appel\n\nsur {reference}", "Cordialement")
            reminder.action_approve()
        self.morning(MONDAY)
        reminder = self.reminders()
        self.assertIn("Suite à notre appel", reminder.body)
        self.assertIn(reminder.name, reminder.body)
        self.assertTrue(reminder.subject.startswith("Solde de 1"), reminder.subject)
        self.assertIn("Its words were changed by hand.", str(reminder.message_ids.mapped("body")))

    def test_words_with_an_unknown_placeholder_are_refused(self):
        with self.assertRaises(ValidationError):
            self.waiting()._reword("{adresse}", "", "")

    def test_one_put_off_leaves_the_queue_and_comes_back_on_its_day(self):
        reminder = self.waiting()
        with self.at(MONDAY):
            reminder._put_off_until(MONDAY + 3 * DAY, MONDAY, "Il paie jeudi")
        self.assertFalse(self.queue(MONDAY + 2 * DAY))
        self.assertEqual(self.queue(MONDAY + 3 * DAY), self.reminders())

    def test_one_approved_and_put_off_leaves_on_its_day_not_before(self):
        reminder = self.waiting()
        with self.at(MONDAY):
            reminder._put_off_until(MONDAY + DAY, MONDAY)
            reminder.action_approve()
        self.morning(MONDAY)
        self.assertEqual(self.reminders().state, "planned")
        self.morning(MONDAY + DAY)
        self.assertTrue(self.reminders().dispatch_ids)

    def test_a_day_gone_by_is_refused(self):
        with self.at(MONDAY), self.assertRaises(UserError):
            self.waiting()._put_off_until(MONDAY, MONDAY)

    def test_skipped_in_bulk_with_a_reason_they_do_not_come_back_before_their_day(self):
        other = self._partner("Autre", email="autre@autre.example")
        self.invoice(MONDAY - timedelta(days=3), partner=other)
        self.waiting()
        both = self.reminders() | self.reminders(other)
        wizard = (
            self.env["recouvrement.defer"]
            .with_user(self.collector)
            .create({"reminder_ids": both.ids, "choice": "skip", "day": MONDAY + 2 * DAY})
        )
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.reason = "Accord du directeur"
        with self.at(MONDAY):
            wizard.action_apply()
        self.assertEqual(set(both.mapped("state")), {"cancelled"})
        self.night(MONDAY + DAY)
        self.assertEqual(len(self.reminders()), 1)
        self.night(MONDAY + 3 * DAY)
        self.assertEqual(len(self.reminders()), 2)

    # --- previews ---

    def test_a_preview_shows_the_message_and_keeps_nothing(self):
        reminder = self.waiting()
        before = self.env["recouvrement.dispatch"].search_count([])
        with self.at(MONDAY):
            preview = Form(
                self.env["recouvrement.preview"].with_user(self.collector).with_context(default_reminder_id=reminder.id)
            ).save()
        self.assertIn("Solde", preview.body)
        self.assertIn("échue", preview.email_subject)
        self.assertFalse(self.reminders().figures)
        self.assertEqual(self.env["recouvrement.dispatch"].search_count([]), before)

    def test_a_reminder_paid_since_says_that_it_would_not_leave(self):
        reminder = self.waiting()
        self.pay(self.reminders().line_ids.move_id)
        with self.at(MONDAY):
            self.assertIn("Paid", reminder._rehearse(MONDAY)["problem"])

    def test_a_level_is_seen_on_any_debtor_in_any_language_and_nothing_is_kept(self):
        self.invoice(MONDAY - timedelta(days=3))
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        with self.at(MONDAY):
            content = (
                self.env["recouvrement.reminder"]
                .with_user(self.collector)
                ._rehearse_level(self.notice, card.with_user(self.collector), "en_US", MONDAY)
            )
        self.assertEqual(content["figures"]["lang"], "en_US")
        self.assertFalse(self.reminders())

    def test_a_debtor_who_owes_nothing_shows_no_preview(self):
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        with self.assertRaisesRegex(UserError, "owes nothing"):
            self.env["recouvrement.reminder"]._rehearse_level(self.first, card, "fr_FR", MONDAY)

    def test_a_test_goes_to_myself_and_is_no_contact_with_the_debtor(self):
        reminder = self.waiting()
        self.collector.email = "moi@creancier.example"
        with self.at(MONDAY):
            preview = (
                self.env["recouvrement.preview"]
                .with_user(self.collector)
                .with_context(default_reminder_id=reminder.id)
                .create({})
            )
            found = []
            self.patch(type(self.env["mail.mail"]), "send", lambda mails, **kwargs: found.append(mails))
            preview.action_send_test()
        [mail] = found
        self.assertIn("moi@creancier.example", mail.email_to)
        self.assertIn("TEST", mail.subject + mail.body_html)
        self.assertEqual((len(mail.attachment_ids), self.reminders().state), (1, "to_approve"))
        self.assertFalse(self.card().last_contact_date)

    def test_a_simulation_totals_what_would_leave(self):
        self.invoice(MONDAY - timedelta(days=3))
        with self.at(MONDAY):
            run = self.env["recouvrement.run"]._simulate(self.company, MONDAY)
        self.assertIn("Reminder 1", run.totals)
        self.assertEqual(run.decision_ids.action_preview()["res_model"], "recouvrement.preview")

    def test_a_simulation_shows_the_letters_of_its_own_day_marked_as_such(self):
        move = self.invoice(MONDAY + DAY)
        later = self.invoice(MONDAY + 5 * DAY)  # not overdue on the day simulated
        sent = self.env["recouvrement.reminder"].search_count([])
        on = MONDAY + 4 * DAY
        with self.at(MONDAY):
            run = self.env["recouvrement.run"].with_user(self.collector)._simulate(self.company, on)
            decision = run.decision_ids
            context = decision.action_preview()["context"]
            preview = self.env["recouvrement.preview"].with_user(self.collector).with_context(**context).create({})
            self.assertFalse(preview.problem)
            preview.action_letter()
            action = run.action_letters()
        attachment = self.env["ir.attachment"].browse(int(action["url"].split("/")[3].split("?")[0]))
        for document in (b64decode(preview.letter), attachment.raw):
            text = " ".join(PdfReader(io.BytesIO(document)).pages[0].extract_text().split())
            self.assertIn("SIMULATION", text)
            self.assertIn(move.name, text)
            self.assertIn("6 mars 2026", text)
            self.assertNotIn(later.name, text)
        self.assertEqual(self.env["recouvrement.reminder"].search_count([]), sent)
        self.pay(move, on=MONDAY)
        with self.at(MONDAY), self.assertRaisesRegex(UserError, "changed since"):
            decision.action_letters()
