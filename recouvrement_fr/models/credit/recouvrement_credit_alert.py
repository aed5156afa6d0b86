from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ...rules import credit
from ...tools.formats import exact


class RecouvrementCreditAlert(models.Model):
    """Somebody was told of something about a credit decision: once while it is so, which the database itself guards,
    and again when it comes back."""

    _name = "recouvrement.credit.alert"
    _description = "Credit Alert"
    _inherit = ["recouvrement.followed"]
    _follow_turn = 19
    _order = "id desc"
    _rec_name = "review_id"

    review_id = fields.Many2one("recouvrement.credit.review", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="review_id.company_id", store=True, index=True)
    debtor_id = fields.Many2one(related="review_id.debtor_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("50", "Half of the limit"),
            ("70", "70 % of the limit"),
            ("90", "90 % of the limit"),
            ("100", "Limit reached"),
            ("overdue", "Overdue while credit is given"),
            ("review", "To be looked at again"),
            ("guarantee", "Guarantee asked, not in force"),
        ],
        required=True,
        readonly=True,
    )
    told_on = fields.Date(readonly=True)
    left_on = fields.Date(
        "No longer so since", readonly=True, help="Paid, credited or secured. It is told again if it comes back."
    )

    _once = models.UniqueIndex("(review_id, kind) WHERE left_on IS NULL", "This was already told.")

    @api.model
    def _follow_up(self, on):
        for company in self.env["res.company"].search([("parent_id", "=", False), ("recouvrement_active", "=", True)]):
            self._tell(company, on)

    @api.model
    def _tell(self, company, on):
        """Tell, once while it is so, what the credit decisions in force of a company have come to; returns the new
        alerts."""
        reviews = self.env["recouvrement.credit.review"].search(
            [("company_id", "=", company.id), ("state", "=", "approved")]
        )
        exposures = reviews.debtor_id._credit_exposures(on)
        unsecured, rows = reviews._without_guarantee(on), []
        for review in reviews:
            exposed = exposures[review.debtor_id]
            reached = credit.reached(exact(exposed.exposure), exact(review.limit_amount))
            rows += [(review.id, str(threshold)) for threshold in reached]
            if exposed.overdue > 0:
                rows.append((review.id, "overdue"))
            if review.review_date and review.review_date <= on:
                rows.append((review.id, "review"))
            if review in unsecured:
                rows.append((review.id, "guarantee"))
        self._leave(company, rows, on)
        found = self._once_each(rows, on)
        for review, alerts in found.grouped("review_id").items():
            self._task(review, set(alerts.mapped("kind")), exposures[review.debtor_id])
        return found

    @api.model
    def _leave(self, company, rows, on):
        """Note what was told of the decisions of a company and is so no longer: what is not among these (review id,
        kind), as all of a decision that another one replaced."""
        standing = self.search([("company_id", "=", company.id), ("left_on", "=", False)])
        kept = set(rows)
        standing.filtered(lambda alert: (alert.review_id.id, alert.kind) not in kept).left_on = on
        self.flush_model(["left_on"])  # the index lets it be told again

    @api.model
    def _once_each(self, rows, on):
        """Those of these (review id, kind) that nobody was told of since, now noted; two workers at once tell once."""
        if not rows:
            return self
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO recouvrement_credit_alert (review_id, kind, company_id, debtor_id, told_on)
                SELECT v.id, v.kind, r.company_id, r.debtor_id, %s
                  FROM unnest(%s::int[], %s::varchar[]) v(id, kind)
                  JOIN recouvrement_credit_review r ON r.id = v.id
                    ON CONFLICT (review_id, kind) WHERE left_on IS NULL DO NOTHING
                RETURNING id
                """,
                on,
                [row[0] for row in rows],
                [row[1] for row in rows],
            )
        )
        return self.browse([row[0] for row in inserted])

    def _task(self, review, kinds, exposed):
        """One activity per decision for what is new: the highest threshold, what is overdue, the day that came."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        highest = max((int(kind) for kind in kinds if kind.isdigit()), default=0)
        told = [labels[str(highest)]] if highest else []
        told += [labels[kind] for kind in ("overdue", "review", "guarantee") if kind in kinds]
        money = {
            name: formatLang(self.env, amount, currency_obj=review.currency_id)
            for name, amount in (
                ("exposure", exposed.exposure),
                ("limit", review.limit_amount),
                ("late", exposed.overdue),
            )
        }
        review.activity_schedule(
            "mail.mail_activity_data_warning",
            user_id=review.debtor_id._person_in_charge().id,
            summary=self.env._("Credit: %s", ", ".join(told)),
            note=self.env._("Exposure %(exposure)s of a limit of %(limit)s; %(late)s overdue.", **money),
        )
