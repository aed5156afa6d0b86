import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools import bulk, clock
from ...tools.formats import iban
from ...tools.iban import checked
from .recouvrement_einvoice_left_out import CHECKED

ACTS = ("account", "account_wait", "assign_named")
CONFIDENTIAL = "226"  # the buyer is not told of it: he goes on paying the seller
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
        self.write({"bank_id": False, "outcome": told})
        self._close_check(user, on)
        self.debtor_id.message_post(body=told)

    def _close_check(self, user, on):
        """A manager has looked: what was told before this message, of the same invoice, is settled too; what else was
        told of it goes on leaving it out."""
        before = [
            ("move_id", "=", self.move_id.id),
            ("issued_at", "<=", self.issued_at),
            ("bank_checked_on", "=", False),
        ]
        settled = self | self.search([*before, ("status_id.act", "in", ACTS)])
        settled.write({"bank_checked_by_id": user.id, "bank_checked_on": on})
        settled.exclusion_id.filtered(lambda exclusion: not exclusion.lifted_on)._lift(on, user)
        self._hold_again(on)

    def _act_account_wait(self, on):
        """Leave the invoice alone until a manager has checked the account, unless it was taken back since."""
        since = [("move_id", "=", self.move_id.id), ("issued_at", ">", self.issued_at), ("state", "=", "done")]
        if self.search_count([*since, ("status_id.act", "in", (*ACTS, "take_back"))], limit=1):
            return self.env._("A later message was acted on already.")
        self._call_person(self.env._("Check the new account to pay of %s", self.number), on)
        return self._account_words(self._leave_out(on))

    def _account_words(self, left_out):
        return self.env._("A manager is to check the new account; until then nothing is claimed. %s", left_out)

    def _act_assign_named(self, on):
        """Letters name the factor once a manager has checked its account: who can forge a message names himself."""
        self._call_person(self.env._("Check the account of the factor of %s", self.number), on)
        left_out = self._leave_out(on)
        return self.env._(
            "A manager is to check the account of the factor; until then nothing is claimed. %s", left_out
        )

    def _set_account(self, bank, user, on):
        """This account was checked: it is the one to pay from now on, and the invoice is claimed again."""
        told = self.env._("Account to pay for %(invoice)s: %(iban)s", invoice=self.number, iban=bank.acc_number)
        self.write({"bank_id": bank.id, "outcome": told})
        self._close_check(user, on)
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
                   AND (s.act = 'take_back' OR s.act = ANY(%s) AND e.bank_id IS NOT NULL)
              ORDER BY e.move_id, e.issued_at DESC, e.id DESC
                """,
                bulk.any_of(move_ids),
                list(ACTS),
            )
        )
        return {move_id: bank_id for move_id, bank_id in rows if bank_id}

    @api.model
    def _accounts_to_check(self, move_ids):
        """The ids of the invoices of which another account was told, that no manager has looked at yet."""
        mine = [("move_id", "in", list(move_ids))]
        waiting = self.search([*mine, ("status_id.act", "in", CHECKED), ("bank_checked_on", "=", False)])
        return set(waiting._not_taken_back().move_id.ids)

    def _not_taken_back(self):
        """Of these messages, those after which no other said that the invoice is no longer assigned."""
        if not self:
            return self
        mine = [("move_id", "in", self.move_id.ids), ("status_id.act", "=", "take_back")]
        back = dict(self._read_group(mine, ["move_id"], ["issued_at:max"]))
        return self.filtered(lambda one: one.issued_at > back.get(one.move_id, one.create_date.min))

    @api.model
    def _assigned(self, move_ids):
        """The ids of the invoices that were assigned to a factor, as their debtors were told."""
        acts = [("status_id.act", "in", ("assign", "assign_named")), ("status_code", "!=", CONFIDENTIAL)]
        told = self.search([("move_id", "in", list(move_ids)), *acts])._not_taken_back()
        # One that a manager looked at, and that has no account, is refused: or settled by a later one, which has.
        return set(told.filtered(lambda one: one.bank_id or not one.bank_checked_on).move_id.ids)

    @api.model
    def _paid_elsewhere(self, move_ids):
        """The ids of the invoices that are not to be paid to the company's own means of payment: another account was
        told, or they are a factor's. Who pays the former creditor may have to pay again."""
        ids = list(move_ids)
        return self._accounts_to_check(ids) | self._accounts_told(ids).keys() | self._assigned(ids)

    @api.model
    def _factors_named(self, move_ids):
        """The ids of the invoices whose letters name the factor that is to be paid."""
        named = self.search([("move_id", "in", list(move_ids)), ("status_id.act", "=", "assign_named")])
        return set(named.filtered("bank_checked_on")._not_taken_back().move_id.ids)


