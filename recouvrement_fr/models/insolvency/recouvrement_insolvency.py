from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, LazyTranslate, format_date

from ...ledger import law_facts
from ...rules import insolvency as rules
from ...rules.debtor_type import country_by_numbers
from ...rules.errors import RuleError
from ...rules.escalation import Hold
from ...rules.interest import Freeze
from ...rules.regime import COMMERCIAL, regime_of
from ...rules.territories import FRENCH, METROPOLE, territory
from ...tools import clock
from ...tools.bulk import any_of
from ...tools.formats import Formats
from ..base.acts import refuse_typed
from ..base.rule_words import said
from ..penalties.recouvrement_accrual import Owed

_lt = LazyTranslate(__name__)

STOPPING = tuple(kind.code for kind in rules.PROCEEDINGS.values() if kind.stops)
CONFIDENTIAL = tuple(kind.code for kind in rules.PROCEEDINGS.values() if kind.confidential)
# What moves the creditor's deadlines
DATING = {
    *("bodacc_on", "judgment_on", "kind", "court", "is_abroad", "has_reserve", "contested_on", "terminated_on"),
}


class RecouvrementInsolvency(models.Model):
    """Insolvency proceedings of a debtor: one dialog stops everything for the debts born before the judgment.

    Nothing more leaves for them, their interest stops on the eve, they are split from what was born afterwards, and the
    creditor's deadlines are followed. Amicable proceedings (mandat ad hoc, conciliation) are confidential, stop
    nothing, and are seen by legal officers alone (C.com L611-15).
    """

    _name = "recouvrement.insolvency"
    _description = "Insolvency Proceedings"
    _inherit = [
        *("recouvrement.holding", "recouvrement.followed"),
        *("recouvrement.acts", "recouvrement.evidence", "recouvrement.secret"),
        *("mail.thread", "mail.activity.mixin"),
    ]
    _follow_turn = 9
    _hold_reason = "insolvent"
    _hold_label = _lt("Insolvency proceedings")
    _hold_hint = _lt("No payment may be asked for debts born before the judgment: declare the claim.")
    _hold_state = "insolvency"
    _secret_when = [("is_confidential", "=", True)]
    _evidence_files = ("proof_ids",)
    _typed_later = ("admission", "amount_admitted", "outcome")
    _order = "judgment_on desc, id desc"

    name = fields.Char(compute="_compute_name")
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("sauvegarde", "Sauvegarde"),
            ("redressement", "Redressement judiciaire"),
            ("liquidation", "Liquidation judiciaire"),
            ("mandat_ad_hoc", "Mandat ad hoc (confidential)"),
            ("conciliation", "Conciliation (confidential)"),
        ],
        required=True,
        default="redressement",
        tracking=True,
    )
    is_confidential = fields.Boolean(compute="_compute_is_confidential", store=True)
    judgment_on = fields.Date(
        "Opening judgment", required=True, tracking=True, help="Takes effect at midnight of its own day (C.com R621-4)."
    )
    bodacc_on = fields.Date(
        "Published in the BODACC", tracking=True, help="The delays to declare run from this day, not from the judgment."
    )
    court = fields.Char(help="The court that opened the proceedings, for example: Tribunal de commerce de Lyon.")
    case_number = fields.Char("Number at the court", help="Printed on the statement of claim when it is known.")
    mandataire_id = fields.Many2one(
        "res.partner", "Mandataire or liquidator", help="To whom the claim is declared (C.com L622-24)."
    )
    administrator_id = fields.Many2one("res.partner", "Administrator", help="Answers first to a claim of goods.")
    is_abroad = fields.Boolean(
        "Creditor outside the territory",
        compute="_compute_is_abroad",
        store=True,
        readonly=False,
        help="The creditor does not live where the proceedings are opened (metropolitan France, or the same overseas "
        "territory): two more months to declare (C.com R622-24).",
    )
    terminated_on = fields.Date(
        "Contract terminated on",
        tracking=True,
        help="The day a contract in progress ended by law, or its termination was notified: one month to declare what "
        "it leaves due (C.com R622-21 al. 2).",
    )
    has_reserve = fields.Boolean(
        "Goods under reserve of title", help="Goods sold under a réserve de propriété are claimed within three months."
    )
    contested_on = fields.Date(
        "Claim contested on",
        tracking=True,
        help="Day of the mandataire's letter: thirty days to answer (C.com L622-27).",
    )
    state = fields.Selection(
        [("open", "In progress"), ("closed", "Closed"), ("cancelled", "Entered by mistake")],
        default="open",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    closed_on = fields.Date(readonly=True)
    outcome = fields.Char(help="How it ended: plan, closure for want of assets...")
    claim_ids = fields.One2many("recouvrement.insolvency.claim", "insolvency_id", readonly=True)
    declared_on = fields.Date(readonly=True, tracking=True, help="The day of posting counts, and the proof of it.")
    proof_ids = fields.Many2many("ir.attachment", string="Proofs", help="Deposit and content of the declaration.")
    amount_principal = fields.Monetary(compute="_compute_amounts", store=True)
    amount_interest = fields.Monetary(compute="_compute_amounts", store=True)
    amount_indemnity = fields.Monetary(compute="_compute_amounts", store=True)
    amount_credits = fields.Monetary(
        "Credits not allocated",
        readonly=True,
        help="Credit notes and payments on account at the judgment, not reconciled with any invoice.",
    )
    deducts_credits = fields.Boolean(
        "Deduct them from the claim",
        tracking=True,
        help="Set-off of connected debts only, those of one contract or account (C.com L622-7 I). Otherwise they are "
        "mentioned in the statement of claim, and the mandataire may ask for them.",
    )
    amount_total = fields.Monetary("Claim to declare", compute="_compute_amounts", store=True)
    amount_admitted = fields.Monetary(tracking=True, help="As the mandataire or the judge admitted it.")
    admission = fields.Selection(
        [
            ("to_declare", "To declare"),
            ("declared", "Declared"),
            ("contested", "Contested"),
            ("admitted", "Admitted"),
            ("rejected", "Rejected"),
            ("foreclosed", "Too late: relief to ask for"),
        ],
        default="to_declare",
        required=True,
        tracking=True,
    )
    later_amount = fields.Monetary("Born since the judgment", compute="_compute_later_amount")
    deadline_ids = fields.One2many(
        "recouvrement.deadline", "res_id", domain=[("res_model", "=", "recouvrement.insolvency")], readonly=True
    )
    document_count = fields.Integer(compute="_compute_document_count")
    payment_mark = fields.Integer(readonly=True)  # the last reconciliation of a prior debt that was told

    _one_open = models.UniqueIndex(
        "(debtor_id, is_confidential) WHERE state = 'open'", "This debtor already has proceedings in progress."
    )

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.depends("kind", "judgment_on", "debtor_id")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            day = format_date(self.env, record.judgment_on) if record.judgment_on else ""
            record.name = f"{record.debtor_id.display_name} – {kinds.get(record.kind, '')} {day}".strip()

    @api.depends("kind")
    def _compute_is_confidential(self):
        for record in self:
            record.is_confidential = record.kind in CONFIDENTIAL

    @api.depends("debtor_id", "court")
    def _compute_is_abroad(self):
        for record in self:
            creditor = record.debtor_id.company_id.partner_id
            court = record._court_territory()
            record.is_abroad = bool(court) and court != territory(creditor.country_id.code, creditor.zip)

    def _court_territory(self):
        """Where the proceedings are opened: at the court, if the directory knows it by its name, else where the debtor
        has his seat (C.com R600-1); in metropolitan France where he has it abroad. None where nothing says where that
        is: on the safe side no time is added then."""
        court = self.env["recouvrement.court"]
        if self.court:
            court = court.sudo().search([("name", "=ilike", self.court.strip())], limit=1)  # whoever enters a judgment
        if court.zip or court.department:
            return territory(None, court.zip or court.department.split(",")[0].strip())
        debtor = self.debtor_id.partner_id
        country = debtor.country_id.code or (country_by_numbers(debtor.vat, debtor.company_registry) or (None,))[0]
        if not country:
            return None
        seat = territory(country, debtor.zip)
        return seat if seat in FRENCH else METROPOLE

    @api.depends(
        "claim_ids.principal", "claim_ids.interest", "claim_ids.indemnity", "amount_credits", "deducts_credits"
    )
    def _compute_amounts(self):
        for record in self:
            record.amount_principal = sum(record.claim_ids.mapped("principal"))
            record.amount_interest = sum(record.claim_ids.mapped("interest"))
            record.amount_indemnity = sum(record.claim_ids.mapped("indemnity"))
            whole = record.amount_principal + record.amount_interest + record.amount_indemnity
            record.amount_total = max(whole - (record.amount_credits if record.deducts_credits else 0), 0)

    def _compute_later_amount(self):
        for record in self:
            moves = record.debtor_id._open_moves()
            later = moves - record._prior(moves)
            record.later_amount = sum(later.mapped("amount_residual_signed"))

    def _compute_document_count(self):
        groups = self.env["recouvrement.document"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
        )
        counts = dict(groups)
        for record in self:
            record.document_count = counts.get(record.id, 0)

    @api.constrains("judgment_on", "bodacc_on", "terminated_on")
    def _check_dates(self):
        today = clock.today(self.env)
        for record in self:
            if record.judgment_on > today:
                raise ValidationError(self.env._("A judgment to come stops nothing: enter it once it is pronounced."))
            if record.bodacc_on and record.bodacc_on < record.judgment_on:
                raise ValidationError(self.env._("The publication in the BODACC cannot precede the judgment."))
            if record.terminated_on and record.terminated_on < record.judgment_on:
                raise ValidationError(self.env._("A contract that the proceedings ended cannot end before them."))

    @api.model_create_multi
    def create(self, vals_list):
        """Everything stops in the same transaction, at the minute it is known."""
        records = super().create(vals_list)
        for record in records:
            record._stop()
        return records

    def write(self, vals):
        refuse_typed(self, vals, "company_id", "debtor_id")
        if "deducts_credits" in vals and any(record.declared_on for record in self):
            raise UserError(self.env._("The claim was declared: it does not change."))
        result = super().write(vals)
        if DATING & vals.keys():
            self._set_deadlines()
        if {"judgment_on", "kind"} & vals.keys():
            for record in self:
                record._stop()
        if "contested_on" in vals:
            self.filtered("contested_on").admission = "contested"
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(
            self.env._("Proceedings are evidence: if they were entered by mistake, say so with the button.")
        )

    # --- what stops ---------------------------------------------------------------------------------------------------

    def _stop(self):
        """Stop what was about to leave, freeze interest, take the claim down and set the deadlines."""
        self.ensure_one()
        self._set_deadlines()
        if self.kind not in STOPPING:
            return
        reminders = self.env["recouvrement.reminder"].search(
            [
                ("debtor_id", "=", self.debtor_id.id),
                ("state", "in", ("planned", "to_approve", "failed", "sending")),
            ]
        )
        reminders._cancel(self.env._("Insolvency proceedings opened on %s.", self.judgment_on), reason="insolvent")
        self._stop_commitments()
        if self.declared_on:  # what was declared is history
            self.message_post(
                body=self.env._(
                    "The claim stays as it was declared on %s: a new figure is declared in proceedings of its own.",
                    format_date(self.env, self.declared_on),
                )
            )
        else:
            self._take_down()
        self.debtor_id._decide_again_now()
        self.debtor_id.message_post(
            body=self.env._(
                "%(name)s: reminders, penalties and court steps stop for debts born before the judgment "
                "(C.com L622-7, L622-21, L622-28).",
                name=self.name,
            )
        )

    def _take_down(self):
        """The claim as of the judgment, instalment by instalment: what was left, and its accessories to the eve."""
        self.ensure_one()
        claims = self.sudo()  # the figures come from the ledger, whoever enters the judgment
        claims.claim_ids.unlink()
        on = rules.interest_stops_on(self.judgment_on)
        debtor = claims.debtor_id
        moves = claims._prior_moves()
        owed, items = [], {}
        for move in moves:
            for due, lines in move._instalments().items():
                key = (move.id, due, 0)
                residual = lines._residual_on(on)
                if residual > 0:
                    items[key] = (move, due, residual)
                    total = sum(lines.mapped("amount_currency"))
                    owed.append(Owed(key, due, total, (), debtor.debtor_type, debtor.type_confirmed))
        for line in claims._prior_entry_lines():
            due, residual = line.date_maturity or line.date, line._residual_on(on)
            key = (line.move_id.id, due, line.id)
            if residual > 0:
                items[key] = (line, due, residual)
                owed.append(Owed(key, due, line.amount_currency, (), debtor.debtor_type, debtor.type_confirmed))
        # What he paid on account pays from its own day (C.civ 1342-10), when that precedes the judgment; credit notes
        # are set off for connexity alone, and when a person chooses so (C.com L622-7 I).
        accruals = self.env["recouvrement.accrual"].sudo()
        paid = accruals._open_credits({key[0] for key in items}, on, without={0})
        owed = [
            one._replace(credits=tuple(movement for movement in paid.get(one.key, ()) if movement.on <= on))
            for one in owed
            if one.due < on
        ]
        accrued = accruals._accrue(owed, on)
        claims.amount_credits = claims._credits_left(on)
        claims.claim_ids = [
            Command.create(
                {
                    "move_id": key[0],
                    "date_due": due,
                    "entry_line_id": key[2],
                    "currency_id": item.currency_id.id,
                    "principal_currency": residual,
                    "principal": item.currency_id._convert(
                        residual,
                        self.currency_id,
                        self.company_id,
                        self.judgment_on,  # L622-25: rate of the judgment
                    ),
                    "interest": float(accrued[key].interest) if key in accrued else 0,
                    "indemnity": float(accrued[key].indemnity) if key in accrued else 0,
                    "is_due": due < self.judgment_on,
                }
            )
            for key, (item, due, residual) in sorted(items.items())
        ]

    def _prior_moves(self):
        """The posted invoices born before the judgment that were not paid by then."""
        moves = self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "in", self.company_id._recouvrement_tree()),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
            ]
        )
        return self._prior(moves)

    def _prior(self, moves):
        """Those of these invoices that were born before the judgment."""
        self.ensure_one()
        return moves.filtered(
            lambda move: rules.is_prior(move.delivery_date or move.invoice_date or move.date, self.judgment_on)
        )

    def _prior_entry_lines(self):
        """What he owes by entries that are not invoices, an opening balance for example: an entry holds many customers,
        so it is taken item by item."""
        return self.env["account.move.line"].search(
            [
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "in", self.company_id._recouvrement_tree()),
                ("account_id", "in", self.company_id._recouvrement_accounts()),
                ("parent_state", "=", "posted"),
                ("move_id.move_type", "=", "entry"),
                ("move_id.origin_payment_id", "=", False),
                ("move_id.statement_line_id", "=", False),
                ("amount_currency", ">", 0),
                ("date", "<", self.judgment_on),
            ]
        )

    def action_refresh_claim(self):
        """Take the claim down again: payments or credit notes were entered since."""
        self.check_access("write")
        for record in self:
            if record.declared_on:
                raise UserError(self.env._("The claim was declared on %s: it does not change.", record.declared_on))
            record._take_down()
            record._set_deadlines()  # debts born since may have appeared

    @api.model
    def _holds(self, company, moves, on):
        """{move id: Hold} of the invoices born before an opening judgment, in one statement."""
        self.flush_model(["state", "kind", "judgment_on", "debtor_id", "company_id"])
        wanted = SQL("TRUE") if moves is None else SQL("m.id = %s", any_of(moves))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id
                  FROM recouvrement_insolvency i
                  JOIN recouvrement_debtor d ON d.id = i.debtor_id
                  JOIN account_move m ON m.commercial_partner_id = d.partner_id
                 WHERE i.company_id = %s AND i.state = 'open' AND i.kind IN %s AND m.state = 'posted' AND %s
                   AND COALESCE(m.delivery_date, m.invoice_date, m.date) < i.judgment_on
                """,
                company.id,
                STOPPING,
                wanted,
            )
        )
        return {move_id: Hold("insolvent") for (move_id,) in rows}

    @api.model
    def _held_items(self, company, moves):
        """{journal item id: Hold} of the prior debts carried by entries that hold many customers, in one statement."""
        rows = self._frozen_items(moves, SQL("i.state = 'open' AND i.company_id = %s", company.id))
        return {item_id: Hold("insolvent") for _move_id, item_id, _judgment in rows}

    @api.model
    def _frozen_items(self, moves, condition):
        self.flush_model(["state", "kind", "judgment_on", "debtor_id", "company_id"])
        return self.env.execute_query(
            SQL(
                """
                SELECT l.move_id, l.id, MIN(i.judgment_on)
                  FROM recouvrement_insolvency i
                  JOIN recouvrement_debtor d ON d.id = i.debtor_id
                  JOIN res_partner p ON p.commercial_partner_id = d.partner_id
                  JOIN account_move_line l ON l.partner_id = p.id
                  JOIN account_move m ON m.id = l.move_id
                 WHERE %s AND i.kind IN %s AND m.move_type = 'entry' AND l.move_id = %s AND l.date < i.judgment_on
              GROUP BY l.move_id, l.id
                """,
                condition,
                STOPPING,
                any_of(moves),
            )
        )

    @api.model
    def _item_stops(self, moves):
        """{journal item id: last day that bears interest} of the prior debts carried by entries that are not invoices.

        Those of invoices are in `_frozen`.
        """
        rows = self._frozen_items(moves, SQL("i.state != 'cancelled'"))
        return {item_id: rules.interest_stops_on(judgment) for _move_id, item_id, judgment in rows}

    @api.model
    def _frozen(self, move_ids):
        """{move id: Freeze}: invoices born before an opening judgment bear no interest from its day on (L622-28)."""
        self.flush_model(["state", "kind", "judgment_on", "debtor_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, MIN(i.judgment_on)
                  FROM recouvrement_insolvency i
                  JOIN recouvrement_debtor d ON d.id = i.debtor_id
                  JOIN account_move m ON m.commercial_partner_id = d.partner_id
                  JOIN res_company co ON co.id = m.company_id AND %s = i.company_id
                 WHERE i.state != 'cancelled' AND i.kind IN %s AND m.id = %s
                   AND COALESCE(m.delivery_date, m.invoice_date, m.date) < i.judgment_on
              GROUP BY m.id
                """,
                law_facts.root_of("co"),
                STOPPING,
                any_of(move_ids),
            )
        )
        return {
            move_id: Freeze(rules.interest_stops_on(judgment_on) + timedelta(days=1), None, "C.com L622-28")
            for move_id, judgment_on in rows
        }

    @api.model
    def _barred(self, move_ids):
        """The ids of these invoices that bear no indemnity: due on or after an opening judgment (L441-10 II)."""
        self.flush_model(["state", "kind", "judgment_on", "debtor_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id
                  FROM recouvrement_insolvency i
                  JOIN recouvrement_debtor d ON d.id = i.debtor_id
                  JOIN account_move m ON m.commercial_partner_id = d.partner_id
                 WHERE i.state != 'cancelled' AND i.kind IN %s AND m.id = %s AND m.invoice_date_due >= i.judgment_on
                   AND COALESCE(m.delivery_date, m.invoice_date, m.date) < i.judgment_on
                """,
                STOPPING,
                any_of(move_ids),
            )
        )
        return {move_id for (move_id,) in rows}

    # --- deadlines ----------------------------------------------------------------------------------------------------

    def _has_later(self):
        """Whether the debtor owes debts born since the judgment."""
        moves = self.debtor_id._open_moves()
        return bool(moves - self._prior(moves))

    def _set_deadlines(self):
        names = {
            "declaration": self.env._("Declare the claim to the mandataire"),
            "terminated_contract_claim": self.env._("Declare what the terminated contract leaves due"),
            "relief_from_forclusion": self.env._("Ask for relief from foreclosure"),
            "revendication": self.env._("Claim the goods sold under reserve of title"),
            "contested_claim_answer": self.env._("Answer the mandataire who contests the claim"),
            "post_judgment_claim": self.env._("Tell the liquidator of the debts born since the judgment"),
        }
        delays = self.env["recouvrement.proceeding.delay"].sudo()._delays()  # the law, for whoever enters a judgment
        for record in self:
            found = {}
            if record.state == "open":
                try:
                    found = rules.creditor_deadlines(
                        record.kind,
                        record.judgment_on,
                        record.bodacc_on or None,
                        record.is_abroad,
                        record.contested_on or None,
                        record.has_reserve,
                        record._has_later(),
                        terminated_on=record.terminated_on or None,
                        delays=delays,
                    )
                except RuleError as error:
                    raise UserError(said(self.env, error)) from error
            if record.declared_on:
                found.pop("relief_from_forclusion", None)  # asked for by those who have not declared
            self.env["recouvrement.deadline"]._set(record, record.debtor_id, found, names)

    def action_declared(self):
        """The declaration was posted today: its proof and the very document are kept."""
        self.check_access("write")
        on = clock.today(self.env)
        for record in self:
            if record.declared_on:
                raise UserError(self.env._("The claim was declared on %s: it does not change.", record.declared_on))
            if not record.amount_total:
                raise UserError(self.env._("There is nothing to declare: refresh the claim."))
            record.sudo().write({"declared_on": on, "admission": "declared"})  # a button, not a field to type
            self.env["recouvrement.deadline"]._close(record, "declaration", on)
            record._set_deadlines()
            self.env["recouvrement.limitation.event"]._note(  # interrupts until the proceedings close (L622-25-1)
                record.debtor_id, record.claim_ids.move_id, "insolvency_declaration", on, record
            )

    def action_close(self):
        """The proceedings ended: what is left may be collected again, unless they were closed for want of assets."""
        self.check_access("write")
        for record in self.filtered(lambda record: record.state == "open"):
            if not record.outcome:
                raise UserError(self.env._("Say how the proceedings ended (plan, closure for want of assets...)."))
            on = clock.today(self.env)
            record.sudo().write({"state": "closed", "closed_on": on})  # a button, as above
            record._set_deadlines()
            self.env["recouvrement.limitation.event"]._end(record, on)
            record.debtor_id._decide_again_now()

    def action_mistake(self):
        """Undo: the proceedings were entered by mistake, dunning takes its course again."""
        self.check_access("write")
        for record in self.filtered(lambda record: record.state == "open"):
            if record.declared_on:
                raise UserError(self.env._("The claim was declared: close the proceedings instead."))
            record.sudo().state = "cancelled"  # a button, as above
            record._set_deadlines()
            record._resume_commitments()
            record.debtor_id._decide_again_now()

    def action_reopen(self):
        self.check_access("write")
        for record in self.filtered(lambda record: record.state != "open"):
            record.sudo().write({"state": "open", "closed_on": False})  # a button, as above
            record._set_deadlines()
            if record.kind in STOPPING:
                record._stop_commitments()
            record.debtor_id._decide_again_now()

    @api.model
    def _follow_up(self, on):
        """Warn of payments received since the judgment on debts it froze, once for each; note what was missed."""
        self._warn_payments()
        waiting = self.search([("state", "=", "open"), ("kind", "in", STOPPING), ("admission", "=", "to_declare")])
        for record in waiting:
            deadline = record.deadline_ids.filtered(lambda found: found.code == "declaration")
            if deadline.state == "missed":
                record.admission = "foreclosed"

    @api.model
    def _warn_payments(self):
        """A payment of a prior debt can be annulled for three years (C.com L622-7 III): a person must know of it.

        One statement, over the reconciliations made since the last one that was told, of the proceedings in progress.
        """
        self.env.flush_all()  # what the same transaction has just reconciled counts too
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.id, cm.name, MAX(c.date), MAX(r.id)
                  FROM recouvrement_insolvency i
                  JOIN recouvrement_insolvency_claim k ON k.insolvency_id = i.id
                  JOIN account_move_line l ON l.move_id = k.move_id AND COALESCE(k.entry_line_id, 0) IN (0, l.id)
                  JOIN account_partial_reconcile r ON r.debit_move_id = l.id AND r.id > COALESCE(i.payment_mark, 0)
                  JOIN account_move_line c ON c.id = r.credit_move_id
                  JOIN account_move cm ON cm.id = c.move_id
                 WHERE i.state = 'open' AND i.kind IN %s AND c.date >= i.judgment_on AND cm.move_type = 'entry'
                   AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x WHERE x.exchange_move_id = cm.id)
                   AND cm.recouvrement_write_off_id IS NULL AND cm.recouvrement_doubtful_id IS NULL
              GROUP BY i.id, cm.id
              ORDER BY i.id, 3, cm.id
                """,
                STOPPING,
            )
        )
        for record_id, name, day, mark in rows:
            record = self.sudo().browse(record_id)  # whoever registers the payment
            record.payment_mark = max(record.payment_mark, mark)
            shown = format_date(self.env, day)
            summary = self.env._("Payment %(name)s of %(day)s on a debt prior to the judgment", name=name, day=shown)
            record.message_post(body=summary)
            record.activity_schedule("mail.mail_activity_data_warning", user_id=record._person().id, summary=summary)

    @api.model
    def _warning(self, partners, moves=None):
        """What to tell somebody who is about to register a payment of these customers; False when nothing is frozen.

        Shown to accountants who know nothing of collection: opening judgments are published, and confidential
        proceedings stop nothing.

        :param moves: the invoices that are paid, when they are known
        """
        proceedings = self.sudo().search(
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("state", "=", "open"),
                ("kind", "in", STOPPING),
            ]
        )
        if moves is not None:
            held = {
                move_id
                for company in proceedings.company_id
                for move_id in self.sudo()._holds(company, moves.ids, None)
            }
            frozen = moves.browse(held).commercial_partner_id
            proceedings = proceedings.filtered(lambda found: found.partner_id in frozen)
        if not proceedings:
            return False
        return self.env._(
            "%(partner)s is in insolvency proceedings since %(day)s: a debt born before that judgment must not be paid,"
            " and its payment can be annulled for three years (C.com L622-7). Ask the mandataire first.",
            partner=proceedings[0].partner_id.name,
            day=format_date(self.env, proceedings[0].judgment_on),
        )

    def _person(self):
        return self.debtor_id._person_in_charge()

    # --- statement of claim -------------------------------------------------------------------------------------------

    def action_declaration(self):
        """Draft the statement of claim (déclaration de créances), addressed to the mandataire."""
        self.ensure_one()
        if not self.mandataire_id:
            raise UserError(self.env._("Enter the mandataire or the liquidator: the claim is declared to him."))
        if not self.amount_total:
            raise UserError(self.env._("There is nothing to declare: refresh the claim."))
        document = self.env["recouvrement.document"]._draft(
            "recouvrement_fr.document_declaration",
            "Déclaration de créances",
            self.debtor_id,
            self,
            self._declaration_values(),
            addressee_id=self.mandataire_id.id,
        )
        return document._get_records_action()

    def _declaration_values(self):
        formats, currency = Formats("fr_FR"), self.currency_id
        money = lambda amount: formats.money(amount, currency)  # noqa: E731
        kinds = {
            "sauvegarde": "sauvegarde",
            "redressement": "redressement judiciaire",
            "liquidation": "liquidation judiciaire",
        }
        due = self.claim_ids.filtered("is_due")
        return {
            "kind": kinds[self.kind],
            "judgment": formats.long(self.judgment_on),
            "bodacc": formats.long(self.bodacc_on) if self.bodacc_on else "",
            "court": self.court or "",
            "case_number": self.case_number or "",
            "eve": formats.short(self.judgment_on - timedelta(days=1)),
            "rows": [
                {
                    "number": claim._label(),
                    "date": formats.short(claim.move_id.invoice_date) if claim.move_id.invoice_date else "–",
                    "due": formats.short(claim.date_due),
                    "principal": money(claim.principal),
                    "interest": money(claim.interest),
                    "indemnity": money(claim.indemnity),
                    "total": money(claim.principal + claim.interest + claim.indemnity),
                    "foreign": formats.money(claim.principal_currency, claim.currency_id)
                    if claim.currency_id != self.currency_id
                    else "",
                }
                for claim in self.claim_ids.sorted(lambda claim: (claim.date_due, claim.move_id.id))
            ],
            "principal": money(self.amount_principal),
            "interest": money(self.amount_interest),
            "indemnity": money(self.amount_indemnity),
            "credits": money(self.amount_credits) if self.amount_credits > 0 else "",
            "deducts_credits": self.deducts_credits,
            "deducted": money(-self.amount_credits),
            "pieces": [title for title, _day, _file in self._enclosed(formats)],
            "total": money(self.amount_total),
            "words": formats.words(self.amount_total, currency),
            "due": money(sum(due.mapped("principal"))),
            "later": money(sum((self.claim_ids - due).mapped("principal"))),
            "has_reserve": self.has_reserve,
            "representative": self.company_id.recouvrement_representative or "",
            "is_professional": regime_of(self.debtor_id.debtor_type).letter == COMMERCIAL,
            "has_contract_rate": self._has_contract_rate(),
            "made_applicable": {"redressement": "L. 631-14", "liquidation": "L. 641-3"}.get(self.kind, ""),
            "securities": self._securities(),
            "court_seized": self._court_seized(),
        }

    def _has_contract_rate(self):
        terms = self.env["recouvrement.accrual"].sudo()._terms(self.claim_ids.move_id.ids).values()  # printed, no more
        return "contractual" in {mine.regime(self.debtor_id.debtor_type) for mine in terms}

    def _securities(self):
        """The pledges that secure the claim, declared with it (C.com L622-25); sureties are not the debtor's."""
        guarantees = self.env["recouvrement.guarantee"].sudo()  # printed, no more
        found = guarantees._of(self.debtor_id, self.claim_ids.move_id)
        return found.filtered(lambda guarantee: guarantee.kind == "pledge").mapped("name")

    def _court_seized(self):
        """The court before which the claim already is (C.com R622-23); else an empty text."""
        cases = (
            self.env["recouvrement.case"]
            .sudo()
            .search(  # whoever follows the case
                [("state", "in", ("filed", "decision")), ("move_ids", "in", self.claim_ids.move_id.ids)], limit=1
            )
        )
        return ", n° ".join(filter(None, (cases.court_id.name, cases.court_number)))

    def action_open_documents(self):
        self.ensure_one()
        self.check_access("read")
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        documents = self.env["recouvrement.document"].search(domain)
        return documents._get_records_action(name=self.env._("Documents"), domain=domain)
