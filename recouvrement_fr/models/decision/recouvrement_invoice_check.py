from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import clock
from .invoice_evidence import Evidence, InvoiceEvidence

ANSWERS = {"met": True, "not_met": False}


class Answer(NamedTuple):
    """Whether an invoice meets a condition, and how it is known."""

    item: object  # recouvrement.check.item
    met: bool
    evidence: str  # what Odoo shows, in words
    check: object  # recouvrement.invoice.check, where a person's word counts; else empty

    @property
    def bars(self):
        """Whether no formal notice leaves for it."""
        return self.item.is_blocking and not self.met


class RecouvrementInvoiceCheck(models.Model):
    """What a person said of one condition of one invoice: met, not met, or taken back; only ever added to.

    The last word counts. What Odoo can tell by itself is not kept: it is read again whenever somebody asks, so that
    nothing is computed for the invoices nobody looks at.
    """

    _name = "recouvrement.invoice.check"
    _description = "Invoice Check"
    _order = "id desc"
    _rec_name = "item_id"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", required=True, index=True, ondelete="cascade", readonly=True)
    item_id = fields.Many2one("recouvrement.check.item", "Condition", required=True, ondelete="restrict", readonly=True)
    answer = fields.Selection(
        [("met", "Met"), ("not_met", "Not met"), ("undone", "Taken back")], required=True, readonly=True
    )
    note = fields.Char(readonly=True, help="What was seen, and where.")
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True, default=lambda self: self.env.user)
    date = fields.Datetime("On", required=True, readonly=True, default=fields.Datetime.now)

    def write(self, vals):
        raise UserError(self.env._("Who ticked a condition, and when, is kept: answer again instead."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("Who ticked a condition, and when, is kept: answer again instead."))

    @api.model
    def _approved_on(self, move_ids):
        """{move id: the day the buyer approved it}; who reads the messages of platforms says."""
        return {}

    # --- answering by hand --------------------------------------------------------------------------------------------

    @api.model
    def _answer(self, move, item, answer, note=None):
        """Somebody says that an invoice meets a condition, or not, or takes his word back; kept on the invoice."""
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):
            raise AccessError(self.env._("Only people who collect can answer the checks of an invoice."))
        move, item = move.with_env(self.env), item.with_env(self.env)  # the rights are those of whoever answers
        move.check_access("read")
        item.check_access("read")
        if answer == "met" and not item.by_hand:
            raise UserError(
                self.env._(
                    "Only the books can say “%(name)s”: mend what is missing. %(obstacle)s",
                    name=item.name,
                    obstacle=item.obstacle,
                )
            )
        if answer == "not_met" and not (note or "").strip():
            raise UserError(self.env._("Say why “%s” is not met: a colleague must understand it.", item.name))
        if answer == "undone" and not self._last_words(move).get((move.id, item.id)):
            raise UserError(self.env._("Nobody answered “%s”: there is nothing to take back.", item.name))
        check = self.sudo().create(  # a collector answers through this method alone
            {
                "company_id": move.company_id.id,
                "move_id": move.id,
                "item_id": item.id,
                "answer": answer,
                "note": note,
                "user_id": self.env.uid,
            }
        )
        label = dict(self._fields["answer"]._description_selection(self.env))[answer]
        move.sudo().message_post(  # a collector only reads invoices
            body=self.env._("%(condition)s: %(answer)s. %(note)s", condition=item.name, answer=label, note=note or "")
        )
        for card in move._debtor_cards().values():
            card._decide_again_now()
        return check.with_env(self.env)

    @api.model
    def _last_words(self, moves):
        """{(move id, item id): the last answer, where it was not taken back}, in one statement."""
        checks = self.sudo().search([("move_id", "in", moves.ids)], order="id")  # of invoices the caller has read
        last = {(check.move_id.id, check.item_id.id): check for check in checks}
        return {key: check for key, check in last.items() if check.answer != "undone"}

    # --- the whole list -----------------------------------------------------------------------------------------------

    @api.model
    def _answers(self, moves, on, items=None):
        """{move id: [Answer]} of the conditions that apply to these invoices, in order, in a constant number of
        statements per company.

        A person's word comes before what Odoo shows; but nobody can say that what only the ledger knows is met.
        """
        found = {}
        for company, mine in moves.grouped(lambda move: move.company_id.root_id).items():
            asked = items if items is not None else self.env["recouvrement.check.item"]._in_force(company)
            evidence = self._evidence(company, mine, on)
            seen = {item: evidence.of(item.code) for item in asked}
            words = self._last_words(mine)
            for move in mine:
                answers = (self._one(move, item, seen[item].get(move.id), words, evidence) for item in asked)
                found[move.id] = [answer for answer in answers if answer]
        return found

    @api.model
    def _evidence(self, company, moves, on):
        """What Odoo holds about these invoices. Extend ``InvoiceEvidence`` and return yours to see more of it."""
        return InvoiceEvidence(self.env, company, moves, on)

    def _one(self, move, item, seen, words, evidence):
        if seen is None and evidence.knows(item.code):
            return None  # the condition does not apply to this invoice
        seen = seen or Evidence(False, "")
        check = words.get((move.id, item.id), self.browse())
        met = ANSWERS[check.answer] if check and (item.by_hand or check.answer == "not_met") else seen.met
        return Answer(item, met, seen.text, check)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _orders_told(self):
        """{move id: words} of the invoices whose order or contract another module holds: a hook, for many at once."""
        return {}

    def _deliveries_told(self):
        """{move id: words} of the invoices whose delivery another module proves: a hook, for many at once."""
        return {}

    def _notice_obstacles(self, on, waived=None):
        """{move id: codes of the blocking conditions that the invoice does not meet}: why a formal notice may not
        carry it. A constant number of statements; what a manager let pass is left out.

        :param waived: as ``recouvrement.notice.override._waived`` gives it, when it was read already
        """
        if not self:
            return {}
        if waived is None:
            waived = self.env["recouvrement.notice.override"]._waived(self)
        found = {}
        for company, moves in self.grouped(lambda move: move.company_id.root_id).items():
            items = self.env["recouvrement.check.item"]._in_force(company).filtered("is_blocking")
            answers = self.env["recouvrement.invoice.check"]._answers(moves, on, items)
            for move in moves:
                let_pass = waived.get(move.id, ())
                found[move.id] = [
                    answer.item._key()
                    for answer in answers[move.id]
                    if answer.bars and answer.item._key() not in let_pass
                ]
        return found

    def action_check_invoice(self):
        """The payment mentions of this invoice and what makes its claim hold, each with its evidence."""
        self.ensure_one()
        return self.env["recouvrement.check.dialog"]._open(self, clock.today(self.env))
