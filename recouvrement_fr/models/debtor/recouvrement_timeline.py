from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate, format_date, format_datetime, formatLang
from odoo.tools.mail import email_normalize_all, html2plaintext

_lt = LazyTranslate(__name__)

PAGE = 30
GROUPS = {  # what a collector filters the timeline by
    "invoice": _lt("Invoices"),
    "sent": _lt("Sent items"),
    "payment": _lt("Payments"),
    "commitment": _lt("Promises and plans"),
    "dispute": _lt("Disputes"),
    "legal": _lt("Legal"),
    "note": _lt("Calls and notes"),
}
SHORT = 180  # signs of a message that are shown


class Source(NamedTuple):
    """One kind of event of a debtor: the records of a model that have a day, and how they are told.

    ``moment``: a stored date or datetime of the model; ``tell(records)``: {id: what is shown}, made by ``_told``.
    ``internal``: rows of the debtor himself whose own access rules are stricter than those of his card.
    """

    kind: str
    group: str
    icon: str
    model: str
    moment: str
    domain: list
    tell: Callable
    internal: bool = False


class RecouvrementDebtor(models.Model):
    """Everything that happened with a debtor, the newest first, read where each thing is kept: nothing is copied.

    To add a kind of event, extend ``_timeline_sources``. Each source is read with the rights of whoever looks.
    """

    _inherit = "recouvrement.debtor"

    @api.readonly
    def get_timeline(self, group=None, before=None):
        """A page of the timeline: ``rows``, whether there are ``more``, and the ``groups`` to filter by.

        :param group: one of GROUPS, else all
        :param before: the ``key`` of the last row shown, to get those that come after it
        """
        self.ensure_one()
        self.check_access("read")
        sources = [
            source
            for source in self._timeline_sources()
            if source.model in self.env
            and (source.internal or self.env[source.model].has_access("read"))
            and group in (None, False, source.group)
        ]
        found = self._timeline_page({source.kind: source for source in sources}, before)
        return {
            "rows": self._timeline_rows({source.kind: source for source in sources}, found[:PAGE]),
            "more": len(found) > PAGE,
            "groups": [[code, self.env._(label)] for code, label in GROUPS.items()],
        }

    def _timeline_page(self, sources, before):
        """[(moment, kind, id)] of one page and one more, in one statement: each source gives no more than a page."""
        selects = [self._timeline_select(source, before) for source in sources.values()]
        if not selects:
            return []
        return self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) t ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT %s",
                SQL(" UNION ALL ").join(SQL("(%s)", select) for select in selects),
                PAGE + 1,
            )
        )

    def _timeline_select(self, source, before):
        model = self.env[source.model]
        if source.internal:
            model = model.sudo()  # the caller may read the debtor these are written on
        query = model.with_context(active_test=False)._search([*source.domain, (source.moment, "!=", False)])
        column = SQL("%s.%s", SQL.identifier(query.table), SQL.identifier(source.moment))
        record = SQL("%s.id", SQL.identifier(query.table))
        if before:
            moment, kind, res_id = before
            query.add_where(
                SQL("(%s::timestamp, %s, %s) < (%s, %s, %s)", column, source.kind, record, moment, kind, res_id)
            )
        # By an expression: else the planner may walk the whole ledger by date to find the few rows of one debtor.
        query.order = SQL("%s::timestamp + interval '0' DESC, %s DESC", column, record)
        query.limit = PAGE + 1
        return query.select(SQL("%s::timestamp", column), SQL("%s::varchar", source.kind), record)

    def _timeline_rows(self, sources, found):
        told = {}
        for kind, source in sources.items():
            ids = [res_id for _moment, found_kind, res_id in found if found_kind == kind]
            if ids:
                records = self.env[source.model].browse(ids)
                # sudo: found as the debtor's own, just above, by a caller who may read it
                told[kind] = source.tell(records.sudo() if source.internal else records)
        rows = []
        for moment, kind, res_id in found:
            source, shown = sources[kind], told[kind].get(res_id)
            if shown:
                is_date = self.env[source.model]._fields[source.moment].type == "date"
                key = [fields.Datetime.to_string(moment), kind, res_id]
                when = self._when(moment, is_date)
                rows.append({"kind": kind, "icon": source.icon, "key": key, "when": when, **shown})
        return rows

    def _when(self, moment: datetime, is_date):
        return format_date(self.env, moment.date()) if is_date else format_datetime(self.env, moment, dt_format="short")

    @api.model
    def _told(self, record, title, detail="", amount=None, currency=None, tone=""):
        """What a row shows, and the record that it opens."""
        money = formatLang(self.env, amount, currency_obj=currency) if amount is not None and currency else ""
        return {
            "title": title,
            "detail": detail or "",
            "amount": money,
            "tone": tone,
            "res_model": record._name if record else False,
            "res_id": record.id if record else False,
        }

    # --- where it is read ---------------------------------------------------------------------------------------------

    def _timeline_sources(self):
        """The sources of this debtor. Extend this method to add some."""
        own = [("debtor_id", "=", self.id)]
        return [
            *self._ledger_sources(),
            *self._sent_sources(own),
            *self._agreed_sources(own),
            *self._legal_sources(own),
        ]

    def _ledger_sources(self):
        tree = [("company_id", "in", self.company_id.sudo()._recouvrement_tree())]  # for who works in a branch alone
        # Through the partner, which is indexed on invoices; the commercial partner is not.
        moves = [*tree, ("partner_id.commercial_partner_id", "=", self.partner_id.id), ("state", "=", "posted")]
        items = [
            *tree,
            ("partner_id.commercial_partner_id", "=", self.partner_id.id),
            ("parent_state", "=", "posted"),
            ("account_type", "=", "asset_receivable"),
            ("move_type", "=", "entry"),
            ("move_id.exchange_diff_partial_ids", "=", False),  # nobody paid it, and 0.00 of its currency
        ]
        sold = [*moves, ("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))]
        return [
            Source("invoice", "invoice", "fa-file-text-o", "account.move", "invoice_date", sold, self._tell_invoices),
            Source("payment", "payment", "fa-money", "account.move.line", "date", items, self._tell_entries),
        ]

    def _sent_sources(self, own):
        left = [("reminder_id.debtor_id", "=", self.id)]
        at_post = [("dispatch_id.reminder_id.debtor_id", "=", self.id)]
        by_hand = [*own, ("origin", "in", ("imported", "set"))]
        dispatch, statement = "recouvrement.dispatch", "recouvrement.statement"
        return [
            Source("reminder", "sent", "fa-paper-plane-o", dispatch, "handed_over_on", left, self._tell_sent),
            Source("level", "sent", "fa-level-up", "recouvrement.reminder", "sent_date", by_hand, self._tell_levels),
            Source("statement", "sent", "fa-list-alt", statement, "create_date", own, self._tell_statements),
            Source("post", "sent", "fa-envelope", "recouvrement.dispatch.event", "date", at_post, self._tell_post),
        ]

    def _agreed_sources(self, own):
        plan, dispute, promise = "recouvrement.plan", "recouvrement.dispute", "recouvrement.promise"
        accepted, defaulted = self._tell_plans("accepted"), self._tell_plans("defaulted")
        opened, closed = self._tell_disputes("opened"), self._tell_disputes("closed")
        made, kept, broken = (self._tell_promises(what) for what in ("made", "kept", "broken"))
        left_out = self._tell_left_out
        return [
            Source("plan_accepted", "commitment", "fa-calendar-check-o", plan, "accepted_on", own, accepted),
            Source("plan_defaulted", "commitment", "fa-calendar-times-o", plan, "defaulted_on", own, defaulted),
            Source("plan_proposed", "commitment", "fa-calendar", plan, "started_on", own, self._tell_plans("proposed")),
            Source("promise", "commitment", "fa-handshake-o", promise, "made_on", own, made),
            Source("promise_kept", "commitment", "fa-check", promise, "kept_on", own, kept),
            Source("promise_broken", "commitment", "fa-times", promise, "judged_on", own, broken),
            Source("dispute", "dispute", "fa-comments-o", dispute, "opened_on", own, opened),
            Source("dispute_closed", "dispute", "fa-check-circle-o", dispute, "closed_on", own, closed),
            Source("left_out", "note", "fa-ban", "recouvrement.exclusion", "create_date", own, left_out),
        ]

    def _letters_of(self, own):
        """The ids of the letters of these debtors, whose answers are told; who writes them says."""
        return []

    def _legal_sources(self, own):
        replies = self._letters_of(own)
        contact = self.env["ir.model.data"]._xmlid_to_res_id("recouvrement_fr.mail_subtype_contact")
        said = [
            ("message_type", "!=", "user_notification"),
            ("subtype_id", "!=", contact),  # told by the contact
            ("body", "not in", (False, "")),
            "|",
            *("&", ("model", "=", self._name), ("res_id", "=", self.id)),
            *("&", "&", ("model", "=", "recouvrement.reminder"), ("message_type", "=", "email")),
            ("res_id", "in", replies),
        ]
        document, insolvency = "recouvrement.document", "recouvrement.insolvency"
        opened = [*own, ("state", "!=", "cancelled")]
        return [
            Source("document", "legal", "fa-file-pdf-o", document, "frozen_on", own, self._tell_documents),
            Source("insolvency", "legal", "fa-gavel", insolvency, "judgment_on", opened, self._tell_insolvencies),
            Source("message", "note", "fa-comment-o", "mail.message", "date", said, self._tell_messages, internal=True),
        ]

    # --- how it is told -----------------------------------------------------------------------------------------------

    def _tell_invoices(self, moves):
        titles = {
            "out_invoice": lambda name: self.env._("Invoice %s", name),
            "out_receipt": lambda name: self.env._("Receipt %s", name),
            "out_refund": lambda name: self.env._("Credit note %s", name),
        }
        told = {}
        for move in moves:
            due = move.invoice_date_due if move.move_type != "out_refund" else None
            told[move.id] = self._told(
                move,
                titles[move.move_type](move.name),
                self.env._("due on %s", self._day(due)) if due else "",
                -move.amount_total if move.move_type == "out_refund" else move.amount_total,
                move.currency_id,
            )
        return told

    def _tell_entries(self, items):
        """Money first: what is no payment is told as the entry it is."""
        told = {}
        for item in items:
            is_money = item.payment_id or item.statement_line_id or item.move_id._is_at_till()
            undone = item.move_id.reversed_entry_id
            if not is_money and (undone.origin_payment_id or undone.statement_line_id):
                title, tone = self.env._("Payment returned"), "danger"
            elif is_money and item.balance < 0:
                title, tone = self.env._("Payment received"), "success"
            elif is_money:
                title, tone = self.env._("Payment returned or refunded"), "danger"
            else:
                number = item.move_id._number_shown()
                title, tone = self.env._("Entry %s", number) if number else self.env._("Bank entry"), ""
            detail = item.move_id.ref or item.name or ""
            told[item.id] = self._told(item.move_id, title, detail, -item.amount_currency, item.currency_id, tone)
        return told

    def _tell_sent(self, dispatches):
        channels = dict(dispatches._fields["channel"]._description_selection(self.env))
        states = dict(dispatches._fields["state"]._description_selection(self.env))
        told = {}
        for dispatch in dispatches:
            reminder, wrong = dispatch.reminder_id, dispatch.state in ("bounced", "failed", "uncertain")
            state = states[dispatch.state] if wrong or dispatch.state == "delivered" else ""
            address = ", ".join(email_normalize_all(dispatch.address or "")) or dispatch.address
            told[dispatch.id] = self._told(
                reminder,
                self.env._("%(channel)s: %(level)s", channel=channels[dispatch.channel], level=reminder.level_id.name),
                " – ".join(filter(None, (state, dispatch.failure if wrong else "", address))),
                reminder.amount_due,
                reminder.currency_id,
                "danger" if wrong else "",
            )
        return told

    def _tell_levels(self, reminders):
        return {
            reminder.id: self._told(
                reminder,
                self.env._("Level considered reached: %s", reminder.level_id.name),
                reminder.hand_reason or "",
                reminder.amount_due,
                reminder.currency_id,
            )
            for reminder in reminders
        }

    def _tell_statements(self, statements):
        states = dict(statements._fields["state"]._description_selection(self.env))
        return {
            one.id: self._told(
                one,
                one.subject,
                " – ".join(filter(None, (states[one.state], one.addresses))),
                one.amount,
                one.currency_id,
                "danger" if one.state == "failed" else "",
            )
            for one in statements
        }

    def _tell_post(self, events):
        states = dict(events._fields["state"]._description_selection(self.env))
        told = {}
        for event in events:
            reminder = event.dispatch_id.reminder_id
            details = (reminder.level_id.name, event.dispatch_id.tracking_number, event.note)
            told[event.id] = self._told(
                reminder,
                self.env._("Letter: %s", states[event.state]),
                " – ".join(filter(None, details)),
                tone="danger" if event.state in ("refused", "unclaimed", "returned", "lost") else "",
            )
        return told

    def _tell_plans(self, what):
        title = {
            "accepted": lambda name: self.env._("Plan %s accepted", name),
            "defaulted": lambda name: self.env._("Plan %s in default", name),
            "proposed": lambda name: self.env._("Plan %s proposed", name),
            "kept": lambda name: self.env._("Plan %s kept", name),
        }[what]
        tone = {"accepted": "success", "kept": "success", "defaulted": "danger"}.get(what, "")
        return lambda plans: {
            plan.id: self._told(plan, title(plan.name), "", plan.amount_total, plan.currency_id, tone) for plan in plans
        }

    def _tell_disputes(self, what):
        title = {
            "opened": lambda name: self.env._("Dispute %s opened", name),
            "closed": lambda name: self.env._("Dispute %s closed", name),
        }[what]
        tone = "warning" if what == "opened" else ""
        return lambda disputes: {
            one.id: self._told(one, title(one.name), one.reason_id.display_name, one.amount, one.currency_id, tone)
            for one in disputes
        }

    def _tell_promises(self, what):
        title = {
            "made": lambda promise: self.env._("Promise to pay on %s", self._day(promise.date)),
            "kept": lambda promise: self.env._("Promise %s kept", promise.name),
            "broken": lambda promise: self.env._("Promise %s not kept", promise.name),
        }[what]
        tone = {"kept": "success", "broken": "danger"}.get(what, "")
        return lambda promises: {
            one.id: self._told(one, title(one), one.note or "", one.amount, one.currency_id, tone) for one in promises
        }

    def _tell_left_out(self, exclusions):
        return {
            exclusion.id: self._told(
                exclusion.move_id,
                self.env._("%s left out of reminders", (exclusion.item_id or exclusion.move_id).display_name),
                exclusion.reason,
            )
            for exclusion in exclusions
        }

    def _tell_documents(self, documents):
        return {document.id: self._told(document, document.display_name) for document in documents}

    def _tell_insolvencies(self, insolvencies):
        return {
            found.id: self._told(found, found.name, found.court or "", found.amount_total, found.currency_id, "danger")
            for found in insolvencies
        }

    def _tell_messages(self, messages):
        """Notes and calls of colleagues, and the debtor's own answers."""
        told = {}
        for message in messages:
            text = " ".join(html2plaintext(message.body or "", include_references=False).split())
            author = message.author_id.display_name or message.email_from or ""
            if message.message_type == "email":
                title, tone = self.env._("Answer from %s", author), "info"
            elif message.mail_activity_type_id:
                kind = message.mail_activity_type_id.name
                title, tone = self.env._("%(activity)s: %(who)s", activity=kind, who=author), ""
            else:
                title, tone = author, ""
            about = self.env[message.model].browse(message.res_id) if message.model != self._name else None
            told[message.id] = self._told(about, title, text[:SHORT] + ("…" if len(text) > SHORT else ""), tone=tone)
        return told
