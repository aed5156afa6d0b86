from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class RecouvrementPausePeriod(models.Model):
    """A pause of a debtor's reminders: who asked for it, why, from when to when. Kept for good.

    The card says whether he is paused now; each change of it ends the period in force and, if it goes on, begins
    another. Single invoices have the same history in `recouvrement.exclusion`.
    """

    _name = "recouvrement.pause.period"
    _description = "Pause of a Debtor"
    _order = "id desc"
    _rec_name = "reason"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="cascade", readonly=True)
    reason = fields.Char(readonly=True)
    author_id = fields.Many2one("res.users", "Paused by", readonly=True)
    started_on = fields.Date("From", required=True, readonly=True)
    until = fields.Date("Until", required=True, readonly=True, help="The last day without any reminder.")
    ended_on = fields.Date("Ended on", readonly=True, help="Resumed before its last day, changed, or come to its end.")
    ended_by_id = fields.Many2one("res.users", readonly=True, help="Empty: it came to its end by itself.")

    _in_force = models.UniqueIndex("(debtor_id) WHERE ended_on IS NULL", "This debtor is already paused.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("Who paused a debtor, and why, is kept: it cannot be deleted."))

    @api.model
    def _follow_cards(self, before, on):
        """Write down what changed on these cards.

        :param before: {debtor: (paused until, reason)} before the change
        """
        changed = [debtor for debtor, was in before.items() if was != (debtor.paused_until, debtor.pause_reason)]
        if not changed:
            return
        periods = self.sudo()  # written by the cards alone
        by_itself = self.env.su and self.env.user._is_superuser()
        ended = periods.search([("debtor_id", "in", [debtor.id for debtor in changed]), ("ended_on", "=", False)])
        ended.write({"ended_on": on, "ended_by_id": False if by_itself else self.env.uid})
        ended.flush_recordset(["ended_on"])  # one in force at a time: the database checks at once
        periods.create(
            [
                {
                    "company_id": debtor.company_id.id,
                    "debtor_id": debtor.id,
                    "reason": debtor.pause_reason,
                    "author_id": self.env.uid,
                    "started_on": on,
                    "until": debtor.paused_until,
                }
                for debtor in changed
                if debtor.paused_until
            ]
        )

    @api.model
    def _fold(self, cards, on):
        """These cards are merged: one pause at most stays in force, the one that ends last."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE recouvrement_pause_period p SET ended_on = %(on)s, ended_by_id = %(uid)s
                 WHERE p.ended_on IS NULL AND p.debtor_id IN %(cards)s AND p.id != (
                       SELECT x.id FROM recouvrement_pause_period x
                        WHERE x.ended_on IS NULL AND x.debtor_id IN %(cards)s ORDER BY x.until DESC, x.id LIMIT 1)
                """,
                on=on,
                uid=self.env.uid,
                cards=tuple(cards.ids),
            )
        )
