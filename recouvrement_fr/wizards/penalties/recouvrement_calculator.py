from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...models.base.rule_words import said
from ...models.policy.recouvrement_policy import DEBTOR_TYPES
from ...rules.errors import RuleError
from ...rules.indemnity import recovery_indemnity
from ...rules.interest import Claim, Freeze, Movement, interest_regime
from ...rules.regime import regime_of
from ...tools import clock
from ...tools.formats import Formats, exact

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RecouvrementCalculator(models.TransientModel):
    """What a debt has come to on a day, in Odoo or not: amount, dates and payments in, the décompte out.

    It is computed while one types, and says what it cannot work with; nothing is written anywhere else.
    """

    _name = "recouvrement.calculator"
    _description = "Interest Calculator"
    _inherit = "recouvrement.dialog"

    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company.root_id, readonly=True
    )
    reference = fields.Char(help="Printed at the head of the décompte: the number of the invoice, of the file...")
    debtor_name = fields.Char("Debtor")
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.root_id.currency_id
    )
    amount = fields.Monetary(help="All taxes included, before any payment.")
    invoice_date = fields.Date("Invoice date")
    date_due = fields.Date("Due date")
    on = fields.Date("Counted up to", required=True, default=lambda self: clock.today(self.env))
    debtor_type = fields.Selection(DEBTOR_TYPES, "Kind of debtor", required=True, default="professional")
    regime = fields.Selection(
        [
            ("professional", "Law: ECB rate and its points (C.com L441-10)"),
            ("contractual", "Rate of the contract (C.com L441-10)"),
            ("consumer", "Legal rate from the formal notice (C.civ 1231-6)"),
            ("public", "Public contract: ECB rate and its points (CCP R2192-31)"),
            ("judgment", "Judgment: legal rate, then its surcharge (C.civ 1231-7, CMF L313-3)"),
            ("none", "No interest"),
        ],
        "Interest",
        compute="_compute_regime",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    contract_rate = fields.Float("Contract rate", digits=(6, 3), help="In percent per year.")
    notice_on = fields.Date("Formal notice on", help="A consumer's interest runs from it (C.civ 1231-6).")
    judgment_enforceable_on = fields.Date(
        "Judgment enforceable since",
        help="Some months later the legal rate rises (CMF L313-3): see Figures of the law.",
    )
    has_indemnity = fields.Boolean(
        "Count the fixed indemnity",
        default=True,
        help="Once per late invoice, of professionals and public bodies (C.com D441-5).",
    )
    day_count = fields.Selection(
        [("act365", "365 days every year"), ("actact", "366 days in leap years")], required=True, default="act365"
    )
    imputation = fields.Selection(
        [("principal", "Off the principal first"), ("interest", "Off the interest first (C.civ 1343-1)")],
        "Payments are taken",
        required=True,
        default="principal",
    )
    capitalise_from = fields.Date(
        "Interest bears interest from",
        help="The day of the contract or decision that capitalises the interest of a whole year (C.civ 1343-2).",
    )
    individual_creditor = fields.Boolean(
        "The creditor is an individual",
        help="A natural person acting outside a business: another legal rate (CMF L313-2).",
    )
    line_ids = fields.One2many("recouvrement.calculator.line", "calculator_id", "Payments and credit notes")
    freeze_ids = fields.One2many("recouvrement.calculator.freeze", "calculator_id", "Days without interest")
    problem = fields.Char(compute="_compute_result")
    result = fields.Html(compute="_compute_result", sanitize=False)  # made here from a template, of figures alone

    @api.depends("reference")
    def _compute_display_name(self):
        for calculator in self:
            calculator.display_name = calculator.reference or self.env._("Interest calculator")

    @api.depends("debtor_type")
    def _compute_regime(self):
        for calculator in self:
            kind, rate = calculator.debtor_type or "professional", calculator.contract_rate
            calculator.regime = interest_regime(kind, bool(rate))

    @api.depends(
        "amount",
        "invoice_date",
        "date_due",
        "on",
        "debtor_type",
        "regime",
        "contract_rate",
        "notice_on",
        "judgment_enforceable_on",
        "has_indemnity",
        "day_count",
        "imputation",
        "capitalise_from",
        "individual_creditor",
        "freeze_ids.date_from",
        "freeze_ids.date_to",
        "freeze_ids.article",
        "currency_id",
        "line_ids.on",
        "line_ids.amount",
        "line_ids.kind",
    )
    def _compute_result(self):
        for calculator in self:
            calculator.problem = calculator.result = False
            if not (calculator.amount and calculator.date_due and calculator.on):
                continue
            try:
                block = calculator._block()
            except RuleError as error:
                calculator.problem = calculator._said(error)
                continue
            calculator.result = self.env["ir.qweb"]._render(
                "recouvrement_fr.calculator_result",
                {"block": block, "f": Formats(self.env.lang or "fr_FR"), "on": calculator.on},
                minimal_qcontext=True,
            )

    # --- the computation ----------------------------------------------------------------------------------------------

    def _claim(self):
        """The claim as the rules read it.

        :raises RuleError: what they refuse
        """
        return Claim(
            exact(self.amount),
            self.date_due,
            self.regime,
            invoice_date=self.invoice_date or None,
            contract_rate=exact(self.contract_rate) if self.regime == "contractual" and self.contract_rate else None,
            notice_on=self.notice_on or None,
            judgment_enforceable_on=self.judgment_enforceable_on or None,
            movements=tuple(
                Movement(line.on, exact(line.amount), line.kind) for line in self.line_ids if line.on and line.amount
            ),
            freezes=tuple(
                Freeze(line.date_from, line.date_to or None, line.article or "")
                for line in self.freeze_ids
                if line.date_from
            ),
            day_count=self.day_count,
            reference=self.reference or "",
            imputation=self.imputation,
            capitalise_from=self.capitalise_from or None,
            individual_creditor=self.individual_creditor,
            consumer_debtor=regime_of(self.debtor_type).is_person,
            digits=self.currency_id.decimal_places,
        )

    def _block(self, lang=None):
        indemnity = exact(0)
        if self.has_indemnity and self.regime != "judgment":
            parameters = self.env["recouvrement.legal.figure"]._parameters()
            indemnity = recovery_indemnity(self.debtor_type, self.date_due, self.on, parameters=parameters)
        makers = self.env["recouvrement.decompte"].with_context(lang=lang or self.env.lang)
        return makers._of_claim(self._claim(), self.on, indemnity, self.reference or "", self.currency_id)

    def _said(self, error):
        """An error of the rules in the words of whoever calculates."""
        values = {
            name: format_date(self.env, value) if hasattr(value, "year") else value
            for name, value in error.params.items()
        }
        texts = {
            "DueBeforeInvoice": lambda: self.env._(
                "The due date %(due)s comes before the invoice date %(invoice_date)s: correct one of the two.", **values
            ),
            "PaymentBeforeInvoice": lambda: self.env._(
                "The payment of %(on)s comes before the invoice of %(invoice_date)s: correct its date; for a payment "
                "on account, give the day it was set against the invoice.",
                **values,
            ),
            "FreezeReversed": lambda: self.env._(
                "The days without interest from %(date_from)s end before they begin, on %(date_to)s: correct one of "
                "the two.",
                **values,
            ),
            "NegativeAmount": lambda: self.env._("Enter the amount %(amount)s as a positive number.", **values),
            "NegativeRate": lambda: self.env._("A rate cannot be below zero: %(rate)s.", **values),
            "ContractRateMissing": lambda: self.env._(
                "Enter the yearly rate of the contract, or choose the rate of the law.", **values
            ),
            "RateMissing": lambda: self.env._(
                "The rates of %(half_year)s are missing: enter them first (Collection > Configuration > Rates), or "
                "count up to an earlier day.",
                **values,
            ),
        }
        return texts[error.code]() if error.code in texts else said(self.env, error)

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_pdf(self):
        """The décompte as a PDF, with the company's letterhead."""
        values = self._values()
        content = self.env["recouvrement.decompte"]._pdf(values)
        return self.env["recouvrement.decompte"]._keep(self, self._file_name("pdf"), content, "application/pdf")

    def action_xlsx(self):
        """The décompte as a workbook."""
        content = self.env["recouvrement.decompte"]._xlsx(self._values())
        return self.env["recouvrement.decompte"]._keep(self, self._file_name("xlsx"), content, XLSX)

    def _file_name(self, suffix):
        name = "-".join(filter(None, ("decompte", (self.reference or "").replace("/", "-"), self.on.isoformat())))
        return f"{name}.{suffix}"

    def _values(self):
        self.ensure_one()
        if not self.amount or self.amount < 0:
            raise UserError(self.env._("Enter the amount of the debt, above zero."))
        if not self.date_due:
            raise UserError(self.env._("Enter the due date: interest runs from the day after."))
        try:
            block = self._block(lang="fr_FR")
        except RuleError as error:
            raise UserError(self._said(error)) from error
        partner = self.move_id.commercial_partner_id if self.move_id else None
        return self.env["recouvrement.decompte"]._values(
            [block], self.company_id, self.on, self.reference or "", partner, self.debtor_name or ""
        )


class RecouvrementCalculatorLine(models.TransientModel):
    _name = "recouvrement.calculator.line"
    _description = "Payment in the Interest Calculator"
    _inherit = "recouvrement.dialog"
    _order = "on, id"

    calculator_id = fields.Many2one("recouvrement.calculator", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="calculator_id.currency_id", related_sudo=False)
    on = fields.Date("Date", required=True, default=lambda self: clock.today(self.env))
    kind = fields.Selection([("payment", "Payment"), ("credit", "Credit note")], required=True, default="payment")
    amount = fields.Monetary(required=True)


class RecouvrementCalculatorFreeze(models.TransientModel):
    _name = "recouvrement.calculator.freeze"
    _description = "Days without Interest in the Interest Calculator"
    _inherit = "recouvrement.dialog"
    _order = "date_from, id"

    calculator_id = fields.Many2one("recouvrement.calculator", required=True, ondelete="cascade")
    date_from = fields.Date("From", required=True, default=lambda self: clock.today(self.env))
    date_to = fields.Date("To", help="Included; empty: to this day still.")
    article = fields.Char(required=True, default="C.civ 1343-5", help="C.civ 1343-5: a delay granted by a judge.")


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_open_calculator(self):
        """The calculator, filled in with this invoice and what really came in for it."""
        self.ensure_one()
        self.check_access("read")
        if self.state != "posted" or not self.is_sale_document():
            raise UserError(self.env._("Only a posted customer invoice has interest to count."))
        card = self._debtor_cards().get((self.company_id.root_id, self.commercial_partner_id))
        accrual = self.env["recouvrement.accrual"].sudo()  # of an invoice the user has read
        notices, terms = accrual._notices(self.ids), accrual._terms(self.ids)[self.id]
        kind = (card and card.debtor_type) or "professional"
        calculator = self.env["recouvrement.calculator"].create(
            {
                "move_id": self.id,
                "company_id": self.company_id.root_id.id,
                "reference": self.name,
                "debtor_name": self.commercial_partner_id.name,
                "currency_id": self.currency_id.id,
                "amount": self.amount_total,
                "invoice_date": self.invoice_date,
                "date_due": self.invoice_date_due,
                "debtor_type": kind,
                "regime": terms.regime(kind),
                "day_count": terms.day_count,
                "contract_rate": self._contract_rate(),
                "notice_on": min(notices.values(), key=lambda day: (day < self.invoice_date_due, day), default=False),
                "freeze_ids": [
                    Command.create({"date_from": one.date_from, "date_to": one.date_to, "article": one.article})
                    for one in terms.freezes
                ],
                "line_ids": [
                    Command.create({"on": movement.on, "kind": movement.kind, "amount": float(movement.amount)})
                    for movements in accrual._movements(self.ids).values()
                    for movement in movements
                ],
            }
        )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_calculator_action"),
            "res_id": calculator.id,
        }
