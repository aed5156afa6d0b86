from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools import bulk, clock
from ..base.acts import check_manager
from ..penalties.recouvrement_accrual import Accrued

PAGE = 200  # reminders re-read, frozen and rendered together: one renderer process for their letters
RELEASED = ("released", "done")  # the states of a run whose reminders may leave
WAITING = ("planned", "to_approve", "failed", "sending")  # not yet handed over: may still be cancelled
NO_ACCRUAL = Accrued(0, 0, [], None)


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
    company_id = bulk.SoftMany2one("res.company", required=True)  # its debtor's, kept by that key
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner")
    addressee_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="restrict", help="Who receives it."
    )
    policy_id = bulk.SoftMany2one("recouvrement.policy", required=True)  # its level's, whose key keeps it
    level_id = fields.Many2one("recouvrement.level", required=True, ondelete="restrict")
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
