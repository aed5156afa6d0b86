from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recouvrement_bad_debt_journal_id = fields.Many2one(
        related="company_id.root_id.recouvrement_bad_debt_journal_id", readonly=False
    )
    recouvrement_doubtful_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_doubtful_account_id", readonly=False
    )
    recouvrement_loss_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_loss_account_id", readonly=False
    )
    recouvrement_loss_prior_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_loss_prior_account_id", readonly=False
    )
    recouvrement_impairment_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_impairment_account_id", readonly=False
    )
    recouvrement_allowance_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_allowance_account_id", readonly=False
    )
    recouvrement_release_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_release_account_id", readonly=False
    )
    recouvrement_small_loss_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_small_loss_account_id", readonly=False
    )
    recouvrement_small_gain_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_small_gain_account_id", readonly=False
    )
    recouvrement_recovered_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_recovered_account_id", readonly=False
    )
    recouvrement_legal_fee_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_legal_fee_account_id", readonly=False
    )
    recouvrement_legal_cost_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_legal_cost_account_id", readonly=False
    )
    recouvrement_bad_debt_vat_account_id = fields.Many2one(
        related="company_id.root_id.recouvrement_bad_debt_vat_account_id", readonly=False
    )
    recouvrement_bad_debt_vat_tag_ids = fields.Many2many(
        related="company_id.root_id.recouvrement_bad_debt_vat_tag_ids", readonly=False
    )
    recouvrement_write_off_own_limit = fields.Monetary(
        related="company_id.root_id.recouvrement_write_off_own_limit", readonly=False
    )
    recouvrement_small_balance = fields.Monetary(
        related="company_id.root_id.recouvrement_small_balance", readonly=False
    )
    recouvrement_small_balance_days = fields.Integer(
        related="company_id.root_id.recouvrement_small_balance_days", readonly=False
    )
