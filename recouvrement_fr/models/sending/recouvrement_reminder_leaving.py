import logging

from odoo import api, models
from odoo.tools import split_every

from ...tools import clock
from ...tools.pages import ATTEMPTS, DISTURBED, QUIET
from ..debtor.people import in_their_language
from .recouvrement_reminder import PAGE, RELEASED

_logger = logging.getLogger(__name__)
DOCUMENTS = 20  # missing PDFs of invoices that core prints together, between two commits


class RecouvrementReminder(models.Model):
    """How what was planned leaves: by pages, committed one by one, each tried again, at any point interrupted."""

    _inherit = "recouvrement.reminder"

    @api.model
    def _after_dispatch(self):
        """What had to leave has left, for this time."""

    def _check_may_approve(self):
        """Refuse what another person has to approve; who separates duties says so."""

    @api.model
    def _cron_dispatch(self):
        """Send what released runs have planned; may be killed at any point, and run twice.

        First what is here is compared with the ledger and the documents are made, which has no effect outside; then
        e-mails leave, each marked uncertain before it does.
        """
        if self._is_neutralized():
            return
        self = in_their_language(self).with_context(**QUIET)
        dispatch = self.env["recouvrement.dispatch"]
        on = clock.today(self.env)
        done = (
            dispatch._conclude()
            and self._by_page([0], lambda page: self._cancel_settled())
            and dispatch._send_waiting(on)  # what is ready first: a renderer that hangs does not hold it
            and self._by_page(self._missing_documents(on), self._make_documents, size=DOCUMENTS)
            and self._by_page(self._leaving(on), lambda page: self.browse(page)._lock()._prepare(on))
            and dispatch._send_waiting(on)
            and dispatch._conclude()
            and self._by_page(dispatch._waiting_for_a_person(), lambda page: dispatch.browse(page)._lock()._review(on))
        )
        if done:
            self._by_page([0], lambda page: self._after_dispatch())

    @api.model
    def _by_page(self, ids, step, size=PAGE):
        """Do a step for each page of ids and commit it; False when the scheduler's time is over.

        Locks and snapshots end at each commit, so a step locks and reads by itself. A page that another transaction
        disturbs is done again on a new snapshot; one that keeps failing is passed over until the next hour.
        """
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(ids))
        for page in split_every(size, ids, list):
            self._insist(step, page)
            self.env.invalidate_all()
            if not progress(len(page)):
                return False
        return True

    def _insist(self, step, page):
        for _attempt in range(ATTEMPTS):
            try:
                step(page)
                self.env.flush_all()
                return
            except DISTURBED:
                self.env.cr.rollback()
                _logger.info("Another transaction changed what this page of %s works on: again", len(page))
            except Exception:
                self.env.cr.rollback()
                _logger.exception("A page of %s could not be treated; the others go on", len(page))
                if len(page) > 1:  # the innocent ones are treated all the same
                    for one in page:
                        self._insist(step, [one])
                        self.env["ir.cron"]._commit_progress()
                return
        _logger.warning("A page of %s was disturbed %s times: passed over until the next hour", len(page), ATTEMPTS)

    def _lock(self):
        """Those nobody else is working on, until the next commit."""
        return self.try_lock_for_update(allow_referencing=True)

    @api.model
    def _leaving(self, on):
        """The reminders to write, in order: planned, of a run that was released, in a company that collects."""
        return self.search(self._leaving_domain(on), order="id").ids

    @api.model
    def _leaving_domain(self, on):
        return [
            ("state", "=", "planned"),
            ("run_id.state", "in", RELEASED),
            ("company_id.recouvrement_active", "=", True),
        ]

    @api.model
    def _is_neutralized(self):
        return self.env["recouvrement.exit"]._is_neutralized()

    @api.model
    def _within_window(self, window):
        """Whether what a channel sends may leave now: its working hours, in Paris."""
        now = clock.now().time()
        return window[0] <= now <= window[1]

    def _prepare(self, on):
        """Look again at the ledger, cancel what no longer holds, freeze the rest and write its documents.

        One that fails is `failed` with its reason, and the others go on.
        """
        reminders = self.filtered(lambda reminder: reminder.state == "planned")
        for company, page in reminders.grouped("company_id").items():
            page = page.with_company(company)
            try:
                with self.env.cr.savepoint():
                    page._prepare_together(on)
            except DISTURBED:
                raise  # the page is done again on a new snapshot
            except Exception:
                _logger.exception("A page of %s reminders failed, now one by one", len(page))
                for reminder in page:
                    reminder._prepare_alone(on)

    def _prepare_alone(self, on):
        try:
            with self.env.cr.savepoint():
                self._prepare_together(on)
        except DISTURBED:
            raise
        except Exception as error:
            _logger.exception("Reminder %s failed", self.id)
            self._fail(str(error))

    def _fail(self, message):
        """Keep a reminder that cannot leave, with what to mend; its debtor is shown to a person."""
        self.write({"state": "failed", "error": message})
        self.debtor_id._put_off("failed")

    def _prepare_together(self, on):
        """The whole way of a page, set-based; raises when anything is wrong with all of it."""
        self._follow_dunning_contact()
        standings = self._standings(on)
        live = self.filtered(lambda reminder: not standings[reminder.id].problem)
        for reminder in self - live:
            reminder._cancel(standings[reminder.id].problem)
        details = live._freeze(on, standings)
        errors = {}
        payloads = self.env["recouvrement.letter"]._payloads(live, details, errors)
        for reminder in live.filtered(lambda reminder: reminder.id in errors):
            reminder._fail(errors[reminder.id])
        written = live.filtered(lambda reminder: reminder.id in payloads)
        for reminder in written:
            payload = payloads[reminder.id]
            payload["accrued"] = {str(key): parts for key, parts in details[reminder.id]["tranches"].items()}
            reminder.write({"figures": payload, "subject": payload["subject"], "error": False})
        self.env["recouvrement.dispatch"]._make(written, on)

    def _follow_dunning_contact(self):
        """A dunning contact named since the decision receives what has not left; never one of another debtor."""
        for reminder in self.filtered(lambda found: found._has_new_contact()):
            contact = reminder.debtor_id._dunning_contact()
            reminder.write({"addressee_id": contact.id, "lang": self._langs(contact.ids)[contact.id]})

    def _mark_sent(self, on):
        """Something of these reminders was handed over that day: the delays of the next level count from it."""
        fresh = self.filtered(lambda reminder: reminder.state != "sent")
        fresh.write({"state": "sent", "sent_date": on, "error": False})
        fresh.debtor_id._contacted(on)
        self.env["recouvrement.accessory"]._claim(fresh, on)
        fresh.flush_recordset()  # the invoices read their level from the database
        fresh.line_ids.filtered(lambda line: line.role == "carried" and not line.cancelled).move_id._refresh_dunning()

    def _message_receive_bounce(self, email, partner):  # pylint: disable=missing-return
        """A mail server sent the e-mail of these back: their dispatch hears of it."""
        super()._message_receive_bounce(email, partner)
        report = self.env.context.get("recouvrement_report") or {}
        # sudo: the report of a mail server comes without a user of ours
        self.env["recouvrement.channel.email"]._bounced(self.sudo().dispatch_ids, email, report)

    def _needs_a_person(self, error):
        """Nothing can reach its addressee: it fails, or, when it already left and came back, a person is told."""
        if self.state != "sent":
            return self._fail(error)
        self.error = error
        self.debtor_id._put_off("failed")
        return self.debtor_id._tell_collector(self.env._("%s reached nobody", self.name), error)
