import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...tools import clock

KINDS = [
    ("opened", "Opening"),
    ("step", "Step of a procedure"),
    ("approval", "Approval by the creditor"),
    ("started", "Procedure started"),
    ("ended", "Procedure ended"),
    ("payment", "Payment"),
    ("cost", "Costs"),
    ("document", "Document"),
    ("note", "Note"),
    ("missed", "Deadline missed"),
    ("closed", "Closing"),
    ("reopened", "Reopening"),
]


class RecouvrementCaseEvent(models.Model):
    """Something that happened in a case: its day, its author, its documents with their hashes.

    Events are only ever added. A wrong one is corrected by another, which says what it corrects; both stay.
    """

    _name = "recouvrement.case.event"
    _inherit = ["recouvrement.evidence", "recouvrement.case.granted"]
    _evidence_files = ("attachment_ids",)
    _description = "Event of a Case"
    _order = "on desc, id desc"
    _rec_name = "summary"

    case_id = fields.Many2one("recouvrement.case", required=True, index=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    on = fields.Date("Day", required=True, readonly=True, help="When it happened; noted later perhaps.")
    summary = fields.Char("What happened", required=True, readonly=True)
    details = fields.Text(readonly=True)
    run_id = fields.Many2one(
        "recouvrement.case.proceeding", "Procedure", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    step_id = fields.Many2one(
        "recouvrement.proceeding.step", "Step", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    date_set = fields.Date("Day set", readonly=True, help="The day the step fixed, such as a hearing.")
    figures = fields.Json(readonly=True)  # the décompte of that day, where the step states it
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    author_id = fields.Many2one("res.users", "Noted by", required=True, readonly=True)
    noted_at = fields.Datetime("Noted at", required=True, readonly=True)
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "recouvrement_case_event_attachment_rel",
        "event_id",
        "attachment_id",
        "Documents",
        readonly=True,
    )
    hashes = fields.Json("SHA-256 of the documents", readonly=True)  # {file name: hash}, as they were that day
    corrects_id = fields.Many2one("recouvrement.case.event", "Corrects", readonly=True, index="btree_not_null")
    correction_ids = fields.One2many("recouvrement.case.event", "corrects_id", readonly=True)
    is_void = fields.Boolean("Did not happen", readonly=True, help="The event it corrects was noted by mistake.")
    is_corrected = fields.Boolean(compute="_compute_is_corrected")

    _corrected_once = models.UniqueIndex(
        "(corrects_id) WHERE corrects_id IS NOT NULL", "This event was corrected already: correct the correction."
    )

    @api.depends("correction_ids")
    def _compute_is_corrected(self):
        for event in self:
            event.is_corrected = bool(event.correction_ids)

    @api.constrains("on")
    def _check_happened(self):
        today = clock.today(self.env)
        for event in self.filtered(lambda event: event.on > today):
            day = format_date(self.env, event.on)
            raise ValidationError(self.env._("An event is noted once it has happened: %s is to come.", day))

    def write(self, vals):
        raise UserError(self.env._("What happened in a case is never changed: add an event that corrects it."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("What happened in a case is never deleted: add an event that corrects it."))

    def _effective(self):
        """Those that count: neither corrected by another, nor said not to have happened."""
        return self.filtered(lambda event: not event.is_void and not event.is_corrected)

    def _steps(self):
        """Those that count and record a step, the oldest first."""
        return self._effective().filtered(lambda event: event.kind == "step").sorted(lambda event: (event.on, event.id))

    @api.model
    def _append(self, case, kind, on, summary, attachments=None, **values):
        """An event, with its own copies of the documents given and their hashes; returns it.

        :raises ValidationError: a day to come
        """
        case.check_access("read")
        files = attachments or self.env["ir.attachment"]
        files.check_access("read")
        event = self.sudo().create(  # evidence is written by methods alone, which check who acts
            {
                "case_id": case.id,
                "company_id": case.company_id.id,
                "currency_id": case.currency_id.id,
                "kind": kind,
                "on": on,
                "summary": summary,
                "author_id": self.env.uid,
                "noted_at": clock.stamp(),
                "attachment_ids": [fields.Command.set(files.ids)],
                "hashes": {file.name: hashlib.sha256(file.raw or b"").hexdigest() for file in files},
                **values,
            }
        )
        return event.with_env(self.env)
