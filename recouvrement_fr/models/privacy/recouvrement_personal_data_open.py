from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...rules.retention import End, ends

# What keeps a person's data while it is open: model -> its open states.
OPEN = {
    "recouvrement.case": ("amicable", "filed", "decision", "enforcement"),
    "recouvrement.plan": ("draft", "proposed", "active"),
    "recouvrement.promise": ("open",),
    "recouvrement.dispute": ("open", "escalated"),
    "recouvrement.insolvency": ("open",),
    "recouvrement.insolvency.hit": ("new",),
    "recouvrement.guarantee": ("active", "called"),
    "recouvrement.reminder": ("planned", "to_approve", "sending"),
    "recouvrement.write.off": ("proposed", "approved", "draft"),
    "recouvrement.deadline": ("open",),
}
# Who takes part in the affair of somebody else is kept as long as that debtor is.
PARTIES = {
    "recouvrement.case": ("bailiff_id", "lawyer_id", "agency_id", "mandataire_id"),
    "recouvrement.insolvency": ("mandataire_id", "administrator_id"),
    "recouvrement.guarantee": ("guarantor_id",),
    "recouvrement.debtor": ("dunning_contact_id",),
}
# The acts after which a relation goes on: table -> its day.
ACTS = {
    **dict.fromkeys(("contact", "reminder", "promise", "plan", "dispute", "document", "statement"), "create_date"),
    "case": "closed_on",
    "insolvency": "closed_on",
}


class Standing(NamedTuple):
    """Where a person stands on a day."""

    open: list  # what keeps the data, in words
    ends: list[End]  # of each kind of data held, the last first
    missing: str | None = None  # the kind of data that no rule speaks of

    def may_go(self, on):
        return not self.open and not self.missing and all(end.on <= on for end in self.ends)

    @property
    def verified(self):
        return all(end.verified for end in self.ends)


