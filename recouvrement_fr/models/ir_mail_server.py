import smtplib

from odoo import models

# What a server answers when it refuses: the message did certainly not leave.
REFUSALS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError, AssertionError)


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def send_email(self, message, *args, **kwargs):
        """Keep the very message given to the server, and how it failed, when a dispatch asks for it.

        The context's `recouvrement_sent` holds two dicts by Message-Id that the dispatch reads right after: the bytes
        of the `messages` taken, and the `failures` (`refused`: it did not leave; `unknown`: it may have).
        """
        kept = self.env.context.get("recouvrement_sent")
        if kept is None:
            return super().send_email(message, *args, **kwargs)
        key = message["Message-Id"]
        try:
            sent = super().send_email(message, *args, **kwargs)
        except Exception as error:
            cause = error.__context__ or error
            kept["failures"][key] = "refused" if isinstance(cause, REFUSALS) else "unknown"
            raise
        kept["messages"][key] = message.as_bytes()
        return sent
