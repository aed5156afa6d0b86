from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import format_date

from ...rules.receipts import apportion, spread
from ...rules.regime import regime_of
from ...tools import clock
from ...tools.formats import Formats, unit
from .recouvrement_case_figures import NOTHING, Row
from .recouvrement_case_granted import GRANTED


class Title(NamedTuple):
    """What a title grants, in the currency of its case."""

    step_id: int
    on: date
    principal: Decimal
    interest: Decimal
    indemnity: Decimal
    article_700: Decimal
    costs: Decimal
    rate: str  # legal, claimed
    since: date  # interest runs after that day
    enforceable_on: date | None
    paid: Decimal | None  # what was known to be, when it was recorded


class RecouvrementCase(models.Model):
    """From a title on, the debt is what the judge granted: interest starts afresh, at the rate that he fixed."""

    _inherit = "recouvrement.case"

    title_text = fields.Char("Granted", compute="_compute_title_text")

    def _compute_title_text(self):
        on = clock.today(self.env)
        for case in self:
            title = case._title(on)
            case.title_text = title and case._title_words(title, self.env.lang)

    def _title_words(self, title, lang):
        """« Judgment of ...: 9,000 € of principal... », and the rate since."""
        formats, currency = Formats(lang or "fr_FR"), self.currency_id
        money = lambda amount: formats.money(amount, currency)  # noqa: E731
        env = self.with_context(lang=lang).env
        parts = [
            env._("%s of principal", money(title.principal)),
            title.interest and env._("%s of interest", money(title.interest)),
            title.indemnity and env._("%s of indemnities", money(title.indemnity)),
            title.article_700 and env._("%s under article 700", money(title.article_700)),
            title.costs and env._("%s of costs", money(title.costs)),
        ]
        words = env._(
            "%(title)s of %(day)s: %(amounts)s.",
            title=self.env["recouvrement.proceeding.step"].with_context(lang=lang).browse(title.step_id).name,
            day=format_date(env, title.on),
            amounts=", ".join(filter(None, parts)),
        )
        since = format_date(env, title.since)
        if title.rate == "claimed":
            return f"{words} " + env._("Interest at the rate claimed since %s.", since)
        words += " " + env._("Legal rate since %s (C.civ 1231-7)", since)
        figures = env["recouvrement.legal.figure"]
        points = figures._figures().at("judgment_surcharge", title.enforceable_on or title.on)
        months = figures._figures().at("judgment_surcharge_months", title.enforceable_on or title.on)
        law = {
            "points": figures._number(points.value),
            "months": figures._number(months.value),
            "article": points.article,
        }
        if title.enforceable_on:
            day = format_date(env, title.enforceable_on)
            return words + env._(
                ", %(points)s points more %(months)s months after %(day)s (%(article)s).", **law, day=day
            )
        return words + env._("; %(points)s points more %(months)s months after it is enforceable (%(article)s).", **law)

    def _title(self, on):
        """The title in force on a day, the last one, where its amounts were entered; else None."""
        steps = self.event_ids._steps().filtered(lambda event: event.on <= on)
        found = steps.filtered(lambda event: event.step_id.gives_title and event.granted_principal > 0)[-1:]
        if not found:
            return None
        amounts = (self._money(found[name]) for name in GRANTED[:5])
        principal, interest, indemnity, article_700, costs = amounts
        served = steps.filtered(
            lambda event: event.run_id == found.run_id and event.on >= found.on and event.step_id.makes_enforceable
        )
        return Title(
            *(found.step_id.id, found.on, principal, interest, indemnity, article_700, costs),
            *(found.granted_rate or "legal", found.granted_from or found.on),
            found.enforceable_on or served[:1].on or None,
            self._paid_then(found),
        )

    @api.model
    def _paid_then(self, event):
        """What had been received when a title was recorded: a payment of before that is booked later comes off it."""
        paid = (event.figures or {}).get("paid")
        return None if paid is None else Decimal(paid)

    def _grant_proposed(self, step, on):
        """All that is claimed on a day, for the dialog."""
        statement = self._statement(on)
        return {
            "granted_principal": statement.total("principal"),
            "granted_interest": statement.total("interest_due"),
            "granted_indemnity": statement.total("indemnity"),
            "granted_article_700": statement.article_700,
            "granted_costs": statement.costs,
            "granted_rate": "legal" if step.sudo().limitation_kind == "title" else "claimed",  # else no judge
            "granted_from": on,
            "enforceable_on": on if step.sudo().makes_enforceable else False,
        }

    def _statement(self, on):
        """From a title on: what it grants, less what came in since, with interest on what is left (C.civ 1231-7).

        Its amounts are divided over the invoices in proportion to what each was owed that day, so that each payment
        goes on paying the invoice it was reconciled with. Costs of enforcement come on top (CPCE L111-8).
        """
        self.ensure_one()
        case = self.sudo()  # as the décompte it replaces
        title = case._title(on)
        if not title:
            return super()._statement(on)
        before = super()._statement(title.on)
        shared = case._shared(on)
        smallest = unit(case.currency_id)
        principal = apportion(title.principal, [row.principal for row in before.rows], smallest)
        weights = [row.interest_due for row in before.rows]
        interest = apportion(title.interest, weights if any(weights) else principal, smallest)
        weights = [row.indemnity for row in before.rows]
        indemnity = apportion(title.indemnity, weights if any(weights) else principal, smallest)
        paid = before.total("paid")
        late = spread(max(paid - (paid if title.paid is None else title.paid), NOTHING), principal)
        rows = tuple(
            case._title_row(claim, title, (row, *amounts), shared)
            for claim, row, *amounts in zip(
                case._claims_in_order(), before.rows, principal, interest, indemnity, late, strict=True
            )
        )
        recovered = sum(case.cost_ids.filtered(lambda cost: cost.date <= title.on).mapped("recovered"))
        costs = max(title.costs - self._money(case._in_case_currency(recovered, on)), NOTHING)
        costs += case._costs_due(on, after=title.on)
        return before._replace(
            on=on, rows=rows, costs=costs, article_700=title.article_700, told=shared["told"], title=title
        )

    def _title_row(self, claim, title, shares, shared):
        """A claim as the title grants it. ``shares``: its row that day, its parts of the principal, of the interest and
        of the indemnities granted, and of the payments of before that were not known when it was recorded."""
        row, principal, interest, indemnity, late = shares
        key = row.move_id, row.due, 0
        stated = self._stated(key, float(row.total), shared)
        received = sum((movement.amount for movement in stated.movements), NOTHING)
        since = tuple(movement for movement in stated.movements if movement.on > title.on)
        left, movements = self._pay_granted(interest, since)
        granted = replace(
            stated,
            principal=max(principal - late, NOTHING),
            due=title.since,
            judged=True,
            consumer_debtor=regime_of(self.debtor_id.debtor_type).is_person,
            regime="judgment" if title.rate == "legal" else stated.regime,
            judgment_enforceable_on=title.enforceable_on,
            movements=movements,
        )
        found, note = self._decompte(granted, shared)
        if note == "unconfirmed" and title.rate == "legal":
            note = None  # the judge's rate does not depend on the type of the debtor
        over = sum((movement.amount for movement in movements), NOTHING) - granted.principal - found.interest_paid
        left -= min(left, max(over, NOTHING))  # principal first, by choice: what is over pays the interest granted
        return Row(
            *(claim.id, *key[:2], row.total, found.principal_due),
            *(interest + found.interest, left + found.interest_due, indemnity, received, found.tranches, note),
            outdated=found.interest_due - found.interest_in_time,
        )

    def _pay_granted(self, interest, movements):
        """(what is left of the interest granted, what is left of these payments for the rest): C.civ 1343-1."""
        rest = []
        for movement in movements:
            taken = NOTHING
            if movement.kind == "payment" and self.imputation == "interest":
                taken = min(interest, movement.amount)
            interest -= taken
            rest.append(replace(movement, amount=movement.amount - taken))
        return interest, tuple(rest)

    def _words(self, statement):
        words = super()._words(statement)
        if words or statement.title or not self.title_on:
            return words
        return self.env._("Enter what the title grants: correct its event. Until then the claim goes on as it was.")

    def _correct(self, event, reason, on=None, is_void=False, attachments=None, **values):
        """A correction keeps what the title granted, where it does not say otherwise."""
        kept = {name: event[name] for name in GRANTED} | {"figures": event.figures}
        return super()._correct(event, reason, on, is_void, attachments, **{**kept, **values})
