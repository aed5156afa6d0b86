from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.regime import regime_of
from ...tools import clock


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    payer_ids = fields.One2many("recouvrement.payer.profile", "debtor_id", "Profile of its payments")
    payer_sentence = fields.Char("How it pays", compute="_compute_payer_sentence")
    may_be_profiled = fields.Boolean(compute="_compute_may_be_profiled")

    @api.depends("payer_ids.computed_on")
    @api.depends_context("lang")
    def _compute_payer_sentence(self):
        for debtor in self:
            debtor.payer_sentence = debtor.may_be_profiled and debtor.payer_ids.sentence

    @api.depends("debtor_type", "partner_id.is_company")
    def _compute_may_be_profiled(self):
        for debtor in self:
            debtor.may_be_profiled = debtor.partner_id.is_company and regime_of(debtor.debtor_type).may_be_profiled

    def action_open_profile(self):
        """The profile of this payer, made on the spot when there is none yet."""
        self.ensure_one()
        self.check_access("read")
        if not self.may_be_profiled:
            raise UserError(
                self.env._(
                    "The payments of a person are not weighed up, nor those of a debtor whose type nobody has chosen."
                )
            )
        profiles = self.env["recouvrement.payer.profile"]
        if not self.payer_ids:
            profiles.sudo()._make(self, clock.today(self.env))  # computed, never typed
            self.invalidate_recordset(["payer_ids"])
        return self.payer_ids._get_records_action(name=self.env._("Payer profile"))

    def _move_evidence(self, kept):
        """Of merged debtors one profile stays, and is made again: their payments are one's now."""
        # sudo: computed, written and made again by the machine alone.
        self.env["recouvrement.payer.profile"].sudo().search([("debtor_id", "in", (self | kept).ids)]).unlink()
        return super()._move_evidence(kept)
