from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...ledger import open_items, shown
from ...tools import bulk, clock
from ...tools.readers import COLLECTION_READERS
from ..base.account_move import OPEN


class PageOnce:
    """What a call that shows invoices has read of them. Made by the call, which writes nothing, and gone with it."""

    def __init__(self, move_ids, page):
        self.move_ids = move_ids
        self.page = page
        self.holds = {}  # day -> what holds them


class AccountMove(models.Model):
    """How late an invoice is, the card of its debtor, and what comes next for it."""

    _inherit = "account.move"

    days_overdue = fields.Integer(
        "Days overdue", compute="_compute_shown", search="_search_days_overdue", groups=COLLECTION_READERS
    )
    dunning_next_level_id = fields.Many2one(
        "recouvrement.level",
        "Debtor's next level",
        compute="_compute_shown",
        search="_search_dunning_next_level_id",
        help="Of the next reminder to its debtor, which the worst of his invoices carries: this one or another. "
        "Nothing while this one is held (promised, disputed, in a plan...) or left out.",
        groups=COLLECTION_READERS,
    )
    dunning_next_date = fields.Date(
        "Debtor's next action",
        compute="_compute_shown",
        search="_search_dunning_next_date",
        help="The next day on which the night looks at this debtor by itself; none while this invoice is held or left "
        "out.",
        groups=COLLECTION_READERS,
    )
    recouvrement_policy_id = fields.Many2one(
        "recouvrement.policy",
        "Dunning policy",
        inverse="_inverse_recouvrement_policy_id",
        copy=False,
        index="btree_not_null",
        help="For this invoice alone, instead of its debtor's policy.",
        groups=COLLECTION_READERS,
    )
    recouvrement_held = fields.Char(
        "On hold",
        compute="_compute_recouvrement_held",
        groups=COLLECTION_READERS,
        help="Why it is left alone, and until when.",
    )
    recouvrement_debtor_id = fields.Many2one(
        "recouvrement.debtor",
        "Debtor card",
        compute="_compute_recouvrement_debtor_id",
        groups="recouvrement_fr.group_recouvrement_user",
    )

    def _inverse_recouvrement_policy_id(self):
        """Have the next night look at the debtors again: this policy decides for their invoice."""
        for card in self._debtor_cards().values():
            card._decide_again_now()

    @api.depends("state", "payment_state")
    def _compute_recouvrement_held(self):
        """The first reason that applies, in words, with its last day; a form alone asks for it."""
        today, holding = clock.today(self.env), self.env["recouvrement.holding"].sudo()  # that it is held, as its state
        words, owed = None, self._origin.filtered(lambda move: move.state == "posted" and move.is_sale_document())
        self.recouvrement_held = False
        for root, moves in owed.grouped(lambda move: move.company_id.root_id).items():
            for move_id, hold in holding._all_holds(root, moves.ids, today).items():
                words = words or dict(self.env["recouvrement.debtor"]._selection_reason())
                until = hold.until and hold.until > today and format_date(self.env, hold.until)
                reason = words.get(hold.reason, hold.reason)
                move = self.filtered(lambda move, move_id=move_id: move._origin.id == move_id)
                move.recouvrement_held = (
                    self.env._("%(reason)s, until %(day)s", reason=reason, day=until) if until else reason
                )

    @api.depends_context("company")
    @api.depends("commercial_partner_id", "company_id")
    def _compute_recouvrement_debtor_id(self):
        cards = self._debtor_cards()
        for move in self:
            move.recouvrement_debtor_id = cards.get((move.company_id.root_id, move.commercial_partner_id))

    def _debtor_cards(self):
        cards = (
            self.env["recouvrement.debtor"]
            .sudo()  # the invoice's own fields guard who reads them
            .search(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "in", self.company_id.root_id.ids),
                ]
            )
        )
        return {(card.company_id, card.partner_id): card for card in cards}

    @api.depends("invoice_date_due", "payment_state", "state", "commercial_partner_id")
    def _compute_shown(self):
        """What lists show, read together: they ask for it of every invoice of a page."""
        today = clock.today(self.env)
        owed = self.filtered(
            lambda move: move.state == "posted"
            and move.is_sale_document()
            and move.payment_state in ("not_paid", "partial")
        )
        found, holds = self._page(owed).shown, self._holds_now(today)
        days, levels, dates = defaultdict(list), defaultdict(list), defaultdict(list)
        (self - owed).update({"days_overdue": 0, "dunning_next_level_id": False, "dunning_next_date": False})
        for move in owed:
            told = found.get(move.id or move._origin.id, shown.NOTHING)
            due = told.due or move.invoice_date_due
            days[max((today - due).days, 0) if due else 0].append(move.id)
            is_left = told.is_left_out or move._origin.id in holds  # its debtor's next reminder is about others
            levels[None if is_left else told.next_level_id].append(move.id)
            dates[None if is_left else told.next_date].append(move.id)
        for name, values in (("days_overdue", days), ("dunning_next_level_id", levels), ("dunning_next_date", dates)):
            for value, ids in values.items():
                self.browse(ids)[name] = value

    def _currency_owed(self, items):
        """Of these invoices, or of these items of opening entries."""
        return self[:1].currency_id or items[:1].currency_id

    @api.readonly
    def web_read(self, specification):
        if len(self._shown_columns() & specification.keys()) < 2:
            return super().web_read(specification)
        self.browse().check_access("read")  # before anything is asked; of these very ones, core checks what it reads
        return super(AccountMove, self._read_once()).web_read(specification)

    @api.model
    def _shown_columns(self):
        """The fields that each read the same of an invoice: a list that asks for several reads it once. Extend it with
        a field whose method asks `_page` or `_page_known`."""
        return {"days_overdue", "dunning_next_level_id", "dunning_next_date"}

    def _read_once(self):
        """These invoices, of which the call that shows them reads once what several of their columns show."""
        once = PageOnce(frozenset(self.ids), self._read_page())
        return self.with_context(recouvrement_page=once)

    def _read_page(self):
        """The ledger.shown.Page of these invoices, with which models that hold debts have any record."""
        kinds = bulk.present_sql(self.env, self.env["recouvrement.holding"]._names())
        return shown.read(self.env, self._origin.ids, kinds)

    def _page(self, moves):
        """The ledger.shown.Page of some invoices, as the call that shows them has read it."""
        known = self._page_known(moves)
        return shown.read(self.env, moves._origin.ids) if known is None else known

    def _page_known(self, moves):
        """The Page that the call has read, if it has these invoices."""
        once = self.env.context.get("recouvrement_page")
        # whoever calls from outside may send any context
        known = isinstance(once, PageOnce) and once.move_ids.issuperset(moves._origin.ids)
        return once.page if known else None

    def _holds_now(self, on):
        """{move id: Hold} of what holds these invoices on a day, in a constant number of statements per company; in
        none where nothing holds any, as the call that shows them has read."""
        once = self._page_known(self) and self.env.context["recouvrement_page"]
        if once and on in once.holds:
            return once.holds[on]
        page, holds = once and once.page, {}
        holding = self.env["recouvrement.holding"].sudo()  # that it is held is shown to whoever sees it; why is not
        kinds = holding._kinds(page.there) if page else holding._kinds_there()
        posted = self._origin.filtered(lambda move: move.state == "posted")
        if not page or kinds or any(told.may_be_paid for told in page.shown.values()):
            for company, moves in posted.grouped(lambda move: move.company_id.root_id).items():
                holds |= holding._all_holds(company, moves.ids, on, kinds)
        if once and once.move_ids.issubset(self._origin.ids):
            once.holds[on] = holds
        return holds

    def _first_open_dues(self):
        """{move id: the due date of its oldest open instalment}."""
        found = shown.read(self.env, self._origin.ids).shown
        return {move_id: told.due for move_id, told in found.items() if told.due}

    @api.model
    def _search_days_overdue(self, operator, value):
        self._check_field_access(self._fields["days_overdue"], "read")  # the ORM asks it of columns alone
        if operator not in ("<", "<=", ">", ">=", "=") or not isinstance(value, int):
            return NotImplemented
        day = fields.Date.subtract(clock.today(self.env), days=value)
        turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}[operator]
        return (
            Domain(OPEN)
            & Domain("payment_state", "in", ("not_paid", "partial"))
            & Domain("invoice_date_due", turned, day)
        )

    @api.model
    def _search_dunning_next_date(self, operator, value):
        self._check_field_access(self._fields["dunning_next_date"], "read")  # the ORM asks it of columns alone
        return self._search_cards("next_date", operator, value)

    @api.model
    def _search_dunning_next_level_id(self, operator, value):
        self._check_field_access(self._fields["dunning_next_level_id"], "read")  # the ORM asks it of columns alone
        return self._search_cards("next_level_id", operator, value)

    @api.model
    def _search_cards(self, field, operator, value):
        """Open invoices of the debtors whose card answers; those that are held or left out have nothing that comes."""
        cards = self.env["recouvrement.debtor"].sudo()._search([(field, operator, value)])  # as shown on the invoice
        owed = Domain(OPEN) & Domain("amount_residual", ">", 0)
        on = clock.today(self.env)
        held = self.env["recouvrement.holding"].sudo()._held_reasons(on)  # as above
        held |= open_items.payment_holds(self.env, None, on)
        open_lines = [("account_id.account_type", "=", "asset_receivable"), ("reconciled", "=", False)]
        followed = Domain("line_ids", "any", [*open_lines, ("no_followup", "!=", True)])
        free = Domain("id", "not in", list(held)) & followed
        found = owed & Domain("commercial_partner_id.recouvrement_debtor_ids", "in", cards)
        is_empty_found = operator in ("in", "not in") and (False in value) == (operator == "in")
        return found | (owed & ~free) if is_empty_found else found & free
