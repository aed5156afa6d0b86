from contextlib import contextmanager
from smtplib import (
    SMTP,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from typing import NamedTuple

from odoo import models

from odoo.addons.base.models.ir_mail_server import MailDeliveryException


class Outcome(NamedTuple):
    """What became of one message, as the mail server itself said."""

    kind: str  # accepted; refused: never for this address; later: not now, it did not leave; unknown: it may have left
    reason: str = ""
    message: bytes = b""  # as given to the server
    is_broken: bool = False  # the server refuses everything: it says nothing of this address


class Outcomes:
    """Outcomes by Message-Id. An object, never a dict: Odoo reuses an environment whose context is equal, and an empty
    dict of an earlier batch equals the one of this batch."""

    def __init__(self):
        self.found = {}


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def send_email(self, message, *args, **kwargs):
        """Tell a dispatch that asks for it what the server answered, and the very bytes it was given.

        The context's `recouvrement_outcomes` is memory, so it outlives a transaction that fails after the message has
        left.
        """
        outcomes = self.env.context.get("recouvrement_outcomes")
        if outcomes is None:
            return super().send_email(message, *args, **kwargs)
        key = message["Message-Id"]
        with _listening(kwargs.get("smtp_session")) as heard:
            try:
                sent = super().send_email(message, *args, **kwargs)
            except Exception as error:
                outcomes.found[key] = Outcome(_verdict(error, heard, self.NO_VALID_RECIPIENT), _words(error))
                raise
        outcomes.found[key] = Outcome("accepted", message=heard[0] if heard else message.as_bytes())
        return sent


@contextmanager
def _listening(session):
    """Yield the list of what the session gives as message; None for a session that cannot be listened to."""
    if not isinstance(session, SMTP) or type(session).send_message is not SMTP.send_message:
        yield None
        return
    heard, genuine = [], session.data

    def data(message):
        heard.append(message)
        return genuine(message)

    session.data = data
    try:
        yield heard
    finally:
        del session.data


def _words(error):
    """What an error says, its kind when it says nothing: a person reads it."""
    return str(error).strip() or str(error.__context__ or "").strip() or type(error).__name__


def _verdict(error, heard, no_recipient):
    """refused, later or unknown: see Outcome. Only a server that had begun to listen to the message may have it."""
    cause = error.__context__ if isinstance(error, MailDeliveryException) else error
    if isinstance(cause, AssertionError):  # core's own checks: nothing was given to the server
        return "refused" if no_recipient in cause.args else "later"
    if isinstance(cause, SMTPRecipientsRefused):
        return "later" if all(code < 500 for code, _answer in cause.recipients.values()) else "refused"
    if isinstance(cause, SMTPSenderRefused | SMTPHeloError):
        return "later"  # the server, not the address: a person looks when it lasts
    if isinstance(cause, SMTPResponseException):
        return "later" if cause.smtp_code < 500 else "refused"
    if isinstance(cause, SMTPNotSupportedError):
        return "refused"
    return "later" if heard == [] else "unknown"
