from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.dates import add_months
from ...rules.errors import RuleError
from ...rules.parameters import Figures
from ...rules.prescription import (
    CLAIM_KINDS,
    PROPOSED,
    TERM_KINDS,
    ClaimKind,
    contractual,
    limitation_date,
    limited_as,
    starting_day,
)
from ..base.rule_words import said
from ..policy.recouvrement_policy import DEBTOR_TYPES

NATURES = [  # the codes of rules.prescription.CLAIM_KINDS, in words
    ("commercial", "Commercial"),
    ("civil", "Civil"),
    ("consumer", "Consumer"),
    ("transport", "Transport of goods"),
    ("telecom", "Electronic communications"),
    ("works", "Works and supplies (L110-4 II)"),
    ("rent", "Rent"),
    ("residential_rent", "Rent of a home"),
    ("bill_of_exchange", "Bill of exchange"),
    ("public", "Public body"),
    ("title", "Enforceable title"),
]
COURTS = [
    ("commercial", "Commercial court"),
    ("civil", "Civil court"),
    ("housing", "Judge of protection (housing)"),
    ("administrative", "Administrative court"),
]
DELIVERED_BEFORE = timedelta(days=180)  # a performance seldom precedes its due date by more
LONG_PERFORMED = "COALESCE(delivery_date, invoice_date, date) < invoice_date_due - 180"  # those that do: an index's
REGIMES = [
    ("professional", "Between professionals (C.com L441-10)"),
    ("consumer", "Legal rate from the formal notice (C.civ 1231-6)"),
    ("none", "No interest"),
]


class KindTable(NamedTuple):
    """The kinds of claim of a company tree, ready to be asked for thousands of invoices."""

    rules: dict[int, ClaimKind]  # of archived kinds too: an invoice may have been given one
    regimes: dict[int, str | None]
    by_account: dict[int, int]
    by_journal: dict[int, int]
    by_type: dict[str, int]
    figures: Figures | None = None  # of the law on limitation; None: those that come with the rules

    def of(self, own_id, account_id, journal_id, debtor_type):
        """The id of the kind of an invoice: its own, that of its account, its journal, its debtor; else None."""
        return (
            (own_id if own_id in self.rules else None)
            or self.by_account.get(account_id)
            or self.by_journal.get(journal_id)
            or self.by_type.get(debtor_type)
        )

    def rule(self, kind_id, debtor_type):
        """Its limitation; without a kind, that of the law for this type of debtor; None when it has no type either."""
        return self.rules.get(kind_id) or CLAIM_KINDS.get(PROPOSED.get(debtor_type))

    def rule_of(self, facts):
        """The limitation of an invoice, from its LawFacts; None when nothing says what it is."""
        return self.rule(self.kind_of(facts), limited_as(facts.debtor_type, facts.public_buyer))

    def kind_of(self, facts):
        """The id of the kind of an invoice, from its LawFacts; None when nothing says what it is."""
        debtor_type = limited_as(facts.debtor_type, facts.public_buyer)
        return self.of(facts.own_kind_id, facts.account_id, facts.journal_id, debtor_type)

    def limitation(self, facts, events=(), from_due=False):
        """rules.prescription.Limitation of an invoice from its LawFacts; None when nothing says what it is.

        :param from_due: as if its due date had really been agreed
        """
        rule = self.rule_of(facts)
        if rule is None or facts.due is None:
            return None
        start = starting_day(rule, facts.due, facts.delivered_on, facts.term_agreed or from_due)
        return limitation_date(rule, start, events, figures=self.figures)

    def last_day_sql(self, due, performed, agreed, own, account, journal, debtor_type):
        """The same in SQL, from expressions, without events: the last day of its limitation."""
        choices = (
            (own, {kind_id: kind_id for kind_id in self.rules}),
            (account, self.by_account),
            (journal, self.by_journal),
            (debtor_type, {kind: self.by_type.get(kind) for kind in PROPOSED}),
        )
        cases = []
        for value, known in choices:
            days = [
                SQL("WHEN %s THEN %s", key, self._last_day_sql(key, known[key], due, performed, agreed))
                for key in known
            ]
            if days:
                cases.append(SQL("CASE %s %s END", value, SQL(" ").join(days)))
        return SQL("COALESCE(%s)", SQL(", ").join(cases))

    def _last_day_sql(self, key, kind_id, due, performed, agreed):
        rule = self.rule(kind_id, key)
        start = due
        if rule.from_performance:
            start = SQL("LEAST(%s, %s)", due, performed)
            if rule.code in TERM_KINDS:
                start = SQL("CASE WHEN %s THEN %s ELSE %s END", agreed, due, start)
        if rule.from_next_year:
            return SQL("make_date(EXTRACT(YEAR FROM %s)::int + %s, 12, 31)", start, rule.years)
        return SQL("(%s + make_interval(years => %s))::date", start, rule.years)

    def started_before(self, last_day):
        """The latest start of what may be time-barred by a day, if nobody chose its kind on the invoice."""
        proposed = {*self.by_account.values(), *self.by_journal.values(), *self.by_type.values()}
        rules = [self.rules[kind_id] for kind_id in proposed]
        rules += [self.rule(None, kind) for kind in PROPOSED if kind not in self.by_type]
        return add_months(last_day, -12 * min(rule.years for rule in rules))


