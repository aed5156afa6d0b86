from odoo import api, models
from odoo.tools import SQL

from ...tools import bulk
from .recouvrement_reminder import WAITING

LINE_COLUMNS = (
    *("reminder_id", "move_id", "date_due", "entry_line_id", "level_id", "role", "cycle", "currency_id"),
    *("amount_total", "amount_residual", "days_overdue"),
)
FRANCE = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF", "MC")


class RecouvrementReminder(models.Model):
    """What the night plans, and what is taken back before it leaves."""

    _inherit = "recouvrement.reminder"

    @api.model
    def _plan(self, run, cases):
        """Plan what a page of debtors is due; {commercial partner id: reminder id}, the first of each."""
        plans = [
            (case, policy_id, addressee_id, decision)
            for case in cases
            for policy_id, addressee_id, decision in case.decisions
            if decision.outcome == "remind"
        ]
        if not plans:
            return {}
        langs = self._langs([plan[2] for plan in plans])
        common = self._common_vals(run)
        ids = self._insert([self._planned_vals(common, *plan, langs) for plan in plans])
        self._insert_lines(
            row
            for reminder_id, (case, _policy, _addressee, decision) in zip(ids, plans, strict=True)
            for row in self._planned_rows(reminder_id, case, decision, run.date)
        )
        planned = {}
        for reminder_id, plan in zip(ids, plans, strict=True):
            planned.setdefault(plan[0].partner_id, reminder_id)
        return planned

    @api.model
    def _insert(self, vals_list):
        """Insert reminders that all give the same fields; returns their ids in order."""
        if not vals_list:
            return []
        return bulk.insert(self, tuple(vals_list[0]), [tuple(vals.values()) for vals in vals_list])

    @api.model
    def _insert_lines(self, rows):
        bulk.insert(self.env["recouvrement.reminder.line"], LINE_COLUMNS, list(rows))
        self.invalidate_model(["line_ids"], flush=False)

    def _common_vals(self, run):
        """What all the reminders of a run share."""
        return {
            "company_id": run.company_id.id,
            "run_id": run.id,
            "origin": "manual" if run.kind == "manual" else "night",
            "date": run.date,
            "sent_date": None,
        }

    def _planned_vals(self, common, case, policy_id, addressee_id, decision, langs):
        return {
            **common,
            "debtor_id": case.facts.debtor_id,
            "addressee_id": addressee_id,
            "policy_id": policy_id,
            "level_id": decision.level.id,
            "state": "to_approve" if decision.level.requires_approval else "planned",
            "lang": langs[addressee_id],
            "amount_due": round(
                sum(case.debts[key].company_amount for key in (*decision.carried, *decision.listed)), 6
            ),
        }

    def _planned_rows(self, reminder_id, case, decision, on):
        for role, keys in (("carried", decision.carried), ("listed", decision.listed)):
            for key in keys:
                debt = case.debts[key]
                yield (
                    reminder_id,
                    *key,
                    decision.level.id,
                    role,
                    debt.instalment.history.cycle,
                    debt.item.currency_id,
                    debt.item.amount_total,
                    debt.amount,
                    max((on - debt.item.due).days, 0),
                )

    def _langs(self, partner_ids):
        """{partner id: code}: French, unless the addressee lives abroad and has another language, installed; then the
        one in which a whole letter can be written to him."""
        spoken = self.env["res.lang"]._recouvrement_spoken
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        self.env["res.partner"].flush_model(["country_id", "lang"])
        rows = self.env.execute_query(
            SQL(
                "SELECT p.id, p.lang, c.code FROM res_partner p LEFT JOIN res_country c ON c.id = p.country_id"
                " WHERE p.id = %s",
                bulk.any_of(set(partner_ids)),
            )
        )
        return {
            partner_id: spoken(lang) if country and country not in FRANCE and lang in installed else "fr_FR"
            for partner_id, lang, country in rows
        }

    def _cancel(self, message, reason=None):
        """Cancel what has not left yet, freeing its instalments; their debtors are decided again.

        :param str message: why, in words, kept on the reminder
        :param str reason: shown on the debtor until the next decision
        """
        reminders = self.sudo().filtered(lambda reminder: reminder.state in WAITING)  # evidence is written by methods
        gone = reminders.dispatch_ids.filtered(
            lambda dispatch: dispatch.state in ("handed_over", "delivered", "uncertain")
        )
        reminders -= gone.reminder_id
        if not reminders:
            return
        reminders.dispatch_ids.filtered(lambda dispatch: dispatch.state == "queued")._cancel()
        reminders.write({"state": "cancelled", "cancel_reason": message})
        self.env.cr.execute(
            SQL("UPDATE recouvrement_reminder_line SET cancelled = TRUE WHERE reminder_id IN %s", tuple(reminders.ids))
        )
        reminders.line_ids.invalidate_recordset(["cancelled"], flush=False)
        reminders.debtor_id._put_off(reason)

    @api.model
    def _withdraw(self, moves, why, reason, items=None):
        """Take back what is about to leave for these invoices, or items of opening entries, since something else is
        done about them."""
        self._about_to_leave(moves, items)._cancel(why, reason=reason)

    @api.model
    def _about_to_leave(self, moves, items=None):
        ids = (moves | items.move_id).ids if items else moves.ids
        found = self.search([("state", "in", WAITING), ("line_ids.move_id", "in", ids)])
        return found.filtered(lambda reminder: reminder.line_ids._about(moves, items)) if items else found

    @api.model
    def _cancel_settled(self):
        """Cancel every reminder still here whose carried instalments were all paid, credited or reset since."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.id
                  FROM recouvrement_reminder r
                 WHERE r.state IN %s
                   AND NOT EXISTS (
                       SELECT 1
                         FROM recouvrement_reminder_line s
                         JOIN account_move_line l ON l.move_id = s.move_id
                         JOIN account_account a ON a.id = l.account_id
                        WHERE s.reminder_id = r.id AND s.role = 'carried'
                          AND a.account_type = 'asset_receivable' AND l.reconciled IS NOT TRUE
                          AND l.parent_state = 'posted' AND COALESCE(l.date_maturity, l.date) = s.date_due
                          AND s.entry_line_id IN (0, l.id)
                   )
                """,
                WAITING,
            )
        )
        self.browse([row[0] for row in rows])._cancel(self.env._("Paid, credited or withdrawn before it left."))
