from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ...ledger.cash import on_account
from ...rules.on_account import Account, earmark
from ...tools.bulk import any_of

# Each has `_pledges`.
PLEDGING = ("recouvrement.case", "recouvrement.accessory", "recouvrement.promise", "recouvrement.plan")
REMEMBERED_DAYS = 180  # a payment older than this, when a word was given, is no news whenever it is found


def shares(env, company, partner_ids, on, more=()):
    """{commercial partner id: [rules.on_account.Share]}: what the money on account of these debtors is for, in a
    constant number of statements. Whoever counts that money asks here.

    :param more: [(commercial partner id, Pledge)] to count besides those in progress, instead of theirs
    """
    pledges = defaultdict(dict)
    for model in PLEDGING:
        for partner_id, pledge in env[model].sudo()._pledges(company, partner_ids, on):  # his account is one
            pledges[partner_id][pledge.name] = pledge
    for partner_id, pledge in more:
        pledges[partner_id][pledge.name] = pledge
    if not pledges:
        return {}
    money = on_account(env, company, list(pledges))
    return {
        partner_id: earmark([one for one in money[partner_id] if one.on <= on], mine.values())
        for partner_id, mine in pledges.items()
    }


class RecouvrementPledge(models.AbstractModel):
    """What a debtor said he would pay: the money he then sends counts for it before anybody has allocated it, and for
    nothing else meanwhile; somebody is asked to allocate it."""

    _name = "recouvrement.pledge"
    _description = "What a Debtor Said He Would Pay"

    currency_id = fields.Many2one("res.currency", required=True)
    known_account = fields.Json(readonly=True)  # {"since": day, "entries": [id]}, his payments when it was made
    unallocated = fields.Monetary(
        "Of which on account", readonly=True, help="Money of the debtor that nobody has set against an invoice yet."
    )

    @api.model
    def _in_force(self):
        """The states in which it binds, and is about to be written about; to be defined by who inherits."""
        raise NotImplementedError

    def _stop_for(self, reason):
        """Stop each of these, as whoever inherits stops it, and say why; to be defined there."""
        raise NotImplementedError

    def _go_on(self):
        """Let each of these go on where it had stopped, the proceedings noted by mistake; to be defined there."""
        raise NotImplementedError

    @api.model
    def _pledges(self, company, partner_ids, on):
        """[(commercial partner id, Pledge)] of these debtors, in force that day."""
        raise NotImplementedError

    def _person(self):
        """Who is asked about it."""
        raise NotImplementedError

    def _stop_frozen(self):
        """Stop those of these that are about a debt frozen by a judgment: insolvency proceedings say which."""

    @api.model
    def _known_account(self, debtor, on):
        """The payments of the debtor entered by the day he gives his word, whatever they pay: he meant some more."""
        since = on - timedelta(days=REMEMBERED_DAYS)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT l.move_id
                  FROM account_move_line l
                  JOIN res_partner p ON p.id = l.partner_id
                  JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                 WHERE p.commercial_partner_id = %s AND l.company_id = %s AND l.parent_state = 'posted'
                   AND l.amount_currency < 0 AND l.date >= %s
              ORDER BY 1
                """,
                debtor.partner_id.id,
                any_of(debtor.company_id._recouvrement_tree()),
                since,
            )
        )
        return {"since": str(since), "entries": [row[0] for row in rows]}

    def _account(self, made_on):
        """The same, as the rule reads it; of an older version, what that one remembered."""
        known = self.known_account
        if not known:
            return Account(made_on)
        if "items" in known:
            return Account(made_on, left={int(item): Decimal(amount) for item, amount in known["items"].items()})
        return Account(date.fromisoformat(known["since"]), frozenset(known["entries"]))

    def _ask_to_allocate(self, summary):
        """A task while money on account counts for this; it goes once it was allocated."""
        known = self.activity_ids._marked("allocate")
        if not self.unallocated:
            known.unlink()
        elif not known:
            values = {"user_id": self._person().id, "summary": summary, "recouvrement_mark": "allocate"}
            self.activity_schedule("mail.mail_activity_data_todo", **values)
