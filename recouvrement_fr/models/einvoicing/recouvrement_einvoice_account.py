import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools import bulk, clock
from ...tools.formats import iban
from ...tools.iban import checked

ACTS = ("account", "account_wait")
IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?:[ \u00a0]?[A-Z0-9]{1,4}){3,8}\b")


class RecouvrementEinvoiceEvent(models.Model):
    """Another account to pay (227): once a person has checked it, letters and the debtor's page show it.

    A message alone changes no account: who can forge one could have the debtors pay him. Nor is the usual one shown
    meanwhile: who was told of an assignment and pays the former creditor may have to pay again (C.mon.fin. L313-28,
    C.civ 1324). So the invoice is left alone until a manager has looked, which he is asked to do within days; whether
    it is, is the act of the status, that a manager chooses. An account that was checked holds for its invoice until
    another one is told and checked, or the invoice is no longer assigned (228).
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
        self._check_tells_account()
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_einvoice_account_action")
        return {**action, "context": {"default_event_id": self.id}}

    def _check_tells_account(self):
        """:raises UserError: the message tells of no other account to pay, or of no invoice"""
        if self.act not in ACTS or not self.move_id:
            raise UserError(self.env._("This message tells of no other account to pay."))

    def action_refuse_account(self):
        """A manager asked: the account has not changed, and the invoice is claimed again on the usual one.

        :raises AccessError: he is no manager of collection
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_manager"):
            raise AccessError(self.env._("An account to pay is checked by a manager of collection."))
        self._check_tells_account()
        self.sudo()._refuse_account(self.env.user, clock.today(self.env))  # evidence, written by the add-on alone

    def _refuse_account(self, user, on):
        told = self.env._("%(user)s checked: the account to pay for %(invoice)s has not changed.")
        told = told % {"user": user.name, "invoice": self.number}
        self.write({"bank_id": False, "bank_checked_by_id": user.id, "bank_checked_on": on, "outcome": told})
        self.exclusion_id.filtered(lambda exclusion: not exclusion.lifted_on)._lift(on, user)
        self.debtor_id.message_post(body=told)

    def _act_account_wait(self, on):
        """Leave the invoice alone until a manager has checked the account, unless it was taken back since."""
        since = [("move_id", "=", self.move_id.id), ("issued_at", ">", self.issued_at), ("state", "=", "done")]
        if self.search_count([*since, ("status_id.act", "in", (*ACTS, "take_back"))], limit=1):
            return self.env._("A later message was acted on already.")
        self._call_person(self.env._("Check the new account to pay of %s", self.number), on)
        left_out = self._leave_out(self.env._("Another account to pay, to be checked"), on)
        return self.env._("A manager is to check the new account; until then nothing is claimed. %s", left_out)

    def _set_account(self, bank, user, on):
        """This account was checked: it is the one to pay from now on, and the invoice is claimed again."""
        self.write({"bank_id": bank.id, "bank_checked_by_id": user.id, "bank_checked_on": on})
        told = self.env._("Account to pay for %(invoice)s: %(iban)s", invoice=self.number, iban=bank.acc_number)
        self.write({"outcome": told})
        self.exclusion_id.filtered(lambda exclusion: not exclusion.lifted_on)._lift(on, user)
        self.move_id.message_post(body=told)
        self.debtor_id.message_post(body=told)

    @api.model
    def _accounts_told(self, move_ids):
        """{move id: id of the bank account to pay} of the invoices for which another one was told and checked."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (e.move_id) e.move_id, CASE WHEN s.act <> 'take_back' THEN e.bank_id END
                  FROM recouvrement_einvoice_event e
                  JOIN recouvrement_einvoice_status s ON s.id = e.status_id
                 WHERE e.move_id = %s
                   AND (s.act = 'take_back' OR s.act IN ('account', 'account_wait') AND e.bank_id IS NOT NULL)
              ORDER BY e.move_id, e.issued_at DESC, e.id DESC
                """,
                bulk.any_of(move_ids),
            )
        )
        return {move_id: bank_id for move_id, bank_id in rows if bank_id}

    @api.model
    def _accounts_to_check(self, move_ids):
        """The ids of the invoices of which another account was told, that no manager has looked at yet."""
        mine = [("move_id", "in", list(move_ids))]
        waiting = self.search([*mine, ("status_id.act", "=", "account_wait"), ("bank_checked_on", "=", False)])
        if not waiting:
            return set()
        groups = self._read_group([*mine, ("status_id.act", "=", "take_back")], ["move_id"], ["issued_at:max"])
        back = {move.id: moment for move, moment in groups}
        return {one.move_id.id for one in waiting if one.issued_at > back.get(one.move_id.id, one.create_date.min)}


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
