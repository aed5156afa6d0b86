from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...rules import insolvency as rules
from ...rules.errors import RuleError
from ...tools import clock
from ..base.rule_words import said


class RecouvrementInsolvency(models.Model):
    """The deadlines of proceedings, and the declaration that meets the first of them."""

    _inherit = "recouvrement.insolvency"

    def _set_deadlines(self):
        names = {
            "declaration": self.env._("Declare the claim to the mandataire"),
            "terminated_contract_claim": self.env._("Declare what the terminated contract leaves due"),
            "relief_from_forclusion": self.env._("Ask for relief from foreclosure"),
            "revendication": self.env._("Claim the goods sold under reserve of title"),
            "contested_claim_answer": self.env._("Answer the mandataire who contests the claim"),
            "post_judgment_claim": self.env._("Tell the liquidator of the debts born since the judgment"),
        }
        delays = self.env["recouvrement.proceeding.delay"].sudo()._delays()  # the law, for whoever enters a judgment
        for record in self:
            found = {}
            if record.state == "open":
                try:
                    found = rules.creditor_deadlines(
                        record.kind,
                        record.judgment_on,
                        record.bodacc_on or None,
                        record.is_abroad,
                        record.contested_on or None,
                        record.has_reserve,
                        record._has_later(),
                        terminated_on=record.terminated_on or None,
                        delays=delays,
                    )
                except RuleError as error:
                    raise UserError(said(self.env, error)) from error
            if record.declared_on:
                found.pop("relief_from_forclusion", None)  # asked for by those who have not declared
            self.env["recouvrement.deadline"]._set(record, record.debtor_id, found, names)

    def action_declared(self):
        """The declaration was posted today: its proof and the very document are kept."""
        self.check_access("write")
        on = clock.today(self.env)
        for record in self:
            if record.declared_on:
                day = format_date(self.env, record.declared_on)
                raise UserError(self.env._("The claim was declared on %s: it does not change.", day))
            if not record.amount_total:
                raise UserError(self.env._("There is nothing to declare: refresh the claim."))
            record.sudo().write({"declared_on": on, "admission": "declared"})  # a button, not a field to type
            self.env["recouvrement.deadline"]._close(record, "declaration", on)
            record._set_deadlines()
            moves, items = record.claim_ids._debts()
            self.env["recouvrement.limitation.event"]._note(  # interrupts until the proceedings close (L622-25-1)
                record.debtor_id, moves, "insolvency_declaration", on, record, items=items
            )
