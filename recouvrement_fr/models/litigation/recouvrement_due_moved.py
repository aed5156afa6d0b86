from odoo import api, models
from odoo.tools import format_date

from ...rules.history import moved
from ...rules.penalties import OPEN


class AccountMove(models.Model):
    _inherit = "account.move"

    def _instalment_tables(self):
        self.env["recouvrement.accessory"].flush_model(["move_id"])
        self.env["recouvrement.case.claim"].flush_model(["move_id"])
        return [*super()._instalment_tables(), "recouvrement_accessory", "recouvrement_case_claim"]

    def _follow_due_dates(self):
        """These posted invoices may have other due dates than before: what was sent, is accrued or is claimed for an
        instalment goes with it. What was booked or filed is history; who follows a filed case is told."""
        super()._follow_due_dates()
        moves = self.sudo()  # an accountant may have no right of ours
        moves.env["recouvrement.accessory"]._follow_due_dates(moves)
        moves.env["recouvrement.case.claim"]._follow_due_dates(moves)

    def _days_moved(self, known):
        """{due date before: after} of this invoice, of those known."""
        return moved(set(known), set(self._instalments())) if self.is_invoice(include_receipts=True) else {}

    def button_draft(self):
        """An invoice of a filed case may change in draft, what was filed does not: who follows the case is told."""
        posted = self.filtered(lambda move: move.state == "posted")
        result = super().button_draft()
        self.env["recouvrement.case.claim"].sudo()._tell_drafted(posted)  # whoever corrects the invoice
        return result


class RecouvrementAccessory(models.Model):
    _inherit = "recouvrement.accessory"

    @api.model
    def _follow_due_dates(self, moves):
        """Open penalties bear on the instalment as it is due now, and are judged again from that day."""
        rows = self.search([("move_id", "in", moves.ids), ("state", "in", (*OPEN, "void"))])
        for move, mine in rows.grouped("move_id").items():
            days = move._days_moved(mine.mapped("date_due"))
            for before, after in days.items():
                taken = self.search_count(
                    [("move_id", "=", move.id), ("date_due", "=", after), ("kind", "=", "interest")], limit=1
                )
                late = mine.filtered(lambda row, before=before: row.date_due == before)
                # Two histories of one instalment are not made one: the days of the other are claimed already.
                late.filtered(lambda row, taken=taken: row.kind != "interest" or not taken).date_due = after
            if days:
                mine._rejudge()


class RecouvrementCaseClaim(models.Model):
    _inherit = "recouvrement.case.claim"

    @api.model
    def _follow_due_dates(self, moves):
        """The claims of open cases are due when their invoice is, until they are filed."""
        claims = self.search([("move_id", "in", moves.ids), ("is_open", "=", True)])
        for move, mine in claims.grouped("move_id").items():
            for before, after in move._days_moved(mine.mapped("date_due")).items():
                for claim in mine.filtered(lambda claim, before=before: claim.date_due == before):
                    if claim.case_id.frozen_on:
                        claim._tell_moved(after)
                    elif not self.search_count(
                        [("move_id", "=", move.id), ("date_due", "=", after), ("is_open", "=", True)], limit=1
                    ):
                        claim.date_due = after

    def _tell_moved(self, after):
        self._warn(
            self.env._(
                "The due date of %(invoice)s is now %(after)s; the case was filed with %(before)s: tell the court if "
                "it matters",
                invoice=self.move_id.name,
                after=format_date(self.env, after),
                before=format_date(self.env, self.date_due),
            ),
            f"due {self.move_id.id} {self.date_due} {after}",
        )

    @api.model
    def _tell_drafted(self, moves):
        """Tell who follows a filed case that one of its invoices is being changed."""
        claims = self.search([("move_id", "in", moves.ids), ("is_open", "=", True)])
        for claim in claims.filtered("case_id.frozen_on"):
            claim._warn(
                self.env._(
                    "%s, claimed in a filed case, was set back to draft: what was filed does not change, check it",
                    claim.move_id.name,
                ),
                f"draft {claim.move_id.name}",
            )

    def _warn(self, summary, mark):
        """An activity on the case, once."""
        case = self.case_id
        # One made by an older version has its words alone.
        if not case.activity_ids.filtered(lambda task: (task.recouvrement_mark or task.summary) in (mark, summary)):
            case.message_post(body=summary)
            values = {"user_id": case._person_in_charge().id, "summary": summary, "recouvrement_mark": mark}
            case.activity_schedule("mail.mail_activity_data_warning", **values)
