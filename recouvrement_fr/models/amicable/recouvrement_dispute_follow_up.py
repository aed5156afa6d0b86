from datetime import timedelta

from odoo import api, models

from .recouvrement_dispute import OPEN

WATCHED_DAYS = 400  # a payment that comes back later than this reopens no dispute


class RecouvrementDispute(models.Model):
    """What happens to a dispute by itself: closed when settled, reopened when a payment returns, escalated."""

    _inherit = "recouvrement.dispute"

    @api.model
    def _follow_up(self, on):
        """Close what was paid or credited meanwhile, once; reopen what a returned payment leaves open again; tell the
        managers of what nobody solved in time.

        Each search is bounded by the disputes in progress, or closed by a payment of late: never by the ledger.
        """
        returned = self.search(
            [("state", "=", "paid"), ("closed_on", ">=", on - timedelta(days=WATCHED_DAYS))]
        ).filtered(lambda dispute: dispute._left())
        returned._reopen_returned()
        waiting = self.search([("state", "in", OPEN)])
        given = waiting._link_credit_notes()
        doubtful = waiting.move_ids._doubtful_amounts()  # owed still, though Odoo calls these invoices paid
        settled = waiting.filtered(
            lambda dispute: dispute._is_credited(given)
            or not (
                any(move.amount_residual or move.id in doubtful for move in dispute.move_ids)
                or any(dispute.item_ids.mapped("amount_residual_currency"))
            )
        )
        settled._close_settled(given, on)
        late = (waiting - settled).filtered(lambda dispute: dispute.state == "open" and dispute.deadline < on)
        late._escalate()

    def _is_credited(self, given):
        """Whether credit notes gave the whole part that was contested, whatever is left of the invoice."""
        return self.is_partial and self.currency_id.compare_amounts(given[self], self.amount) >= 0

    def _close_settled(self, given, on):
        """Nothing is left to pay, or to contest: accepted when a credit note gave what was contested, else paid
        meanwhile."""
        for dispute in self:
            notes = dispute.credit_note_ids.filtered(lambda note: note.state == "posted")
            credited = given[dispute]
            if not credited:
                dispute._end("paid", on)
                continue
            whole = dispute.currency_id.compare_amounts(credited, dispute.amount) >= 0
            dispute.resolution = dispute.resolution or self.env._("Credited: %s.", ", ".join(notes.mapped("name")))
            dispute._end("accepted" if whole else "partial", on)

    def _reopen_returned(self):
        for dispute in self:
            dispute.write({"state": "open", "closed_on": False})
            dispute.message_post(body=self.env._("A payment came back: the dispute is open again."))
            dispute._take_back()
            dispute._ask_resolver()

    def _escalate(self):
        self.write({"state": "escalated"})
        for dispute in self:
            for user in dispute.company_id._recouvrement_managers():
                dispute.activity_schedule(
                    "mail.mail_activity_data_warning",
                    user_id=user.id,
                    summary=self.env._("Nobody has solved the dispute %s in time", dispute.name),
                )
