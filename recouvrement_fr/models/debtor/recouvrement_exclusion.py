from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate, format_date

from ...rules.escalation import Hold
from ...tools import bulk, clock

_lt = LazyTranslate(__name__)


class RecouvrementExclusion(models.Model):
    """An invoice that a person left out of the reminders, until a day or until somebody takes it back in.

    Core's `no_followup` says that an item is never followed up; this says who left it out, why, and for how long.
    """

    _name = "recouvrement.exclusion"
    _description = "Invoice Left Out of Reminders"
    _inherit = ["recouvrement.holding", "recouvrement.followed"]
    _follow_turn = 1
    _hold_reason = "no_followup"
    _hold_label = _lt("Excluded from follow-up")
    _hold_hint = _lt("The items are excluded from follow-up: see the invoices.")
    _order = "id desc"
    _rec_name = "move_id"

    # As the client shows it beside any link: who reads the row reads the name of its invoice, of another branch too.
    display_name = fields.Char(compute_sudo=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", "Invoice", required=True, index=True, ondelete="cascade")
    item_id = fields.Many2one(
        "account.move.line",
        "Opening entry",
        index="btree_not_null",
        ondelete="cascade",
        help="Of an entry that is no invoice and may hold many customers: the one item left out.",
    )
    reason = fields.Char(required=True)
    until = fields.Date(help="The last day it is left out; empty: until somebody takes it back in.")
    create_uid = fields.Many2one("res.users", "Left out by", readonly=True)
    lifted_on = fields.Date("Ended on", readonly=True, help="Since that day it is reminded again.")
    lifted_by_id = fields.Many2one("res.users", "Taken back by", readonly=True)

    _in_force = models.UniqueIndex(
        "(move_id, COALESCE(item_id, 0)) WHERE lifted_on IS NULL", "This invoice is already left out."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("Who left an invoice out is kept: take it back in instead."))

    def action_lift(self):
        """Take these invoices back in: the next night decides on them again."""
        self.check_access("read")
        self._lift(clock.today(self.env), self.env.user)

    def _lift(self, on, user=None):
        in_force = self.sudo().filtered(lambda exclusion: not exclusion.lifted_on)  # read only but for this
        in_force.write({"lifted_on": on, "lifted_by_id": user.id if user else False})
        told = {
            debtor.id: self.env._("Reminded again from now on: %s.", ", ".join(one._left_out_name() for one in mine))
            for debtor, mine in in_force.grouped("debtor_id").items()
        }
        if told:
            in_force.debtor_id._message_log_batch(told)
        in_force.debtor_id._decide_again_now()

    @api.model
    def _leave_out(self, debtor, moves, reason, on, until=None, by=None, items=None):
        """Leave these invoices of a debtor out from that day on, with a word in its history; of several at once, where
        several cards are given.

        :param by: who ends what left them out until then; the user, unless no person did (an empty record)
        :param items: journal items of the entries that are no invoices (an opening balance), of one debtor
        """
        items = self.env["account.move.line"] if items is None else items
        by_partner = {card.partner_id: card for card in debtor}
        cards = {move: debtor if len(debtor) == 1 else by_partner[move.commercial_partner_id] for move in moves}
        cards |= dict.fromkeys(items, debtor)
        user = self.env.user if by is None else by
        mine = Domain("move_id", "in", moves.ids) & Domain("item_id", "=", False) | Domain("item_id", "in", items.ids)
        self.search(mine & Domain("lifted_on", "=", False))._lift(on, user)
        self.flush_model(["lifted_on"])  # one in force per invoice: what ends is written before what begins
        self.sudo().create(  # a collector leaves out through this method alone
            [
                {
                    "company_id": card.company_id.id,
                    "debtor_id": card.id,
                    "move_id": one.id if one._name == "account.move" else one.move_id.id,
                    "item_id": False if one._name == "account.move" else one.id,
                    "reason": reason,
                    "until": until,
                }
                for one, card in cards.items()
            ]
        )
        told = {}
        for one, card in cards.items():
            told.setdefault(card.id, []).append(one.display_name)
        debtors = self.env["recouvrement.debtor"].browse(told).sudo()  # whoever leaves out may not write its card
        words = {card_id: self._left_out_told(", ".join(names), reason, until) for card_id, names in told.items()}
        debtors._message_log_batch(words)
        debtors._decide_again_now()

    def _left_out_name(self):
        return (self.item_id or self.move_id).display_name

    def _left_out_told(self, names, reason, until):
        if not until:
            return self.env._("Left out of reminders: %(invoices)s. %(reason)s", invoices=names, reason=reason)
        return self.env._(
            "Left out of reminders until %(day)s: %(invoices)s. %(reason)s",
            day=format_date(self.env, until),
            invoices=names,
            reason=reason,
        )

    @api.model
    def _holds(self, company, moves, on):
        """The invoices left out that day: {move id: Hold}."""
        rows = self._rows(company, moves, on, SQL("item_id IS NULL"))
        return {move_id: Hold("no_followup", until) for move_id, _item_id, until in rows}

    @api.model
    def _held_items(self, company, moves, on):
        """The same of opening entries, of which one item is left out and not its entry."""
        rows = self._rows(company, moves, on, SQL("item_id IS NOT NULL"))
        return {item_id: Hold("no_followup", until) for _move_id, item_id, until in rows}

    @api.model
    def _rows(self, company, moves, on, condition):
        self.flush_model()
        return self.env.execute_query(
            SQL(
                "SELECT move_id, item_id, until FROM recouvrement_exclusion WHERE company_id = %s"
                " AND lifted_on IS NULL AND (until IS NULL OR %s::date IS NULL OR until >= %s) AND %s AND %s",
                company.id,
                on,
                on,
                condition,
                SQL("TRUE") if moves is None else SQL("move_id = %s", bulk.any_of(moves)),
            )
        )

    @api.model
    def _follow_up(self, on):
        """Those whose last day has passed end, and their debtors are decided again."""
        self.search([("lifted_on", "=", False), ("until", "<", on)])._lift(on)
