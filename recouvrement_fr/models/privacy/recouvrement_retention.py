from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...rules.retention import Period

MANAGERS = "recouvrement_fr.group_recouvrement_manager"
KINDS = [
    ("collection", "Collection: reminders, calls, promises, plans, disputes, letters"),
    ("case", "Litigation cases"),
    ("insolvency", "Insolvency proceedings"),
    ("contact", "Contacts of a company, signatories"),
    ("accounting", "Accounting documents"),
]
EVENTS = [
    ("relation_end", "End of the relation: the last invoice, payment, reminder, call or answer"),
    ("last_payment", "Last payment"),
    ("case_closed", "Case closed"),
    ("insolvency_closed", "Insolvency closed"),
    ("document_date", "Date of the document"),
    ("fiscal_year_end", "End of the fiscal year of the document"),
]
OF_ACCOUNTING = ("document_date", "fiscal_year_end")


def check_manager(env):
    """:raises AccessError: to anybody but a manager of collection"""
    if not env.su and not env.user.has_group(MANAGERS):
        raise AccessError(env._("Personal data are erased, kept and handed over by managers of collection alone."))


def own_root(env, company):
    """The company above that one, if the user works for it: ids come from the browser.

    :raises AccessError: for a company of others
    """
    root = company.root_id
    if not env.su and root not in env.user.company_ids.root_id:
        raise AccessError(env._("You do not work for this company."))
    return root


class RecouvrementRetention(models.Model):
    """How long the data of one kind are kept, after what, and by which text: dated, so that a change keeps its past.

    A rule of a company wins over one that is for all. Nothing is erased by itself on a rule that nobody verified.
    """

    _name = "recouvrement.retention"
    _description = "Retention Rule"
    _order = "kind, company_id, date_from desc, id"
    _rec_name = "kind"

    kind = fields.Selection(KINDS, "Data", required=True)
    event = fields.Selection(EVENTS, "Kept from", required=True)
    months = fields.Integer(required=True, help="After that event.")
    date_from = fields.Date("In force from", required=True)
    legal_basis = fields.Char(required=True, translate=True, help="The article, or the recommendation, it rests on.")
    verified = fields.Boolean(help="A person read the text: data may be erased by itself on this rule.")
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    active = fields.Boolean(default=True)

    _months_positive = models.Constraint("CHECK(months > 0)", "Data are kept for at least a month.")

    @api.constrains("kind", "event")
    def _check_event(self):
        for rule in self:
            if rule.kind == "accounting" and rule.event not in OF_ACCOUNTING:
                raise ValidationError(
                    self.env._("Accounting documents are kept from their date, or from the end of their fiscal year.")
                )
            if rule.kind != "accounting" and rule.event == "fiscal_year_end":
                raise ValidationError(
                    self.env._("Only accounting documents are kept from the end of their fiscal year.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._check_shared()
        return rules

    def write(self, vals):
        self._check_shared()
        result = super().write(vals)
        self._check_shared()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shared(self):
        self._check_shared()

    def _check_shared(self):
        """:raises AccessError: to a manager of one company, for a rule that others follow too"""
        if self.env.su or all(rule.company_id for rule in self):
            return
        roots = self.env["res.company"].sudo().search([("parent_id", "=", False)])  # how many there are
        if roots - self.env.user.company_ids.root_id:
            raise AccessError(self.env._("This rule is followed by other companies too: make one for your company."))

    @api.depends("kind", "months", "company_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for rule in self:
            rule.display_name = self.env._(
                "%(kind)s: %(count)s months", kind=kinds.get(rule.kind, ""), count=rule.months
            )

    @api.model
    def _periods(self, company):
        """The rules that a root company follows, as `rules.retention` reads them."""
        rules = self.sudo().search([("company_id", "in", (False, company.id))])  # the job, or a manager of a branch
        return [
            Period(rule.kind, rule.event, rule.months, rule.date_from, bool(rule.company_id), rule.verified)
            for rule in rules
        ]
