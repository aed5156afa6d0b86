import hashlib
import json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ...ledger import cash
from ...rules.penalties import OPEN
from ...rules.returns import may_come_back
from ...tools import clock
from ...tools.formats import Formats
from .recouvrement_door import PAGE, DoorWay
from .recouvrement_door_acts import DoorBusy

LANG = "fr_FR"  # as every document of a debtor
TEMPLATE = "recouvrement_fr.document_receipt"
UNPAID = (*OPEN, "invoiced")
PENALTIES = {True: "pénalités de retard", False: "indemnité de recouvrement"}  # whether interest


class RecouvrementDoorReceipt(models.AbstractModel):
    """The receipt (quittance) of money that was set against the debtor's invoices, however it came in: online, by
    transfer, registered by hand. What is not set against anything has none yet."""

    _name = "recouvrement.door.receipt"
    _description = "Receipt of a Payment"

    @api.model
    def _paid(self, debtor, entry_id=None):
        """What this debtor has paid (``ledger.cash.Paid``), the latest first, a page of it; or that entry alone."""
        return cash.paid(self.env, debtor.company_id, debtor.partner_id.id, PAGE, entry_id)

    @api.model
    def _receipts(self, debtor):
        """What was paid, as the page lists it: a receipt is made of each when it is asked for."""
        door, paid = self.env["recouvrement.door"], self._paid(debtor)
        ones = [next(iter(one.shares)) for one in paid if len(one.shares) == 1]
        names = {move.id: move.name for move in self.env["account.move"].sudo().browse(ones)}  # the debtor's own
        return [
            {
                "id": one.entry_id,
                "date": door._day(one.on),
                "amount": door._money(one.amount, self.env["res.currency"].browse(one.currency_id)),
                "what": names.get(next(iter(one.shares))) or self.env._("%s invoices", len(one.shares)),
            }
            for one in paid
        ]

    @api.model
    def _receipt(self, way, entry_id, on):
        """The receipt of an entry that paid invoices of this debtor, as a kept file; the same one as long as it says
        the same. Nothing for what is another debtor's, is not set against an invoice, or while nothing may leave.

        :raises DoorBusy: too many at once: each is printed
        """
        found = self._paid(way.debtor, entry_id)
        if not found:
            return self.env["ir.attachment"]
        receipt = self._receipt_kept(way.debtor, found[0], on)
        if not receipt:
            if self.env["recouvrement.exit"]._closed(way.debtor.company_id, on):
                return self.env["ir.attachment"]  # nothing is handed over now; it may be asked for again
            self.env["recouvrement.door"]._one_at_a_time(way.debtor)  # two clicks: one receipt
            receipt = self._receipt_made(way, found[0], on)
        return receipt.attachment_id.with_env(self.env(su=True))  # read at the door alone

    @api.model
    def _receipt_kept(self, debtor, paid, on):
        """The receipt that says what is so now, if there is one."""
        # sudo: found by the debtor's own card alone.
        return (
            self.env["recouvrement.document"]
            .sudo()
            .search(
                [
                    ("debtor_id", "=", debtor.id),
                    ("state", "=", "frozen"),
                    ("receipt_key", "=", self._receipt_key(self._receipt_values(debtor, paid, on))),
                ],
                limit=1,
            )
        )

    @api.model
    def _receipt_made(self, way, paid, on):
        """The receipt, drafted by the machine and frozen."""
        events = self.env["recouvrement.portal.event"]
        if way.acts and events._too_many(way, "document"):
            raise DoorBusy(self.env._("Too many messages at once: please wait an hour, or call us."))
        values = self._receipt_values(way.debtor, paid, on)
        documents = self.env["recouvrement.document"].with_user(SUPERUSER_ID).sudo()  # made by the machine
        entry = documents.env["account.move"].browse(paid.entry_id)
        receipt = documents._draft(
            TEMPLATE,
            "Quittance" if values["settled"] and not values["left"] else "Reçu de paiement",
            way.debtor.with_env(documents.env),
            entry.origin_payment_id or entry,
            values,
            date=on,
        )
        receipt.receipt_key = self._receipt_key(values)
        receipt.action_freeze()
        if way.acts:
            events._add(way, "document", note=receipt.display_name, res_model=receipt._name, res_id=receipt.id)
        return receipt

    @api.model
    def _receipt_key(self, values):
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

    # --- what it prints -----------------------------------------------------------------------------------------------

    @api.model
    def _receipt_values(self, debtor, paid, on):
        """What the receipt prints, ready to be shown: what was paid, when, how, of which invoices, what is left.

        It is given under reserve of money that the bank has not credited yet, or may still take back.

        Of an invoice, ``left`` counts what was written off or moved to doubtful receivables: that is not paid.
        """
        formats = Formats(LANG)
        currency = self.env["res.currency"].browse(paid.currency_id)
        # sudo: the debtor's own invoices, and the entry that paid them.
        entries = self.env["account.move"].sudo()
        moves, entry = entries.browse(paid.shares), entries.browse(paid.entry_id).with_context(lang=LANG)
        rows = [
            self._receipt_row(move, float(paid.shares[move.id]), formats)
            for move in moves.sorted(lambda move: (move.invoice_date_due or move.date, move.id))
        ]
        same = all(move.currency_id == currency for move in moves)
        amount, total, left = (
            currency.round(float(one)) for one in (paid.amount, sum(paid.shares.values()), paid.left)
        )
        elsewhere = amount - left - total if same else 0.0
        is_open = currency.compare_amounts(left, 0) > 0
        payment = entry.origin_payment_id
        return {
            "entry": entry.id,
            "amount": formats.money(amount, currency),
            "words": formats.words(amount, currency),
            "day": formats.long(paid.on),
            "means": self._receipt_means(entry, payment),
            "reference": self._receipt_reference(entry, payment),
            "rows": rows,
            "total": formats.money(total, currency) if same and len(rows) > 1 else "",
            "elsewhere": formats.money(elsewhere, currency) if currency.compare_amounts(elsewhere, 0) > 0 else "",
            "left": formats.money(left, currency) if is_open else "",
            "settled": all(row["settled"] for row in rows),
            "provisional": bool(payment and not payment.is_matched)
            or may_come_back(self._receipt_words(entry, payment), paid.on, on),
            "penalties": self._receipt_penalties(moves, formats),
        }

    @api.model
    def _receipt_row(self, move, share, formats):
        """An invoice of the receipt: its total, what else paid it, what this paid, what is left."""
        currency = move.currency_id
        left = move.amount_residual + move.doubtful_amount + move.written_off_amount
        before = currency.round(move.amount_total - share - left)
        return {
            "number": move.name,
            "about": self._receipt_about(move),
            "date": formats.short(move.invoice_date or move.date),
            "total": formats.money(move.amount_total, currency),
            "before": formats.money(before, currency) if currency.compare_amounts(before, 0) > 0 else "",
            "share": formats.money(share, currency),
            "left": formats.money(left, currency),
            "settled": currency.is_zero(left),
        }

    @api.model
    def _receipt_about(self, move):
        """What a debit note of penalties is for, in French; the debtor's own reference of an invoice."""
        # sudo: the debtor's own.
        rows = self.env["recouvrement.accessory"].sudo().search([("penalty_move_id", "=", move.id)])
        if not rows:
            return f"votre référence : {move.ref}" if move.ref else ""
        kinds = {row.kind == "interest" for row in rows}
        what = [words for interest, words in PENALTIES.items() if interest in kinds]
        invoices = rows.move_id.mapped("name")
        named = ", ".join(invoices[:10]) + (" et autres" if len(invoices) > 10 else "")
        return f"{' et '.join(what)} ({'factures' if len(invoices) > 1 else 'facture'} {named})"

    @api.model
    def _receipt_means(self, entry, payment):
        # sudo: as above; a provider is named by its own name.
        if payment.payment_transaction_id:
            return "par paiement en ligne"
        if (payment.journal_id or entry.journal_id).type == "cash":
            return "en espèces"
        if entry._is_at_till():
            return "à notre caisse"
        line = payment.payment_method_line_id
        if line and line.code != "manual":
            return f"au moyen suivant : {line.name}"
        return "sur notre compte bancaire"

    @api.model
    def _receipt_words(self, entry, payment):
        """What tells the means of payment: its own name, its memo, the words of the bank."""
        line = entry.statement_line_id
        return payment.payment_method_line_id.name, payment.memo, line.payment_ref, line.transaction_type, entry.ref

    @api.model
    def _receipt_reference(self, entry, payment):
        """What the debtor or its bank wrote: the number of our bank journal tells it nothing."""
        return payment.memo or entry.statement_line_id.payment_ref or entry.ref or ""

    @api.model
    def _receipt_penalties(self, moves, formats):
        """What penalties and indemnities of these invoices were claimed and are not paid; a receipt reserves them."""
        # sudo: the debtor's own, and only what it was told of.
        rows = self.env["recouvrement.accessory"].sudo().search([("move_id", "in", moves.ids), ("state", "in", UNPAID)])
        told = rows.filtered(lambda row: row.state != "accrued")
        amounts = [
            formats.money(sum(members.mapped("amount_left")), currency)
            for currency, members in told.grouped("currency_id").items()
        ]
        return {"some": bool(rows), "amounts": " et ".join(amounts)}


class RecouvrementDocument(models.Model):
    _inherit = "recouvrement.document"

    receipt_key = fields.Char(
        readonly=True, copy=False, index="btree_not_null", help="Of what a receipt says: asked again, it is the same."
    )


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def action_receipt(self):
        """The receipt of the last payment of this debtor, kept as a document that is sent from there.

        :raises UserError: nothing was paid, or what came in is not set against an invoice yet
        """
        self.ensure_one()
        self.check_access("write")
        receipts = self.env["recouvrement.door.receipt"].sudo()  # a collector reads no payment; this debtor's alone
        paid = receipts._paid(self)[:1]
        if not paid:
            raise UserError(
                self.env._("No payment of %s is set against an invoice yet: there is no receipt.", self.display_name)
            )
        way = DoorWay(self.sudo(), "", acts=False)  # looked at, not done by the debtor
        on = clock.today(self.env)
        receipt = receipts._receipt_kept(self, paid[0], on) or receipts._receipt_made(way, paid[0], on)
        return receipt.with_env(self.env)._get_records_action()
