from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon

DAY = timedelta(days=1)
MAIL = """From: {sender}
To: catchall@creancier.example
Subject: Re: Facture
Message-Id: <{number}@durand.example>
In-Reply-To: {parent}
References: {parent}
{head}Content-Type: text/plain; charset=utf-8

Nous payons vendredi.
"""

OURS = "<p>Si vous avez déjà payé, dites-le-nous. Nous contestons tout retard.</p>"
HTML = {  # what each mail program makes of an answer above our e-mail
    "Outlook": f"""<html><body><div class="WordSection1"><p class="MsoNormal">{{}}<o:p></o:p></p>
<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">
<b>De&nbsp;:</b> Compta &lt;compta@creancier.example&gt; <br><b>Envoyé&nbsp;:</b> mardi 3 mars 2026 09:12<br>
<b>À&nbsp;:</b> S. Martin<br><b>Objet&nbsp;:</b> Votre facture<o:p></o:p></p></div></div>{OURS}</div></body></html>""",
    "Outlook on the web": f"""<html><body><div>{{}}</div><hr style="display:inline-block;width:98%" tabindex="-1">
<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri" color="#000000"><b>De :</b> Compta<br><b>Envoyé :</b> mardi 3
mars 2026 09:12<br><b>À :</b> S. Martin<br><b>Objet :</b> Votre facture</font><div>&nbsp;</div></div>
<div>{OURS}</div></body></html>""",
    "Gmail": f"""<div dir="ltr">{{}}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr"
class="gmail_attr">Le mar. 3 mars 2026 à 09:12, Compta &lt;<a href="mailto:c@cr.example">c@cr.example</a>&gt;
a écrit :<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{OURS}</blockquote></div>""",
    "Apple Mail": f"""<html><body>{{}}<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>Le 3
mars 2026 à 09:12, Compta &lt;compta@creancier.example&gt; a écrit :</div><br><div>{OURS}</div></blockquote></div>
</body></html>""",
    "Orange": f"""<p>{{}}</p><blockquote style="border-left:1px solid #ccc"><div>> Message du 03/03/26 09:12</div>
<div>> De : "Compta"</div>{OURS}</blockquote>""",
    "Orange, its new mail": f"""<html><body><div>{{}}</div><br><div>envoyé : 3 mars 2026 à 09:12<br>de : Compta
&lt;compta@creancier.example&gt;<br>à : S. Martin<br>objet : Votre facture</div><div>{OURS}</div></body></html>""",
    "Thunderbird": f"""<html><body><p>{{}}</p><div class="moz-cite-prefix">Le 03/03/2026 à 09:12, Compta a écrit :<br>
</div><blockquote type="cite" cite="mid:1@creancier.example">{OURS}</blockquote></body></html>""",
}


