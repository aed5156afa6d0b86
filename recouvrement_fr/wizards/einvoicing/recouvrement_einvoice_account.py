from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import clock
from ...tools.iban import checked


class RecouvrementEinvoiceAccount(models.TransientModel):
    """Write the account that an invoice is to be paid on, once a person has checked it."""

    _name = "recouvrement.einvoice.account"
    _description = "Account to Pay"
    _inherit = "recouvrement.dialog"

    event_id = fields.Many2one("recouvrement.einvoice.event", required=True, ondelete="cascade")
    said = fields.Text(related="event_id.details")
    payee_name = fields.Char(related="event_id.payee_name")
    iban = fields.Char("IBAN", required=True, compute="_compute_iban", precompute=True, store=True, readonly=False)
    bic = fields.Char("BIC")
    partner_id = fields.Many2one(
        "res.partner", "Holder", required=True, compute="_compute_iban", precompute=True, store=True, readonly=False
    )
    is_checked = fields.Boolean(
        "I have checked this account", help="With the new creditor, at a number known before: messages can be forged."
    )

    @api.depends("event_id")
    def _compute_iban(self):
        for dialog in self:
            dialog.iban = dialog.event_id._told_iban() if dialog.event_id else False
            dialog.partner_id = dialog._holder()

    def _holder(self):
        """Whose account it is: the creditor that the message names, where it is a known contact, else one to choose;
        without a name, the company itself."""
        name = self.event_id.payee_name
        if not name:
            return self.event_id.company_id.sudo().partner_id  # its own company, whoever looks
        domain = [("name", "=ilike", name), ("is_company", "=", True)]
        found = self.env["res.partner"].search(domain, limit=2)
        return found if len(found) == 1 else found.browse()

    def action_confirm(self):
        """The account is shown to the debtor from now on.

        :raises UserError: nobody checked it, or the number is wrong
        """
        self.ensure_one()
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_manager"):
            raise AccessError(self.env._("An account to pay is checked by a manager of collection."))
        if not self.is_checked:
            raise UserError(self.env._("Check the account first, by another way than this message."))
        self.event_id._check_tells_account()
        # A manager of collection writes no bank account; the event is evidence, written by the add-on alone.
        self.event_id.sudo()._set_account(self.sudo()._bank(), self.env.user, clock.today(self.env))
        return {"type": "ir.actions.act_window_close"}

    def _bank(self):
        """The bank account of the holder with that number, made if there is none.

        :raises UserError: the number is no IBAN
        """
        number = checked(self.iban)
        if not number:
            raise UserError(self.env._("“%s” is not a valid IBAN.", self.iban))
        banks = self.env["res.partner.bank"]
        found = banks.search(
            [
                ("sanitized_acc_number", "=", number),
                ("partner_id", "child_of", self.partner_id.commercial_partner_id.id),
            ],
            limit=1,
        )
        if found:
            return found
        bic = (self.bic or "").replace(" ", "").upper()
        bank = self.env["res.bank"].search([("bic", "=", bic)], limit=1) if bic else self.env["res.bank"]
        if bic and not bank:
            bank = bank.create({"name": bic, "bic": bic})
        return banks.create({"acc_number": number, "partner_id": self.partner_id.id, "bank_id": bank.id})