class RecouvrementPersonalData(models.AbstractModel):
    _inherit = "recouvrement.personal.data"

    @api.model
    def _standing(self, family, on):
        """{person id: Standing} of a page, in a number of statements that does not depend on how many they are."""
        self.env.flush_all()
        open_, happened = self._open(family), self._happened(family)
        periods = self.env["recouvrement.retention"]._periods(family.company)
        found = {}
        for person in family.persons:
            kinds = ["collection", *(kind for kind in ("case", "insolvency") if happened[person].get(f"{kind}_closed"))]
            try:
                found[person] = Standing(open_[person], ends(happened[person], kinds, periods, on))
            except KeyError as missing:
                found[person] = Standing(open_[person], [], missing.args[0])
        return found

    @api.model
    def _titled(self, what, name):
        return self.env._("%(what)s: %(why)s", what=what, why=name)

    # --- what is open -------------------------------------------------------------------------------------------------

    @api.model
    def _open(self, family):
        """{person id: [words on each thing that is open]}."""
        found = defaultdict(list)
        for model, states in OPEN.items():
            records = (
                self.env[model]
                .sudo()
                .search(  # confidential cases keep the data as much as others
                    [
                        ("debtor_id.partner_id", "in", family.persons),
                        ("company_id", "in", family.tree),
                        ("state", "in", states),
                    ]
                )
            )
            title = self.env["ir.model"]._get(model).name
            for record in records:
                found[record.debtor_id.partner_id.id].append(self._titled(title, record.display_name))
        self._open_debts(family, found)
        self._open_elsewhere(family, found)
        return found

    @api.model
    def _open_debts(self, family, found):
        """Items not reconciled, and drafts.

        Of receivable and payable accounts, and of any other to be reconciled (doubtful receivables): not those of money
        on its way to the bank, which is the bank's to clear.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.partner_id, move.name, move.state
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_account account ON account.id = line.account_id
                 WHERE line.partner_id = ANY(%(members)s) AND line.company_id = ANY(%(tree)s)
                   AND account.reconcile AND line.reconciled IS NOT TRUE
                   AND (account.account_type IN ('asset_receivable', 'liability_payable')
                        OR line.payment_id IS NULL AND line.statement_line_id IS NULL)
                   AND (move.state = 'draft' OR move.state = 'posted' AND line.amount_residual <> 0)
                 GROUP BY line.partner_id, move.id, move.name, move.state ORDER BY move.id
                """,
                members=list(family.members),
                tree=family.tree,
            )
        )
        for partner_id, name, state in rows:
            words = self.env._("Draft entry") if state == "draft" else self.env._("Open debt")
            found[family.members[partner_id]].append(self._titled(words, name or "/"))

    @api.model
    def _open_elsewhere(self, family, found):
        """Legal holds, logins, and the part a person takes in the affairs of others."""
        members = list(family.members)
        # sudo, here and below: what keeps a person is not what the manager may read
        holds = self.env["recouvrement.retention.hold"].sudo()
        for hold in holds.search(
            [
                ("company_id", "=", family.company.id),
                ("partner_id", "in", members),
                ("lifted_on", "=", False),
            ]
        ):
            found[family.members[hold.partner_id.id]].append(self.env._("Legal hold: %s", hold.reason))
        for user in self.env["res.users"].sudo().search([("partner_id", "in", members)]):  # as above
            found[family.members[user.partner_id.id]].append(self.env._("Login: %s", user.login))
        companies = self.env["res.company"].sudo().with_context(active_test=False)  # as above
        for company in companies.search([("partner_id", "in", members)]):
            words = self.env._("A company of this database: %s", company.name)
            found[family.members[company.partner_id.id]].append(words)
        for model, parties in PARTIES.items():
            title = self.env["ir.model"]._get(model).name
            for party in parties:
                for record in (
                    # sudo: as above
                    self.env[model].sudo().search([(party, "in", members), ("company_id", "in", family.tree)])
                ):
                    debtor = record if model == "recouvrement.debtor" else record.debtor_id
                    person = family.members[record[party].id]
                    if not debtor.anonymised_on and debtor.partner_id.id != person:
                        found[person].append(self.env._("Takes part in: %s", f"{title}, {record.display_name}"))

    # --- what happened last -------------------------------------------------------------------------------------------

    @api.model
    def _happened(self, family):
        """{person id: {event: its last day}}."""
        found = {person: {} for person in family.persons}
        for event, member, day in self.env.execute_query(self._last_days(family)):
            person = family.members.get(member, member)
            for name in {event, "relation_end"} if event != "act" else {"relation_end"}:
                found[person][name] = max(found[person].get(name) or day, day)
        return found

    @api.model
    def _last_days(self, family):
        """SQL of (event, partner, its last day) in one statement."""
        members, tree = list(family.members), family.tree
        parts = [
            SQL(
                """
                SELECT 'document_date', partner_id, max(date) FROM account_move_line
                 WHERE partner_id = ANY(%s) AND company_id = ANY(%s) AND parent_state = 'posted' GROUP BY partner_id
                """,
                members,
                tree,
            ),
            SQL(
                """
                SELECT 'last_payment', partner_id, max(date) FROM account_payment
                 WHERE partner_id = ANY(%s) AND company_id = ANY(%s) AND state IN ('in_process', 'paid')
                 GROUP BY partner_id
                """,
                members,
                tree,
            ),
        ]
        for name, day in ACTS.items():
            parts.append(
                SQL(
                    """
                    SELECT %s, debtor.partner_id, max(act.%s::date) FROM %s act
                      JOIN recouvrement_debtor debtor ON debtor.id = act.debtor_id
                     WHERE debtor.partner_id = ANY(%s) AND debtor.company_id = ANY(%s) AND act.%s IS NOT NULL
                     GROUP BY debtor.partner_id
                    """,
                    f"{name}_closed" if day == "closed_on" else "act",
                    SQL.identifier(day),
                    SQL.identifier(f"recouvrement_{name}"),
                    family.persons,
                    tree,
                    SQL.identifier(day),
                )
            )
        return SQL(" UNION ALL ").join(parts)