@tagged("post_install", "-at_install")
class TestReplies(DispatchCommon):
    """What a debtor answers by e-mail stops reminders until somebody has read it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create({"name": "creancier.example"})
        cls.company.alias_domain_id = domain

    def answered(self, sender="compta@durand.example", head=""):
        """A reminder that left, and the answer that the mail gateway takes in."""
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        mail = MAIL.format(sender=sender, number=reminder.id, parent=reminder.dispatch_ids.message_id, head=head)
        with self.at(MONDAY, 11), mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(False, mail)
        self.env.invalidate_all()
        return reminder

    def test_an_answer_lands_on_the_reminder_and_the_card_and_stops_what_follows(self):
        reminder = self.answered()
        card = self.card()
        self.assertIn("vendredi", reminder.message_ids[0].body)
        self.assertTrue(any("vendredi" in body for body in card.message_ids.mapped("body")))
        self.assertEqual((card.reply_pending, card.reason), (True, "reply"))
        self.assertEqual((card.contact_ids.outcome, card.contact_ids.reminder_id), ("answered", reminder))
        self.assertRegex(card.activity_ids.summary, "Read the answer|Lire la réponse")
        self.night(MONDAY + 7 * DAY)
        self.assertEqual((len(self.reminders()), card.reason), (1, "reply"))
        with self.at(MONDAY + 7 * DAY):
            card.action_reply_seen()
        self.night(MONDAY + 8 * DAY)
        self.assertEqual(len(self.reminders()), 2)

    def test_the_task_to_read_an_answer_is_done_once_it_is_read_whatever_is_owed(self):
        self.answered()
        card = self.card()
        with self.at(MONDAY):
            self.pay(card._open_moves(), on=MONDAY)
            card._close_tasks_over(MONDAY)
            self.assertEqual(len(card.activity_ids), 1, "It still has to be read.")
            card.action_reply_seen()
        self.assertFalse(card.activity_ids)

    def test_what_an_answer_may_mean_is_quoted_and_accepted_in_the_dialog(self):
        self.answered()
        card = self.card()
        self.assertEqual((card.reply_reading, card.reply_sentence), ("promise", "Nous payons vendredi."))
        self.assertFalse(card.promise_ids, "nothing is done before a person accepts")
        with self.at(MONDAY, 12):
            context = card.action_reply_as_read()["context"]
            dialog = self.env["recouvrement.outcome"].with_context(context).create({})
            self.assertEqual((dialog.outcome, dialog.promised_on), ("promise", MONDAY + 4 * DAY))
            self.assertEqual(dialog.note, "Nous payons vendredi.")
            dialog.action_record()
        self.assertEqual((card.promise_ids.date, card.reply_pending), (MONDAY + 4 * DAY, False))
        self.assertFalse(card.reply_reading)

    def test_what_an_answer_quotes_is_not_read(self):
        self.answered()
        card = self.card()
        message = card.reply_message_id.sudo()
        message.body = "<p>Merci</p><blockquote>Nous payons vendredi.</blockquote>"
        card.invalidate_recordset()
        self.assertFalse(card.reply_reading)
        with self.assertRaises(UserError):
            card.action_reply_as_read()

    def test_what_each_mail_program_quotes_is_not_read(self):
        """As the mail gateway takes it in; a quotation read says that everything is paid, and contested."""
        self.answered()
        reminder, card = self.reminders(), self.card()
        for number, (program, page) in enumerate(HTML.items()):
            for words, kind in (("Bien reçu, je transmets.", False), ("Nous payons vendredi.", "promise")):
                head = MAIL.format(
                    sender="compta@durand.example",
                    number=f"{number}{kind}",
                    parent=reminder.dispatch_ids.message_id,
                    head="",
                ).split("Content-Type")[0]
                mail = f"{head}Content-Type: text/html; charset=utf-8\n\n{page.format(words)}"
                with self.at(MONDAY, 12), mute_logger("odoo.addons.mail.models.mail_thread"):
                    self.env["mail.thread"].message_process(False, mail)
                card.invalidate_recordset()
                with self.subTest(program=program, words=words):
                    self.assertIn(words, str(card.reply_message_id.sudo().body))
                    self.assertEqual(card.reply_reading, kind)

    def test_without_the_option_reminders_go_on_and_the_collector_has_a_task(self):
        self.policy.hold_on_reply = False
        self.answered()
        self.assertFalse(self.card().reply_pending)
        self.assertRegex(self.card().activity_ids.summary, "Read the answer|Lire la réponse")
        self.night(MONDAY + 7 * DAY)
        self.assertEqual(len(self.reminders()), 2)

    def test_an_absence_message_stops_nothing(self):
        self.answered(head="Auto-Submitted: auto-replied\n")
        self.assertEqual((self.card().reply_pending, self.card().contact_ids.ids), (False, []))

    def test_what_a_colleague_writes_is_no_answer(self):
        new_test_user(
            self.env,
            "colleague",
            groups="base.group_user,recouvrement_fr.group_recouvrement_user",
            email="colleague@creancier.example",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.answered(sender="colleague@creancier.example")
        self.assertFalse(self.card().reply_pending)

    def invoice_answered(self, sender="compta@durand.example", head=""):
        """An invoice sent by e-mail, late since, and what the mail gateway takes in as an answer to it."""
        invoice = self.invoice(MONDAY - 3 * DAY)
        sent = invoice.message_post(body="Votre facture", message_type="comment")
        self.night(MONDAY)
        mail = MAIL.format(sender=sender, number=f"i{invoice.id}", parent=sent.message_id, head=head)
        with self.at(MONDAY, 11), mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(False, mail)
        self.env.invalidate_all()
        return invoice

    def test_an_answer_to_the_e_mail_of_an_invoice_lands_on_the_card_too(self):
        invoice = self.invoice_answered()
        card = self.card()
        self.assertIn("vendredi", invoice.message_ids[0].body)
        self.assertTrue(any("vendredi" in body and invoice.name in body for body in card.message_ids.mapped("body")))
        self.assertEqual((card.reply_pending, card.reason, card.contact_ids.outcome), (True, "reply", "answered"))
        self.assertRegex(card.activity_ids.summary, "Read the answer|Lire la réponse")

    def test_an_answer_to_an_invoice_counts_from_his_contacts_alone(self):
        self._partner("M. Durand", parent_id=self.debtor_partner.id, email="PDG@Durand.example", is_company=False)
        self.invoice_answered(sender="someone@else.example")
        self.assertFalse(self.card().reply_pending)
        self.invoice_answered(head="X-Autoreply: yes\n")
        self.assertFalse(self.card().reply_pending)
        self.invoice_answered(sender="pdg@durand.example")
        self.assertTrue(self.card().reply_pending)

    def test_each_button_of_the_notice_says_what_the_answer_is(self):
        self.answered()
        card = self.card()
        with self.at(MONDAY, 12):
            for button, outcome in (
                ("action_reply_promise", "promise"),
                ("action_reply_dispute", "dispute"),
                ("action_reply_plan", "plan"),
                ("action_reply_paid", "already_paid"),
            ):
                context = getattr(card, button)()["context"]
                dialog = Form(self.env["recouvrement.outcome"].with_context(**context))
                self.assertEqual((dialog.channel, dialog.outcome), ("email", outcome))
            dialog.save().action_record()
        self.assertEqual((card.reply_pending, card.paused_until), (False, MONDAY + 7 * DAY))
        self.assertEqual(card.last_contact_date, MONDAY)
