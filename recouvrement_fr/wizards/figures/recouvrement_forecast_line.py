from odoo import api, fields, models

from ...tools import bulk
from ...tools.bulk import SoftMany2one

COLUMNS = (
    *(
        "dashboard_id",
        "company_id",
        "currency_id",
        "kind",
        "debtor_id",
        "name",
        "document",
        "res_model",
        "res_id",
        "date",
    ),
    *("low", "middle", "high"),
)


class RecouvrementForecastLine(models.TransientModel):
    """One thing that the forecast expects in a week: an item of the ledger, a promise, an instalment of a plan.

    Taken down when a week is opened, thousands at once: no foreign key but to their dashboard. They live a day.
    """

    _name = "recouvrement.forecast.line"
    _description = "Expected in a Week"
    _inherit = "recouvrement.dialog"
    _order = "middle desc, high desc, id"
    _transient_max_hours = 24

    dashboard_id = fields.Many2one("recouvrement.dashboard", required=True, index=True, ondelete="cascade")
    company_id = SoftMany2one("res.company", readonly=True)
    currency_id = SoftMany2one("res.currency", readonly=True)
    debtor_id = SoftMany2one("recouvrement.debtor", "Card", readonly=True)
    name = fields.Char("Debtor", readonly=True)
    kind = fields.Selection(
        [("item", "Open item"), ("promise", "Promise"), ("instalment", "Instalment of a plan")], "What", readonly=True
    )
    document = fields.Char(readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Integer(readonly=True)
    date = fields.Date("Due or agreed for", readonly=True)
    low = fields.Monetary(readonly=True, help="Expected in this week by the low figure.")
    middle = fields.Monetary(readonly=True, help="Expected in this week by the middle figure.")
    high = fields.Monetary(readonly=True, help="Expected in this week by the high figure.")

    @api.model
    def _take_down(self, dashboard, expected):
        """Write what a week expects: see `recouvrement.dashboard._expected`."""
        expected = list(expected)
        company = dashboard.company_id.sudo()  # a branch's people look at the company above it
        partners = self.env["res.partner"].browse({row[3] for row in expected if row[3]})
        # sudo: names, whose amounts the forecast tells already
        names = {partner.id: partner.name for partner in partners.sudo()}
        cards = self.env["recouvrement.debtor"].search(
            [("company_id", "=", company.id), ("partner_id", "in", partners.ids)]
        )
        card_of = {card.partner_id.id: card.id for card in cards}
        documents = self._documents(expected)
        rows = [
            (
                *(dashboard.id, company.id, company.currency_id.id, kind, card_of.get(partner_id)),
                names.get(partner_id) or self.env._("Without a customer"),
                documents.get((model, record_id), ""),
                *(model, record_id, day, *(amounts.get(reading, 0) for reading in ("low", "middle", "high"))),
            )
            for kind, model, record_id, partner_id, day, amounts in expected
        ]
        bulk.insert(self, COLUMNS, rows)

    @api.model
    def _documents(self, expected):
        """{(model, id): the number of the invoice, of the promise, of the plan}"""
        found = {}
        for model in {row[1] for row in expected}:
            records = self.env[model].browse([row[2] for row in expected if row[1] == model])
            for record in records.sudo():  # numbers, as above
                owner = {"account.move.line": "move_id", "recouvrement.plan.instalment": "plan_id"}.get(model)
                found[model, record.id] = (record[owner] if owner else record).name
        return found

    def action_open(self):
        """The invoice, the promise or the plan."""
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id)
        owner = {"account.move.line": "move_id", "recouvrement.plan.instalment": "plan_id"}.get(self.res_model)
        return (record[owner] if owner else record)._get_records_action()
