from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, format_amount, format_date

from ...rules.escalation import Hold
from ...tools.bulk import any_of
from .recouvrement_plan import LIVE


class RecouvrementPlan(models.Model):
    """What a plan holds, its next step, and how a judgment stops it."""

    _inherit = "recouvrement.plan"

    @api.model
    def _holds(self, company, moves, on):
        """{move id: Hold} of the invoices in a plan proposed or active (of all when given None), in one statement."""
        wanted = SQL("TRUE") if moves is None else SQL("rel.move_id = %s", any_of(moves))
        self.flush_model(["state", "move_ids"])
        rows = self.env.execute_query(
            SQL(
                "SELECT rel.move_id FROM recouvrement_plan_move_rel rel JOIN recouvrement_plan p ON p.id = rel.plan_id"
                " WHERE p.company_id = %s AND p.state IN %s AND %s",
                company.id,
                LIVE,
                wanted,
            )
        )
        return {move_id: Hold("in_plan") for (move_id,) in rows}

    @api.model
    def _held_items(self, company, moves, on):
        self.flush_model(["state"])
        return {row[0]: Hold("in_plan") for row in self._item_rows(company, moves, SQL("d.state IN %s", LIVE))}

    @api.model
    def _held_shares(self, company, on):
        """A plan that is merely proposed holds its debts, and brings nothing yet: they are debts as others are."""
        active = self.search([("company_id", "=", company.id), ("state", "=", "active")])
        return dict.fromkeys(active.move_ids.ids, Decimal(1)), dict.fromkeys(active.item_ids.ids, Decimal(1))

    @api.model
    def _next_steps(self, debtors):
        """A plan proposed waits for its signature; one that is active, for its next instalment."""
        found = self.search([("debtor_id", "in", debtors.ids), ("state", "in", LIVE)], order="id desc")
        return {plan.debtor_id: plan._next_step() for plan in found}

    def _next_step(self):
        if self.state == "proposed":
            return self.env._("Plan proposed: wait for the signature")
        row = self.instalment_ids.filtered(lambda found: found.date == self.next_due)[:1]
        if not row:
            return self.env._("Plan %s followed", self.name)
        return self.env._(
            "Plan: instalment of %(amount)s on %(day)s",
            amount=format_amount(self.env, row.amount - row.paid, self.currency_id),
            day=format_date(self.env, row.date),
        )

    @api.model
    def _in_force(self):
        return LIVE

    def _stop_for(self, reason):
        self.write({"state": "cancelled", "close_reason": reason})
        self.activity_ids.unlink()  # they ask to claim instalments
        self.message_post(body=reason)

    def _go_on(self):
        self.action_reopen()
