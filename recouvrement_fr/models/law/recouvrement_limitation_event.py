from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from ...rules.prescription import EVENT_KINDS, LimitationEvent
from ...tools import bulk, clock
from ..base.recouvrement_secret import RecouvrementSecret

KINDS = [  # the codes of rules.prescription.EVENT_KINDS, in words
    ("acknowledgement", "Acknowledgement of the debt"),
    ("partial_payment", "Partial payment"),
    ("signed_plan", "Signed instalment plan"),
    ("court_claim", "Claim before a court"),
    ("injonction_served", "Order for payment served"),
    ("conservatory_measure", "Conservatory measure"),
    ("enforcement", "Enforcement act"),
    ("title", "Enforceable title of a judge"),
    ("insolvency_declaration", "Claim declared in insolvency proceedings"),
    ("written_claim", "Written claim to a public body"),
    ("mediation", "Mediation or conciliation agreed in writing"),
    ("participatory_procedure", "Participatory procedure"),
    ("small_claim_agreement", "Agreement to the small claims procedure"),
    ("reminder", "Reminder"),
    ("mise_en_demeure", "Formal notice"),
    ("injonction_filed", "Order for payment asked for"),
]
EFFECTS = [
    ("interrupts", "Interrupts: a new period"),
    ("title", "Ten years from then on"),
    ("suspends", "Suspends"),
    ("nothing", "No effect"),
]

ONE_DAY_ACTS = ("conservatory_measure", "enforcement")  # safe side: courts may let some last longer


