from odoo import fields, models
from odoo.tools import format_date, formatLang

from ...rules.indemnity import recovery_indemnity
from ...rules.regime import COMMERCIAL, PUBLIC, regime_of
from ...tools import clock
from ...tools.formats import Formats
from ...tools.readers import SETTINGS_READERS


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_print_mentions = fields.Boolean(
        "Print the payment mentions on invoices",
        help="Date of payment, discount, penalties and fixed indemnity, as C.com L441-9 wants them on the invoice of a "
        "professional; on the invoice of a consumer, what holds for him.",
        groups=SETTINGS_READERS,
    )
    recouvrement_mentions_since = fields.Date("Mentions printed since", readonly=True, groups=SETTINGS_READERS)

    def write(self, vals):
        if vals.get("recouvrement_print_mentions"):
            vals = {"recouvrement_mentions_since": clock.today(self.env), **vals}
        elif "recouvrement_print_mentions" in vals:
            vals = {**vals, "recouvrement_mentions_since": False}
        return super().write(vals)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recouvrement_print_mentions = fields.Boolean(
        related="company_id.root_id.recouvrement_print_mentions", readonly=False
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _payment_mentions(self):
        """The lines on payment that an invoice bears, in the language of the context; none for what is not a customer
        invoice, or while the company prints its own."""
        self.ensure_one()
        company = self.company_id.root_id.sudo()  # a setting of the root
        if not company.recouvrement_print_mentions or self.move_type != "out_invoice" or not self.invoice_date_due:
            return []
        lines = [self.env._("Due date: %s.", format_date(self.env, self.invoice_date_due)), self._mention_discount()]
        kind = self._mention_debtor_type()
        law = regime_of(kind)
        if law.letter == COMMERCIAL:
            lines.append(self._mention_penalties(kind))
        elif law.letter == PUBLIC:
            lines.append(self._mention_public(kind))
        else:
            lines.append(
                self.env._(
                    "After a formal notice, an unpaid sum bears interest at the legal rate (Civil Code, article "
                    "1231-6)."
                )
            )
        return lines

    def _mention_debtor_type(self):
        """The type of its debtor, as his card or his numbers tell."""
        partner, company = self.commercial_partner_id, self.company_id.root_id
        if not partner:
            return "consumer"
        debtors = self.env["recouvrement.debtor"].sudo()  # whoever prints an invoice
        return debtors._facts(company, partner.ids)[partner.id].debtor_type

    def _mention_discount(self):
        term = self.invoice_payment_term_id
        if not term.early_discount:
            return self.env._("No discount for early payment.")
        return self.env._(
            "Discount for early payment: %(percent)s %% if paid within %(days)s days.",
            percent=self._mention_number(term.discount_percentage),
            days=term.discount_days,
        )

    def _mention_penalties(self, kind):
        """Between professionals (C.com L441-9 I, L441-10 II, D441-5)."""
        values = {"rate": self._mention_rate(), "amount": self._mention_indemnity(kind)}
        return self.env._(
            "Any late payment gives rise, by operation of law and without a reminder, to penalties at %(rate)s and to "
            "a fixed indemnity of %(amount)s for recovery costs (Commercial Code, articles L441-10 and D441-5).",
            **values,
        )

    def _mention_rate(self):
        rate = self._contract_rate()
        if rate:
            return self.env._(
                "the yearly rate of %s %%, and at least three times the legal interest rate", self._mention_number(rate)
            )
        margin = self._law_figures().at("professional_margin", self.invoice_date_due).value
        return self.env._(
            "the refinancing rate of the European Central Bank increased by %s percentage points",
            self._mention_number(margin),
        )

    def _contract_rate(self):
        """The yearly rate of penalties that the contract of this invoice sets, in percent; 0: the law's own applies."""
        clauses = self.env["recouvrement.interest.clause"].sudo()  # printed on the invoice, whoever prints it
        return clauses._of(self.ids)[self.id].rate or 0

    def _mention_public(self, kind):
        """Of a public buyer (CCP R2192-31, D2192-35)."""
        margin = self._law_figures().at("public_margin", self.invoice_date_due).value
        return self.env._(
            "Any late payment gives rise, by operation of law, to default interest at the refinancing rate of the "
            "European Central Bank increased by %(points)s percentage points and to a fixed indemnity of %(amount)s "
            "for recovery costs (Public Procurement Code, articles R2192-31 and D2192-35).",
            points=self._mention_number(margin),
            amount=self._mention_indemnity(kind),
        )

    def _law_figures(self):
        return self.env["recouvrement.legal.figure"]._figures()

    def _mention_number(self, number):
        return Formats(self.env.lang or "fr_FR").number(number)

    def _mention_indemnity(self, kind):
        amount = float(self._mention_indemnity_amount(kind))
        return formatLang(self.env, amount, currency_obj=self.env.ref("base.EUR"))

    def _mention_indemnity_amount(self, kind):
        due = self.invoice_date_due or self.date
        parameters = self.env["recouvrement.legal.figure"]._parameters()
        return recovery_indemnity(kind, due, fields.Date.add(due, days=1), parameters=parameters)
