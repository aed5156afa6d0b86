import hashlib
import json
import math
import re
from datetime import date

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.mimetypes import guess_mimetype

from ...tools.recipients import one_line, recipients
from ..contacts.recouvrement_contact_outcome import Terms
from .recouvrement_door import ACTS

KEY = re.compile(r"[\w-]{16,64}", re.ASCII)
LONGEST = {"note": 4000, "said_by": 120, "email": 254, "phone": 32}
FILES = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}  # nothing that a browser runs
MOST_FILES = 5
LARGEST = 5 * 1024 * 1024  # bytes of one file
OPEN_DISPUTES = ("open", "escalated")
SAID = ("paid", "message", "contact", "email", "sms")  # the others look at what is held: once only of themselves
BROKEN_SINCE = 400  # days during which a broken promise is remembered


class DoorClosed(UserError):
    """What is asked is not open to this debtor."""


class DoorBusy(UserError):
    """Too much at once: nothing was noted."""


class RecouvrementDoor(models.AbstractModel):
    """What a debtor says on its page: each goes through the method of the collector's own dialog, once.

    A form bears a key: sent twice, it counts once; so do the same words typed in two tabs. Acts of one debtor wait for
    one another, and each looks again at what the one before has done.
    """

    _inherit = "recouvrement.door"

    @api.model
    def _act(self, door, kind, form, files, on):
        """Take in a form; returns its event, the first one when the form was sent before.

        :param dict form: what was sent, as texts; :param list files: (name, bytes)
        :raises DoorClosed: the policy does not let debtors do this, :raises DoorBusy: too often
        :raises UserError: something typed makes no sense, said in the debtor's language
        """
        policy = door.debtor._door_policy()
        if kind not in ACTS or not door.acts or not policy or not policy[f"door_{kind}"]:
            raise DoorClosed(self.env._("This cannot be done here. Please call us."))
        key = form.get("key") or ""
        if not KEY.fullmatch(key):
            raise UserError(self.env._("This form is incomplete: please open the page again."))
        self._one_at_a_time(door.debtor)
        events = self.env["recouvrement.portal.event"].sudo()  # the debtor has no account of ours
        said = self._said_key(kind, form, files, on)
        once = ["|", ("form_key", "=", key), ("said_key", "=", said)] if said else [("form_key", "=", key)]
        if known := events.search([("debtor_id", "=", door.debtor.id), *once], limit=1):
            return known
        if events._too_many(door):
            raise DoorBusy(self.env._("Too many messages at once: please wait an hour, or call us."))
        kept = self._checked_files(files)
        values = {
            "form_key": key,
            "said_key": said,
            "said_by": self._text(form, "said_by"),
            "note": self._text(form, "note"),
        }
        act = self.with_user(SUPERUSER_ID).sudo()  # acts by methods that check what is the debtor's own
        done = getattr(act, f"_act_{kind}")(door, policy, form, on)
        event = events._add(door, kind, **values, **done["shown"])
        self._keep_files(act, event, kept)
        if record := done.get("record"):
            event.write({"res_model": record._name, "res_id": record.id})
            self._enclose(record, event)
        act._hand_over(door.debtor)
        self._acknowledge(door.debtor, event)
        return event

    @api.model
    def _said_key(self, kind, form, files, on):
        """What tells the same words, with the same files, of that day."""
        if kind not in SAID:
            return False
        words = {name: text for name, text in form.items() if name != "key" and text}
        marks = [hashlib.sha256(content).hexdigest() for _name, content in files if content]
        said = json.dumps([kind, on.isoformat(), words, marks], sort_keys=True)
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()

    @api.model
    def _one_at_a_time(self, debtor):
        """Wait for what is under way for this debtor; what was committed meanwhile makes this request start again."""
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE recouvrement_debtor SET write_date = write_date WHERE id = %s", debtor.id))

    # --- what was typed -----------------------------------------------------------------------------------------------

    @api.model
    def _text(self, form, name):
        """A text without control characters, not longer than it may be; False when nothing was typed."""
        text = form.get(name) or ""
        text = "".join(sign for sign in text if sign.isprintable() or sign in "\n\u00a0\u202f").strip()
        if len(text) > LONGEST[name]:
            raise UserError(self.env._("This text is too long: at most %s signs.", LONGEST[name]))
        return text or False

    @api.model
    def _amount(self, form, currency):
        """The amount typed, or None; a comma or a point, spaces between thousands."""
        text = re.sub(r"[\s\u00a0\u202f€]", "", form.get("amount") or "").replace(",", ".")
        if not text:
            return None
        if not re.fullmatch(r"\d{1,12}(\.\d{1,6})?", text, re.ASCII):
            raise UserError(self.env._("Write the amount in figures: 1234.56"))
        amount = currency.round(float(text))
        if not math.isfinite(amount) or amount <= 0:
            raise UserError(self.env._("The amount is more than zero."))
        return amount

    @api.model
    def _date(self, form, name="day"):
        try:
            return date.fromisoformat(form.get(name) or "")
        except ValueError as error:
            raise UserError(self.env._("Choose a day.")) from error

    @api.model
    def _number(self, text):
        """A whole number that a record may have, or None."""
        return int(text) if re.fullmatch(r"[1-9]\d{0,8}", text or "", re.ASCII) else None

    @api.model
    def _chosen(self, door, form, every="_overdue_moves"):
        """The invoices ticked, all of them the debtor's own and open; without any, all that is overdue, else open."""
        ids = form.get("move_ids") or []
        if not ids:
            moves = self._payable(getattr(door.debtor, every)()) or self._payable(door.debtor._open_moves())
            if not moves and self._proceedings(door.debtor):
                raise DoorClosed(self._frozen_answer())
            return moves
        numbers = {self._number(text) for text in ids}
        moves = self._own_moves(door.debtor, numbers - {None}).filtered(
            lambda move: move.move_type != "out_refund" and move.amount_residual > 0
        )
        if None in numbers or len(moves) != len(numbers):
            raise UserError(self.env._("Choose invoices of this page."))
        if self._payable(moves) != moves:
            raise DoorClosed(self._frozen_answer())
        return moves

    # --- files --------------------------------------------------------------------------------------------------------

    @api.model
    def _checked_files(self, files):
        """[(name, bytes, type)]: few, small, and of a kind that nothing runs, told by their own bytes."""
        if len(files) > MOST_FILES:
            raise UserError(self.env._("At most %s files.", MOST_FILES))
        kept = []
        for name, content in files:
            if not content:
                continue
            kind = guess_mimetype(content, default="application/octet-stream")
            if len(content) > LARGEST:
                raise UserError(self.env._("A file is of 5 MB at most."))
            if kind not in FILES:
                raise UserError(self.env._("A file is a PDF or a photograph (PNG, JPEG)."))
            stem = re.sub(r"[^\w .-]", "_", (name or "").rsplit(".", 1)[0])[:80].strip(" .") or "document"
            kept.append((f"{stem}.{FILES[kind]}", content, kind))
        return kept

    @api.model
    def _keep_files(self, act, event, kept):
        if not kept:
            return
        files = act.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": content,
                    "mimetype": kind,
                    "company_id": event.company_id.id,
                    "public": False,
                }
                for name, content, kind in kept
            ]
        )
        event.with_env(act.env).write({"attachment_ids": [fields.Command.set(files.ids)]})
        (files - event.attachment_ids).unlink()  # the event keeps copies of its own, as evidence

    @api.model
    def _enclose(self, record, event):
        """What was enclosed is found where the act is followed."""
        if event.attachment_ids and "message_ids" in record._fields:
            copies = event.attachment_ids.sudo()._copied_onto(record)  # its own
            record.message_post(body=self.env._("Documents of the debtor"), attachment_ids=copies.ids)

    # --- each act -----------------------------------------------------------------------------------------------------

    @api.model
    def _log(self, door, outcome, note, form, on, terms=None):
        """What the collector's own dialog does of such an outcome; returns the contact."""
        return self.env["recouvrement.contact"]._log(
            door.debtor.with_env(self.env),
            "portal",
            outcome,
            on=on,
            terms=terms,
            note=note or False,
            spoke_to=self._text(form, "said_by"),
        )

    @api.model
    def _act_paid(self, door, policy, form, on):
        currency = door.debtor.company_id.currency_id
        amount, day = self._amount(form, currency), self._date(form)
        if day > on:
            raise UserError(self.env._("This payment is not made yet: promise its day instead."))
        said = self.env._(
            "Paid on %(day)s: %(amount)s", day=self._day(day), amount=self._money(amount, currency) if amount else "…"
        )
        note = "\n".join(filter(None, (said, self._text(form, "note"))))
        contact = self._log(door, "already_paid", note, form, on, Terms(pause_days=policy.door_paid_days))
        shown = {"day": day, "amount": amount or 0, "currency_id": currency.id}
        return {"shown": shown, "record": contact}

    @api.model
    def _act_promise(self, door, policy, form, on):
        moves, day = self._chosen(door, form), self._date(form)
        if not on <= day <= fields.Date.add(on, days=policy.door_promise_days):
            raise UserError(
                self.env._("Choose a day within %s days; for more time, please call us.", policy.door_promise_days)
            )
        broken = self.env["recouvrement.promise"].search_count(
            [
                ("debtor_id", "=", door.debtor.id),
                ("state", "in", ("broken", "partly_kept")),
                ("date", ">=", fields.Date.subtract(on, days=BROKEN_SINCE)),
            ]
        )
        if broken > policy.door_promise_broken:
            raise DoorClosed(self.env._("A promise was not kept before: please call us."))
        currency = moves[:1].currency_id or door.debtor.company_id.currency_id
        amount = self._amount(form, currency) or moves._net_left(door.debtor, on)
        terms = Terms(moves=moves, amount=amount, on=day)
        contact = self._log(door, "promise", self._text(form, "note"), form, on, terms)
        promise = self.env[contact.res_model].browse(contact.res_id)
        return {"shown": {"day": day, "amount": amount, "currency_id": currency.id}, "record": promise}

    @api.model
    def _act_dispute(self, door, policy, form, on):
        if not form.get("move_ids"):
            raise UserError(self.env._("Choose the invoices that you contest."))
        moves = self._chosen(door, form)
        reason = self.env["recouvrement.dispute.reason"].browse(self._number(form.get("reason")) or 0).exists()
        if not reason:
            raise UserError(self.env._("Choose a reason."))
        note = self._text(form, "note")
        if not note:
            raise UserError(self.env._("Explain in a few words what you contest."))
        amount = self._amount(form, moves[:1].currency_id)
        if amount and len(moves) > 1:
            raise UserError(self.env._("A part is contested of one invoice: choose one."))
        if amount and amount >= sum(moves.mapped("amount_residual")):
            amount = None
        known = self.env["recouvrement.dispute"].search(
            [("move_ids", "in", moves.ids), ("state", "in", OPEN_DISPUTES)], limit=1
        )
        if known:
            raise UserError(self.env._("This is contested already (%s): write us a message to add to it.", known.name))
        terms = Terms(moves=moves, amount=amount or 0.0, reason=reason)
        contact = self._log(door, "dispute", note, form, on, terms)
        dispute = self.env[contact.res_model].browse(contact.res_id)
        return {"shown": {"amount": dispute.amount, "currency_id": dispute.currency_id.id}, "record": dispute}

    @api.model
    def _act_message(self, door, policy, form, on):
        note = self._text(form, "note")
        if not note:
            raise UserError(self.env._("Write your message."))
        return self._said(door, policy, note, form, on)

    @api.model
    def _act_contact(self, door, policy, form, on):
        """The link came to the wrong person: nothing more leaves until a collector has looked."""
        given = filter(None, (self._text(form, name) for name in ("email", "phone", "note")))
        note = "\n".join((self.env._("These messages no longer concern whoever receives them."), *given))
        return self._said(door, policy, note, form, on)

    @api.model
    def _act_email(self, door, policy, form, on):
        """An address is a person's to correct: whoever holds a letter could type another."""
        address = self._text(form, "email")
        if not address or not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
            raise UserError(self.env._("Write an e-mail address."))
        note = self.env._("Asks for e-mails instead of paper, at %s", address)
        contact = self._log(door, "answered", note, form, on)
        summary = self.env._("Confirm the e-mail address of the debtor")
        door.debtor.with_env(self.env)._tell_collector(summary, note, lasts=False)
        return {"shown": {}, "record": contact}

    @api.model
    def _act_sms(self, door, policy, form, on):
        """No more SMS to its numbers, at once."""
        partners = door.debtor.partner_id | door.debtor._addressee() | door.debtor._dunning_contact()
        numbers = {partner._phone_format() for partner in partners} - {False, None, ""}
        for number in numbers:
            self.env["phone.blacklist"]._add([number])
        contact = self._log(door, "answered", self.env._("Refuses SMS"), form, on)
        return {"shown": {}, "record": contact}

    @api.model
    def _said(self, door, policy, note, form, on):
        """Words: reminders stop until a person has read them, if the policy says so; a person is told."""
        debtor = door.debtor.with_env(self.env)
        contact = self._log(door, "answered", note, form, on)
        if policy.hold_on_reply:
            debtor.reply_pending = True
            debtor._put_off("reply")
            self.env["recouvrement.reminder"]._withdraw(debtor._open_moves(), self.env._("The debtor wrote."), "reply")
        summary = self.env._("Read what %s wrote on its page", debtor.display_name)
        debtor._tell_collector(summary, note, lasts="reply" if policy.hold_on_reply else False)
        return {"shown": {}, "record": contact}

    # --- afterwards ---------------------------------------------------------------------------------------------------

    @api.model
    def _hand_over(self, debtor):
        """What nobody follows is for whoever is in charge, not for the machine that noted it."""
        tasks = debtor.with_env(self.env).activity_ids.filtered(lambda task: task.user_id.id == SUPERUSER_ID)
        if tasks:
            tasks.write({"user_id": debtor._person_in_charge().id})

    @api.model
    def _acknowledge(self, debtor, event):
        """An e-mail to the debtor's known address says what was noted: never to an address typed on the page."""
        addressee = debtor._addressee()
        to = recipients(addressee)
        refused = (
            self.env["mail.blacklist"]
            .sudo()
            .search_count(  # a refusal binds whoever sends
                [("email", "in", [found.email_normalized for found in addressee if found.email_normalized])]
            )
        )
        sender = debtor.company_id.email_formatted
        if not to or refused or not sender or self.env["recouvrement.exit"]._is_neutralized():
            return
        values = {"event": event, "debtor": debtor, "company": debtor.company_id, "door": self}
        body = self.env["ir.qweb"]._render("recouvrement_fr.door_acknowledgement", values)
        subject = self.env._("%s: we have noted what you said", one_line(debtor.company_id.name))
        # sudo: queued like any other message of the server
        self.env["mail.mail"].sudo().create(
            {
                "subject": subject,
                "body_html": body,
                "email_to": to,
                "email_from": sender,
                "reply_to": debtor.collector_id.email_formatted or sender,
                "model": debtor._name,
                "res_id": debtor.id,
                "auto_delete": False,
                "is_notification": False,
                "message_type": "email_outgoing",
            }
        )


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def _after_contact(self, contact, on):  # pylint: disable=missing-return
        """What a debtor does alone does not make a collector done with it."""
        treated = self.treated_on
        super()._after_contact(contact, on)
        if contact.channel == "portal":
            self.sudo().treated_on = treated  # bookkeeping, as above
