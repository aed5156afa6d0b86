from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import LazyTranslate, format_date, formatLang

from ...ledger import payer_habits
from ...rules.ageing import AGEING
from ...rules.payer import ENOUGH
from ...tools import bulk, clock

_lt = LazyTranslate(__name__)

BUCKETS = {
    "not_due": _lt("Not due"),
    "to_30": _lt("1 to 30 days late"),
    "to_60": _lt("31 to 60 days"),
    "to_90": _lt("61 to 90 days"),
    "over_90": _lt("Over 90 days"),
}
PRESCRIPTION_NEAR = timedelta(days=180)
OLDEST_LOOKED_AT = 20  # open invoices whose limitation is read: the oldest ones come first
OLD_DEBT_DAYS = 90
CORRECT = "action_correct_contact"  # the button of what has to be corrected
DEADLINE_NEAR = timedelta(days=30)


class RecouvrementDebtor(models.Model):
    """The card of one debtor, as a collector reads it before a call: what is owed and how old it is, how he pays, whom
    to reach, what is at risk. Read from the ledger when a card is opened; lists never ask for it.

    ``payer_profile``, ``risks`` and ``contacts`` are rows ready to show: ``label``, ``value``, and where useful
    ``tone`` (a Bootstrap colour), ``action`` (a button: the method that corrects it) or ``help``. Extend ``_risks_of``
    and ``_profile_of`` to add some.
    """

    _inherit = "recouvrement.debtor"

    ageing = fields.Json(compute="_compute_ageing", help="Open items by age, in company currency.")
    payer_profile = fields.Json(compute="_compute_payer_profile")
    contacts = fields.Json(compute="_compute_contacts")
    risks = fields.Json(compute="_compute_risks")
    document_ids = fields.One2many("recouvrement.document", "debtor_id")

    # --- ageing -------------------------------------------------------------------------------------------------------

    @api.depends_context("lang")
    def _compute_ageing(self):
        on = clock.today(self.env)
        for company, debtors in self.grouped("company_id").items():
            items = debtors._open_now(company)
            for debtor in debtors:
                debtor.ageing = debtor._ageing_of(items.get(debtor.partner_id.id, ()), on)

    def _ageing_of(self, items, on):
        amounts, credits_ = dict.fromkeys((name for _limit, name in AGEING), 0.0), 0.0
        for item in items:
            if item.amount < 0:
                credits_ += item.company_amount
                continue
            late = (on - item.due).days
            amounts[next(name for limit, name in AGEING if limit is None or late <= limit)] += item.company_amount
        whole = sum(amounts.values())
        buckets = [
            {
                "code": code,
                "label": self.env._(BUCKETS[code]),
                "amount": self._money(amount),
                "share": round(100 * amount / whole, 2) if whole else 0,
            }
            for code, amount in amounts.items()
        ]
        return {
            "buckets": buckets,
            "credits": self._money(credits_) if credits_ else "",
            "total": self._money(whole + credits_),
            "is_empty": not items,
            "text": ", ".join(f"{bucket['label']}: {bucket['amount']}" for bucket in buckets),
        }

    def _money(self, amount, currency=None):
        return formatLang(self.env, amount or 0, currency_obj=currency or self.currency_id)

    def _day(self, day):
        return format_date(self.env, day)

    # --- payer profile ------------------------------------------------------------------------------------------------

    @api.depends_context("lang")
    def _compute_payer_profile(self):
        on = clock.today(self.env)
        for company, debtors in self.grouped("company_id").items():
            habits = payer_habits.read(self.env, company, debtors.partner_id.ids, on)
            for debtor in debtors:
                found = habits.get(debtor.partner_id.id, payer_habits.Habits())
                debtor.payer_profile = debtor._profile_of(found)

    def _profile_of(self, habits):
        rows = [
            {
                "label": self.env._("Turnover, 12 months"),
                "value": self._money(habits.turnover),
                "help": self.env._("Invoiced less credited, without tax."),
            }
        ]
        if habits.last_on:
            value = self.env._(
                "%(amount)s on %(day)s", amount=self._money(habits.last_amount), day=self._day(habits.last_on)
            )
            rows.append({"label": self.env._("Last payment"), "value": value})
        else:
            rows.append({"label": self.env._("Last payment"), "value": self.env._("None yet"), "tone": "muted"})
        if habits.paid and habits.payments >= ENOUGH:  # from fewer, nothing is said of how it pays
            days = round(habits.days_late)
            rows += [
                {
                    "label": self.env._("Days late, on average"),
                    "value": self.env._("1 day") if days == 1 else self.env._("%s days", days),
                    "tone": "success" if days <= 5 else "warning" if days <= 30 else "danger",
                    "help": self.env._("Over 12 months of payments, weighted by amount; paying early does not count."),
                },
                {
                    "label": self.env._("Paid on time"),
                    "value": f"{round(100 * habits.on_time)}\u00a0%",
                    "help": self.env._("Share of the amounts paid over 12 months that came by the due date."),
                },
            ]
        if self.promise_reliability:
            rows.append({"label": self.env._("Promises"), "value": self.promise_reliability})
        return rows

    # --- contacts -----------------------------------------------------------------------------------------------------

    @api.depends("dunning_contact_id", "partner_id.child_ids", "partner_id.phone", "partner_id.email")
    @api.depends_context("lang")
    def _compute_contacts(self):
        """Whom to reach: who receives the reminders, the invoice address, the debtor, then the others."""
        for debtor in self:
            partner = debtor.partner_id.sudo()  # the whole of his own address book, whatever the salesperson's rules
            invoice = bulk.listed(partner, "child_ids", themselves=True).filtered(lambda child: child.type == "invoice")
            named = [
                (debtor._dunning_contact().sudo(), self.env._("Receives the reminders")),  # as above
                *((child, self.env._("Invoice address")) for child in invoice),
                (partner, self.env._("Head office") if partner.is_company else self.env._("Debtor")),
                *((child, child.function or "") for child in partner.child_ids if child.type == "contact"),
            ]
            seen, rows = set(), []
            for contact, role in named:
                if contact and contact.id not in seen and (contact.phone or contact.email or contact == partner):
                    seen.add(contact.id)
                    rows.append(
                        {
                            "id": contact.id,
                            "name": contact.name or partner.name or "",
                            "role": role,
                            "phone": contact.phone or "",
                            "email": contact.email_normalized or contact.email or "",
                        }
                    )
            debtor.contacts = rows[:6]

    # --- risks --------------------------------------------------------------------------------------------------------

    @api.depends_context("lang")
    def _compute_risks(self):
        on = clock.today(self.env)
        for debtor in self:
            debtor.risks = debtor._risks_of(on)

    def _risks_of(self, on):
        """The rows of one card, the worst first."""
        self.ensure_one()
        rows = [*self._insolvency_risks(), *self._limitation_risks(on), *self._deadline_risks(on)]
        rows += [*self._plan_risks(), *self._dispute_risks(), *self._age_risks(on), *self._address_risks()]
        order = {"danger": 0, "warning": 1, "info": 2}
        return sorted(rows, key=lambda row: order[row["tone"]])

    def _insolvency_risks(self):
        kinds = dict(self.env["recouvrement.insolvency"]._fields["kind"]._description_selection(self.env))
        return [
            {
                "label": kinds.get(found.kind, ""),
                "value": self.env._("since %s", self._day(found.judgment_on)) if found.judgment_on else "",
                "tone": "danger",
            }
            for found in self.insolvency_ids
            if not found.closed_on
        ]

    def _limitation_risks(self, on):
        day = self._origin._limited_on(OLDEST_LOOKED_AT)
        if not day or day > on + PRESCRIPTION_NEAR:
            return []
        value = self.env._("passed on %s", self._day(day)) if day < on else self.env._("on %s", self._day(day))
        return [{"label": self.env._("Limitation"), "value": value, "tone": "danger"}]

    def _deadline_risks(self, on):
        asked = self._origin.ids if self._origin._may_have(("own", "recouvrement.deadline")) else []
        deadlines = self.env["recouvrement.deadline"].search(
            [("debtor_id", "in", asked), ("state", "=", "open"), ("date", "<=", on + DEADLINE_NEAR)],
            order="date",
            limit=3,
        )
        return [
            {"label": one.name, "value": self.env._("by %s", self._day(one.date)), "tone": "danger"}
            for one in deadlines
        ]

    def _plan_risks(self):
        rows = []
        for plan in self.plan_ids:
            missed = plan.instalment_ids.filtered(lambda row: row.state == "missed")
            if plan.state == "defaulted" or (plan.state == "active" and missed):
                left = self._money(plan.amount_left, plan.currency_id)
                rows.append(
                    {
                        "label": self.env._("Plan %s in default", plan.name),
                        "value": self.env._("%s left", left),
                        "tone": "danger",
                    }
                )
        return rows[:2]

    def _dispute_risks(self):
        return [
            {
                "label": self.env._("Disputed: %s", dispute.reason_id.display_name),
                "value": self._money(dispute.amount_contested, dispute.currency_id),
                "tone": "warning",
            }
            for dispute in self.dispute_ids
            if dispute.state in ("open", "escalated")
        ][:3]

    def _age_risks(self, on):
        days = (on - self.oldest_due_now).days if self.oldest_due_now and self.overdue_now > 0 else 0
        if days <= OLD_DEBT_DAYS // 2:
            return []
        tone = "danger" if days > OLD_DEBT_DAYS else "warning"
        late = self.env._("%s days late", formatLang(self.env, days, digits=0))
        return [{"label": self.env._("Oldest debt"), "value": late, "tone": tone}]

    def _address_risks(self):
        asked = self._origin.ids if self._origin._may_have("wrong_address") else []
        wrong = self.env["recouvrement.dispatch"].search(
            [("reminder_id.debtor_id", "in", asked), ("wrong_address", "=", True)], order="id desc", limit=1
        )
        return [
            {
                "label": self.env._("Wrong address"),
                "value": dispatch.address or "",
                "tone": "warning",
                "action": CORRECT,
            }
            for dispatch in wrong
            if self._is_still_wrong(dispatch)
        ]
