from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import LazyTranslate, format_date

from ...rules.deadlines import day_deadline
from ...rules.regime import CIVIL, PUBLIC, regime_of
from ...rules.registered import NOT_SERVED, is_served
from ...tools import clock, letter_pdf
from .recouvrement_dispatch_event import POSTAL_STATES

_lt = LazyTranslate(__name__)

ON_PAPER = ("registered", "lre", "letter")
NOT_ARCHIVABLE = {  # why a copy cannot be in a PDF/A
    "broken": _lt("its file is damaged"),
    "encrypted": _lt("it is protected by a password"),
    "font": _lt("a font of it is not in its file, or cannot be checked"),
    "ink": _lt("it has colours of ink (CMYK)"),
    "image": _lt("a picture or an effect in it is of a kind that PDF/A refuses"),
    "acts": _lt("it holds a script, a file or layers"),
    "note": _lt("it has form fields, or notes written over its pages"),
    "large": _lt("there is more on its pages than can be looked at"),
}


class RecouvrementReminder(models.Model):
    """A formal notice once it has left: when it was served, the proofs of it, and what it changes in law.

    Read from its dispatches; nothing is stored twice.
    """

    _inherit = "recouvrement.reminder"

    notice_dispatch_id = fields.Many2one("recouvrement.dispatch", "Letter", compute="_compute_notice")
    notice_posted_on = fields.Date("Posted on", compute="_compute_notice")
    notice_presented_on = fields.Date("First presented on", compute="_compute_notice")
    notice_delivered_on = fields.Date("Delivered on", compute="_compute_notice")
    notice_closed_on = fields.Date("Came back on", compute="_compute_notice", help="Refused, unclaimed or returned.")
    notice_postal_state = fields.Selection(POSTAL_STATES, "At the post", compute="_compute_notice")
    notice_served_on = fields.Date(
        "Served on",
        compute="_compute_notice",
        help="First presentation, else delivery: what a formal notice is usually dated by. Usage, to be verified: the "
        "law sets no day.",
    )
    notice_proof_ids = fields.Many2many("ir.attachment", string="Proofs", compute="_compute_notice")
    notice_term_until = fields.Date(
        "Term ends on",
        compute="_compute_notice",
        help="The last day to pay: the days the letter leaves, counted from its presentation or its receipt, up to a "
        "working day. Empty until a registered letter is presented.",
    )
    deadline = fields.Date(compute="_compute_deadline", store=True)
    notice_is_expired = fields.Boolean("Term passed", compute="_compute_notice")
    notice_effects = fields.Html("Its effects", compute="_compute_notice_effects", sanitize=False)  # our own words

    @api.depends("dispatch_ids.posted_on", "dispatch_ids.presented_on", "dispatch_ids.postal_state", "state")
    def _compute_notice(self):
        today = clock.today(self.env)
        for reminder in self:
            letters = reminder.dispatch_ids.filtered(
                lambda dispatch: dispatch.channel in ON_PAPER and dispatch.state != "cancelled"
            )
            letter = letters.filtered("effect_on")[:1] or letters[:1]
            state = letter.postal_state
            reminder.notice_dispatch_id = letter
            reminder.notice_posted_on = letter.posted_on
            reminder.notice_presented_on = letter.presented_on
            reminder.notice_delivered_on = letter.delivered_on
            reminder.notice_closed_on = letter.closed_on if state != "delivered" else False
            reminder.notice_postal_state = state
            reminder.notice_served_on = False if state in NOT_SERVED else letter.effect_on
            # The very letter, then what the carrier handed back: proofs of a reminder the user has read.
            reminder.notice_proof_ids = letter.sudo().attachment_id | letters.sudo().event_ids.proof_id
            reminder.notice_term_until = reminder._term_until()
            reminder.notice_is_expired = bool(reminder.notice_term_until and reminder.notice_term_until < today)

    def _term_until(self):
        """The last day of the term that a formal notice leaves to pay; False while it does not run."""
        if self.kind != "formal_notice" or self.state != "sent":
            return False
        live = self.dispatch_ids.filtered(lambda found: found.state != "cancelled")
        served_on = live._counted_from() if live else self.sent_date
        if not served_on:
            return False
        days = (self.figures or {}).get("term_days", self.level_id.term_days)
        # sudo: a setting of the root, for who works in a branch alone
        return day_deadline(served_on, days, self.company_id.root_id.sudo().recouvrement_holidays or None)

    @api.depends(
        *("kind", "state", "figures", "sent_date", "dispatch_ids.state", "dispatch_ids.postal_state"),
        *("dispatch_ids.posted_on", "dispatch_ids.presented_on", "dispatch_ids.delivered_on", "dispatch_ids.closed_on"),
        *("dispatch_ids.handed_over_on", "company_id.recouvrement_holidays"),
    )
    def _compute_deadline(self):
        """A formal notice's is known once it was presented or received; any other letter says its own."""
        for reminder in self:
            if reminder.kind == "formal_notice":
                reminder.deadline = reminder._term_until()
            else:
                reminder.deadline = (reminder.figures or {}).get("deadline_on") or False

    @api.depends("notice_served_on", "notice_postal_state", "state")
    def _compute_notice_effects(self):
        for reminder in self:
            reminder.notice_effects = False
            if reminder.kind == "formal_notice" and reminder.state == "sent":
                texts = [*reminder._served_effects(), *reminder._legal_effects()]
                reminder.notice_effects = Markup("<ul>%s</ul>") % Markup().join(
                    Markup("<li>%s</li>") % text for text in texts
                )

    def _served_effects(self):
        """Whether it counts as served, and what to do if it does not."""
        state, served = self.notice_postal_state, self.notice_served_on
        if state in NOT_SERVED:
            return [
                self.env._(
                    "Not served: the letter never reached an address of the debtor. Find his address, then send it "
                    "again."
                )
            ]
        if served and state and state != "delivered" and is_served(state):
            return [
                self.env._(
                    "Refused or unclaimed, it stands all the same: a formal notice does not depend on the debtor's "
                    "good will (Cass. 1re civ. 20/01/2021, 19-20.680)."
                )
            ]
        if served:
            return [self.env._("Served on %s (usage, to be verified: the law sets no day).", self._on(served))]
        if not self.notice_dispatch_id:
            return [self.env._("It left without a registered letter: its receipt is hard to prove.")]
        return [self.env._("Not served yet: record what the carrier says, with its proof, on the letter.")]

    def _legal_effects(self):
        """What it changes: interest and limitation, by type of debtor."""
        debtor, texts = self.debtor_id, []
        law = regime_of(debtor.debtor_type).letter
        if law == CIVIL:
            live = self.dispatch_ids.filtered(lambda found: found.state != "cancelled")
            since = live._counted_from() if live else self.sent_date
            texts.append(
                self.env._(
                    "Interest at the legal rate runs from %s (Civil Code, articles 1231-6 and 1344-1). No fixed "
                    "indemnity.",
                    self._on(since),
                )
                if since
                else self.env._(
                    "Interest at the legal rate runs once it is served (Civil Code, articles 1231-6 and 1344-1). No "
                    "fixed indemnity."
                )
            )
        elif law == PUBLIC:
            texts += [
                self.env._(
                    "Default interest was running already (Public Procurement Code, R2192-31). The property of a "
                    "public body cannot be seized: the way is the administrative judge, or payment ordered by the "
                    "authority (CG3P, L2311-1)."
                ),
                self.env._(
                    "A written claim may interrupt the four-year limitation of a public body (law 68-1250, article 2: "
                    "to be verified)."
                ),
            ]
        else:
            texts.append(
                self.env._(
                    "Penalties were running since the due date (Commercial Code, L441-10): the formal notice adds no "
                    "interest to them."
                )
            )
        if law != PUBLIC:
            texts.append(self._limitation_effect())
        return texts

    def _limitation_effect(self):
        dates = [day for day in self.line_ids.move_id.mapped("limitation_date") if day]
        until = self.env._(" Act before %s.", self._on(min(dates))) if dates else ""
        return (
            self.env._("It does not interrupt limitation, even registered (Cass. com. 18/05/2022, 20-23.204).") + until
        )

    # --- what is enclosed ---------------------------------------------------------------------------------------------

    def _notices_with_copies(self):
        """The formal notices among these whose level wants the invoices with them."""
        return self.filtered(lambda reminder: reminder.kind == "formal_notice" and reminder.level_id.attach_invoices)

    def _freeze(self, on, standings):
        """A formal notice names the copies of invoices it encloses."""
        details = super()._freeze(on, standings)
        for reminder in self._notices_with_copies():
            owed = standings[reminder.id].owed
            taken = reminder.line_ids.filtered(lambda line, owed=owed: line.id in owed)  # a notice carries all it takes
            names = taken.move_id.filtered(lambda move: move.is_sale_document()).mapped("name")
            if names:
                french = reminder.with_context(lang=reminder.lang or "fr_FR")
                text = french.env._("Copies of the invoices: %s", ", ".join(names))
                details[reminder.id].setdefault("enclosures", []).append(text)
        return details

    def _enclose(self, documents, errors):
        """{reminder: its letter followed by the copies it announces}; one without its copies is given its error."""
        attached, enclosed = self._notices_with_copies()._attached_invoices(errors), {}
        for reminder, document in documents.items():
            # sudo: what the letter encloses goes with it, whatever the salesperson's rules
            copies = attached.get(reminder.id, self.env["ir.attachment"]).sudo()
            lost = copies.filtered(lambda copy: not letter_pdf.has_pages(copy.raw))
            if lost:
                errors[reminder.id] = self.env._(
                    "The letter announces a copy of each invoice, and no page can be read in: %s. Replace the file by "
                    "one that opens, then retry.",
                    ", ".join(lost.mapped("name")),
                )
            if reminder.id not in errors:
                enclosed[reminder] = reminder._bound(document, copies) if copies else document
        return enclosed

    def _bound(self, document, copies):
        """One file of a letter and its copies: PDF/A where the company wants it and they allow it, else it says why."""
        files = [copy.raw for copy in copies]
        # sudo: a setting, whoever prints
        if self.company_id.root_id.sudo().recouvrement_archived_notices:
            try:
                return letter_pdf.bound(document, files)
            except letter_pdf.NotArchivable as error:
                copy, why = copies[error.place].name, self.env._(NOT_ARCHIVABLE[error.code])
                words = self.env._("An ordinary PDF, not a PDF/A: of the copy %(copy)s, %(why)s.", copy=copy, why=why)
                self._message_log(body=words)
        return letter_pdf.joined([document, *files])

    def _on(self, day):
        return format_date(self.env, day) if day else ""
