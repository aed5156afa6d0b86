import logging
from collections import defaultdict
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models, modules
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.modules.registry import Registry

from ...tools import clock
from ...tools.pages import QUIET
from ..policy.recouvrement_level_channel import CHANNELS
from .recouvrement_dispatch_event import POSTAL_STATES

_logger = logging.getLogger(__name__)

BATCH = 20  # messages marked uncertain, sent and recorded between two commits
LOST = ("failed", "bounced")  # did not reach anybody
GONE = ("handed_over", "delivered", "bounced", "uncertain")  # has left, or may have
RETRY_MINUTES = (5, 30, 120, 480)  # after a mail server that did not answer; then a person


class RecouvrementDispatch(models.Model):
    """One channel of one reminder: the very bytes that left, their hash, and what became of them."""

    _name = "recouvrement.dispatch"
    _description = "Dispatch"
    _inherit = "recouvrement.followed"
    _follow_turn = 10
    _order = "id desc"
    _rec_name = "reminder_id"

    reminder_id = fields.Many2one("recouvrement.reminder", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True)
    debtor_id = fields.Many2one(related="reminder_id.debtor_id")
    channel = fields.Selection(CHANNELS, required=True)
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("handed_over", "Handed over"),
            ("delivered", "Delivered"),
            ("bounced", "Bounced"),
            ("failed", "Failed"),
            ("uncertain", "Uncertain"),
            ("cancelled", "Cancelled"),
        ],
        default="queued",
        required=True,
        index=True,
        help="Handed over: the mail server took it, or a person posted it. Uncertain: the machine stopped while "
        "sending, so a person looks whether it left.",
    )
    postal_state = fields.Selection(POSTAL_STATES, "Post", index="btree_not_null", readonly=True)
    addressee_id = fields.Many2one("res.partner", required=True, index=True, ondelete="restrict")
    address = fields.Char(help="The e-mail or postal address it was made for.")
    mail_id = fields.Many2one("mail.mail", index="btree_not_null", ondelete="set null")
    message_id = fields.Char("Message-Id", index="btree_not_null", readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment", "Document", index="btree_not_null", ondelete="restrict", readonly=True
    )
    sha256 = fields.Char("SHA-256", readonly=True, help="Of the document kept: the message or the letter as it left.")
    handed_over_on = fields.Datetime(readonly=True)
    tracking_number = fields.Char(readonly=True)
    sms_uuid = fields.Char(index="btree_not_null", readonly=True)
    copy_of_id = fields.Many2one(
        "recouvrement.dispatch",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The same bytes, sent once more by hand.",
    )
    wrong_address = fields.Boolean(
        readonly=True, help="What left for this address came back: it is not used again until somebody corrects it."
    )
    tries = fields.Integer(readonly=True)
    retry_on = fields.Datetime(readonly=True, index="btree_not_null")
    failure = fields.Char(readonly=True)

    _channel_unique = models.UniqueIndex(
        "(reminder_id, channel) WHERE state NOT IN ('cancelled', 'failed') AND copy_of_id IS NULL",
        "This reminder already leaves by this channel.",
    )

    def _lock(self):
        """Those nobody else is working on, until the next commit."""
        return self.try_lock_for_update(allow_referencing=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A dispatch is evidence: it cannot be deleted."))

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_open_document(self):
        self.ensure_one()
        self.check_access("read")
        if not self.attachment_id:
            raise UserError(self.env._("No document was kept for this dispatch yet."))
        return self.env["recouvrement.document"]._download(self.attachment_id)

    def action_confirm_handed_over(self):
        """A person has seen that an uncertain message did leave."""
        self._check_uncertain()
        uncertain = self.sudo()  # evidence: written only through this button
        for code, dispatches in uncertain.grouped("channel").items():
            self._channel(code)._confirm(dispatches)
        uncertain.write({"state": "handed_over", "handed_over_on": fields.Datetime.now(), "failure": False})
        uncertain.reminder_id._mark_sent(clock.today(self.env))

    def action_confirm_not_sent(self):
        """A person has seen that an uncertain message did not leave: it leaves again, if it is still due."""
        self._check_uncertain()
        self.sudo().write({"state": "queued", "failure": False, "retry_on": False})
        self.sudo().reminder_id.write({"error": False})
        self.reminder_id._trigger_dispatch()

    def _check_uncertain(self):
        for dispatch in self:
            if dispatch.state != "uncertain":
                raise UserError(self.env._("%s is not uncertain.", dispatch.display_name))

    # --- writing the documents ----------------------------------------------------------------------------------------

    @api.model
    def _channel(self, code):
        """The class of a channel: `recouvrement.channel.<code>`."""
        return self.env[f"recouvrement.channel.{code}"]

    @api.model
    def _codes(self, by_machine):
        """The channels the machine makes leave, or those a person does."""
        codes = dict(self._fields["channel"]._description_selection(self.env))
        return [code for code in codes if self._channel(code)._by_machine == by_machine]

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

    # --- just before leaving ------------------------------------------------------------------------------------------

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

    # --- leaving ------------------------------------------------------------------------------------------------------

    @api.model
    def _send_waiting(self, on):
        """Send what the machine sends, each channel in its hours of sending days; False when the time is over."""
        reminder = self.env["recouvrement.reminder"]
        every = self.env["recouvrement.policy"].with_context(active_test=False).search([])
        policies = every.filtered(lambda policy: policy._sends_on(on))
        open_now = [
            code for code in self._codes(by_machine=True) if reminder._within_window(self._channel(code)._window)
        ]
        domain = Domain(
            [
                ("channel", "in", open_now),
                ("state", "=", "queued"),
                ("reminder_id.state", "in", ("sending", "sent")),
                ("reminder_id.policy_id", "in", policies.ids),
                ("company_id.recouvrement_active", "=", True),
            ]
        )
        late = self.env["recouvrement.exit"]._late_companies(on)
        domain &= Domain("company_id", "not in", late.ids) | Domain("reminder_id.run_id.date", ">=", on)
        domain &= Domain("retry_on", "=", False) | Domain("retry_on", "<=", fields.Datetime.now())
        commit = self.env["ir.cron"]._commit_progress
        return reminder._by_page(
            self.search(domain, order="id").ids, lambda page: self.browse(page)._send(on, commit), size=BATCH
        )

    def _send_after_commit(self):
        """Send these once the present transaction is committed: a request that is tried again sends nothing twice.
        Tests, which never commit, send at once."""
        on = clock.today(self.env)
        if modules.module.current_test:
            self._send(on)
            self._conclude_page(self.reminder_id)
            return
        ids, database = self.ids, self.env.cr.dbname

        @self.env.cr.postcommit.add
        def send():
            with Registry(database).cursor() as cr:
                dispatch = api.Environment(cr, SUPERUSER_ID, QUIET)[self._name]
                try:
                    dispatch.browse(ids)._send(on, cr.commit)
                    dispatch._conclude()
                except Exception:
                    _logger.exception("Dispatches %s were not sent at once: the scheduled action goes on", ids)

    def _send(self, on, commit=lambda: None):
        """Give to its carrier what the machine sends of these, and record what it said of each.

        They are committed `uncertain` before: a kill leaves them so, a person decides, and nothing leaves twice.
        """
        if self.env["recouvrement.exit"]._is_neutralized():
            return
        machine = self._codes(by_machine=True)
        now = fields.Datetime.now()  # a page before may have put these off
        waiting = self._lock().filtered(lambda dispatch: not dispatch.retry_on or dispatch.retry_on <= now)
        waiting -= waiting._old_of_a_gap(on)
        ready = waiting.filtered(lambda dispatch: dispatch.channel in machine)._review(on)
        for code, dispatches in ready.grouped("channel").items():
            dispatches._send_by(self._channel(code), commit)

    def _old_of_a_gap(self, on):
        """Those decided before nights that were missed, and nobody has confirmed since."""
        late = self.env["recouvrement.exit"]._late_companies(on)
        return self.filtered(
            lambda found: found.company_id in late
            and not (found.reminder_id.run_id and found.reminder_id.run_id.date >= on)
        )

    def _send_by(self, channel, commit):
        for dispatch in self:
            dispatch.write(
                {"state": "uncertain", "failure": self.env._("Interrupted while sending."), "tries": dispatch.tries + 1}
            )
        commit()
        sent = self._lock().filtered(lambda found: found.state == "uncertain")
        outcomes = sent._record(channel, channel._send(sent))
        commit()  # what is known is kept before anything that a full disk can stop
        sent._keep_proof(channel, outcomes)
        commit()
        try:
            with self.env.cr.savepoint():
                sent._react(outcomes)
        except Exception:  # whatever it is: it must not take back what the carrier answered
            _logger.exception("What was sent is recorded; what follows from it is not")
        commit()

    def _react(self, outcomes):
        """What follows, for others, from what the carrier said of these; their own outcome is kept already."""

    def _record(self, channel, outcomes):
        """What became of each, returned; touches nothing that anybody else writes, so that it cannot be disturbed."""
        outcomes = {dispatch.id: outcomes.get(dispatch.id) or channel._guess(dispatch) for dispatch in self}
        retries = []
        for dispatch in self:
            outcome = outcomes[dispatch.id]
            if outcome.kind == "accepted":
                vals = {"state": "handed_over", "handed_over_on": fields.Datetime.now()}
                dispatch.write({**vals, "failure": False, "retry_on": False})
            elif outcome.kind == "refused":
                dispatch.write({"state": "failed", "failure": outcome.reason, "retry_on": False})
            elif outcome.kind == "later":
                retries.append(dispatch._retry(outcome.reason or self.env._("The mail server hung up.")))
            else:
                dispatch.failure = self.env._("The mail server stopped answering: the message may have left.")
        channel._record(self, outcomes)
        if any(retries):
            cron = self.env.ref("recouvrement_fr.ir_cron_recouvrement_dispatch").sudo()  # users may not read crons
            cron._trigger(at=min(filter(None, retries)))
        return outcomes

    def _retry(self, reason):
        """Back to the queue with a growing delay, returned; a person after the last one."""
        if self.tries > len(RETRY_MINUTES):
            self.write({"state": "failed", "failure": reason, "retry_on": False})
            return None
        retry_on = fields.Datetime.now() + timedelta(minutes=RETRY_MINUTES[self.tries - 1])
        self.write({"state": "queued", "failure": reason, "retry_on": retry_on})
        return retry_on

    # --- what it means for the reminder -------------------------------------------------------------------------------

    @api.model
    def _conclude(self):
        """Draw what follows from what left and what did not; a job that stopped right after sending is made good.

        Handed over: the reminder is sent (a formal notice with a letter to post only once it is posted). Refused for
        good: its fallback replaces it. No answer, again and again: a person. Uncertain: a person is told.
        """
        reminder = self.env["recouvrement.reminder"]
        machine = ("channel", "in", self._codes(by_machine=True))
        waiting = [machine, ("state", "in", ("queued", "uncertain"))]
        ids = reminder.search(
            [
                ("state", "=", "sending"),
                ("dispatch_ids", "any", [machine]),
                ("dispatch_ids", "not any", waiting),
            ],
            order="id",
        ).ids
        untold = self.search([("state", "=", "uncertain"), ("reminder_id.error", "=", False)]).ids
        return reminder._by_page(ids, lambda page: self._conclude_page(reminder.browse(page)._lock())) and (
            reminder._by_page(untold, lambda page: self.browse(page)._tell_uncertain())
        )

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

    # --- what comes back ----------------------------------------------------------------------------------------------

    def _arrived(self):
        """The carrier says these reached their addressee."""
        left = self.filtered(lambda dispatch: dispatch.state in ("handed_over", "uncertain"))
        left.filtered(lambda dispatch: not dispatch.handed_over_on).handed_over_on = fields.Datetime.now()
        left.write({"state": "delivered", "failure": False})
        self._conclude_page(left.reminder_id)

    def _come_back(self, reason, wrong_address=False):
        """These left and did not arrive: the next channel replaces them, on the same reminder.

        What a reminder said was said: it stays sent, only its dispatch is `bounced`.
        """
        back = self.filtered(lambda dispatch: dispatch.state in ("handed_over", "delivered", "uncertain"))
        back.filtered(lambda dispatch: not dispatch.handed_over_on).handed_over_on = fields.Datetime.now()
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

    # --- once more ----------------------------------------------------------------------------------------------------

    def _copy_problem(self):
        """Why what left may not leave a second time, in words; else None: to a stranger, or about a debt that a
        judgment froze since."""
        if problem := self.debtor_id._addressee_problem(self.addressee_id):
            return problem
        moves = self.sudo().reminder_id.line_ids.move_id  # whoever sends again need not read each invoice
        if frozen := self.env["recouvrement.holding"]._frozen_moves(moves):
            return self.env._("%s is frozen by insolvency proceedings since.", frozen[0].display_name)
        return None

    def _resend(self):
        """Send the kept documents once more, the same bytes, each as a new dispatch flagged as a copy; returns them."""
        for dispatch in self:
            if not dispatch.attachment_id or dispatch.state not in GONE:
                raise UserError(self.env._("%s has not left: there is nothing to send again.", dispatch.display_name))
            if problem := dispatch._copy_problem():
                raise UserError(problem)
        copies = self.sudo()  # evidence is written by methods alone
        copies = copies.create([dispatch._channel(dispatch.channel)._copy_vals(dispatch) for dispatch in copies])
        for code, dispatches in copies.grouped("channel").items():
            self._channel(code)._prepare_copies(dispatches)
        return copies

    # --- a person is told ---------------------------------------------------------------------------------------------

    def _tell_uncertain(self):
        """A person must look whether these left; those being sent at this very moment are locked."""
        mine = self._lock()
        for dispatch in mine.filtered(lambda dispatch: dispatch.state == "uncertain"):
            reminder = dispatch.reminder_id
            reminder.error = self.env._("It may have left: look in the mail server's log, then say so on its dispatch.")
            reminder.debtor_id._tell_collector(self.env._("Did reminder %s leave?", reminder.name), reminder.error)
