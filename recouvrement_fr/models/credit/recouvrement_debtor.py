from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import formatLang

from ...ledger import exposure as ledger
from ...rules import credit
from ...tools import clock
from ...tools.formats import exact


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
    credit_sentence = fields.Char("Credit", compute="_compute_credit_exposure")

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
            debtor.credit_used = round(100 * exposed.exposure / review.limit_amount) if review.limit_amount else 0
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

    def _credit_exposures(self, on, invoiced=0.0, ordered=0.0):
        """{debtor: Exposed} on a day, in a constant number of statements per company.

        :param invoiced: what an invoice would add to what each owes, in company currency; a guarantee that names no
            invoice covers it too
        :param ordered: what an order would add; nothing is owed of it yet, which a guarantee would pay
        """
        found = defaultdict(Exposed)
        for company, debtors in self.grouped("company_id").items():
            owed = ledger.read(self.env, company, debtors.partner_id.ids, on)
            orders = debtors._orders_not_invoiced(company)
            covers = debtors._valid_covers(company, on, owed, invoiced)
            for debtor in debtors:
                items = owed.get(debtor.partner_id.id, ledger.Owed())
                items = items._replace(net=items.net + invoiced)
                waiting = orders.get(debtor.partner_id.id, 0.0) + ordered
                mine = covers[debtor.id]
                left = credit.exposure(exact(items.net), exact(waiting), mine)
                paid = float(sum(cover.pays for cover in mine))
                found[debtor] = Exposed(items.net, waiting, paid, float(left), items.overdue)
        return found

    @api.model
    def _orders_not_invoiced(self, company):
        """{commercial partner id: amount, taxes included, of what was ordered and is not invoiced yet}, in company
        currency. To be extended by what knows orders."""
        return {}

    def _valid_covers(self, company, on, owed, invoiced=0.0):
        """{debtor id: [Cover]} of the guarantees in force that day; what each covers is read of its invoices, when it
        names some, else of all, and of what would be ``invoiced`` now."""
        found = defaultdict(list)
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
            covered = owed.get(guarantee.partner_id.id, ledger.Owed()).net + invoiced
            if guarantee.move_ids or guarantee.starts_on:
                moves = guarantee._covered(guarantee.move_ids or guarantee.debtor_id._open_moves())
                is_new = not guarantee.move_ids and guarantee.starts_on <= on
                covered = min(covered, sum(moves.mapped("amount_residual_signed")) + (invoiced if is_new else 0.0))
            amount = guarantee.currency_id._convert(guarantee.amount, company.currency_id, company, on)
            found[guarantee.debtor_id.id].append(
                credit.Cover(
                    exact(covered),
                    exact(amount),
                    exact(guarantee.percent),
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

    def _over_limit(self, added, on, is_order=False):
        """Why a document of this amount (company currency) passes the credit decided for this debtor, in words; nothing
        when it does not, or when nothing was decided. What was paid beforehand, or a guarantee would pay, uses none."""
        self.ensure_one()
        review = self.credit_review_id
        if not review:
            return ""
        exposed = self._credit_exposures(on)[self].exposure
        more = {"ordered" if is_order else "invoiced": added}
        after = self._credit_exposures(on, **more)[self].exposure
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

    def action_new_credit_review(self):
        """A new credit decision about this debtor."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.credit.review",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"default_debtor_id": self.id},
        }

    def action_open_credit_reviews(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_credit_review_action")
        return {**action, "domain": [("debtor_id", "=", self.id)], "context": {"default_debtor_id": self.id}}
