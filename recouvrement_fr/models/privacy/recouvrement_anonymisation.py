import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, split_every

from ...rules.regime import types_that
from ...tools import clock
from ...tools.pages import DISTURBED, insist
from .recouvrement_retention import check_manager

_logger = logging.getLogger(__name__)
PAGE = 100  # persons erased between two commits
LOOKED = 200  # persons looked at between two commits


class RecouvrementAnonymisation(models.Model):
    """One person whose data one company has no reason to keep: proposed, approved by a manager, erased.

    It is the list to approve, the queue of the job, and the log of what was done: when, by whom, how many records of
    what; nothing in it tells who it was. Never edited nor deleted.
    """

    _name = "recouvrement.anonymisation"
    _description = "Anonymisation of a Person"
    _order = "id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Person", required=True, index=True, readonly=True)
    state = fields.Selection(
        [
            ("proposed", "To approve"),
            ("approved", "Approved"),
            ("done", "Anonymised"),
            ("kept", "Data kept"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="proposed",
        index=True,
    )
    retention_end = fields.Date("Time over since", readonly=True, help="Of the data that are kept longest.")
    proposed_on = fields.Date("Proposed on", readonly=True, required=True)
    by_itself = fields.Boolean("Proposed by the job", readonly=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_on = fields.Date("Decided on", readonly=True)
    done_on = fields.Date("Anonymised on", readonly=True)
    counts = fields.Json(readonly=True)  # {model: how many records were emptied}
    record_count = fields.Integer("Records", readonly=True, help="How many records were emptied.")
    partner_too = fields.Boolean(
        "Partner anonymised", readonly=True, help="No: another company of the database still holds data of this person."
    )
    problem = fields.Text(readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_log(self):
        raise UserError(self.env._("What was proposed and erased is a log: it is not deleted."))

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_approve(self):
        """Let the job erase these persons, starting at once."""
        self._decide("approved", clock.today(self.env))
        self.env.ref("recouvrement_fr.ir_cron_recouvrement_privacy").sudo()._trigger()  # users may not read crons

    def action_keep(self):
        """Keep these persons' data: they are proposed again only when the end of their time has moved."""
        self._decide("kept", clock.today(self.env))

    def _decide(self, state, on):
        self.check_access("read")
        check_manager(self.env)
        waiting = self.filtered(lambda one: one.state in ("proposed", "failed"))
        # sudo: the log is written by nobody else
        waiting.sudo().write({"state": state, "decided_by_id": self.env.uid, "decided_on": on, "problem": False})

    # --- one person, at once ------------------------------------------------------------------------------------------

    @api.model
    def _refuse_open(self, company, partner, on):
        """:raises UserError: listing everything that keeps this person's data on that day, and the end of their time"""
        standing = self._standing_of(company, partner, on)
        if not standing.may_go(on):
            lines = [*standing.open, *self._waiting_words(standing, on)]
            raise UserError(
                self.env._("The data of this person must be kept:") + "".join(f"\n• {line}" for line in lines)
            )
        return standing

    @api.model
    def _standing_of(self, company, partner, on):
        data = self.env["recouvrement.personal.data"]
        if data._is_contact(partner):
            return data._contact_standing(company, partner, on)
        return data._standing(data._family(company, partner), on)[partner.id]

    @api.model
    def _waiting_words(self, standing, on):
        """Why it is too early, in words."""
        kinds = dict(self.env["recouvrement.retention"]._fields["kind"]._description_selection(self.env))
        if standing.missing:
            yield self.env._("No retention rule is in force for: %s", kinds[standing.missing])
        for end in standing.ends:
            if end.on > on:
                yield self.env._("%(kind)s: until %(day)s", kind=kinds[end.kind], day=format_date(self.env, end.on))

    @api.model
    def _anonymise_now(self, company, partner, on):
        """What a manager asked for on one person; returns the log.

        :raises UserError: listing what is open, or how long the data must still be kept
        """
        standing = self._refuse_open(company, partner, on)
        entry = self.sudo().create(  # the log is written by nobody else
            {
                "company_id": company.root_id.id,
                "partner_id": partner.id,
                "state": "approved",
                "retention_end": standing.ends[0].on if standing.ends else False,
                "proposed_on": on,
                "decided_by_id": self.env.uid,
                "decided_on": on,
            }
        )
        entry._anonymise(on)
        return entry

    # --- the job ------------------------------------------------------------------------------------------------------

    @api.model
    def _cron_privacy(self):
        """Propose, erase what was approved, then what accounting no longer needs. May be interrupted, may run twice."""
        on = clock.today(self.env)
        progress = self.env["ir.cron"]._commit_progress
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        for company in companies:
            if not self._propose(company, on, progress):
                return
        ids = self.search([("state", "=", "approved")], order="company_id, id").ids
        progress(remaining=len(ids))
        for page in split_every(PAGE, ids):
            self.browse(page)._try_page(on)
            if not progress(len(page)):
                return
        for company in companies:
            while self.env["recouvrement.personal.data"]._erase_due_accounting(company, on):
                if not progress(0):
                    return
        self._propose_contacts(companies, on, progress)

    @api.model
    def _propose(self, company, on, progress):
        """Look at the persons whose turn it is, a page at a time; False when there is no time left.

        Where it stands is written on the debtor: killed between two pages, it goes on from there.
        """
        while page := self._to_look_at(company, on):
            self._propose_page(company, page.partner_id, on)
            self.env.flush_all()
            # SQL: no card changes for having been looked at
            self.env.cr.execute(
                "UPDATE recouvrement_debtor SET retention_checked_on = %s WHERE id = ANY(%s)", [on, page.ids]
            )
            page.invalidate_recordset(["retention_checked_on"], flush=False)
            if not progress(len(page), remaining=self._still_to_look_at(company, on)):
                return False
        return True

    @api.model
    def _looked_domain(self, company, on):
        return [
            ("company_id", "=", company.id),
            ("anonymised_on", "=", False),
            "|",
            ("retention_checked_on", "=", False),
            ("retention_checked_on", "<", on),
            "|",
            ("partner_id.is_company", "=", False),
            ("debtor_type", "in", types_that(lambda law: law.is_person)),
        ]

    @api.model
    def _to_look_at(self, company, on):
        return self.env["recouvrement.debtor"].search(self._looked_domain(company, on), limit=LOOKED, order="id")

    @api.model
    def _still_to_look_at(self, company, on):
        return self.env["recouvrement.debtor"].search_count(self._looked_domain(company, on))

    @api.model
    def _propose_page(self, company, partners, on):
        data = self.env["recouvrement.personal.data"]
        standings = data._standing(data._family(company, partners), on)
        return self._propose_those(company, {partner: standings[partner.id] for partner in partners}, on)

    @api.model
    def _propose_those(self, company, standings, on):
        """Those whose time is over, but for who waits already and whom a manager keeps past that end.

        :param standings: {partner: Standing}
        """
        known = self._known(company, self.env["res.partner"].union(*standings))
        automatic = company.recouvrement_anonymisation == "automatic"
        values = []
        for partner, standing in standings.items():
            end = standing.ends[0].on if standing.ends else on
            if not standing.ends or not standing.may_go(on) or known.get(partner.id) in ("waiting", end):
                continue  # somebody of whom nothing is held was never a debtor: nothing to erase
            values.append(
                {
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "retention_end": end,
                    "proposed_on": on,
                    "by_itself": True,
                    "state": "approved" if automatic and standing.verified else "proposed",
                    "decided_on": on if automatic and standing.verified else False,
                }
            )
        return self.create(values)

    @api.model
    def _known(self, company, partners):
        """{partner id: "waiting", or the end of the time a manager decided to keep it past}."""
        domain = [("company_id", "=", company.id), ("partner_id", "in", partners.ids)]
        found = {}
        for one in self.search([*domain, ("state", "!=", "done")], order="id"):
            found[one.partner_id.id] = one.retention_end if one.state == "kept" else "waiting"
        return found

    # --- erasing ------------------------------------------------------------------------------------------------------

    def _try_page(self, on):
        """Again when another transaction was in the way; after some times it waits for the next run."""
        insist(self.env, lambda: self._anonymise(on))

    def _anonymise(self, on):
        """Erase these approved persons, a page; what fails is told on it alone. Commits nothing."""
        locked = self.try_lock_for_update().filtered(lambda one: one.state == "approved")
        for company, page in locked.grouped("company_id").items():
            try:
                with self.env.cr.savepoint():
                    page._erase_page(company, on)
            except DISTURBED:
                raise
            except Exception:  # noqa: BLE001 - told on the person; the others go on
                if len(page) == 1:
                    page._note_failure()
                else:  # one of them keeps the others from going: one by one
                    for one in page:
                        one._anonymise(on)

    def _note_failure(self):
        """In the handler of an exception."""
        _logger.exception("Anonymisation %s failed", self.id)
        self.env.invalidate_all(flush=False)
        self.write({"state": "failed", "problem": self.env._("It failed; the server's log tells why.")})

    def _erase_page(self, company, on):
        """What opened since the proposal goes back to the list; the others are erased."""
        data = self.env["recouvrement.personal.data"]
        contacts = self.filtered(lambda one: data._is_contact(one.partner_id))
        persons = self - contacts
        if persons:
            standings = data._standing(data._family(company, persons.partner_id), on)
            ready = persons._filter_ready(standings, on)
            if ready:
                ready._log_done(data._erase(data._family(company, ready.partner_id), on), on)
        for one in contacts:  # a page of persons is a set; the contacts of companies are few
            standing = data._contact_standing(company, one.partner_id, on)
            if one._filter_ready({one.partner_id.id: standing}, on):
                one._log_done(data._erase_contact(company, one.partner_id, on), on)

    def _filter_ready(self, standings, on):
        ready = self.filtered(lambda one: standings[one.partner_id.id].may_go(on))
        for one in self - ready:
            standing = standings[one.partner_id.id]
            problem = "\n".join([*standing.open, *self._waiting_words(standing, on)])
            one.write({"state": "proposed", "problem": problem})
        return ready

    def _log_done(self, erased, on):
        counts, alone = erased
        for one in self:
            count = dict(counts[one.partner_id.id])
            one.sudo().write(  # the log is written by nobody else
                {
                    "state": "done",
                    "done_on": on,
                    "counts": count,
                    "record_count": sum(count.values()),
                    "partner_too": one.partner_id.id in alone,
                    "problem": False,
                }
            )
