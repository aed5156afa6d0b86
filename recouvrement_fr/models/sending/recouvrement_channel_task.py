import hashlib
import re
from datetime import time

from odoo import models
from odoo.exceptions import UserError

from ...tools.formats import Formats
from ..policy.recouvrement_level import SCRIPT_PLACEHOLDERS


class RecouvrementChannelTask(models.AbstractModel):
    """What a person does, call or visit: a task in his agenda with a script; handed over once its outcome is noted.

    The script is kept as it was given to him. A task that reached nobody comes again, then its fallback replaces it.
    """

    _name = "recouvrement.channel.task"
    _inherit = "recouvrement.channel"
    _description = "Channel: task of a person"

    _window = (time(9), time(19))  # usage of calls and visits; the machine makes nothing leave here

    # --- writing ------------------------------------------------------------------------------------------------------

    def _draft(self, reminders, steps, errors):
        promises = self._last_promises(reminders.debtor_id)
        return {
            reminder: self._script(steps.get(reminder), reminder, promises.get(reminder.debtor_id))
            for reminder in reminders
        }

    def _last_promises(self, debtors):
        """{debtor: the last promise he made}; who notes promises says."""
        return {}

    def _script_now(self, dispatch, amount, currency):
        """The same words with what is owed now and the last promise made: a task may wait for days.

        :param amount: net overdue; only said where the reminder asks for money of that currency
        """
        reminder = dispatch.reminder_id
        step = reminder.level_id.channel_ids.filtered(lambda found: found.channel == dispatch.channel)[:1]
        promise = self._last_promises(reminder.debtor_id).get(reminder.debtor_id)
        now = (
            Formats(reminder.lang or "fr_FR").money(amount, currency)
            if reminder.line_ids.currency_id == currency
            else None
        )
        return self._script(step, reminder, promise, now)

    def _script(self, step, reminder, promise, amount=None):
        """What the collector says, in the language of the debtor, with the figures that were frozen.

        :param amount: said in their place
        """
        figures, task = reminder.figures, self.with_context(lang=reminder.lang)
        carried = reminder.line_ids.filtered(lambda line: line.role == "carried" and not line.cancelled)
        oldest = carried.sorted("date_due")[:1]
        formats = Formats(reminder.lang or "fr_FR")
        values = {
            **{name: figures[name] for name in ("reference", "deadline")},
            "amount": amount or figures["amount"],
            "company": figures["company"]["name"],
            "debtor": reminder.partner_id.name or "",
            "oldest": task._invoice_in_words(oldest._number_told(), oldest.date_due, formats),
            "promise": task._promise_in_words(promise, formats),
        }
        words = step and step.with_context(lang=reminder.lang).script or task._default_script()
        return reminder.level_id._fill(words, values, SCRIPT_PLACEHOLDERS)

    def _script_of(self, debtor, amount):
        """The same for a debtor nobody has to call by a level; `amount`, in company currency, is what is overdue."""
        lang = self.env["res.lang"]._recouvrement_spoken(debtor.partner_id.lang or self.env.lang)
        task, formats = self.with_context(lang=lang), Formats(lang)
        holding, moves, items = self.env["recouvrement.holding"], debtor._overdue_moves(), debtor._overdue_entries()
        moves -= holding._frozen_moves(moves)  # not to be asked for
        items -= holding._frozen_entries(items)
        dues = moves._first_open_dues()
        debts = [(dues.get(move.id) or move.invoice_date_due or move.date, move.name) for move in moves]
        debts += [(item.date_maturity or item.date, item._number_of_entry()) for item in items]
        due, number = min(debts, default=(None, None))
        values = {
            "reference": "",
            "amount": formats.money(amount, debtor.currency_id),
            "deadline": "",
            "company": debtor.company_id.name,
            "debtor": debtor.partner_id.name or "",
            "oldest": task._invoice_in_words(number, due, formats),
            "promise": task._promise_in_words(self._last_promises(debtor).get(debtor), formats),
        }
        return self.env["recouvrement.level"]._fill(task._default_script(), values, SCRIPT_PLACEHOLDERS)

    def _invoice_in_words(self, number, due, formats):
        if not number or not due:
            return self.env._("none")
        return self.env._("%(number)s, due on %(due)s", number=number, due=formats.short(due))

    def _promise_in_words(self, promise, formats):
        if not promise:
            return self.env._("none")
        return self.env._(
            "%(amount)s for %(day)s (%(state)s)",
            amount=formats.money(promise.amount, promise.currency_id),
            day=formats.short(promise.date),
            state=dict(promise._fields["state"]._description_selection(self.env))[promise.state].lower(),
        )

    def _default_script(self):
        return self.env._(
            "Good morning, this is the accounts department of {company}, about the account of {debtor}.\n"
            "{amount} is to be paid. Oldest invoice: {oldest}. Last promise: {promise}.\n"
            "1. Did you receive the invoices, and do you agree with them? (If not: note the dispute.)\n"
            "2. On what day will you pay, and how much? (Note the promise.)\n"
            "3. You cannot pay all at once? (Offer a plan.)\n"
            "4. Say again what was agreed, thank, and announce a written confirmation."
        )

    def _create(self, drafts):
        """The script kept beside each dispatch, and a task in the agenda of whoever follows the debtor."""
        tasks = super()._create(drafts)
        for task, script in zip(tasks, drafts.values(), strict=True):
            task.sha256 = hashlib.sha256(script.encode()).hexdigest()
        tasks._keep([script.encode() for script in drafts.values()], "txt", "text/plain")
        tasks._ask()
        return tasks

    def _vals(self, reminder):
        asked_on = self._asked_before(reminder)
        return {**super()._vals(reminder), "address": self._where(reminder), "asked_on": asked_on}

    def _asked_before(self, reminder):
        """The day that the task which this one replaces was for: figures that change do not put it off."""
        last = reminder.dispatch_ids.filtered(lambda found: found.channel == self._code).sorted("id")[-1:]
        return last.asked_on if last.state == "cancelled" else False

    def _where(self, reminder):
        """The number to call or the place to go to; None when there is none."""
        raise NotImplementedError(self._name)

    # --- waiting ------------------------------------------------------------------------------------------------------

    def _refusals(self, reminders):
        """Tried in vain for this very reminder: another way is taken."""
        tried = reminders.dispatch_ids.filtered(lambda found: found.channel == self._code and found.state == "failed")
        return {task.reminder_id.id: task.failure or "" for task in tried}

    def _stale(self, dispatches, on):
        """Those whose number or place changed since; a task waits for the person, whatever the day."""
        refusals = self._refusals(dispatches.reminder_id)
        return dispatches.filtered(
            lambda task: task.reminder_id.id in refusals or task.address != self._where(task.reminder_id)
        )

    def _take_back(self, dispatches):
        """Nobody has to do it any more."""
        dispatches._forget()

    def _copy_vals(self, dispatch):
        raise UserError(self.env._("A call or a visit is not sent again: log a new one on the debtor's card."))