class RecouvrementLimitationEvent(models.Model):
    """Something that interrupted or suspended the limitation of invoices, with its evidence; only ever added to.

    What is certain moves the date on which they are time-barred; what is only possible (an acknowledgement has to be
    unambiguous, which only a judge says) is shown beside it. A mistake, a claim withdrawn or rejected: it is voided,
    and stays (C.civ 2243).
    """

    _name = "recouvrement.limitation.event"
    _inherit = ["recouvrement.evidence", "recouvrement.about"]
    _description = "Limitation Event"
    _order = "on desc, id desc"
    _rec_name = "kind"
    _evidence_files = ("attachment_ids",)

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    move_ids = fields.Many2many(
        "account.move", "recouvrement_limitation_event_move_rel", "event_id", "move_id", "Invoices", readonly=True
    )
    item_ids = fields.Many2many(
        "account.move.line",
        "recouvrement_limitation_event_item_rel",
        "event_id",
        "item_id",
        "Opening entries",
        readonly=True,
        help="Open items of accounting entries that are no invoices, an opening balance for example.",
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    effect = fields.Selection(EFFECTS, compute="_compute_law")
    article = fields.Char(compute="_compute_law")
    on = fields.Date(required=True, readonly=True)
    until = fields.Date(
        readonly=True, help="The end of the proceedings or of the suspension; empty: they last, or it took one day."
    )
    certainty = fields.Selection(
        [("certain", "Certain"), ("possible", "Possible")],
        required=True,
        readonly=True,
        help="Only what is certain moves the date on which the debt is time-barred.",
    )
    note = fields.Char(readonly=True)
    attachment_ids = fields.Many2many(
        "ir.attachment", "recouvrement_limitation_event_attachment_rel", string="Evidence", readonly=True
    )
    res_model = fields.Char(readonly=True)  # the record that noted it
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    author_id = fields.Many2one(
        "res.users", "Noted by", default=lambda self: self.env.user, required=True, readonly=True
    )
    void = fields.Boolean("Void", readonly=True, help="Withdrawn, lapsed, rejected, or noted by mistake.")
    void_reason = fields.Char(readonly=True)
    voided_on = fields.Date(readonly=True)
    voided_by_id = fields.Many2one("res.users", readonly=True)

    _ends_after = models.Constraint('CHECK(until IS NULL OR until >= "on")', "It cannot end before it begins.")

    @api.depends("kind")
    def _compute_law(self):
        for event in self:
            law = EVENT_KINDS.get(event.kind)
            event.effect, event.article = (law.effect, law.article) if law else (False, False)

    @api.depends("kind", "on")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for event in self:
            event.display_name = f"{kinds.get(event.kind, '')} – {format_date(self.env, event.on)}"

    @api.constrains("on")
    def _check_happened(self):
        today = clock.today(self.env)
        for event in self.filtered(lambda event: event.on > today):
            day = format_date(self.env, event.on)
            raise ValidationError(self.env._("What has not happened yet interrupts nothing: %s is to come.", day))

    def write(self, vals):
        if not self.env.su:
            raise UserError(self.env._("What was noted is evidence: void it with a reason, and note the right one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("What was noted is evidence: void it with a reason, and note the right one."))

    # --- acts ---------------------------------------------------------------------------------------------------------

    @api.model
    def _note(
        self, debtor, moves, kind, on, record=None, until=None, certain=None, note=None, attachments=None, items=()
    ):
        """Note that something happened to these invoices of a debtor that day; returns the event.

        :param items: what it is about of opening entries, item by item
        :param record: what it comes from (a plan, insolvency proceedings, a case), which ends it with `_end`
        :param certain: overrides what the law says of this kind of event
        """
        if not (moves or items):
            raise UserError(self.env._("Say which invoices it is about."))
        certain = EVENT_KINDS[kind].certain if certain is None else certain
        event = self.sudo().create(  # noted by acts and dialogs that check who may; never written otherwise
            {
                "debtor_id": debtor.id,
                "company_id": debtor.company_id.id,
                "move_ids": moves.ids,
                "item_ids": items.ids if items else False,
                "kind": kind,
                "on": on,
                "until": until,
                "certainty": "certain" if certain else "possible",
                "note": note,
                "attachment_ids": attachments.ids if attachments else False,
                "res_model": record._name if record else False,
                "res_id": record.id if record else False,
                "author_id": self.env.uid,
            }
        )
        event._tell(
            self.env._(
                "Limitation: %(event)s (%(article)s), for %(invoices)s.",
                event=event.display_name,
                article=event.article,
                invoices=", ".join(event._names_told()),
            )
        )
        return event.with_env(self.env)

    @api.model
    def _end(self, record, on):
        """The proceedings that this record noted ended that day: the new period starts then (C.civ 2231, 2242).

        An act of seizure interrupts on its day alone (C.civ 2244): the end of the procedure does not move its effect.
        """
        events = self.sudo().search(  # as `_note`
            [
                *(("res_model", "=", record._name), ("res_id", "=", record.id)),
                *(("until", "=", False), ("void", "=", False)),
                ("kind", "not in", (*ONE_DAY_ACTS, "title")),  # a title does not end
            ]
        )
        events._ended(on)

    @api.model
    def _resume(self, records, ended_on):
        """What `_end` ended that day for these records did not end: a case that was closed is open again."""
        events = self.sudo().search(  # as `_note`
            [
                *(("res_model", "=", records._name), ("res_id", "in", records.ids)),
                *(("until", "=", ended_on), ("void", "=", False)),
            ]
        )
        events.write({"until": False})

    def _ended(self, on):
        for event in self.sudo():  # the only field that is completed later, by methods alone
            if on < event.on:
                first = format_date(self.env, event.on)
                raise ValidationError(self.env._("It cannot end before it begins, on %s.", first))
            event.until = on
            event._tell(
                self.env._(
                    "Limitation: %(event)s ended on %(day)s.",
                    event=event.display_name,
                    day=format_date(self.env, on),
                )
            )

    def _void(self, reason, on):
        """It counts no more from that day: withdrawn, lapsed, rejected (C.civ 2243), or a mistake."""
        self.check_access("read")
        for event in self.sudo():  # evidence: written by methods alone
            if event.void:
                raise UserError(self.env._("%s is already void.", event.display_name))
            event.write({"void": True, "void_reason": reason, "voided_on": on, "voided_by_id": self.env.uid})
            name = event.display_name
            event._tell(self.env._("Limitation: %(event)s is void. %(reason)s", event=name, reason=reason))

    def _tell(self, body):
        """A line in the history of the case, else of the debtor, who is decided again; its alerts start afresh."""
        debtor = self.debtor_id
        about = self.env[self.res_model].browse(self.res_id) if self.res_model else None
        history = isinstance(about, RecouvrementSecret) and about._history()
        (history or debtor).message_post(body=body, attachment_ids=self.attachment_ids.ids)
        debtor._decide_again_now()
        self.env["recouvrement.limitation.alert"]._restart(self.move_ids.ids, self.item_ids.ids)

    def _names_told(self):
        """The numbers of what these are about, to whoever named them."""
        about = self.sudo()  # as above
        return [*about.move_ids.mapped("display_name"), *(item._number_of_entry() for item in about.item_ids)]

    # --- reading ------------------------------------------------------------------------------------------------------

    @api.model
    def _events(self, move_ids):
        """{move id: [rules.prescription.LimitationEvent]} of what counts, in one statement."""
        return self._events_of("move_ids", move_ids)

    @api.model
    def _noted(self, accounts):
        """{a debt: the same}, of lists of open items."""
        return self._of_debts({item.debt for items in accounts for item in items})

    @api.model
    def _of_debts(self, debts):
        """{(invoice, 0) or (entry, its item): the same}: an opening entry holds many customers.

        :param debts: such pairs
        """
        found = self._events({move_id for move_id, item_id in debts if not item_id})
        of_items = self._events_of("item_ids", {item_id for _move, item_id in debts if item_id})
        events = {(move_id, 0): mine for move_id, mine in found.items()}
        return events | {debt: of_items[debt[1]] for debt in debts if debt[1] in of_items}

    @api.model
    def _events_of(self, about, ids):
        events = defaultdict(list)
        if not ids:
            return events
        self.flush_model()
        field = self._fields[about]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rel.%(about)s, e."on", e.kind, e.until, e.certainty = 'certain'
                  FROM %(relation)s rel
                  JOIN recouvrement_limitation_event e ON e.id = rel.event_id
                 WHERE rel.%(about)s = %(ids)s AND e.void IS NOT TRUE
                """,
                about=SQL.identifier(field.column2),
                relation=SQL.identifier(field.relation),
                ids=bulk.any_of(ids),
            )
        )
        for record_id, on, kind, until, certain in rows:
            events[record_id].append(LimitationEvent(on, kind, until, certain))
        return events

    @api.model
    def _eventful(self):
        """The ids of the open invoices for which something certain was noted."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT rel.move_id
                  FROM recouvrement_limitation_event_move_rel rel
                  JOIN recouvrement_limitation_event e ON e.id = rel.event_id
                  JOIN account_move m ON m.id = rel.move_id
                 WHERE e.void IS NOT TRUE AND e.certainty = 'certain' AND m.state = 'posted'
                   AND m.payment_state IN ('not_paid', 'partial')
                """
            )
        )
        return [move_id for (move_id,) in rows]
