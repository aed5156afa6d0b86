from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import format_amount

from ...ledger import cash
from ...rules.errors import RateGap, RateMissing
from ...rules.indemnity import goes_with, indemnity_figure, recovery_indemnity, was_late
from ...rules.interest import Movement, decompte
from ...rules.regime import regime_of
from ...tools import clock
from ...tools.formats import exact
from ..penalties.recouvrement_accrual import Owed

TOLD = "told"  # kind of a receipt that a third party told of, and that is not in the bank yet
NOTHING = Decimal(0)


class Row(NamedTuple):
    """What one claim has come to: amounts in the currency of the case."""

    claim_id: int
    move_id: int
    due: date
    total: Decimal  # of the instalment, before anything came in
    principal: Decimal  # still due
    interest: Decimal  # accrued, less what was waived or claimed by a debit note
    interest_due: Decimal  # of it, not yet paid
    indemnity: Decimal
    paid: Decimal
    tranches: tuple
    note: str | None  # why a figure is not there: unconfirmed, rate_missing, unverified
    outdated: Decimal = NOTHING  # of the interest due, what is too old to be asked after a judgment

    @property
    def due_now(self):
        """Everything still due on this claim."""
        return self.principal + self.interest_due + self.indemnity


class Statement(NamedTuple):
    """The décompte of a case on a day."""

    on: date
    rows: tuple[Row, ...]
    costs: Decimal  # owed by the debtor and not yet recovered
    article_700: Decimal
    told: Decimal = NOTHING  # of what came in, what a third party received and did not pass on yet
    title: tuple | None = None  # recouvrement_case_title.Title: what a judge granted, which replaced the claims

    def total(self, name):
        """The sum of a figure over the claims."""
        return sum((getattr(row, name) for row in self.rows), NOTHING)

    @property
    def balance(self):
        return self.total("due_now") + self.costs + self.article_700

    def figures(self):
        """Its totals, to be kept with an event or an approval."""
        return {
            "on": self.on.isoformat(),
            "principal": str(self.total("principal")),
            "interest": str(self.total("interest_due")),
            "indemnity": str(self.total("indemnity")),
            "costs": str(self.costs),
            "article_700": str(self.article_700),
            "paid": str(self.total("paid")),
            "balance": str(self.balance),
        }


