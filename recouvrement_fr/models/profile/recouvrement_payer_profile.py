from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang, split_every

from ...ledger import payer_payments
from ...rules import payer as rule
from ...rules.regime import types_that
from ...tools import bulk, clock
from ...tools.formats import exact
from ..base.acts import check_manager

PAGE = 500
AGES_AFTER = timedelta(days=30)  # payments leave the window of a profile even when nothing happens
FIGURES = (
    *("payment_count", "paid_amount", "days_late", "share_late", "quartile_days", "median_days", "third_quartile_days"),
    *("ninth_decile_days", "recent_days_late", "before_days_late", "has_trend", "promises_judged", "promises_kept"),
    *("dispute_count", "proposed_trust", "computed_on", "fingerprint"),
)
TRUST = [("good", "Good Debtor"), ("normal", "Normal Debtor"), ("bad", "Bad Debtor")]  # core's codes


class RecouvrementPayerProfile(models.Model):
    """How a debtor pays, from what it really paid over 24 months: one row per debtor card, made again when something
    changed. A person has none, a trader no more than a consumer, nor has a debtor whose type nobody knows: nothing of
    theirs is weighed up."""

    _name = "recouvrement.payer.profile"
    _description = "Payer Profile"
    _inherit = ["recouvrement.followed"]
    _follow_turn = 18  # after promises, plans and disputes have been followed
    _order = "days_late desc, id"
    _rec_name = "debtor_id"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    computed_on = fields.Date("As of", readonly=True)
    fingerprint = fields.Char(readonly=True)  # of the debtor's open items then
    payment_count = fields.Integer("Payments", readonly=True)
    paid_amount = fields.Monetary("Paid over 24 months", readonly=True)
    days_late = fields.Float(
        "Days late", digits=(16, 1), readonly=True, aggregator="avg", help="On average, weighted by amount."
    )
    share_late = fields.Float(
        "Paid late (%)", digits=(16, 1), readonly=True, aggregator="avg", help="Of the amounts paid."
    )
    quartile_days = fields.Integer("A quarter within (days)", readonly=True, aggregator="avg")
    median_days = fields.Integer("Half within (days)", readonly=True, aggregator="avg")
    third_quartile_days = fields.Integer("Three quarters within (days)", readonly=True, aggregator="avg")
    ninth_decile_days = fields.Integer("Nine tenths within (days)", readonly=True, aggregator="avg")
    recent_days_late = fields.Float("Days late, last 6 months", digits=(16, 1), readonly=True, aggregator="avg")
    before_days_late = fields.Float("Days late, 6 months before", digits=(16, 1), readonly=True, aggregator="avg")
    has_trend = fields.Boolean(readonly=True, help="Three payments at least in each of the last two half-years.")
    trend = fields.Float("Trend (days)", compute="_compute_trend", digits=(16, 1), help="More than zero: slower.")
    promises_judged = fields.Integer("Promises judged", readonly=True)
    promises_kept = fields.Integer(readonly=True)
    dispute_count = fields.Integer("Disputes over 24 months", readonly=True)
    proposed_trust = fields.Selection(TRUST, readonly=True, help="What the payments propose; empty: too few of them.")
    sentence = fields.Char("In a sentence", compute="_compute_sentence")

    _once = models.UniqueIndex("(debtor_id)", "This debtor already has its profile.")

    @api.depends("recent_days_late", "before_days_late", "has_trend")
    def _compute_trend(self):
        for profile in self:
            profile.trend = profile.recent_days_late - profile.before_days_late if profile.has_trend else 0

    @api.depends(*FIGURES)
    @api.depends_context("lang")
    def _compute_sentence(self):
        for profile in self:
            profile.sentence = profile._in_words()

    def _in_words(self):
        if not self.payment_count:
            return self.env._("No payment over 24 months: nothing can be said.")
        if self.payment_count < rule.ENOUGH:
            if self.payment_count == 1:
                return self.env._("One payment over 24 months: too few to say how it pays.")
            return self.env._("%s payments over 24 months: too few to say how it pays.", self.payment_count)
        words = [
            self.env._(
                "Pays %(days)s days late on average (%(count)s payments over 24 months): half of the amounts %(half)s, "
                "nine tenths %(most)s",
                days=self._tenths(self.days_late),
                count=self.payment_count,
                half=self._when(self.median_days),
                most=self._when(self.ninth_decile_days),
            )
        ]
        direction = rule.direction(exact(self.trend) if self.has_trend else None)
        change = self._tenths(abs(self.trend))
        if direction == "worse":
            words.append(self.env._("slower by %s days than six months ago", change))
        elif direction == "better":
            words.append(self.env._("faster by %s days than six months ago", change))
        if self.promises_judged:
            kept = {"kept": self.promises_kept, "judged": self.promises_judged}
            words.append(self.env._("%(kept)s of %(judged)s promises kept", **kept))
        if self.dispute_count:
            words.append(self.env._("%s dispute(s)", self.dispute_count))
        return "; ".join(words) + "."

    def _when(self, days):
        if days == 1:
            return self.env._("the day after the due date at the latest")
        if days == -1:
            return self.env._("the day before the due date")
        if days > 0:
            return self.env._("within %s days after the due date", days)
        if days < 0:
            return self.env._("%s days before the due date", -days)
        return self.env._("by the due date")

    def _tenths(self, value):
        return formatLang(self.env, value, digits=1)

    # --- made again ---------------------------------------------------------------------------------------------------

    @api.model
    def _follow_up(self, on):
        for company in self.env["res.company"].search([("parent_id", "=", False), ("recouvrement_active", "=", True)]):
            self._refresh(company, on)

    @api.model
    def _refresh(self, company, on):
        """Make again the profiles that something changed, page by page; returns how many."""
        last = payer_payments.last_seen(self.env)
        self._forget_unscored(company)
        types = types_that(lambda law: law.may_be_profiled)
        seen = company.recouvrement_payments_seen_id
        ids = payer_payments.changed(self.env, company, types, seen, made_before=on - AGES_AFTER, on=on)
        for page in split_every(PAGE, ids):
            self._make(self.env["recouvrement.debtor"].browse(page), on)
            bulk.keep_page(self.env)
        if company.recouvrement_payments_seen_id != last:
            company.recouvrement_payments_seen_id = last  # once all are made: interrupted, it starts again there
        return len(ids)

    @api.model
    def _forget_unscored(self, company):
        """Nothing stays about a debtor who turned out to be a person, or whose type is no longer known."""
        types = list(types_that(lambda law: law.may_be_profiled))
        found = self.search(
            [
                ("company_id", "=", company.id),
                "|",
                ("debtor_id.debtor_type", "not in", types),
                ("debtor_id.partner_id.is_company", "=", False),
            ]
        )
        found.sudo().unlink()  # bookkeeping: nobody types or deletes a profile

    @api.model
    def _make(self, debtors, on):
        """The profiles of some debtors of one company, in a constant number of statements."""
        company = debtors.company_id
        payments = payer_payments.read(self.env, company, debtors.partner_id.ids, rule.since(on), on)
        promises, disputes = debtors._promise_reliability(), self._disputes(debtors, on)
        known = {profile.debtor_id.id: profile.id for profile in self.search([("debtor_id", "in", debtors.ids)])}
        new, again = [], []
        for debtor in debtors:
            reliability = promises[debtor]
            found = rule.payer(payments.get(debtor.partner_id.id, ()), on)
            figures = self._figures(found, reliability, disputes[debtor.id], on, debtor.fingerprint or None)
            if debtor.id in known:
                again.append((known[debtor.id], *figures))
            else:
                new.append((debtor.id, company.id, *figures))
        bulk.insert(self, ("debtor_id", "company_id", *FIGURES), new)
        bulk.update(self, FIGURES, again, write_date=SQL("%s", self.env.cr.now()))

    @staticmethod
    def _figures(found, reliability, disputes, on, fingerprint):
        """The values of FIGURES, in their order."""
        judged, kept = reliability.judged, reliability.kept
        trust = rule.trust(found, judged, kept)
        tail = (judged, kept, disputes, trust, on, fingerprint)
        if found is None:
            return (*(0,) * 10, False, *tail)
        return (
            *(found.payments, found.amount, found.days_late, found.share_late, *found.quantiles),
            *(found.recent or 0, found.before or 0, found.trend is not None),
            *tail,
        )

    @api.model
    def _disputes(self, debtors, on):
        """{debtor id: disputes opened over the time that profiles look back on}."""
        groups = self.env["recouvrement.dispute"]._read_group(
            [("debtor_id", "in", debtors.ids), ("opened_on", ">", rule.since(on)), ("state", "!=", "cancelled")],
            ["debtor_id"],
            ["__count"],
        )
        return defaultdict(int, {debtor.id: count for debtor, count in groups})

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_refresh(self):
        """Make these profiles again now."""
        on = clock.today(self.env)
        for _company, profiles in self.grouped("company_id").items():
            profiles.sudo()._make(profiles.debtor_id, on)  # computed, never typed: whoever reads one may ask for it

    def action_payments(self):
        """The payments it was made from: its evidence."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_payer_payment_action")
        domain = [
            ("debtor_id", "=", self.debtor_id.id),
            ("paid_on", ">", rule.since(self.computed_on)),
            ("paid_on", "<=", self.computed_on),
        ]
        return {**action, "domain": domain}

    def action_set_trust(self):
        """A manager follows the proposal: core's degree of trust is set on the customer, branches included."""
        check_manager(self.env)
        self.check_access("read")
        for profile in self:
            if not profile.proposed_trust:
                raise UserError(self.env._("%s: too few payments to propose anything.", profile.debtor_id.display_name))
            # a manager of collection writes no customers: this field alone, by this button
            debtor = profile.debtor_id.sudo()
            before = debtor.partner_id.with_company(profile.company_id).trust
            debtor._write_customer({"trust": profile.proposed_trust})
            names = dict(self._fields["proposed_trust"]._description_selection(self.env))
            profile.debtor_id.message_post(
                body=self.env._(
                    "Degree of trust set to “%(trust)s” (it was “%(before)s”): %(why)s",
                    trust=names[profile.proposed_trust],
                    before=names.get(before, "—"),
                    why=profile.sentence,
                )
            )
