from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementCheckItem(models.Model):
    """A condition that an invoice is checked for: a mention the law wants on it, or what makes a claim hold.

    The catalogue is data: an item may be archived, made blocking (no formal notice without it) or advisory, or added.
    An item whose ``code`` is one that ``recouvrement.invoice.check`` knows is also ticked from what Odoo holds; the
    others by hand alone. A company that wants an item otherwise makes its own with the same code: it takes the place
    of the shared one.
    """

    _name = "recouvrement.check.item"
    _inherit = "recouvrement.shared"
    _description = "Condition of an Invoice"
    _order = "part, sequence, id"

    name = fields.Char(required=True, translate=True, help="What has to be true, in words.")
    code = fields.Char(help="Of the conditions that are ticked from Odoo; empty for those of your own.")
    part = fields.Selection(
        [("mentions", "Payment mentions (C.com L441-9)"), ("claim", "Certain, liquid and due")],
        "List",
        required=True,
        default="claim",
    )
    article = fields.Char()
    obstacle = fields.Char(
        "Said when it is not met",
        required=True,
        translate=True,
        help="What is missing and what to do, shown to the collector.",
    )
    is_blocking = fields.Boolean("Blocking", help="No formal notice leaves while it is not met.")
    by_hand = fields.Boolean(
        "May be ticked by hand",
        default=True,
        help="Somebody may say that it is met though Odoo holds no evidence. Not for what only the ledger knows.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: of every company.")

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL", "There is already an item with this code."
    )

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._decide_again()
        return items

    def write(self, vals):
        result = super().write(vals)
        if {"is_blocking", "active", "code", "company_id"} & vals.keys():
            self._decide_again()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: the answers of every company count, whoever deletes
        if self.env["recouvrement.invoice.check"].sudo().search_count([("item_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Somebody has answered this condition: archive it instead."))

    def _decide_again(self):
        """Notices that waited for a condition are looked at again by the next night."""
        # sudo: the condition is common to all companies
        waiting = self.env["recouvrement.debtor"].sudo().search([("reason", "=", "notice_gate")])
        waiting._decide_again_now()

    @api.model
    def _in_force(self, company):
        """The conditions of a company, in order: its own take the place of the shared ones with the same code."""
        items = self.sudo().search(  # the catalogue is configuration, read whole whoever runs the night
            [("company_id", "in", (False, company.root_id.id))]
        )
        own = {item.code for item in items if item.company_id and item.code}
        return items.filtered(lambda item: item.company_id or item.code not in own)

    @api.model
    def _obstacle_words(self):
        """{code: what is missing and what to do, in words}."""
        items = self.sudo().with_context(active_test=False).search([])  # words of whatever has barred a notice
        return {item._key(): item.obstacle for item in items}

    def _key(self):
        """How the item is named in obstacles: its code, else its number."""
        return self.code or str(self.id)