class RecouvrementLetter(models.AbstractModel):
    _inherit = "recouvrement.letter"

    @api.model
    def _payloads(self, reminders, details, errors=None):
        moves = reminders.sudo().line_ids.move_id  # a collector reads neither bank accounts nor every message
        events = self.env["recouvrement.einvoice.event"].sudo()  # as above
        told, named = events._accounts_told(moves.ids), events._factors_named(moves.ids)
        letters = self.with_context(accounts_told=told, factors_named=named)  # asked once, not once a letter
        return super(RecouvrementLetter, letters)._payloads(reminders, details, errors)

    @api.model
    def _bank_for(self, move, company, default):
        """The account that was told to the debtor by his platform, and checked, wins over the one printed."""
        told = self.env.context.get("accounts_told", {}).get(move.id)
        # sudo: a collector reads no bank account
        return self.env["res.partner.bank"].browse(told).sudo() if told else super()._bank_for(move, company, default)

    @api.model
    def _payment(self, reminder, lines, reference, detail):
        """An account that is not the company's says whose it is, and, of invoices assigned to a factor, that only what
        is paid there discharges (C.civ 1324)."""
        payment = super()._payment(reminder, lines, reference, detail)
        told, named = self.env.context.get("accounts_told", {}), self.env.context.get("factors_named", ())
        own = reminder.company_id.partner_id.commercial_partner_id
        for account in payment["accounts"]:
            # sudo: a collector reads no bank account
            banks = self.env["res.partner.bank"].browse(told.values()).sudo()
            bank = banks.filtered(lambda one, account=account: iban(one.acc_number) == account["iban"])[:1]
            if bank and bank.partner_id.commercial_partner_id != own:
                account["holder"] = bank.acc_holder_name or bank.partner_id.name
            mine = [move.name for move in lines.move_id if move.id in named and told.get(move.id) in bank.ids]
            if mine and account.get("holder"):  # one that was refused may be followed by an account of the company
                account["words"] = self.env._(
                    "%(invoices)s: assigned to %(factor)s. Only what is paid to it on this account discharges you.",
                    invoices=", ".join(mine),
                    factor=bank.acc_holder_name or bank.partner_id.name,
                )
        if len(payment["accounts"]) == 1 and payment["accounts"][0].get("holder"):
            payment["holder"] = payment["accounts"][0]["holder"]  # said above it, in place of the company
        return payment


class AccountMove(models.Model):
    _inherit = "account.move"

    def _is_paid_elsewhere(self):
        # The question is where it is paid, not who reads it.
        return bool(self.env["recouvrement.einvoice.event"].sudo()._paid_elsewhere(self.ids))

    def _has_to_be_paid(self):
        """Not to the company's own provider, when another account is to be paid."""
        return super()._has_to_be_paid() and not self._is_paid_elsewhere()

    def _get_online_payment_error(self):
        error = super()._get_online_payment_error()
        if self._is_paid_elsewhere():
            return self.env._("This invoice is to be paid on another account than ours: please call us.")
        return error
