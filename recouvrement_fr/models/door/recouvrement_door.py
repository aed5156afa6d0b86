from functools import lru_cache
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.formats import Formats

PAGE = 50  # rows of one page
ACTS = ("paid", "promise", "dispute", "plan", "message", "contact", "email", "sms")
KEPT = {"letter": "recouvrement.dispatch", "statement": "recouvrement.statement", "plan": "recouvrement.document"}
FROZEN = ("insolvent",)

_formats = lru_cache(32)(Formats)  # by language: a page writes hundreds of amounts and days


class DoorWay(NamedTuple):
    """By which door somebody came, and whose page it is.

    ``debtor``: as superuser, found by the hash of a token or by an account, never by an id that was given; everything
    shown and done is bounded by it. ``base``: the path of its page. ``acts``: whether anything may be done there.
    ``moment``: when, in UTC.
    """

    debtor: object
    base: str
    access_id: int | bool = False
    user_id: int | bool = False
    address: str = ""
    agent: str = ""
    acts: bool = True
    moment: object = None


class RecouvrementDoor(models.AbstractModel):
    """What a debtor is shown of its own account. Every reading is bounded by its partner and by its company's tree."""

    _name = "recouvrement.door"
    _description = "Page of a Debtor"

    # --- what is its own ----------------------------------------------------------------------------------------------

    @api.model
    def _items_domain(self, debtor):
        """Open items of this debtor alone, in the accounts that are collected."""
        company = debtor.company_id
        return [
            ("partner_id.commercial_partner_id", "=", debtor.partner_id.id),
            ("account_id", "in", company._recouvrement_accounts()),
            ("company_id", "in", company._recouvrement_tree()),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual_currency", "!=", 0),
        ]

    @api.model
    def _own_domain(self, debtor):
        """Its posted invoices and credit notes."""
        return [
            ("partner_id.commercial_partner_id", "=", debtor.partner_id.id),
            ("company_id", "in", debtor.company_id._recouvrement_tree()),
            ("move_type", "in", ("out_invoice", "out_receipt", "out_refund")),
            ("state", "=", "posted"),
        ]

    @api.model
    def _own_moves(self, debtor, ids):
        """Of these ids, its own invoices and credit notes."""
        domain = [*self._own_domain(debtor), ("id", "in", list(ids))]
        # sudo: the debtor has no account of ours, and reads what it owes.
        return self.env["account.move"].sudo().search(domain, order="invoice_date_due, id")

    # --- the page -----------------------------------------------------------------------------------------------------

    @api.model
    def _page(self, door, on, page=1):
        """All that the page shows, ready to be written, in a bounded number of queries whatever the account."""
        debtor = door.debtor
        policy = debtor._door_policy()
        domain = self._items_domain(debtor)
        frozen = self._frozen_items(debtor)
        totals = self._totals([*domain, ("id", "not in", frozen.ids)] if frozen else domain, on)
        debts = totals["debts"] + len(frozen.filtered(lambda item: item.amount_residual_currency > 0))
        pages = max(-(-debts // PAGE), 1)
        page = min(max(page, 1), pages)
        company, choices = debtor.company_id, self._choices(debtor, frozen)
        items = self.env["account.move.line"].sudo()  # the debtor's own, by the domain above
        debts = items.search(
            [*domain, ("amount_residual_currency", ">", 0)],
            order="date_maturity, id",
            limit=PAGE,
            offset=(page - 1) * PAGE,
        )
        credits_ = items.search([*domain, ("amount_residual_currency", "<", 0)], order="date, id", limit=PAGE)
        return {
            "door": door,
            "debtor": debtor,
            "company": company,
            "policy": policy,
            "on": on,
            "totals": totals["rows"],
            "rows": self._rows(debtor, debts, on),
            "credits": [self._credit(item) for item in credits_],
            "penalties": self._penalties(debtor, frozen),
            "frozen": self._frozen_words(debtor, frozen),
            "agreed": self._agreed(debtor),
            "page": page,
            "pages": pages,
            "person": self._person(debtor),
            "transfer": self._transfer(debtor, totals["rows"], choices),
            "documents": self._documents(debtor),
            "receipts": self.env["recouvrement.door.receipt"]._receipts(debtor),
            "choices": choices,
            "reasons": self.env["recouvrement.dispute.reason"].sudo().search([]),  # words, the same for everybody
            "acts": {act: door.acts and bool(policy[f"door_{act}"]) for act in ACTS} if policy else {},
            "pays": bool(policy.door_pay and totals["rows"] and self.env["payment.transaction"]._door_offered(company)),
            "today": fields.Date.to_string(on),
            "last_promise": fields.Date.to_string(fields.Date.add(on, days=policy.door_promise_days)),
            "last_first": fields.Date.to_string(fields.Date.add(on, days=policy.door_plan_days)),
        }

    @api.model
    def _credit_left(self, debtor, currency, on):
        """Its open credits in a currency, which what is left to pay is net of."""
        domain = [*self._items_domain(debtor), ("id", "not in", self._frozen_items(debtor).ids)]
        totals = self._totals(domain, on)["rows"]
        return next((total["credit_value"] for total in totals if total["currency"] == currency), 0.0)

    @api.model
    def _totals(self, domain, on):
        """Owed, of which late, and credits, by currency, in one statement."""
        query = self.env["account.move.line"].sudo()._search(domain)  # the debtor's own
        amount, due = (
            SQL.identifier(query.table, "amount_residual_currency"),
            SQL.identifier(query.table, "date_maturity"),
        )
        day = SQL("COALESCE(%s, %s)", due, SQL.identifier(query.table, "date"))
        columns = query.select(
            SQL.identifier(query.table, "currency_id"),
            SQL("COUNT(*) FILTER (WHERE %s > 0)", amount),
            SQL("COALESCE(SUM(%s) FILTER (WHERE %s > 0), 0)", amount, amount),
            SQL("COALESCE(SUM(%s) FILTER (WHERE %s > 0 AND %s < %s), 0)", amount, amount, day, on),
            SQL("COALESCE(SUM(-%s) FILTER (WHERE %s < 0), 0)", amount, amount),
        )
        rows = self.env.execute_query(SQL("%s GROUP BY 1 ORDER BY 1", columns))
        found = []
        for currency_id, _count, owed, late, credit in rows:
            currency = self.env["res.currency"].browse(currency_id)
            left = max(owed - credit, 0)
            found.append(
                {
                    "currency": currency,
                    "owed": self._money(owed, currency),
                    "late": self._money(late, currency) if late else "",
                    "credit": self._money(credit, currency) if credit else "",
                    "left": self._money(left, currency),
                    "left_value": float(left),
                    "credit_value": float(credit),
                }
            )
        return {"rows": found, "debts": sum(row[1] for row in rows)}

    @api.model
    def _money(self, amount, currency):
        return _formats(self.env.lang or "fr_FR").money(amount, currency)

    @api.model
    def _day(self, day):
        return _formats(self.env.lang or "fr_FR").short(fields.Date.to_date(day)) if day else ""

    @api.model
    def _rows(self, debtor, items, on):
        moves = items.move_id
        # sudo: the debtor has no account of ours
        holds = self.env["recouvrement.holding"].sudo()._all_holds(debtor.company_id, moves.ids, on) if moves else {}
        elsewhere = self.env["recouvrement.einvoice.event"].sudo()._paid_elsewhere(moves.ids)  # as above
        return [self._row(item, holds.get(item.move_id.id), on, elsewhere) for item in items]

    @api.model
    def _row(self, item, hold, on, elsewhere=()):
        move, due = item.move_id, item.date_maturity or item.date
        is_invoice = move.is_sale_document()
        return {
            "id": move.id if is_invoice else False,
            "number": move.name if is_invoice else item.name or move.ref or move.name,
            "ref": move.ref or "" if is_invoice else "",
            "date": self._day(move.invoice_date or move.date),
            "due": self._day(due),
            "late": max((on - due).days, 0),
            "total": self._money(item.amount_currency, item.currency_id),
            "left": self._money(item.amount_residual_currency, item.currency_id),
            "state": self._state(hold, move.id in elsewhere),
            "discount": self.env["recouvrement.letter"]._discount(item, on) if is_invoice and not hold else "",
            "frozen": bool(hold and hold.reason in FROZEN),
            "pdf": is_invoice,
        }

    @api.model
    def _credit(self, item):
        return {
            "number": item.move_id._number_shown() or self.env._("Payment received"),
            "date": self._day(item.date),
            "left": self._money(-item.amount_residual_currency, item.currency_id),
        }

    @api.model
    def _penalties(self, debtor, frozen=None):
        """What letters have claimed besides the principal, and how it is reckoned."""
        frozen = self._frozen_items(debtor) if frozen is None else frozen
        # sudo: the debtor's own, by its card; only what a letter has claimed.
        found = (
            self.env["recouvrement.accessory"]
            .sudo()
            .search([("debtor_id", "=", debtor.id), ("state", "=", "claimed")], order="id", limit=PAGE)
        )
        kinds = dict(found._fields["kind"]._description_selection(self.env))
        return [
            {
                "number": one.move_id.name,
                "kind": kinds[one.kind],
                "amount": self._money(one.amount_left, one.currency_id),
                "how": one.tranche_text or "",
                "value": one.amount_left,
                "currency": one.currency_id,
            }
            for one in found
            if one.amount_left and one.move_id not in frozen.move_id
        ]

    @api.model
    def _agreed(self, debtor):
        kinds = {
            "instalment": self.env._("Instalment of your plan"),
            "promise": self.env._("Promised"),
            "dispute": self.env._("Contested"),
        }
        return [
            {
                "kind": kinds[row["kind"]],
                "reference": row["reference"],
                "what": row["moves"] or row["detail"],
                "date": self._day(row["date"]),
                "left": self._money(row["left"], self.env["res.currency"].browse(row["currency_id"])),
            }
            for row in debtor._agreed().get(debtor.id, ())[:PAGE]
        ]

    @api.model
    def _person(self, debtor):
        """Whom to talk to: the collector, else the company."""
        collector, company = debtor.collector_id, debtor.company_id
        return {
            "name": collector.name or company.name,
            "phone": collector.phone or company.phone or "",
            "email": collector.email or company.email or "",
        }

    @api.model
    def _choices(self, debtor, frozen):
        """The invoices one chooses among: the oldest open ones, as many as a page shows."""
        domain = [*self._own_domain(debtor), ("move_type", "!=", "out_refund"), ("amount_residual", ">", 0)]
        if frozen:
            domain.append(("id", "not in", frozen.move_id.ids))
        # sudo: the debtor's own
        moves = self.env["account.move"].sudo().search(domain, order="invoice_date_due, id", limit=PAGE)
        return [
            {
                "id": move.id,
                "label": f"{move.name} – {self._money(move.amount_residual, move.currency_id)}",
                "reference": move.payment_reference or move.name,
            }
            for move in moves
        ]

    # --- paying by transfer -------------------------------------------------------------------------------------------

    @api.model
    def _transfer(self, debtor, totals, choices):
        """Where to transfer to, with the reference that the bank line will carry, and its code for telephones."""
        letters, company = self.env["recouvrement.letter"].sudo(), debtor.company_id  # the company's own account
        default = letters._bank(company)
        banks = self._banks_of(choices, default)
        if not banks or not all(banks):
            return {}
        bank = default if default in banks else next(iter(banks))
        reference = self._reference(debtor, choices)
        # The code asks for the whole on one account.
        euros = [row["left_value"] for row in totals if row["currency"].name == "EUR" and len(banks) == 1]
        text = letters._transfer_text(bank, euros[0], reference, company) if euros and euros[0] > 0 else ""
        return {
            **letters._account(bank),
            "holder": bank.acc_holder_name or bank.partner_id.name,
            "reference": reference,
            "code": letters._code(text),
            "others": [
                {
                    **letters._account(other),
                    "holder": other.acc_holder_name or other.partner_id.name,
                    "numbers": ", ".join(references),
                }
                for other, references in banks.items()
                if other != bank
            ],
        }

    @api.model
    def _banks_of(self, choices, default):
        """{account: [references of invoices to pay on it]}: the company's own, another one told, none while unsure."""
        # sudo: what the debtor was told of its own invoices.
        events = self.env["recouvrement.einvoice.event"].sudo()
        ids = [choice["id"] for choice in choices]
        told = events._accounts_told(ids)
        unknown = events._accounts_to_check(ids) | (events._assigned(ids) - told.keys())
        choices = [choice for choice in choices if choice["id"] not in unknown]
        banks = {} if choices or unknown else {default: []}
        for choice in choices:
            bank = default.browse(told[choice["id"]]) if choice["id"] in told else default
            banks.setdefault(bank, []).append(choice["reference"])
        return banks

    @api.model
    def _reference(self, debtor, choices):
        """The number of the only invoice, else the customer's number: both are known to whoever reads the bank line."""
        if len(choices) == 1:
            return choices[0]["reference"]
        return debtor.partner_id.ref or f"C{debtor.partner_id.id:06d}"

    # --- documents ----------------------------------------------------------------------------------------------------

    @api.model
    def _documents(self, debtor):
        """What was sent to it, as it left, and what was agreed: files that were kept, never made again."""
        rows = [
            *self._letters(debtor),
            *self._kept(debtor, "statement", self.env._("Statement of account")),
            *self._kept(debtor, "plan", self.env._("Your instalment plan")),
        ]
        return sorted(rows, key=lambda row: row["day"], reverse=True)[:PAGE]

    @api.model
    def _letters(self, debtor):
        """Letters that left on paper; what an e-mail or an SMS said is in the debtor's own mailbox."""
        # sudo: messages to this debtor, by its card.
        dispatches = self.env["recouvrement.dispatch"].sudo()
        sent = dispatches.search(self._kept_domain(debtor, "letter"), order="id desc", limit=PAGE)
        notice = self.env._("Formal notice")
        return [
            {
                "kind": "letter",
                "id": one.id,
                "day": one.handed_over_on.date() if one.handed_over_on else one.create_date.date(),
                "date": self._day(one.handed_over_on or one.create_date),
                "name": notice if one.reminder_id.kind == "formal_notice" else self.env._("Reminder letter"),
            }
            for one in sent
        ]

    @api.model
    def _kept(self, debtor, kind, name):
        # sudo: as above.
        found = self.env[KEPT[kind]].sudo().search(self._kept_domain(debtor, kind), order="id desc", limit=PAGE)
        return [
            {"kind": kind, "id": one.id, "day": one.date, "date": self._day(one.date), "name": name} for one in found
        ]

    @api.model
    def _kept_domain(self, debtor, kind):
        """The files of that kind that were given to this debtor."""
        if kind == "letter":
            return [
                ("reminder_id.debtor_id", "=", debtor.id),
                ("state", "in", ("handed_over", "delivered")),
                ("attachment_id.mimetype", "=", "application/pdf"),
            ]
        domain = [("debtor_id", "=", debtor.id), ("attachment_id", "!=", False)]
        if kind == "plan":
            domain += [("state", "=", "frozen"), ("res_model", "=", "recouvrement.plan"), ("confidential", "=", False)]
        return domain

    @api.model
    def _file(self, debtor, kind, record_id):
        """The kept file of that document of this debtor, else nothing, whoever's it is."""
        if kind == "invoice":
            return self._own_moves(debtor, [record_id]).invoice_pdf_report_id
        if kind not in KEPT:
            return self.env["ir.attachment"]
        # sudo: found by the debtor's own card alone.
        found = self.env[KEPT[kind]].sudo().search([("id", "=", record_id), *self._kept_domain(debtor, kind)], limit=1)
        return found.attachment_id
