from odoo import fields, models
from odoo.exceptions import UserError

from ...models.litigation.recouvrement_case_piece import KINDS
from ...tools import clock


class RecouvrementCaseAddPieces(models.TransientModel):
    """Files of the computer added to the pieces of a case."""

    _name = "recouvrement.case.add.pieces"
    _description = "Add Pieces to a Case"
    _inherit = "recouvrement.dialog"

    case_id = fields.Many2one(
        "recouvrement.case", required=True, readonly=True, default=lambda self: self._given("recouvrement.case")[:1]
    )
    kind = fields.Selection(KINDS, required=True, default="other")
    title = fields.Char(help="Empty: the name of each file.")
    date = fields.Date(help="Of the document itself.")
    attachment_ids = fields.Many2many("ir.attachment", string="Files", required=True)

    def action_add(self):
        self.ensure_one()
        if not self.attachment_ids:
            raise UserError(self.env._("Choose at least one file."))
        self.attachment_ids.check_access("read")
        case = self.case_id._to_write_pieces()
        several = len(self.attachment_ids) > 1
        found = []
        for place, file in enumerate(self.attachment_ids.sudo(), start=1):  # read by right, just above
            title = self.title or file.name.rpartition(".")[0] or file.name
            if self.title and several:
                title += f" ({place})"
            found.append(case._of_file(file, self.kind, title, self.date or None)._replace(key=""))
        case.env["recouvrement.case.piece"]._take(case, found, clock.today(self.env))
        case._number_pieces()
        return {"type": "ir.actions.act_window_close"}
