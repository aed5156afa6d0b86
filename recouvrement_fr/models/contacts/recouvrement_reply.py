from markupsafe import Markup

from odoo import fields, models
from odoo.tools import email_normalize

AUTOMATIC = ("X-Autoreply", "X-Autorespond")


class RecouvrementPolicy(models.Model):
    _inherit = "recouvrement.policy"

    hold_on_reply = fields.Boolean(
        "An answer stops reminders",
        default=True,
        help="When the debtor answers an e-mail, nothing more leaves by itself until a person has read it. Otherwise "
        "the collector has a task, and reminders go on.",
    )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Machines answer too (absences, tickets): what they say is kept, and stops nothing (RFC 3834)."""
        automatic = message.get("Auto-Submitted", "no").lower() != "no" or any(map(message.get, AUTOMATIC))
        return super(MailThread, self.with_context(recouvrement_automatic=automatic))._message_route_process(
            message, message_dict, routes
        )

    def _is_answer(self, message):
        """Whether a message came in by e-mail, from somebody who is no colleague, and a person wrote it."""
        if message.message_type != "email" or self.env.context.get("recouvrement_automatic"):
            return False
        return all(user.share for user in message.sudo().author_id.user_ids)  # rights of the gateway's user vary


class RecouvrementReminder(models.Model):
    _inherit = "recouvrement.reminder"

    def _message_post_after_hook(self, message, msg_values):
        """The debtor answered this reminder: his card hears of it."""
        result = super()._message_post_after_hook(message, msg_values)
        if len(self) == 1 and self._is_answer(message):
            debtor = self.sudo().debtor_id  # the gateway's user may be anybody
            debtor._copy_answer(message, self.display_name)
            debtor._answered(message, self)
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    def _message_post_after_hook(self, message, msg_values):
        """The debtor answered the e-mail of this invoice: his card hears of it, as of an answer to a reminder."""
        result = super()._message_post_after_hook(message, msg_values)
        if len(self) == 1 and self.state == "posted" and self.is_sale_document() and self._is_answer(message):
            debtor = self.sudo().recouvrement_debtor_id  # as above
            if debtor and debtor._is_from(message):
                debtor._copy_answer(message, self.display_name)
                debtor._answered(message)
        return result


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if len(self) == 1 and self._is_answer(message):
            self.sudo()._answered(message)  # as above
        return result

    def _is_from(self, message):
        """Whether one of the debtor's own contacts wrote a message: anybody may know the address of an invoice."""
        contacts = self.env["res.partner"].search([("commercial_partner_id", "=", self.partner_id.id)])
        contacts |= self._dunning_contact()
        address = email_normalize(message.email_from or "")
        return message.author_id in contacts or bool(address) and address in contacts.mapped("email_normalized")

    def _copy_answer(self, message, about):
        """What the debtor wrote on one document is read on his card, with what he enclosed."""
        files = message.sudo().attachment_ids  # what it enclosed, for whoever reads its card
        self.message_post(
            body=Markup("<p>%s</p><blockquote>%s</blockquote>")
            % (self.env._("Answer to %s", about), message.body or ""),
            subject=message.subject,
            author_id=message.author_id.id,
            email_from=message.email_from,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            attachment_ids=files._copied_onto(self).ids,
        )

    def _answered(self, message, reminder=None):
        """The debtor wrote: reminders stop until a person has read it, if the policy says so; a person is told."""
        self.env["recouvrement.contact"].create(
            {
                "debtor_id": self.id,
                "company_id": self.company_id.id,
                "channel": "email",
                "outcome": "answered",
                "address": message.email_from,
                "note": message.subject,
                "reminder_id": reminder.id if reminder else False,
            }
        )
        holds = self._reply_policy(reminder).hold_on_reply
        if holds:
            self.reply_pending = True
            self._put_off("reply")
        if not self.activity_ids._marked("reply"):
            summary, lasts = self.env._("Read the answer of %s", self.display_name), "reply" if holds else False
            self._tell_collector(summary, message.subject or "", lasts=lasts, mark="reply")

    def _reply_policy(self, reminder):
        """The policy of the reminder answered, else of the last one, else his own: without any, the answer holds."""
        policy = (reminder or self.last_reminder_id).policy_id or self.policy_id
        return policy or policy.new({"hold_on_reply": True})
