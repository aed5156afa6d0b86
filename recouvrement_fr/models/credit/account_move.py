from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import clock
from ...tools.readers import COLLECTION_READERS


class AccountMove(models.Model):
    """An invoice that passes the credit decided for its customer: a warning, or a block."""

    _inherit = "account.move"

    recouvrement_credit_warning = fields.Char(
        "Credit warning",
        compute="_compute_recouvrement_credit_warning",
        compute_sudo=True,
        groups=COLLECTION_READERS,
    )
    recouvrement_credit_blocks = fields.Boolean(
        compute="_compute_recouvrement_credit_warning", compute_sudo=True, groups=COLLECTION_READERS
    )

    recouvrement_is_to_come = fields.Boolean(
        compute="_compute_recouvrement_is_to_come", groups=COLLECTION_READERS, help="Dated of a day to come."
    )

    @api.depends("date")
    def _compute_recouvrement_is_to_come(self):
        today = fields.Date.context_today(self)  # core's own day, which says what is posted later
        for move in self:
            move.recouvrement_is_to_come = bool(move.date and move.date > today)

    @api.depends("state", "move_type", "partner_id", "amount_total_signed", "company_id")
    @api.depends_context("lang")
    def _compute_recouvrement_credit_warning(self):
        on = clock.today(self.env)
        for move in self:
            move.recouvrement_credit_warning, move.recouvrement_credit_blocks = move._credit_verdict(on)

    def _credit_verdict(self, on, before=0.0):
        """(why this draft invoice passes the credit of its customer, whether it may not be posted for that).

        :param before: what other documents, about to be posted with it, add in company currency
        """
        mode = self.company_id.root_id.recouvrement_credit_mode
        if self.state != "draft" or self.move_type != "out_invoice" or mode == "none":
            return False, False
        debtor = self._credited_debtor()
        why = debtor and debtor._over_limit(before + self._credit_added(), on)
        if not why:
            return False, False
        allowed = self.env["recouvrement.credit.override"]._is_allowed(self._origin, debtor, self._credit_amount())
        return why, mode == "block" and not allowed and not self._is_paid_already()

    def _is_paid_already(self):
        """Whether money was taken for it, which core enters once it is posted: refused, there would be neither."""
        paid = self.transaction_ids.filtered(lambda transaction: transaction.state in ("authorized", "done"))
        return bool(paid or "pos_order_ids" in self._fields and self.pos_order_ids)  # paid at a till

    def _credited_debtor(self):
        """The card of the customer, if a credit was decided for it."""
        partner = self.partner_id.commercial_partner_id
        return self.env["recouvrement.debtor"]._with_credit(self.company_id.root_id, partner)

    def _credit_reached(self, on):
        """The exposure of the customer, this invoice included."""
        return self._credited_debtor()._exposed_with(self._credit_added(), on)[1]

    def _credit_amount(self):
        """What a manager allows: the whole document, in company currency."""
        return self.amount_total_signed

    def _credit_added(self):
        """What posting this invoice adds to the exposure, in company currency. To be extended by what knows orders,
        whose amount counts already."""
        return self.amount_total_signed

    def _post(self, soft=True):
        """What core leaves for a day to come (``soft``) is looked at on that day.

        :raises UserError: the company blocks what passes the credit decided, and no manager allowed it
        """
        drafts = self.filtered(lambda move: move.move_type == "out_invoice" and move.state == "draft")
        if soft:
            # sudo: a day, asked of who may post
            drafts = drafts.sudo().filtered(lambda move: not move.recouvrement_is_to_come).with_env(self.env)
        drafts._check_credit()
        return super()._post(soft=soft)

    def _check_credit(self):
        """Warn of, or refuse, the draft invoices that pass a credit, those posted together added up; a guarantee counts
        if it is valid on the day of the invoice."""
        for company, members in self.grouped(lambda move: move.company_id.root_id).items():
            partners = members.partner_id.commercial_partner_id
            # who posts reads neither the decision nor the settings
            cards = self.env["recouvrement.debtor"].sudo()._with_credit(company, partners)
            credited, added = cards.partner_id.ids, defaultdict(float)
            for move in members:
                partner = move.partner_id.commercial_partner_id
                if partner.id not in credited:
                    continue
                day, known = move.invoice_date or move.date, move.sudo()  # as above
                why, blocks = known._credit_verdict(day, added[partner])
                added[partner] += known._credit_added()
                if blocks:
                    raise UserError(
                        self.env._("%s\nA credit manager may allow it in writing: “Allow over the credit limit”.", why)
                    )
                if why:
                    move.message_post(body=why)
