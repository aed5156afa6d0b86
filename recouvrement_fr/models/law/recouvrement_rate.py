from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ...rules.rates import RatePeriod, RateTable, half_year, half_year_end, half_year_label, half_year_start
from ...tools import clock, ecb_client
from ...tools.formats import exact


class RecouvrementRate(models.Model):
    """The rates of one half-year: the ECB's refinancing rate and the two legal rates (CMF L313-2).

    Interest is never computed on a half-year that is not here: the night says so and a manager enters it.
    """

    _name = "recouvrement.rate"
    _inherit = "recouvrement.shared"
    _description = "Interest Rates of a Half-Year"
    _order = "date_from desc"
    _rec_name = "date_from"

    date_from = fields.Date(
        required=True,
        default=lambda self: self._next_start(clock.today(self.env)),
        help="First day of the half-year: 1 January or 1 July. The first one that is missing is proposed.",
    )
    date_to = fields.Date(
        required=True,
        compute="_compute_date_to",
        store=True,
        precompute=True,
        readonly=False,
        help="Last day of the half-year: 30 June or 31 December.",
    )
    ecb_rate = fields.Float(
        "ECB rate",
        digits=(6, 3),
        required=True,
        help="The European Central Bank's main refinancing rate in force on the first day, in percent per year.",
    )
    legal_rate_other = fields.Float(
        "Legal rate, other cases",
        digits=(6, 3),
        required=True,
        help="The legal rate of creditors who are companies, in percent per year: yours, whoever the debtor is.",
    )
    legal_rate_individual = fields.Float(
        "Legal rate, individuals",
        digits=(6, 3),
        help="The legal rate of creditors who are private individuals, in percent per year; shown for reference.",
    )
    source = fields.Char(help="Where the figures were read: the order (arrêté) and its date.")
    verified = fields.Boolean(help="A manager has compared the figures with the official text.")

    _date_from_unique = models.Constraint("UNIQUE(date_from)", "The rates of this half-year are already there.")

    @api.depends("date_from")
    def _compute_display_name(self):
        for rate in self:
            half = 1 if rate.date_from and rate.date_from.month == 1 else 2
            rate.display_name = f"{rate.date_from.year} S{half}" if rate.date_from else ""

    @api.depends("date_from")
    def _compute_date_to(self):
        for rate in self:
            rate.date_to = rate.date_from and half_year_end(half_year(rate.date_from))

    @api.model
    def _next_start(self, on):
        """The first day of the first half-year that is missing; of the one that day is in, without any."""
        periods = self._rate_table().periods
        return half_year_start(half_year(periods[-1].date_to) + 1 if periods else half_year(on))

    @api.constrains("date_from", "date_to")
    def _check_half_year(self):
        for rate in self:
            start, end = rate.date_from, rate.date_to
            if (start.month, start.day) not in ((1, 1), (7, 1)):
                raise ValidationError(self.env._("A half-year starts on 1 January or 1 July, not on %s.", start))
            if end != fields.Date.end_of(start.replace(month=start.month + 5), "month"):
                raise ValidationError(
                    self.env._("The half-year that starts on %s ends on the last day of its sixth month.", start)
                )

    @api.constrains("ecb_rate", "legal_rate_other", "legal_rate_individual")
    def _check_rates(self):
        for rate in self:
            given = (rate.ecb_rate, rate.legal_rate_other, rate.legal_rate_individual)
            if any(not 0 <= value <= 50 for value in given):
                raise ValidationError(self.env._("A rate is given in percent per year: 2.15 for 2.15 %."))

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        self.env.registry.clear_cache()  # after: the default dates have just read the table
        return rates

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def action_verify(self):
        """A manager confirms that he read the official text."""
        self.verified = True

    def action_ask_ecb(self):
        """Ask the European Central Bank for the rate of this half-year: a manager compares, then accepts or not."""
        self.ensure_one()
        return self._propose(self.date_from, clock.today(self.env))

    def action_ask_ecb_today(self):
        """The same for the current half-year, entered or not; whatever is selected in the list."""
        on = clock.today(self.env)
        return self._propose(half_year_start(half_year(on)), on)

    @api.model
    def _propose(self, date_from, on):
        """The dialog that shows the rate entered and the one the ECB gives for the half-year that starts that day.

        Nothing is written: it is the manager's word that counts.
        """
        (self or self.search([], limit=1)).check_access("write")  # of all companies: said at once, not after the answer
        if not self.has_access("write"):
            raise AccessError(self.env._("Only a collection manager can do this."))
        if date_from > on:
            raise UserError(
                self.env._("The rate in force on %s is not known before that day.", format_date(self.env, date_from))
            )
        url = self.env["ir.config_parameter"].sudo().get_param("recouvrement_fr.ecb_url", ecb_client.URL)  # a setting
        try:
            found = ecb_client.refinancing_rate(date_from, url)
        except ecb_client.EcbSilent as error:
            raise UserError(
                self.env._(
                    "The European Central Bank gives no refinancing rate up to %s: enter it by hand from its site. "
                    "Nothing was changed.",
                    format_date(self.env, date_from),
                )
            ) from error
        except ecb_client.EcbUnreachable as error:
            raise UserError(
                self.env._(
                    "The European Central Bank did not answer: this server has no way out to the Internet, or the site "
                    "is down. Nothing was changed; try again later, or enter the rate by hand."
                )
            ) from error
        except ecb_client.EcbError as error:
            raise UserError(
                self.env._(
                    "The rates of the European Central Bank could not be read: %s. Nothing was changed; try again "
                    "later, or enter the rate by hand.",
                    error,
                )
            ) from error
        proposal = self.env["recouvrement.rate.proposal"].create(
            {
                "date_from": date_from,
                "date_to": half_year_end(half_year(date_from)),
                "rate_id": self.search([("date_from", "=", date_from)]).id,
                "proposed_rate": float(found.rate),
                "observed_on": found.on,
                "source": self.env._(
                    "ECB Data Portal, series %(series)s, observation of %(day)s",
                    series=found.source,
                    day=format_date(self.env, found.on),
                ),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rate of the European Central Bank"),
            "res_model": proposal._name,
            "res_id": proposal.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    @tools.ormcache()
    def _rate_table(self):
        """The rates up to the first half-year that is missing, as the rules read them; kept until one changes.

        What lies beyond a hole is not used: its half-year counts as missing, and the managers are asked for it.
        """
        periods = []
        for rate in self.sudo().search([], order="date_from"):  # public figures, read in every company
            if periods and rate.date_from != fields.Date.add(periods[-1].date_to, days=1):
                break
            periods.append(
                RatePeriod(
                    rate.date_from,
                    rate.date_to,
                    exact(rate.ecb_rate),
                    exact(rate.legal_rate_other),
                    exact(rate.legal_rate_individual),
                    verified=rate.verified,
                    source=rate.source or "",
                )
            )
        return RateTable(periods)

    @api.model
    def _alert_missing(self, on):
        """Ask the managers, once, for the half-year that is missing or not confirmed: nothing is extrapolated.

        A half-year missing before the current one makes it unusable too: it is the one asked for.
        """
        table = self._rate_table()
        if not table.missing_on(on) and table.at(on).verified:
            return
        if not table.missing_on(on):
            half = half_year_label(half_year(on))
            mark = f"rates_confirm {half}"
            summary = self.env._("Rates of %s: compare them with the official text and confirm", half)
        else:
            half = half_year_label(half_year(self._next_start(on)))
            mark = f"rates_missing {half}"
            summary = self.env._("Rates of %s are missing: enter them (Collection > Configuration > Rates)", half)
        # Rates are those of every company: the managers of each that collects are asked, and nobody else.
        collecting = self.env["res.company"].sudo().search([("recouvrement_active", "=", True)]).root_id
        managers = self.env["res.users"].union(*(company._recouvrement_managers() for company in collecting))
        for manager in managers:
            partner = manager.partner_id
            about = [("res_model", "=", "res.partner"), ("res_id", "=", partner.id)]
            if not self.env["mail.activity"].search_count([*about, ("recouvrement_mark", "=", mark)], limit=1):
                values = {"user_id": manager.id, "summary": summary, "recouvrement_mark": mark}
                partner.activity_schedule("mail.mail_activity_data_todo", **values)
