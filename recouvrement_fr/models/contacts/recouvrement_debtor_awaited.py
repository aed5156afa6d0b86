from odoo import api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

AWAITED = {  # who acts or answers next, for a reason: where nobody is named, the creditor's own people
    "promised": _lt("Debtor"),
    "in_plan": _lt("Debtor"),
    "delay": _lt("Debtor"),
    "recent_contact": _lt("Debtor"),
    "payment_pending": _lt("Bank"),
    "not_presented": _lt("Postal service"),
    "insolvent": _lt("Mandataire judiciaire"),
    "approval": _lt("Manager"),
    "case_proposal": _lt("Legal officer"),
    "prescribed": _lt("Legal officer"),
}


class RecouvrementDebtor(models.Model):
    """Who answers next of a debtor: itself, the bank, the insurer, a court, or somebody of the house."""

    _inherit = "recouvrement.debtor"

    awaited_from = fields.Char(compute="_compute_awaited_from", help="Whose answer or act is awaited.")

    @api.depends("reason_now")
    @api.depends_context("lang", "uid")
    def _compute_awaited_from(self):
        for debtor in self:
            found = debtor._awaited_of(debtor.reason_now) if debtor.reason_now else []
            debtor.awaited_from = ", ".join(dict.fromkeys(filter(None, found)))

    def _awaited_of(self, reason):
        """In words, those whose answer is awaited for that reason; for rooms to extend with whom they wait for."""
        found = [self.env._(AWAITED[reason])] if reason in AWAITED else []
        if reason == "disputed":
            contested = self.dispute_ids.filtered(lambda one: one.state in ("open", "escalated"))
            found += contested.resolver_id.mapped("name")
        called = self.guarantee_ids.filtered(lambda one: one.state == "called")
        # sudo: a name, for who may read no customer.
        found += [self.env._("%s (guarantee)", one.guarantor_id.sudo().name) for one in called if one.guarantor_id]
        return found
