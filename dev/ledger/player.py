"""Plays a story through the ORM, one day after the other, under frozen dates."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from itertools import groupby

from freezegun import freeze_time

from ledger.company import bank_journal, chart, ensure_products, ensure_terms, general_journal, sale_journal
from odoo.fields import Command

# Nobody follows the story's documents: no subscriptions, no log notes, no tracking.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}
OFFICE_TIME = time(9, 30)  # UTC
NIGHT_TIME = time(3, 0)  # UTC, the same day in Paris

METHODS = {"virement": "Virement", "chèque": "Chèque", "prélèvement": "Prélèvement SEPA"}


def play(env, events, until=None, on_day=None, partners=None, progress=None):
    """Execute the events, day by day, up to and including `until`; returns the `Player`.

    `on_day(on, clock)` is called in each night after the first event: the clock stands at three o'clock UTC of the
    day `on`, whose events have not happened yet. It may commit, and move the clock (`clock.move_to(...)`).
    `progress(on, done, total)` is called after each day that has events.
    `partners` are ids by customer key; without them the customers are looked up by their reference.
    """
    player = Player(env, partners)
    player.play(events, until=until, on_day=on_day, progress=progress)
    return player


class Player:
    """Remembers which record each event made (by ids: a callback may commit and clear the cache)."""

    def __init__(self, env, partners=None):
        self.env = env(context=dict(env.context, **QUIET))
        self.partners = partners or self._find_partners()
        self.moves = {}  # event key -> account.move id
        self.items = {}  # key of a debt taken over -> account.move.line id
        self.payments = {}  # event key -> account.payment id
        self.terms = {key: term.id for key, term in ensure_terms(self.env).items()}
        self.products = {key: product.id for key, product in ensure_products(self.env).items()}
        self.journals = {
            "bank": bank_journal(self.env).id,
            "sale": sale_journal(self.env).id,
            "general": general_journal(self.env).id,
        }

    def _find_partners(self):
        found = self.env["res.partner"].search([("ref", "!=", False), ("parent_id", "=", False)])
        return {partner.ref: partner.id for partner in found}

    def play(self, events, until=None, on_day=None, progress=None):
        """See the function of the same name; may be called again with later events."""
        events = [event for event in events if until is None or event.on <= until]
        if not events:
            return
        days = {on: list(group) for on, group in groupby(events, key=lambda event: event.on)}
        first, last = min(days), until or max(days)
        done = 0
        # One freeze for the whole story: starting freezegun visits every loaded module.
        with freeze_time(datetime.combine(first, OFFICE_TIME)) as clock:
            on = first
            while on <= last:
                if on_day and on > first:
                    clock.move_to(datetime.combine(on, NIGHT_TIME))
                    on_day(on, clock)
                if on in days:
                    clock.move_to(datetime.combine(on, OFFICE_TIME))
                    self.play_day(days[on])
                    done += len(days[on])
                    if progress:
                        progress(on, done, len(events))
                on += timedelta(days=1)

    def play_day(self, events):
        """What happens on one day; events of a kind are executed together."""
        for kind, group in groupby(events, key=lambda event: event.kind):
            getattr(self, f"_play_{kind}")(list(group))
        self.env.flush_all()

    # --- kinds of events ----------------------------------------------------------------------------------------

    def _play_opening(self, events):
        account = chart(self.env, "pcg_471")
        for event in events:
            total = sum(amount for _customer, _due, amount, _label in event.data["lines"])
            lines = [
                Command.create(
                    {
                        "partner_id": self.partners[customer],
                        "account_id": self._partner(customer).property_account_receivable_id.id,
                        "name": label,
                        "date_maturity": due,
                        "debit": amount,
                    }
                )
                for customer, due, amount, label in event.data["lines"]
            ]
            lines.append(Command.create({"account_id": account.id, "name": "Reprise des soldes", "credit": total}))
            move = self.env["account.move"].create(
                {
                    "move_type": "entry",
                    "journal_id": self.journals["general"],
                    "date": event.on,
                    "ref": "Reprise des soldes clients de l'ancien logiciel",
                    "line_ids": lines,
                }
            )
            move.action_post()
            self.moves[event.key] = move.id
            for number, line in enumerate(move.line_ids.filtered("partner_id").sorted("id")):
                self.items[f"{event.key}/{number}"] = line.id

    def _play_invoice(self, events):
        moves = self.env["account.move"].create([self._invoice_values(event) for event in events])
        moves.action_post()
        self.moves.update(zip((event.key for event in events), moves.ids, strict=True))

    def _invoice_values(self, event):
        currency = self.env.ref(f"base.{event.data['currency']}")
        return {
            "move_type": "out_invoice",
            "journal_id": self.journals["sale"],
            "partner_id": self._invoice_address(event.customer).id,
            "invoice_date": event.on,
            "currency_id": currency.id,
            "invoice_payment_term_id": self.terms[event.data["term"]],
            "invoice_line_ids": [
                Command.create({"product_id": self.products[product], "quantity": quantity, "price_unit": price})
                for product, quantity, price in event.data["lines"]
            ],
        }

    def _play_credit_note(self, events):
        notes = self.env["account.move"].create([self._credit_note_values(event) for event in events])
        notes.action_post()  # posting a reversal sets it off against its invoice
        for event, note in zip(events, notes, strict=True):
            self.moves[event.key] = note.id
            if not event.data["allocated"]:
                note.line_ids.remove_move_reconcile()

    def _credit_note_values(self, event):
        """A credit note over that share of the invoice's prices."""
        invoice = self.env["account.move"].browse(self.moves[event.data["invoice"]])
        currency = invoice.currency_id
        return {
            "move_type": "out_refund",
            "journal_id": invoice.journal_id.id,
            "partner_id": invoice.partner_id.id,
            "invoice_date": event.on,
            "currency_id": currency.id,
            "invoice_payment_term_id": False,
            "reversed_entry_id": invoice.id,
            "ref": f"Avoir sur {invoice.name}",
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "quantity": line.quantity,
                        "price_unit": currency.round(line.price_unit * event.data["share"]),
                    }
                )
                for line in invoice.invoice_line_ids
            ],
        }

    def _play_payment(self, events):
        discounted = [event for event in events if event.data["discount"]]
        plain = [event for event in events if not event.data["discount"]]
        for event in discounted:
            self._pay_with_discount(event)
        owing = [(event, self._owed(event.data["invoices"])) for event in plain]
        owing = [(event, lines) for event, lines in owing if lines]  # a credit note may have come first
        values = [self._payment_values(event, lines) for event, lines in owing]
        payments = self.env["account.payment"].create(values)
        payments.action_post()
        self.env["account.move.line"]._reconcile_plan(
            [
                payment.move_id.line_ids.filtered(lambda line, lines=lines: line.account_id in lines.account_id) + lines
                for payment, (_event, lines) in zip(payments, owing, strict=True)
            ]
        )
        self.payments.update((event.key, payment.id) for (event, _lines), payment in zip(owing, payments, strict=True))

    def _payment_values(self, event, lines):
        currency = lines.currency_id
        amount = currency.round(sum(lines.mapped("amount_residual_currency")) * event.data["share"])
        names = ", ".join(lines.mapped(lambda line: line.move_id.name if line.move_id.is_invoice() else line.name))
        return self._receipt(event, amount, f"{METHODS[event.data['method']]} {names}", currency) | {
            "invoice_ids": [Command.set(lines.move_id.filtered(lambda move: move.is_invoice()).ids)],
        }

    def _receipt(self, event, amount, memo, currency):
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.partners[event.customer],
            "journal_id": self.journals["bank"],
            "date": event.on,
            "amount": amount,
            "currency_id": currency.id,
            "memo": memo,
        }

    def _pay_with_discount(self, event):
        """The payment dialog knows the early discount and writes it off."""
        invoices = self._owed(event.data["invoices"]).move_id
        if not invoices:
            return
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoices.ids)
        dialog = wizard.create({"journal_id": self.journals["bank"], "payment_date": event.on})
        self.payments[event.key] = dialog._create_payments().id

    def _play_on_account(self, events):
        values = [
            self._receipt(event, event.data["amount"], "Règlement sans référence", self.env.company.currency_id)
            for event in events
        ]
        payments = self.env["account.payment"].create(values)
        payments.action_post()
        self.payments.update(zip((event.key for event in events), payments.ids, strict=True))

    def _play_returned(self, events):
        for event in events:
            paid = self.payments.get(event.data["payment"])
            if not paid:
                continue
            payment = self.env["account.payment"].browse(paid)
            payment.action_cancel()  # which also takes back the reconciliation
            payment.message_post(body="Prélèvement rejeté par la banque du débiteur : provision insuffisante.")

    # --- records ------------------------------------------------------------------------------------------------

    def _partner(self, customer):
        return self.env["res.partner"].browse(self.partners[customer])

    def _invoice_address(self, customer):
        partner = self._partner(customer)
        return partner.browse(partner.address_get(["invoice"])["invoice"])

    def _owed(self, keys):
        """The open receivable items of those invoices, or taken over from the former tool under those keys."""
        lines = self.env["account.move.line"].browse([self.items[key] for key in keys if key in self.items])
        moves = self.env["account.move"].browse([self.moves[key] for key in keys if key not in self.items])
        return (lines | moves.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )

    def balances(self):
        """Sum of the open receivable per currency, for whoever wants to check the story's end."""
        totals = defaultdict(float)
        groups = self.env["account.move.line"]._read_group(
            [("account_id.account_type", "=", "asset_receivable"), ("parent_state", "=", "posted")],
            ["currency_id"],
            ["amount_residual_currency:sum"],
        )
        for currency, residual in groups:
            totals[currency.name] += residual
        return dict(totals)
