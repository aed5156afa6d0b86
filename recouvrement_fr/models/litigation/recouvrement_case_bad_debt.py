from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementCase(models.Model):
    """What the accounts say of a case: doubtful, impaired, lost; the debt stays visible whatever account it is on."""

    _inherit = "recouvrement.case"

    doubtful_amount = fields.Monetary(
        "Doubtful", compute="_compute_doubtful", help="What of its invoices stands in doubtful receivables (416)."
    )
    doubtful_ids = fields.One2many(  # as `case_id` is: a case may be confidential
        "recouvrement.doubtful",
        "case_id",
        "Doubtful receivables",
        readonly=True,
        groups="recouvrement_fr.group_recouvrement_legal",
    )
    write_off_ids = fields.One2many(
        "recouvrement.write.off",
        "case_id",
        "Write-offs",
        readonly=True,
        groups="recouvrement_fr.group_recouvrement_legal",
    )
    is_estimated = fields.Boolean(
        "Estimate its impairment", tracking=True, help="Instead of the rates of the company, for its invoices."
    )
    provision_rate = fields.Float(
        "Impairment (%)", digits=(5, 2), tracking=True, help="Of the price without VAT, at the next closing."
    )
    provision_note = fields.Char("Why", tracking=True, help="Read by the auditors.")
    impaired_amount = fields.Monetary(
        "Impairment booked", compute="_compute_impaired_amount", help="By posted provisions, in company currency."
    )

    @api.depends("move_ids")
    def _compute_doubtful(self):
        amounts = self.move_ids._doubtful_amounts()
        for case in self:
            case.doubtful_amount = sum(amounts.get(move.id, 0) for move in case.move_ids)

    @api.depends("move_ids")
    def _compute_impaired_amount(self):
        groups = (
            self.env["recouvrement.provision.line"]
            .sudo()  # a figure of the case, whoever reads it
            ._read_group(
                [("move_id", "in", self.move_ids.ids), ("state", "=", "posted")], ["move_id"], ["movement:sum"]
            )
        )
        amounts = dict(groups)
        for case in self:
            case.impaired_amount = sum(amounts.get(move, 0) for move in case.move_ids)

    @api.constrains("is_estimated", "provision_rate", "provision_note")
    def _check_provision_rate(self):
        for case in self:
            if not 0 <= case.provision_rate <= 100:
                raise ValidationError(self.env._("A rate is between 0 and 100 %."))
            if case.is_estimated and not (case.provision_note or "").strip():
                raise ValidationError(self.env._("Say why the impairment of %s is estimated.", case.name))
