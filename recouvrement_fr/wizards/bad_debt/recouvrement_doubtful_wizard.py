from odoo import api, fields, models
from odoo.fields import Command

from ...tools import clock
from .recouvrement_write_off_wizard import chosen


class RecouvrementDoubtfulWizard(models.TransientModel):
    """Move what is left of invoices to doubtful receivables, from a debtor's card, a case or the invoices."""

    _name = "recouvrement.doubtful.wizard"
    _description = "Move to Doubtful Receivables"
    _inherit = "recouvrement.dialog"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", related_sudo=False, string="Debtor's partner")
    case_id = fields.Many2one("recouvrement.case", readonly=True, groups="recouvrement_fr.group_recouvrement_legal")
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        required=True,
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', 'in', ('out_invoice', 'out_receipt')),"
        " ('state', '=', 'posted'), ('amount_residual', '>', 0)]",
    )
    reason = fields.Text(required=True, help="Why it is doubtful: read by auditors.")
    entry_date = fields.Date("Accounting date", required=True, default=lambda self: clock.today(self.env))

    @api.model
    def default_get(self, names):
        values = super().default_get(names) | chosen(self.env, lambda debtor: debtor._overdue_moves())
        if values.get("move_ids"):
            moves = self.env["account.move"].browse(values["move_ids"][0][2])
            values["move_ids"] = [Command.set(moves.filtered(lambda move: move.amount_residual > 0).ids)]
        return values

    def action_transfer(self):
        self.ensure_one()
        case = self.sudo().case_id  # given by the case itself; who may not see cases comes without one
        case.with_env(self.env).check_access("read")
        record = self.env["recouvrement.doubtful"]._transfer(
            self.debtor_id, self.move_ids, self.reason, entry_date=self.entry_date, case_id=case.id
        )
        return record._get_records_action()
