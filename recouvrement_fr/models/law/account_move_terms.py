from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang

from ...rules.debtor_type import classify
from ...rules.payment_terms import check_payment_term, latest_due
from ...rules.regime import regime_of, types_that
from ...rules.territories import FRENCH
from ...tools import clock
from ...tools.readers import COLLECTION_READERS
from .account_move import INVOICES

BOUND = types_that(lambda law: law.has_maximum)
PUBLIC = ("public", "public_hospital", "public_company")


class AccountMove(models.Model):
    """Whether the payment term of an invoice is lawful."""

    _inherit = "account.move"

    payment_term_state = fields.Selection(
        [
            ("lawful", "Lawful"),
            ("conditional", "If the contract says so"),
            ("to_check", "Special term to be checked"),
            ("unlawful", "Unlawful"),
        ],
        "Payment term",
        compute="_compute_payment_term_state",
        search="_search_payment_term_state",
        help="Against the maximum of C.com L441-10 and L441-11, or of the public procurement code.",
        groups=COLLECTION_READERS,
    )
    payment_term_warning = fields.Char(compute="_compute_payment_term_state", groups=COLLECTION_READERS)

    # --- payment term -------------------------------------------------------------------------------------------------

    @api.depends(
        "invoice_date",
        "invoice_date_due",
        "invoice_payment_term_id",
        "partner_id",
        "delivery_date",
        "recouvrement_received_on",
        "move_type",
        "company_id",
    )
    def _compute_payment_term_state(self):
        today = clock.today(self.env)
        cards = self._debtor_cards()
        table = self.env["recouvrement.payment.sector"]._maximums()
        for move in self:
            move.payment_term_state = move.payment_term_warning = False
            invoiced_on, due = move.invoice_date or today, move.invoice_date_due
            if move.move_type not in INVOICES or not due or not move.partner_id or due < invoiced_on:
                continue
            sector = move._payment_sector(cards.get((move.company_id.root_id, move.commercial_partner_id)))
            if sector:
                delivered_on = move.recouvrement_received_on if sector in PUBLIC else move.delivery_date
                law = table.on(invoiced_on)
                verdict = check_payment_term(invoiced_on, due, sector, delivered_on=delivered_on or None, sectors=law)
                move._tell_payment_term(verdict, law[sector], invoiced_on, delivered_on or None)

    def _payment_sector(self, card):
        """The sector of rules.payment_terms that binds this invoice; None for those no maximum binds."""
        partner = self.commercial_partner_id
        kind = card and card.debtor_type
        if not kind:
            kind, _confirmed = classify(partner.name, partner.is_company, partner.vat, partner.company_registry)
        if not regime_of(kind).has_maximum or self.company_id.root_id.account_fiscal_country_id.code not in FRENCH:
            return None
        if regime_of(kind).from_receipt:
            return (card and card.public_buyer) or "public"
        return (card and card.sector) or self.company_id.root_id.sudo().recouvrement_sector  # a setting of the root

    def _tell_payment_term(self, verdict, sector, invoiced_on, delivered_on):
        self.payment_term_state = verdict.state
        if verdict.state == "conditional" and self._is_agreed(verdict.due, sector, invoiced_on, delivered_on):
            self.payment_term_state = "lawful"
        days = {"due": verdict.due, "latest": verdict.latest, "clause": verdict.latest_with_clause}
        words = {key: format_date(self.env, day) for key, day in days.items()}
        if self.payment_term_state == "conditional":
            self.payment_term_warning = self.env._(
                "Due on %(due)s, after the maximum of %(latest)s: lawful only if the contract expressly provides this "
                "longer term, at the latest on %(clause)s (%(article)s).",
                article=verdict.article,
                **words,
            )
        elif self.payment_term_state == "to_check":
            self.payment_term_warning = self.env._(
                "Due on %(due)s, after the general maximum of %(clause)s: it may be governed by a special term of the "
                "trade (%(article)s), whose text was not read. Check it, then correct and verify its line under "
                "Configuration > Maximum payment terms.",
                article=verdict.article,
                **words,
            )
        elif self.payment_term_state == "unlawful":
            fine = self.env["recouvrement.legal.figure"]._figures().at("payment_term_fine", invoiced_on)
            self.payment_term_warning = self.env._(
                "Unlawful payment term: due on %(due)s, when %(clause)s is the last day allowed (%(article)s). The "
                "fine may reach %(fine)s (%(fine_article)s).",
                article=verdict.article,
                fine=formatLang(self.env, float(fine.value), digits=0, currency_obj=self.env.ref("base.EUR")),
                fine_article=fine.article,
                **words,
            )

    def _is_agreed(self, due, sector, invoiced_on, delivered_on):
        """Whether the company's contracts expressly provide the days end of month that make this due date lawful; a
        special term that nobody verified makes nothing lawful."""
        agreed = self.company_id.root_id.sudo().recouvrement_end_of_month  # a setting of the root
        sure = [term for term in sector.agreed if term.verified] or sector.agreed
        return any(
            due <= latest_due(term, invoiced_on, delivered_on)
            for term in sure
            if term.end_of_month and agreed in ("both", term.end_of_month)
        )

    @api.model
    def _search_payment_term_state(self, operator, value):
        """The open invoices of known debtors whose term is so."""
        self._check_field_access(self._fields["payment_term_state"], "read")  # the ORM asks it of columns alone
        if operator not in ("in", "not in"):
            return NotImplemented
        self.env.flush_all()
        found = SQL(" UNION ").join(
            self._payment_term_sql(root, tuple(state for state in value if state) or ("",))
            # sudo: every company, for who works in a branch alone; the rules of invoices bound what is found
            for root in self.env["res.company"].sudo().search([("parent_id", "=", False)])
        )
        return Domain("id", operator, found)

    def _payment_term_sql(self, root, states):
        return SQL(
            """
            SELECT m.id
              FROM account_move m
              JOIN recouvrement_debtor d ON d.partner_id = m.commercial_partner_id AND d.company_id = %(root)s
             WHERE m.company_id = ANY(%(tree)s) AND m.move_type IN %(types)s AND m.state = 'posted'
               AND m.payment_state IN ('not_paid', 'partial') AND m.invoice_date_due >= m.invoice_date
               AND d.debtor_type IN %(bound)s AND (%(state)s) IN %(states)s
            """,
            root=root.id,
            tree=root._recouvrement_tree(),
            types=INVOICES,
            bound=BOUND,
            state=_state_sql(root, self.env["recouvrement.payment.sector"]._maximums()),
            states=states,
        )


