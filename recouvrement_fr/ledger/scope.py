"""Whose journal items the figures count."""

from typing import NamedTuple

from odoo.tools import SQL


class Scope(NamedTuple):
    """Whose items are counted: of a root company; of one collector, of one type of debtor, or of all."""

    company: object  # res.company
    collector_id: int | None = None
    debtor_type: str | None = None

    def items(self):
        """The condition on journal items `l`. With literal ids: see `ledger.aged`."""
        return self._on(self.company.sudo()._recouvrement_accounts())  # a collector reads no settings

    def bills(self):
        """The same of the items of bills to receive and of receivables assigned."""
        return self._on(self.company.sudo()._recouvrement_bills())  # as above

    def all_items(self):
        """The same of both."""
        company = self.company.sudo()  # as above
        return self._on([*company._recouvrement_accounts(), *company._recouvrement_bills()])

    def _on(self, accounts):
        ours = SQL(
            "l.account_id IN (%s) AND l.company_id IN (%s) AND l.parent_state = 'posted'",
            literal(accounts),
            literal(self.company._recouvrement_tree()),
        )
        return SQL("%s AND %s", ours, self.partners(SQL("l.partner_id")))

    def partners(self, column):
        """The condition on a partner, whichever of a debtor's it is; none where everybody is counted."""
        if not (self.collector_id or self.debtor_type):
            return SQL("TRUE")
        wanted = [SQL("d.company_id = %s", self.company.id)]
        if self.collector_id:
            wanted.append(SQL("d.collector_id = %s", self.collector_id))
        if self.debtor_type:
            wanted.append(SQL("d.debtor_type = %s", self.debtor_type))
        return SQL(
            "%s IN (SELECT q.id FROM res_partner q JOIN recouvrement_debtor d ON d.partner_id = q.commercial_partner_id"
            " WHERE %s)",
            column,
            SQL(" AND ").join(wanted),
        )


def literal(ids):
    return SQL(",").join(SQL(str(int(each))) for each in ids or [0])
