from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools import clock

SAID_TWICE = "DOUBLON"  # the platform refuses the second delivery of an invoice that stands
CHANGING = ("contest", "approve", "resume", "wait", "refuse", "cancel", "assign", "assign_named", "take_back")
TASK_DAYS = 7
FARTHEST = timedelta(days=60)  # a payment is sent for a day near: no agreed term is longer (C.com L441-10 I)
ASKS = ("contest", "refuse", "cancel", "task")  # what a person has to see, of a credit note too


class RecouvrementEinvoiceEvent(models.Model):
    """What a message does to collection, as its status says: one method ``_act_<act>`` each, which returns what it did.

    To add an act, extend the selection of ``recouvrement.einvoice.status`` and write its method.
    """

    _inherit = "recouvrement.einvoice.event"

    def _act(self):
        """Do what these messages mean, the first said first; one that fails is kept with its reason, the others go on.

        A message older than one that was acted on already changes nothing any more: platforms deliver out of order.
        """
        on = clock.today(self.env)
        waiting = self.filtered(lambda event: not event.move_id)
        waiting.outcome = self.env._("No posted invoice of this company bears this number.")
        mine = (self - waiting).sorted(lambda event: (event.issued_at, event.id))
        latest = mine._latest_acted()
        for act, events in mine.filtered(lambda event: event._is_plain()).grouped(lambda e: e.status_id.act).items():
            events._note_plain(act)
        acting = mine.filtered(lambda event: not event._is_plain())
        late = acting.filtered(
            lambda event: event.status_id.act in CHANGING
            and event.issued_at < latest.get(event.move_id, event.issued_at)
        )
        late.write({"state": "noted", "outcome": self.env._("A later message was acted on already.")})
        (acting - late)._act_by_page(on)

    def _is_plain(self):
        return self.status_id.act in (False, "nothing", "sent", "received")

    def _note_plain(self, act):
        """Messages that prove something and change nothing, written together."""
        if act == "received":
            self._note_receipt()
        if act in ("sent", "received"):
            self._end_rejections()
        outcome = {
            "sent": self.env._("Kept as proof that the invoice was sent."),
            "received": self.env._("Kept as proof that the invoice was received."),
        }
        self.write({"state": "noted", "outcome": outcome.get(act) or self.env._("Noted; nothing changes.")})

    def _note_receipt(self):
        """The delay of a public buyer runs from the day he received the invoice (CCP L2192-10, R2192-12)."""
        for day, events in self.grouped(lambda event: event.received_on or event._local_day(event.issued_at)).items():
            moves = events.move_id.filtered(lambda move: not move.recouvrement_received_on)
            moves.recouvrement_received_on = day

    def _latest_acted(self):
        """{invoice: when the last message that changed something for it was said}."""
        groups = self._read_group(
            [
                ("move_id", "in", self.move_id.ids),
                ("state", "=", "done"),
                ("status_id.act", "in", CHANGING),
                ("id", "not in", self.ids),
            ],
            ["move_id"],
            ["issued_at:max"],
        )
        return dict(groups)

    def _act_alone(self, act, on):
        try:
            with self.env.cr.savepoint():
                credit = self.move_id.move_type == "out_refund"
                outcome = self._act_on_credit_note(act, on) if credit else getattr(self, f"_act_{act}")(on)
                self.write({"state": "done", "outcome": outcome})
        except UserError as error:
            self.write({"state": "failed", "outcome": str(error)})
            self._call_person(self.env._("Look at the message %s, which changed nothing", self.display_name), on)

    def _act_on_credit_note(self, act, on):
        """Nothing holds a credit note: held, it would no longer be deducted from what is asked of the debtor."""
        if act not in ASKS:
            return self.env._("Said of a credit note: nothing is claimed of it.")
        self._call_person(self.env._("See what is said of the credit note %s", self.number), on)
        return self.env._("Said of a credit note, which stays deducted; a person was called.")

    # --- acts ---------------------------------------------------------------------------------------------------------

    def _act_contest(self, on):
        disputes = self.env["recouvrement.dispute"].sudo()  # whoever the platform speaks through
        found = disputes._from_einvoice_status(self.move_id, self.status_code, on, self._motive(), self._contested())
        if not found:
            return self.env._("Nothing is left to pay: no dispute was opened.")
        self.dispute_id = found[0]
        if self.details:
            found.message_post(body=self.env._("%(status)s: %(said)s", status=self.display_name, said=self.details))
        if self.action_code:
            self._tasks([self._asked_of(found[0], found[0].debtor_id._person_in_charge())], found._name)
        return self.env._("Contested: dispute %s.", ", ".join(found.mapped("name")))

    def _motive(self):
        return (self.reason_codes or "").split(", ")[0] or None

    def _asked_of(self, dispute, person):
        """The values of a task about what the buyer asks for, with the deadline of the dispute, for who solves it, else
        this person."""
        asked = {
            "PIN": self.env._("Send the information asked for: %s", self.number),
            "NIN": self.env._("Make a corrective invoice: %s", self.number),
            "CNF": self.env._("Make a credit note for the whole: %s", self.number),
            "CNP": self.env._("Make a credit note for a part: %s", self.number),
            "CNA": self.env._("Make a credit note for an amount: %s", self.number),
        }
        return {
            "res_id": dispute.id,
            "user_id": (dispute.resolver_id or person).id,
            "date_deadline": dispute.deadline,
            "summary": asked.get(self.action_code) or self.env._("See what the buyer asks for: %s", self.number),
            "note": self.details or "",
        }

    def _act_approve(self, on):
        ended = self.env["recouvrement.dispute"]._complete(self.move_id, self.status_code, on, self._motive())
        kept = self._kept_words()
        if ended:
            return " ".join((kept, self.env._("Dispute %s ended.", ", ".join(ended.mapped("name")))))
        return kept

    def _kept_words(self):
        return self.env._("The buyer approved the invoice: kept as written proof that it is not contested.")

    def _act_resume(self, on):
        ended = self.env["recouvrement.dispute"]._complete(self.move_id, self.status_code, on)
        if ended:
            return self.env._("Dispute %s ended.", ", ".join(ended.mapped("name")))
        return self.env._("Nothing was suspended.")

    def _act_wait(self, on):
        """Of one, what was done; of several, {event id: what was done}. A day far ahead is no payment sent: it gives no
        more time than today's, and a person sees."""
        far = self.filtered(lambda event: event.amount_on and event.amount_on > on + FARTHEST)
        for event in self:
            day = on if event in far else max(event.amount_on or on, on)
            event.waits_until = day + timedelta(days=event.status_id.days)
        if far:
            far._call_person({event.id: event._far_words() for event in far}, on)
        return self._leave_out(on, self.waits_until) if len(self) == 1 else self._leave_out_all(on)

    def _far_words(self):
        day = format_date(self.env, self.amount_on)
        return self.env._("See the payment of %(invoice)s, announced for %(day)s", invoice=self.number, day=day)

    def _act_refuse(self, on):
        if self._is_said_twice():
            return self.env._("A second delivery of the same invoice was refused: the invoice stands.")
        return self._reject(on)

    def _is_said_twice(self):
        return set((self.reason_codes or "").split(", ")) == {SAID_TWICE}

    def _act_cancel(self, on):
        self._call_person(self.env._("Make the credit note of %s: it was cancelled", self.number), on)
        return self._leave_out(on)

    def _act_assign(self, on):
        return self._leave_out(on)

    def _act_take_back(self, on):
        acts = ("assign", "assign_named", "account_wait")  # an account told with an assignment goes with it
        before = [("move_id", "=", self.move_id.id), ("issued_at", "<=", self.issued_at)]
        assigned = self.search([*before, ("status_id.act", "in", acts)])
        lifted = assigned.exclusion_id.filtered(lambda exclusion: not exclusion.lifted_on)
        lifted._lift(on)
        if lifted and self._hold_again(on):
            return self.env._("No longer assigned; left out for what else was told of it.")
        return self.env._("Reminded again.") if lifted else self.env._("It was not left out as assigned.")

    def _act_account(self, on):
        self._call_person(self.env._("Check the new account to pay of %s", self.number), on)
        return self.env._("A manager is to check the new account; until then the debtor is shown the usual one.")

    def _act_task(self, on):
        self._call_person(
            self.env._("Look at %(status)s: %(number)s", status=self.display_name, number=self.number), on
        )
        return self.env._("A person was called.")

    # --- with what ----------------------------------------------------------------------------------------------------

    def _call_person(self, summary, on):
        """A task about each of these messages.

        :param summary: in words, or {event id: words} of several
        """
        if len(self) != 1:
            self._call_people(summary, on)
            return
        words = summary[self.id] if isinstance(summary, dict) else summary
        # A task for whoever follows the debtor, whoever the platform speaks through.
        self.debtor_id.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.debtor_id._person_in_charge().id,
            date_deadline=fields.Date.add(on, days=self.status_id.days or TASK_DAYS),
            summary=words,
            note=self.details or "",
        )
