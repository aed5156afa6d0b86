from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, email_normalize, split_every

from ...ledger import open_items
from ...ledger.cash import is_cash, money
from ...rules.quiet import quiet_until
from ...tools import clock
from ...tools.bulk import any_of, keep_page
from ...tools.formats import Formats
from ...tools.recipients import recipients
from ..debtor.recouvrement_timeline import Source

PAGE = 200
REMEMBERED_DAYS = 7  # a settlement found later, after nights that failed, is no longer thanked for


class Settlement(NamedTuple):
    """What a debtor who owed something overdue was reminded of, and how it ended, in company currency."""

    policy_id: int  # of the last reminder
    move_ids: list
    total: float
    left: float
    cash: float
    credit: float

    def is_settled(self, currency):
        return currency.is_zero(self.left)

    def is_in_cash(self, currency):
        """Money, or credits that were owed to the debtor; not what was written off or moved to another account."""
        return self.cash > 0 and currency.compare_amounts(self.cash + self.credit, self.total) >= 0


class RecouvrementThanks(models.Model):
    """A word of thanks to a debtor who was reminded, and has paid everything overdue; or why there was none.

    The nights say when a debtor stops being late (``settled_on`` of his card): each of these settlements is looked at
    once, which the database itself guarantees. It leaves with the reminders of the next sending hours, after another
    look at the ledger.
    """

    _name = "recouvrement.thanks"
    _description = "Thanks for a Payment"
    _inherit = "recouvrement.followed"
    _follow_turn = 14
    _order = "id desc"
    _rec_name = "debtor_id"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict", readonly=True)
    card = fields.Integer(required=True, readonly=True)  # the debtor's as it was: cards fold when partners merge
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    settled_on = fields.Date(required=True, readonly=True, help="The night that found everything overdue paid.")
    move_ids = fields.Many2many("account.move", string="Invoices paid", readonly=True)
    amount = fields.Monetary(readonly=True, help="What came in for them, in company currency.")
    lang = fields.Char(readonly=True)
    figures = fields.Json(readonly=True)  # what the e-mail shows
    state = fields.Selection(
        [("planned", "To be sent"), ("sent", "Thanks sent"), ("none", "None due"), ("cancelled", "Called off")],
        required=True,
        readonly=True,
        index=True,
    )
    reason = fields.Char(readonly=True, help="Why it does not leave.")
    address = fields.Char(readonly=True)
    mail_id = fields.Many2one("mail.mail", readonly=True, index="btree_not_null", ondelete="set null")
    sent_on = fields.Datetime(readonly=True)

    _once = models.UniqueIndex("(card, settled_on)", "This settlement was already looked at.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A message to a debtor is evidence: it cannot be deleted."))

    # --- deciding -----------------------------------------------------------------------------------------------------

    @api.model
    def _follow_up(self, on):
        """Look at the settlements of the last days that were not looked at yet, for policies that thank."""
        if not self.env["recouvrement.policy"].search_count([("thanks", "=", True), ("state", "=", "active")], limit=1):
            return
        rows = self.env.execute_query(
            SQL(
                "SELECT d.id FROM recouvrement_debtor d WHERE d.settled_on >= %s AND d.settled_on <= %s"
                " AND NOT EXISTS (SELECT 1 FROM recouvrement_thanks t"
                " WHERE t.card = d.id AND t.settled_on = d.settled_on) ORDER BY d.id",
                fields.Date.subtract(on, days=REMEMBERED_DAYS),
                on,
            )
        )
        for page in split_every(PAGE, [row[0] for row in rows], list):
            debtors = self.env["recouvrement.debtor"].browse(page).try_lock_for_update(allow_referencing=True)
            self._decide(debtors.filtered(lambda debtor: debtor.company_id.recouvrement_active))
            keep_page(self.env)

    @api.model
    def _decide(self, debtors):
        """Plan the thanks of these debtors, or note why there are none; nothing for policies that do not thank."""
        found = self._settlements(debtors)
        policies = self.env["recouvrement.policy"].browse({settlement.policy_id for settlement in found.values()})
        thanking = set(policies.filtered("thanks").ids)
        langs = self.env["recouvrement.reminder"]._langs(debtors.partner_id.ids)
        rows = []
        for debtor in debtors:
            settlement = found.get(debtor.id)
            if settlement and settlement.policy_id in thanking:
                reason = self._obstacle(debtor, settlement)
                rows.append(self._vals(debtor, settlement, reason, langs[debtor.partner_id.id]))
        return self.create(rows)

    @api.model
    def _settlements(self, debtors):
        """{debtor id: Settlement} of what these debtors were reminded of since they are late, in one statement."""
        self.env.flush_all()  # what the same transaction has just reconciled counts too
        rows = self.env.execute_query(
            SQL(
                """
                WITH reminded AS (
                    SELECT r.debtor_id, l.id AS line_id, l.move_id, l.balance, l.amount_residual,
                           MAX(r.id) AS reminder_id
                      FROM recouvrement_reminder r
                      JOIN recouvrement_debtor d ON d.id = r.debtor_id
                      JOIN recouvrement_level v ON v.id = r.level_id AND v.kind != 'pre_due'
                      JOIN recouvrement_reminder_line s ON s.reminder_id = r.id AND s.cancelled IS NOT TRUE
                      JOIN account_move_line l ON l.move_id = s.move_id AND s.entry_line_id IN (0, l.id)
                       AND COALESCE(l.date_maturity, l.date) = s.date_due AND l.balance > 0
                      JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                     WHERE r.debtor_id = %(debtors)s AND r.state = 'sent' AND r.origin IN ('night', 'manual')
                       AND r.sent_date >= COALESCE(d.overdue_since, d.settled_on - 365)
                  GROUP BY r.debtor_id, l.id
                ), paid AS (
                    SELECT p.debit_move_id AS line_id,
                           ROUND(SUM(p.amount * %(money)s)
                               FILTER (WHERE cm.move_type != 'out_refund' AND %(cash)s), 6) AS cash,
                           SUM(p.amount) FILTER (WHERE cm.move_type = 'out_refund') AS credit
                      FROM account_partial_reconcile p
                      JOIN account_move_line c ON c.id = p.credit_move_id
                      JOIN account_move cm ON cm.id = c.move_id
                 LEFT JOIN account_payment pay ON pay.move_id = cm.id
                     WHERE p.debit_move_id IN (SELECT line_id FROM reminded)
                  GROUP BY p.debit_move_id
                )
                SELECT reminded.debtor_id, (SELECT policy_id FROM recouvrement_reminder x
                                             WHERE x.id = MAX(reminded.reminder_id)),
                       ARRAY_AGG(DISTINCT reminded.move_id), SUM(reminded.balance), SUM(reminded.amount_residual),
                       COALESCE(SUM(paid.cash), 0), COALESCE(SUM(paid.credit), 0)
                  FROM reminded LEFT JOIN paid ON paid.line_id = reminded.line_id
              GROUP BY reminded.debtor_id
                """,
                debtors=any_of(debtors.ids),
                cash=is_cash(self.env),
                money=money(self.env),
            )
        )
        return {row[0]: Settlement(*row[1:3], *map(float, row[3:])) for row in rows}

    @api.model
    def _obstacle(self, debtor, settlement):
        """Why this debtor is not thanked, in words; else None."""
        currency = debtor.currency_id
        if debtor.overdue_amount > 0 or not settlement.is_settled(currency):
            return self.env._("Something is overdue again.")
        if not settlement.is_in_cash(currency):
            return self.env._("Not all of it was paid in money: a part was written off or moved.")
        if debtor._is_stopped():
            return self.env._("Insolvency proceedings are open.")
        refusal = debtor._email_refusal(debtor._email_contact())
        return self.env._("By e-mail only: %s.", refusal) if refusal else None

    @api.model
    def _vals(self, debtor, settlement, reason, lang):
        return {
            "debtor_id": debtor.id,
            "card": debtor.id,
            "company_id": debtor.company_id.id,
            "settled_on": debtor.settled_on,
            "move_ids": [Command.set(settlement.move_ids)],
            "amount": settlement.cash,
            "lang": lang,
            "state": "none" if reason else "planned",
            "reason": reason,
        }

    # --- leaving ------------------------------------------------------------------------------------------------------

    @api.model
    def _leaving(self, on):
        """Those planned, on a day and at an hour when their policy writes to people."""
        email = self.env["recouvrement.channel.email"]
        if not self.env["recouvrement.reminder"]._within_window(email._window):
            return []
        late = self.env["recouvrement.exit"]._late_companies(on)
        return self.search(
            [
                *(("state", "=", "planned"), ("company_id.recouvrement_active", "=", True)),
                ("company_id", "not in", late.ids),
            ],
            order="id",
        ).ids

    def _send(self, on):
        """Look again at the ledger: who owes something overdue again is not thanked; the others' messages are queued.

        The message and its record are committed together: the mail queue sends it.
        """
        planned = self.try_lock_for_update(allow_referencing=True).filtered(lambda thanks: thanks.state == "planned")
        for company, page in planned.grouped("company_id").items():
            quiet = quiet_until(self.env["recouvrement.quiet.period"]._rules(company), on)
            found = self._settlements(page.debtor_id)
            items = open_items.read(self.env, open_items.scope(company), page.debtor_id.partner_id.ids)
            leaving = self.browse()
            for thanks in page:
                settlement = found.get(thanks.debtor_id.id)
                policy = self.env["recouvrement.policy"].browse(settlement.policy_id if settlement else [])
                if not settlement or thanks._is_late_again(items, on):
                    thanks.write({"state": "cancelled", "reason": self.env._("A payment came back before it left.")})
                elif reason := self._obstacle(thanks.debtor_id, settlement):
                    thanks.write({"state": "cancelled", "reason": reason})
                elif not quiet and policy._sends_on(on, company):
                    leaving |= thanks
            leaving.with_company(company)._queue()

    def _is_late_again(self, items, on):
        mine = items.get(self.debtor_id.partner_id.id, ())
        return sum(item.company_amount for item in mine if item.due < on or item.amount < 0) > 0

    def _queue(self):
        if not self:
            return
        template = self.env.ref("recouvrement_fr.mail_template_thanks", raise_if_not_found=False)
        if not template:
            self.write({"state": "cancelled", "reason": self.env._("Its e-mail template was deleted.")})
            return
        for thanks in self:
            thanks.figures = thanks._figures()
        texts = template._generate_template(self.ids, ("subject", "body_html", "email_from", "reply_to"))
        for thanks in self:
            thanks._queue_one(texts[thanks.id])

    def _figures(self):
        """What its e-mail shows, in the debtor's language."""
        formats, company = Formats(self.lang), self.company_id
        letters = self.env["recouvrement.letter"].with_context(lang=self.lang)
        identity = letters._identity(company.with_context(lang=self.lang), formats)
        collector = self.debtor_id._collector()
        return {
            "amount": formats.money(self.amount, company.currency_id),
            "numbers": self.move_ids.sorted("invoice_date").mapped("name"),
            "farewell": letters._farewell("courteous"),
            "signatory": company.recouvrement_signatory or collector.name or "",
            "company": identity,
            "contact": {
                "phone": collector.partner_id.phone or identity["phone"],
                "email": collector.partner_id.email or identity["email"],
            },
        }

    def _queue_one(self, text):
        company = self.company_id
        sender = next(
            (found for found in (text.get("email_from"), company.email_formatted) if email_normalize(found or "")), None
        )
        if not sender:
            self.write({"state": "cancelled", "reason": self.env._("%s has no e-mail address.", company.name)})
            return
        recipient = self.debtor_id._email_contact()
        mail = self.env["mail.mail"].create(
            {
                "subject": text["subject"],
                "body_html": text["body_html"],
                "body": text["body_html"],
                "email_from": sender,
                "email_to": recipients(recipient),
                "reply_to": text.get("reply_to") or sender,
                "model": "recouvrement.debtor",
                "res_id": self.debtor_id.id,
                "record_company_id": company.id,
                "message_type": "email_outgoing",
                "author_id": company.partner_id.id,
                "auto_delete": False,
                "state": "outgoing",
                "is_notification": False,
            }
        )
        self.write({"state": "sent", "mail_id": mail.id, "address": mail.email_to, "sent_on": clock.stamp()})


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    overdue_since = fields.Date(readonly=True, help="The night that found this debtor late, after he owed nothing.")
    settled_on = fields.Date(
        readonly=True, index="btree_not_null", help="The night that found everything overdue settled; empty while late."
    )

    @api.model
    def _decided_computed(self, on):
        """Late, or no longer: told by what the night writes anyway."""
        late, was_late = SQL("v.overdue_amount > 0"), SQL("COALESCE(t.late_at_night, t.overdue_amount > 0, FALSE)")
        return super()._decided_computed(on) | {
            "overdue_since": SQL("CASE WHEN %s AND NOT %s THEN %s ELSE t.overdue_since END", late, was_late, on),
            "settled_on": SQL("CASE WHEN %s THEN NULL WHEN %s THEN %s ELSE t.settled_on END", late, was_late, on),
        }

    def _sent_sources(self, own):
        thanks = Source("thanks", "sent", "fa-smile-o", "recouvrement.thanks", "sent_on", own, self._tell_thanks)
        return [*super()._sent_sources(own), thanks]

    def _tell_thanks(self, sent):
        return {
            one.id: self._told(
                None,
                self.env._("Thanks sent"),
                email_normalize(one.address or "") or one.address,
                one.amount,
                one.currency_id,
                "success",
            )
            for one in sent
        }


class RecouvrementPolicy(models.Model):
    _inherit = "recouvrement.policy"

    thanks = fields.Boolean(
        "Thank for a full payment",
        help="An e-mail to a debtor who was reminded, once everything overdue has been paid; never after a write-off.",
    )


class RecouvrementReminder(models.Model):
    _inherit = "recouvrement.reminder"

    @api.model
    def _cron_dispatch(self):
        """Thanks leave in the same hours as reminders, after them."""
        super()._cron_dispatch()
        if not self._is_neutralized():
            on = clock.today(self.env)
            thanks = self.env["recouvrement.thanks"]
            self._by_page(thanks._leaving(on), lambda page: thanks.browse(page)._send(on))
