from datetime import date, timedelta
from decimal import Decimal

from odoo import api, models
from odoo.tools import format_date, split_every

from ...ledger.cash import item_receipts, receipts
from ...rules import instalments as rules
from ...rules import promises
from ...rules.on_account import Pledge
from ...tools.bulk import keep_page
from ...tools.formats import exact
from ..decision.recouvrement_pledge import shares
from .recouvrement_plan import LIVE

PAGE = 200  # plans judged from one reading of the ledger
WATCHED_DAYS = 400  # a payment that comes back later than this reopens no plan


class RecouvrementPlan(models.Model):
    """What became of each instalment, from the cash, and how the plan ends."""

    _inherit = "recouvrement.plan"

    @api.model
    def _follow_up(self, on):
        """Judge what is live, and what was closed while a payment may still come back; remind of what falls due.

        Bounded by the plans in progress or kept of late, never by the ledger; their cash is read page by page.
        """
        since = on - timedelta(days=WATCHED_DAYS)
        ids = self.search(
            ["|", ("state", "in", LIVE), "&", ("state", "=", "kept"), ("kept_on", ">=", since)], order="id"
        ).ids
        for page in split_every(PAGE, ids):
            self.browse(page)._judge(on)
            keep_page(self.env)
        self._remind(on)

    def _judge(self, on):
        """Write what became of each instalment, and draw what follows; rows whose cash did not move are not touched."""
        # sudo: read and written by the night, and by whoever acts on the plan
        mine = self.sudo().filtered(lambda plan: plan.state in (*LIVE, "kept"))
        new = mine._new_movements(on)
        pledged, shared = mine._pledged(new), {}
        for company, members in mine.grouped("company_id").items():
            more = [(plan.partner_id.id, pledged[plan]) for plan in members]
            for found in shares(self.env, company, members.partner_id.ids, on, more).values():
                for share in found:
                    shared.setdefault(share.name, []).append(rules.Payment(share.on, share.amount))
        for plan in mine:
            plan._judge_instalments(new[plan], shared.get(pledged[plan].name, []), on)
            if plan.state == "proposed" and plan.valid_until and plan.valid_until < on:
                plan._expire()
            elif plan.state == "active" and not plan._left():
                plan._keep(on) if plan._is_paid(new[plan]) else plan._end_credited()
            elif plan.state == "kept" and plan._left():
                plan._reopen_returned()
            elif plan.state == "active":
                plan._follow_default(on)
        self.sudo()._stop_frozen()  # a payment that comes back after the judgment revives no plan

    def _paid_moves(self):
        """The invoices the plan pays, with the debit notes of the penalties it pays too (frozen mode)."""
        plans = self.sudo()  # the debtor's own
        frozen = plans.filtered(lambda plan: plan.interest_mode == "frozen").move_ids
        rows = plans.env["recouvrement.accessory"].search([("move_id", "in", frozen.ids)]) if frozen else None
        return plans.move_ids | rows.penalty_move_id if rows else plans.move_ids

    def _known_money(self, on):
        """What was there when it was proposed. Credits that it deducted pay none of its instalments once they are set
        against its invoices."""
        there = self.move_ids._credits_deducted(self.debtor_id, on, self.item_ids) if self.credited else []
        return self.env["recouvrement.promise"]._known(self._paid_moves(), there, self.item_ids)

    def _new_movements(self, on):
        """{plan: the movements of what it pays since it was proposed}, in one statement."""
        promise, cash = self.env["recouvrement.promise"], receipts(self.env, self._paid_moves().ids, on)
        of_items = item_receipts(self.env, self.item_ids.ids, on)
        return {
            plan: promises.news(
                promise._movements(plan._paid_moves(), cash) + promise._movements(plan.item_ids, of_items),
                promise._read_known(plan.known),
            )
            if plan.started_on
            else []
            for plan in self
        }

    def _pledged(self, new):
        """{plan: Pledge}: what its instalments still await once what was allocated is deducted."""
        return {
            plan: Pledge(
                ("plan", plan.id),
                frozenset((plan._paid_moves() | plan.item_ids.move_id).ids),
                plan.currency_id.id,
                max(
                    exact(plan.amount_total) - sum((movement.amount for movement in new[plan]), Decimal(0)),
                    Decimal(0),
                )
                if plan.started_on
                else Decimal(0),
                plan.next_due or plan.started_on or date.max,
                plan._account(plan.started_on or date.max),
            )
            for plan in self
        }

    @api.model
    def _pledges(self, company, partner_ids, on):
        """[(commercial partner id, Pledge)] of the plans that wait for money, or that money on account keeps."""
        plans = self.search(
            [
                ("company_id", "=", company.id),
                ("debtor_id.partner_id", "in", list(partner_ids)),
                "|",
                ("state", "in", LIVE),
                "&",
                ("unallocated", ">", 0),
                ("state", "=", "kept"),
            ]
        )
        return [(plan.partner_id.id, pledge) for plan, pledge in plans._pledged(plans._new_movements(on)).items()]

    def _person(self):
        return self.debtor_id._person_in_charge()

    def _judge_instalments(self, new, on_account, on):
        """Write what became of each instalment.

        :param on_account: Payments that nobody has allocated yet: he has paid
        """
        payments = sorted([*(rules.Payment(one.on, one.amount) for one in new), *on_account])
        unallocated = float(sum((payment.amount for payment in on_account), Decimal(0)))
        if self.currency_id.compare_amounts(self.unallocated, unallocated):
            self.unallocated = unallocated
        self._ask_to_allocate(
            self.env._("Money on account counts for the plan %s: allocate it to the invoices", self.name)
        )
        rows = self.instalment_ids.sorted("date")
        due = [rules.Instalment(row.date, exact(row.amount)) for row in rows]
        for row, found in zip(rows, rules.judge(due, payments, on, self.tolerance_days), strict=True):
            paid = float(found.paid)
            if (row.state, row.paid_on or None) != (found.state, found.paid_on) or row.paid != paid:
                row.write({"state": found.state, "paid": paid, "paid_on": found.paid_on})

    def _is_paid(self, new):
        """Whether any money paid it: a debtor who was credited of the whole has neither paid nor failed."""
        return bool(self.unallocated) or any(not movement.is_credit for movement in new)

    def _end_credited(self):
        self.write({"state": "cancelled", "close_reason": self.env._("Credited: nothing was left to pay.")})
        self.activity_ids.unlink()  # they ask to claim instalments
        self.debtor_id._decide_again_now()

    def _keep(self, on):
        """Every instalment was paid: the penalties that the parties gave up are waived, and the plan is over."""
        self.write({"state": "kept", "kept_on": on, "close_reason": self.env._("Every instalment was paid.")})
        if self.interest_mode != "running":
            accessories = self.env["recouvrement.accessory"].sudo()  # the plan itself says what is given up
            accessories._collect(self.company_id, on, self.debtor_id)
            rows = accessories.search([("move_id", "in", self.move_ids.ids), ("state", "in", ("accrued", "claimed"))])
            rows = rows.filtered(lambda row: row.amount_left > 0)
            rows._waive({row: row.amount_left for row in rows}, self._waiver(), on)
        self.debtor_id._decide_again_now()

    def _waiver(self):
        return self.env._("Plan %s kept", self.name)

    def _left(self):
        return self.instalment_ids.filtered(lambda row: row.state not in ("paid", "paid_late"))

    def _expire(self):
        last_day = format_date(self.env, self.valid_until)
        self.write({"state": "cancelled", "close_reason": self.env._("Not accepted by %s.", last_day)})
        self._tell(self.env._("The proposal %s was not accepted in time", self.name), "not_accepted")
        self.debtor_id._decide_again_now()

    def _reopen_returned(self):
        """A payment came back: the plan is in force again, and what it had given up is owed again."""
        self.write({"state": "active", "kept_on": False, "close_reason": False})
        rows = (
            self.env["recouvrement.accessory"]
            .sudo()  # as it was given up
            .search([("move_id", "in", self.move_ids.ids), ("waive_reason", "=", self._waiver())])
        )
        rows._cancel_waiver(self.env._("A payment of the plan %s came back", self.name))
        self._take_back()
        self._tell(self.env._("A payment of the plan %s came back", self.name), "came_back")
        self.debtor_id._decide_again_now()
