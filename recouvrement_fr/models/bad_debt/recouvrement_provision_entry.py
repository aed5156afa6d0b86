from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..base.acts import check_manager


class RecouvrementProvision(models.Model):
    """The entry of a provision: its items, its checks, and what debtors keep of it."""

    _inherit = "recouvrement.provision"

    def action_draft_entry(self):
        """One draft entry per company: 68174 to 491 for what is impaired more, 491 to 78174 for what is less."""
        check_manager(self.env)
        for provision in self:
            provision.check_access("write")
            if provision.state != "computed":
                raise UserError(self.env._("%s is drafted already.", provision.name))
            provision._check_later()
            moved = provision.line_ids.filtered("movement")
            if not moved:
                raise UserError(self.env._("Nothing changes since the last provision: there is nothing to book."))
            for company, lines in moved.grouped("entry_company_id").items():
                provision.sudo()._draft_entry(  # a manager drafts, an accountant posts
                    company,
                    provision.currency_id,
                    "recouvrement_provision_id",
                    self.env._("impairment at %s", format_date(self.env, provision.date)),
                    provision._entry_items(company, lines),
                )

    def _entry_items(self, company, lines):
        """An item of 491 per debtor, against the allowances together and the releases together."""
        currency = self.currency_id
        impaired = company._recouvrement_bad_debt_account("impairment")
        items = []
        for purpose, sign in (("allowance", 1), ("release", -1)):
            side = lines.filtered(lambda line, sign=sign: line.movement * sign > 0)
            if not side:
                continue
            account = company._recouvrement_bad_debt_account(purpose)
            total = currency.round(sum(side.mapped("movement")))
            label = {"allowance": self.env._("Allowances"), "release": self.env._("Releases")}[purpose]
            items.append(self._item(account, total, total, label, currency))
            for partner, mine in side.grouped("partner_id").items():
                amount = currency.round(sum(mine.mapped("movement")))
                names = ", ".join(mine[:5].move_id.mapped("name")) + (", …" if len(mine) > 5 else "")
                items.append(self._item(impaired, -amount, -amount, names, currency, partner))
        return items

    def action_cancel(self):
        check_manager(self.env)
        for provision in self:
            provision.check_access("read")
            if provision.state not in ("computed", "draft"):
                raise UserError(self.env._("%s is posted: its entry is reversed instead.", provision.name))
            mine = provision.sudo()  # as above
            mine.entry_ids.filtered(lambda entry: entry.state == "draft").button_cancel()
            mine.cancelled = True

    def _check_entry(self, entries):
        if self.cancelled:
            raise UserError(self.env._("The provision %s was cancelled: cancel this entry.", self.name))

    def _entry_posted(self, entries, on):
        """Debtors keep a word of what was provided for them."""
        for debtor in self.env["recouvrement.debtor"].search(
            [("company_id", "=", self.company_id.id), ("partner_id", "in", self.line_ids.partner_id.ids)]
        ):
            debtor.message_post(
                body=self.env._(
                    "Impairment posted at %(day)s: %(name)s.", day=format_date(self.env, self.date), name=self.name
                )
            )
