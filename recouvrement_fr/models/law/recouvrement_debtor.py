from odoo import api, fields, models

from ...ledger import law_facts
from ..base.res_company import SECTORS
from .account_move import INVOICES

BUYERS = [  # the public buyers of rules.payment_terms.SECTORS
    ("public", "State, local authority"),
    ("public_hospital", "Public hospital"),
    ("public_company", "Public company"),
]


class RecouvrementDebtor(models.Model):
    """What decides the law between the company and this debtor."""

    _inherit = "recouvrement.debtor"

    public_buyer = fields.Selection(
        BUYERS,
        tracking=True,
        help="The delay to pay of a public buyer, from the day he received the invoice (CCP R2192-10, R2192-11). "
        "Empty: that of the State.",
    )
    sector = fields.Selection(
        SECTORS,
        "Trade",
        tracking=True,
        help="Sets the maximum payment terms of his invoices; empty: the company's trade.",
    )
    limitation_event_ids = fields.One2many("recouvrement.limitation.event", "debtor_id")
    limitation_event_count = fields.Integer(compute="_compute_limitation_event_count")

    @api.depends("limitation_event_ids.void")
    def _compute_limitation_event_count(self):
        for debtor in self:
            debtor.limitation_event_count = len(debtor.limitation_event_ids.filtered(lambda event: not event.void))

    def _asked_once(self):
        return super()._asked_once() | self._own("recouvrement.deadline")

    def write(self, vals):
        result = super().write(vals)
        if "public_buyer" in vals:
            self._decide_again_now()
        return result

    def _limited_on(self, count):
        """The first day on which one of the oldest open invoices is time-barred, from the items of this account;
        None when nothing is owed."""
        company, oldest = self.company_id, {}
        for item in self._open_now(company).get(self.partner_id.id, ()):  # the oldest due first
            is_debt = item.move_type in INVOICES or item.entry_line_id  # an opening entry is owed item by item
            if item.amount > 0 and is_debt and len(oldest) < count:
                oldest.setdefault(item.debt, item)
        found = self.env["recouvrement.limitation.event"].sudo()  # the day is shown to all readers
        events = found._noted([oldest.values()]) if self._may_have("recouvrement.limitation.event") else {}
        table = self.env["recouvrement.claim.kind"]._kinds_of(company.id)
        known = self.debtor_type, self.public_buyer or "public"
        limits = (
            table.limitation(law_facts.of_item(item, company.id, self.id, *known), events.get(debt, ()))
            for debt, item in oldest.items()
        )
        return min((limit.on for limit in limits if limit), default=None)

    def action_clauses(self):
        """What his contract says of interest."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_interest_clause_action")
        context = {"default_company_id": self.company_id.id, "default_debtor_id": self.id}
        return {**action, "domain": [("debtor_id", "=", self.id)], "context": context}

    def action_graces(self):
        """The delays that judges granted him."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_grace_action")
        return {**action, "domain": [("debtor_id", "=", self.id)], "context": {"default_debtor_id": self.id}}

    def action_limitation_events(self):
        """What interrupted or suspended the limitation of his debts."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_limitation_event_action")
        return {**action, "domain": [("debtor_id", "=", self.id)], "context": {}}

    def action_note_limitation(self):
        """The dialog that notes an interruption or a suspension; his overdue invoices, and entries, are proposed."""
        self.ensure_one()
        self.check_access("read")
        return self._action_note_limitation(self._overdue_moves(), self._overdue_entries())

    def _action_note_limitation(self, moves, items=()):
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_limitation_note_action")
        context = {"default_debtor_id": self.id, "default_move_ids": moves.ids, "default_item_ids": [*map(int, items)]}
        return {**action, "context": context}
