from odoo import api, fields, models

from ...rules import notices
from ...rules.escalation import Decision
from ...tools import clock
from .recouvrement_reminder import NO_ACCRUAL
from .recouvrement_reminder_by_hand import EDITABLE
from .recouvrement_reminder_judging import Standing


class RecouvrementReminder(models.Model):
    """What a reminder claims in all and the channels it goes by: as it left, or as it would leave today."""

    _inherit = "recouvrement.reminder"

    amount_claimed = fields.Monetary(
        "Claimed in all", compute="_compute_amount_claimed", help="Principal, interest and indemnities, as it says."
    )

    @api.depends("state", "amount_due", "amount_interest", "amount_indemnity")
    def _compute_amount_claimed(self):
        """What is only shown for information, or not mentioned, is not claimed."""
        waiting = self.browse(self.filtered(lambda reminder: reminder.state in EDITABLE).ids)
        # sudo: figures of whom the user reads already, computed as the machine would that sends them
        live = waiting.sudo()._claims(clock.today(self.env)) if waiting else {}
        for reminder in self:
            besides = reminder.amount_interest + reminder.amount_indemnity
            said = (reminder.figures or {}).get("accessories")
            told = reminder.amount_due + (besides if said == notices.CLAIMED else 0)
            reminder.amount_claimed = live.get(reminder._origin.id, told)

    def _claims(self, on, standings=None):
        """{reminder id: what it would claim in all that day, in company currency}, in few statements."""
        standings = standings or self._standings(on)
        accrued = self.filtered(lambda one: one._will_claim())._accrue(on, standings)
        found, rates = {}, {}
        for reminder in self:
            total = 0.0
            for line in reminder.line_ids:
                if not (debt := standings[reminder.id].owed.get(line.id)):
                    continue
                got, currency = accrued.get(line.id, NO_ACCRUAL), line.currency_id
                if (reminder.company_id, currency) not in rates:
                    rates[reminder.company_id, currency] = reminder._rate(currency, on)
                rate = rates[reminder.company_id, currency]
                total += (debt.amount + float(got.interest)) * rate + float(got.indemnity)
            found[reminder.id] = round(total, 6)
        return found

    def _will_claim(self):
        """Whether its letter claims interest and indemnities, by the rule that writes letters."""
        level, debtor = self.level_id, self.debtor_id
        said = notices.accessories(level.accessories, level.tone, level.kind, debtor.debtor_type, debtor.type_confirmed)
        return said == notices.CLAIMED

    def _by_channels(self):
        """{reminder id: the codes of the channels it has taken, or would take now}."""
        taken = {
            reminder.id: tuple(dict.fromkeys(live.mapped("channel")))
            for reminder in self
            if (live := reminder.dispatch_ids.filtered(lambda one: one.state != "cancelled"))
        }
        # sudo: addresses of whom the user writes to, read as the machine would that sends
        rest = self.filtered(lambda reminder: reminder.id not in taken).sudo()
        chosen = rest.env["recouvrement.dispatch"]._channels(rest) if rest else {}
        return taken | {reminder.id: tuple(steps) for reminder, steps in chosen.items()}

    @api.model
    def _rehearse_cases(self, company, cases, on):
        """{partner id: (channel codes, amount)}: what these debtors would be claimed that day, and how it would reach
        them; nothing of it is kept."""
        plans = [(case, *found) for case in cases for found in case.decisions if found[2].outcome == "remind"]
        return self._undone(lambda: self._rehearsed(company, plans, on)) if plans else {}

    def _rehearsed(self, company, plans, on):
        cards = self.env["recouvrement.debtor"]._typed_cards(company, [plan[0].partner_id for plan in plans])
        cards = {card.partner_id.id: card.id for card in cards}
        langs = self._langs([plan[2] for plan in plans])
        common = {"company_id": company.id, "origin": "manual", "date": on, "sent_date": None}
        vals = [self._planned_vals(common, *plan, langs) | {"debtor_id": cards[plan[0].partner_id]} for plan in plans]
        # sudo: evidence is written by methods alone, and this is undone
        reminders = self.sudo().browse(self._insert(vals))
        listed = [  # an instalment may have carried that level already, on a reminder that waits
            Decision("remind", "due", found.level, (), (*found.carried, *found.listed)) for *_plan, found in plans
        ]
        self._insert_lines(
            row
            for reminder, (case, *_plan), decision in zip(reminders, plans, listed, strict=True)
            for row in self._planned_rows(reminder.id, case, decision, on)
        )
        standings = {}
        for reminder, (case, *_plan), decision in zip(reminders, plans, listed, strict=True):
            by_key = {(line.move_id.id, line.date_due, line.entry_line_id): line.id for line in reminder.line_ids}
            owed = {by_key[key]: case.debts[key] for key in decision.listed}
            standings[reminder.id] = Standing(owed, case.credits, None)
        claims, channels, found = reminders._claims(on, standings), reminders._by_channels(), {}
        for reminder, (case, *_plan) in zip(reminders, plans, strict=True):
            codes, amount = found.get(case.partner_id, ((), 0.0))
            codes = tuple(dict.fromkeys((*codes, *channels[reminder.id])))
            found[case.partner_id] = (codes, amount + claims[reminder.id])
        return found
