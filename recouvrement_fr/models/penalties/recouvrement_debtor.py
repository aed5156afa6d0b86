from odoo import fields, models

from ...tools import clock


class RecouvrementDebtor(models.Model):
    """What a debtor owes besides the principal."""

    _inherit = "recouvrement.debtor"

    accessory_amount = fields.Monetary(
        "Penalties",
        compute="_compute_accessory_amount",
        help="Penalties and indemnities claimed or invoiced, and not paid, in company currency.",
    )

    def _asked_once(self):
        return super()._asked_once() | self._own("recouvrement.accessory")

    def _compute_accessory_amount(self):
        asked = self.ids if self._may_have(("own", "recouvrement.accessory")) else []
        groups = self.env["recouvrement.accessory"]._read_group(
            [("debtor_id", "in", asked), ("state", "in", ("claimed", "invoiced"))],
            ["debtor_id"],
            ["company_amount:sum"],
        )
        amounts = dict(groups)
        for debtor in self:
            debtor.accessory_amount = amounts.get(debtor, 0)

    def action_open_accessories(self):
        """The penalties and indemnities of the debtor."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_accessory_action")
        return {**action, "domain": [("debtor_id", "=", self.id)], "context": {}}

    def action_book_accessories(self):
        """One draft debit note of what these debtors owe besides the principal."""
        self.check_access("read")
        return (
            self.env["recouvrement.accessory"]
            .search([("debtor_id", "in", self.ids), ("state", "in", ("accrued", "claimed"))])
            .action_book()
        )

    def action_collect_accessories(self):
        """Make or refresh what these debtors owe besides the principal, and show it."""
        self.check_access("write")
        on = clock.today(self.env)
        for company, debtors in self.grouped("company_id").items():
            self.env["recouvrement.accessory"]._collect(company, on, debtors)
        return self.action_open_accessories() if len(self) == 1 else None