class RecouvrementChannelCall(models.AbstractModel):
    """A call by the collector."""

    _name = "recouvrement.channel.call"
    _inherit = "recouvrement.channel.task"
    _description = "Channel: call"

    def _refusals(self, reminders):
        wrong = reminders.debtor_id._wrong_numbers()
        refusals = super()._refusals(reminders)
        for reminder in reminders:
            number = self._where(reminder)
            if not number:
                refusals[reminder.id] = self.env._("No phone number is known.")
            elif (reminder.debtor_id.id, digits(number)) in wrong:
                refusals[reminder.id] = self.env._("The phone number %s is wrong.", number)
        return refusals

    def _where(self, reminder):
        return reminder.addressee_id.phone or reminder.partner_id.phone or None


class RecouvrementChannelVisit(models.AbstractModel):
    """A visit at the debtor's by the collector."""

    _name = "recouvrement.channel.visit"
    _inherit = "recouvrement.channel.task"
    _description = "Channel: field visit"

    def _refusals(self, reminders):
        refusals = super()._refusals(reminders)
        for reminder in reminders:
            missing = reminder.figures["addressee"]["missing"]
            if missing:
                refusals[reminder.id] = missing
        return refusals

    def _where(self, reminder):
        return ", ".join(reminder.figures["addressee"]["lines"]) or None


def digits(number):
    """A phone number as it is compared: its last nine digits, however it was typed."""
    return re.sub(r"\D", "", number or "")[-9:]
