from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...ledger import histories
from ...rules.deadlines import day_deadline
from .recouvrement_case import PROPOSAL, WATCHED_DAYS

RETURNED = "returned"  # the mark of the task of a payment that came back


class RecouvrementCase(models.Model):
    """How a case ends, and begins again."""

    _inherit = "recouvrement.case"

    was_paid = fields.Boolean(readonly=True, copy=False)  # nothing was left on its invoices when it was closed
    returned_told = fields.Boolean(readonly=True, copy=False)  # that a payment came back after it was closed
    closing_proposed = fields.Char(readonly=True, copy=False)  # the proposal last made: paid, lost, rest

    def _close(self, outcome, reason, *, on):
        """Close the case: its procedures end, its deadlines are given up, its invoices are dunned again if any is left.

        :raises UserError: without a reason, or with a procedure whose deadline runs and that nobody ended
        """
        self.ensure_one()
        self.check_access("write")
        if self.state == "closed":
            raise UserError(self.env._("%s is already closed.", self.name))
        if not (outcome and reason):
            raise UserError(self.env._("Say how the case ends, and why."))
        case = self.sudo()  # by this act, which has just checked who does it
        for run in case.run_ids.filtered(lambda run: run.state in ("running", "to_approve")):
            state = "given_up" if outcome in ("abandoned", "mistake") or run.state == "to_approve" else "done"
            self._end_run(run, state, reason, on=on)
            run.ended_by_closing = state == "done" and outcome != "dismissed"  # what was given up stays so
            if outcome == "dismissed":  # a claim rejected interrupted nothing (C.civ 2243)
                self._void_limitation(run, None, None, reason, on)
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        figures = case._statement(on).figures()
        self._note("closed", on, self.env._("Closed: %s", outcomes[outcome]), details=reason, figures=figures)
        values = {"state": "closed", "outcome": outcome, "close_reason": reason, "closed_on": on}
        is_paid = self.currency_id.is_zero(sum(case.move_ids.mapped("amount_residual")))
        case.write(values | {"was_paid": is_paid, "returned_told": False})
        case.activity_ids.action_feedback(feedback=reason)
        case._sync(on)
        case.debtor_id._decide_again_now()

    def _reopen(self, reason, *, on):
        """Open a closed case again: its invoices are held again, and it takes up where it was.

        :raises UserError: without a reason, or with an invoice that is in another case since
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "closed":
            raise UserError(self.env._("%s is still open.", self.name))
        if not reason:
            raise UserError(self.env._("Say why."))
        case = self.sudo()  # as above
        self._check_moves(self.debtor_id, case.move_ids)
        closed_on = case.closed_on
        case.write({"state": "amicable", "outcome": False, "close_reason": False, "closed_on": False})
        self._note("reopened", on, self.env._("Reopened"), details=reason)
        ended = case.run_ids.filtered("ended_by_closing")
        ended._resume(closed_on)
        case.activity_ids._marked(RETURNED).unlink()
        case.closing_proposed = False
        case._take_back()
        case._sync(on)

    @api.model
    def _follow_closed(self, on):
        """Tell, once, of closed cases whose invoices were paid and are owed again: a payment came back.

        They hold their invoices (`_holds`), so that no courteous reminder follows an order that was served, until
        somebody reopens the case, to go on or to close it with what is left.
        """
        for case in self.search(self._returned_domain(on)):
            if not case.activity_ids._marked(RETURNED) and not case.returned_told:
                words = case._returned_words()
                case.returned_told = True
                case.message_post(body=words)
                values = {"user_id": case._person_in_charge().id, "summary": words, "recouvrement_mark": RETURNED}
                case.activity_schedule("mail.mail_activity_data_warning", **values)

    @api.model
    def _returned_domain(self, on):
        return [
            ("state", "=", "closed"),
            ("was_paid", "=", True),
            ("closed_on", ">=", on - timedelta(days=WATCHED_DAYS)),
            ("move_ids.amount_residual", ">", 0),
        ]

    def _returned_words(self):
        return self.env._(
            "A payment came back after %s was closed: reopen it, to go on or to close it with what is left", self.name
        )

    def _propose_closing(self):
        """Once nothing is left on the invoices, or in the décompte, closing is proposed, once; what remains is said.

        What was moved to doubtful receivables is still owed; what was written off was not paid.
        """
        moves = self.move_ids
        left = sum(moves.mapped("amount_residual")) + sum(moves._doubtful_amounts().values())
        is_due = self.currency_id.compare_amounts(self.balance, 0) > 0
        if is_due and self.currency_id.compare_amounts(left, 0) > 0:
            if self.closing_proposed:  # a payment came back
                self.activity_ids._marked("closing").unlink()
            self.closing_proposed = False
            return
        found = "paid" if not is_due else "lost" if any(moves.mapped("written_off_amount")) else "rest"
        if self.closing_proposed == found:
            return
        self.closing_proposed = found
        summary = {
            "paid": self.env._("Paid in full: close the case"),
            "lost": self.env._("The invoices were written off: close the case, or go on"),
            "rest": self.env._("The invoices are paid: close the case, or go on for interest and costs"),
        }[found]
        self.message_post(body=summary)
        self.activity_ids._marked("closing").unlink()  # it said another reason
        values = {"user_id": self._person_in_charge().id, "summary": summary, "recouvrement_mark": "closing"}
        self.activity_schedule("mail.mail_activity_data_todo", **values)

    # --- from the formal notice to the case ---------------------------------------------------------------------------

    @api.model
    def _to_litigate(self, on, company=None):
        """{debtor id: [move ids]} whose formal notice expired unpaid, and that nothing else holds; three statements.

        A notice counts once it really left (design: imported ones do not), from the day after its term: the days its
        letter left, counted from its presentation or its receipt, up to a working day. Not presented, it does not
        expire. Extend the query, not its callers.
        """
        self.env.flush_all()  # what the same transaction has just paid counts too
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.debtor_id, d.company_id, ARRAY_AGG(DISTINCT l.move_id), s.served_on, s.term_days
                  FROM recouvrement_reminder r
                  JOIN recouvrement_debtor d ON d.id = r.debtor_id
                  JOIN recouvrement_level v ON v.id = r.level_id
                  JOIN recouvrement_reminder_line l ON l.reminder_id = r.id
                  JOIN account_move m ON m.id = l.move_id
                  %(served)s
                 CROSS JOIN LATERAL (SELECT %(since)s AS served_on, %(term)s AS term_days) s
                 WHERE r.state = 'sent' AND r.origin NOT IN ('imported', 'set') AND v.kind = 'formal_notice'
                   AND s.served_on + s.term_days < %(on)s AND %(company)s
                   AND l.role = 'carried' AND l.cancelled IS NOT TRUE AND l.settled IS NOT TRUE
                   AND m.state = 'posted' AND m.amount_residual > 0 AND m.move_type IN ('out_invoice', 'out_receipt')
              GROUP BY r.debtor_id, d.company_id, s.served_on, s.term_days
                """,
                served=histories.SERVED,
                since=histories.COUNTED_FROM,
                term=histories.TERM_DAYS,
                on=on,
                company=SQL("d.company_id = %s", company.id) if company else SQL("TRUE"),
            )
        )
        holding, found = self.env["recouvrement.holding"], {}
        for root in self.env["res.company"].browse({row[1] for row in rows}):
            wanted, place = defaultdict(set), root.recouvrement_holidays or None
            for debtor_id, company_id, move_ids, served_on, term_days in rows:
                if company_id == root.id and day_deadline(served_on, term_days, place) < on:
                    wanted[debtor_id].update(move_ids)
            held = holding._all_holds(root, [move_id for move_ids in wanted.values() for move_id in move_ids], on)
            for debtor_id, move_ids in wanted.items():
                free = [move_id for move_id in sorted(move_ids) if move_id not in held]
                if free:
                    found[debtor_id] = free
        return found

    @api.model
    def _propose_cases(self, on):
        """Ask, once for each debtor, whoever follows it to open a case: its formal notice expired unpaid. What was
        paid, held or opened since is no longer asked."""
        debtors = self.env["recouvrement.debtor"].browse(self._to_litigate(on))
        asked = self.env["mail.activity"].search([("activity_type_id", "=", self.env.ref(PROPOSAL).id)])
        asked.filtered(lambda activity: activity.res_id not in debtors.ids).unlink()
        for debtor in debtors - debtors.browse(asked.exists().mapped("res_id")):
            debtor.activity_schedule(
                PROPOSAL,
                user_id=(debtor._case_person() or debtor._person_in_charge()).id,
                summary=self.env._("The formal notice expired unpaid: open a litigation case?"),
            )
