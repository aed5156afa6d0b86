from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount

from ...rules import instalments as rules
from ...rules.errors import RuleError
from ...tools.formats import exact, rounded
from ..base.rule_words import said


class RecouvrementPlan(models.Model):
    """A draft that waited: what was paid or credited since it was made is not asked for again."""

    _inherit = "recouvrement.plan"

    def _now_owed(self, on):
        """(principal, credited) of its invoices on that day, as its dialog would say them now."""
        own = self.sudo()  # the debtor's own debts, checked when the draft was made
        principal = own.move_ids._net_left(self.debtor_id, on, own.item_ids)
        left = sum(own.move_ids.mapped("amount_residual")) + sum(own.item_ids.mapped("amount_residual_currency"))
        return principal, self.currency_id.round(left - principal)

    def _bring_up_to_date(self, on):
        """Take into a draft what was paid or credited since: its last instalments make up the difference, and the plan
        says so.

        :raises UserError: nothing is left to pay
        """
        principal, credited = self._now_owed(on)
        differ = self.currency_id.compare_amounts  # 0 where they do not
        if not differ(principal, self.principal) and not differ(credited, self.credited):
            return
        before = self.amount_total
        rows = self.instalment_ids.sorted("date")
        schedule = [rules.Instalment(row.date, exact(row.amount)) for row in rows]
        try:
            kept = rules.for_total(schedule, rounded(principal + self.interest, self.currency_id))
        except RuleError as error:
            raise UserError(said(self.env, error)) from error
        self.sudo().write(  # a draft's figures, which nobody types
            {
                "principal": principal,
                "credited": credited,
                "instalment_ids": [
                    *(
                        Command.update(row.id, {"amount": float(one.amount)})
                        for row, one in zip(rows, kept, strict=False)
                    ),
                    *(Command.delete(row.id) for row in rows[len(kept) :]),
                ],
            }
        )
        if differ(before, self.amount_total):
            was, now = (format_amount(self.env, amount, self.currency_id) for amount in (before, self.amount_total))
            self.message_post(
                body=self.env._(
                    "Payments and credits since this draft was made changed what it pays from %(was)s to %(now)s: its "
                    "last instalments were adjusted.",
                    was=was,
                    now=now,
                )
            )

    def _refuse_stale(self, on):
        """:raises UserError: what the debtor agreed to is not what is owed any more: it would pay twice"""
        principal, _credited = self._now_owed(on)
        if self.currency_id.compare_amounts(principal, self.principal):
            was, now = (format_amount(self.env, amount, self.currency_id) for amount in (self.principal, principal))
            raise UserError(
                self.env._(
                    "Since this plan was drafted, what is owed on its invoices went from %(was)s to %(now)s. Propose "
                    "it first: its instalments are adjusted, then have the new schedule accepted.",
                    was=was,
                    now=now,
                )
            )
