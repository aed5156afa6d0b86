import logging
from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ...rules.escalation import Decision, asked_for
from ...rules.quiet import quiet_until
from ...tools import bulk, clock
from ...tools.pages import ATTEMPTS, DISTURBED, QUIET
from ..base.acts import check_manager
from ..decision.decider import Decider
from ..penalties.recouvrement_accrual import Accrued, Owed

_logger = logging.getLogger(__name__)

PAGE = 200  # reminders re-read, frozen and rendered together: one renderer process for their letters
DOCUMENTS = 20  # missing PDFs of invoices that core prints together, between two commits
RELEASED = ("released", "done")  # the states of a run whose reminders may leave
WAITING = ("planned", "to_approve", "failed", "sending")  # not yet handed over: may still be cancelled
LINE_COLUMNS = (
    *("reminder_id", "move_id", "date_due", "entry_line_id", "level_id", "role", "cycle", "currency_id"),
    *("amount_total", "amount_residual", "days_overdue"),
)
NO_ACCRUAL = Accrued(0, 0, [], None)
FRANCE = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF", "MC")


class Standing(NamedTuple):
    """What a reminder may still ask for, from the ledger as it is now."""

    owed: dict  # line id -> Debt, of the lines still due
    credits: list  # open items deducted
    problem: str | None  # why it must not leave any more


