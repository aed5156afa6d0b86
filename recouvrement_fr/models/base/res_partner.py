from odoo import api, models

from .res_company_accounts import RECEIVABLE


class ResPartner(models.Model):
    """A customer who owes on the account of the tills makes it one that is collected: known at once."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        self._recouvrement_owe_on({vals.get(RECEIVABLE) for vals in vals_list})
        return partners

    def write(self, vals):
        if RECEIVABLE not in vals:
            return super().write(vals)
        before = self.mapped(RECEIVABLE).ids
        result = super().write(vals)
        self._recouvrement_owe_on({*before, vals[RECEIVABLE]})
        return result

    @api.model
    def _recouvrement_owe_on(self, account_ids):
        """Forget which accounts are collected where one of these is that of the tills of a company."""
        given = [account_id for account_id in account_ids if account_id]
        # sudo: whoever writes a partner reads no settings
        companies = self.env["res.company"].sudo()
        if given and companies.search_count([("account_default_pos_receivable_account_id", "in", given)], limit=1):
            self.env.registry.clear_cache()
