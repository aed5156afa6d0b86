from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang

from ...rules.court import CourtRules
from ...rules.errors import RuleError
from ...rules.parameters import ALWAYS, Dated, Figures, Parameters, taken_from, units
from ...tools import clock
from ...tools.formats import exact
from ..base.rule_words import said

FIGURES = [  # the codes of rules/figures.csv, in words
    ("professional_margin", "Penalties between professionals: points above the ECB rate"),
    ("floor_multiple", "Least contractual rate: times the legal rate"),
    ("public_margin", "Interest of public buyers: points above the ECB rate"),
    ("judgment_surcharge", "Surcharge after a judgment: points above the legal rate"),
    ("judgment_surcharge_months", "Surcharge after a judgment: starts after"),
    ("judgment_arrears", "Interest after a judgment goes back"),
    ("consumer_arrears", "Interest after a judgment against a consumer goes back"),
    ("indemnity", "Fixed indemnity of professionals"),
    ("public_indemnity", "Fixed indemnity of public buyers"),
    ("proximity_limit", "Tribunal de proximité: up to"),
    ("lawyer_limit", "Lawyer optional up to"),
    ("amicable_limit", "Attempt to settle mandatory up to"),
    ("appeal_limit", "No appeal up to"),
    ("economic_courts", "Tribunaux des activités économiques exist (1: yes, 0: no)"),
    ("contribution_limit", "Contribution to economic justice: claims above"),
    ("contribution_employees", "Contribution to economic justice: creditors from"),
    ("contribution_turnover", "Contribution, first band: yearly turnover above"),
    ("contribution_profit", "Contribution, first band: yearly profit above"),
    ("contribution_rate", "Contribution, first band: rate"),
    ("contribution_cap", "Contribution, first band: at most"),
    ("contribution_high_turnover", "Contribution, second band: yearly turnover above"),
    ("contribution_high_profit", "Contribution, second band: yearly profit above"),
    ("contribution_high_rate", "Contribution, second band: rate"),
    ("contribution_high_cap", "Contribution, second band: at most"),
    ("distance_overseas", "Opposition and appeal from another French territory: more"),
    ("distance_abroad", "Opposition and appeal from abroad: more"),
    ("acceptance_days", "Electronic registered letter: waits for its addressee"),
    ("payment_term_fine", "Unlawful payment term: highest fine of a company"),
    ("contract_years_least", "Limitation agreed by contract: at least"),
    ("contract_years_most", "Limitation agreed by contract: at most"),
    ("title_years", "Limitation of an enforceable title"),
    ("long_stop_years", "Limitation: at most since the birth of the right"),
    ("resume_months", "Limitation: left at least after a mediation"),
    ("grace_years", "Delay granted by a judge: at most"),
    ("vat_recovery_years", "VAT of a loss: recovered until 31 December of this year after"),
]
UNITS = [
    ("points", "percentage points"),
    ("times", "times"),
    ("percent", "%"),
    ("eur", "EUR"),
    ("days", "days"),
    ("months", "months"),
    ("years", "years"),
    ("people", "employees"),
    ("yes_no", "1 or 0"),
]
WHOLE = ("days", "months", "years", "people", "yes_no")
OF_RULES = {"code", "value", "date_from", "article", "verified"}