class RecouvrementReminder(models.Model):
    """One message to one debtor and addressee, with what is due per currency.

    It is planned by a night, leaves by the channels of its level, and then never changes: text, figures and
    identities are those that left. A payment, a credit or a pause that comes before it leaves cancels it.
    """

    _name = "recouvrement.reminder"
    _description = "Reminder"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"  # nobody writes a reminder, yet people discuss it
    _order = "date desc, id desc"

    name = fields.Char("Reference", compute="_compute_name", search="_search_name")
    company_id = fields.Many2one("res.company", required=True, index=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner")
    addressee_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="restrict", help="Who receives it."
    )
    policy_id = fields.Many2one("recouvrement.policy", required=True, index=True, ondelete="restrict")
    level_id = fields.Many2one("recouvrement.level", required=True, index=True, ondelete="restrict")
    kind = fields.Selection(related="level_id.kind")
    run_id = fields.Many2one("recouvrement.run", index=True, ondelete="set null")
    origin = fields.Selection(
        [("night", "Night"), ("manual", "By hand"), ("imported", "Imported")], default="night", required=True
    )
    gate_confirmed = fields.Boolean(
        "Counts as sent",
        tracking=True,
        help="A manager confirms that this imported reminder was really sent: a formal notice may follow it.",
    )
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("to_approve", "To approve"),
            ("sending", "Sending"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        default="planned",
        required=True,
        index=True,
        tracking=True,
    )
    date = fields.Date(required=True, help="The day it was decided.")
    sent_date = fields.Date(
        readonly=True, help="The day it was handed over; the delays of the next level count from it."
    )
    deadline = fields.Date(
        readonly=True,
        help="The day the letter asks to be paid by. A formal notice's is known once it was presented or received.",
    )
    lang = fields.Char(help="Language of the letter.")
    line_ids = fields.One2many("recouvrement.reminder.line", "reminder_id")
    dispatch_ids = fields.One2many("recouvrement.dispatch", "reminder_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_due = fields.Monetary(readonly=True, help="Net overdue principal, in company currency.")
    amount_interest = fields.Monetary("Late interest", readonly=True, help="In company currency.")
    amount_indemnity = fields.Monetary("Recovery indemnities", readonly=True, help="In company currency.")
    invoice_count = fields.Integer(compute="_compute_invoice_count")
    figures = fields.Json(readonly=True, copy=False)  # everything the letter shows, as it left
    subject = fields.Char(readonly=True)
    body = fields.Html(readonly=True, sanitize=False)  # rendered by us from templates, kept as sent
    cancel_reason = fields.Char(readonly=True)
    error = fields.Text(readonly=True, help="What prevented it from leaving, and what to do.")
    approved_by_id = fields.Many2one("res.users", readonly=True)
    approved_on = fields.Datetime(readonly=True)

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.depends("date")
    def _compute_name(self):
        for reminder in self:
            reminder.name = f"REL/{reminder.date.year}/{reminder.id:06d}" if reminder.id and reminder.date else ""

    @api.model
    def _search_name(self, operator, value):
        """By the number at the end of the reference."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented  # the opposite of what follows
        texts = [value] if isinstance(value, str) else filter(None, value or ())
        numbers = [text.rsplit("/", 1)[-1].strip() for text in texts]
        return Domain("id", "in", [int(number) for number in numbers if number.isdecimal() and len(number) < 10])

    @api.depends("name", "level_id")
    def _compute_display_name(self):
        for reminder in self:
            reminder.display_name = f"{reminder.name} – {reminder.level_id.name}"

    @api.depends("line_ids")
    def _compute_invoice_count(self):
        for reminder in self:
            reminder.invoice_count = len(reminder.line_ids.move_id)

    # --- never edited, never deleted ----------------------------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A reminder is evidence: cancel it, it cannot be deleted."))

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_approve(self):
        """A person lets these reminders leave."""
        for reminder in self:
            if reminder.state != "to_approve":
                raise UserError(self.env._("%s does not wait for an approval.", reminder.display_name))
        self._check_may_approve()
        self.sudo().write(  # a collector reads reminders; this is the one thing he may change here
            {"state": "planned", "approved_by_id": self.env.uid, "approved_on": fields.Datetime.now()}
        )
        self.debtor_id._put_off("sending")
        self._trigger_dispatch()

    def action_retry(self):
        """Try again a reminder that could not leave, once what prevented it is mended."""
        for reminder in self:
            if reminder.state != "failed":
                raise UserError(self.env._("%s has not failed.", reminder.display_name))
        self.sudo().write({"state": "planned", "error": False})  # evidence is written by methods alone
        self.debtor_id._put_off("sending")
        self._trigger_dispatch()

    def action_send_now(self):
        """Send these reminders at once, whatever the time of day: planned ones, and e-mails written that still wait."""
        self.debtor_id._check_may_send()
        here = self.sudo().filtered(  # a collector reads reminders; sending writes them
            lambda reminder: reminder.run_id.state in RELEASED
            and (reminder.state == "planned" or reminder._has_waiting_email())
        )
        if not here:
            raise UserError(
                self.env._("Only a reminder of a released run that is planned, or whose e-mail waits, can be sent.")
            )
        mine = here._lock()
        if not mine:
            raise UserError(self.env._("It is being sent right now."))
        on = clock.today(self.env)
        for reminder in mine:
            if reminder.run_id.date != on:
                self.env["recouvrement.exit"]._refuse(reminder.company_id, on)
        mine._prepare(on)  # those still planned
        mine.dispatch_ids._send_after_commit()

    def _has_waiting_email(self):
        return self.state == "sending" and any(
            dispatch.state == "queued" and dispatch.mail_id for dispatch in self.dispatch_ids
        )

    def action_confirm_gate(self):
        """A manager vouches that an imported reminder was really sent."""
        check_manager(self.env)
        imported = self.filtered(lambda reminder: reminder.origin == "imported")
        imported.sudo().gate_confirmed = True  # evidence is written by methods alone
        imported.debtor_id._put_off()

    def action_open_document(self):
        """The document kept: the letter, else the e-mail, the SMS, the script, as it left."""
        self.ensure_one()
        self.check_access("read")
        kept = self.dispatch_ids.filtered("attachment_id")
        dispatch = kept.sorted(lambda found: {"email": 1, "sms": 2, "call": 3, "visit": 4}.get(found.channel, 0))[:1]
        if not dispatch:
            raise UserError(self.env._("Nothing was made yet: the document is written when the reminder leaves."))
        return dispatch.action_open_document()

    def action_open_dispatches(self):
        self.ensure_one()
        self.check_access("read")
        return self.dispatch_ids._get_records_action(
            name=self.env._("Dispatches"), domain=[("reminder_id", "=", self.id)]
        )

    def _trigger_dispatch(self):
        self.env.ref("recouvrement_fr.ir_cron_recouvrement_dispatch").sudo()._trigger()  # users may not read crons

    # --- planning -----------------------------------------------------------------------------------------------------

    @api.model
    def _plan(self, run, cases):
        """Plan what a page of debtors is due; {commercial partner id: reminder id}, the first of each."""
        plans = [
            (case, policy_id, addressee_id, decision)
            for case in cases
            for policy_id, addressee_id, decision in case.decisions
            if decision.outcome == "remind"
        ]
        if not plans:
            return {}
        langs = self._langs([plan[2] for plan in plans])
        common = self._common_vals(run)
        ids = self._insert([self._planned_vals(common, *plan, langs) for plan in plans])
        self._insert_lines(
            row
            for reminder_id, (case, _policy, _addressee, decision) in zip(ids, plans, strict=True)
            for row in self._planned_rows(reminder_id, case, decision, run.date)
        )
        planned = {}
        for reminder_id, plan in zip(ids, plans, strict=True):
            planned.setdefault(plan[0].partner_id, reminder_id)
        return planned

    @api.model
    def _insert(self, vals_list):
        """Insert reminders that all give the same fields; returns their ids in order."""
        if not vals_list:
            return []
        return bulk.insert(self, tuple(vals_list[0]), [tuple(vals.values()) for vals in vals_list])

    @api.model
    def _insert_lines(self, rows):
        bulk.insert(self.env["recouvrement.reminder.line"], LINE_COLUMNS, list(rows))
        self.invalidate_model(["line_ids"], flush=False)

    def _common_vals(self, run):
        """What all the reminders of a run share."""
        return {
            "company_id": run.company_id.id,
            "run_id": run.id,
            "origin": "manual" if run.kind == "manual" else "night",
            "date": run.date,
            "sent_date": None,
        }

    def _planned_vals(self, common, case, policy_id, addressee_id, decision, langs):
        return {
            **common,
            "debtor_id": case.facts.debtor_id,
            "addressee_id": addressee_id,
            "policy_id": policy_id,
            "level_id": decision.level.id,
            "state": "to_approve" if decision.level.requires_approval else "planned",
            "lang": langs[addressee_id],
            "amount_due": round(
                sum(case.debts[key].company_amount for key in (*decision.carried, *decision.listed)), 6
            ),
        }

    def _planned_rows(self, reminder_id, case, decision, on):
        for role, keys in (("carried", decision.carried), ("listed", decision.listed)):
            for key in keys:
                debt = case.debts[key]
                yield (
                    reminder_id,
                    *key,
                    decision.level.id,
                    role,
                    debt.instalment.history.cycle,
                    debt.item.currency_id,
                    debt.item.amount_total,
                    debt.amount,
                    max((on - debt.item.due).days, 0),
                )

    def _langs(self, partner_ids):
        """{partner id: code}: French, unless the addressee lives abroad and has another language, installed; then the
        one in which a whole letter can be written to him."""
        spoken = self.env["res.lang"]._recouvrement_spoken
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        self.env["res.partner"].flush_model(["country_id", "lang"])
        rows = self.env.execute_query(
            SQL(
                "SELECT p.id, p.lang, c.code FROM res_partner p LEFT JOIN res_country c ON c.id = p.country_id"
                " WHERE p.id = %s",
                bulk.any_of(set(partner_ids)),
            )
        )
        return {
            partner_id: spoken(lang) if country and country not in FRANCE and lang in installed else "fr_FR"
            for partner_id, lang, country in rows
        }

    @api.model
    def _import_levels(self, company, on):
        """Consider that old debts have already reached the level of their age: reminders of origin `imported`.

        They let the debt climb from there; they prove nothing, so a formal notice waits until a manager confirms.
        Returns the reminders.
        """
        company = company.root_id
        run = self.env["recouvrement.run"].sudo().create({"company_id": company.id, "date": on, "kind": "manual"})
        imported = self.browse()
        rows = self.env["recouvrement.debtor"]._every_row(company)
        decider = Decider(self.env, company, on)
        decider.rules = {policy.id: policy._rule() for policy in self.env["recouvrement.policy"]._usable(company)}
        for page in split_every(PAGE, rows, list):
            self.env["recouvrement.debtor"]._cards(company, [row[1] for row in page])
            page = self.env["recouvrement.debtor"]._rows(company, [row[1] for row in page])
            imported |= self._import_page(run, decider.cases(page), decider)
        run._end()
        return imported.with_env(self.env)

    def _import_page(self, run, cases, decider):
        plans, langs = [], defaultdict(lambda: "fr_FR")
        for case in cases:
            reached = defaultdict(list)
            for key, debt in case.debts.items():
                policy_id = decider._policy_id(debt.item, case.facts)
                level = self._level_of_age(decider.rules.get(policy_id), debt, run.date)
                if level and debt.net.amount > 0 and not debt.instalment.history.last_sequence:
                    reached[policy_id, level].append(key)
            for (policy_id, level), keys in reached.items():
                plans.append((case, policy_id, case.partner_id, Decision("remind", "due", level, tuple(keys))))
        sent = {"origin": "imported", "state": "sent", "sent_date": run.date}
        common = self._common_vals(run)
        ids = self._insert([self._planned_vals(common, *plan, langs) | sent for plan in plans])
        self._insert_lines(
            row
            for reminder_id, (case, _policy, _addressee, decision) in zip(ids, plans, strict=True)
            for row in self._planned_rows(reminder_id, case, decision, run.date)
        )
        reminders = self.sudo().browse(ids)  # the assistant's evidence, written by this method alone
        reminders.line_ids.move_id._refresh_dunning()
        return reminders

    @staticmethod
    def _level_of_age(rule, debt, on):
        """The last reminder level whose delay this debt has passed; never a formal notice: it has no proof."""
        days = (on - debt.item.due).days
        reached = [
            level
            for level in (rule.levels if rule else ())
            if level.kind == "reminder" and level.anchor == "due_date" and level.delay_days <= days
        ]
        return max(reached, key=lambda level: level.sequence, default=None)

    # --- cancelling ---------------------------------------------------------------------------------------------------

    def _cancel(self, message, reason=None):
        """Cancel what has not left yet, freeing its instalments; their debtors are decided again.

        :param str message: why, in words, kept on the reminder
        :param str reason: shown on the debtor until the next decision
        """
        reminders = self.sudo().filtered(lambda reminder: reminder.state in WAITING)  # evidence is written by methods
        gone = reminders.dispatch_ids.filtered(
            lambda dispatch: dispatch.state in ("handed_over", "delivered", "uncertain")
        )
        reminders -= gone.reminder_id
        if not reminders:
            return
        reminders.dispatch_ids.filtered(lambda dispatch: dispatch.state == "queued")._cancel()
        reminders.write({"state": "cancelled", "cancel_reason": message})
        self.env.cr.execute(
            SQL("UPDATE recouvrement_reminder_line SET cancelled = TRUE WHERE reminder_id IN %s", tuple(reminders.ids))
        )
        reminders.line_ids.invalidate_recordset(["cancelled"], flush=False)
        reminders.debtor_id._put_off(reason)

    @api.model
    def _withdraw(self, moves, why, reason):
        """Take back what is about to leave for these invoices, since something else is done about them."""
        domain = [("state", "in", WAITING), ("line_ids.move_id", "in", moves.ids)]
        self.search(domain)._cancel(why, reason=reason)

    @api.model
    def _cancel_settled(self):
        """Cancel every reminder still here whose carried instalments were all paid, credited or reset since."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.id
                  FROM recouvrement_reminder r
                 WHERE r.state IN %s
                   AND NOT EXISTS (
                       SELECT 1
                         FROM recouvrement_reminder_line s
                         JOIN account_move_line l ON l.move_id = s.move_id
                         JOIN account_account a ON a.id = l.account_id
                        WHERE s.reminder_id = r.id AND s.role = 'carried'
                          AND a.account_type = 'asset_receivable' AND l.reconciled IS NOT TRUE
                          AND l.parent_state = 'posted' AND COALESCE(l.date_maturity, l.date) = s.date_due
                          AND s.entry_line_id IN (0, l.id)
                   )
                """,
                WAITING,
            )
        )
        self.browse([row[0] for row in rows])._cancel(self.env._("Paid, credited or withdrawn before it left."))

    # --- leaving ------------------------------------------------------------------------------------------------------

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
        people = self.env["recouvrement.run"]._for_people().env.context
        self = self.with_context(**people, **QUIET)
        dispatch = self.env["recouvrement.dispatch"]
        on = clock.today(self.env)
        done = (
            dispatch._conclude()
            and self._by_page([0], lambda page: self._cancel_settled())
            and dispatch._send_waiting(on)  # what is ready first: a renderer that hangs does not hold it
            and self._by_page(self._missing_documents(), self._make_documents, size=DOCUMENTS)
            and self._by_page(self._leaving(), lambda page: self.browse(page)._lock()._prepare(on))
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
    def _leaving(self):
        """The reminders to write, in order: planned, of a run that was released, in a company that collects."""
        return self.search(self._leaving_domain(), order="id").ids

    @api.model
    def _leaving_domain(self):
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

    # --- what still holds ---------------------------------------------------------------------------------------------

    def _standings(self, on):
        """{reminder id: Standing}, from the ledger as it is now; writes nothing."""
        standings = {}
        for company, page in self.grouped("company_id").items():
            rows = [(debtor.id, debtor.partner_id.id, None) for debtor in page.debtor_id]
            decider = Decider(self.env, company, on)
            cases = {case.facts.debtor_id: case for case in decider.cases(rows)}
            notices = page.filtered(lambda reminder: reminder.kind == "formal_notice")
            barred = notices.line_ids.move_id._notice_obstacles(on)
            for reminder in page:
                standing = reminder._standing(cases[reminder.debtor_id.id], on, barred if reminder in notices else {})
                if not standing.problem and quiet_until(decider.quiet, on, reminder.kind):
                    standing = standing._replace(problem=reminder._held_because("quiet_period"))
                standings[reminder.id] = standing
        return standings

    def _standing(self, case, on, barred):
        """:param barred: {move id: what a formal notice lacks}, empty for the other levels"""
        debts = {
            line.id: case.debts.get((line.move_id.id, line.date_due, line.entry_line_id))
            for line in self.line_ids
            if not line.cancelled
        }
        owed = {
            line.id: debts[line.id]
            for line in self.line_ids
            if self._still_owed(line, debts.get(line.id), on) and not barred.get(line.move_id.id)
        }
        return Standing(owed, case.credits, self._problem(owed, debts, case, on, barred))

    def _still_owed(self, line, debt, on):
        """Whether a line is still due today: open after credits, held by nothing."""
        if debt is None or debt.net.amount <= 0 or debt.instalment.hold:
            return False
        if self.kind == "pre_due":
            return line.date_due >= on  # announced late, it would be wrong
        return debt.instalment.due < on

    def _problem(self, owed, debts, case, on, barred):
        """Why this reminder must not leave any more, in words; else None."""
        carried = [line.id for line in self.line_ids if line.role == "carried"]
        hold = case.facts.hold(on)
        if not hold and not any(line_id in owed for line_id in carried):
            unpaid = [debt for debt in map(debts.get, carried) if debt and debt.net.amount > 0]
            hold = next((debt.instalment.hold for debt in unpaid if debt.instalment.hold), None)
            if not hold and any(barred.get(debt.item.move_id) for debt in unpaid):
                return self._held_because("notice_gate")
            if not hold:
                return self.env._("Paid, credited or withdrawn before it left.")
        if hold:
            return self._held_because(hold.reason)
        policy = self.policy_id._rule(self.company_id)
        asked = sum(debt.net.company_amount for debt in owed.values())
        about = {instalment.key for instalment in asked_for(policy, [debt.instalment for debt in owed.values()])}
        climbs = self.kind == "pre_due" or any(
            line_id in owed and owed[line_id].instalment.key in about for line_id in carried
        )
        if asked < policy.minimum_amount or not climbs:
            return self.env._("What is left is under the minimum amount of the policy.")
        if self.policy_id.state != "active" or not self.policy_id.active:
            return self.env._("Its policy was deactivated before it left.")
        return self.debtor_id._addressee_problem(self.addressee_id)

    def _held_because(self, reason):
        return self.env._("Held before it left: %s", dict(self.debtor_id._selection_reason())[reason])

    def _says(self, standing):
        """Whether the figures written down are still those of the ledger."""
        for line in self.line_ids.filtered(lambda line: not line.cancelled):
            debt = standing.owed.get(line.id)
            if (
                debt is None
                or line.currency_id.compare_amounts(line.amount_residual, debt.amount)
                or line.currency_id.compare_amounts(line.amount_total, debt.item.amount_total)
            ):
                return False
        return True

    def _is_out_of_date(self, on):
        """Whether the days that its letter leaves to pay, counted from the one it bears, are over."""
        figures = self.figures
        days = figures.get("term_days", self.level_id.term_days)
        end = fields.Date.add(fields.Date.to_date(figures["on"]), days=days).isoformat()
        return max(figures.get("deadline_on") or end, end) < on.isoformat()

    def _still_accrued(self, standings):
        """Those whose letter still says, for its own day, the interest and the indemnities that the ledger gives.

        A payment found since or dated back, a type corrected, a debit note made: the letter is wrong though its
        balance is right. A few statements for each day that letters bear.
        """
        same = self.browse()
        for on, page in self.grouped(lambda reminder: fields.Date.to_date(reminder.figures["on"])).items():
            accrued = page._accrue(on, standings)
            for reminder in page:
                lines = reminder.line_ids.filtered(lambda line: not line.cancelled)
                if all(line._says_accrued(accrued.get(line.id, NO_ACCRUAL)) for line in lines):
                    same |= reminder
        return same

    def _freeze(self, on, standings):
        """Write the figures as they will be sent; {reminder id: what the letter shows besides}.

        Lines that are no longer due are let go, so that a later reminder may carry them.
        """
        rows, details = [], {}
        accrued = self._accrue(on, standings)
        moves = {item.move_id for reminder in self for item in standings[reminder.id].credits}
        numbers = {move.id: move._number_shown() for move in self.env["account.move"].browse(moves)}
        rates = {}
        for reminder in self:
            standing = standings[reminder.id]
            mine = [line for line in reminder.line_ids if line.id in standing.owed]
            totals = [0.0, 0.0, 0.0]
            for line in reminder.line_ids:
                debt, got = standing.owed.get(line.id), accrued.get(line.id, NO_ACCRUAL)
                if debt is None:
                    rows.append((line.id, line.amount_total, 0, max((on - line.date_due).days, 0), 0, 0, True))
                    continue
                days = max((on - debt.instalment.due).days, 0)
                row = (debt.amount, days, float(got.interest), float(got.indemnity), False)
                rows.append((line.id, debt.item.amount_total, *row))
                if line.currency_id not in rates:
                    rates[line.currency_id] = reminder._rate(line.currency_id, on)
                totals[0] += row[0] * rates[line.currency_id]
                totals[1] += row[2] * rates[line.currency_id]
                totals[2] += row[3]
            details[reminder.id] = {
                "on": on,
                "credits": self._credits(standing, numbers),
                "tranches": {line.id: accrued.get(line.id, NO_ACCRUAL).tranches for line in mine},
                "notes": sorted({accrued.get(line.id, NO_ACCRUAL).note for line in mine} - {None}),
            }
            reminder.write(dict(zip(("amount_due", "amount_interest", "amount_indemnity"), totals, strict=True)))
        self.env["recouvrement.reminder.line"]._freeze(rows)
        return details

    def _rate(self, currency, on):
        """What one unit of a currency is worth in company currency that day."""
        return self.env["res.currency"]._get_conversion_rate(currency, self.currency_id, self.company_id, on)

    def _accrue(self, on, standings):
        """{line id: Accrued}; nothing for levels that say nothing of it, nor at a rate nobody has verified."""
        owed, by_key = [], {}
        for reminder in self.filtered(lambda reminder: reminder.level_id.accessories != "silent"):
            debtor, standing = reminder.debtor_id, standings[reminder.id]
            for line in reminder.line_ids:
                debt = standing.owed.get(line.id)
                if debt is None:
                    continue
                key = (line.move_id.id, line.date_due, line.entry_line_id)
                by_key[line.id] = key
                owed.append(
                    Owed(
                        key,
                        debt.instalment.due,
                        debt.item.amount_total,
                        debt.bearing_nothing,
                        debtor.debtor_type,
                        debtor.type_confirmed,
                    )
                )
        accrued = self.env["recouvrement.accrual"]._accrue(owed, on)
        found = {line_id: accrued.get(key, NO_ACCRUAL) for line_id, key in by_key.items()}
        found = {
            line_id: got._replace(interest=0, tranches=[]) if got.note == "unverified" else got
            for line_id, got in found.items()
        }
        return self.env["recouvrement.accessory"]._deduct(found, by_key)

    def _credits(self, standing, numbers):
        """The credits the letter shows as deducted: by currency, what was taken from its own lines and no more.

        Each credit by itself, for the part of it that went there.
        """
        shown = defaultdict(Decimal)
        for debt in standing.owed.values():
            for credit, movement in debt.credits:
                shown[movement.on, numbers[credit[0]] or "", debt.item.currency_id] += movement.amount
        return [
            {"number": number, "date": day.isoformat(), "currency_id": currency, "amount": float(amount)}
            for (day, number, currency), amount in sorted(shown.items())
        ]

    # --- what has left ------------------------------------------------------------------------------------------------

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
        self.env["recouvrement.channel.email"]._bounced(self.sudo().dispatch_ids, email, report)

    def _needs_a_person(self, error):
        """Nothing can reach its addressee: it fails, or, when it already left and came back, a person is told."""
        if self.state != "sent":
            return self._fail(error)
        self.error = error
        self.debtor_id._put_off("failed")
        return self.debtor_id._tell_collector(self.env._("%s reached nobody", self.name), error)

    # --- invoices attached --------------------------------------------------------------------------------------------

    def _invoices_to_attach(self):
        """{reminder id: the invoices that carry it}, for the levels that attach them."""
        found = {}
        for reminder in self.filtered(lambda reminder: reminder.level_id.attach_invoices):
            carried = reminder.line_ids.filtered(lambda line: line.role == "carried" and not line.cancelled)
            found[reminder.id] = carried.move_id.filtered(
                lambda move: move.is_sale_document() and move.state == "posted"
            )
        return found

    @api.model
    def _missing_documents(self):
        """The invoices to attach that were never printed, by reminders about to be written."""
        reminders = self.search(
            [
                *self._leaving_domain(),
                ("level_id.attach_invoices", "=", True),
                *("|", ("level_id.channel_ids.channel", "=", "email"), ("level_id.kind", "=", "formal_notice")),
            ]
        )
        invoices = self.env["account.move"].union(*reminders._invoices_to_attach().values())
        return invoices.filtered(lambda move: not move.invoice_pdf_report_id).ids

    @api.model
    def _make_documents(self, move_ids):
        """Have core print these invoices, once, together; one that fails is told of when its reminder is written."""
        missing = self.env["account.move"].browse(move_ids).filtered(lambda move: not move.invoice_pdf_report_id)
        for company, invoices in missing.grouped("company_id").items():
            try:
                with self.env.cr.savepoint():
                    send = self.env["account.move.send"].with_company(company)
                    send.with_context(recouvrement_closed_printing=True)._generate_and_send_invoices(
                        invoices, sending_methods=[], allow_raising=False, allow_fallback_pdf=False
                    )
            except DISTURBED:
                raise
            except Exception:
                _logger.exception("Core could not print the invoices %s", invoices.ids)

    def _attached_invoices(self, errors):
        """{reminder id: the stored PDF of each invoice that carries it}, made once by core when there is none."""
        invoices = self._invoices_to_attach()
        self._make_documents(self.env["account.move"].union(*invoices.values()).ids)
        for reminder_id, moves in invoices.items():
            missing = moves.filtered(lambda move: not move.invoice_pdf_report_id)
            if missing:
                errors[reminder_id] = self.env._(
                    "No PDF could be made of %s: print it once from the invoice, then retry.",
                    ", ".join(missing.mapped("name")),
                )
        return {reminder_id: moves.invoice_pdf_report_id for reminder_id, moves in invoices.items()}
