from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date, formatLang

from ...ledger import law_facts
from ...rules.errors import RateMissing
from ...tools import bulk, clock
from ...tools.formats import exact

NEAREST_FIRST = SQL("c.move_id IS NULL, c.debtor_id IS NULL, c.date_from DESC, c.id DESC")


class Clause(NamedTuple):
    """What the contract of an invoice says of interest."""

    rate: Decimal | None
    capitalise_from: date | None


NO_CLAUSE = Clause(None, None)


class RecouvrementInterestClause(models.Model):
    """What a contract or a decision says of late-payment interest: a rate, the capitalisation of a whole year's.

    The company's conditions of sale, the contract of one debtor, or one invoice: the nearest applies, from its date on,
    to what is invoiced since. Without any, the law's rate applies, and interest bears no interest (C.civ 1343-2).
    """

    _name = "recouvrement.interest.clause"
    _description = "Interest Clause"
    _order = "date_from desc, id desc"
    _rec_name = "source"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    debtor_id = fields.Many2one(
        "recouvrement.debtor",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', '=', company_id)]",
        help="Empty: the conditions of sale, for every debtor.",
    )
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('company_id', 'child_of', company_id), ('move_type', 'in', ('out_invoice', 'out_receipt'))]",
        help="For this invoice alone.",
    )
    source = fields.Char(required=True, help="For example: conditions of sale of January 2026, article 7.")
    date_from = fields.Date(
        "Invoices from",
        required=True,
        default=lambda self: clock.today(self.env),
        help="The first invoice date it applies to.",
    )
    rate = fields.Float(
        "Rate (% per year)",
        digits=(6, 3),
        help="Between professionals only. 0: the clause says nothing of it, the law's rate applies (C.com L441-10).",
    )
    is_capitalised = fields.Boolean(
        "Interest is capitalised", help="Interest due for a whole year bears interest: only if written (C.civ 1343-2)."
    )
    capitalise_from = fields.Date(
        "Capitalised from", help="The day of the contract or of the decision: no year counts before it."
    )
    warning = fields.Char(compute="_compute_warning")
    active = fields.Boolean(default=True)

    _says_something = models.Constraint(
        "CHECK(COALESCE(rate, 0) > 0 OR capitalise_from IS NOT NULL)",
        "The clause gives a rate, or lets interest be capitalised.",
    )

    @api.depends("rate", "date_from")
    def _compute_warning(self):
        """A rate under three times the legal one does not apply (C.com L441-10 II): say what does."""
        today = clock.today(self.env)
        table = self.env["recouvrement.rate"]._rate_table()
        for clause in self:
            clause.warning = False
            if not clause.rate:
                continue
            try:
                legal = table.at(today).legal_other
            except RateMissing as error:
                clause.warning = self.env._(
                    "The rates of %s are missing: the floor cannot be checked.", error.params["half_year"]
                )
                continue
            multiple = self.env["recouvrement.legal.figure"]._figures().at("floor_multiple", today)
            floor = legal * multiple.value
            if exact(clause.rate) < floor:
                clause.warning = self.env._(
                    "Under the floor of %(multiple)s times the legal rate: %(floor)s %% applies instead in this "
                    "half-year, and the floor of each half-year in turn (%(article)s). A clause under it also exposes "
                    "to a fine (L441-16).",
                    multiple=self.env["recouvrement.legal.figure"]._number(multiple.value),
                    floor=formatLang(self.env, float(floor), digits=2),
                    article=multiple.article,
                )

    @api.constrains("rate", "is_capitalised", "capitalise_from")
    def _check_terms(self):
        for clause in self:
            if not 0 <= clause.rate <= 100:
                raise ValidationError(self.env._("A rate is given in percent per year: 12 for 12 %."))
            if clause.is_capitalised != bool(clause.capitalise_from):
                raise ValidationError(
                    self.env._("Capitalisation has a day: that of the contract or of the decision (C.civ 1343-2).")
                )

    @api.constrains("company_id", "debtor_id", "move_id")
    def _check_scope(self):
        for clause in self:
            roots = {clause.company_id} | {clause.debtor_id.company_id} | {clause.move_id.company_id.root_id}
            if len({root for root in roots if root}) > 1 or clause.company_id.parent_id:
                raise ValidationError(self.env._("The debtor and the invoice are of the company of the clause."))
            if clause.move_id and clause.debtor_id.partner_id not in (
                self.env["res.partner"],
                clause.move_id.commercial_partner_id,
            ):
                raise ValidationError(self.env._("The invoice is of another debtor."))

    @api.model_create_multi
    def create(self, vals_list):
        clauses = super().create(vals_list)
        for clause in clauses:
            clause._trace(self.env._("Interest clause: %s.", clause._in_words()))
        return clauses

    def write(self, vals):
        before = {clause: clause._in_words() for clause in self}
        result = super().write(vals)
        for clause in self:
            if before[clause] != clause._in_words():
                clause._trace(
                    self.env._("Interest clause: %(new)s (was: %(old)s).", new=clause._in_words(), old=before[clause])
                )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        raise UserError(self.env._("A clause explains interest already asked: archive it, it cannot be deleted."))

    def _in_words(self):
        words = [self.source or ""]
        if self.rate:
            words.append(self.env._("%s %% per year", formatLang(self.env, self.rate, digits=2)))
        if self.capitalise_from:
            words.append(self.env._("capitalised from %s", format_date(self.env, self.capitalise_from)))
        if not self.active:
            words.append(self.env._("archived"))
        return ", ".join(words)

    def _trace(self, body):
        """In the history of the invoice or of the debtor it is about."""
        about = self.move_id or self.debtor_id
        if about:
            about.sudo().message_post(body=body)  # a manager of collection does not write invoices

    @api.model
    def _of(self, move_ids):
        """{move id: Clause} of these invoices: the nearest that gives a rate, the nearest that capitalises."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, c.rate, c.capitalise_from
                  FROM account_move m
                  JOIN res_company co ON co.id = m.company_id
                  JOIN recouvrement_interest_clause c ON c.company_id = %(root)s AND c.active
                   AND c.date_from <= COALESCE(m.invoice_date, m.date)
             LEFT JOIN recouvrement_debtor d ON d.id = c.debtor_id
                 WHERE m.id = %(moves)s AND (c.move_id IS NULL OR c.move_id = m.id)
                   AND (c.debtor_id IS NULL OR d.partner_id = m.commercial_partner_id)
              ORDER BY m.id, %(nearest)s
                """,
                root=law_facts.root_of("co"),
                moves=bulk.any_of(move_ids),
                nearest=NEAREST_FIRST,
            )
        )
        clauses = defaultdict(lambda: NO_CLAUSE)
        for move_id, rate, capitalise_from in rows:
            known = clauses[move_id]
            clauses[move_id] = Clause(
                known.rate or (exact(rate) if rate else None), known.capitalise_from or capitalise_from
            )
        return clauses
