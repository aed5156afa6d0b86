import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, models, modules
from odoo.fields import Domain
from odoo.modules.registry import Registry

from ...tools import clock
from ...tools.pages import QUIET
from .recouvrement_dispatch import RETRY_MINUTES

_logger = logging.getLogger(__name__)
BATCH = 20  # messages marked uncertain, sent and recorded between two commits


class RecouvrementDispatch(models.Model):
    """How dispatches are given to their carrier, and what it says of each at once."""

    _inherit = "recouvrement.dispatch"

    @api.model
    def _send_waiting(self, on):
        """Send what the machine sends, each channel in its hours of sending days; False when the time is over."""
        return self._send_batches(self.search(self._sendable_domain(on, clock.stamp()), order="id").ids, on)

    @api.model
    def _send_batches(self, ids, on):
        """Send these, a batch after the other; extended by what shares them between processes.

        :return: False when the time of the scheduler is over
        """
        commit = self.env["ir.cron"]._commit_progress
        return self.env["recouvrement.reminder"]._by_page(
            ids, lambda page: self.browse(page)._send(on, commit), size=BATCH
        )

    @api.model
    def _sendable_domain(self, on, moment):
        """What may leave by the machine now, which is that moment (UTC)."""
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
        return domain & (Domain("retry_on", "=", False) | Domain("retry_on", "<=", moment))

    def _send_after_commit(self, on):
        """Send these, that day, once the present transaction is committed: a request that is tried again sends nothing
        twice. Tests, which never commit, send at once."""
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
        now = clock.stamp()  # a page before may have put these off
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
                vals = {"state": "handed_over", "handed_over_on": clock.stamp()}
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
        retry_on = clock.stamp() + timedelta(minutes=RETRY_MINUTES[self.tries - 1])
        self.write({"state": "queued", "failure": reason, "retry_on": retry_on})
        return retry_on
