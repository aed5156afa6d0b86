from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, LazyTranslate

from ...rules.escalation import Hold
from ...rules.prescription import PROPOSED, limited_as
from ...tools import clock
from ...tools.bulk import any_of
from ..law.recouvrement_claim_kind import NATURES

_lt = LazyTranslate(__name__)

PROPOSAL = "recouvrement_fr.mail_activity_type_case"  # what asks for a case, on the debtor's card
WATCHED_DAYS = 400  # a payment that comes back later than this after a case was closed is another story
# What a legal officer writes himself, from the form; all the rest is written by the acts of the case.
WRITTEN_BY_PEOPLE = {
    *("user_id", "bailiff_id", "lawyer_id", "agency_id", "mandataire_id", "court_id", "court_number", "claim_kind"),
    *("is_estimated", "provision_rate", "provision_note"),
    *("is_confidential", "imputation", "article_700", "recovery_percent", "note", "cost_ids", "activity_ids"),
    "piece_ids",
}


class RecouvrementCase(models.Model):
    """A litigation case (dossier contentieux): invoices of one debtor, what is claimed, what was done, until when.

    It holds the dunning of its invoices while it is open. What happened is told by its events, which are only ever
    added; what is claimed follows the ledger until a request is filed, and is frozen that day. Nothing judicial is
    recorded before the creditor approved it, on figures that are kept.
    """

    _name = "recouvrement.case"
    _description = "Litigation Case"
    _inherit = [
        *("recouvrement.numbered", "recouvrement.documented", "recouvrement.holding", "recouvrement.followed"),
        *("mail.thread", "mail.activity.mixin", "recouvrement.secret"),
    ]
    _follow_turn = 8
    _hold_reason = "in_case"
    _hold_label = _lt("In a litigation case")
    _hold_state = "litigation"
    _secret_when = [("is_confidential", "=", True)]
    _order = "id desc"

    name = fields.Char("Number", readonly=True, copy=False, default=lambda self: self._next_number())
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict", readonly=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Debtor's partner", store=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    move_ids = fields.Many2many(
        "account.move", "recouvrement_case_move_rel", "case_id", "move_id", string="Invoices", readonly=True
    )
    state = fields.Selection(
        [
            ("amicable", "Pre-litigation"),
            ("filed", "Before the court"),
            ("decision", "Decision"),
            ("enforcement", "Enforcement"),
            ("closed", "Closed"),
        ],
        default="amicable",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        group_expand=True,
    )
    opened_on = fields.Date(readonly=True, required=True, default=lambda self: clock.today(self.env))
    user_id = fields.Many2one(
        "res.users",
        "Legal officer",
        tracking=True,
        index="btree_not_null",
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
        help="Who follows the case, and is alerted of its deadlines.",
    )
    is_confidential = fields.Boolean("Confidential", tracking=True, help="Seen by legal officers and managers only.")
    claim_kind = fields.Selection(
        NATURES, "Kind of claim", tracking=True, help="Decides the court; that of its invoices, where they agree."
    )
    note = fields.Html("Notes")

    # --- third parties ---
    bailiff_id = fields.Many2one("res.partner", "Commissaire de justice", tracking=True)
    lawyer_id = fields.Many2one("res.partner", "Lawyer", tracking=True)
    agency_id = fields.Many2one("res.partner", "Collection agency", tracking=True)
    mandataire_id = fields.Many2one("res.partner", "Mandataire", tracking=True, help="In insolvency proceedings.")
    court_id = fields.Many2one("recouvrement.court", "Court", tracking=True, index="btree_not_null")
    court_number = fields.Char("Number at the court", tracking=True, help="RG, or number of the order.")

    # --- procedure, figures, events ---
    proceeding_id = fields.Many2one(
        "recouvrement.proceeding", "Procedure", readonly=True, index="btree_not_null", help="The last one started."
    )
    claim_ids = fields.One2many("recouvrement.case.claim", "case_id", "Claims", readonly=True)
    event_ids = fields.One2many("recouvrement.case.event", "case_id", "Events", readonly=True)
    cost_ids = fields.One2many("recouvrement.case.cost", "case_id", "Costs")
    frozen_on = fields.Date("Claims frozen on", readonly=True, help="The day a request or a summons was filed.")
    imputation = fields.Selection(
        [("interest", "Interest first (C.civ 1343-1)"), ("principal", "Principal first (a choice)")],
        "Payments pay",
        default="interest",
        required=True,
        tracking=True,
        help="The law imputes a payment on interest first; a judge, the contract or the creditor may choose otherwise.",
    )
    article_700 = fields.Monetary(
        "Article 700", tracking=True, help="Asked for costs that are not dépens, such as the lawyer's fees (CPC 700)."
    )

    # --- ending ---
    outcome = fields.Selection(
        [
            ("paid", "Paid in full"),
            ("partly_paid", "Paid in part"),
            ("settled", "Settled by a transaction"),
            ("irrecoverable", "Irrecoverable"),
            ("insolvent", "Insolvency of the debtor"),
            ("dismissed", "Dismissed by the court"),
            ("abandoned", "Abandoned"),
            ("mistake", "Opened by mistake"),
        ],
        readonly=True,
        tracking=True,
    )
    close_reason = fields.Text("Why it was closed", readonly=True)
    closed_on = fields.Date(readonly=True)

    move_count = fields.Integer("Number of invoices", compute="_compute_counts")

    _holding = models.Index("(company_id) WHERE state != 'closed'")

    @api.depends("name", "debtor_id")
    def _compute_display_name(self):
        for case in self:
            case.display_name = f"{case.name} – {case.partner_id.display_name or ''}"

    @api.depends("move_ids")
    def _compute_counts(self):
        for case in self:
            case.move_count = len(case.move_ids)

    def write(self, vals):
        """People write what they know of the case; what it came to is written by its acts."""
        if not self.env.su:
            if vals.keys() - WRITTEN_BY_PEOPLE:
                raise UserError(self.env._("Use the buttons: what happens in a case is evidence."))
            if self.filtered(lambda case: case.state == "closed"):
                raise UserError(self.env._("This case is closed: reopen it first."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A case is evidence: close it, it cannot be deleted."))

    # --- opening ------------------------------------------------------------------------------------------------------

    @api.model
    def _open(self, debtor, moves, **values):
        """A case about these invoices of a debtor, before anything judicial; returns it.

        :raises AccessError: opened by somebody who is no legal officer
        :raises ValidationError: invoices of somebody else, in two currencies, or in a case already
        """
        self.check_access("write")
        debtor.check_access("read")
        moves.check_access("read")
        self._check_moves(debtor, moves)
        case = self.sudo().create(  # opened through this method, which has just checked who asks and what for
            {
                "company_id": debtor.company_id.id,
                "debtor_id": debtor.id,
                "imputation": debtor.company_id.sudo().recouvrement_imputation,
                "currency_id": moves.currency_id.id,
                "move_ids": [Command.set(moves.ids)],
                "claim_kind": self._claim_kind(debtor, moves),
                "user_id": self.env.uid,
                **values,
            }
        )
        on = case.opened_on
        case._take_in(moves)
        self.browse(case.id)._note("opened", on, self.env._("Case opened about %s.", ", ".join(moves.mapped("name"))))
        case._propose_court(on)
        case._refresh_balance(on)
        case._end_proposal()
        return case.with_env(self.env)

    @api.model
    def _claim_kind(self, debtor, moves):
        """The kind its invoices were given, where they agree; else the debtor's usual one."""
        codes = set(moves.recouvrement_claim_kind_id.mapped("code"))
        return codes.pop() if len(codes) == 1 else PROPOSED.get(limited_as(debtor.debtor_type, debtor.public_buyer))

    @api.model
    def _check_moves(self, debtor, moves):
        if not moves:
            raise ValidationError(self.env._("Choose the invoices of the case."))
        if set(moves.commercial_partner_id) - {debtor.partner_id}:
            raise ValidationError(self.env._("Choose invoices of this debtor alone."))
        if set(moves.company_id.ids) - set(debtor.company_id._recouvrement_tree()):
            raise ValidationError(self.env._("Choose invoices of the creditor's own companies."))
        if moves.filtered(lambda move: move.state != "posted" or move.move_type not in ("out_invoice", "out_receipt")):
            raise ValidationError(self.env._("A case is about posted customer invoices."))
        if len(moves.currency_id) > 1:
            raise ValidationError(self.env._("Open one case per currency."))
        busy = self.sudo().search([("state", "!=", "closed"), ("move_ids", "in", moves.ids)])  # whoever may see it
        if busy:
            raise ValidationError(
                self.env._("Already in a case: %s.", ", ".join((busy.move_ids & moves).sorted("id").mapped("name")))
            )

    def _take_in(self, moves):
        """Make the claims of these invoices, and take back what was about to leave for them."""
        self.ensure_one()
        self.env["recouvrement.case.claim"].sudo().create(  # evidence is written by methods alone
            [
                {"case_id": self.id, "move_id": move.id, "date_due": due}
                for move in moves
                for due, items in move._instalments().items()
                if sum(items.mapped("amount_currency")) > 0
            ]
        )
        self._take_back()

    def _take_back(self):
        """What was about to leave for its invoices is taken back, and the debtor's activities on them are over."""
        why = self.env._("In a litigation case.")  # unnamed: the case may be confidential, now or later
        self.env["recouvrement.reminder"]._withdraw(self.move_ids, why, "in_case")
        self.debtor_id.sudo()._decide_again_now()  # bookkeeping of the night, written by methods alone

    def _end_proposal(self):
        """The case that was proposed on the debtor's card is open."""
        # Asked by the follow-up, answered by this opening, whoever it was asked of.
        self.debtor_id.sudo().activity_feedback([PROPOSAL], feedback=self.name)

    def _note(self, kind, on, summary, attachments=None, **values):
        """Add an event to the case: it can be corrected by another, never changed. Returns it."""
        self.ensure_one()
        return self.env["recouvrement.case.event"]._append(self, kind, on, summary, attachments, **values)

    # --- buttons ------------------------------------------------------------------------------------------------------

    def _record_dialog(self, line):
        """The dialog that records a step."""
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_case_record_action")
        return action | {"context": {"default_case_id": self.id, "default_line_id": line.id}}

    def action_open_moves(self):
        self.ensure_one()
        self.check_access("read")
        return self.move_ids._get_records_action(name=self.env._("Invoices"), domain=[("id", "in", self.move_ids.ids)])

    def action_open_debtor(self):
        self.ensure_one()
        self.check_access("read")
        return self.debtor_id._get_records_action()

    def action_open_insolvency(self):
        self.ensure_one()
        self.check_access("read")
        return self.debtor_id.action_insolvency()

    @api.model
    def _holds(self, company, moves, on):
        """{move id: Hold} of the invoices in an open case, or paid in one closed and owed again since; one statement.

        The latter wait for somebody to reopen the case: nobody is reminded as at first after an order was served.
        """
        self.flush_model(["state", "company_id", "move_ids", "was_paid", "closed_on"])
        self.env["account.move"].flush_model(["amount_residual"])
        wanted = SQL("TRUE") if moves is None else SQL("rel.move_id = %s", any_of(moves))
        rows = self.env.execute_query(
            SQL(
                "SELECT rel.move_id FROM recouvrement_case c"
                " JOIN recouvrement_case_move_rel rel ON rel.case_id = c.id"
                " JOIN account_move m ON m.id = rel.move_id"
                " WHERE c.company_id = %s AND (c.state != 'closed' OR (c.was_paid AND m.amount_residual > 0"
                " AND c.closed_on >= %s)) AND %s",
                company.id,
                on - timedelta(days=WATCHED_DAYS),
                wanted,
            )
        )
        return {move_id: Hold("in_case") for (move_id,) in rows}
