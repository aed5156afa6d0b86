from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, LazyTranslate, format_date

from ...rules.dates import add_months
from ...rules.escalation import Hold
from ...rules.interest import GRACE_ARTICLE, Freeze
from ...tools import bulk, clock

_lt = LazyTranslate(__name__)

IN_FORCE = SQL("g.void IS NOT TRUE")


class RecouvrementGrace(models.Model):
    """A delay that a judge granted: while it lasts nothing is asked, and penalties of delay do not run (C.civ 1343-5).

    For some invoices of a debtor, or for all those invoiced before the decision. It is never deleted: a mistake, or a
    delay that lapsed because an instalment was missed, is voided or ended with its reason.
    """

    _name = "recouvrement.grace"
    _description = "Delay Granted by a Judge"
    _inherit = ["recouvrement.holding", "mail.thread"]
    _hold_reason = "paused"
    _hold_label = _lt("Paused")
    _hold_state = "paused"
    _mail_post_access = "read"
    _order = "date_from desc, id desc"
    _rec_name = "decision"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    move_ids = fields.Many2many(
        "account.move",
        "recouvrement_grace_move_rel",
        "grace_id",
        "move_id",
        "Invoices",
        domain="[('commercial_partner_id', '=', partner_id), ('state', '=', 'posted'),"
        " ('move_type', 'in', ('out_invoice', 'out_receipt'))]",
        help="Empty: all those invoiced before the delay begins.",
    )
    decision = fields.Char(required=True, help="Court, date and number, for example: TJ Lyon, 12/05/2026, n° 26/01234.")
    date_from = fields.Date("From", required=True, default=lambda self: clock.today(self.env), tracking=True)
    date_to = fields.Date("To", required=True, tracking=True, help="The last day of the delay (C.civ 1343-5).")
    interest_runs = fields.Boolean(
        "Interest runs all the same", tracking=True, help="The decision postpones the payments, not the interest."
    )
    void = fields.Boolean(readonly=True, tracking=True)
    void_reason = fields.Char(readonly=True)

    _ordered = models.Constraint("CHECK(date_from <= date_to)", "The delay ends before it begins.")

    @api.constrains("date_from", "date_to")
    def _check_length(self):
        law = self.env["recouvrement.legal.figure"]._figures()
        for grace in self:
            most = law.at("grace_years", grace.date_from)
            if grace.date_to > add_months(grace.date_from, 12 * int(most.value)):
                raise ValidationError(
                    self.env._(
                        "A judge grants %(years)s years at most (%(article)s): check the dates.",
                        years=int(most.value),
                        article=most.article,
                    )
                )

    @api.constrains("move_ids", "debtor_id")
    def _check_moves(self):
        for grace in self:
            if grace.move_ids.commercial_partner_id - grace.debtor_id.partner_id:
                raise ValidationError(self.env._("These invoices are not all of %s.", grace.debtor_id.display_name))

    @api.model_create_multi
    def create(self, vals_list):
        delays = super().create(vals_list)
        for grace in delays:
            grace.debtor_id.message_post(
                body=self.env._(
                    "A judge granted a delay until %(day)s (%(decision)s): reminders stop, and penalties do not run "
                    "(C.civ 1343-5).",
                    day=format_date(self.env, grace.date_to),
                    decision=grace.decision,
                )
            )
        delays.debtor_id._decide_again_now()
        return delays

    def write(self, vals):
        if self.filtered("void"):
            raise UserError(self.env._("This delay is void: it is evidence, enter the right one."))
        result = super().write(vals)
        self.debtor_id._decide_again_now()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A delay granted is evidence: void it with a reason."))

    def action_void(self):
        """It was entered by mistake, or it lapsed from its first day."""
        self.check_access("write")
        for grace in self:
            if not grace.void_reason:
                raise UserError(self.env._("Say why it is void."))
            grace.void = True

    @api.model
    def _frozen(self, move_ids):
        """{move id: [Freeze]} of the delays that stop their interest, in one statement."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, g.date_from, g.date_to
                  FROM recouvrement_grace g
                  %(moves)s
                 WHERE %(in_force)s AND g.interest_runs IS NOT TRUE AND m.id = %(wanted)s
                """,
                moves=_MOVES,
                in_force=IN_FORCE,
                wanted=bulk.any_of(move_ids),
            )
        )
        frozen = {}
        for move_id, date_from, date_to in rows:
            frozen.setdefault(move_id, []).append(Freeze(date_from, date_to, GRACE_ARTICLE))
        return frozen

    @api.model
    def _holds(self, company, moves, on):
        """{move id: Hold} of the invoices a judge gave time for, in one statement."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, MAX(g.date_to)
                  FROM recouvrement_grace g
                  %(joined)s
                 WHERE %(in_force)s AND g.company_id = %(company)s AND %(on)s BETWEEN g.date_from AND g.date_to
                   AND m.state = 'posted' AND %(wanted)s
              GROUP BY m.id
                """,
                joined=_MOVES,
                in_force=IN_FORCE,
                company=company.id,
                on=on,
                wanted=SQL("TRUE") if moves is None else SQL("m.id = %s", bulk.any_of(moves)),
            )
        )
        return {move_id: Hold("paused", until) for move_id, until in rows}


_MOVES = SQL(
    """
    JOIN recouvrement_debtor d ON d.id = g.debtor_id
    JOIN account_move m ON m.commercial_partner_id = d.partner_id
    JOIN res_company co ON co.id = m.company_id AND split_part(co.parent_path, '/', 1)::int = g.company_id
     AND CASE WHEN EXISTS (SELECT 1 FROM recouvrement_grace_move_rel rel WHERE rel.grace_id = g.id)
              THEN EXISTS (SELECT 1 FROM recouvrement_grace_move_rel rel
                            WHERE rel.grace_id = g.id AND rel.move_id = m.id)
              ELSE COALESCE(m.invoice_date, m.date) < g.date_from
          END
    """
)
