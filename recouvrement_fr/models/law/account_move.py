from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...ledger import law_facts
from ...rules.prescription import LimitationEvent, starting_day
from ...rules.regime import regime_of
from ...tools.readers import COLLECTION_READERS
from .recouvrement_claim_kind import LONG_PERFORMED

INVOICES = ("out_invoice", "out_receipt")
LAW_DEPENDS = (  # what moves the kind of claim and the limitation of an invoice
    *("recouvrement_claim_choice_id", "recouvrement_term_agreed", "journal_id", "commercial_partner_id"),
    *("invoice_date_due", "delivery_date", "payment_state"),
)
LAW_SHOWN = (
    *("recouvrement_claim_kind_id", "limitation_date", "limitation_due_date", "limitation_possible_date"),
    "limitation_basis",
)


class AccountMove(models.Model):
    """What an invoice is in law: its kind of claim, and the day it is time-barred."""

    _inherit = "account.move"

    recouvrement_claim_choice_id = fields.Many2one(
        "recouvrement.claim.kind",
        "Kind of claim chosen",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="For this invoice alone; empty: as proposed from its account, its journal or its debtor.",
        groups=COLLECTION_READERS,
    )
    recouvrement_claim_kind_id = fields.Many2one(
        "recouvrement.claim.kind",
        "Kind of claim",
        compute="_compute_law",
        inverse="_inverse_recouvrement_claim_kind_id",
        help="Sets when the debt is time-barred, the interest it bears and the court.",
        groups=COLLECTION_READERS,
    )
    recouvrement_received_on = fields.Date(
        "Received by the buyer on",
        inverse="_inverse_recouvrement_received_on",
        copy=False,
        help="The day a public buyer received the invoice: his delay runs from it (CCP L2192-10). Empty: the invoice "
        "date stands for it.",
        groups=COLLECTION_READERS,
    )
    recouvrement_term_agreed = fields.Boolean(
        "Due date really agreed",
        inverse="_inverse_recouvrement_term_agreed",
        copy=False,
        help="A term accepted by both parties, in a contract or an order, postpones the start of limitation to the due "
        "date (C.civ 2233). A due date that only the invoice gives does not: limitation then starts with the "
        "performance (Com. 26/02/2020, 18-25.036; 1re civ. 19/05/2021, 20-12.520).",
        groups=COLLECTION_READERS,
    )
    is_owed_by_public_body = fields.Boolean(
        compute="_compute_is_owed_by_public_body", groups="recouvrement_fr.group_recouvrement_user"
    )
    limitation_date = fields.Date(
        "Time-barred after",
        compute="_compute_law",
        search="_search_limitation_date",
        help="The last day on which an act in court still interrupts the limitation of its oldest open instalment. "
        "Only what is certain moves it; a reminder or a formal notice does not.",
        groups=COLLECTION_READERS,
    )
    limitation_due_date = fields.Date(
        "If counted from the due date",
        compute="_compute_limitation_told",
        help="If its due date had really been agreed (C.civ 2233). Alerts and reminders go by the earlier date.",
        groups=COLLECTION_READERS,
    )
    limitation_possible_date = fields.Date(
        "Possibly not before",
        compute="_compute_limitation_told",
        help="If what is only possible counted too: partial payments, a signed plan, a letter that acknowledges the "
        "debt (C.civ 2240). Only a judge says so: do not wait for it.",
        groups=COLLECTION_READERS,
    )
    limitation_basis = fields.Char(
        "Because of",
        compute="_compute_limitation_told",
        help="The article, and what interrupted it last.",
        groups=COLLECTION_READERS,
    )
    recouvrement_limitation_count = fields.Integer(
        "Limitation events",
        compute="_compute_recouvrement_limitation_count",
        groups="recouvrement_fr.group_recouvrement_user",
    )

    _recouvrement_long_performed = models.Index(  # few: read by the alerts
        f"(COALESCE(delivery_date, invoice_date, date)) WHERE {LONG_PERFORMED}"
    )

    # --- kind of claim ------------------------------------------------------------------------------------------------

    @api.model
    def _shown_columns(self):
        return super()._shown_columns() | {"limitation_date", "recouvrement_claim_kind_id"}

    @api.depends(*LAW_DEPENDS)
    def _compute_law(self):
        """The kind of claim and the last day of the limitation, which lists show, read together."""
        invoices = self.filtered(lambda move: move.move_type in INVOICES)
        facts = self._page(invoices).facts
        noted = [move_id for move_id in invoices._origin.ids if move_id in facts and facts[move_id].has_events]
        # sudo: the day is shown to all readers
        events = self.env["recouvrement.limitation.event"].sudo()._events(noted) if noted else {}
        kinds, plain, of_kind, of_day = self.env["recouvrement.claim.kind"], {}, defaultdict(list), defaultdict(list)
        for move in self:
            fact = facts.get(move.id or move._origin.id) if move.move_type in INVOICES else None
            if fact is None:
                of_kind[move.recouvrement_claim_choice_id.id].append(move.id)
                of_day[False].append(move.id)
                continue
            table = kinds._kinds_of(fact.company_id)
            of_kind[table.kind_of(fact)].append(move.id)
            mine = events.get(fact.move_id, ())
            key = (
                fact[1:5],
                fact.debtor_type,
                fact.public_buyer,
                fact.due,
                fact.delivered_on,
                fact.term_agreed,
            )  # the same for many
            last_day = plain.get(key) if not mine else None
            if last_day is None:
                limitation = table.limitation(fact, mine)
                last_day = limitation.on if limitation else False
            if not mine:
                plain[key] = last_day
            saved = move if move.id else move._origin
            of_day[last_day if saved.state == "posted" else False].append(move.id)
        for kind_id, ids in of_kind.items():
            self.browse(ids).recouvrement_claim_kind_id = kinds.browse(kind_id)
        for day, ids in of_day.items():
            self.browse(ids).limitation_date = day

    def _inverse_recouvrement_claim_kind_id(self):
        for move in self:
            move._set_claim_kind(move.recouvrement_claim_kind_id)

    def _set_claim_kind(self, kind, reason=None):
        """A person says what kind of claim these invoices are; none: as proposed. Traced, and decided again."""
        for move in self:
            before = move.recouvrement_claim_choice_id
            if before == kind:
                continue
            move.recouvrement_claim_choice_id = kind
            move.message_post(
                body=self.env._(
                    "Kind of claim: %(kind)s. %(reason)s",
                    kind=kind.name if kind else self.env._("as proposed"),
                    reason=reason or "",
                )
            )
        self._law_changed()

    def _law_changed(self):
        """The next night looks at the debtors of these invoices again; their limitation is alerted afresh."""
        self.env["recouvrement.debtor"].union(*self._debtor_cards().values())._decide_again_now()
        self.env["recouvrement.limitation.alert"]._restart(self.ids)
        self.invalidate_recordset(LAW_SHOWN)

    @api.depends("recouvrement_debtor_id")
    def _compute_is_owed_by_public_body(self):
        for move in self:
            move.is_owed_by_public_body = regime_of(move.recouvrement_debtor_id.debtor_type).from_receipt

    def _inverse_recouvrement_received_on(self):
        self.env["recouvrement.debtor"].union(*self._debtor_cards().values())._decide_again_now()

    def _inverse_recouvrement_term_agreed(self):
        self._law_changed()

    def action_choose_claim_kind(self):
        """The dialog that gives these invoices another kind of claim."""
        self._check_is_collector()
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_claim_kind_choice_action")
        return {**action, "context": {"default_move_ids": self.ids}}

    # --- limitation ---------------------------------------------------------------------------------------------------

    @api.depends(*LAW_DEPENDS)
    def _compute_limitation_told(self):
        """What explains that day: an invoice opened shows it, a list does not."""
        found = self._origin.filtered(lambda move: move.state == "posted" and move.move_type in INVOICES)
        kinds = self.env["recouvrement.claim.kind"]
        facts, events = found._limitation_facts()
        for move in self:
            fact, mine = facts.get(move._origin.id), events.get(move._origin.id, ())
            table = fact and kinds._kinds_of(fact.company_id)
            limitation = table and table.limitation(fact, mine)
            move.limitation_due_date = table.limitation(fact, mine, from_due=True).on if limitation else False
            move.limitation_possible_date = limitation.possible_on if limitation else False
            move.limitation_basis = limitation and move._limitation_in_words(limitation, fact, table.rule_of(fact))

    def _limitation_in_words(self, limitation, fact, rule):
        """The article of a rules.prescription.Limitation, and what moved its date last, else what it starts from."""
        words = [limitation.article]
        if not self.recouvrement_claim_kind_id.sudo().verified:  # whoever sees the invoice is warned
            words.append(self.env._("text not read, to be checked"))
        if limitation.applied:
            last = limitation.applied[-1]
            kinds = self.env["recouvrement.limitation.event"]._fields["kind"]._description_selection(self.env)
            words.append(f"{dict(kinds)[last.kind]} {format_date(self.env, last.on)}")
        elif (start := starting_day(rule, fact.due, fact.delivered_on, fact.term_agreed)) < fact.due:
            day = format_date(self.env, start)
            if fact.is_delivery_known:
                words.append(self.env._("from the performance or delivery of %s", day))
            else:
                words.append(self.env._("from the invoice of %s, as the performance is not noted", day))
        return "; ".join(words)

    def _limitation_facts(self):
        """{move id: LawFacts} and {move id: [LimitationEvent]}, payments of the ledger as possible interruptions;
        constant number of statements."""
        facts = law_facts.read(self.env, self.ids)
        events = self.env["recouvrement.limitation.event"].sudo()._events(self.ids)  # the date is shown to all readers
        for move_id, days in self._paid_on().items():
            events[move_id] += [LimitationEvent(day, "partial_payment") for day in days]
        return facts, events

    def _paid_on(self):
        """{move id: [days on which something of it was paid]}: who reads the payments says so."""
        return {}

    def _limitations(self):
        """{move id: rules.prescription.Limitation} of these invoices."""
        facts, events = self._limitation_facts()
        kinds = self.env["recouvrement.claim.kind"]
        return {
            move_id: kinds._kinds_of(fact.company_id).limitation(fact, events.get(move_id, ()))
            for move_id, fact in facts.items()
        }

    @api.model
    def _search_limitation_date(self, operator, value):
        """Open invoices whose limitation ends so; those with an event are asked one by one, as they are few."""
        self._check_field_access(self._fields["limitation_date"], "read")  # the ORM asks it of columns alone
        if operator not in ("<", "<=", ">", ">=", "=") or not value:
            return NotImplemented
        day = fields.Date.to_date(value)
        ids = self.env["recouvrement.limitation.event"]._eventful()
        compare = {
            "<": day.__gt__,
            "<=": day.__ge__,
            ">": day.__lt__,
            ">=": day.__le__,
            "=": day.__eq__,
        }[operator]
        eventful = [
            move_id for move_id, found in self.browse(ids)._limitations().items() if found and compare(found.on)
        ]
        plain = SQL(" UNION ").join(
            self._limitation_sql(company, operator, day)
            # sudo: every company, for who works in a branch alone; the rules of invoices bound what is found
            for company in self.env["res.company"].sudo().search([("parent_id", "=", False)])
        )
        return Domain("id", "in", eventful) | (Domain("id", "not in", ids) & Domain("id", "in", plain))

    def _limitation_sql(self, company, operator, day):
        """The invoices of a company tree whose limitation, without events, ends so."""
        table = self.env["recouvrement.claim.kind"]._kinds(company)
        last_day = table.last_day_sql(*law_facts.claimed("l", "m", "d"))
        return SQL(
            """
            SELECT l.move_id
              FROM account_move_line l
              JOIN account_move m ON m.id = l.move_id
         LEFT JOIN recouvrement_debtor d ON d.partner_id = m.commercial_partner_id AND d.company_id = %(company)s
             WHERE l.account_id = ANY(%(accounts)s) AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'
               AND l.company_id = ANY(%(tree)s) AND m.move_type IN %(types)s
          GROUP BY l.move_id
            HAVING MIN(%(last_day)s) %(operator)s %(day)s
            """,
            company=company.id,
            accounts=company._recouvrement_accounts(),
            tree=company._recouvrement_tree(),
            types=INVOICES,
            last_day=last_day,
            operator=SQL(operator),  # one of those above
            day=day,
        )

    def _compute_recouvrement_limitation_count(self):
        groups = self.env["recouvrement.limitation.event"]._read_group(
            [("move_ids", "in", self.ids), ("void", "=", False)], ["move_ids"], ["__count"]
        )
        counts = {move.id: count for move, count in groups}
        for move in self:
            move.recouvrement_limitation_count = counts.get(move.id, 0)

    def action_limitation_events(self):
        """What interrupted or suspended the limitation of these invoices."""
        self._check_is_collector()
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_limitation_event_action")
        return {**action, "domain": [("move_ids", "in", self.ids)], "context": {}}

    def action_note_limitation(self):
        """The dialog that notes an interruption or a suspension for these invoices."""
        self._check_is_collector()
        debtor = self.env["recouvrement.debtor"]._card(self.company_id.root_id, self.commercial_partner_id)
        return debtor._action_note_limitation(self)
