from odoo import api, fields, models
from odoo.tools import SQL, format_amount, formatLang

from ...rules.agenda import Work, expected, weight
from ...rules.escalation import FOR_A_PERSON
from ...rules.payer import ENOUGH
from ...tools import bulk, clock
from ...tools.formats import exact

RANKED = ("agenda_value", "agenda_percent", "agenda_urgency", "agenda_codes", "agenda_days_left")


class RecouvrementDebtor(models.Model):
    """The agenda by what acting today is worth: an order of what is to do, each line explained in a sentence."""

    _inherit = "recouvrement.debtor"

    agenda_value = fields.Monetary(
        "Worth acting", readonly=True, help="Amount overdue x chance that acting today helps x urgency."
    )
    agenda_percent = fields.Float("Chance (%)", readonly=True, digits=(16, 1), aggregator="avg")
    agenda_urgency = fields.Float("Urgency", readonly=True, digits=(16, 2), aggregator="max")
    agenda_codes = fields.Char(readonly=True)  # what made the value, for its sentence
    agenda_days_left = fields.Integer(readonly=True)
    agenda_sentence = fields.Text("Why", compute="_compute_agenda_sentence")  # a list cuts a Char

    @api.depends(*RANKED)
    @api.depends_context("lang")
    def _compute_agenda_sentence(self):
        words = {
            "slow": self.env._("it pays when it is asked"),
            "prompt": self.env._("it usually pays by itself"),
            "promise": self.env._("it broke a promise"),
            "reply": self.env._("it has answered and waits"),
        }
        on = clock.today(self.env)
        for debtor in self:
            is_late = debtor.overdue_amount > 0 and debtor.oldest_due_date
            if not debtor.agenda_value or not (is_late or debtor.reply_pending):
                debtor.agenda_sentence = False
                continue
            codes = (debtor.agenda_codes or "").split()
            reasons = [words[code] for code in codes if code in words]
            if "deadline" in codes:
                reasons.append(debtor._deadline_words())
            sentence = debtor._at_stake_words(on) if is_late else debtor._to_come_words()
            if debtor.agenda_urgency > 1:
                factor = formatLang(self.env, debtor.agenda_urgency, digits=1)
                sentence += self.env._(", urgent (× %s)", factor)
            debtor.agenda_sentence = ", ".join([sentence, *reasons]) + "."

    def _at_stake(self):
        """What acting is about: what is overdue, else what is owed by who has answered before anything was."""
        if self.overdue_amount > 0 or not self.reply_pending:
            return self.overdue_amount
        return self.open_amount

    def _at_stake_words(self, on):
        return self.env._(
            "%(amount)s overdue, the oldest by %(days)s days; %(chance)s %% chance that acting today helps",
            amount=format_amount(self.env, self.overdue_amount, self.currency_id),
            days=(on - self.oldest_due_date).days,
            chance=round(self.agenda_percent),
        )

    def _to_come_words(self):
        return self.env._(
            "%(amount)s not due yet; %(chance)s %% chance that acting today helps",
            amount=format_amount(self.env, self.open_amount, self.currency_id),
            chance=round(self.agenda_percent),
        )

    def _deadline_words(self):
        days = self.agenda_days_left
        if abs(days) == 1:
            return self.env._("a deadline tomorrow") if days > 0 else self.env._("a deadline passed yesterday")
        if days < 0:
            return self.env._("a deadline passed %s days ago", -days)
        return self.env._("a deadline in %s days", days) if days else self.env._("a deadline today")

    @api.model
    def _to_do(self, on):
        """What the agenda holds on a day: a person is needed, an answer waits or an activity is due, and nobody has
        dealt with it that day. The filter “To do today” says the same."""
        return [
            "|",
            "|",
            ("reply_pending", "=", True),
            ("reason", "in", [*FOR_A_PERSON, "error"]),
            ("activity_date_deadline", "<=", on),
            "|",
            ("treated_on", "=", False),
            ("treated_on", "<", on),
        ]

    @api.model
    def _rank_agenda(self, company, on):
        """Value what is to do in a root company, in a constant number of statements; what is no longer to do has no
        value."""
        answered = ["&", ("reply_pending", "=", True), ("open_amount", ">", 0)]  # before anything was overdue, too
        at_stake = ["|", ("overdue_amount", ">", 0), *answered]
        debtors = self.search([("company_id", "=", company.id), *at_stake, *self._to_do(on)])
        days_left = debtors._nearest_days(company, on)
        profiles = self.env["recouvrement.payer.profile"].search_fetch(
            [("debtor_id", "in", debtors.ids), ("payment_count", ">=", ENOUGH)], ["debtor_id", "days_late"]
        )
        usual = {profile.debtor_id: exact(profile.days_late) for profile in profiles}
        broken = dict(
            self.env["recouvrement.promise"]._read_group(
                [("debtor_id", "in", debtors.ids), ("state", "in", ("broken", "partly_kept")), ("date", "<", on)],
                ["debtor_id"],
                ["date:max"],
            )
        )
        settings = company.sudo()  # an order of the company, whoever asks for it
        is_weighed, fades_in = settings.recouvrement_profile_agenda, settings.recouvrement_broken_fade_days
        rows = []
        for debtor in debtors:
            work = Work(
                amount=exact(debtor._at_stake()),
                days_late=(on - (debtor.oldest_due_date or on)).days,
                usual_days=usual.get(debtor) if is_weighed and debtor.may_be_profiled else None,
                days_left=days_left.get(debtor.id),
                broken=weight((on - broken[debtor]).days, fades_in) if debtor in broken else exact(0),
                has_answered=debtor.reply_pending,
            )
            found = expected(work)
            percent = float(found.chance * 100)
            left = days_left.get(debtor.id, 0)
            rows.append((debtor.id, found.value, percent, found.urgency, " ".join(found.why), left))
        self.env.cr.execute(
            SQL(
                "UPDATE recouvrement_debtor SET agenda_value = 0, agenda_codes = NULL WHERE company_id = %s"
                " AND agenda_value != 0 AND NOT id = %s",
                company.id,
                bulk.any_of(debtors.ids),
            )
        )
        bulk.update(self, RANKED, rows)
        self.invalidate_model(RANKED)

    def _nearest_days(self, company, on):
        """{debtor id: days left to the nearest open deadline, or to the limitation of an open invoice}."""
        groups = self.env["recouvrement.deadline"]._read_group(
            [("debtor_id", "in", self.ids), ("state", "=", "open")], ["debtor_id"], ["date:min"]
        )
        days = {debtor.id: (day - on).days for debtor, day in groups}
        # the limitation of its own invoices, read over the settings of the company
        for _move_id, debtor_id, last_day, *_known in (
            self.env["recouvrement.limitation.alert"].sudo()._near(company, on)
        ):
            if debtor_id:
                left = (last_day - on).days
                days[debtor_id] = min(days.get(debtor_id, left), left)
        return days

    @api.model
    def action_agenda_by_value(self):
        """What is to do, what is worth most first; what somebody has dealt with since leaves it at once."""
        self.check_access("read")
        on = clock.today(self.env)
        for company in self.env.companies.root_id:
            self.sudo()._rank_agenda(company.sudo(), on)  # an order, computed: nobody types it
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_debtor_value_action")
        return {**action, "domain": [("agenda_value", ">", 0), *self._to_do(on)]}
