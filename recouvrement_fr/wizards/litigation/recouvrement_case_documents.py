from odoo import api, fields, models
from odoo.fields import Command

from ...models.litigation.recouvrement_case_documents import ACTS
from ...tools import clock


class RecouvrementCaseDocuments(models.TransientModel):
    """What a case can write, what its procedure asks for first; one click drafts each."""

    _name = "recouvrement.case.documents"
    _description = "Documents of a Case"
    _inherit = "recouvrement.dialog"

    case_id = fields.Many2one("recouvrement.case", required=True, readonly=True)
    line_ids = fields.One2many("recouvrement.case.documents.line", "dialog_id", compute="_compute_line_ids", store=True)

    @api.depends("case_id")
    def _compute_line_ids(self):
        for dialog in self:
            case = dialog.case_id
            drafted = self.env["recouvrement.document"]._read_group(
                [("res_model", "=", case._name), ("res_id", "=", case.id), ("state", "!=", "cancelled")],
                ["template"],
                ["__count"],
            )
            counts = dict(drafted)
            lines = [
                {
                    "code": code,
                    "name": act.title,
                    "is_asked": case._belongs(act),
                    "missing": case._missing_for(act),
                    "count": counts.get(f"recouvrement_fr.{act.template}", 0),
                }
                for code, act in ACTS.items()
                if code != "third_party" or case.company_id.recouvrement_creditor_id
            ]
            lines.sort(key=lambda line: not line["is_asked"])  # a stable sort: each half keeps the order of writing
            dialog.line_ids = [Command.clear(), *(Command.create(line) for line in lines)]


class RecouvrementCaseDocumentsLine(models.TransientModel):
    _name = "recouvrement.case.documents.line"
    _description = "Document a Case Can Draft"
    _inherit = "recouvrement.dialog"

    dialog_id = fields.Many2one("recouvrement.case.documents", required=True, ondelete="cascade")
    code = fields.Char(required=True)
    name = fields.Char("Document")
    is_asked = fields.Boolean("For this procedure")
    missing = fields.Char("To be entered first")
    count = fields.Integer("Drafted")

    def action_draft(self):
        """Draft it and open the draft."""
        self.ensure_one()
        return self.dialog_id.case_id._draft_act(self.code, clock.today(self.env))._get_records_action()
