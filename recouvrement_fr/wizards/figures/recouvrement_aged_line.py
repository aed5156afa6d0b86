from odoo import fields, models
from odoo.tools import format_date

from ...ledger import aged
from ...tools.bulk import SoftMany2one


class RecouvrementAgedLine(models.TransientModel):
    """What one debtor owed at the end of a day, by age.

    Made in one statement, a hundred thousand at once: no foreign key but to their balance. They live a day, and
    nothing is computed of what they point to.
    """

    _name = "recouvrement.aged.line"
    _description = "Debtor of an Aged Balance"
    _inherit = "recouvrement.dialog"
    _order = "total desc, id"
    _transient_max_hours = 24

    aged_id = fields.Many2one("recouvrement.aged", "Aged balance", required=True, index=True, ondelete="cascade")
    company_id = SoftMany2one("res.company", readonly=True)
    currency_id = SoftMany2one("res.currency", readonly=True)
    partner_id = SoftMany2one("res.partner", readonly=True)
    debtor_id = SoftMany2one("recouvrement.debtor", "Card", readonly=True)
    collector_id = SoftMany2one("res.users", "Followed by", readonly=True)
    name = fields.Char("Debtor", readonly=True)
    not_due = fields.Monetary("Not due", readonly=True)
    to_30 = fields.Monetary("1 to 30 days late", readonly=True)
    to_60 = fields.Monetary("31 to 60 days", readonly=True)
    to_90 = fields.Monetary("61 to 90 days", readonly=True)
    over_90 = fields.Monetary("Over 90 days", readonly=True)
    credits = fields.Monetary("Credits", readonly=True, help="Credit notes and payments not set against a debt yet.")
    overdue = fields.Monetary(readonly=True, help="Debts past their due date, credits apart.")
    total = fields.Monetary(readonly=True, help="Debts less credits: the balance of the account.")
    item_count = fields.Integer("Items", readonly=True)
    oldest_due = fields.Date("Oldest due date", readonly=True)

    def action_open_items(self):
        """The items that were open at the end of that day, with what was left of each then."""
        self.ensure_one()
        self.check_access("read")
        company = self.env["recouvrement.simulation"]._company(self.company_id)
        on = self.aged_id.date
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_aged_item_action")
        return {
            **action,
            "display_name": self.env._("%(debtor)s at %(day)s", debtor=self.name, day=format_date(self.env, on)),
            "domain": [("id", "in", aged.of_partner(self.env, company, self.partner_id.id, on))],
            "context": {"recouvrement_aged_on": fields.Date.to_string(on)},
        }

    def action_open_debtor(self):
        """The debtor as it is today."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.debtor",
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": self.debtor_id.id,
        }
