from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import formatLang

from ...ledger import exposure as ledger
from ...rules import credit
from ...tools import clock
from ...tools.formats import exact


class Account(NamedTuple):
    """Of a debtor on a day, all that its exposure is computed from: what it owes, what it ordered, its guarantees."""

    owed: ledger.Owed
    orders: float
    guarantees: tuple

    def exposed(self, invoiced=0.0, ordered=0.0):
        """The exposure, with what an invoice or an order would add, in company currency.

        A guarantee that names no invoice covers what would be invoiced too; nothing is owed yet of what is ordered,
        which a guarantee would pay.
        """
        items, waiting = self.owed.net + invoiced, self.orders + ordered
        covers = [guarantee.cover(items, invoiced) for guarantee in self.guarantees]
        left = credit.exposure(exact(items), exact(waiting), covers)
        paid = credit.guaranteed(exact(items), covers)
        return Exposed(items, waiting, float(paid), float(left), self.owed.overdue)


class Secured(NamedTuple):
    """A guarantee in force: what is left of each invoice it is about (None: of the whole account), whether an invoice
    made now is one of them, and its terms."""

    parts: dict | None
    covers_new: bool
    amount: float
    percent: float
    is_valued: bool
    is_insured: bool

    def cover(self, items, invoiced):
        """As the rule reads it, of a debtor who owes so much."""
        parts = dict(self.parts or {})
        if self.parts is not None and self.covers_new and invoiced:
            parts[0] = invoiced  # the invoice to come
        covered = items if self.parts is None else min(items, sum(parts.values()))
        return credit.Cover(
            exact(covered),
            exact(self.amount),
            exact(self.percent),
            is_valued=self.is_valued,
            is_insured=self.is_insured,
            parts={key: exact(amount) for key, amount in parts.items()},
        )


class Exposed(NamedTuple):
    """In company currency: what is owed, ordered, guaranteed, and what is left at risk; what is overdue."""

    open_items: float = 0.0
    orders: float = 0.0
    guaranteed: float = 0.0
    exposure: float = 0.0
    overdue: float = 0.0


