import csv
import hashlib
import io
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...rules.registered import ENDED, NOT_SERVED, PLAIN, POST_DAYS, REGISTERED, acceptance_until, is_served
from ...tools import clock, harmless, letter_pdf
from ...tools.pages import DISTURBED

_logger = logging.getLogger(__name__)

LINES = 7  # of an address in the window of an envelope, at most: see `letter_address`
DATED = {"posted": "posted_on", "presented": "presented_on", "delivered": "delivered_on"}


class RecouvrementDispatch(models.Model):
    _inherit = "recouvrement.dispatch"

    posted_on = fields.Date("Posted on", readonly=True)
    presented_on = fields.Date(
        "Presented on", readonly=True, help="First presentation, or the notice of an electronic letter."
    )
    delivered_on = fields.Date("Delivered on", readonly=True)
    closed_on = fields.Date(
        "Closed on", readonly=True, help="Delivered, refused, unclaimed, returned or lost on that day."
    )
    effect_on = fields.Date(
        "Date of effect",
        compute="_compute_effect_on",
        help="First presentation, else delivery: what a formal notice is usually dated by. Usage, to be verified: the "
        "law sets no day.",
    )
    acceptance_until = fields.Date(
        "To be accepted by",
        compute="_compute_acceptance_until",
        help="An electronic registered letter waits fifteen days for its addressee (CPCE-postes R53-3).",
    )
    event_ids = fields.One2many("recouvrement.dispatch.event", "dispatch_id", "At the post", readonly=True)

    _tracking_unique = models.UniqueIndex(
        "(company_id, tracking_number) WHERE tracking_number IS NOT NULL AND state != 'cancelled'",
        "This tracking number is already on another letter.",
    )

    @api.depends("presented_on", "delivered_on")
    def _compute_effect_on(self):
        for dispatch in self:
            dispatch.effect_on = dispatch.presented_on or dispatch.delivered_on

    @api.depends("channel", "presented_on", "posted_on", "closed_on")
    def _compute_acceptance_until(self):
        figures = self.env["recouvrement.legal.figure"]._figures()
        for dispatch in self:
            noticed_on = dispatch.presented_on or dispatch.posted_on
            waits = dispatch.channel == "lre" and noticed_on and not dispatch.closed_on
            dispatch.acceptance_until = acceptance_until(noticed_on, figures) if waits else False

    def _served_on(self):
        """The day this registered letter counts as served: see `histories.SERVED`, which reads many."""
        if self.postal_state in NOT_SERVED:
            return False
        return self.effect_on or (is_served(self.postal_state) and self.closed_on)

    def _counted_from(self):
        """The day the term of a formal notice carried by these runs from, or False: see `histories.COUNTED_FROM`,
        which reads many."""
        live = self.filtered(lambda found: found.state != "cancelled")
        registered = live.filtered(lambda found: found.channel in REGISTERED)
        if registered:
            days = [found._served_on() for found in registered]
        else:
            days = [
                found._reached_on() for found in live.filtered(lambda one: one.state in ("handed_over", "delivered"))
            ]
        return min(filter(None, days), default=False)

    def _reached_on(self):
        """The day what left without a register arrived: at once, or once the post has had its time."""
        left = self.posted_on or (self.handed_over_on and clock.day_of(self.env, self.handed_over_on))
        return left and left + timedelta(days=POST_DAYS if self.channel in PLAIN else 0)

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_mark_posted(self):
        """A person has posted these letters today: the delays of the next level count from it."""
        self.check_access("read")  # what follows is written as superuser
        today = clock.today(self.env)
        return self._post(today, today)

    def action_print(self):
        """Open the letters of the selection as one PDF, in the order of the list."""
        self.check_access("read")  # the files are read as superuser
        on = clock.today(self.env)
        self._check_open(on)
        letters = self.filtered(lambda letter: letter.attachment_id.sudo().mimetype == "application/pdf")  # as above
        if not letters:
            raise UserError(self.env._("No letter in the selection: e-mails are not printed."))
        files = letters.attachment_id.sudo()  # as said above
        files._check_evidence()
        document = letter_pdf.joined(letter.attachment_id.sudo().raw for letter in letters)  # as above
        return letters._open_file(self._file_name(self.env._("Letters"), on), document, "pdf", "application/pdf")

    def action_deposit_slip(self):
        """Open the deposit slip of the registered letters of the selection, to have it stamped at the post office."""
        letters = self._registered()
        today = clock.today(self.env)
        letters._check_open(today)
        company = letters.company_id[:1]
        page = self.env["ir.qweb"]._render(
            "recouvrement_fr.deposit_slip",
            {"rows": letters._slip_rows(), "company": company, "date": format_date(self.env, today)},
            minimal_qcontext=True,
        )
        title = self.env._("Deposit slip")
        [document] = letter_pdf.print_sheets(
            [
                letter_pdf.Sheet(
                    html=f"<!DOCTYPE html>\n{page}",
                    foot=self.env._("page %(page)s of %(pages)s", page="[sitepage]", pages="[sitepages]"),
                    title=title,
                    author=company.name,
                    date=today.isoformat(),
                )
            ]
        )
        return letters._open_file(self._file_name(title, today), document, "pdf", "application/pdf")

    def action_deposit_csv(self):
        """The same as a CSV file, for the carrier's own tool; semicolons and a mark of UTF-8, as Excel reads them."""
        letters, sheet = self._registered(), io.StringIO()
        on = clock.today(self.env)
        letters._check_open(on)
        writer = csv.writer(sheet, delimiter=";")
        writer.writerow(
            [
                self.env._("Our reference"),
                self.env._("Tracking number"),
                self.env._("Kind"),
                *(self.env._("Addressee, line %s", number) for number in range(1, LINES + 1)),
                self.env._("E-mail"),
            ]
        )
        for row in letters._slip_rows():
            lines = [*row["lines"], *[""] * (LINES - len(row["lines"]))]
            writer.writerow(
                [harmless.cell(cell) for cell in (row["reference"], row["tracking"], row["kind"], *lines, row["email"])]
            )
        document = sheet.getvalue().encode("utf-8-sig")
        return letters._open_file(self._file_name(self.env._("Deposit slip"), on), document, "csv", "text/csv")

    def _registered(self):
        self.check_access("read")  # the slip is kept as superuser
        letters = self.filtered(lambda letter: letter.channel in REGISTERED and letter.state != "cancelled")
        if not letters:
            raise UserError(self.env._("No registered letter in the selection."))
        if len(letters.company_id) > 1:
            raise UserError(self.env._("A deposit slip is of one company: select the letters of one at a time."))
        return letters

    def _slip_rows(self):
        """What the carrier needs of each letter, from what was frozen on it."""
        kinds = dict(self._fields["channel"]._description_selection(self.env))
        return [
            {
                "reference": letter.reminder_id.name,
                "tracking": letter.tracking_number or "",
                "kind": kinds[letter.channel],
                "lines": letter.reminder_id.figures["addressee"]["lines"],
                "email": letter.address if letter.channel == "lre" else "",
            }
            for letter in self
        ]

    def _file_name(self, name, on):
        return f"{name} {on.isoformat()}"

    def _open_file(self, name, document, suffix, mimetype):
        """Open a file made of the letters of the selection."""
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(  # read by whoever reads the dispatch it is on
                {
                    "name": f"{name}.{suffix}",
                    "raw": document,
                    "mimetype": mimetype,
                    "res_model": self._name,
                    "res_id": self[0].id,
                }
            )
        )
        download = "true" if suffix == "csv" else "false"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download={download}",
            "target": "new",
        }

    # --- posted -------------------------------------------------------------------------------------------------------

    def _post(self, on, today, numbers=None):
        """These letters were handed to their carrier that day, as a person says today.

        A letter that no longer says what the ledger says is taken out, so that it is not posted; the notification
        returned tells which.

        :param dict numbers: tracking number by dispatch id, of those a person handed over; the carrier gets the others
        """
        letters = self.sudo().filtered(  # evidence: a collector writes it only through a button
            lambda letter: letter.state == "queued" and letter.postal_state
        )
        names = {letter: letter.display_name for letter in letters}
        letters._check_open(today)
        kept = letters._review_by_hand(on, today)
        numbers = numbers or {}  # whoever typed a number has handed that letter over
        numbers = {**kept.filtered(lambda letter: not numbers.get(letter.id))._deposit(), **numbers}
        for letter in kept:
            if numbers.get(letter.id):
                letter.tracking_number = _tracking(numbers[letter.id])
        kept.write({"state": "handed_over", "handed_over_on": clock.stamp(), "failure": False})
        for letter in kept:
            letter._tell("posted", on)
        kept.filtered(lambda letter: not letter.copy_of_id).reminder_id._mark_sent(on)
        if kept == letters:
            return None
        message = self.env._(
            "Paid or changed since they were printed: %s. What is still due has a new letter.",
            ", ".join(names[letter] for letter in letters - kept),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Do not post these letters"),
                "message": message,
                "type": "danger",
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_open(self, on):
        """:raises UserError: letters that wait were decided before nights that were missed, or this is a copy"""
        waiting = self.sudo().filtered(lambda letter: letter.state == "queued")  # the run of a reminder, whoever prints
        gate = self.env["recouvrement.exit"]
        if waiting and gate._is_neutralized():
            gate._refuse(waiting.company_id, on)
        gate._refuse(waiting._old_of_a_gap(on).company_id, on)

    def _deposit(self):
        """{dispatch id: tracking number} given by the carrier of each company."""
        numbers = {}
        registered = self.filtered(lambda letter: letter.channel in REGISTERED)
        for company, letters in registered.grouped("company_id").items():
            numbers |= letters._carrier(company)._deposit(letters)
        return numbers

    def _carrier(self, company):
        return self.env[f"recouvrement.carrier.{company.recouvrement_carrier or 'manual'}"].with_company(company)

    # --- what becomes of them -----------------------------------------------------------------------------------------

    def _record_status(self, state, on, origin="typed", proof=b"", proof_name="", note=""):
        """Write down what became of a posted letter; False when it was known already.

        Refused or unclaimed, a formal notice was made all the same; returned for a wrong address, or lost, it was not:
        the next channel replaces it.

        :raises UserError: it was not posted, or the day cannot be
        """
        self.ensure_one()
        letter = self.sudo()  # evidence: written by methods alone
        letter._check_status(state, on)
        if any(event.state == state and event.date == on for event in letter.event_ids) and not proof:
            return False
        letter._tell(state, on, origin, proof, proof_name, note)
        if letter.state == "bounced" and state not in NOT_SERVED:  # the status before was a mistake
            letter.write({"state": "handed_over", "failure": False, "wrong_address": False})
        if state == "delivered":
            letter._arrived()
        elif state in NOT_SERVED:
            reason = dict(self._fields["postal_state"]._description_selection(self.env))[state]
            letter._come_back(note or reason, wrong_address=state == "returned")
        return True

    def _check_status(self, state, on):
        if self.state not in ("handed_over", "delivered", "bounced") or not self.posted_on:
            raise UserError(self.env._("%s was not posted: mark it as posted first, with its day.", self.display_name))
        if on < self.posted_on:
            raise UserError(
                self.env._(
                    "%(letter)s was posted on %(posted)s: nothing can have become of it on %(day)s.",
                    letter=self.display_name,
                    posted=format_date(self.env, self.posted_on),
                    day=format_date(self.env, on),
                )
            )

    def _tell(self, state, on, origin="typed", proof=b"", proof_name="", note=""):
        """Add an event, and what follows from it on the letter."""
        proof_id = self.env["ir.attachment"]
        if proof:
            proof_id = proof_id.create(
                {
                    "name": proof_name or self.env._("Proof"),
                    "raw": proof,
                    "res_model": self._name,
                    "res_id": self.id,
                    "company_id": self.company_id.id,
                }
            )
        self.env["recouvrement.dispatch.event"].create(
            {
                "dispatch_id": self.id,
                "date": on,
                "state": state,
                "origin": origin,
                "author_id": self.env.uid,
                "note": note,
                "proof_id": proof_id.id,
                "proof_sha256": hashlib.sha256(proof).hexdigest() if proof else False,
            }
        )
        vals = {"postal_state": state, "closed_on": on if state in ENDED else False}
        if state in DATED:
            vals[DATED[state]] = on
        self.write(vals)

    # --- every day ----------------------------------------------------------------------------------------------------

    @api.model
    def _follow_up(self, on):
        """Ask the carriers what became of the letters on their way, and tell of electronic ones nobody accepted.

        Returns the failures: a carrier that does not answer is asked again the next day.
        """
        failures = []
        under_way = self.search(
            [("channel", "in", REGISTERED), ("postal_state", "in", ("posted", "presented")), ("posted_on", "!=", False)]
        )
        for company, letters in under_way.grouped("company_id").items():
            try:
                with self.env.cr.savepoint():
                    letters._take_in(letters._carrier(company)._statuses(letters), "carrier")
            except DISTURBED:
                raise
            except Exception as error:
                _logger.exception("The carrier of %s told nothing; the others are asked", company.name)
                failures.append(f"{company.name}: {error}")
        for letter in under_way.filtered(lambda found: found.acceptance_until and found.acceptance_until < on):
            mark = f"non_claim {letter.reminder_id.name}"
            if not letter.debtor_id.activity_ids._marked(mark):
                letter.debtor_id._tell_collector(
                    self.env._("Proof of non-claim of %s", letter.reminder_id.name),
                    self.env._(
                        "The electronic registered letter could be accepted until %s (CPCE-postes R53-3). Ask its "
                        "provider for the proof, then record it on the dispatch.",
                        format_date(self.env, letter.acceptance_until),
                    ),
                    mark=mark,
                )
        return failures

    @api.model
    def _take_in(self, statuses, origin):
        """Record what a carrier tells (`PostalStatus`), among the letters of these companies.

        Returns [(status, message)] of those that could not be; what is known already is passed over.
        """
        letters = self._by_tracking(status.tracking_number for status in statuses)
        refused = []
        for status in statuses:
            letter = letters.get(_tracking(status.tracking_number))
            if not letter:
                refused.append((status, self.env._("No posted letter has this tracking number.")))
                continue
            try:
                with self.env.cr.savepoint():
                    letter._record_status(
                        status.state, status.date, origin, status.proof, status.proof_name, status.note
                    )
            except UserError as error:
                refused.append((status, str(error)))
        return refused

    @api.model
    def _by_tracking(self, numbers):
        numbers = [_tracking(number) for number in numbers]
        found = self.search([("tracking_number", "in", numbers), ("state", "!=", "cancelled")])
        return {letter.tracking_number: letter for letter in found}


def _tracking(number):
    """A tracking number as it is kept: without the spaces it is printed with."""
    return "".join((number or "").split()).upper()
