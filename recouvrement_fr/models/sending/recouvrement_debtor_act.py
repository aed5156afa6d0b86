from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.escalation import FOR_A_PERSON
from ...tools import clock


class RecouvrementDebtor(models.Model):
    """The agenda by act: what a person does next for a debtor, worked out in the database so that lists group by it."""

    _inherit = "recouvrement.debtor"

    act = fields.Selection(
        [
            ("call", "Call"),
            ("visit", "Visit"),
            ("approve", "Read again and approve"),
            ("post", "Post a letter"),
            ("answer", "Read an answer"),
            ("decide", "Decide"),
            ("task", "Planned task"),
            ("wait", "Nothing for a person"),  # lists show the groups by these names: it comes last
        ],
        compute="_compute_act",
        search="_search_act",
        help="A call comes before a letter to post, what waits in the queue before what the last night found, and that "
        "before what somebody planned for today or before.",
    )

    @api.model
    def _act_sql(self, debtor, on):
        """The act of a debtor, as an expression of SQL; its own names begin with "act": whoever calls names the card.

        :param SQL debtor: how the statement names the card
        :param on: the day until which what is planned is due
        """
        return SQL(
            """
            COALESCE(
                CASE WHEN %(debtor)s.reply_pending THEN 'answer' END,
                (SELECT CASE WHEN BOOL_OR(act_d.channel = 'call') THEN 'call'
                             WHEN BOOL_OR(act_d.channel = 'visit') THEN 'visit'
                             WHEN BOOL_OR(act_r.state = 'to_approve') THEN 'approve'
                             WHEN BOOL_OR(act_d.postal_state IN ('to_post', 'to_send_registered')) THEN 'post' END
                   FROM recouvrement_reminder act_r
              LEFT JOIN recouvrement_dispatch act_d ON act_d.reminder_id = act_r.id AND act_d.state = 'queued'
                  WHERE act_r.debtor_id = %(debtor)s.id AND (act_r.state = 'to_approve' OR act_d.id IS NOT NULL)
                    AND (act_d.printed_on IS NOT NULL OR %(still_asked)s)),
                CASE WHEN %(debtor)s.reason IN %(reasons)s THEN 'decide' END,
                (SELECT CASE WHEN BOOL_OR(act_t.category = 'phonecall') THEN 'call'
                             WHEN COUNT(*) > 0 THEN 'task' END
                   FROM mail_activity act_a
                   JOIN mail_activity_type act_t ON act_t.id = act_a.activity_type_id
                  WHERE act_a.res_model = 'recouvrement.debtor' AND act_a.res_id = %(debtor)s.id
                    AND act_a.active AND act_a.date_deadline <= %(on)s
                    AND NOT EXISTS (SELECT 1 FROM recouvrement_dispatch act_q WHERE act_q.activity_id = act_a.id)),
                'wait')
            """,
            on=on,
            debtor=debtor,
            still_asked=self._still_asked_sql(debtor),
            reasons=tuple(sorted(FOR_A_PERSON - {"approval", "reply"})),
        )

    @api.model
    def _still_asked_sql(self, debtor):
        """Whether the reminder of that expression still has something to ask: what was paid since is approved and
        called about by nobody, although its document is taken back when it would leave."""
        return SQL(
            """
            %(debtor)s.reason IS DISTINCT FROM 'covered' AND EXISTS (
                SELECT 1
                  FROM recouvrement_reminder_line act_s
                  JOIN account_move_line act_l ON act_l.move_id = act_s.move_id
                 WHERE act_s.reminder_id = act_r.id AND act_s.role = 'carried' AND act_s.cancelled IS NOT TRUE
                   AND act_l.reconciled IS NOT TRUE AND act_l.amount_residual_currency > 0
                   AND (act_l.id = act_s.entry_line_id
                        OR act_s.entry_line_id = 0 AND act_l.display_type = 'payment_term'))
            """,
            debtor=debtor,
        )

    def _flush_acts(self):
        self.flush_model(["reply_pending", "reason"])
        self.env["recouvrement.reminder"].flush_model(["state", "debtor_id"])
        self.env["recouvrement.reminder.line"].flush_model(["reminder_id", "role", "cancelled"])
        self.env["recouvrement.dispatch"].flush_model(["state", "channel", "postal_state", "printed_on", "reminder_id"])
        self.env["account.move.line"].flush_model(["reconciled", "amount_residual_currency"])
        self.env["mail.activity"].flush_model(["res_model", "res_id", "active", "date_deadline", "activity_type_id"])

    @api.depends("reason", "reply_pending", "reminder_ids.state", "reminder_ids.dispatch_ids.state", "activity_ids")
    def _compute_act(self):
        self._flush_acts()
        found = {}
        if self.ids:
            found = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT c.id, %s FROM recouvrement_debtor c WHERE c.id IN %s",
                        self._act_sql(SQL("c"), clock.today(self.env)),
                        self._ids,
                    )
                )
            )
        for debtor in self:
            debtor.act = found.get(debtor._origin.id, "wait")

    @api.model
    def _search_act(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._flush_acts()
        acts, on = tuple(str(one) for one in value) or ("",), clock.today(self.env)
        # A condition of the statement that asks: its other conditions bound the cards that are looked at.
        return Domain.custom(
            to_sql=lambda model, alias, _query: SQL("%s IN %s", model._act_sql(SQL.identifier(alias), on), acts),
            predicate=lambda debtor: debtor.act in acts,
        )

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "act":
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields["act"], "read")
        self._flush_acts()
        return self._act_sql(SQL.identifier(alias), clock.today(self.env))
