from datetime import date
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, formatLang

from ...rules.debtor_type import classify
from ...rules.escalation import Hold
from ...rules.regime import regime_of
from ...tools import bulk


class Facts(NamedTuple):
    """What the decision must know of a debtor besides his account."""

    partner_id: int
    debtor_id: int | None  # his card, when there is one
    debtor_type: str
    type_confirmed: bool
    policy_id: int | None
    contact_id: int | None
    last_contact: date | None
    paused_until: date | None
    reply_pending: bool
    public_buyer: str
    reason: str | None  # that the last night gave, with its level; none where a day changed it
    next_level_id: int | None

    @property
    def policy_type(self):
        """The type that policies are matched on: non-professionals are treated as consumers."""
        return regime_of(self.debtor_type).policies

    def hold(self, on):
        """Why the whole debtor is left alone that day; else None."""
        if self.paused_until and self.paused_until >= on:
            return Hold("paused", self.paused_until)
        return Hold("reply", on) if self.reply_pending else None  # looked at again each day: nothing else waits for it


class Contacts(NamedTuple):
    """Active contacts of a page of debtors."""

    owners: dict[int, int]  # contact -> its commercial partner: a contact may have changed employer since the invoice
    invoice: dict[int, int]  # commercial partner -> invoice address


class RecouvrementDebtor(models.Model):
    """What is known of a page of debtors, and to whom their reminders may go."""

    _inherit = "recouvrement.debtor"

    @api.model
    def _facts(self, company, partner_ids):
        """What is known of a page of debtors: {partner id: Facts}; the type of a new one is proposed."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, d.id, d.debtor_type, d.type_confirmed IS TRUE, d.policy_id,
                       (SELECT c.id FROM res_partner c WHERE c.id = d.dunning_contact_id AND c.active
                           AND c.commercial_partner_id = p.id),
                       d.last_contact_date, d.paused_until, d.reply_pending IS TRUE,
                       CASE WHEN d.changed_by_day THEN NULL ELSE d.reason END, d.next_level_id,
                       COALESCE(d.public_buyer, 'public'), p.name, p.is_company, p.vat, p.company_registry
                  FROM res_partner p
             LEFT JOIN recouvrement_debtor d ON d.partner_id = p.id AND d.company_id = %s
                 WHERE p.id = %s
                """,
                company.id,
                bulk.any_of(partner_ids),
            )
        )
        return {row[0]: self._fact(row) for row in rows}

    @api.model
    def _overdue_words(self, totals, on):
        """How many instalments are late, and by how many days, in a few words."""
        if not totals["oldest_due_date"]:
            return ""
        count, days = totals["overdue_count"], (on - totals["oldest_due_date"]).days
        if days == 1:
            once = self.env._("One instalment overdue since yesterday")
            return once if count == 1 else self.env._("%s overdue, the oldest since yesterday", count)
        # Under a thousand no language groups figures: a night says it of every debtor.
        shown = formatLang(self.env, days, digits=0) if days >= 1000 else str(days)
        if count == 1:
            return self.env._("One instalment overdue, by %s days", shown)
        return self.env._("%(count)s overdue, the oldest by %(days)s days", count=count, days=shown)

    def _fact(self, row):
        partner_id, debtor_id, kind, confirmed, policy_id, contact_id = row[:6]
        contacted, paused, reply, reason, level, buyer = row[6:12]
        if not confirmed:  # the SIREN may have been entered since
            found = classify(*row[12:])
            if found.confirmed or not kind:
                kind, confirmed = found
        return Facts(
            partner_id=partner_id,
            debtor_id=debtor_id,
            debtor_type=kind,
            type_confirmed=confirmed,
            policy_id=policy_id,
            contact_id=contact_id,
            last_contact=contacted,
            paused_until=paused,
            reply_pending=reply,
            public_buyer=buyer,
            reason=reason,
            next_level_id=level,
        )

    @api.model
    def _addressees(self, partner_ids):
        """The contacts that reminders of these commercial partners may go to."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id, commercial_partner_id, type FROM res_partner"
                " WHERE commercial_partner_id = %s AND active ORDER BY id DESC",
                bulk.any_of(partner_ids),
            )
        )
        invoice = {commercial: contact for contact, commercial, kind in rows if kind == "invoice"}
        return Contacts({row[0]: row[1] for row in rows}, invoice)
