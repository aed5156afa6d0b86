from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...rules.escalation import Decision, passed
from ...tools.formats import paragraphs
from ...tools.pages import QUIET
from ...tools.recipients import recipients
from ..decision.decider import Decider
from .recouvrement_reminder_judging import Standing

OWN_WORDS = {"own_subject": "subject", "own_intro": "intro", "own_closing": "closing"}
EDITABLE = ("planned", "to_approve")  # its documents are not written yet


class _Undo(Exception):
    """Leaves a savepoint once what it made has been read."""


class RecouvrementReminder(models.Model):
    """What a person does with a reminder before it leaves: read it, reword it, put it off, skip it; and the level that
    a person sets. Each act is kept in its history."""

    _inherit = "recouvrement.reminder"

    origin = fields.Selection(selection_add=[("set", "Level set by hand")], ondelete={"set": "cascade"})
    hand_reason = fields.Char("Why by hand", readonly=True, help="Why a person set this level.")
    not_before = fields.Date("Put off until", readonly=True, help="It leaves on that day at the earliest.")
    own_subject = fields.Char("Own subject", readonly=True, help="Instead of the level's, for this reminder alone.")
    own_intro = fields.Text("Own introduction", readonly=True, help="Instead of the level's, for this reminder alone.")
    own_closing = fields.Text("Own closing", readonly=True, help="Instead of the level's, for this reminder alone.")

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_preview(self):
        """What would leave now, in a dialog where its words may be changed."""
        self.ensure_one()
        return self._show_dialog("recouvrement.preview", self.env._("Preview"), {"default_reminder_id": self.id})

    def action_defer(self):
        """Put these reminders off, or skip them, with a reason."""
        return self._show_dialog("recouvrement.defer", self.env._("Not now"), {"default_reminder_ids": self.ids})

    def action_leave_out(self):
        """Leave invoices out of a reminder that has not left."""
        self.ensure_one()
        return self._show_dialog(
            "recouvrement.leave.out", self.env._("Leave invoices out"), {"default_reminder_id": self.id}
        )

    def _show_dialog(self, model, name, context):
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {**context, "dialog_size": "large"},
        }

    # --- before it leaves ---------------------------------------------------------------------------------------------

    def _editable(self):
        """These, for the method that changes them: refused when one of them has been written down or has left."""
        self.check_access("read")
        for reminder in self:
            if reminder.state not in EDITABLE:
                name = reminder.display_name
                raise UserError(self.env._("%s is no longer planned: what is written down or has left stays.", name))
        return self.sudo()  # evidence is written by methods alone

    def _reword(self, subject, intro, closing):
        """Give this reminder its own words; those of the level where they are empty."""
        for text in filter(None, (subject, intro, closing)):
            self.level_id._fill(text, dict.fromkeys(("reference", "amount", "deadline", "company"), ""))
        for reminder in self._editable():
            reminder.write({"own_subject": subject, "own_intro": intro, "own_closing": closing})
            reminder.message_post(body=self.env._("Its words were changed by hand."))

    def _put_off_until(self, day, on, reason=None):
        """Let these reminders leave on that day at the earliest; the ledger is looked at again then."""
        if day <= on:
            raise UserError(self.env._("Choose a day to come."))
        for reminder in self._editable():
            reminder.not_before = day
            reminder.message_post(
                body=self.env._(
                    "Put off until %(day)s. %(reason)s", day=format_date(self.env, day), reason=reason or ""
                ).strip()
            )

    def _skip(self, reason, on, until=None):
        """Cancel these reminders and leave what carried them out, until that day or until it is taken back in."""
        for reminder in self._editable():
            carried = reminder.line_ids.filtered(lambda line: line.role == "carried" and not line.cancelled)
            reminder._cancel(reason)
            moves, items = carried._debts()
            self.env["recouvrement.exclusion"]._leave_out(reminder.debtor_id, moves, reason, on, until, items=items)

    def _leave_out(self, moves, reason, on, until=None, items=None):
        """Take these invoices, or items of opening entries, out of a reminder; without anything left that carries it,
        it is cancelled."""
        reminder = self._editable()
        out = reminder.line_ids._about(moves, self.env["account.move.line"] if items is None else items)
        moves, items = out._debts()
        self.env["recouvrement.exclusion"]._leave_out(reminder.debtor_id, moves, reason, on, until, items=items)
        reminder._take_out(out, reason, on)

    def _take_out(self, out, reason, on):
        """Take these lines off; without anything left that carries it, the reminder is cancelled."""
        stay = self.line_ids.filtered(lambda line: not line.cancelled) - out
        if not any(line.role == "carried" for line in stay):
            self._cancel(reason)
            return
        out.cancelled = True
        self.amount_due = sum(line._in_company_currency(line.amount_residual, on) for line in stay)
        names = ", ".join(out.mapped("move_id.display_name"))
        self.message_post(body=self.env._("Left out: %(invoices)s. %(reason)s", invoices=names, reason=reason))

    @api.model
    def _leaving_domain(self, on):
        late = self.env["recouvrement.exit"]._late_companies(on)
        return [
            *super()._leaving_domain(on),
            *("|", ("not_before", "=", False), ("not_before", "<=", on)),
            *("|", ("company_id", "not in", late.ids), ("run_id.date", ">=", on)),
        ]

    def _own_words(self, values):
        """What a person wrote for this reminder alone: {name in the payload: text}."""
        texts = {name: self.level_id._fill(self[field], values) for field, name in OWN_WORDS.items() if self[field]}
        return {name: text if name == "subject" else paragraphs(text) for name, text in texts.items()}

    def _copies(self):
        """The addresses of the colleagues whom its level wants in copy."""
        users = self.level_id.copy_user_ids
        if self.level_id.copy_salesperson:
            carried = self.line_ids.filtered(lambda line: line.role == "carried" and not line.cancelled)
            users |= carried.move_id.invoice_user_id
        active = users.filtered(lambda user: user.active and user.email)
        return recipients(active)

    # --- a level set by a person --------------------------------------------------------------------------------------

    @api.model
    def _set_level(self, debtor, level, reason, on, moves=None):
        """Consider that a debtor's overdue instalments, or those of some invoices, are at a level.

        Nothing leaves and no delay between contacts runs. It proves nothing: a formal notice waits for a reminder
        really handed over. To go back down is to start a new cycle, in which higher levels may be carried again.
        Returns the evidence of it, a reminder of origin `set`.
        """
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):
            raise AccessError(self.env._("Only people who collect can set a level."))
        debtor.check_access("read")
        if level.kind != "reminder":
            raise UserError(self.env._("Only a reminder level can be set: a formal notice must really be sent."))
        keys = self._keys_of(debtor, on, moves)
        # sudo: evidence is written by methods alone
        pending = debtor.sudo().reminder_ids.filtered(lambda one: one.line_ids.move_id & self._moves_of(keys))
        pending._cancel(self.env._("The level was set by hand: %s", reason))
        [case] = Decider(self.env, debtor.company_id, on).cases([(debtor.id, debtor.partner_id.id, None)])
        rule = level.policy_id._rule()
        keys = [key for key in keys if passed(rule, case.debts[key].instalment.history) != level.sequence]
        if not keys:
            raise UserError(self.env._("Nothing changes: no overdue invoice there, or it has that level already."))
        # sudo: as above
        reminders = self.sudo().browse(self._insert([self._set_vals(debtor, level, reason, case, keys, on)]))
        decision = Decision("remind", "due", level, tuple(keys))
        self._insert_lines(
            (*row[:6], self._cycle_at(case.debts[row[1:4]], rule, level), *row[7:])
            for row in self._planned_rows(reminders.id, case, decision, on)
        )
        reminders.line_ids.move_id._refresh_dunning()
        debtor.sudo().message_post(  # who may read it leaves a word in its history
            body=self.env._("Level set to %(level)s by hand. %(reason)s", level=level.name, reason=reason)
        )
        debtor._put_off()
        return reminders.with_env(self.env)

    def _keys_of(self, debtor, on, moves):
        [case] = Decider(self.env, debtor.company_id, on).cases([(debtor.id, debtor.partner_id.id, None)])
        return [
            key
            for key, debt in case.debts.items()
            if debt.net.amount > 0 and (key[0] in moves.ids if moves else debt.instalment.due < on)
        ]

    def _moves_of(self, keys):
        return self.env["account.move"].browse({key[0] for key in keys})

    @staticmethod
    def _cycle_at(debt, rule, level):
        history = debt.instalment.history
        return history.cycle + (level.sequence < passed(rule, history))

    def _set_vals(self, debtor, level, reason, case, keys, on):
        return {
            "company_id": debtor.company_id.id,
            "origin": "set",
            "state": "sent",
            "date": on,
            "sent_date": on,
            "debtor_id": debtor.id,
            "addressee_id": debtor.partner_id.id,
            "policy_id": level.policy_id.id,
            "level_id": level.id,
            "lang": "fr_FR",
            "amount_due": round(sum(case.debts[key].company_amount for key in keys), 6),
            "hand_reason": reason,
        }

    # --- seen before it leaves ----------------------------------------------------------------------------------------

    def _rehearse(self, on):
        """What would leave that day: {subject, body, figures, problem}; nothing is kept."""
        self.ensure_one()
        self.check_access("read")
        reminder = self.sudo()  # as it would leave: by the machine, which reads all; then undone
        standing = reminder._standings(on)[self.id]
        if standing.problem:
            return {"problem": standing.problem}
        return self._undone(lambda: reminder._rendered(on, standing))

    @api.model
    def _rehearse_level(self, level, debtor, lang, on):
        """The same for a level on any debtor who owes something, in any language: what is overdue, else what comes."""
        debtor.check_access("read")
        [case] = Decider(self.env, debtor.company_id, on).cases([(debtor.id, debtor.partner_id.id, None)])
        owed = {key: debt for key, debt in case.debts.items() if debt.net.amount > 0}
        shown = {key: debt for key, debt in owed.items() if debt.instalment.due < on} or owed
        if not shown:
            raise UserError(self.env._("%s owes nothing: choose another debtor.", debtor.display_name))
        addressee = debtor._dunning_contact().id or debtor.partner_id.address_get(["invoice"])["invoice"]
        return self._rehearse_shown(level, debtor, case, shown, addressee, lang, on)

    @api.model
    def _rehearse_decision(self, decision, lang=None):
        """The same for what a run has decided, on its own day: the instalments, the addressee and the language that the
        night would take then if nothing moved."""
        decision.check_access("read")
        debtor, on = decision._card(), decision.date
        [case] = Decider(self.env, debtor.company_id, on).cases([(debtor.id, debtor.partner_id.id, None)])
        for _policy, addressee, found in case.decisions:
            if found.outcome == "remind" and found.level.id == decision.level_id.id:
                shown = {key: case.debts[key] for key in (*found.carried, *found.listed)}
                lang = lang or self._langs([addressee])[addressee]
                return self._rehearse_shown(decision.level_id, debtor, case, shown, addressee, lang, on)
        return {"problem": self.env._("The account has changed since: this reminder would not leave any more.")}

    @api.model
    def _rehearse_shown(self, level, debtor, case, shown, addressee, lang, on):
        def render():
            debtor._typed_cards(debtor.company_id, debtor.partner_id.ids)  # as the night does before it plans
            vals = self._set_vals(debtor, level, None, case, shown, on)
            vals |= {"state": "planned", "sent_date": None, "lang": lang, "addressee_id": addressee}
            reminder = self.sudo().browse(self._insert([vals]))  # as `_rehearse`
            decision = Decision("remind", "due", level, (), tuple(shown))  # listed: it has carried that level, perhaps
            self._insert_lines(self._planned_rows(reminder.id, case, decision, on))
            by_key = {(line.move_id.id, line.date_due, line.entry_line_id): line.id for line in reminder.line_ids}
            owed = {by_key[key]: debt for key, debt in shown.items()}
            return reminder._rendered(on, Standing(owed, case.credits, None))

        return self._undone(render)

    def _undone(self, make):
        """What a function made, without its effects."""
        found = {}
        try:
            with self.env.cr.savepoint():
                found = make()
                raise _Undo
        except _Undo:
            self.env.invalidate_all(flush=False)
        return found

    def _rendered(self, on, standing):
        reminder = self.with_context(**QUIET).with_company(self.company_id)
        details = reminder._freeze(on, {reminder.id: standing})
        [figures] = reminder.env["recouvrement.letter"]._payloads(reminder, details).values()
        reminder.write({"figures": figures, "subject": figures["subject"]})
        template = reminder.level_id.channel_ids.template_id[:1]
        if not template:
            return {"problem": False, "subject": figures["subject"], "body": False, "figures": figures}
        text = reminder.env["recouvrement.channel.email"]._render(template, reminder)[reminder.id]
        return {"problem": False, "subject": text["subject"], "body": text["body_html"], "figures": figures}


class RecouvrementLetter(models.AbstractModel):
    _inherit = "recouvrement.letter"

    def _payload(self, reminder, detail, identity, formats):
        payload = super()._payload(reminder, detail, identity, formats)
        values = {
            **{name: payload[name] for name in ("reference", "amount", "deadline")},
            "company": identity["name"],
        }
        return payload | reminder._own_words(values)


class RecouvrementChannelEmail(models.AbstractModel):
    _inherit = "recouvrement.channel.email"

    def _render(self, template, reminders):
        """A reminder with its own words does not say those of the template."""
        found = super()._render(template, reminders)
        for reminder in reminders.filtered(lambda one: template and any(one[name] for name in OWN_WORDS)):
            qweb = self.env["ir.qweb"].with_context(lang=reminder.lang)
            body = qweb._render("recouvrement_fr.email_own_words", {"f": reminder.figures})
            found[reminder.id] |= {"subject": f"{reminder.figures['subject']} – {reminder.name}", "body_html": body}
        return found