class RecouvrementLegalFigure(models.Model):
    """A figure of the law from a day on: what a decree changes is a new line with its first day.

    The rules read these lines and nothing else: where one is missing they stop and say so. A document keeps the figures
    it was made with, whatever is entered later.
    """

    _name = "recouvrement.legal.figure"
    _description = "Figure of the Law"
    _inherit = ["recouvrement.shared", "mail.thread"]
    _order = "code, date_from desc, id"

    code = fields.Selection(FIGURES, "Figure", required=True, tracking=True)
    value = fields.Float(digits=(16, 2), required=True, tracking=True)
    unit = fields.Selection(UNITS, compute="_compute_unit")
    date_from = fields.Date(
        "In force from",
        tracking=True,
        help="First day of the law; empty: always was. The day that decides is that of the debt, of the request or of "
        "the judgment, as the article says.",
    )
    date_to = fields.Date("Until", compute="_compute_date_to", help="The eve of the next line; empty: in force.")
    has_begun = fields.Boolean(compute="_compute_date_to")
    is_current = fields.Boolean("In force", compute="_compute_date_to", search="_search_is_current")
    article = fields.Char(required=True, tracking=True)
    source = fields.Char(tracking=True, help="Where it was read, and when.")
    verified = fields.Boolean(
        tracking=True,
        help="The text itself was read. Unticked: the figure is used, but shown as to be verified, and what is "
        "counted with it is not claimed.",
    )
    note = fields.Text("To watch", tracking=True, translate=True, help="What may change it soon, such as a decree.")

    _once_a_day = models.UniqueIndex(
        "(code, COALESCE(date_from, '-infinity'))",
        "This figure already has a value from that day: correct it, or give the new one its own first day.",
    )

    @api.depends("code")
    def _compute_unit(self):
        known = units()
        for figure in self:
            figure.unit = known.get(figure.code, False)

    @api.depends("code", "date_from")
    def _compute_date_to(self):
        today = clock.today(self.env)
        lines = self.search([("code", "in", self.mapped("code"))])
        for figure in self:
            later = [one.date_from for one in lines if one.code == figure.code and one.date_from]
            following = min((day for day in later if not figure.date_from or day > figure.date_from), default=False)
            figure.date_to = following and fields.Date.subtract(following, days=1)
            figure.has_begun = not figure.date_from or figure.date_from <= today
            figure.is_current = figure.has_begun and (not following or following > today)

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in" if True in value else "not in", self.search([]).filtered("is_current").ids)]

    @api.depends("code", "value", "unit", "date_from", "verified")
    def _compute_display_name(self):
        for figure in self:
            words = figure._in_words()
            figure.display_name = words if figure.verified else self.env._("%s – to be verified", words)

    def _in_words(self):
        """For example: Fixed indemnity of professionals: 40 EUR, from 01/01/2013."""
        names = dict(self._fields["code"]._description_selection(self.env))
        of_units = dict(self._fields["unit"]._description_selection(self.env))
        number = self._number(exact(self.value))
        words = f"{names.get(self.code, '')} {number} {of_units.get(self.unit, '')}".strip()
        if not self.date_from:
            return words
        return self.env._("%(figure)s, from %(day)s", figure=words, day=format_date(self.env, self.date_from))

    # --- what may be entered ------------------------------------------------------------------------------------------

    @api.constrains("code", "value")
    def _check_value(self):
        for figure in self:
            if figure.value < 0:
                raise ValidationError(self.env._("“%s”: enter a number of zero or more.", figure._in_words()))
            if figure.unit in WHOLE and not float(figure.value).is_integer():
                raise ValidationError(self.env._("“%s”: enter a whole number.", figure._in_words()))
            if figure.unit == "yes_no" and figure.value not in (0, 1):
                raise ValidationError(self.env._("“%s”: enter 1 for yes, 0 for no.", figure._in_words()))

    @api.model_create_multi
    def create(self, vals_list):
        # What comes with the add-on was created by nobody; said while it is installed, it would be half in English.
        told = self.with_context(mail_create_nolog=True) if self.env.context.get("install_mode") else self
        figures = super(RecouvrementLegalFigure, told).create(vals_list).with_env(self.env)
        figures._changed()
        return figures

    def write(self, vals):
        """A verified line in force is history: what was counted with it keeps it.

        :raises UserError: its value or its first day is typed over
        """
        self.check_access("write")
        if OF_RULES - {"article", "verified"} & vals.keys() and vals.get("verified", True):
            self._refuse_history(vals)
        result = super().write(vals)
        if OF_RULES & vals.keys():
            self._check_whole()
            self._changed()
        return result

    def _refuse_history(self, vals):
        for figure in self:
            changed = any(self._differs(figure, name, vals) for name in ("code", "value", "date_from"))
            if changed and figure.has_begun and figure.verified:
                raise UserError(
                    self.env._(
                        "“%s” was verified and documents may have been made with it: add a line with the new value and "
                        "its first day. If it is a mistake, untick “Verified” first, then correct it.",
                        figure._in_words(),
                    )
                )

    @api.model
    def _differs(self, figure, name, vals):
        if name not in vals:
            return False
        new = self._fields[name].convert_to_record(self._fields[name].convert_to_cache(vals[name], figure), figure)
        return new != figure[name]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        for figure in self:
            if not figure.date_from:
                raise UserError(
                    self.env._("“%s” holds until the next line: correct it, the rules need one.", figure._in_words())
                )
            if figure.verified and figure.has_begun:
                raise UserError(
                    self.env._(
                        "“%s” was verified and documents may have been made with it. If it is a mistake, untick "
                        "“Verified” first.",
                        figure._in_words(),
                    )
                )

    def unlink(self):
        result = super().unlink()
        self._changed()
        return result

    @api.model
    def _check_whole(self):
        """Nothing stands for a figure that is missing: the table has to hold each of them, on every day."""
        try:
            self._from_lines()
        except RuleError as error:
            names = dict(self._fields["code"]._description_selection(self.env))
            error.params["code"] = names.get(error.params["code"], error.params["code"])
            raise ValidationError(said(self.env, error)) from error

    @api.model
    def _changed(self):
        """What is due may have changed for anybody."""
        self.env.registry.clear_cache()
        self.env["res.company"]._recouvrement_decide_again()

    def action_verify(self):
        """A manager confirms that he read the official text."""
        self.verified = True

    # --- what the rules read ------------------------------------------------------------------------------------------

    @api.model
    def _from_lines(self):
        lines = self.sudo().search([])  # the law, the same for whoever is told of it
        return Figures(
            (line.code, Dated(line.date_from or ALWAYS, exact(line.value), line.article, line.verified))
            for line in lines
        )

    @api.model
    @tools.ormcache()
    def _figures(self):
        """The figures as the rules read them, kept until one changes.

        :raises RuleError: one is missing, and the message says what to enter
        """
        return self._from_lines()

    @api.model
    @tools.ormcache()
    def _parameters(self):
        """Those that interest and indemnity are computed with."""
        return taken_from(Parameters, self._figures())

    @api.model
    @tools.ormcache()
    def _court_rules(self):
        """Those of the courts."""
        return taken_from(CourtRules, self._figures())

    @api.model
    def _number(self, value):
        """A figure as it is read: 10, or 10,5 in French."""
        return formatLang(self.env, float(value), digits=max(0, -value.normalize().as_tuple().exponent))

    @api.model
    def _unverified(self, code, on):
        """What is said beside a figure that nobody verified; else nothing."""
        return "" if self._figures().at(code, on).verified else " " + self.env._("(to be verified)")
