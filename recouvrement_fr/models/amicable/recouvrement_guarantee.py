from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...rules.credit import Cover
from ...rules.deadlines import Deadline, guarantor_told_by
from ...tools import clock
from ...tools.bulk import any_of
from ...tools.formats import exact
from ..base.acts import refuse_typed

KINDS = [
    ("reserve_of_title", "Reserve of title (réserve de propriété)"),
    ("surety", "Surety (caution)"),
    ("aval", "Aval of a bill"),
    ("insurance", "Credit insurance"),
    ("bank", "Bank guarantee"),
    ("pledge", "Pledge (nantissement)"),
]


class RecouvrementGuarantee(models.Model):
    """What secures a debtor's debt besides his own word: what it covers, up to how much, until when.

    Its end, the day by which an insurer must be told, and the day by which a surety who is a person must be, are
    deadlines that alert. Cases show the guarantees of their invoices, and call them.
    """

    _name = "recouvrement.guarantee"
    _description = "Guarantee"
    _inherit = [
        "recouvrement.documented",
        "recouvrement.followed",
        "recouvrement.acts",
        "recouvrement.evidence",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _follow_turn = 6  # before the deadlines, which alert the same day
    _evidence_files = ("attachment_ids",)
    _order = "state, expires_on, id"

    name = fields.Char("Reference", required=True, help="Number of the policy, of the deed or of the contract.")
    kind = fields.Selection(KINDS, required=True, tracking=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    guarantor_id = fields.Many2one("res.partner", index="btree_not_null", help="The surety, the bank or the insurer.")
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id, ondelete="restrict"
    )
    amount = fields.Monetary(
        "Up to",
        tracking=True,
        help="Zero: without limit. The value of the goods; of an insurance, the debt that the insurer agreed to.",
    )
    percent = fields.Float("Share covered (%)", default=100, help="The share of a loss that an insurer bears.")
    move_ids = fields.Many2many(
        "account.move",
        "recouvrement_guarantee_move_rel",
        "guarantee_id",
        "move_id",
        string="Invoices covered",
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', '=', 'out_invoice'), "
        "('state', '=', 'posted')]",
        help="Empty: all the invoices of this debtor.",
    )
    starts_on = fields.Date("From", help="Invoices issued before are not covered.")
    expires_on = fields.Date("Until", tracking=True, help="After this day it can no longer be called.")
    declaration_days = fields.Integer(
        "Declare unpaid invoices within (days)",
        help="Days after the due date within which the insurer must be told of an unpaid invoice; read your policy. "
        "Zero: no delay.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "recouvrement_guarantee_attachment_rel",
        "guarantee_id",
        "attachment_id",
        "Documents",
        help="The deed, the policy, the terms of sale signed: pieces of the debtor's cases.",
    )
    note = fields.Text("Conditions")
    state = fields.Selection(
        [
            ("active", "In force"),
            ("called", "Called"),
            ("expired", "Expired"),
            ("released", "Given back"),
            ("mistake", "Entered by mistake"),
        ],
        default="active",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    called_on = fields.Date(readonly=True, copy=False)
    told_ids = fields.Many2many(
        "account.move",
        "recouvrement_guarantee_told_rel",
        "guarantee_id",
        "move_id",
        readonly=True,
        string="Declared",
        help="Unpaid invoices that the insurer or the surety was told of.",
    )
    covered_amount = fields.Monetary("Unpaid and covered", compute="_compute_covered_amount")
    deadline_ids = fields.One2many(
        "recouvrement.deadline", "res_id", domain=[("res_model", "=", "recouvrement.guarantee")], readonly=True
    )

    # --- computes -----------------------------------------------------------------------------------------------------

    @api.depends("name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for guarantee in self:
            guarantee.display_name = f"{kinds.get(guarantee.kind, '')} {guarantee.name or ''}".strip()

    @api.depends("kind", "amount", "percent", "move_ids", "starts_on", "debtor_id", "currency_id")
    def _compute_covered_amount(self):
        today = clock.today(self.env)
        for guarantee in self:
            total = sum(
                move.currency_id._convert(move.amount_residual, guarantee.currency_id, move.company_id, today)
                for move in guarantee._covered(guarantee.debtor_id._open_moves())
                if move.amount_residual > 0
            )
            facts = exact(total), exact(guarantee.amount), exact(guarantee.percent)
            guarantee.covered_amount = float(Cover(*facts, is_insured=guarantee.kind == "insurance").pays)

    @api.constrains("amount", "percent", "declaration_days", "starts_on", "expires_on")
    def _check_figures(self):
        for guarantee in self:
            if guarantee.amount < 0 or guarantee.declaration_days < 0 or not 0 < guarantee.percent <= 100:
                raise ValidationError(
                    self.env._("An amount and a delay are zero or more; the share covered is between 0 and 100 %.")
                )
            if guarantee.starts_on and guarantee.expires_on and guarantee.expires_on < guarantee.starts_on:
                raise ValidationError(self.env._("A guarantee cannot end before it begins."))

    @api.constrains("guarantor_id", "kind", "debtor_id", "move_ids")
    def _check_parties(self):
        for guarantee in self:
            if guarantee.kind != "reserve_of_title" and not guarantee.guarantor_id and guarantee.kind != "pledge":
                raise ValidationError(self.env._("Say who gives this guarantee: the surety, the bank or the insurer."))
            if guarantee.guarantor_id and guarantee.guarantor_id == guarantee.partner_id:
                raise ValidationError(self.env._("A debtor does not stand surety for himself."))
            if guarantee.move_ids.commercial_partner_id - guarantee.partner_id:
                raise ValidationError(self.env._("Choose invoices of this debtor alone."))

    @api.model_create_multi
    def create(self, vals_list):
        guarantees = super().create(vals_list)
        guarantees._set_deadlines(clock.today(self.env))
        return guarantees

    def write(self, vals):
        refuse_typed(self, vals, "company_id", "debtor_id")
        result = super().write(vals)
        if {"expires_on", "state", "kind", "declaration_days", "move_ids", "starts_on", "told_ids"} & vals.keys():
            self._set_deadlines(clock.today(self.env))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A guarantee is evidence: if it was entered by mistake, say so with the button."))

    def _covered(self, moves):
        """Which of these invoices it covers."""
        self.ensure_one()
        found = moves & self.move_ids if self.move_ids else moves
        return found.filtered(lambda move: not self.starts_on or (move.invoice_date or move.date) >= self.starts_on)

    @api.model
    def _of(self, debtor, moves):
        """The guarantees of a debtor that cover some of these invoices."""
        found = self.search([("debtor_id", "=", debtor.id), ("state", "in", ("active", "called"))])
        return found.filtered(lambda guarantee: guarantee._covered(moves))

    # --- deadlines ----------------------------------------------------------------------------------------------------

    def _set_deadlines(self, on):
        """Its end, and the days by which the insurer must be told of each unpaid invoice, the surety of the first."""
        untold = self._untold(on)
        names = {
            "expiry": self.env._("Call this guarantee or have it renewed: it ends"),
            "information": self.env._("Inform the surety of the first unpaid invoice"),
        }
        for guarantee in self:
            found = {}
            if guarantee.expires_on and guarantee.state == "active":
                start = guarantee.starts_on or guarantee.expires_on
                found["expiry"] = _deadline("expiry", start, guarantee.expires_on, "")
            for move_id, due, number in untold.get(guarantee.id, ()):
                if guarantee.kind == "insurance":
                    code = f"declaration {due} {move_id}"
                    last_day = due + timedelta(days=guarantee.declaration_days)
                    found[code] = _deadline("declaration", due, last_day, "")
                    names[code] = self.env._("Declare to the insurer the unpaid invoice %s", number)
                else:
                    code = f"information {due}"
                    last_day = guarantor_told_by(due)
                    found[code] = _deadline("information", due, last_day, "C.civ 2303")
                    names[code] = names["information"]
            self.env["recouvrement.deadline"]._set(
                guarantee, guarantee.debtor_id, found, {code: names[code] for code in found}
            )

    @api.model
    def _untold(self, on):
        """{guarantee id: [(invoice id, its oldest unpaid due date, its number)]}: what these guarantees cover (or all
        of them, when empty), is unpaid and nobody was told of; in one statement.

        Insurers are told of each invoice, within the policy's delay; sureties, when they are natural persons, within a
        month of the first one (C.civ 2303): the first alone is given.
        """
        self.env["account.move.line"].flush_model(["amount_residual", "date_maturity", "parent_state"])
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT g.id, g.kind, m.id, MIN(COALESCE(l.date_maturity, l.date)) AS due, m.name
                  FROM recouvrement_guarantee g
                  JOIN recouvrement_debtor d ON d.id = g.debtor_id
             LEFT JOIN res_partner p ON p.id = g.guarantor_id
                  JOIN account_move m ON m.commercial_partner_id = d.partner_id AND m.state = 'posted'
                                     AND m.move_type IN ('out_invoice', 'out_receipt')
                  JOIN res_company c ON c.id = m.company_id AND split_part(c.parent_path, '/', 1)::int = g.company_id
                  JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'payment_term'
                                          AND l.reconciled IS NOT TRUE AND l.amount_residual > 0
                 WHERE g.state = 'active' AND %s AND COALESCE(l.date_maturity, l.date) < %s
                   AND ((g.kind = 'insurance' AND g.declaration_days > 0)
                        OR (g.kind = 'surety' AND p.is_company IS NOT TRUE))
                   AND (g.starts_on IS NULL OR m.invoice_date >= g.starts_on)
                   AND (NOT EXISTS (SELECT 1 FROM recouvrement_guarantee_move_rel r WHERE r.guarantee_id = g.id)
                        OR EXISTS (SELECT 1 FROM recouvrement_guarantee_move_rel r
                                    WHERE r.guarantee_id = g.id AND r.move_id = m.id))
                   AND NOT EXISTS (SELECT 1 FROM recouvrement_guarantee_told_rel r
                                    WHERE r.guarantee_id = g.id AND r.move_id = m.id)
              GROUP BY g.id, m.id
              ORDER BY g.id, due, m.id
                """,
                SQL("g.id = %s", any_of(self.ids)) if self else SQL("TRUE"),
                on,
            )
        )
        found = defaultdict(list)
        for guarantee_id, kind, move_id, due, number in rows:
            if kind == "insurance" or not found[guarantee_id]:
                found[guarantee_id].append((move_id, due, number or ""))
        return found

    @api.model
    def _follow_up(self, on):
        """End what has ended, and follow the delays that unpaid invoices open; only what changed is touched."""
        self.search([("state", "=", "active"), ("expires_on", "<", on)]).write({"state": "expired"})
        wanted = {
            (guarantee_id, f"declaration {due} {move_id}", f"information {due}")
            for guarantee_id, invoices in self._untold(on).items()
            for move_id, due, _number in invoices
        }
        followed = self.env["recouvrement.deadline"].search(
            [("res_model", "=", self._name), ("code", "!=", "expiry"), ("state", "in", ("open", "missed"))]
        )
        known = {(deadline.res_id, deadline.code) for deadline in followed}
        changed = {
            guarantee_id for guarantee_id, *codes in wanted if not any((guarantee_id, code) in known for code in codes)
        }
        asked = {(guarantee_id, code) for guarantee_id, *codes in wanted for code in codes}
        changed |= {
            deadline.res_id
            for deadline in followed
            if deadline.state == "open" and (deadline.res_id, deadline.code) not in asked
        }
        self.browse(sorted(changed))._set_deadlines(on)

    # --- acts ---------------------------------------------------------------------------------------------------------

    def action_told(self):
        """The insurer, or the surety, was told today of all that is unpaid: the delay was kept."""
        self.check_access("write")
        on = clock.today(self.env)
        for guarantee in self:
            moves = guarantee._covered(guarantee._unpaid(on)) - guarantee.told_ids
            if not moves:
                raise UserError(self.env._("Nothing unpaid is left to tell of."))
            waiting = guarantee.deadline_ids.filtered(
                lambda deadline: deadline.code != "expiry" and deadline.state in ("open", "missed")
            )
            waiting.sudo().action_done()  # a deadline is written by the acts of its record
            guarantee.sudo().told_ids |= moves  # what was told of is written by this button alone
            guarantee.message_post(
                body=self.env._("Told of the unpaid invoices: %s.", ", ".join(moves.sorted("name").mapped("name")))
            )

    def action_call(self):
        """The guarantee was called: it is no longer waiting for its end."""
        self._move_to("called", "active", called_on=clock.today(self.env))

    def action_release(self):
        self._move_to("released", "active", "called", "expired")

    def action_mistake(self):
        self._move_to("mistake", "active")

    def action_reopen(self):
        self._move_to("active", "called", "expired", "released", "mistake")

    def _move_to(self, state, *before, called_on=False):
        self.check_access("write")
        if self.filtered(lambda guarantee: guarantee.state not in before):
            raise UserError(self.env._("This guarantee is not in a state for that any more."))
        # Read only on the form: a button says what happened.
        self.sudo().write({"state": state, **({} if state == "released" else {"called_on": called_on})})

    def _unpaid(self, on):
        """The overdue invoices of its debtor."""
        self.ensure_one()
        moves = self.debtor_id._open_moves()
        return moves.filtered(
            lambda move: move.move_type in ("out_invoice", "out_receipt")
            and move.amount_residual > 0
            and any(due < on for due in move._instalments())
        )


def _deadline(code, start, last_day, article):
    """A delay of a contract, which no holiday extends; unverified when it is an article's."""
    return Deadline(code, start, last_day, last_day, None, code, article, not article)
