from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    recouvrement_case_ids = fields.Many2many(
        "recouvrement.case",
        "recouvrement_case_move_rel",
        "move_id",
        "case_id",
        "Litigation cases",
        readonly=True,
        copy=False,
        groups="recouvrement_fr.group_recouvrement_user",
    )

    def action_open_recouvrement_cases(self):
        """The litigation cases of this invoice."""
        self.env["recouvrement.case"].check_access("read")
        return self.recouvrement_case_ids._get_records_action(name=self.env._("Litigation cases"))
