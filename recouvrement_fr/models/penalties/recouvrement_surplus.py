from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount

from ...ledger.cash import on_account
from ...rules.on_account import Account, Pledge
from ...tools import clock
from ...tools.formats import exact
from ..decision.recouvrement_pledge import shares

TASK = "recouvrement_fr.mail_activity_type_penalties_paid"  # on the debtor's card


class RecouvrementAccessory(models.Model):
    """A debtor who pays what a letter asked for, principal and penalties, has paid the penalties: what he sent beyond
    the principal is kept for them, and reduces no other invoice, until they are invoiced or given up."""

    _inherit = "recouvrement.accessory"

    @api.model
    def _pledges(self, company, partner_ids, on):
        """[(commercial partner id, Pledge)] of the money on account that is, to the cent, what a letter claimed in one
        of its currencies: the penalties alone, or with the principal it asked for."""
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
        for (reminder, currency), mine in rows.grouped(lambda row: (row.reminder_id, row.currency_id)).items():
            claimed, partner = exact(sum(mine.mapped("amount_left"))), mine.partner_id[:1]
            if claimed <= 0:
                continue
            notes = mine.penalty_move_id.filtered(lambda note: note.state == "posted")
            amounts = {claimed, *(claimed + principal for principal in _principals(reminder, currency))}
            since = min(mine.mapped("claimed_on"))
            for one in money[partner.id]:
                if one.amount in amounts and one.currency_id == currency.id and one.on >= since:
                    pledge = Pledge(
                        ("penalties", reminder.id, currency.id),
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
    def _paid_shares(self, company, partner_ids, on):
        """{commercial partner id: [Share]} of the money on account that is for penalties."""
        found = shares(self.env, company, partner_ids, on)
        mine = {partner: [one for one in members if one.name[0] == "penalties"] for partner, members in found.items()}
        return {partner: members for partner, members in mine.items() if members}

    def _of_share(self, share):
        """The claimed rows that a Share of money on account pays."""
        _kind, reminder_id, currency_id = share.name
        return self.search(
            [("state", "=", "claimed"), ("reminder_id", "=", reminder_id), ("currency_id", "=", currency_id)]
        )

    @api.model
    def _ask_to_settle(self, on):
        """Whoever follows the debtor is asked, once, to invoice the penalties that he has paid; a debit note that
        waited for that money takes it. A task that nothing calls for any more goes."""
        rows = self.search([("state", "in", ("claimed", "invoiced")), ("reminder_id", "!=", False)])
        asked = self.env["mail.activity"].search([("activity_type_id", "=", self.env.ref(TASK).id)])
        wanted = {}
        for company, members in rows.grouped("company_id").items():
            paid = self._paid_shares(company, members.partner_id.ids, on)
            members.penalty_move_id._take_penalty_money(paid)
            for debtor in members.debtor_id.filtered(lambda card, paid=paid: card.partner_id.id in paid):
                for share in paid[debtor.partner_id.id]:
                    if self._of_share(share):
                        mark = " ".join(map(str, (*share.name, float(share.amount))))
                        wanted[debtor, mark] = self._paid_in_words(share)
        asked.filtered(
            lambda task: (self.env["recouvrement.debtor"].browse(task.res_id), task.recouvrement_mark) not in wanted
        ).unlink()
        known = {(task.res_id, task.recouvrement_mark) for task in asked.exists()}
        for (debtor, mark), summary in wanted.items():
            if (debtor.id, mark) not in known:
                values = {"summary": summary, "recouvrement_mark": mark}
                debtor.activity_schedule(TASK, user_id=debtor._person_in_charge().id, **values)

    @api.model
    def _letter_name(self, reminder_id):
        """What the letter that claimed penalties is called; who writes letters says."""
        raise NotImplementedError

    @api.model
    def _paid_in_words(self, share):
        _kind, reminder_id, currency_id = share.name
        return self.env._(
            "%(amount)s on account are the penalties claimed by %(letter)s: invoice them, the payment is then set "
            "against their debit note",
            amount=format_amount(self.env, float(share.amount), self.env["res.currency"].browse(currency_id)),
            letter=self._letter_name(reminder_id),
        )


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    penalties_paid = fields.Char("Penalties paid", compute="_compute_penalties_paid")

    def _asked_once(self):
        condition = "EXISTS (SELECT 1 FROM mail_activity WHERE res_model = %s AND res_id = %s)"
        return super()._asked_once() | {"activity": SQL(condition, self._name, self.id)}

    @api.depends("activity_ids.activity_type_id", "activity_ids.summary", "activity_ids.active")
    def _compute_penalties_paid(self):
        """Said on the card while money on account waits for its debit note: its task proposes to make it."""
        kind = self.env["ir.model.data"]._xmlid_to_res_id(TASK)
        for debtor in self:
            # sudo: whoever reads the card reads what it proposes
            tasks = debtor.sudo().activity_ids if debtor._may_have("activity") else debtor.env["mail.activity"]
            mine = tasks.filtered(lambda task: task.active and task.activity_type_id.id == kind)
            debtor.penalties_paid = " – ".join(mine.mapped("summary"))

    def action_book_paid_penalties(self):
        """The draft debit note of the penalties that these debtors have paid, and of nothing else; its task ends."""
        self.check_access("read")  # of his own companies
        on, accessories = clock.today(self.env), self.env["recouvrement.accessory"].sudo()  # the account is read whole
        rows = accessories
        for company, cards in self.sudo().grouped("company_id").items():  # as above
            for paid in accessories._paid_shares(company, cards.partner_id.ids, on).values():
                rows |= rows.union(*(accessories._of_share(share) for share in paid))
        if not rows:
            raise UserError(self.env._("No money on account is for penalties any more: it was set against an invoice."))
        action = rows.sudo(False).action_book()
        # sudo: the task of whoever follows the debtor ends too
        self.sudo().activity_feedback([TASK], feedback=", ".join(rows.penalty_move_id.mapped("display_name")))
        return action


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """A debit note of penalties that the debtor has paid is paid by that money."""
        posted = super()._post(soft=soft)
        rows = posted.sudo().recouvrement_penalty_ids  # whoever posts may read none
        on = clock.today(self.env) if rows else None
        for company, members in rows.grouped("company_id").items():
            paid = members._paid_shares(company, members.partner_id.ids, on)
            (members.penalty_move_id & posted)._take_penalty_money(paid)
        return posted

    def _take_penalty_money(self, paid):
        """Set against these debit notes the money on account that is for them, where it is all that they ask."""
        for share in (one for members in paid.values() for one in members):
            for note in self.filtered(lambda found, share=share: found.id in share.moves and found.state == "posted"):
                owed = note.line_ids.filtered(
                    lambda item: item.account_type == "asset_receivable" and not item.reconciled
                )
                money = self.env["account.move.line"].browse(share.line_id)
                left = sum(owed.mapped("amount_residual_currency"))
                same = note.currency_id == money.currency_id and not note.currency_id.compare_amounts(
                    left, float(share.amount)
                )
                if same and owed.account_id == money.account_id:
                    (owed | money).reconcile()


def _principals(reminder, currency):
    """What the principal of a letter in a currency comes to: as it was printed, and what is left of it now."""
    printed = left = exact(0)
    for line in reminder.line_ids.filtered(lambda found: not found.cancelled and found.currency_id == currency):
        owed = line.move_id.line_ids.filtered(
            lambda item, line=line: (
                item.account_type == "asset_receivable"
                and (item.date_maturity or item.date) == line.date_due
                and line.entry_line_id in (0, item.id)
            )
        )
        asked = exact(line.amount_residual)
        printed += asked
        left += min(exact(sum(owed.mapped("amount_residual_currency"))), asked)
    return printed, left
