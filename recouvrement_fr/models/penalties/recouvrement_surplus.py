from decimal import Decimal

from odoo import api, models
from odoo.tools import format_amount

from ...ledger.cash import on_account
from ...rules.on_account import Account, Pledge
from ...tools import clock
from ..decision.recouvrement_pledge import shares


class RecouvrementAccessory(models.Model):
    """A debtor who pays what a letter asked for, principal and penalties, has paid the penalties: what he sent beyond
    the principal is kept for them, and reduces no other invoice, until they are invoiced or given up."""

    _inherit = "recouvrement.accessory"

    @api.model
    def _pledges(self, company, partner_ids, on):
        """[(commercial partner id, Pledge)] of the money on account that is, to the cent, what a letter claimed."""
        rows = self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", list(partner_ids)),
                ("state", "in", ("claimed", "invoiced")),
                ("reminder_id", "!=", False),
            ]
        )
        money = on_account(self.env, company, rows.partner_id.ids) if rows else {}
        found = []
        for reminder, mine in rows.grouped("reminder_id").items():
            claimed = Decimal(str(round(sum(mine.mapped("amount_left")), 6)))
            if claimed <= 0 or len(mine.currency_id) > 1:
                continue
            currency, partner = mine.currency_id, mine.partner_id[:1]
            principal = Decimal(str(round(sum(reminder.line_ids.move_id.mapped("amount_residual")), 6)))
            notes = mine.penalty_move_id.filtered(lambda note: note.state == "posted")
            for one in money[partner.id]:
                exact = one.amount in (claimed, claimed + principal)
                if exact and one.currency_id == currency.id and one.on >= min(mine.mapped("claimed_on")):
                    pledge = Pledge(
                        ("penalties", reminder.id),
                        frozenset(notes.ids),
                        currency.id,
                        claimed,
                        reminder.sent_date or on,
                        Account(on),
                        money={one.line_id: claimed},
                    )
                    found.append((partner.id, pledge))
                    break
        return found

    @api.model
    def _ask_to_settle(self, on):
        """Whoever follows the debtor is asked, once, to invoice the penalties that he has paid."""
        rows = self.search([("state", "=", "claimed"), ("reminder_id", "!=", False)])
        for company, members in rows.grouped("company_id").items():
            paid = shares(self.env, company, members.partner_id.ids, on)
            for debtor in members.debtor_id.filtered(lambda card, paid=paid: card.partner_id.id in paid):
                for share in paid[debtor.partner_id.id]:
                    if share.name[0] == "penalties":
                        self._ask_to_invoice(debtor, share)

    @api.model
    def _ask_to_invoice(self, debtor, share):
        reminder = self.env["recouvrement.reminder"].browse(share.name[1])
        summary = self.env._(
            "%(amount)s on account are the penalties claimed by %(letter)s: invoice them, the payment is then set "
            "against their debit note",
            amount=format_amount(self.env, float(share.amount), debtor.company_id.currency_id),
            letter=reminder.display_name,
        )
        if summary not in debtor.activity_ids.mapped("summary"):
            debtor.activity_schedule(
                "mail.mail_activity_data_todo", user_id=debtor._person_in_charge().id, summary=summary
            )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """A debit note of penalties that the debtor has paid is paid by that money."""
        posted = super()._post(soft=soft)
        penalties = self.env["recouvrement.accessory"].sudo()  # whoever posts may read none
        rows = penalties.search([("penalty_move_id", "in", posted.ids)])
        on = clock.today(self.env)
        for company, members in rows.grouped("company_id").items():
            for mine in shares(self.env, company, members.partner_id.ids, on).values():
                for share in mine:
                    note = (members.penalty_move_id & posted).filtered(lambda one, share=share: one.id in share.moves)
                    if share.name[0] == "penalties" and note:
                        owed = note.line_ids.filtered(
                            lambda item: item.account_type == "asset_receivable" and not item.reconciled
                        )
                        money = self.env["account.move.line"].browse(share.line_id)
                        left = sum(owed.mapped("amount_residual_currency"))
                        same = not note.currency_id.compare_amounts(left, float(share.amount))
                        if same and owed.account_id == money.account_id:
                            (owed | money).reconcile()
        return posted
