from odoo import fields, models
from odoo.tools import SQL

KINDS = ("opened", "payment", "paid", "promise", "dispute", "plan", "message")


class RecouvrementPortalReport(models.Model):
    """Of the debtors who were given a link, how many opened it and what they did there: one row per debtor.

    Shares are averages of 0 and 100, so that they add up whatever they are grouped by.
    """

    _name = "recouvrement.portal.report"
    _description = "What Debtors Do on Their Page"
    _auto = False
    _order = "linked_on desc, id desc"
    _rec_name = "debtor_id"

    debtor_id = fields.Many2one("recouvrement.debtor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    collector_id = fields.Many2one("res.users", readonly=True)
    debtor_type = fields.Selection(
        lambda self: self.env["recouvrement.debtor"]._fields["debtor_type"]._description_selection(self.env),
        readonly=True,
    )
    linked_on = fields.Date("First link", readonly=True)
    link_count = fields.Integer("Links", readonly=True)
    opened = fields.Float("Opened (%)", aggregator="avg", readonly=True)
    payment = fields.Float("Paid online (%)", aggregator="avg", readonly=True)
    paid = fields.Float("Said it is paid (%)", aggregator="avg", readonly=True)
    promise = fields.Float("Promised (%)", aggregator="avg", readonly=True)
    dispute = fields.Float("Contested (%)", aggregator="avg", readonly=True)
    plan = fields.Float("Took a plan (%)", aggregator="avg", readonly=True)
    message = fields.Float("Wrote (%)", aggregator="avg", readonly=True)

    @property
    def _table_query(self):
        did = SQL(", ").join(
            SQL("CASE WHEN %s = ANY(did.kinds) THEN 100.0 ELSE 0.0 END AS %s", kind, SQL.identifier(kind))
            for kind in KINDS
        )
        return SQL(
            """
            SELECT d.id, d.id AS debtor_id, d.company_id, d.collector_id, d.debtor_type, link.linked_on,
                   link.link_count, %s
              FROM recouvrement_debtor d
              JOIN (SELECT debtor_id, MIN(create_date)::date AS linked_on, COUNT(*) AS link_count
                      FROM recouvrement_portal_access GROUP BY debtor_id) link ON link.debtor_id = d.id
         LEFT JOIN (SELECT debtor_id, ARRAY_AGG(DISTINCT kind) AS kinds
                      FROM recouvrement_portal_event GROUP BY debtor_id) did ON did.debtor_id = d.id
            """,
            did,
        )
