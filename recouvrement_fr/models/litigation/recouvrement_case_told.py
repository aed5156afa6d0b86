from decimal import Decimal

from odoo import api, models
from odoo.tools import format_amount, format_date

from ...ledger.cash import on_account
from ...rules.on_account import Account, Pledge
from ...rules.receipts import Sum, same_money

NOTHING = Decimal(0)


class RecouvrementCase(models.Model):
    """Money told by a third party and seen in the bank before anybody allocates it: deducted once, by `same_money`.

    What may be the same money is deducted twice and said so, until a person allocates the payment: to an invoice of the
    case when it is what was told, to another one when it is not.
    """

    _inherit = "recouvrement.case"

    def _told_in_bank(self, on):
        """({journal item: amount} of the money on account that was told of, [Money] that may be)."""
        waiting = self._told_waiting(on)
        if not waiting:
            return {}, []
        partner = self.debtor_id.partner_id
        money = {
            one.line_id: one
            for one in on_account(self.env, self.company_id.root_id, partner.ids)[partner.id]
            if one.on <= on and one.currency_id == self.currency_id.id
        }
        same, doubtful = same_money(waiting, [(line_id, Sum(one.on, one.amount)) for line_id, one in money.items()])
        return same, [money[line_id] for line_id in doubtful]

    @api.model
    def _pledges(self, company, partner_ids, on):
        """[(commercial partner id, Pledge)] of the money on account that was told of: it is for these cases alone."""
        cases = self.search(
            [
                ("company_id", "child_of", company.id),
                ("debtor_id.partner_id", "in", list(partner_ids)),
                ("state", "!=", "closed"),
                ("event_ids.kind", "=", "payment"),
            ]
        )
        found = []
        for case in cases:  # the few of which a third party told something
            same, _doubtful = case._told_in_bank(on)
            if same:
                pledge = Pledge(
                    ("case", case.id),
                    frozenset(case.claim_ids.move_id.ids),
                    case.currency_id.id,
                    sum(same.values(), NOTHING),
                    on,
                    Account(on),
                    money=same,
                )
                found.append((case.debtor_id.partner_id.id, pledge))
        return found

    def _told_words(self, on):
        """How what was told was recognised in the bank, and what nobody can tell yet."""
        same, doubtful = self.sudo()._told_in_bank(on)  # his account, shown to whoever reads the case
        items = self.env["account.move.line"].sudo().browse(same)
        words = [
            self.env._(
                "%(payment)s of %(day)s (%(amount)s) is what a third party told of: the same amount, come since. It is "
                "deducted once.",
                payment=item.move_id.name,
                day=format_date(self.env, item.date),
                amount=format_amount(self.env, float(same[item.id]), self.currency_id),
            )
            for item in items
        ]
        return words + [
            self.env._(
                "%(payment)s of %(day)s (%(amount)s) may be what a third party told of, less his fees, or another "
                "payment: both are deducted, so that nothing paid is asked again. Allocate it to say which.",
                payment=self.env["account.move"].sudo().browse(one.entry_id).name,  # as above
                day=format_date(self.env, one.on),
                amount=format_amount(self.env, float(one.amount), self.currency_id),
            )
            for one in doubtful
        ]

    def _ask_about_told(self, on):
        """Whoever follows the case is asked, once, which payment of the bank is what was told."""
        _same, doubtful = self._told_in_bank(on)
        known = self.activity_ids._marked("told")
        if doubtful and not known:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=self._person_in_charge().id,
                summary=self.env._("Is a payment on account what the third party told of? Allocate it to say so"),
                recouvrement_mark="told",
            )
        elif known and not doubtful:
            known.unlink()

    def _person_in_charge(self):
        """Whoever follows the case while he is here, else its debtor."""
        return self.user_id.filtered("active") or self.debtor_id._person_in_charge()
