from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools import clock


class RecouvrementRun(models.Model):
    """The end of a run: ranked, capped, held or released, done, and one day forgotten."""

    _inherit = "recouvrement.run"

    def _finish(self):
        """Rank the whole run, hold it when too many debtors would jump at once, else let it leave."""
        if self.kind == "night":
            reason = self._halt_reason()
            if reason:
                self.write({"reason": "halted", "reason_detail": reason})
                self._hold()
                return
            self._cap()
        self._release()

    def _halt_reason(self):
        """Why this night is suspicious, or None. The first night after an activation was looked at already."""
        company = self.company_id
        if not company.recouvrement_halt_percent or self.due_count < company.recouvrement_halt_count:
            return None
        first = not self.search_count(
            [("company_id", "=", company.id), ("kind", "=", "night"), ("id", "!=", self.id), ("state", "=", "done")],
            limit=1,
        )
        if first:
            return None
        owing = self.env["recouvrement.debtor"].search_count([("company_id", "=", company.id), ("open_amount", ">", 0)])
        if self.due_count * 100 < owing * company.recouvrement_halt_percent:
            return None
        return self.env._(
            "%(due)s of %(owing)s debtors would be reminded at once."
            " Check the last bank import, then release or discard.",
            due=self.due_count,
            owing=owing,
        )

    def _cap(self):
        """Put off the reminders over the night's cap: the largest amounts leave first, then the oldest."""
        cap = self.company_id.recouvrement_night_cap
        if not cap:
            return
        over = self.env["recouvrement.reminder"].search(
            [("run_id", "=", self.id), ("state", "in", ("planned", "to_approve"))],
            order="amount_due desc, id",
            offset=cap,
        )
        over._cancel(self.env._("Over the cap of the night: put off to the next one."), reason="capped")

    def _release(self):
        self.write({"state": "released", "ended_on": clock.stamp()})
        self.env.ref("recouvrement_fr.ir_cron_recouvrement_dispatch").sudo()._trigger()  # users may not read crons

    def _hold(self):
        """Stop before anything leaves, and call the managers."""
        self.state = "held"
        self._call_managers(self.env._("A dunning run is held"), mark="held")

    def _call_managers(self, summary, note=None, mark=False):
        for manager in self.company_id._recouvrement_managers():
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=manager.id,
                summary=summary,
                note=note or self.reason_detail,
                recouvrement_mark=mark,
            )

    @api.model
    def _note_failures(self, failures):
        """Show the parts of the daily follow-up that failed on the last night of each company, and tell its managers.

        :param failures: [(label, error)]; none takes back what the same night was shown before
        """
        text = "\n".join(f"{label}: {error}" for label, error in failures) or False
        for company in self.env["res.company"].search([("recouvrement_active", "=", True)]).root_id:
            night = self.search([("company_id", "=", company.id), ("kind", "=", "night")], limit=1)
            if night and (night.failure or False) != text:
                night.failure = text
                self.env["mail.activity"]._all_marked(self._name, "failure", company).action_feedback()  # said anew
                if text:
                    words = self.env._("A part of the daily follow-up stopped")
                    night._call_managers(words, note=text, mark="failure")
            if not text:  # well again: nobody is called any more, for whichever night
                self.env["mail.activity"]._all_marked(self._name, "failure", company).action_feedback()

    def _end(self):
        self.write({"state": "done", "ended_on": clock.stamp()})

    def _close_sent(self, _on=None):
        """Runs whose reminders have all left, or not, are done."""
        released = self.search([("state", "=", "released")])
        pending = self.env["recouvrement.reminder"]._read_group(
            [("run_id", "in", released.ids), ("state", "=", "planned")], ["run_id"]
        )
        for run in released.browse(set(released.ids) - {run.id for [run] in pending}):
            run._end()

    @api.model
    def _forget(self, on):
        """Decisions are kept thirty nights, the last one of a debtor until the next, simulations seven: the reminders
        themselves stay."""
        old = self.env.execute_query(
            SQL(
                """
                SELECT d.id
                  FROM recouvrement_decision d
                 WHERE d.date < %s
                   AND (d.debtor_id IS NULL
                        OR EXISTS (SELECT 1 FROM recouvrement_decision n JOIN recouvrement_run r ON r.id = n.run_id
                                    WHERE n.debtor_id = d.debtor_id AND r.kind != 'simulation'
                                      AND (n.date, n.id) > (d.date, d.id)))
                 LIMIT 50000
                """,
                on - timedelta(days=30),
            )
        )
        self.env["recouvrement.decision"].browse(row[0] for row in old).unlink()
        self.search([("kind", "=", "simulation"), ("create_date", "<", clock.stamp() - timedelta(days=7))]).unlink()
        self.env["ir.cron"]._commit_progress()
