from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, split_every

from ...ledger.cash import item_receipts, receipts
from ...rules import promises as rules
from ...rules.on_account import Pledge
from ...tools.bulk import keep_page
from ...tools.formats import rounded
from ..decision.recouvrement_pledge import shares
from .recouvrement_promise import FAILED, JUDGED

PAGE = 200  # promises judged from one reading of the ledger
WATCHED_DAYS = 400  # a payment that comes back, or is found, later than this changes no promise any more


class RecouvrementPromise(models.Model):
    """What became of each promise, from the cash: reminded of, judged, and told when it failed."""

    _inherit = "recouvrement.promise"

    @api.model
    def _follow_up(self, on):
        """Judge the promises whose last day has passed, and those whose invoices saw a reconciliation come or go."""
        for page in split_every(PAGE, self._to_judge(on)):
            self.browse([row[0] for row in page])._judge(on, {row[0]: row[1:] for row in page})
            keep_page(self.env)
        self._remind(on)
        self.env["recouvrement.accessory"]._ask_to_settle(on)

    @api.model
    def _remind(self, on):
        """An e-mail the day before, once; whoever follows the debtor is told of one that did not leave."""
        if self.env["recouvrement.exit"]._is_neutralized():
            return
        template = self.env.ref("recouvrement_fr.mail_template_promise", raise_if_not_found=False)
        waiting = self.search(
            [
                *(("state", "=", "open"), ("remind_on", "<=", on), ("date", ">=", on)),
                *(("reminded_on", "=", False), ("mail_id", "=", False)),
            ]
        )._outside_gaps(on)
        frozen = self.env["recouvrement.holding"]._frozen_moves(waiting.move_ids)
        waiting = waiting.filtered(
            lambda promise: promise.made_on < on
            and not promise.move_ids & frozen
            and not (promise.item_ids and promise._is_frozen())
        )
        if template:
            waiting._forewarn(template)
        self._tell_unsent()

    def _forewarned_debtor(self):
        return self.debtor_id

    @api.model
    def _to_judge(self, on):
        """[(id, mark of its reconciliations, mark of the money on account)] of the promises that may have changed, in
        one statement.

        The marks tell what came or went since the last judgment: undoing a reconciliation leaves no other trace. It
        is bounded by the promises that are watched, never by the ledger.
        """
        self.env.flush_all()  # what the same transaction has just reconciled counts too
        field = self._fields["item_ids"]
        return self.env.execute_query(
            SQL(
                """
                SELECT p.id, seen.mark, free.mark
                  FROM recouvrement_promise p
                  JOIN recouvrement_debtor d ON d.id = p.debtor_id
            CROSS JOIN LATERAL (
                       SELECT COUNT(r.id) || ':' || COALESCE(SUM(r.id), 0) AS mark
                         FROM (SELECT l.id FROM recouvrement_promise_move_rel rel
                                 JOIN account_move_line l ON l.move_id = rel.move_id
                                WHERE rel.promise_id = p.id
                                UNION ALL
                               SELECT rel.%(item)s FROM %(items)s rel WHERE rel.%(promise)s = p.id) l
                         JOIN account_partial_reconcile r ON r.debit_move_id = l.id) seen
            CROSS JOIN LATERAL (
                       SELECT COUNT(l.id) || ':' || COALESCE(SUM(l.amount_residual_currency), 0) AS mark
                         FROM res_partner q
                         JOIN account_move_line l ON l.partner_id = q.id AND l.amount_residual_currency < 0
                          AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'
                         JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                        WHERE q.commercial_partner_id = d.partner_id AND (p.state = 'open' OR p.unallocated > 0)) free
                 WHERE p.state != 'cancelled' AND p.last_day >= %(since)s
                   AND (p.mark IS DISTINCT FROM seen.mark OR (p.state = 'open' AND p.last_day < %(on)s)
                    OR ((p.state = 'open' OR p.unallocated > 0) AND p.account_mark IS DISTINCT FROM free.mark))
              ORDER BY p.id
                """,
                items=SQL.identifier(field.relation),
                item=SQL.identifier(field.column2),
                promise=SQL.identifier(field.column1),
                since=on - timedelta(days=WATCHED_DAYS),
                on=on,
            )
        )

    def _judge(self, on, marks):
        mine = self.sudo()  # read and written by the night, and by whoever acts on the promise
        facts = mine._facts(on)
        pledged, shared = mine._pledged(facts), {}
        for company, members in mine.grouped("company_id").items():
            more = [(one.partner_id.id, pledged[one]) for one in members]
            for found in shares(self.env, company, members.partner_id.ids, on, more).values():
                for share in found:
                    shared.setdefault(share.name, []).append(rules.Movement(share.on, share.amount))
        for promise in mine.sorted(lambda promise: (promise.date, promise.id)):
            taken = shared.get(pledged[promise].name, ())
            found = rules.judge(*facts[promise], on_account=taken)
            promise._become(found, on, marks.get(promise.id), sum(one.amount for one in taken))

    def _facts(self, on):
        """{promise: what `rules.judge` asks of it, but for the money on account}, in one statement."""
        cash, items = receipts(self.env, self.move_ids.ids, on), item_receipts(self.env, self.item_ids.ids, on)
        return {
            promise: (
                rounded(promise.amount, promise.currency_id),
                rounded(promise.owed, promise.currency_id),
                promise._movements(promise.move_ids, cash) + promise._movements(promise.item_ids, items),
                self._read_known(promise.known),
                on,
                promise.last_day,
            )
            for promise in self
        }

    def _pledged(self, facts):
        """{promise: Pledge}: what is still awaited of it once what was allocated is deducted, up to its last day."""
        found = {}
        for promise in self:
            standing = rules.judge(*facts[promise])
            found[promise] = Pledge(
                ("promise", promise.id),
                frozenset((promise.move_ids | promise.item_ids.move_id).ids),
                promise.currency_id.id,
                max(standing.expected - standing.received, Decimal(0)),
                promise.date,
                promise._account(promise.made_on),
                promise.last_day,
            )
        return found

    @api.model
    def _pledges(self, company, partner_ids, on):
        """[(commercial partner id, Pledge)] of the promises that wait for money, or that money on account keeps."""
        promises = self.search(
            [
                ("company_id", "=", company.id),
                ("debtor_id.partner_id", "in", list(partner_ids)),
                "|",
                ("state", "=", "open"),
                "&",
                ("unallocated", ">", 0),
                ("state", "in", JUDGED),
            ]
        )
        found = promises._pledged(promises._facts(on))
        return [(promise.partner_id.id, pledge) for promise, pledge in found.items()]

    def _become(self, found, on, marks, unallocated=0):
        """Write what became of the promise, and draw what follows when that is news."""
        before = self.state
        received = float(found.received)
        mark, account_mark = marks or (None, None)
        self.write(
            {
                "mark": mark,
                "account_mark": account_mark,
                "unallocated": float(unallocated),
                "received": received,
                "company_received": self.company_amount * min(received / self.amount, 1),
                "kept_on": found.kept_on,
                "state": "cancelled" if found.state == "credited" else found.state,
            }
        )
        self._ask_to_allocate(
            self.env._("Money on account counts for the promise %s: allocate it to the invoices", self.name)
        )
        if found.state == before:
            return
        if found.state == "credited":
            self.close_reason = self.env._("Credited: nothing was left to pay.")
        self.judged_on = on if found.state in FAILED else False
        if before == "kept" and found.state == "open":
            self._take_back()
        if found.state in FAILED:
            self._tell_failed(before)
        else:
            self.activity_unlink(["mail.mail_activity_data_warning"])
        self.debtor_id._decide_again_now()

    def _person(self):
        author = self.author_id.filtered(lambda user: user.active and not user.share)  # nobody: it came from the page
        return self.debtor_id._collector() or author or self.debtor_id._person_in_charge()

    def _tell_failed(self, before):
        """A task for the collector, and a word in the debtor's history."""
        if before == "kept":
            summary = self.env._("A payment came back: the promise %s is no longer kept", self.name)
        elif self.state == "partly_kept":
            summary = self.env._("The promise %s was kept in part only: call the debtor", self.name)
        else:
            summary = self.env._("The promise %s was not kept: call the debtor", self.name)
        self.debtor_id.message_post(body=summary)
        if not self.activity_search(["mail.mail_activity_data_warning"]):
            self.activity_schedule("mail.mail_activity_data_warning", user_id=self._person().id, summary=summary)