class RecouvrementCase(models.Model):
    """What a case claims, what came in, and what is left on any day."""

    _inherit = "recouvrement.case"

    balance = fields.Monetary(readonly=True, help="Everything still due, as of the last night or the last act.")
    amount_principal = fields.Monetary("Principal due", compute="_compute_figures")
    amount_interest = fields.Monetary("Interest due", compute="_compute_figures")
    amount_indemnity = fields.Monetary("Indemnities due", compute="_compute_figures")
    amount_costs = fields.Monetary("Costs owed by the debtor", compute="_compute_figures")
    amount_article_700 = fields.Monetary(
        "Article 700 due", compute="_compute_figures", help="Asked for; what the title grants once there is one."
    )
    amount_paid = fields.Monetary("Received", compute="_compute_figures", help="Cash and credit notes, not write-offs.")
    amount_balance = fields.Monetary("Balance due today", compute="_compute_figures")
    amount_spent = fields.Monetary(
        "Spent", compute="_compute_amount_spent", currency_field="company_currency_id", help="Costs incurred so far."
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company currency")
    figures_note = fields.Char(compute="_compute_figures")
    recovery_percent = fields.Float(
        "Expected recovery (%)", default=100, tracking=True, help="The share of the claim one expects to recover."
    )

    @api.depends("claim_ids", "cost_ids", "article_700", "imputation", "event_ids")
    def _compute_figures(self):
        on = clock.today(self.env)
        for case in self:
            statement = case._statement(on)
            case.amount_principal = statement.total("principal")
            case.amount_interest = statement.total("interest_due")
            case.amount_indemnity = statement.total("indemnity")
            case.amount_costs = statement.costs
            case.amount_article_700 = statement.article_700
            case.amount_paid = statement.total("paid")
            case.amount_told = statement.told
            case.amount_balance = statement.balance
            case.figures_note = case._words(statement)

    @api.depends("cost_ids.amount", "cost_ids.state")
    def _compute_amount_spent(self):
        for case in self:
            case.amount_spent = sum(case.cost_ids.filtered(lambda cost: cost.state == "incurred").mapped("amount"))

    def _words(self, statement):
        """Why a figure is missing or doubtful, for who reads them."""
        notes = {row.note for row in statement.rows}
        if "unconfirmed" in notes:
            return self.env._("No interest nor indemnity: confirm the type of the debtor on its card.")
        if "rate_missing" in notes:
            return self.env._("No interest: the rate of a half-year is missing.")
        if "unverified" in notes:
            return self.env._("A rate or a figure of the law is not verified yet: check the interest and indemnities.")
        return self._arrears_words(statement)

    def _arrears_words(self, statement):
        """What interest is too old to be asked after a judgment, and what can be; False where none is."""
        outdated = statement.total("outdated")
        if not outdated:
            return False
        code = regime_of(self.debtor_id.debtor_type).arrears
        law = self.env["recouvrement.legal.figure"]
        arrears = law._figures().at(code, statement.on)
        return self.env._(
            "Interest after a judgment goes back %(years)s years at most (%(article)s): %(offered)s of interest can be "
            "asked, %(outdated)s is too old unless an act interrupted its limitation.",
            years=law._number(arrears.value),
            article=arrears.article + law._unverified(code, statement.on),
            offered=format_amount(self.env, float(statement.total("interest_due") - outdated), self.currency_id),
            outdated=format_amount(self.env, float(outdated), self.currency_id),
        )

    # --- the décompte -------------------------------------------------------------------------------------------------

    def _statement(self, on):
        """The décompte of the case on a day, from the ledger, in a constant number of statements.

        A payment pays the instalment it was reconciled with: the creditor's accountant, or the debtor, indicated it
        (C.civ 1342-10). Inside it, interest first (C.civ 1343-1) or principal first, as the case says. Interest goes on
        with what is left, at the terms of the invoice: clause, kind of claim, judge's delay, insolvency.
        """
        self.ensure_one()
        case = self.sudo()  # figures of the ledger, shown to whoever reads the case
        shared = case._shared(on)
        rows = tuple(
            case._row(claim, shared["totals"].get((claim.move_id.id, claim.date_due), 0), shared)
            for claim in case._claims_in_order()
        )
        return Statement(on, rows, case._costs_due(on), self._money(case.article_700), shared["told"])

    def _claims_in_order(self):
        return self.claim_ids.sorted(lambda claim: (claim.date_due, claim.move_id.id))

    def _shared(self, on):
        """What the rows of a décompte have in common, read at once."""
        moves = self.claim_ids.move_id
        accessories = self.env["recouvrement.accessory"]
        accrual = self.env["recouvrement.accrual"]
        receipts = self._receipts(on)
        return {
            "on": on,
            "accrual": accrual,
            "terms": accrual._terms(moves.ids),
            "notices": accrual._notices(moves.ids),
            "movements": {
                (move_id, due, 0): tuple(
                    Movement(found.on, found.amount, "credit" if found.is_reversal else "payment") for found in known
                )
                for (move_id, due), known in receipts.items()
            },
            "credits": accrual._open_credits(moves.ids, on, self._told_in_bank(on)[0]),
            "told": sum((one.amount for known in receipts.values() for one in known if one.kind == TOLD), NOTHING),
            "law": accrual._law(),
            "penalties": accessories._penalty_moves(moves.ids),
            "barred": accessories._barred(moves.ids),
            "settled": self._settled_accessories(),
            "complementary": self._complementary(),
            "indemnified": set(),
            "totals": {
                (move.id, due): sum(items.mapped("amount_currency"))
                for move in moves
                for due, items in move._instalments().items()
            },
        }

    def _costs_due(self, on, after=None):
        """What is left of the costs that the debtor owes, in the currency of the case."""
        costs = self._costs_owed(on, after)
        left = sum(costs.mapped("amount")) - sum(costs.mapped("recovered"))
        return self._money(self._in_case_currency(left, on))

    def _costs_owed(self, on, after=None):
        """The costs incurred by that day, and later than another if one is given, that the debtor owes (CPC 695; CPCE
        L111-8)."""
        return self.cost_ids.filtered(
            lambda cost: cost.state == "incurred"
            and cost.is_recoverable
            and cost.date
            and cost.date <= on
            and (after is None or cost.date > after)
        )

    def _receipts(self, on):
        """{(move id, due date): [cash.Receipt]} up to a day. Extend it where money comes in another way."""
        return cash.instalment_receipts(self.env, self.claim_ids.move_id.ids, until=on)

    def _settled_accessories(self):
        """{key of the accessory: amount} of what must not be asked again: on a debit note, paid, or waived."""
        known = self.env["recouvrement.accessory"]._known(self.claim_ids.move_id.ids)
        return {key: sum((row.settled for row in rows), NOTHING) for key, rows in known.items()}

    def _complementary(self):
        """{move id: what is still asked beyond the fixed indemnity}, on justification (C.com L441-10 II)."""
        rows = self.env["recouvrement.accessory"]._read_group(
            [
                ("move_id", "in", self.claim_ids.move_id.ids),
                ("kind", "=", "complementary"),
                ("state", "in", ("accrued", "claimed")),
            ],
            ["move_id"],
            ["amount:sum", "amount_waived:sum"],
        )
        return {move.id: self._money(amount - waived) for move, amount, waived in rows}

    def _row(self, claim, total, shared):
        key = claim.move_id.id, claim.date_due, 0
        stated = self._stated(key, total, shared)
        found, note = self._decompte(stated, shared)
        waived = shared["settled"].get(("interest", *key), NOTHING)
        indemnity = self._indemnity(claim, stated, shared)
        if indemnity and not note:
            figure = indemnity_figure(self.debtor_id.debtor_type, stated.due, shared["law"].parameters)
            note = None if figure.verified else "unverified"
        return Row(
            claim.id,
            *key[:2],
            self._money(total),
            found.principal_due,
            max(found.interest - waived, NOTHING),
            max(found.interest_due - waived, NOTHING),
            indemnity,
            sum((movement.amount for movement in stated.movements), NOTHING),
            found.tranches,
            note,
        )

    def _stated(self, key, total, shared):
        """An instalment as the rule of interest reads it; without a confirmed type, or for penalties, it bears none."""
        debtor = self.debtor_id
        credited = shared["credits"].get(key, ())
        owed = Owed(key, key[1], total, credited, debtor.debtor_type or "professional", debtor.type_confirmed)
        stated = shared["accrual"]._claim(
            owed, shared["terms"][key[0]], shared["movements"], shared["notices"], self.imputation
        )
        if not debtor.type_confirmed or key[0] in shared["penalties"]:
            stated = replace(stated, regime="none")
        return replace(stated, digits=self.currency_id.decimal_places)

    def _decompte(self, stated, shared):
        """(what `rules.interest` says, why a figure is missing or None)."""
        try:
            found = decompte(stated, shared["on"], *shared["law"])
        except (RateMissing, RateGap):
            return decompte(replace(stated, regime="none"), shared["on"], *shared["law"]), "rate_missing"
        if not self.debtor_id.type_confirmed:
            return found, "unconfirmed"
        return found, "unverified" if found.unverified else None

    def _indemnity(self, claim, stated, shared):
        """The indemnities of an invoice, on its oldest claim: one for each invoice (D441-5), less what was settled."""
        move_id = claim.move_id.id
        if move_id in shared["barred"] or move_id in shared["indemnified"] or not goes_with(stated.regime):
            return NOTHING
        parameters = shared["law"].parameters
        fixed = recovery_indemnity(self.debtor_id.debtor_type, stated.due, shared["on"], parameters=parameters)
        if not fixed or not was_late(stated.principal, stated.due, stated.movements):
            return NOTHING
        shared["indemnified"].add(move_id)
        left = max(fixed - shared["settled"].get(("indemnity", move_id, None, 0), NOTHING), NOTHING)
        left += shared["complementary"].get(move_id, NOTHING)
        return self._money(self._in_case_currency(float(left), shared["on"]))

    def _in_case_currency(self, amount, on):
        return self.company_id.currency_id._convert(amount, self.currency_id, self.company_id, on)

    @api.model
    def _money(self, amount):
        return exact(amount or 0)

    # --- freezing -----------------------------------------------------------------------------------------------------

    def _freeze_claims(self, on):
        """What the request or the summons of that day claims; later the ledger no more changes it. Returns figures."""
        self.ensure_one()
        case = self.sudo()  # by the act that files, which has checked who does it
        statement = case._statement(on)
        by_claim = {row.claim_id: row for row in statement.rows}
        for claim in case.claim_ids:
            claim._freeze(by_claim[claim.id])
        case.frozen_on = on
        return statement.figures()

    def _refresh_balance(self, on):
        """Write the balance that lists and boards show."""
        for case in self.sudo():  # bookkeeping of figures anybody may read on the case
            case.balance = case._statement(on).balance
