from odoo import api, fields, models
from odoo.exceptions import AccessError

MANAGER = "recouvrement_fr.group_recouvrement_manager"
# What binds the manager himself stays an administrator's: who decides alone, up to which amount.
NAMES = (
    *("recouvrement_cutoff_date", "recouvrement_policy_id", "recouvrement_account_ids", "recouvrement_is_ei"),
    *("recouvrement_legal_form", "recouvrement_share_capital", "recouvrement_rcs_city", "recouvrement_signatory"),
    *("recouvrement_representative", "recouvrement_creditor_id", "recouvrement_carrier", "recouvrement_employees"),
    *("recouvrement_turnover", "recouvrement_profit", "recouvrement_bodacc_watch", "recouvrement_holidays"),
    *("recouvrement_email_lines", "recouvrement_night_cap", "recouvrement_halt_count", "recouvrement_halt_percent"),
    *("recouvrement_bank_guard_days", "recouvrement_gap_days", "recouvrement_forgotten_days"),
    *("recouvrement_sector", "recouvrement_end_of_month", "recouvrement_day_count", "recouvrement_imputation"),
    *("recouvrement_penalty_journal_id", "recouvrement_interest_account_id", "recouvrement_indemnity_account_id"),
    *("recouvrement_penalty_followup", "recouvrement_penalty_years", "recouvrement_waive_limit"),
    *("recouvrement_print_mentions", "recouvrement_anonymisation", "recouvrement_archived_notices"),
    "recouvrement_bill_account_ids",
)


class RecouvrementSettings(models.TransientModel):
    """The settings of collection for a credit manager, who needs no right on the settings of Odoo.

    What is changed here is written on the company, and those fields alone; the company's history says who and what.
    """

    _name = "recouvrement.settings"
    _description = "Settings of Debt Collection"
    _inherit = ["recouvrement.dialog", "recouvrement.settings.fields"]

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company.root_id
    )
    recouvrement_print_mentions = fields.Boolean(related="company_id.recouvrement_print_mentions", readonly=False)
    recouvrement_anonymisation = fields.Selection(related="company_id.recouvrement_anonymisation", readonly=False)

    @api.depends("company_id")
    def _compute_display_name(self):
        for settings in self:
            settings.display_name = self.env._("Settings of %s", settings.company_id.name)

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create([self._own(vals) for vals in vals_list])
        for dialog, vals in zip(dialogs, vals_list, strict=True):
            dialog._apply(vals)
        return dialogs

    def write(self, vals):
        for dialog in self:
            dialog._apply(vals)
        return super().write(self._own(vals))

    @api.model
    def _own(self, vals):
        return {name: value for name, value in vals.items() if name not in NAMES}

    def _apply(self, vals):
        """Write what changed on the company."""
        changed = {name: value for name, value in vals.items() if name in NAMES}
        if not changed:
            return
        self._check_given(changed)
        if not self.env.su and not (self.env.user.has_group(MANAGER) and self.company_id in self.env.companies):
            raise AccessError(self.env._("Only a credit manager of the company changes the settings of collection."))
        self.company_id.sudo().write(changed)  # these fields alone: a manager does not write companies

    def action_save(self):
        """What was typed is written already."""
        self.check_access("write")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": self.env._("The settings are kept."), "type": "success"},
        }
