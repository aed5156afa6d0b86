from odoo import fields, models


class RecouvrementSettingsFields(models.AbstractModel):
    """The settings of a company that an administrator and a credit manager both see, each in a form of their own."""

    _name = "recouvrement.settings.fields"
    _description = "Settings of Debt Collection, Wherever They Are Shown"

    # A branch is collected with its root, whose settings these are.
    company_id = fields.Many2one("res.company")
    currency_id = fields.Many2one(related="company_id.currency_id")
    recouvrement_cutoff_date = fields.Date(related="company_id.root_id.recouvrement_cutoff_date", readonly=False)
    recouvrement_policy_id = fields.Many2one(related="company_id.root_id.recouvrement_policy_id", readonly=False)
    recouvrement_account_ids = fields.Many2many(related="company_id.root_id.recouvrement_account_ids", readonly=False)
    recouvrement_bill_account_ids = fields.Many2many(
        related="company_id.root_id.recouvrement_bill_account_ids", readonly=False
    )
    recouvrement_legal_form = fields.Char(related="company_id.root_id.recouvrement_legal_form", readonly=False)
    recouvrement_share_capital = fields.Monetary(
        related="company_id.root_id.recouvrement_share_capital", readonly=False
    )
    recouvrement_rcs_city = fields.Char(related="company_id.root_id.recouvrement_rcs_city", readonly=False)
    recouvrement_is_ei = fields.Boolean(related="company_id.root_id.recouvrement_is_ei", readonly=False)
    recouvrement_bodacc_watch = fields.Boolean(related="company_id.root_id.recouvrement_bodacc_watch", readonly=False)
    recouvrement_employees = fields.Integer(related="company_id.root_id.recouvrement_employees", readonly=False)
    recouvrement_turnover = fields.Float(related="company_id.root_id.recouvrement_turnover", readonly=False)
    recouvrement_profit = fields.Float(related="company_id.root_id.recouvrement_profit", readonly=False)
    recouvrement_signatory = fields.Char(related="company_id.root_id.recouvrement_signatory", readonly=False)
    recouvrement_representative = fields.Char(related="company_id.root_id.recouvrement_representative", readonly=False)
    recouvrement_creditor_id = fields.Many2one(related="company_id.root_id.recouvrement_creditor_id", readonly=False)
    recouvrement_carrier = fields.Selection(related="company_id.root_id.recouvrement_carrier", readonly=False)
    recouvrement_archived_notices = fields.Boolean(
        related="company_id.root_id.recouvrement_archived_notices", readonly=False
    )
    recouvrement_night_cap = fields.Integer(related="company_id.root_id.recouvrement_night_cap", readonly=False)
    recouvrement_halt_count = fields.Integer(related="company_id.root_id.recouvrement_halt_count", readonly=False)
    recouvrement_halt_percent = fields.Integer(related="company_id.root_id.recouvrement_halt_percent", readonly=False)
    recouvrement_bank_guard_days = fields.Integer(
        related="company_id.root_id.recouvrement_bank_guard_days", readonly=False
    )
    recouvrement_gap_days = fields.Integer(related="company_id.root_id.recouvrement_gap_days", readonly=False)
    recouvrement_forgotten_days = fields.Integer(
        related="company_id.root_id.recouvrement_forgotten_days", readonly=False
    )
    recouvrement_email_lines = fields.Integer(related="company_id.root_id.recouvrement_email_lines", readonly=False)
    recouvrement_holidays = fields.Selection(related="company_id.root_id.recouvrement_holidays", readonly=False)
    recouvrement_day_count = fields.Selection(related="company_id.root_id.recouvrement_day_count", readonly=False)
    recouvrement_imputation = fields.Selection(related="company_id.root_id.recouvrement_imputation", readonly=False)
    recouvrement_sector = fields.Selection(related="company_id.root_id.recouvrement_sector", readonly=False)
    recouvrement_end_of_month = fields.Selection(related="company_id.root_id.recouvrement_end_of_month", readonly=False)
    recouvrement_penalty_journal_id = fields.Many2one(
        related="company_id.root_id.recouvrement_penalty_journal_id", readonly=False
    )
    recouvrement_interest_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_interest_account_id", readonly=False
    )
    recouvrement_indemnity_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_indemnity_account_id", readonly=False
    )
    recouvrement_penalty_followup = fields.Boolean(
        related="company_id.root_id.recouvrement_penalty_followup", readonly=False
    )
    recouvrement_penalty_years = fields.Integer(related="company_id.root_id.recouvrement_penalty_years", readonly=False)
    recouvrement_waive_limit = fields.Monetary(related="company_id.root_id.recouvrement_waive_limit", readonly=False)
