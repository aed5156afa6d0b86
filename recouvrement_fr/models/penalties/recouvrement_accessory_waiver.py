from odoo import models
from odoo.exceptions import AccessError, UserError

from ...rules.penalties import OPEN
from ..base.acts import check_manager


class RecouvrementAccessory(models.Model):
    """Penalties given up, by a manager or within a collector's limit."""

    _inherit = "recouvrement.accessory"

    def _check_waivable(self):
        self.check_access("read")
        for row in self:
            if row.state not in OPEN:
                raise UserError(
                    self.env._(
                        "%s is invoiced, paid or waived already: give up a debit note with a credit note.",
                        row.display_name,
                    )
                )

    def _may_waive(self, amounts, on):
        """Whether the user decides alone of these amounts, {row: amount}: a manager does, a collector within the
        company's limit, waivers of the same invoice counted together."""
        if self.env.su or self.env.user.has_group("recouvrement_fr.group_recouvrement_manager"):
            return True
        for (company, _move), rows in self.grouped(lambda row: (row.company_id, row.move_id)).items():
            same = self.search([("company_id", "=", company.id), ("move_id", "in", rows.move_id.ids)])
            waived = sum(row._in_company_currency(row.amount_waived, on) for row in same)
            asked = sum(row._in_company_currency(amounts[row], on) for row in rows)
            # sudo: a setting of the root, for who works in a branch alone
            if company.currency_id.compare_amounts(waived + asked, company.sudo().recouvrement_waive_limit) > 0:
                return False
        return True

    def _in_company_currency(self, amount, on):
        company = self.company_id
        return self.currency_id._convert(amount, company.currency_id, company, self.date_to or on)

    def _waive(self, amounts, reason, on):
        """Give up these amounts that day, {row: amount}, added to what was given up before; traced on rows, debtors."""
        self._check_waivable()
        if not self._may_waive(amounts, on):
            raise AccessError(self.env._("This is over your limit: propose the waiver, a manager decides."))
        for row in self.sudo():  # evidence is written by methods alone
            amount = amounts[row.with_env(self.env)]
            if amount <= 0 or row.currency_id.compare_amounts(amount, row.amount_left) > 0:
                raise UserError(self.env._("Choose an amount between zero and what is left of %s.", row.display_name))
            row.write(
                {
                    "amount_waived": row.amount_waived + amount,
                    "waive_reason": reason,
                    "waived_by_id": self.env.uid,
                    "waived_on": on,
                    "waiver_proposed": 0,
                }
            )
            row._trace(self.env._("Waived %(amount)s of %(what)s: %(reason)s"), amount, reason)

    def _propose_waiver(self, amounts, reason):
        """A collector asks a manager to give up these amounts."""
        self._check_waivable()
        for row in self.sudo():  # evidence is written by methods alone
            amount = amounts[row.with_env(self.env)]
            row.waiver_proposed = min(amount, row.amount_left)
            row._trace(self.env._("Waiver of %(amount)s proposed for %(what)s: %(reason)s"), amount, reason)

    def _cancel_waiver(self, reason):
        """Take a waiver back: the amount is owed again; the trace of the waiver stays."""
        check_manager(self.env)
        self.check_access("read")
        for row in self.sudo():  # evidence is written by methods alone
            if not row.amount_waived or row.state not in (*OPEN, "waived"):
                raise UserError(self.env._("Nothing of %s is waived that can be taken back.", row.display_name))
            amount = row.amount_waived
            row.write({"amount_waived": 0, "waive_reason": False, "waived_by_id": False, "waived_on": False})
            row._trace(self.env._("Waiver of %(amount)s taken back for %(what)s: %(reason)s"), amount, reason)
