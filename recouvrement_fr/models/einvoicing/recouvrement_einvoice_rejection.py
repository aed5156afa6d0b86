from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_date

from ...rules.escalation import Hold
from ...rules.interest import Freeze
from ...tools import bulk, clock

PROVES_ISSUE = ("sent", "received")  # acts of the statuses by which a platform took the invoice in
ARTICLE = "C.com L441-10 II"  # penalties are counted from the day after the due date that an invoice writes


class RecouvrementEinvoiceEvent(models.Model):
    """A rejection by a platform: what it rejects is no invoice in law until it is issued again.

    No due date, so no penalties and no fixed indemnity (C.com L441-10 II), no reminder, no limitation counted from that
    date. It ends when a platform takes the same number in again, or when a person says so.
    """

    _inherit = "recouvrement.einvoice.event"

    def _reject(self, on):
        """Hold the invoice as not issued; returns what was done."""
        self.not_issued = True
        again = self._taken_in_since()
        if again:
            self.issued_again_on = self._local_day(again)
            return self.env._("Rejected, but issued again on %s.", format_date(self.env, self.issued_again_on))
        # Whoever the platform speaks through.
        self.env["recouvrement.reminder"].sudo()._withdraw(self.move_id, self._rejected_words(), self._hold_reason)
        self._call_person(self._issue_again_words(), on)
        self.move_id._law_changed()
        return self._not_issued_words()

    def _rejected_words(self):
        return self.env._("Rejected by a platform: not issued in law (%s)", self.display_name)

    def _issue_again_words(self):
        return self.env._("Correct %s and issue it again: a platform rejected it", self.number)

    def _not_issued_words(self):
        return self.env._(
            "Not an invoice in law: no due date, no penalties, no fixed indemnity, no reminder until it is issued "
            "again."
        )

    def _taken_in_since(self):
        """When a platform took the same invoice in after this rejection; None if it did not."""
        later = [("move_id", "=", self.move_id.id), ("status_id.act", "in", PROVES_ISSUE)]
        found = self.search([*later, ("issued_at", ">", self.issued_at)], order="issued_at", limit=1)
        return found.issued_at

    def _end_rejections(self):
        """These messages prove that invoices were taken in: what was rejected before ends."""
        domain = [("move_id", "in", self.move_id.ids), ("not_issued", "=", True), ("issued_again_on", "=", False)]
        open_ones = self.search(domain).grouped("move_id")
        for event in self.sorted("issued_at"):
            mine = open_ones.get(event.move_id, self.browse())
            mine = mine.filtered(lambda one, event=event: not one.issued_again_on and one.issued_at < event.issued_at)
            if mine:
                mine._issue_again(self._local_day(event.issued_at))

    @api.model
    def _local_day(self, moment):
        return clock.day_of(self.env, moment)

    def _issue_again(self, on):
        """Issued again that day: reminders resume, penalties run from the next day at the earliest."""
        self.issued_again_on = on
        self.exclusion_id.filtered(lambda exclusion: not exclusion.lifted_on)._lift(on)
        self.move_id._law_changed()
        for debtor, mine in self.grouped("debtor_id").items():
            names = ", ".join(mine.move_id.mapped("display_name"))
            debtor.message_post(body=self.env._("Issued again: %s. Check its due date.", names))

    def action_issued_again(self):
        """A person says that the invoice was corrected and issued again: it is reminded from now on."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):
            raise AccessError(self.env._("Messages about electronic invoices are followed by debt collectors."))
        if self.not_issued and not self.issued_again_on:
            self.sudo()._issue_again(clock.today(self.env))  # evidence: written by the add-on alone

    # --- what it holds ------------------------------------------------------------------------------------------------

    @api.model
    def _rejected(self, moves):
        """{move id: [(first day, day it was issued again or None)]} of the rejections of these invoices, or of all."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT e.move_id, COALESCE(m.invoice_date, m.date), e.issued_again_on
                  FROM recouvrement_einvoice_event e
                  JOIN account_move m ON m.id = e.move_id
                 WHERE e.not_issued AND %s
                """,
                SQL("TRUE") if moves is None else SQL("e.move_id = %s", bulk.any_of(moves)),
            )
        )
        found = {}
        for move_id, since, until in rows:
            found.setdefault(move_id, []).append((since, until))
        return found

    @api.model
    def _not_issued(self, moves):
        """The ids of those that are no invoice in law now."""
        return {
            move_id for move_id, found in self._rejected(moves).items() if any(until is None for _since, until in found)
        }

    @api.model
    def _holds(self, company, moves, on):
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT move_id FROM recouvrement_einvoice_event"
                " WHERE company_id = %s AND not_issued AND issued_again_on IS NULL AND %s",
                company.id,
                SQL("TRUE") if moves is None else SQL("move_id = %s", bulk.any_of(moves)),
            )
        )
        return {move_id: Hold(self._hold_reason) for (move_id,) in rows}

    @api.model
    def _frozen(self, move_ids):
        return {
            move_id: [Freeze(since, until and max(since, until), ARTICLE) for since, until in found]
            for move_id, found in self._rejected(move_ids).items()
        }

    @api.model
    def _barred(self, move_ids):
        return self._not_issued(move_ids)


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.depends("einvoice_event_ids.not_issued", "einvoice_event_ids.issued_again_on")
    def _compute_limitation_told(self):
        """No date is counted from a due date that is none; what runs from the performance stays, on the safe side."""
        super()._compute_limitation_told()
        # Whoever reads the date.
        ids = self.env["recouvrement.einvoice.event"].sudo()._not_issued(self._origin.ids) if self._origin else ()
        for move in self:
            if move._origin.id in ids and move.limitation_date:
                move.limitation_due_date = False
                words = self.env._("rejected by a platform: its due date starts nothing")
                move.limitation_basis = "; ".join(filter(None, (move.limitation_basis, words)))
