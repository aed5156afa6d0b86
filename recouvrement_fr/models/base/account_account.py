from odoo import api, models
from odoo.tools import ormcache

DECIDING = {"account_type", "non_trade", "company_ids", "active", "code", "code_store", "code_mapping_ids"}


class AccountAccount(models.Model):
    """Which accounts are collected is remembered by company: a change of the chart is known at once."""

    _inherit = "account.account"

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        self.env.registry.clear_cache()
        return accounts

    def write(self, vals):
        result = super().write(vals)
        if DECIDING & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @ormcache()
    def _recouvrement_every_till(self):
        """The ids of the accounts that points of sale pass through, of all companies: what they took is money."""
        # sudo: the chart is configuration, the same whoever asks
        roots = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        return tuple(sorted({account_id for root in roots for account_id in root._recouvrement_tills()}))
