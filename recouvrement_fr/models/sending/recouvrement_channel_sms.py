import hashlib
import re
from datetime import time
from uuid import uuid4

import requests

from odoo import models
from odoo.exceptions import AccessError

from .ir_mail_server import Outcome

SPACES = re.compile(r"[\u00a0\u202f]")  # one of them would halve what fits in an SMS
CALLABLE = re.compile(r"\+33[67]\d{8}|\+(?!33)\d{6,15}")  # in France, a mobile
LATER = ("sms_credit", "sms_acc", "sms_server")  # the account or the service, not this number


class RecouvrementChannelSms(models.AbstractModel):
    """A short message, its words frozen, sent by whatever provider Odoo has for SMS."""

    _name = "recouvrement.channel.sms"
    _inherit = "recouvrement.channel"
    _description = "Channel: SMS"

    _by_machine = True
    _window = (time(9), time(19))

    def _refusals(self, reminders):
        numbers = {reminder: self._number_of(reminder) for reminder in reminders}
        blacklist = self.env["phone.blacklist"].sudo()  # a refusal binds whoever sends
        known = [number for number in numbers.values() if number]
        blocked = set(blacklist.search([("number", "in", known)]).mapped("number"))
        refusals = {}
        for reminder, number in numbers.items():
            if not number:
                refusals[reminder.id] = self.env._("No mobile number is known.")
            elif number in blocked:
                refusals[reminder.id] = self.env._("This number refuses SMS (blacklist).")
        return refusals

    def _number_of(self, reminder):
        """The mobile number of the addressee, else of the debtor, in international form."""
        for partner in (reminder.addressee_id, reminder.debtor_id.partner_id):
            number = re.sub(r"[^\d+]", "", partner._phone_format() or "")
            if CALLABLE.fullmatch(number):
                return number
        return None

    # --- writing ------------------------------------------------------------------------------------------------------

    def _draft(self, reminders, steps, errors):
        return {reminder: self._text(reminder, steps[reminder]) for reminder in reminders}

    def _text(self, reminder, step):
        """The words of the level in the debtor's language, else ours, with the figures that were frozen."""
        figures = reminder.figures
        values = {
            "reference": figures["reference"],
            "amount": figures["amount"],
            "deadline": figures["deadline"],
            "company": figures["company"]["name"],
        }
        words = step.with_context(lang=reminder.lang).sms_text
        if not words:
            words = self.with_context(lang=reminder.lang).env._(
                "{company}: {amount} is overdue on your account (our reference {reference}). Thank you for paying by "
                "{deadline}, or for calling us."
            )
        return SPACES.sub(" ", reminder.level_id._fill(words, values))

    def _create(self, drafts):
        dispatches = super()._create(drafts)
        for dispatch, text in zip(dispatches, drafts.values(), strict=True):
            dispatch.sha256 = hashlib.sha256(text.encode()).hexdigest()
        dispatches._keep([text.encode() for text in drafts.values()], "txt", "text/plain")
        self._track(dispatches)
        return dispatches

    def _vals(self, reminder):
        return {**super()._vals(reminder), "address": self._number_of(reminder), "sms_uuid": uuid4().hex}

    def _copy_vals(self, dispatch):
        return {**super()._copy_vals(dispatch), "sms_uuid": uuid4().hex}

    def _prepare_copies(self, dispatches):
        self._track(dispatches)

    def _track(self, dispatches):
        """Odoo takes the provider's delivery reports in by these; before sending, as a report may come at once."""
        self.env["sms.tracker"].sudo().create(  # nobody but the system reads trackers
            [{"sms_uuid": dispatch.sms_uuid} for dispatch in dispatches]
        )

    def _stale(self, dispatches, on):
        """Dated of another day, or whose number has changed or refuses SMS since."""
        refusals = self._refusals(dispatches.reminder_id)
        return dispatches.filtered(
            lambda dispatch: dispatch.reminder_id.figures["on"] != on.isoformat()
            or dispatch.reminder_id.id in refusals
            or dispatch.address != self._number_of(dispatch.reminder_id)
        )

    # --- leaving ------------------------------------------------------------------------------------------------------

    def _send(self, dispatches):
        """Through `sms.sms`, never left in its queue: `canceled` until the provider has answered."""
        altered = dispatches.attachment_id._altered()
        outcomes = {
            dispatch.id: Outcome("refused", dispatch.attachment_id._altered_words(dispatch.attachment_id))
            for dispatch in dispatches
            if dispatch.attachment_id in altered
        }
        dispatches = dispatches.filtered(lambda dispatch: dispatch.id not in outcomes)
        for company, mine in dispatches.grouped("company_id").items():
            messages = (
                self.env["sms.sms"]
                .sudo()  # core keeps its queue from users
                .with_company(company)
                .create(
                    [
                        {
                            "uuid": dispatch.sms_uuid,
                            "number": dispatch.address,
                            "body": dispatch.attachment_id.raw.decode(),
                            "partner_id": dispatch.addressee_id.id,
                            "state": "canceled",
                        }
                        for dispatch in mine
                    ]
                )
            )
            for message, dispatch in zip(messages, mine, strict=True):
                outcomes[dispatch.id] = self._send_one(message.with_context(recouvrement_sending=True))
                if outcomes[dispatch.id].kind == "later":
                    message.unlink()  # the next try bears the same identifier, which core takes once
        return outcomes

    def _send_one(self, message):
        try:
            message._send(unlink_failed=False, unlink_sent=False, raise_exception=True)
        except AccessError as error:  # how core tells that the provider was not reached, or did not answer
            left = not isinstance(error.__context__, requests.exceptions.ConnectionError) or isinstance(
                error.__context__, requests.exceptions.ReadTimeout
            )
            return Outcome("unknown" if left else "later", str(error))
        if message.state in ("pending", "process", "sent"):
            return Outcome("accepted")
        failure = dict(message._fields["failure_type"]._description_selection(self.env)).get(message.failure_type, "")
        message.to_delete = True
        return Outcome("later" if message.failure_type in LATER else "refused", failure)
