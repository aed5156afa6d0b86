from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...rules.payment_terms import CLAUSES, DatedTerm, SectorTable, Term
from ..base.res_company import SECTORS
from .recouvrement_debtor import BUYERS


class RecouvrementPaymentSector(models.Model):
    """A maximum payment term of a trade or of a public buyer, while it is the law (C.com L441-10, L441-11, CCP).

    An invoice is held to the law of its own date. Where no line is left for a trade and a clause, the law as shipped
    with the module applies: there is no trade without a maximum.
    """

    _name = "recouvrement.payment.sector"
    _inherit = "recouvrement.shared"
    _description = "Maximum Payment Term"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    sector = fields.Selection([*SECTORS, *BUYERS], "Trade or buyer", required=True, default="general")
    days = fields.Integer(required=True)
    base = fields.Selection(
        [
            ("invoice", "Date of the invoice"),
            ("delivery", "Delivery, or public receipt"),
            ("delivery_decade_end", "End of the ten days of delivery"),
            ("delivery_month_end", "End of the month of delivery"),
        ],
        "Counted from",
        required=True,
        default="invoice",
    )
    end_of_month = fields.Selection(
        [("after", "Days, then end of month"), ("before", "End of month, then days")], "End of month"
    )
    agreed = fields.Boolean("Date agreed", help="Binds invoices whose due date was agreed, whatever it is.")
    unagreed = fields.Boolean("Nothing agreed", help="Binds invoices of which no due date was agreed.")
    periodic = fields.Boolean("Summary invoice", help="Binds periodic invoices (C.com L441-10 I).")
    end_of_month_clause = fields.Boolean("End-of-month clause", help="Binds contracts that provide days end of month.")
    needs_clause = fields.Boolean("Express clause", help="Lawful only if the contract expressly says so.")
    article = fields.Char(required=True)
    date_from = fields.Date("From", help="First day of the law; empty: always. It is the invoice's date that counts.")
    date_to = fields.Date("To", help="Last day of the law; empty: in force.")
    verified = fields.Boolean(help="The text of the article was read.")

    _days_positive = models.Constraint("CHECK(days >= 0)", "A payment term is a number of days, zero or more.")
    _dates_ordered = models.Constraint("CHECK(date_from <= date_to)", "A law ends on or after its first day.")

    @api.depends("sector", "days", "article")
    def _compute_display_name(self):
        names = dict(self._fields["sector"]._description_selection(self.env))
        for term in self:
            term.display_name = self.env._(
                "%(sector)s: %(days)s days (%(article)s)",
                sector=names.get(term.sector, ""),
                days=term.days,
                article=term.article or "",
            )

    @api.constrains("sector", "agreed", "unagreed", "periodic", "end_of_month_clause")
    def _check_clauses(self):
        for term in self:
            if not term._clauses():
                raise ValidationError(self.env._("%s binds no invoice: tick when it applies.", term.display_name))

    def _clauses(self):
        ticked = (self.agreed, self.unagreed, self.periodic, self.end_of_month_clause)
        return tuple(clause for clause, binds in zip(CLAUSES, ticked, strict=True) if binds)

    @api.model_create_multi
    def create(self, vals_list):
        terms = super().create(vals_list)
        self._law_changed()
        return terms

    def write(self, vals):
        result = super().write(vals)
        self._law_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._law_changed()
        return result

    @api.model
    def _law_changed(self):
        """When a public buyer is late may have changed with it."""
        self.env.registry.clear_cache()
        self.env["res.company"]._recouvrement_decide_again()

    @api.model
    @tools.ormcache()
    def _maximums(self):
        """The maximum terms as the rules read them, kept until one changes."""
        return SectorTable(
            DatedTerm(
                term.sector,
                term._clauses(),
                Term(
                    term.days,
                    term.base,
                    term.article,
                    term.end_of_month or "",
                    term.needs_clause,
                    term.verified,
                ),
                term.date_from or None,
                term.date_to or None,
            )
            for term in self.sudo().search([])  # the law, the same for whoever looks at an invoice
        )
