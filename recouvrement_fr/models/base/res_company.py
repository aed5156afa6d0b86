from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.readers import SETTINGS_READERS

PLACES = [  # the places that rules.deadlines knows, besides the national holidays
    ("alsace-moselle", "Alsace-Moselle"),
    ("971", "Guadeloupe"),
    ("972", "Martinique"),
    ("973", "French Guiana"),
    ("974", "Réunion"),
    ("976", "Mayotte"),
    ("977", "Saint-Barthélemy"),
    ("978", "Saint-Martin"),
    ("986", "Wallis and Futuna"),
    ("987", "French Polynesia"),
    ("988", "New Caledonia"),
]
SECTORS = [  # the private trades of rules.payment_terms.SECTORS
    ("general", "General"),
    ("perishable", "Perishable food"),
    ("livestock", "Livestock and fresh meat"),
    ("alcohol", "Alcoholic drinks"),
    ("wine", "Grapes, must and wine"),
    ("transport", "Transport, freight, vehicle rental"),
    ("export", "Goods bought free of VAT for export"),
    ("overseas", "Goods sent overseas, from customs clearance"),
    ("farm_equipment", "Farm equipment (special term)"),
    ("garden_equipment", "Garden equipment (special term)"),
    ("snow_sports", "Snow sports equipment (special term)"),
    ("leather", "Leather goods (special term)"),
    ("jewellery", "Watches, jewellery, silverware (special term)"),
    ("toys", "Toys (special term)"),
]
END_OF_MONTH = [
    ("none", "Not in our contracts"),
    ("after", "45 days, then the end of that month"),
    ("before", "End of the month, then 45 days"),
    ("both", "Either, as each contract says"),
]
HALT_PERCENT = 40  # of the debtors who owe, proposed to a company, which chooses


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_active = fields.Boolean(
        "Collection activated", help="The night works for this company.", groups=SETTINGS_READERS
    )
    recouvrement_activated_on = fields.Date("Activated on", groups=SETTINGS_READERS)
    recouvrement_cutoff_date = fields.Date(
        "Cut-off date",
        help="Instalments due before this day are left alone, unless a level was imported for them.",
        groups=SETTINGS_READERS,
    )
    recouvrement_policy_id = fields.Many2one(
        "recouvrement.policy",
        "Default dunning policy",
        help="Used when no active policy fits a debtor.",
        groups=SETTINGS_READERS,
    )
    recouvrement_legal_form = fields.Char(
        "Legal form", help="SARL, SAS, SA... printed on letters (C.com R123-237).", groups=SETTINGS_READERS
    )
    recouvrement_share_capital = fields.Monetary(
        "Share capital", help="Printed on letters (C.com R123-238).", groups=SETTINGS_READERS
    )
    recouvrement_rcs_city = fields.Char(
        "RCS city", help="The greffe of registration: RCS Lyon.", groups=SETTINGS_READERS
    )
    recouvrement_is_ei = fields.Boolean(
        "Sole trader (EI)",
        help="The name is followed by 'Entrepreneur individuel' or 'EI' (C.com R123-237).",
        groups=SETTINGS_READERS,
    )
    recouvrement_employees = fields.Integer(
        "Employees",
        help="Large creditors owe a contribution before the tribunaux des activités économiques: see Configuration > "
        "Figures of the law.",
        groups=SETTINGS_READERS,
    )
    recouvrement_turnover = fields.Float(
        "Yearly turnover (EUR)",
        digits=(16, 2),
        help="Mean of the last three years; 0: not known. With the profit it sets the contribution owed before the "
        "tribunaux des activités économiques.",
        groups=SETTINGS_READERS,
    )
    recouvrement_profit = fields.Float(
        "Yearly profit (EUR)",
        digits=(16, 2),
        help="Mean of the last three years; 0: not known.",
        groups=SETTINGS_READERS,
    )
    recouvrement_signatory = fields.Char(
        "Signatory of letters",
        help="Name and function, for example: Claire Martin, service clients.",
        groups=SETTINGS_READERS,
    )
    recouvrement_representative = fields.Char(
        "Legal representative",
        help="Named in the documents for courts: Jean Dupont, gérant (CPC 54).",
        groups=SETTINGS_READERS,
    )
    recouvrement_creditor_id = fields.Many2one(
        "res.partner",
        "Collects for",
        help="Only for a company that collects somebody else's claims (CPCE R124-1): its letters name the creditor and "
        "reproduce the law, as R124-4 asks.",
        groups=SETTINGS_READERS,
    )
    recouvrement_night_cap = fields.Integer(
        "Reminders per night at most",
        help="Largest amounts first, then the oldest; 0: no limit.",
        groups=SETTINGS_READERS,
    )
    recouvrement_halt_count = fields.Integer(
        "Halt from (debtors)",
        default=50,
        help="With the percentage below: a night that would remind more debtors is held until a manager looks.",
        groups=SETTINGS_READERS,
    )
    recouvrement_halt_percent = fields.Integer(
        "Halt from (% of the debtors who owe)",
        default=HALT_PERCENT,
        help="A broken bank import or a restored backup makes everybody late at once; 0: never halt.",
        groups=SETTINGS_READERS,
    )
    recouvrement_bank_guard_days = fields.Integer(
        "Bank entries at most (days) old",
        help="The night waits when the last bank entry is older; 0: not checked (the bank is not reconciled in Odoo).",
        groups=SETTINGS_READERS,
    )
    recouvrement_bodacc_watch = fields.Boolean(
        "Watch the BODACC",
        help="Each night, the official announcements of insolvency about debtors who owe something are read by SIREN; "
        "a person confirms each.",
        groups=SETTINGS_READERS,
    )
    recouvrement_forgotten_days = fields.Integer(
        "Recall what is held after (days)",
        default=30,
        help="A pause, an invoice left out, an open dispute or promise that nobody has touched for so long comes back "
        "in the agenda; 0: never.",
        groups=SETTINGS_READERS,
    )
    recouvrement_gap_days = fields.Integer(
        "Nights missed before asking",
        default=3,
        help="After more nights without a run, the next one waits for a manager's confirmation.",
        groups=SETTINGS_READERS,
    )

    recouvrement_email_lines = fields.Integer(
        "Lines of an e-mail at most",
        default=200,
        help="Beyond, an e-mail sums up what is due by age, shows the oldest and the largest invoices, and encloses "
        "the whole list; 0: every line is in the message.",
        groups=SETTINGS_READERS,
    )

    # --- sending days ---
    recouvrement_holidays = fields.Selection(
        PLACES,
        "Public holidays of",
        help="Alsace-Moselle and the overseas territories have holidays of their own: reminders leave on none of them.",
        groups=SETTINGS_READERS,
    )

    # --- penalties ---
    recouvrement_penalty_journal_id = fields.Many2one(
        "account.journal",
        "Journal of penalties",
        domain=[("type", "=", "sale")],
        help="Where debit notes of penalties are made; empty: the first sales journal.",
        groups=SETTINGS_READERS,
    )
    recouvrement_interest_account_id = fields.Many2one(
        "account.account",
        "Account of interest",
        domain=[("account_type", "in", ("income", "income_other"))],
        help="Empty: 7631, income from commercial debts. To be verified with your accountant.",
        groups=SETTINGS_READERS,
    )
    recouvrement_indemnity_account_id = fields.Many2one(
        "account.account",
        "Account of indemnities",
        domain=[("account_type", "in", ("income", "income_other"))],
        help="Empty: 7581, penalties received on sales, else 758. To be verified with your accountant.",
        groups=SETTINGS_READERS,
    )
    recouvrement_penalty_followup = fields.Boolean(
        "Remind penalty invoices",
        default=True,
        help="Debit notes of penalties are reminded like other invoices, without penalties of their own.",
        groups=SETTINGS_READERS,
    )
    recouvrement_penalty_years = fields.Integer(
        "Fiscal years looked back on",
        default=2,
        help="Penalties of invoices due since the start of these fiscal years, the current one included, are computed.",
        groups=SETTINGS_READERS,
    )
    recouvrement_waive_limit = fields.Monetary(
        "Collectors waive up to",
        help="Per invoice, in company currency; above it a collector proposes and a manager decides. "
        "Zero: managers only.",
        groups=SETTINGS_READERS,
    )

    @api.constrains("recouvrement_penalty_years", "recouvrement_waive_limit")
    def _check_recouvrement_penalties(self):
        for company in self:
            if company.recouvrement_penalty_years < 1 or company.recouvrement_waive_limit < 0:
                raise ValidationError(
                    self.env._("Look back on one fiscal year at least; the limit of waivers is zero or more.")
                )

    # --- law ---
    recouvrement_day_count = fields.Selection(
        [("act365", "365 days every year"), ("actact", "366 days in a leap year")],
        "Days of a year",
        default="act365",
        required=True,
        help="How daily interest is computed; the law sets no rule between professionals.",
        groups=SETTINGS_READERS,
    )
    recouvrement_imputation = fields.Selection(
        [("interest", "Interest first (C.civ 1343-1)"), ("principal", "Principal first (commercial gesture)")],
        "Payments are set off on",
        default="interest",
        required=True,
        help="In the statements drawn up for a court. Reminders follow the ledger: principal first.",
        groups=SETTINGS_READERS,
    )
    recouvrement_sector = fields.Selection(
        SECTORS,
        "Trade",
        default="general",
        required=True,
        help="Sets the maximum payment terms (C.com L441-10, L441-11): see Configuration > Maximum payment terms.",
        groups=SETTINGS_READERS,
    )
    recouvrement_end_of_month = fields.Selection(
        END_OF_MONTH,
        "45 days end of month",
        default="none",
        required=True,
        help="Lawful only if the contracts expressly say so, and how (C.com L441-10 I).",
        groups=SETTINGS_READERS,
    )

    # --- registered letters ---
    recouvrement_carrier = fields.Selection(
        [("manual", "By hand: printed, taken to the post office, followed here")],
        "Carrier of registered letters",
        default="manual",
        required=True,
        groups=SETTINGS_READERS,
    )

    @api.constrains("recouvrement_night_cap", "recouvrement_halt_count", "recouvrement_halt_percent")
    def _check_recouvrement_limits(self):
        for company in self:
            limits = (
                company.recouvrement_night_cap,
                company.recouvrement_halt_count,
                company.recouvrement_halt_percent,
                company.recouvrement_bank_guard_days,
                company.recouvrement_gap_days,
                company.recouvrement_forgotten_days,
                company.recouvrement_email_lines,
            )
            if min(limits) < 0:
                raise ValidationError(self.env._("The limits of the night are zero or more."))

    def write(self, vals):
        result = super().write(vals)
        deciding = {"recouvrement_cutoff_date", "recouvrement_policy_id", "recouvrement_account_ids"}
        if (deciding | {"recouvrement_holidays"}) & vals.keys():
            for company in self:
                company.root_id._recouvrement_decide_again()
        return result

    def _recouvrement_decide_again(self):
        """What decides was changed (a policy, a setting): the next night looks at every debtor again, of these
        companies, or of all when there are none. The debtor's room does it."""

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Core checks who may read what records are grouped by, save a many2many: the same is asked of those."""
        field = self._fields.get(groupby_spec.split(":")[0])
        if field is not None and field.type == "many2many":
            self._check_field_access(field, "read")
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _recouvrement_penalty_since(self, on):
        """The first day of the fiscal years whose late invoices bear penalties worth computing."""
        start = self.compute_fiscalyear_dates(on)["date_from"]
        return fields.Date.subtract(start, years=self.recouvrement_penalty_years - 1)

    def _recouvrement_penalty_account(self, kind):
        """Where a penalty of this kind is booked: the setting, else the account of the French chart."""
        self.ensure_one()
        root = self.root_id.sudo()  # a setting, and the chart
        chosen = root.recouvrement_interest_account_id if kind == "interest" else root.recouvrement_indemnity_account_id
        codes = ("7631", "763") if kind == "interest" else ("7581", "758")
        for code in codes:
            chosen = chosen or root.env["account.account"].with_company(root).search(
                [("code", "=like", f"{code}%"), ("company_ids", "parent_of", self.ids)], limit=1
            )
        if not chosen:
            raise UserError(self.env._("Choose the accounts of penalties in the settings of Collection."))
        return chosen