class RecouvrementClaimKind(models.Model):
    """What a debt is in law: sets when it is time-barred, the interest it bears and the court.

    Proposed on each invoice from its receivable account, its journal, then the type of its debtor; a person may choose
    another on the invoice. The figures are the law's as read on delivery, theirs to correct.
    """

    _name = "recouvrement.claim.kind"
    _inherit = "recouvrement.shared"
    _description = "Kind of Claim"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, help="An archived kind is proposed no more; invoices that have it keep it.")
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: all the companies.")
    code = fields.Selection(NATURES, "Nature", required=True, default="commercial", help="What the rules know it by.")
    years = fields.Integer(
        "Limitation (years)",
        compute="_compute_law",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="After it, the debt cannot be claimed in court any more.",
    )
    from_next_year = fields.Boolean(
        "From 1 January",
        compute="_compute_law",
        store=True,
        precompute=True,
        readonly=False,
        help="Counted from the 1 January that follows (loi 68-1250).",
    )
    from_delivery = fields.Boolean(
        "From performance",
        compute="_compute_law",
        store=True,
        precompute=True,
        readonly=False,
        help="Counted from the performance or delivery (else the invoice) where it comes before the due date, as for "
        "services and works (Com. 26/02/2020, 18-25.036), transport (C.com L133-6) and public bodies (loi 68-1250). A "
        "term that was really agreed is said on the invoice (C.civ 2233).",
    )
    article = fields.Char(compute="_compute_law", store=True, precompute=True, readonly=False, required=True)
    verified = fields.Boolean(
        "Text read",
        compute="_compute_law",
        store=True,
        precompute=True,
        readonly=False,
        help="Unticked: the text of the limitation was not read at its source; have it checked before relying on it.",
    )
    court = fields.Selection(
        COURTS,
        compute="_compute_law",
        store=True,
        precompute=True,
        readonly=False,
        help="Empty: it depends on the debtor.",
    )
    contract_years = fields.Integer(
        "Agreed limitation (years)",
        help="A contract may shorten or lengthen it to one to ten years (C.civ 2254), never a consumer's. 0: none.",
    )
    regime = fields.Selection(
        REGIMES,
        "Interest",
        help="Empty: by the type of the debtor. A consumer or a public body keeps its own regime, unless none is due.",
    )
    debtor_type = fields.Selection(
        DEBTOR_TYPES, "Proposed for", help="For this type of debtor, failing anything nearer."
    )
    account_ids = fields.Many2many(
        "account.account",
        "recouvrement_claim_kind_account_rel",
        string="Proposed for accounts",
        domain=[("account_type", "=", "asset_receivable")],
    )
    journal_ids = fields.Many2many(
        "account.journal",
        "recouvrement_claim_kind_journal_rel",
        string="Proposed for journals",
        domain=[("type", "in", ("sale", "general"))],
    )

    _years_possible = models.Constraint("CHECK(years BETWEEN 1 AND 30)", "A limitation lasts from 1 to 30 years.")

    @api.depends("code")
    def _compute_law(self):
        for kind in self:
            law = CLAIM_KINDS[kind.code or "commercial"]
            kind.update(
                {
                    "years": law.years,
                    "from_next_year": law.from_next_year,
                    "article": law.article,
                    "verified": law.verified,
                    "court": law.court or False,
                    "from_delivery": law.from_performance,
                }
            )

    @api.constrains("contract_years", "code")
    def _check_contract_years(self):
        for kind in self.filtered("contract_years"):
            try:
                kind._rule()
            except RuleError as error:
                raise ValidationError(said(self.env, error)) from error

    def _rule(self):
        """As rules.prescription reads it."""
        self.ensure_one()
        rule = ClaimKind(
            self.code,
            self.years,
            self.article,
            self.from_next_year,
            verified=self.verified,
            court=self.court or "",
            from_performance=self.from_delivery,
        )
        if not self.contract_years:
            return rule
        return contractual(rule, self.contract_years, self.env["recouvrement.legal.figure"]._figures())

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        kinds._changed()
        return kinds

    def write(self, vals):
        result = super().write(vals)
        self._changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._changed()
        return result

    @api.model
    def _changed(self):
        """What is time-barred, and what interest is due, may have changed for anybody."""
        self.env.registry.clear_cache()
        self.env["res.company"]._recouvrement_decide_again()

    @api.model
    def _kinds(self, company):
        """The kinds of a root company, its own before those of all companies."""
        return self._kinds_of(company.root_id.id)

    @api.model
    @tools.ormcache("company_id")
    def _kinds_of(self, company_id):
        kinds = (
            self.sudo()  # configuration, read whole by the night and by whoever looks at an invoice
            .with_context(active_test=False)
            .search(Domain("company_id", "=", False) | Domain("company_id", "=", company_id))
        )
        table = KindTable(
            {kind.id: kind._rule() for kind in kinds},
            {kind.id: kind.regime for kind in kinds},
            *({}, {}, {}),
            self.env["recouvrement.legal.figure"]._figures(),
        )
        for kind in kinds.filtered("active").sorted(lambda kind: not kind.company_id):
            for account in kind.account_ids:
                table.by_account.setdefault(account.id, kind.id)
            for journal in kind.journal_ids:
                table.by_journal.setdefault(journal.id, kind.id)
            if kind.debtor_type:
                table.by_type.setdefault(kind.debtor_type, kind.id)
        return table
