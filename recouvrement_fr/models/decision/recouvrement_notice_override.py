from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools import bulk, clock

NEVER = ("posted", "due", "no_dispute", "not_prescribed", "solvent")  # a notice would be wrong whatever anybody says


class RecouvrementNoticeOverride(models.Model):
    """A manager lets a formal notice leave though a condition is not met: in writing, for what he saw, and no more.

    It covers the conditions that were not met on that day, for one invoice or for all those of a debtor; what is found
    missing later bars again. Only ever added to; taking it back is a date and a name.
    """

    _name = "recouvrement.notice.override"
    _description = "Formal Notice Allowed by a Manager"
    _order = "id desc"
    _rec_name = "reason"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict", readonly=True)
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
        help="Empty: all the invoices of the debtor.",
    )
    codes = fields.Char("Conditions let pass", required=True, readonly=True)  # separated by commas
    conditions = fields.Char(compute="_compute_conditions")
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True, default=lambda self: self.env.user)
    date = fields.Datetime("On", required=True, readonly=True, default=fields.Datetime.now)
    ended_on = fields.Datetime("Taken back on", readonly=True)
    ended_by_id = fields.Many2one("res.users", "Taken back by", readonly=True)

    @api.depends("codes")
    def _compute_conditions(self):
        words = self.env["recouvrement.check.item"]._obstacle_words()
        for override in self:
            override.conditions = " ; ".join(words.get(code, code) for code in override.codes.split(","))

    def write(self, vals):
        if vals.keys() - {"ended_on", "ended_by_id", "debtor_id"} or not self.env.su:  # cards are folded together
            raise UserError(self.env._("What a manager let pass is kept: take it back instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("What a manager let pass is kept: take it back instead."))

    @api.model
    def _allow(self, debtor, moves, reason, on):
        """Let the formal notice of a debtor, or of some of his invoices, leave though conditions are not met.

        Returns the overrides: one for each invoice, or a single one for the debtor when no invoice is given.
        """
        debtor, moves = debtor.with_env(self.env), moves.with_env(self.env)  # the rights are those of whoever allows
        self._check_manager(debtor)
        moves.check_access("read")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the formal notice may leave all the same."))
        obstacles = (moves or debtor._overdue_moves())._notice_obstacles(on)
        barred = {code for codes in obstacles.values() for code in codes}
        if not barred - set(NEVER):
            words = self.env["recouvrement.check.item"]._obstacle_words()
            if barred:
                told = " ; ".join(words.get(code, code) for code in sorted(barred))
                raise UserError(self.env._("No manager can let this pass: %s.", told))
            raise UserError(self.env._("Nothing bars a formal notice to %s.", debtor.display_name))
        common = {"company_id": debtor.company_id.id, "debtor_id": debtor.id, "reason": reason, "user_id": self.env.uid}
        if moves:
            wanted = [
                {**common, "move_id": move.id, "codes": ",".join(codes)}
                for move in moves
                for codes in [[code for code in obstacles[move.id] if code not in NEVER]]
                if codes
            ]
        else:
            wanted = [{**common, "codes": ",".join(sorted(barred - set(NEVER)))}]
        overrides = self.sudo().create(wanted)  # managers let pass through this method alone
        for override in overrides:
            override._tell(
                self.env._(
                    "Formal notice allowed by a manager despite: %(what)s. %(why)s",
                    what=override.conditions,
                    why=reason,
                )
            )
        debtor._decide_again_now()
        return overrides.with_env(self.env)

    def action_take_back(self):
        """The conditions are asked again from now on."""
        for override in self:
            override._check_manager(override.debtor_id)
        in_force = self.sudo().filtered(lambda override: not override.ended_on)  # written by this button alone
        in_force.write({"ended_on": clock.stamp(), "ended_by_id": self.env.uid})
        for override in in_force:
            override._tell(self.env._("Taken back: a formal notice is asked its conditions again."))
        in_force.debtor_id._decide_again_now()

    @api.model
    def _check_manager(self, debtor):
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_manager"):
            raise AccessError(self.env._("Only a collection manager can do this."))
        debtor.check_access("read")

    def _tell(self, body):
        (self.debtor_id if not self.move_id else self.move_id).message_post(body=body)
        if self.move_id:
            self.debtor_id.message_post(body=f"{self.move_id.name} : {body}")

    @api.model
    def _waived(self, moves):
        """{move id: codes of the conditions let pass} for these invoices, in one statement."""
        self.flush_model(["move_id", "debtor_id", "codes", "ended_on"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, o.codes
                  FROM account_move m
                  JOIN res_company c ON c.id = m.company_id
                  JOIN recouvrement_debtor d ON d.partner_id = m.commercial_partner_id
                   AND d.company_id = SPLIT_PART(c.parent_path, '/', 1)::int
                  JOIN recouvrement_notice_override o ON o.debtor_id = d.id
                 WHERE m.id = %s AND o.ended_on IS NULL AND (o.move_id IS NULL OR o.move_id = m.id)
                """,
                bulk.any_of(moves.ids),
            )
        )
        waived = {}
        for move_id, codes in rows:
            waived.setdefault(move_id, set()).update(codes.split(","))
        return waived


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    notice_override_ids = fields.One2many("recouvrement.notice.override", "debtor_id", readonly=True)
