from datetime import timedelta, timezone
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...rules.calling import DELAYS
from ...tools import clock
from ..sending.recouvrement_dispatch_task import PARIS
from ..sending.recouvrement_reminder import WAITING
from .recouvrement_contact import SPOKE, UNANSWERED

CHECK_DAYS = 15  # nothing leaves while a legal officer checks a death or proceedings


class Terms(NamedTuple):
    """What an outcome needs besides itself; each uses its own."""

    moves: object = None  # the invoices meant; all that is overdue when empty
    items: object = None  # of opening entries
    amount: float = 0.0  # promised, or contested of one invoice
    on: object = None  # the day promised
    moment: object = None  # when to try again, UTC
    phone: str = ""  # the right number
    reason: object = None  # of the dispute
    pause_days: int = 7  # while the proof of payment is looked for
    plan: object = None  # accepted on the spot
    signature: object = None  # the PNG drawn on the screen, base64
    signed_by: str = ""  # name and quality
    ask_proof: bool = False  # of the payment, by e-mail


class RecouvrementContact(models.Model):
    _inherit = "recouvrement.contact"

    @api.model
    def _log(self, debtor, channel, outcome, dispatch=None, terms=None, *, on, **values):
        """Note what came of a call, a visit or an answer, and start what it asks for; returns the contact.

        An outcome is a method `_start_<outcome>`, which returns the record it made, if any. A call or visit of a
        reminder that reached the debtor makes its dispatch handed over; one that did not comes again, or falls back.

        :param dispatch: the task of a reminder, if this was one; paid meanwhile, only the contact is noted
        :param on: the day it is noted
        :param values: `note`, `duration`, `spoke_to`, `address`
        """
        debtor.check_access("write")
        terms, note = terms or Terms(), values.get("note") or ""
        task = (dispatch or self.env["recouvrement.dispatch"]).sudo()  # a collector acts on it through here alone
        live = task._waiting_task() if task else task
        address = values.get("address") or task.address or (channel == "call" and debtor.phone)  # before it changes
        debtor._calls_made(channel)
        if live and outcome in SPOKE:
            live._told()
        context = self.with_context(recouvrement_channel=channel, recouvrement_note=note)
        start = getattr(context, f"_start_{outcome}", None)
        started, moment = start(debtor, live, terms, on) if start else (None, None)
        document = context._commitment(debtor, started, terms, on) if terms.signature else None
        contact = self.sudo().create(  # evidence: written by this method alone
            {
                **values,
                "debtor_id": debtor.id,
                "company_id": debtor.company_id.id,
                "author_id": self.env.uid,
                "channel": channel,
                "outcome": outcome,
                "address": address,
                "reminder_id": task.reminder_id.id,
                "dispatch_id": task.id,
                "res_model": started._name if started else False,
                "res_id": started.id if started else False,
                "document_id": document.id if document else False,
                "next_on": moment,
            }
        )
        contact._tell()
        debtor._after_contact(contact, on)
        return contact.with_env(self.env)

    def _tell(self):
        """A line in the history of the debtor and of the reminder."""
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))[self[name]]
            for name in ("channel", "outcome")
        }
        head = self.env._("%(channel)s: %(outcome)s", **labels)
        details = [self.spoke_to, self.address, self.note]
        if self.next_on:
            moment = format_datetime(self.env, self.next_on, tz=PARIS.key, dt_format="short")
            details.append(self.env._("Again on %s", moment))
        body = Markup("%s") % head
        for detail in filter(None, details):
            body += Markup("<br/>%s") % detail
        # Of a subtype of its own: the timeline of the debtor tells the contact itself.
        self.debtor_id.message_post(body=body, subtype_xmlid="recouvrement_fr.mail_subtype_contact")
        if self.reminder_id:
            self.reminder_id.message_post(body=body)

    # --- what each outcome starts -------------------------------------------------------------------------------------

    def _start_no_answer(self, debtor, task, terms, on):
        return self._try_again(debtor, task, self.env._("No answer"), on)

    def _start_voicemail(self, debtor, task, terms, on):
        return self._try_again(debtor, task, self.env._("Voicemail left"), on)

    def _try_again(self, debtor, task, why, on):
        """The task of a reminder comes again by itself; without one, a call in the agenda, then a person's choice."""
        if task:
            return None, _utc(task._unanswered(why))
        tries = 1 + self._unanswered_before(debtor)
        if tries > len(DELAYS):
            debtor._tell_collector(
                self.env._("%s tries without an answer", tries),
                self.env._("Choose another way: a letter, a visit, another number."),
                lasts="free",
            )
            return None, None
        day = on + max(DELAYS[tries - 1], timedelta(days=1))
        debtor._schedule_call(day, self.env._("Call again (%s)", why))
        return None, None

    def _unanswered_before(self, debtor):
        """How many contacts in a row reached nobody."""
        last = self.search([("debtor_id", "=", debtor.id), ("channel", "!=", "email")], limit=len(DELAYS) + 1)
        count = 0
        for contact in last:
            if contact.outcome not in UNANSWERED:
                break
            count += 1
        return count

    def _start_wrong_number(self, debtor, task, terms, on):
        """The number is not used again; the right one, when somebody gave it, is called today."""
        channel = self.env.context["recouvrement_channel"]
        if terms.phone:
            debtor.partner_id.sudo().phone = terms.phone  # the one field of a partner that a collector corrects
            if task and channel == "call":
                task._again_at(terms.phone)
            return None, None
        if task:
            task._lost(self.env._("Wrong number or address"), wrong_address=True)
        debtor.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=(debtor._collector() or self.env.user).id,
            summary=self.env._("Find the phone number of %s", debtor.display_name)
            if channel == "call"
            else self.env._("Find the address of %s", debtor.display_name),
            recouvrement_while="open",
        )
        return None, None

    def _start_promise(self, debtor, task, terms, on):
        promise = self.env["recouvrement.promise"]._make(
            debtor,
            terms.moves,
            terms.amount,
            terms.on,
            on=on,
            origin=self.env.context["recouvrement_channel"],
            note=self.env.context["recouvrement_note"],
            items=terms.items,
        )
        return promise, None

    def _start_dispute(self, debtor, task, terms, on):
        dispute = self.env["recouvrement.dispute"]._open(
            debtor,
            terms.moves or (self.env["account.move"] if terms.items else debtor._overdue_moves()),
            terms.reason,
            amount=terms.amount or None,
            items=terms.items,
            description=self.env.context["recouvrement_note"],
        )
        return dispute, None

    def _start_plan(self, debtor, task, terms, on):
        """A plan he signs on the spot is accepted; else its dialog opens after this one."""
        if terms.plan and terms.signature:
            terms.plan._accept(on, terms.signed_by, terms.signature)
        return terms.plan, None

    def _start_call_back(self, debtor, task, terms, on):
        if not terms.moment or terms.moment <= clock.stamp():
            raise UserError(self.env._("Choose a moment to come."))
        moment = terms.moment.replace(tzinfo=timezone.utc)
        if task:
            task._put_back(moment, self.env._("To be contacted again"))
        else:
            local = moment.astimezone(PARIS)
            debtor._schedule_call(local.date(), self.env._("Call back at %s", local.strftime("%H:%M")))
        return None, terms.moment

    def _start_refusal(self, debtor, task, terms, on):
        self._tell_legal(
            debtor,
            self.env._("%s refuses to pay", debtor.display_name),
            self.env._("Decide on the formal notice, or on what follows it."),
        )
        return None, None

    def _start_already_paid(self, debtor, task, terms, on):
        """A short silence, and the proof to be had by its end."""
        until = on + timedelta(days=terms.pause_days)
        debtor._pause_for(until, self.env._("Says it is paid: proof asked for"))
        debtor.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=until,
            user_id=(debtor._collector() or self.env.user).id,
            summary=self.env._("Proof of payment of %s", debtor.display_name),
            note=self.env._("Ask for the transfer order, look for it in the bank entries, reconcile it."),
            recouvrement_while="open",
        )
        if terms.ask_proof:
            debtor._ask_proof(on)
        return None, None

    def _start_deceased(self, debtor, task, terms, on):
        if debtor.is_legal_person:
            raise UserError(self.env._("%s is a company: choose another outcome.", debtor.display_name))
        return self._stop(
            debtor,
            task,
            self.env._("Said to be deceased"),
            self.env._("Ask for the death certificate and for the notary of the estate, who receives the claim."),
            on,
        )

    def _start_insolvent(self, debtor, task, terms, on):
        return self._stop(
            debtor,
            task,
            self.env._("Said to be insolvent"),
            self.env._(
                "Look for the judgment in the BODACC: the delay to declare the claim runs from it (C.com R622-24)."
            ),
            on,
        )

    def _stop(self, debtor, task, why, note, on):
        """Nothing leaves until a legal officer has looked."""
        if task:
            task.reminder_id._cancel(why, reason="paused")
        debtor._pause_for(on + timedelta(days=CHECK_DAYS), why)
        self._tell_legal(debtor, self.env._("%(what)s: %(why)s", what=debtor.display_name, why=why), note)
        return None, None

    def _tell_legal(self, debtor, summary, note):
        """A warning for a legal officer of the company: not a manager, when there is another."""
        officers = debtor.company_id._recouvrement_people("legal")
        managers = debtor.company_id._recouvrement_managers()
        officer = (officers - managers)[:1] or officers[:1] or self.env.user
        debtor.activity_schedule(
            "mail.mail_activity_data_warning",
            user_id=officer.id,
            summary=summary,
            note=note,
            recouvrement_while="open",
        )


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def _after_contact(self, contact, on):
        """He is done with for today; reached, the minimum days between two contacts count from now."""
        vals = {"treated_on": on}
        if contact.outcome in SPOKE and contact.channel != "email":
            vals["last_contact_date"] = on
        if contact.channel == "email" and contact.outcome != "answered":
            vals["reply_pending"] = False  # whoever notes what an answer says has read it
        self.sudo().write(vals)  # bookkeeping
        self._decide_again_now()

    def _calls_made(self, channel):
        """The calls that one meant to make are made by this one; those of a reminder end by their own outcome."""
        if channel != "call":
            return
        planned = self.activity_ids.filtered(
            lambda activity: activity.activity_type_id.category == "phonecall" and activity.user_id == self.env.user
        )
        tasks = self.env["recouvrement.dispatch"].search([("activity_id", "in", planned.ids)])
        (planned - tasks.activity_id).unlink()

    def _schedule_call(self, on, summary):
        self.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=on,
            user_id=(self._collector() or self.env.user).id,
            summary=summary,
            recouvrement_while="free" if self._overdue_moves() else "open",
        )

    def _pause_for(self, until, reason):
        """No reminder up to that day; a longer pause stays as it is. What had not left is taken back."""
        if not self.paused_until or self.paused_until < until:
            self.write({"paused_until": until, "pause_reason": reason})
        self.env["recouvrement.reminder"].search([("debtor_id", "=", self.id), ("state", "in", WAITING)])._cancel(
            reason, reason="paused"
        )


def _utc(moment):
    """A moment with its time zone, as the database keeps it."""
    return moment and moment.astimezone(timezone.utc).replace(tzinfo=None)
