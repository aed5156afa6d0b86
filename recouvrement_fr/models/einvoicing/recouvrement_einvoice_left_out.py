from odoo import api, models
from odoo.tools import format_date

ENDED_BY_TAKE_BACK = ("assign", "assign_named", "account_wait")
LEFT_OUT = ("cancel", *ENDED_BY_TAKE_BACK, "wait")  # the acts that leave an invoice out, the lasting ones first
CHECKED = ("assign_named", "account_wait")  # until a manager has checked the account


class RecouvrementEinvoiceEvent(models.Model):
    """What leaves an invoice out of reminders, and what still does once another message or a person has ended it."""

    _inherit = "recouvrement.einvoice.event"

    def _why_left_out(self):
        amount = self._told_amount()
        return {
            "cancel": self.env._("Cancelled on the platform"),
            "assign": self.env._("Assigned to a factor"),
            "assign_named": self.env._("Assigned to a factor, its account to be checked"),
            "account_wait": self.env._("Another account to pay, to be checked"),
            "wait": self.env._("Payment announced: %s", amount) if amount else self.env._("Payment announced"),
        }[self.status_id.act]

    def _leave_out(self, on, until=None):
        """Leave the invoice out of the reminders, unless it is already for as long; returns what was done."""
        exclusions = self.env["recouvrement.exclusion"].sudo()  # whoever the platform speaks through
        in_force = exclusions.search([("move_id", "=", self.move_id.id), ("lifted_on", "=", False)], limit=1)
        if self._keeps(in_force, until):
            return self.env._("It is left out already: %s", in_force.reason)
        told = self._left_out_words()
        self.env["recouvrement.reminder"]._withdraw(self.move_id, told, "no_followup")
        exclusions._leave_out(self.debtor_id, self.move_id, told, on, until, by=self.env["res.users"])  # by no person
        self.exclusion_id = exclusions.search([("move_id", "=", self.move_id.id), ("lifted_on", "=", False)], limit=1)
        if until:
            return self.env._("Left out of reminders until %s.", format_date(self.env, until))
        return self.env._("Left out of reminders.")

    def _left_out_words(self):
        return self.env._("%(reason)s (%(status)s)", reason=self._why_left_out(), status=self.display_name)

    def _keeps(self, in_force, until):
        """Whether what leaves the invoice out already does so for as long, and for a reason that lasts as long.

        An account to be checked lasts until somebody has looked: an assignment or a cancellation takes its place.
        """
        if not in_force or (in_force.until and (not until or in_force.until < until)):
            return False
        to_check = [("exclusion_id", "=", in_force.id), ("status_id.act", "in", CHECKED)]
        lasting = self.status_id.act in ("assign", "cancel")
        return not (lasting and self.search_count(to_check, limit=1))

    def _hold_again(self, on):
        """What left these invoices out has ended: what else was told of them, and still stands, leaves them out again.
        Returns the messages that do.

        A payment announced (211) while an account was to be checked waits until its day; what was cancelled stays so
        when it is no longer assigned. What a person took back in stays in.
        """
        found = self.browse()
        for move, events in self._standing(self.move_id, on).grouped("move_id").items():
            if move.amount_residual:
                first = min(events, key=lambda event: (LEFT_OUT.index(event.status_id.act), -event.id))
                first._leave_out(on, first.waits_until)
                found |= first
        return found

    @api.model
    def _standing(self, moves, on):
        """The messages that leave these invoices out that day: neither ended by a later one nor by a person."""
        mine = ("move_id", "in", moves.ids)
        events = self.search([mine, ("state", "=", "done"), ("status_id.act", "in", LEFT_OUT)])
        taken_back = [mine, ("state", "!=", "failed"), ("status_id.act", "=", "take_back")]  # one is acted on just now
        back = dict(self._read_group(taken_back, ["move_id"], ["issued_at:max"]))

        def stands(event):
            act, ended = event.status_id.act, back.get(event.move_id)
            if act in ENDED_BY_TAKE_BACK and ended and ended >= event.issued_at:
                return False
            if act in CHECKED and event.bank_checked_on:
                return False
            if act == "wait" and (not event.waits_until or event.waits_until < on):
                return False
            return not event.exclusion_id.lifted_by_id

        return events.filtered(stands)