class RecouvrementDebtor(models.Model):
    """How much credit a debtor has, and uses."""

    _inherit = "recouvrement.debtor"

    credit_review_ids = fields.One2many("recouvrement.credit.review", "debtor_id", "Credit decisions")
    credit_review_id = fields.Many2one(
        "recouvrement.credit.review", "Credit decision in force", compute="_compute_credit_review_id"
    )
    credit_exposure = fields.Monetary(
        "Exposure",
        compute="_compute_credit_exposure",
        help="Open items, and orders not invoiced yet, less what valid guarantees would pay.",
    )
    credit_used = fields.Integer("Limit used (%)", compute="_compute_credit_exposure")
    credit_sentence = fields.Char("Customer credit", compute="_compute_credit_exposure")

    def _terms_refusal(self):
        """Terms that a credit decision in force names are changed by another decision."""
        if self.sudo().credit_review_id.payment_term_id:  # whether there is one, for whoever corrects the terms
            return self.env._("A credit decision in force says these terms: ask for another decision.")
        return super()._terms_refusal()

    @api.depends("credit_review_ids.state")
    def _compute_credit_review_id(self):
        for debtor in self:
            debtor.credit_review_id = debtor.credit_review_ids.filtered(lambda found: found.state == "approved")[:1]

    @api.depends("credit_review_id")
    @api.depends_context("lang")
    def _compute_credit_exposure(self):
        found = self._origin._credit_exposures(clock.today(self.env))
        for debtor in self:
            exposed = found[debtor._origin]
            debtor.credit_exposure = exposed.exposure
            review = debtor.credit_review_id
            debtor.credit_used = credit.used(exact(exposed.exposure), exact(review.limit_amount))
            debtor.credit_sentence = debtor._credit_words(review, exposed)

    def _credit_words(self, review, exposed):
        def money(amount):
            return formatLang(self.env, amount, currency_obj=self.currency_id)

        words = self.env._("%(items)s open", items=money(exposed.open_items))
        if exposed.orders:
            words += self.env._(" + %(orders)s ordered", orders=money(exposed.orders))
        if exposed.guaranteed:
            words += self.env._(" – %(covered)s guaranteed", covered=money(exposed.guaranteed))
        if not review:
            return self.env._(
                "Exposed to %(amount)s (%(words)s); no decision.", amount=money(exposed.exposure), words=words
            )
        return self.env._(
            "Exposed to %(amount)s (%(words)s) of a limit of %(limit)s.",
            amount=money(exposed.exposure),
            words=words,
            limit=money(review.limit_amount),
        )

    def _credit_exposures(self, on):
        """{debtor: Exposed} on a day, in a constant number of statements per company."""
        found = defaultdict(Exposed)
        return found | {debtor: account.exposed() for debtor, account in self._credit_accounts(on).items()}

    def _credit_accounts(self, on):
        """{debtor: Account} on a day, in a constant number of statements per company."""
        found = {}
        for company, debtors in self.grouped("company_id").items():
            owed = debtors._owed_now(company, on)
            orders = debtors._orders_not_invoiced(company)
            secured = debtors._valid_guarantees(company, on)
            for debtor in debtors:
                partner_id = debtor.partner_id.id
                items, waiting = owed.get(partner_id, ledger.Owed()), orders.get(partner_id, 0.0)
                found[debtor] = Account(items, waiting, tuple(secured[debtor.id]))
        return found

    def _owed_now(self, company, on):
        """{commercial partner id: Owed}: added up in the database, or from the items that a card has read already."""
        if not self._reads_once():
            return ledger.read(self.env, company, self.partner_id.ids, on)
        return {partner_id: ledger.of(items, on) for partner_id, items in self._open_now(company).items()}

    @api.model
    def _orders_not_invoiced(self, company):
        """{commercial partner id: amount, taxes included, of what was ordered and is not invoiced yet}, in company
        currency. To be extended by what knows orders."""
        return {}

    def _valid_guarantees(self, company, on):
        """{debtor id: [Secured]} of the guarantees in force that day; what each is about is read of its invoices, when
        it names some or a day from which they are issued."""
        found = defaultdict(list)
        if not self._may_have(("own", "recouvrement.guarantee")):
            return found
        guarantees = self.env["recouvrement.guarantee"].search(
            [
                ("debtor_id", "in", self.ids),
                ("state", "=", "active"),
                "|",
                ("expires_on", "=", False),
                ("expires_on", ">=", on),
            ]
        )
        for guarantee in guarantees:
            parts = None
            if guarantee.move_ids or guarantee.starts_on:
                moves = guarantee._covered(guarantee.move_ids or guarantee.debtor_id._open_moves())
                parts = {move.id: move.amount_residual_signed for move in moves}
            found[guarantee.debtor_id.id].append(
                Secured(
                    parts,
                    covers_new=not guarantee.move_ids and not (guarantee.starts_on and guarantee.starts_on > on),
                    amount=guarantee.currency_id._convert(guarantee.amount, company.currency_id, company, on),
                    percent=guarantee.percent,
                    is_valued=bool(guarantee.amount) or guarantee.kind != "reserve_of_title",
                    is_insured=guarantee.kind == "insurance",
                )
            )
        return found

    @api.model
    def _with_credit(self, company, partners):
        """The cards of those of these customers for whom a credit is in force in a root company."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", partners.ids),
                ("credit_review_ids.state", "=", "approved"),
            ]
        )

    def _exposed_with(self, added, on, is_order=False):
        """(exposure, exposure with a document of this amount), in company currency."""
        self.ensure_one()
        account = self._credit_accounts(on)[self]
        after = account.exposed(**{"ordered" if is_order else "invoiced": added})
        return account.exposed().exposure, after.exposure

    def _over_limit(self, added, on, is_order=False):
        """Why a document of this amount (company currency) passes the credit decided for this debtor, in words; nothing
        when it does not, or when nothing was decided. What was paid beforehand, or a guarantee would pay, uses none."""
        self.ensure_one()
        review = self.credit_review_id
        if not review:
            return ""
        exposed, after = self._exposed_with(added, on, is_order)
        if not credit.is_over(exact(exposed), exact(after), exact(review.limit_amount)):
            return ""
        amounts = {"exposed": exposed, "added": added, "limit": review.limit_amount}
        return self.env._(
            "%(debtor)s: exposed to %(exposed)s, to which %(added)s are added, when the credit decided is %(limit)s.",
            debtor=self.display_name,
            **{name: formatLang(self.env, amount, currency_obj=self.currency_id) for name, amount in amounts.items()},
        )

    def _move_evidence(self, kept):
        """Of merged debtors one credit stays in force, the lowest: a merge gives nobody more credit."""
        in_force = self.env["recouvrement.credit.review"].search(
            [("debtor_id", "in", (self | kept).ids), ("state", "=", "approved")], order="limit_amount, id desc"
        )
        in_force[1:].sudo().state = "replaced"  # merging is a right on partners
        in_force.flush_recordset(["state"])
        return super()._move_evidence(kept)

    @api.model
    def _fold(self, src_partners, dst_partner):  # pylint: disable=missing-return
        """The customer that stays has the limit and the terms of the decision that stays."""
        super()._fold(src_partners, dst_partner)
        reviews = self.env["recouvrement.credit.review"].sudo()  # merging is a right on partners
        for review in reviews.search([("debtor_id.partner_id", "=", dst_partner.id), ("state", "=", "approved")]):
            review.debtor_id._write_customer(review._decided_values())

    def action_open_credit_reviews(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_credit_review_action")
        return {**action, "domain": [("debtor_id", "=", self.id)], "context": {"default_debtor_id": self.id}}
