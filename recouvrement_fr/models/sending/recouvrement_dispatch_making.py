from odoo import api, models

from .recouvrement_dispatch import GONE


class RecouvrementDispatch(models.Model):
    """Which channels a reminder takes, the documents written for them, and whether they still say the truth."""

    _inherit = "recouvrement.dispatch"

    @api.model
    def _make(self, reminders, on):
        """Write down, for each reminder, the documents of the channels that can be used; they leave afterwards.

        A reminder one of whose documents cannot be made fails as a whole: nothing is half sent.
        """
        if not reminders:
            return
        chosen, errors, drafts = self._channels(reminders), {}, {}
        for code in dict.fromkeys(code for steps in chosen.values() for code in steps):
            steps = {reminder: found[code] for reminder, found in chosen.items() if code in found}
            steps = {reminder: step for reminder, step in steps.items() if reminder.id not in errors}
            mine = self.env["recouvrement.reminder"].union(*steps)
            drafts[code] = self._channel(code)._draft(mine, steps, errors)
        for reminder in reminders.filtered(lambda reminder: reminder.id in errors):
            reminder._fail(errors[reminder.id])
        for code, written in drafts.items():
            self._channel(code)._create(
                {reminder: draft for reminder, draft in written.items() if reminder.id not in errors}
            )
        reminders.filtered(lambda reminder: reminder.id not in errors).write({"state": "sending"})

    @api.model
    def _channels(self, reminders):
        """{reminder: {channel: its step, or None}}, those that can be used, in order.

        The channels of the level; a fallback only when none before it could be used; without any, the letter.
        """
        refusals = self._refusals(reminders, {step.channel for step in reminders.level_id.channel_ids})
        chosen = {}
        for reminder in reminders:
            usable = {}
            for step in reminder.level_id.channel_ids:
                if step.fallback and usable:
                    continue
                if reminder.id not in refusals[step.channel]:
                    usable[step.channel] = step
            chosen[reminder] = usable or {"letter": None}
        return chosen

    @api.model
    def _refusals(self, reminders, codes):
        """{channel: {reminder id: why it cannot be used}}, among those that have it at their level."""
        refusals = {}
        for code in codes:
            levels = reminders.level_id.channel_ids.filtered_domain([("channel", "=", code)]).level_id
            refusals[code] = self._channel(code)._refusals(reminders.filtered_domain([("level_id", "in", levels.ids)]))
        return refusals

    def _keep(self, documents, suffix, mimetype):
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": f"{dispatch.reminder_id.name.replace('/', '-')}.{suffix}",
                    "raw": document,
                    "mimetype": mimetype,
                    "res_model": self._name,
                    "res_id": dispatch.id,
                    "company_id": dispatch.company_id.id,
                }
                for dispatch, document in zip(self, documents, strict=True)
            ]
        )
        for dispatch, attachment in zip(self, attachments, strict=True):
            dispatch.attachment_id = attachment

    @api.model
    def _waiting_for_a_person(self):
        """What a person has to print, post or do: it is taken back as soon as it no longer says the truth."""
        return self.search([("state", "=", "queued"), ("channel", "in", self._codes(by_machine=False))], order="id").ids

    def _review(self, on):
        """Compare what waits here with the ledger, and return what still says the truth.

        Nothing due any more: the reminder is cancelled. Another amount, other accessories, a dunning contact named
        since, an e-mail dated of another day or whose address has changed or refuses, a letter not posted in time: its
        documents are made again. What another channel has already said is never rewritten: this one is only taken back.
        """
        copies = self.filtered(lambda dispatch: dispatch.state == "queued" and dispatch.copy_of_id)
        waiting = self.filtered(lambda dispatch: dispatch.state == "queued") - copies
        standings = waiting.reminder_id._standings(on)
        stale = waiting._stale(on).reminder_id | waiting.reminder_id.filtered(lambda found: found._has_new_contact())
        live = waiting.reminder_id.filtered(lambda reminder: not standings[reminder.id].problem)
        live = live.filtered(lambda reminder: reminder._says(standings[reminder.id]))
        live = live._still_accrued(standings)
        problems = {copy: copy._copy_problem() for copy in copies}
        strange = copies.filtered(problems.get)
        for copy in strange:
            copy._cancel(problems[copy])
        true, again = copies - strange, self.env["recouvrement.reminder"]  # a copy says what left, whatever is due now
        for reminder, dispatches in waiting.grouped("reminder_id").items():
            standing = standings[reminder.id]
            if standing.problem:
                reminder._cancel(standing.problem)
                dispatches.filtered(lambda dispatch: dispatch.state == "queued")._cancel(standing.problem)
            elif reminder in live - stale:
                true |= dispatches
            elif reminder.dispatch_ids.filtered(lambda dispatch: dispatch.state in GONE):
                true |= dispatches._take_back_changed(reminder in live)
            else:
                reminder.dispatch_ids.filtered(lambda dispatch: dispatch.state == "queued")._cancel()
                again |= reminder
        again.write({"state": "planned"})
        again._prepare(on)
        if again:
            again._trigger_dispatch()
        return true

    def _stale(self, on):
        """Those to make again before they leave: see `recouvrement.channel._stale`."""
        stale = self.browse()
        for code, dispatches in self.grouped("channel").items():
            stale |= self._channel(code)._stale(dispatches, on)
        return stale

    def _take_back_changed(self, said):
        """Take back, of a reminder that another channel has already told of, what no longer says the same or may no
        longer be used; return the rest, although it be of another day.

        :param said: whether its figures are still those of the ledger
        """
        refused = self.filtered(lambda dispatch: self._channel(dispatch.channel)._refusals(dispatch.reminder_id))
        changed = refused if said else self
        changed._cancel(self.env._("The amounts changed since another channel left."))
        return self - changed

    def _cancel(self, reason=None):
        """Take back what has not left."""
        for code, dispatches in self.grouped("channel").items():
            self._channel(code)._take_back(dispatches)
        self.write({"state": "cancelled", "postal_state": False, "retry_on": False, "failure": reason or False})
