from odoo import api, fields, models

from ...models.litigation.recouvrement_case_granted import GRANTED
from ...tools import clock


class RecouvrementCaseEventWizard(models.TransientModel):
    """Note something that happened in a case, or correct what was noted: by another event, for both stay."""

    _name = "recouvrement.case.event.wizard"
    _inherit = ["recouvrement.case.granted", "recouvrement.dialog"]
    _description = "Note an Event of a Case"

    case_id = fields.Many2one("recouvrement.case", required=True)
    corrects_id = fields.Many2one("recouvrement.case.event", "Corrects")
    is_void = fields.Boolean("It did not happen")
    kind = fields.Selection(
        [("note", "Note"), ("document", "Document"), ("payment", "Payment received by a third party")],
        default="note",
        required=True,
    )
    on = fields.Date("Day", required=True, default=lambda self: clock.today(self.env))
    summary = fields.Char("What happened")
    details = fields.Text("Details, or why it is corrected")
    amount = fields.Monetary()
    date_set = fields.Date("Day set")
    asks_date = fields.Char(related="corrects_id.step_id.asks_date", related_sudo=False)
    gives_title = fields.Boolean(related="corrects_id.step_id.gives_title", related_sudo=False)
    currency_id = fields.Many2one(related="case_id.currency_id", related_sudo=False)
    attachment_ids = fields.Many2many("ir.attachment", string="Documents")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        model, ids = self._opened_on()
        if model == "recouvrement.case.event":
            event = self.env[model].browse(ids[:1])
            return values | {
                "case_id": event.case_id.id,
                "corrects_id": event.id,
                "on": event.on,
                "summary": event.summary,
                "amount": event.amount,
                "date_set": event.date_set,
                **{name: event[name] for name in GRANTED},
            }
        return {"case_id": ids[0]} | values if ids and model == "recouvrement.case" else values

    def action_note(self):
        self.ensure_one()
        case = self.case_id
        if self.corrects_id:
            case._correct(
                self.corrects_id,
                self.details,
                self.on,
                self.is_void,
                amount=self.amount,
                date_set=self.date_set,
                attachments=self.attachment_ids,
                **self._granted(),
            )
            return
        case.check_access("write")  # collectors read cases, legal officers act
        case._check_told(self.kind, self.amount)
        case._note(
            self.kind, self.on, self.summary or "", self.attachment_ids, details=self.details, amount=self.amount
        )
        case._refresh_balance(clock.today(self.env))
