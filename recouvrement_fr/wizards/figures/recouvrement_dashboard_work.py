from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from .blocks import list_of, record, table, where

SOON = 7  # days
SHOWN = 8  # deadlines
CONTACTS, PROMISES = 3, 4  # columns of the collectors' activity
ACTS = ("answer", "decide", "approve", "call", "visit", "post", "task")  # in the order a day is worked


class RecouvrementDashboard(models.TransientModel):
    """What people do and have to do: promises, disputes, plans, cases, deadlines, and what waits for somebody now.

    Read through the ORM: rules of companies and the secrecy of cases apply.
    """

    _inherit = "recouvrement.dashboard"

    def _panel_work(self, asked):
        return [
            self._promises(asked),
            self._disputes(asked),
            self._plans(asked),
            self._cases(asked),
            self._deadlines(asked),
            self._activity(asked),
            self._quality(asked),
            *self._early_payment(asked),
        ]

    # --- what waits for a person --------------------------------------------------------------------------------------

    def _to_do(self, asked):
        debtors = self.env["recouvrement.debtor"]
        acts = dict(debtors._fields["act"]._description_selection(self.env))
        counts = self._acts(asked)
        domain = asked.of_debtors()
        rows = [
            (
                (acts[act], self._formats().number(counts[act])),
                list_of(acts[act], debtors._name, [*domain, ("act", "=", act)]),
            )
            for act in ACTS
            if counts[act]
        ]
        rows += self._late_things(asked)
        return table(
            "to_do",
            self.env._("What needs a person now"),
            [self.env._("To do"), "#" + self.env._("How many")],
            rows,
            self._means("to_do"),
            self.env._("Nothing waits for anybody."),
        )

    def _acts(self, asked):
        """{act: number of debtors}, in one statement."""
        debtors = self.env["recouvrement.debtor"]
        debtors.check_access("read")
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT t.act, COUNT(*) FROM (SELECT %s AS act FROM recouvrement_debtor d WHERE %s) t GROUP BY 1",
                debtors._act_sql(SQL("d"), asked.on),
                asked.cards(),
            )
        )
        return defaultdict(int, rows)

    def _late_things(self, asked):
        _ = self.env._
        mine = asked.of_debtors("debtor_id.")
        rows = []
        for label, model, domain in (
            (
                _("Broken promises nobody replaced"),
                "recouvrement.promise",
                where(
                    ("state", "in", ("broken", "partly_kept")),
                    ("next_ids", "=", False),
                    ("judged_on", ">=", asked.since),
                ),
            ),
            (
                _("Disputes past their deadline"),
                "recouvrement.dispute",
                where(("state", "in", ("open", "escalated")), ("deadline", "<", asked.on)),
            ),
            (
                _("Credit decisions to approve"),
                "recouvrement.credit.review",
                where(("state", "=", "asked")),
            ),
            (
                _("Credit decisions past their review date"),
                "recouvrement.credit.review",
                where(("state", "=", "approved"), ("review_date", "<", asked.on)),
            ),
            (_("Legal deadlines missed"), "recouvrement.deadline", where(("state", "=", "missed"))),
            (
                _("Legal deadlines within a week"),
                "recouvrement.deadline",
                where(("state", "=", "open"), ("date", "<=", asked.on + timedelta(days=SOON))),
            ),
        ):
            number = self.env[model].search_count([*mine, *domain])
            if number:
                rows.append(((label, self._formats().number(number)), list_of(label, model, [*mine, *domain])))
        return rows

    # --- promises, disputes, plans ------------------------------------------------------------------------------------

    def _promises(self, asked):
        _ = self.env._
        formats, currency = self._formats(), asked.company.currency_id
        mine, model = asked.of_debtors("debtor_id."), "recouvrement.promise"
        soon = asked.on + timedelta(days=SOON)
        rows = []
        for label, domain, amount in (
            (_("Still open"), where(("state", "=", "open")), "company_amount:sum"),
            (_("Due within a week"), where(("state", "=", "open"), ("date", "<=", soon)), "company_amount:sum"),
            (
                _("Kept in the period"),
                where(("state", "=", "kept"), ("date", ">=", asked.since)),
                "company_received:sum",
            ),
            (
                _("Broken in the period"),
                where(("state", "in", ("broken", "partly_kept")), ("date", ">=", asked.since)),
                "company_amount:sum",
            ),
        ):
            [(count, total)] = self.env[model]._read_group([*mine, *domain], [], ["__count", amount])
            if count:
                cells = (label, formats.number(count), formats.money(total, currency))
                rows.append((cells, list_of(label, model, [*mine, *domain])))
        return table(
            "promises",
            _("Promises"),
            [_("Promises"), "#" + _("How many"), "#" + _("Amount")],
            rows,
            self._means("promises"),
            _("Nobody has promised anything."),
        )

    def _disputes(self, asked):
        _ = self.env._
        formats, currency = self._formats(), asked.company.currency_id
        model = self.env["recouvrement.dispute.report"]
        domain = [*asked.of_debtors("debtor_id."), ("outcome", "in", ("open", "escalated"))]
        rows = []
        for reason, count, amount, days in model._read_group(
            domain, ["reason_id"], ["__count", "amount:sum", "days_waiting:avg"], order="amount:sum desc"
        ):
            name = reason.display_name or _("No cause")
            cells = (name, formats.number(count), formats.money(amount, currency), formats.tenths(days or 0))
            open_ones = [("reason_id", "=", reason.id), ("state", "in", ("open", "escalated"))]
            rows.append((cells, list_of(name, "recouvrement.dispute", [*asked.of_debtors("debtor_id."), *open_ones])))
        return table(
            "disputes",
            _("Open disputes by cause"),
            [_("Cause"), "#" + _("How many"), "#" + _("Contested"), "#" + _("Days open")],
            rows,
            self._means("disputes"),
            _("Nothing is contested."),
        )

    def _plans(self, asked):
        _ = self.env._
        formats = self._formats()
        model, mine = self.env["recouvrement.plan"], asked.of_debtors("debtor_id.")
        states = dict(model._fields["state"]._description_selection(self.env))
        domain = [
            *mine,
            "|",
            ("state", "in", ("proposed", "active")),
            "&",
            ("state", "=", "defaulted"),
            ("defaulted_on", ">=", asked.since),
        ]
        rows = []
        for state, currency, count, total, left in model._read_group(
            domain, ["state", "currency_id"], ["__count", "amount_total:sum", "amount_left:sum"]
        ):
            cells = (
                states[state],
                formats.number(count),
                formats.money(total, currency),
                formats.money(left, currency),
            )
            mine_too = [*domain, ("state", "=", state), ("currency_id", "=", currency.id)]
            rows.append((cells, list_of(states[state], model._name, mine_too)))
        return table(
            "plans",
            _("Payment plans"),
            [_("State"), "#" + _("How many"), "#" + _("Agreed"), "#" + _("Left to pay")],
            rows,
            self._means("plans"),
            _("No plan is under way."),
        )

    # --- cases, deadlines ---------------------------------------------------------------------------------------------

    def _cases(self, asked):
        _ = self.env._
        formats = self._formats()
        model = self.env["recouvrement.case"]
        states = dict(model._fields["state"]._description_selection(self.env))
        domain = [*asked.of_debtors("debtor_id."), ("state", "!=", "closed")]
        rows = []
        for state, currency, count, balance in model._read_group(
            domain, ["state", "currency_id"], ["__count", "balance:sum"]
        ):
            cells = (states[state], formats.number(count), formats.money(balance, currency))
            those = [*domain, ("state", "=", state), ("currency_id", "=", currency.id)]
            rows.append((cells, list_of(states[state], model._name, those)))
        return table(
            "cases",
            _("Litigation cases"),
            [_("Stage"), "#" + _("How many"), "#" + _("Balance")],
            rows,
            self._means("cases"),
            _("No case is open."),
        )

    def _deadlines(self, asked):
        _ = self.env._
        formats = self._formats()
        model = self.env["recouvrement.deadline"]
        domain = [*asked.of_debtors("debtor_id."), ("state", "=", "open")]
        rows = []
        for deadline in model.search(domain, order="date, id", limit=SHOWN):
            left = (deadline.date - asked.on).days
            cells = (deadline.name, deadline.debtor_id.display_name, formats.short(deadline.date), formats.number(left))
            rows.append((cells, record(deadline.name, model._name, deadline.id)))
        return table(
            "deadlines",
            _("Next legal deadlines"),
            [_("Deadline"), _("Debtor"), "#" + _("Day"), "#" + _("Days left")],
            rows,
            self._means("deadlines"),
            _("No legal deadline is coming."),
        )

    # --- collectors ---------------------------------------------------------------------------------------------------

    def _activity(self, asked):
        """What each collector holds and did in the period. What is held by none of them, since there is none or since
        it has left, is nobody's; what none of them did (a debtor on its own page, somebody who has left) stands last.
        """
        _ = self.env._
        formats, currency = self._formats(), asked.company.currency_id
        mine, late = asked.of_debtors("debtor_id."), [*asked.of_debtors(), ("overdue_amount", ">", 0)]
        noted, promised = [*mine, ("date", ">=", asked.since)], [*mine, ("made_on", ">=", asked.since)]
        # sudo: colleagues, whatever their company, for who may read none of them. An archived user is none: so are the
        # scheduler and who has left.
        team = self.env["res.users"].sudo().search([("share", "=", False)])
        sums = {"collector_id": ["__count", "overdue_amount:sum"], "author_id": ["__count"]}
        held, contacts, promises = (
            self._by_person(team, self.env[model]._read_group(domain, [whose], sums[whose]))
            for model, domain, whose in (
                ("recouvrement.debtor", late, "collector_id"),
                ("recouvrement.contact", noted, "author_id"),
                ("recouvrement.promise", promised, "author_id"),
            )
        )
        nobody = team.browse()
        people = sorted((held.keys() | contacts.keys() | promises.keys()) - {nobody}, key=lambda user: user.name or "")
        rows = []
        for user in [*people, *([nobody] if nobody in held else [])]:
            count, overdue = held.get(user, (0, 0))
            done = (contacts.get(user, (0,)), promises.get(user, (0,))) if user else ((0,), (0,))
            cells = (
                user.name or _("Nobody"),
                formats.number(count),
                formats.money(overdue, currency),
                *(formats.number(number) for [number] in done),
            )
            whose = ("collector_id", "=", user.id) if user else ("collector_id", "not in", team.ids)
            links = self._acts_of(noted, promised, ("author_id", "=", user.id), cells) if user else {}
            rows.append((cells, list_of(cells[0], "recouvrement.debtor", [*late, whose]), links))
        if nobody in contacts or nobody in promises:
            done = (formats.number(found.get(nobody, (0,))[0]) for found in (contacts, promises))
            cells = (_("Automatic"), formats.number(0), formats.money(0, currency), *done)
            links = self._acts_of(noted, promised, ("author_id", "not in", team.ids), cells)
            rows.append((cells, links.get(CONTACTS) or links.get(PROMISES), links))
        return table(
            "activity",
            _("Collectors"),
            [
                _("Followed by"),
                "#" + _("Late debtors"),
                "#" + _("Overdue, last night"),
                "#" + _("Contacts"),
                "#" + _("Promises"),
            ],
            rows,
            self._means("activity"),
            _("Nobody follows anybody yet."),
        )

    def _acts_of(self, noted, promised, whose, cells):
        """{number of a cell: what it opens}: the contacts and the promises of somebody, where there are any."""
        none = self._formats().number(0)
        links = {
            CONTACTS: list_of(cells[0], "recouvrement.contact", [*noted, whose]),
            PROMISES: list_of(cells[0], "recouvrement.promise", [*promised, whose]),
        }
        return {number: link for number, link in links.items() if cells[number] != none}

    def _by_person(self, team, groups):
        """{user of the team: its sums}; those of anybody else, added up, at the empty record."""
        found = {}
        for user, *sums in groups:
            person = team & user
            found[person] = [before + one for before, one in zip(found.get(person, [0] * len(sums)), sums, strict=True)]
        return found
