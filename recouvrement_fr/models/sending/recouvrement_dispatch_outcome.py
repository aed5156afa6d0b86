from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError

from ...tools import clock
from .recouvrement_dispatch import RETRY_MINUTES

LOST = ("failed", "bounced")  # did not reach anybody


class RecouvrementDispatch(models.Model):
    """What became of a dispatch means for its reminder: sent, replaced by the next channel, told to a person."""

    _inherit = "recouvrement.dispatch"

    @api.model
    def _conclude(self):
        """Draw what follows from what left and what did not; a job that stopped right after sending is made good.

        Handed over: the reminder is sent (a formal notice with a letter to post only once it is posted). Refused for
        good: its fallback replaces it. No answer, again and again: a person. Uncertain: a person is told.
        """
        untold = self.search([("state", "=", "uncertain"), ("reminder_id.error", "=", False)]).ids
        return self._conclude_left() and (
            self.env["recouvrement.reminder"]._by_page(untold, lambda page: self.browse(page)._tell_uncertain())
        )

    @api.model
    def _conclude_left(self, domain=()):
        """The same of these reminders, but for what is uncertain; False when the time is over."""
        reminder = self.env["recouvrement.reminder"]
        machine = ("channel", "in", self._codes(by_machine=True))
        waiting = [machine, ("state", "in", ("queued", "uncertain"))]
        sending = [*domain, ("state", "=", "sending"), ("dispatch_ids", "any", [machine])]
        ids = reminder.search([*sending, ("dispatch_ids", "not any", waiting)], order="id").ids
        return reminder._by_page(ids, lambda page: self._conclude_page(reminder.browse(page)._lock()))

    @api.model
    def _conclude_page(self, reminders):
        handed, lost = defaultdict(reminders.browse), reminders.browse()
        for reminder in reminders.filtered(lambda reminder: reminder.state == "sending"):
            live = reminder.dispatch_ids.filtered(lambda dispatch: dispatch.state not in ("failed", "cancelled"))
            left = live.filtered(lambda dispatch: dispatch.state in ("handed_over", "delivered", "bounced"))
            to_post = live.filtered(lambda dispatch: dispatch.state == "queued" and dispatch.postal_state)
            if left and not (reminder.kind == "formal_notice" and to_post):
                handed[min(left.mapped("handed_over_on"))] |= reminder
            elif not live:
                lost |= reminder
        for moment, sent in handed.items():
            sent._mark_sent(clock.day_of(self.env, moment))
        lost.dispatch_ids._fall_back()

    def _fall_back(self):
        """Replace these, that could not leave or came back, by the next channel of their level that can be used.

        First its fallbacks, then a letter when nothing was tried on paper; without any, or when a server does not
        answer again and again, a person.
        """
        errors, tried = {}, {}
        for reminder, dispatches in self.filtered(lambda found: found.state in LOST).grouped("reminder_id").items():
            last = dispatches.sorted("id")[-1]
            if last.state == "failed" and last.tries > len(RETRY_MINUTES):
                errors[reminder] = self.env._(
                    "It could not be sent after %(tries)s tries (%(reason)s). Check the outgoing mail servers or the "
                    "provider's account, then retry.",
                    tries=last.tries,
                    reason=last.failure,
                )
                last.reminder_id.debtor_id._tell_collector(
                    self.env._("Reminder %s could not leave", last.reminder_id.name), errors[reminder]
                )
            else:
                errors[reminder] = last.failure
                tried[reminder] = set(reminder.dispatch_ids.mapped("channel"))
        while tried:
            tried = self._replace(tried, errors)
        for reminder, error in errors.items():
            reminder._needs_a_person(error)

    def _replace(self, tried, errors):
        """Make the next channel of these reminders; returns those whose was not possible, with what was tried."""
        nexts = defaultdict(dict)
        for reminder, codes in tried.items():
            code, step = self._next_channel(reminder, codes)
            if code:
                nexts[code][reminder] = step
                codes.add(code)
        left = {}
        for code, steps in nexts.items():
            channel, failed = self._channel(code), {}
            mine = self.env["recouvrement.reminder"].union(*steps)
            failed |= channel._refusals(mine)
            usable = mine.filtered_domain([("id", "not in", list(failed))])
            try:
                drafts = channel._draft(usable, steps, failed)
            except UserError as error:  # the renderer is missing, or broken
                drafts, failed = {}, failed | dict.fromkeys(usable.ids, str(error))
            channel._create(drafts)
            for reminder in mine:
                if reminder.id in failed:
                    errors[reminder] = failed[reminder.id]
                    left[reminder] = tried[reminder]
                else:
                    del errors[reminder]
        return left

    def _next_channel(self, reminder, tried):
        """(code, step) of the fallback to use next, (None, None) when nothing is left."""
        for step in reminder.level_id.channel_ids:
            if step.fallback and step.channel not in tried:
                return step.channel, step
        on_paper = {"letter", "registered", "postal"}
        return (None, None) if tried & on_paper else ("letter", None)

    def _arrived(self):
        """The carrier says these reached their addressee."""
        left = self.filtered(lambda dispatch: dispatch.state in ("handed_over", "uncertain"))
        left.filtered(lambda dispatch: not dispatch.handed_over_on).handed_over_on = clock.stamp()
        left.write({"state": "delivered", "failure": False})
        self._conclude_page(left.reminder_id)

    def _come_back(self, reason, wrong_address=False):
        """These left and did not arrive: the next channel replaces them, on the same reminder.

        What a reminder said was said: it stays sent, only its dispatch is `bounced`.
        """
        back = self.filtered(lambda dispatch: dispatch.state in ("handed_over", "delivered", "uncertain"))
        back.filtered(lambda dispatch: not dispatch.handed_over_on).handed_over_on = clock.stamp()
        back.write({"state": "bounced", "failure": reason, "wrong_address": wrong_address})
        for dispatch in back:
            dispatch.reminder_id.debtor_id.message_post(
                body=self.env._(
                    "%(channel)s of the reminder %(reminder)s to %(address)s came back: %(reason)s",
                    channel=dict(self._fields["channel"]._description_selection(self.env))[dispatch.channel],
                    reminder=dispatch.reminder_id.name,
                    address=dispatch.address or "",
                    reason=reason,
                )
            )
        self._conclude_page(back.reminder_id)
        alone = back.filtered(
            lambda dispatch: not dispatch.copy_of_id
            and all(other.state in (*LOST, "cancelled") for other in dispatch.reminder_id.dispatch_ids)
        )
        alone._fall_back()

    def action_address_is_right(self):
        """A person says the address may be used again."""
        self.check_access("read")
        self.sudo().wrong_address = False  # evidence is written by methods alone

    def _tell_uncertain(self):
        """A person must look whether these left; those being sent at this very moment are locked."""
        mine = self._lock()
        for dispatch in mine.filtered(lambda dispatch: dispatch.state == "uncertain"):
            reminder = dispatch.reminder_id
            reminder.error = self.env._("It may have left: look in the mail server's log, then say so on its dispatch.")
            reminder.debtor_id._tell_collector(self.env._("Did reminder %s leave?", reminder.name), reminder.error)
