import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import bulk
from ...tools.formats import iban
from ...tools.iban import checked

IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?:[ \u00a0]?[A-Z0-9]{1,4}){3,8}\b")


class RecouvrementEinvoiceEvent(models.Model):
    """Another account to pay (227): once a person has checked it, letters and the debtor's page show it.

    A message alone changes no account: who can forge one could have the debtors pay him. It holds for its invoice
    until another account is told and checked, or the invoice is no longer assigned (228).
    """

    _inherit = "recouvrement.einvoice.event"

    act = fields.Selection(related="status_id.act")
    bank_id = fields.Many2one(
        "res.partner.bank", "Account to pay", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    bank_checked_by_id = fields.Many2one("res.users", "Account checked by", readonly=True, ondelete="restrict")
    bank_checked_on = fields.Date("Account checked on", readonly=True)

    def _told_iban(self):
        """The account number that the words of the message hold, if there is a valid one; to be checked by a person."""
        for found in IBAN.finditer(self.details or ""):
            written = found[0].replace("\u00a0", " ")
            while written:
                if checked(written):
                    return iban(written).replace("\u00a0", " ")
                written = written.rpartition(" ")[0]  # a word in capitals may follow the number
        return ""

    def action_check_account(self):
        """Open the dialog in which a manager writes the account that he checked."""
        self.ensure_one()
        self.check_access("read")
        if self.act != "account" or not self.move_id:
            raise UserError(self.env._("This message tells of no other account to pay."))
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_einvoice_account_action")
        return {**action, "context": {"default_event_id": self.id}}

    def _set_account(self, bank, user, on):
        """This account was checked: it is the one to pay from now on."""
        self.write({"bank_id": bank.id, "bank_checked_by_id": user.id, "bank_checked_on": on})
        told = self.env._("Account to pay for %(invoice)s: %(iban)s", invoice=self.number, iban=bank.acc_number)
        self.write({"outcome": told})
        self.move_id.message_post(body=told)
        self.debtor_id.message_post(body=told)

    @api.model
    def _accounts_told(self, move_ids):
        """{move id: id of the bank account to pay} of the invoices for which another one was told and checked."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (e.move_id) e.move_id, CASE WHEN s.act = 'account' THEN e.bank_id END
                  FROM recouvrement_einvoice_event e
                  JOIN recouvrement_einvoice_status s ON s.id = e.status_id
                 WHERE e.move_id = %s AND (s.act = 'take_back' OR s.act = 'account' AND e.bank_id IS NOT NULL)
              ORDER BY e.move_id, e.issued_at DESC, e.id DESC
                """,
                bulk.any_of(move_ids),
            )
        )
        return {move_id: bank_id for move_id, bank_id in rows if bank_id}


class RecouvrementLetter(models.AbstractModel):
    _inherit = "recouvrement.letter"

    @api.model
    def _payloads(self, reminders, details, errors=None):
        moves = reminders.sudo().line_ids.move_id  # a collector reads neither bank accounts nor every message
        told = self.env["recouvrement.einvoice.event"].sudo()._accounts_told(moves.ids)
        letters = self.with_context(accounts_told=told)  # asked once, not once a letter
        return super(RecouvrementLetter, letters)._payloads(reminders, details, errors)

    @api.model
    def _bank_for(self, move, company, default):
        """The account that was told to the debtor by his platform, and checked, wins over the one printed."""
        told = self.env.context.get("accounts_told", {}).get(move.id)
        # sudo: a collector reads no bank account
        return self.env["res.partner.bank"].browse(told).sudo() if told else super()._bank_for(move, company, default)
