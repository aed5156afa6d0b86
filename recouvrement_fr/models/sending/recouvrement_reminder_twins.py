from odoo import fields, models

from ...rules.escalation import KINDS
from .recouvrement_dispatch import GONE
from .recouvrement_reminder import WAITING


class RecouvrementReminder(models.Model):
    """Two debtors merged while a reminder waits for each: whom they have become is written to once."""

    _inherit = "recouvrement.reminder"

    def _join_twins(self):
        """Make one of the reminders that wait for the same debtor by the same policy; the others are cancelled.

        The highest level stays. It carries what the others carried at that level, and lists what was at a lower one; a
        formal notice lists nothing. What was decided before something left for the debtor, or so soon after that the
        policy would have been silent, is cancelled: the night decides again.
        """
        waiting = self.filtered(lambda reminder: reminder.state in WAITING)
        for (debtor, policy), twins in waiting.grouped(lambda one: (one.debtor_id, one.policy_id)).items():
            free = twins.filtered(lambda one: not one.dispatch_ids.filtered(lambda found: found.state in GONE))
            if free != twins or any(one._is_silent() for one in free):
                for reminder in free:
                    reminder._cancel(self.env._("Its debtor was merged with another, who had just been written to."))
                continue
            groups = free.grouped("addressee_id") if policy.group_by == "address" else {debtor: free}
            for members in groups.values():
                if len(members) > 1:
                    members._join()

    def _is_silent(self):
        """Whether its policy would not have written to its debtor on the day it was decided."""
        contacted = self.debtor_id.last_contact_date
        return bool(contacted) and fields.Date.add(contacted, days=self.policy_id.minimum_days_between) > self.date

    def _join(self):
        """Keep the highest of these, with what the others carried."""
        kept = self.sorted(lambda one: (-KINDS.index(one.kind), -one.level_id.sequence, one.state == "failed", one.id))[
            0
        ]
        others = self - kept
        rows, taken = [], others.filtered(lambda one: one.state != "cancelled" and kept._takes(one))
        for other in taken:
            role = "carried" if other.level_id == kept.level_id else "listed"
            for line in other.line_ids.filtered(lambda found: not found.cancelled):
                rows.append(kept._row_of(line, role if line.role == "carried" else "listed"))
        amount = sum(taken.mapped("amount_due"))
        states = set(self.mapped("state"))
        days = [day for day in self.mapped("not_before") if day]
        others._cancel(self.env._("Its debtor was merged with another: %s carries the same.", kept.name))
        self._insert_lines(rows)
        kept.dispatch_ids.filtered(lambda found: found.state == "queued")._cancel()
        kept.write(
            {
                "state": "to_approve" if "to_approve" in states else "planned",
                "amount_due": kept.amount_due + amount,
                "not_before": max(days, default=False),
                "error": False,
            }
        )
        kept.debtor_id._put_off("approval" if kept.state == "to_approve" else "sending")

    def _takes(self, other):
        """Whether what another reminder says has its place in this one."""
        if other.level_id == self.level_id:
            return True
        return self.kind != "formal_notice" and other.kind != "pre_due"

    def _row_of(self, line, role):
        """The values of a line like that one, on this reminder, in the order of LINE_COLUMNS."""
        return (
            *(self.id, line.move_id.id, line.date_due, line.entry_line_id, self.level_id.id, role, line.cycle),
            *(line.currency_id.id, line.amount_total, line.amount_residual, line.days_overdue),
        )

    def _has_new_contact(self):
        """Whether a dunning contact was named since it was written, who is to receive it."""
        contact = self.debtor_id._dunning_contact()
        return bool(contact) and contact != self.addressee_id


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        env = self.sudo().env  # merging is a right on partners
        cards = env["recouvrement.debtor"].search([("partner_id", "in", (src_partners | dst_partner).ids)])
        twins = env["recouvrement.debtor"].union(*(one for one in cards.grouped("company_id").values() if len(one) > 1))
        waiting = env["recouvrement.reminder"].search([("state", "in", WAITING), ("debtor_id", "in", twins.ids)])
        result = super()._update_foreign_keys(src_partners, dst_partner)
        if waiting:
            self.env.invalidate_all()  # keys were changed in SQL
            waiting.with_context(recouvrement_in_hand="withdrawn")._join_twins()
        return result
