import base64
import binascii
import hashlib
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, split_every

from ...tools import cdar, clock
from ..debtor.recouvrement_timeline import Source

_lt = LazyTranslate(__name__)

PARIS = pytz.timezone("Europe/Paris")  # platforms write the local time, without its zone
PAGE = 200
AHEAD = timedelta(days=1)  # clocks of platforms may differ
WAITING_DAYS = 120  # a message that names no invoice of ours is tried again every night for so long


class RecouvrementEinvoiceEvent(models.Model):
    """A message of an electronic invoice's life: what its platform, or the buyer's, said of it, and what was done.

    Appended once per message, never changed: it is evidence, its XML with it. What names no invoice of ours waits, and
    is tried again every night. One method receives: ``receive_xml``, by file, e-mail or the programming interface.
    """

    _name = "recouvrement.einvoice.event"
    _description = "Message about an Electronic Invoice"
    _inherit = ["recouvrement.followed", "recouvrement.holding"]
    _follow_turn = 2
    _hold_reason = "not_issued"
    _hold_label = _lt("Rejected by a platform: not an invoice in law")
    _hold_hint = _lt("Correct the invoice and issue it again: until then it has no due date, and nothing is claimed.")
    _order = "issued_at desc, id desc"
    _rec_name = "status_code"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", index="btree_not_null", ondelete="restrict", readonly=True)
    debtor_id = fields.Many2one("recouvrement.debtor", index="btree_not_null", ondelete="restrict", readonly=True)
    number = fields.Char("Number told", required=True, readonly=True, help="As the message writes it.")
    message_key = fields.Char("Message", required=True, readonly=True)
    status_code = fields.Char("Code", required=True, readonly=True)
    status_id = fields.Many2one("recouvrement.einvoice.status", readonly=True, ondelete="restrict")
    words = fields.Char("Status told", readonly=True, help="As the message writes it.")
    issued_at = fields.Datetime("Said on", required=True, readonly=True)
    received_on = fields.Date("Invoice received on", readonly=True)
    sender_role = fields.Char(readonly=True)
    sender_name = fields.Char("Said by", readonly=True)
    reason_codes = fields.Char("Reasons", readonly=True, help="The codes, separated by commas.")
    action_code = fields.Char("Action asked", readonly=True)
    amount = fields.Monetary(readonly=True, help="Paid, announced or approved, as the message says.")
    amount_kind = fields.Char(readonly=True, help="MEN: cash received; MPA: payment sent; RAP: left to pay.")
    amount_on = fields.Date("Day of the amount", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    details = fields.Text(readonly=True, help="Each reason in words, what is asked, the note of the sender.")
    attachment_id = fields.Many2one("ir.attachment", "XML", readonly=True, ondelete="restrict", index="btree_not_null")
    sha256 = fields.Char("SHA-256", readonly=True)
    state = fields.Selection(
        [("waiting", "No invoice found"), ("failed", "Failed"), ("noted", "Noted"), ("done", "Done")],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    outcome = fields.Text("What was done", readonly=True)
    not_issued = fields.Boolean(
        "Not issued in law",
        readonly=True,
        help="A platform rejected the invoice: it has no due date until it is issued again.",
    )
    issued_again_on = fields.Date("Issued again on", readonly=True, help="Corrected and issued again that day.")
    waits_until = fields.Date(
        "Left alone until", readonly=True, help="A payment was announced: claimed again after it."
    )
    payee_name = fields.Char("To be paid to", readonly=True, help="The new creditor, as the message names it.")
    exclusion_id = fields.Many2one("recouvrement.exclusion", readonly=True, ondelete="set null", index="btree_not_null")
    dispute_id = fields.Many2one("recouvrement.dispute", readonly=True, ondelete="set null", index="btree_not_null")

    _once = models.UniqueIndex("(company_id, message_key)", "This message was received already.")
    _latest_index = models.Index("(move_id, issued_at)")
    _not_issued_index = models.Index("(move_id) WHERE not_issued")

    @api.depends_context("lang")
    @api.depends("status_id", "status_code", "words")
    def _compute_display_name(self):
        for event in self:
            event.display_name = event.status_id.display_name or f"{event.status_code} {event.words or ''}".strip()

    def write(self, vals):
        """What was said never changes; what it led to is written by the add-on alone."""
        if not self.env.su:
            raise UserError(self.env._("A message about an electronic invoice is evidence: it never changes."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A message about an electronic invoice is evidence: it cannot be deleted."))

    # --- receiving ----------------------------------------------------------------------------------------------------

    @api.model
    def receive_xml(self, content=None, company_id=None):
        """Take in one message, once; the way in for platforms that call Odoo's programming interface.

        :param content: the XML, encoded in base64
        :param company_id: whose invoice it tells of; the company of the call by default
        :return: one {"number", "status", "state", "outcome", "known"} per invoice that it names
        :raises UserError: it is no such message: the sentence says why, and nothing is kept
        :raises AccessError: the caller may not follow electronic invoices
        """
        self._check_may_receive()
        company = self.env["res.company"].browse(company_id) if company_id else self.env.company
        company.check_access("read")
        if company not in self.env.companies:
            raise AccessError(self.env._("You do not work in %s.", company.name))
        try:
            data = base64.b64decode(content or "", validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            raise UserError(self.env._("The message is to be encoded in base64.")) from error
        try:
            told = [(data, status) for status in cdar.read(data)]
        except cdar.Refused as refusal:
            raise UserError(self._words_of(refusal)) from refusal
        events, known = self._take_in(told, company)
        rows = [(event, False) for event in events] + [(event, True) for event in known]
        return [
            {
                "number": event.number,
                "status": event.status_code,
                "state": event.state,
                "outcome": event.outcome or "",
                "known": was_known,
            }
            for event, was_known in rows
        ]

    @api.model
    def _check_may_receive(self):
        if not self.env.su and not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):
            raise AccessError(self.env._("Messages about electronic invoices are taken in by debt collectors."))

    def _words_of(self, refusal):
        return refusal.said(self.env)

    @api.model
    def _take_in(self, told, company):
        """The events that these statuses make, and those that were known; acted on in the order they were said.

        :param told: [(bytes of the message, Status)]
        :return: (new events, known events)
        """
        root = company.root_id
        new, known = self.sudo().browse(), self.sudo().browse()  # appended through this method alone
        for page in split_every(PAGE, told):
            added, seen = self._append(page, root)
            new, known = new | added, known | seen
        new._act()
        return new.with_env(self.env), known.with_env(self.env)

    @api.model
    def _append(self, page, root):
        """A page of (bytes, Status) as events not acted on yet; a constant number of statements."""
        own = self.sudo()  # evidence, whoever the platform speaks through: who may receive is checked there
        page = [(data, status, hashlib.sha256(data).hexdigest()) for data, status in page]
        known = self._known(page, root)
        seen, twins = set(known.mapped("message_key")), {(event.message_key, event.sha256) for event in known}
        fresh = {
            status.key: (data, status, digest)
            for data, status, digest in page
            if status.key not in seen and (status.former_key, digest) not in twins
        }
        fresh = list(fresh.values())
        if not fresh:
            return known.browse(), known
        moves = self._invoices([status for _data, status, _digest in fresh], root)
        statuses = {status.code: status for status in own.env["recouvrement.einvoice.status"].search([])}
        reasons = {one.code: one for one in own.env["recouvrement.einvoice.reason"].search([])}
        currencies = {one.name: one for one in self.env["res.currency"].with_context(active_test=False).search([])}
        kinds, cards = self._amount_kinds(), self._cards_of(moves.values(), root)
        events = own.create(
            [
                self._values(status, root, statuses.get(status.code), reasons, currencies, kinds)
                | self._about(moves.get(status.key), cards)
                for _data, status, _digest in fresh
            ]
        )
        files = (
            self.env["ir.attachment"]
            .sudo()
            .create(  # evidence, owned by its event
                [
                    {
                        "name": f"{status.number.replace('/', '-')}-{status.code}.xml",
                        "raw": data,
                        "mimetype": "application/xml",
                        "res_model": self._name,
                        "res_id": event.id,
                        "company_id": root.id,
                    }
                    for event, (data, status, _digest) in zip(events, fresh, strict=True)
                ]
            )
        )
        for event, file, (_data, _status, digest) in zip(events, files, fresh, strict=True):
            event.write({"attachment_id": file.id, "sha256": digest})
        return events, known

    @api.model
    def _known(self, page, root):
        """Those of a page of (bytes, Status, SHA-256) that were taken in already.

        A key written before it told the moment is known by the bytes too.
        """
        keys = [status.key for _data, status, _digest in page]
        former = [status.former_key for _data, status, _digest in page if status.former_key not in ("", status.key)]
        hashes = [digest for _data, _status, digest in page] if former else []
        return self.sudo().search(  # appended through _take_in alone
            Domain("company_id", "=", root.id)
            & (Domain("message_key", "in", keys) | Domain("message_key", "in", former) & Domain("sha256", "in", hashes))
        )

    @api.model
    def _values(self, status, root, known_status, reasons, currencies, kinds):
        amount = self._amount_of(status, kinds)
        issued_at = self._utc(status.issued_at)
        asked = next((ground.action for ground in status.grounds if ground.action not in ("", "NOA")), "")
        return {
            "company_id": root.id,
            "number": status.number,
            "message_key": status.key,
            "status_code": status.code,
            "status_id": known_status.id if known_status else False,
            "words": status.words,
            "issued_at": issued_at,
            "received_on": status.received_on,
            "sender_role": status.sender_role,
            "sender_name": status.sender_name,
            "payee_name": status.payee,
            "reason_codes": ", ".join(dict.fromkeys(ground.code for ground in status.grounds if ground.code)),
            "action_code": asked,
            "amount": sum(one.value for one in status.amounts if one.kind == amount.kind) if amount else 0,
            "amount_kind": amount.kind if amount else False,
            "amount_on": amount.on if amount else False,
            "currency_id": currencies[amount.currency].id if amount and amount.currency in currencies else False,
            "details": "\n".join((*self._told_ahead(status, issued_at), *self._told_grounds(status, reasons, kinds))),
        }

    @api.model
    def _utc(self, moment):
        """The moment in UTC; when it was received, where there is none, or one that is to come: a wrong clock, or a
        forger's, would hide all that is said until then."""
        now = clock.stamp()
        said = PARIS.localize(moment).astimezone(pytz.utc).replace(tzinfo=None) if moment else now
        return said if said <= now + AHEAD else now

    @api.model
    def _local(self, moment):
        """A moment stored in UTC as platforms write it, in the hour of Paris."""
        return pytz.utc.localize(moment).astimezone(PARIS).replace(tzinfo=None)

    @api.model
    def _invoices(self, statuses, root):
        """{key: the posted customer invoice} of each status; none where two could be meant, or where the seller told is
        another company."""
        invoices = self.env["account.move"].sudo()  # whoever the platform speaks through
        moves = invoices.search(
            [
                ("company_id", "child_of", root.id),
                ("name", "in", list({status.number for status in statuses})),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("state", "in", ("posted", "cancel")),
            ]
        )
        by_number = defaultdict(invoices.browse)
        for move in moves:
            by_number[move.name] |= move
        found = {}
        for status in statuses:
            mine = by_number[status.number].filtered(lambda move, status=status: self._is_seller(move, status.seller))
            if len(mine) == 1:
                found[status.key] = mine
        return found

    @api.model
    def _is_seller(self, move, seller):
        registry = (move.company_id.company_registry or move.company_id.root_id.company_registry or "").replace(" ", "")
        digits = "".join(sign for sign in seller or "" if sign.isdigit())
        return len(digits) < 9 or len(registry) < 9 or digits[:9] == registry[:9]

    @api.model
    def _cards_of(self, moves, root):
        """{commercial partner: its card in that company} of these invoices, made where there is none."""
        partners = {move.commercial_partner_id.id for move in moves}
        cards = self.env["recouvrement.debtor"]._cards(root, partners) if partners else ()
        return {card.partner_id: card for card in cards}

    @api.model
    def _about(self, move, cards):
        """The values of an event that tell which invoice it is about."""
        return {"move_id": move.id, "debtor_id": cards[move.commercial_partner_id].id} if move else {}

    # --- every night --------------------------------------------------------------------------------------------------

    @api.model
    def _follow_up(self, on):
        """Try again what named no invoice: it may have been imported, or posted, since. After some months it is for a
        person, who finds it among those to look at."""
        since = on - timedelta(days=WAITING_DAYS)
        waiting = self.search([("state", "=", "waiting"), ("create_date", ">=", since)])
        for root, mine in waiting.grouped("company_id").items():
            moves = self._invoices(mine._as_statuses(), root)
            cards = self._cards_of(moves.values(), root)
            for event in mine:
                if move := moves.get(event.message_key):
                    event.write(self._about(move, cards))
            mine.filtered("move_id")._act()

    def _as_statuses(self):
        """What the search of an invoice needs, read again from the XML that was kept."""
        found = []
        for event in self:
            told = cdar.read(event.attachment_id.raw)
            mine = [one for one in told if event.message_key in (one.key, one.former_key)] or [
                one for one in told if (one.number, one.code) == (event.number, event.status_code)
            ]
            found += [replace(one, key=event.message_key) for one in mine[:1]]
        return found

    # --- what is shown ------------------------------------------------------------------------------------------------

    def action_open_invoice(self):
        """The invoice that the message tells of."""
        self.ensure_one()
        self.check_access("read")
        return self.move_id._get_records_action()

    def action_open_file(self):
        """The XML as it was received."""
        self.ensure_one()
        self.check_access("read")
        url = f"/web/content/{self.attachment_id.id}?download=1"
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}


class AccountMove(models.Model):
    _inherit = "account.move"

    einvoice_event_ids = fields.One2many(
        "recouvrement.einvoice.event",
        "move_id",
        "Messages about the electronic invoice",
        groups="recouvrement_fr.group_recouvrement_user",
    )
    einvoice_event_count = fields.Integer(
        compute="_compute_einvoice_event_count", groups="recouvrement_fr.group_recouvrement_user"
    )

    def _compute_einvoice_event_count(self):
        groups = self.env["recouvrement.einvoice.event"]._read_group(
            [("move_id", "in", self.ids)], ["move_id"], ["__count"]
        )
        counts = {move.id: count for move, count in groups}
        for move in self:
            move.einvoice_event_count = counts.get(move.id, 0)

    def action_open_einvoice_events(self):
        """What the platforms said of this invoice."""
        self.ensure_one()
        events = self.env["recouvrement.einvoice.event"].search([("move_id", "=", self.id)])
        return events._get_records_action(
            name=self.env._("Messages about %s", self.name), domain=[("move_id", "=", self.id)]
        )


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def _sent_sources(self, own):
        event = "recouvrement.einvoice.event"
        told = Source("einvoice", "invoice", "fa-exchange", event, "issued_at", own, self._tell_einvoice_events)
        return [*super()._sent_sources(own), told]

    def _tell_einvoice_events(self, events):
        return {
            event.id: self._told(
                event.move_id or event,
                self.env._("%(invoice)s: %(status)s", invoice=event.number, status=event.display_name),
                event.outcome or event.details or "",
                tone="danger" if event.not_issued or event.status_id.act in ("contest", "cancel") else "",
            )
            for event in events
        }
