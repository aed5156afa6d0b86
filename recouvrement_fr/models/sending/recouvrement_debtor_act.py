from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.escalation import FOR_A_PERSON


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
            ("none", "Nothing for a person"),
        ],
        compute="_compute_act",
        search="_search_act",
        help="A call comes before a letter to post, and what waits in the queue before what the last night found.",
    )

    @api.model
    def _act_sql(self, debtor):
        """The act of a debtor, as an expression of SQL.

        :param SQL debtor: how the statement names the card
        """
        return SQL(
            """
            COALESCE(
                CASE WHEN %(debtor)s.reply_pending THEN 'answer' END,
                (SELECT CASE WHEN BOOL_OR(d.channel = 'call') THEN 'call'
                             WHEN BOOL_OR(d.channel = 'visit') THEN 'visit'
                             WHEN BOOL_OR(r.state = 'to_approve') THEN 'approve'
                             WHEN BOOL_OR(d.postal_state IN ('to_post', 'to_send_registered')) THEN 'post' END
                   FROM recouvrement_reminder r
              LEFT JOIN recouvrement_dispatch d ON d.reminder_id = r.id AND d.state = 'queued'
                  WHERE r.debtor_id = %(debtor)s.id AND (r.state = 'to_approve' OR d.id IS NOT NULL)),
                CASE WHEN %(debtor)s.reason IN %(reasons)s THEN 'decide' END,
                'none')
            """,
            debtor=debtor,
            reasons=tuple(sorted(FOR_A_PERSON - {"approval", "reply"})),
        )

    def _flush_acts(self):
        self.flush_model(["reply_pending", "reason"])
        self.env["recouvrement.reminder"].flush_model(["state", "debtor_id"])
        self.env["recouvrement.dispatch"].flush_model(["state", "channel", "postal_state", "reminder_id"])

    @api.depends("reason", "reply_pending", "reminder_ids.state", "reminder_ids.dispatch_ids.state")
    def _compute_act(self):
        self._flush_acts()
        found = {}
        if self.ids:
            found = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT c.id, %s FROM recouvrement_debtor c WHERE c.id IN %s",
                        self._act_sql(SQL("c")),
                        self._ids,
                    )
                )
            )
        for debtor in self:
            debtor.act = found.get(debtor._origin.id, "none")

    @api.model
    def _search_act(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._flush_acts()
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id FROM recouvrement_debtor c WHERE %s IN %s",
                self._act_sql(SQL("c")),
                tuple(str(one) for one in value) or ("",),
            )
        )
        return Domain("id", "in", [row[0] for row in rows])

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "act":
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields["act"], "read")
        self._flush_acts()
        return self._act_sql(SQL.identifier(alias))
