from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, split_every

from .recouvrement_einvoice_acts import TASK_DAYS

PAGE = 200


class RecouvrementEinvoiceEvent(models.Model):
    """Messages about many invoices, done together: a page of one act takes a bounded number of statements.

    ``_all_<act>`` does for many invoices what ``_act_<act>`` does for one, and returns {event id: what was done}. Where
    one of them fails, each is done alone; an act without such a method always is.
    """

    _inherit = "recouvrement.einvoice.event"

    def _act_by_page(self, on):
        """Act on these, in their order: in turns of at most one message of an invoice."""
        for page in split_every(PAGE, self.ids, self.browse):
            for turn in page._turns():
                for act, events in turn.grouped(lambda event: event.status_id.act).items():
                    events._act_together(act, on)
            self.env.flush_all()

    def _turns(self):
        turns, told = [], defaultdict(int)
        for event in self:
            place = told[event.move_id.id]
            told[event.move_id.id] += 1
            if place == len(turns):
                turns.append([])
            turns[place].append(event.id)
        return [self.browse(ids) for ids in turns]

    def _act_together(self, act, on):
        alone = self.filtered(lambda event: event.move_id.move_type == "out_refund")
        many = self - alone
        if len(many) < 2 or not hasattr(type(self), f"_all_{act}"):
            alone = self
        else:
            try:
                with self.env.cr.savepoint():
                    many._note_done(getattr(many, f"_all_{act}")(on))
            except UserError:
                self.env.invalidate_all(flush=False)
                alone = self
        for event in alone:
            event._act_alone(act, on)

    def _note_done(self, outcomes):
        for outcome, events in self.grouped(lambda event: outcomes[event.id]).items():
            events.write({"state": "done", "outcome": outcome})

    # --- acts ---------------------------------------------------------------------------------------------------------

    def _all_contest(self, on):
        """A dispute each; what is contested already, or asks for something, is done alone."""
        disputes = self.env["recouvrement.dispute"].sudo()  # whoever the platform speaks through
        known = disputes._contested_by_status(self.move_id)
        plain = self.filtered(lambda event: event.move_id not in known and event.move_id.amount_residual)
        asked = {
            event.move_id: (event.status_code, event._motive(), event._contested(), event.debtor_id) for event in plain
        }
        opened = disputes._contest_each(asked)
        outcomes = {event.id: event._act_contest(on) for event in self - plain}
        for event in plain:
            dispute = opened[event.move_id]
            event.dispute_id = dispute
            outcomes[event.id] = self.env._("Contested: dispute %s.", dispute.name)
        said = plain.filtered("details")
        if said:
            plain.dispute_id._message_log_batch(
                {
                    event.dispute_id.id: self.env._(
                        "%(status)s: %(said)s", status=event.display_name, said=event.details
                    )
                    for event in said
                }
            )
        asking = plain.filtered("action_code")
        people = asking.debtor_id._people_in_charge()
        tasks = [event._asked_of(event.dispute_id, people[event.debtor_id]) for event in asking]
        self._tasks(tasks, "recouvrement.dispute")
        return outcomes

    def _all_approve(self, on):
        return self._unless_contested("_act_approve", self._kept_words(), on)

    def _all_resume(self, on):
        return self._unless_contested("_act_resume", self.env._("Nothing was suspended."), on)

    def _unless_contested(self, alone, words, on):
        """These words for those whose invoice no status contests; the others are done alone, by that method."""
        disputes = self.env["recouvrement.dispute"].sudo()  # as above
        known = disputes._contested_by_status(self.move_id)
        return {event.id: getattr(event, alone)(on) if event.move_id in known else words for event in self}

    def _all_refuse(self, on):
        """What is sure to be no invoice in law; a second delivery, or one that was issued again since, alone."""
        proofs = [("move_id", "in", self.move_id.ids), ("status_id.act", "in", ("sent", "received"))]
        again = self.search(proofs).move_id
        plain = self.filtered(lambda event: event.move_id not in again and not event._is_said_twice())
        outcomes = {event.id: event._act_refuse(on) for event in self - plain}
        if plain:
            plain.not_issued = True
            # Whoever the platform speaks through.
            reminders = self.env["recouvrement.reminder"].sudo()
            for told, events in plain.grouped(lambda event: event._rejected_words()).items():
                reminders._withdraw(events.move_id, told, self._hold_reason)
            plain._call_person({event.id: event._issue_again_words() for event in plain}, on)
            plain.move_id._law_changed()
        return outcomes | dict.fromkeys(plain.ids, self._not_issued_words())

    def _all_cancel(self, on):
        self._call_person(
            {event.id: self.env._("Make the credit note of %s: it was cancelled", event.number) for event in self}, on
        )
        return self._leave_out_all(on)

    def _all_assign(self, on):
        return self._leave_out_all(on)

    def _all_wait(self, on):
        return self._act_wait(on)

    def _all_account_wait(self, on):
        since = [("move_id", "in", self.move_id.ids), ("state", "=", "done")]
        settled = self.search(
            [*since, ("status_id.act", "in", ("account", "account_wait", "assign_named", "take_back"))]
        )
        plain = self.filtered(lambda event: event.move_id not in settled.move_id)
        outcomes = {event.id: event._act_account_wait(on) for event in self - plain}
        plain._call_person(
            {event.id: self.env._("Check the new account to pay of %s", event.number) for event in plain}, on
        )
        left_out = plain._leave_out_all(on)
        return outcomes | {event.id: self._account_words(left_out[event.id]) for event in plain}

    def _all_account(self, on):
        self._call_person(
            {event.id: self.env._("Check the new account to pay of %s", event.number) for event in self}, on
        )
        words = self.env._("A manager is to check the new account; until then the debtor is shown the usual one.")
        return dict.fromkeys(self.ids, words)

    def _all_task(self, on):
        self._call_person(
            {
                event.id: self.env._("Look at %(status)s: %(number)s", status=event.display_name, number=event.number)
                for event in self
            },
            on,
        )
        return dict.fromkeys(self.ids, self.env._("A person was called."))

    # --- with what ----------------------------------------------------------------------------------------------------

    def _leave_out_all(self, on):
        """``_leave_out`` of each, with what they share done at once."""
        exclusions = self.env["recouvrement.exclusion"].sudo()  # whoever the platform speaks through
        in_force = exclusions.search([("move_id", "in", self.move_id.ids), ("lifted_on", "=", False)]).grouped(
            "move_id"
        )
        outcomes, left = {}, self.browse()
        for event in self:
            known = in_force.get(event.move_id, exclusions.browse())
            if known and event._keeps(known, event.waits_until):
                outcomes[event.id] = self.env._("It is left out already: %s", known.reason)
            else:
                left |= event
        for (told, until), events in left.grouped(lambda event: (event._left_out_words(), event.waits_until)).items():
            self.env["recouvrement.reminder"]._withdraw(events.move_id, told, "no_followup")
            nobody = self.env["res.users"]
            exclusions._leave_out(events.debtor_id, events.move_id, told, on, until, by=nobody)
            words = self.env._("Left out of reminders.")
            if until:
                words = self.env._("Left out of reminders until %s.", format_date(self.env, until))
            outcomes |= dict.fromkeys(events.ids, words)
        made = exclusions.search([("move_id", "in", left.move_id.ids), ("lifted_on", "=", False)]).grouped("move_id")
        for event in left:
            event.exclusion_id = made[event.move_id]
        return outcomes

    def _call_people(self, summaries, on):
        """A task for whoever follows the debtor of each of these messages: {event id: summary}. Nobody gets a mail of
        each of hundreds of tasks."""
        people = self.debtor_id._people_in_charge()
        self._tasks(
            [
                {
                    "res_id": event.debtor_id.id,
                    "user_id": people[event.debtor_id].id,
                    "date_deadline": fields.Date.add(on, days=event.status_id.days or TASK_DAYS),
                    "summary": summaries[event.id],
                    "note": event.details or "",
                }
                for event in self
            ],
            "recouvrement.debtor",
        )

    def _tasks(self, vals_list, model):
        if not vals_list:
            return
        shared = {
            "res_model_id": self.env["ir.model"]._get_id(model),
            "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
            "automated": True,
        }
        # A task for whoever follows, whoever the platform speaks through.
        activities = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        activities.create([{**shared, **vals} for vals in vals_list])