def _state_sql(root, table):
    """The state of the term of an invoice `m` to a debtor `d`, in SQL: what `check_payment_term` says of it."""
    chosen = SQL(
        "CASE d.debtor_type WHEN 'public' THEN COALESCE(d.public_buyer, 'public') ELSE COALESCE(d.sector, %s) END",
        root.recouvrement_sector,
    )
    agreed = root.recouvrement_end_of_month
    laws = [SQL("WHEN m.invoice_date < %s THEN %s", end, _law_sql(chosen, law, agreed)) for end, law in table.ended()]
    law = _law_sql(chosen, table.laws[-1], agreed)
    return SQL("CASE %s ELSE %s END", SQL(" ").join(laws), law) if laws else law


def _law_sql(chosen, law, agreed):
    cases = []
    for code, sector in law.items():
        sure = [term for term in sector.agreed if term.verified] or sector.agreed
        free = [
            term
            for term in sure
            if not term.needs_clause or term.end_of_month and agreed in ("both", term.end_of_month)
        ]
        beyond = "unlawful" if all(term.verified for term in sector.agreed) else "to_check"
        cases.append(
            SQL(
                "WHEN %(code)s THEN CASE WHEN m.invoice_date_due <= %(free)s THEN 'lawful'"
                " WHEN m.invoice_date_due <= %(all)s THEN 'conditional' ELSE %(beyond)s END",
                beyond=beyond,
                code=code,
                free=_latest_sql(free or sure, code),
                all=_latest_sql(sure, code),
            )
        )
    return SQL("CASE %s %s END", chosen, SQL(" ").join(cases))


def _latest_sql(terms, sector):
    delivered = SQL("m.recouvrement_received_on") if sector in PUBLIC else SQL("m.delivery_date")
    days = []
    for term in terms:
        day = SQL("m.invoice_date") if term.base == "invoice" else SQL("COALESCE(%s, m.invoice_date)", delivered)
        if term.base == "delivery_month_end" or term.end_of_month == "before":
            day = _month_end_sql(day)
        day = SQL("(%s + %s)", day, term.days)
        days.append(_month_end_sql(day) if term.end_of_month == "after" else day)
    return SQL("GREATEST(%s)", SQL(", ").join(days))


def _month_end_sql(day):
    return SQL("(date_trunc('month', (%s)::timestamp) + interval '1 month - 1 day')::date", day)
