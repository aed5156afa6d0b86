from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

FEES = ("lawyer", "agency", "expert")  # honoraires; the rest are frais d'actes et de contentieux


class RecouvrementCaseCost(models.Model):
    _inherit = "recouvrement.case.cost"

    def action_draft_bill(self):
        """A draft vendor bill of this cost, linked to it, for whoever enters bills to complete with VAT and post."""
        self.ensure_one()
        self.check_access("write")
        if self.bill_id:
            raise UserError(self.env._("This cost has its bill already: %s.", self.bill_id.display_name))
        if not self.partner_id or self.state != "incurred" or not self.amount:
            raise UserError(self.env._("A bill needs who is paid, an amount, and a cost that was incurred."))
        company = self.company_id
        account = company._recouvrement_bad_debt_account("legal_fees" if self.kind in FEES else "legal_costs")
        self.sudo().bill_id = (  # a legal officer reads accounting: this draft is the one bill he makes
            self.env["account.move"]
            .sudo()
            .with_company(company)
            .create(
                {
                    "move_type": "in_invoice",
                    "company_id": company.id,
                    "partner_id": self.partner_id.id,
                    "invoice_date": self.date,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": self.name,  # not the case, which may be confidential: it leads to its bill
                                "price_unit": self.amount,
                                "account_id": account.id,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )
        return self.bill_id._get_records_action()
