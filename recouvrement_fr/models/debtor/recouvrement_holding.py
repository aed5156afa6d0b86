from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from ...ledger import open_items
from ...rules.escalation import rank
from ...tools.formats import exact


class RecouvrementHolding(models.AbstractModel):
    """What keeps an invoice from being claimed: a promise, a plan, a dispute, a case...

    A model of any room that inherits this is asked by the night, by what leaves and by the screens: nothing else has to
    know its name. It gives its reason with its words, and :meth:`_holds`; the rest has an answer that changes nothing.
    """

    _name = "recouvrement.holding"
    _description = "What Holds a Debt"

    _hold_reason = None  # its code; `rules.escalation.REASONS` says which one is shown first
    _hold_label = None  # its words (LazyTranslate)
    _hold_hint = None  # what follows from it, for whoever reads the debtor's card
    _hold_state = None  # the state of an invoice that it shows (account.move.dunning_state)

    @api.model
    def _holds(self, company, moves, on):
        """{move id: Hold} of the invoices held on a day, in one statement.

        :param company: a root company
        :param moves: ids of invoices; None for all
        :param date on: None for whatever the day
        """
        raise NotImplementedError

    @api.model
    def _parts(self, company, moves):
        """{move id: amount held} of invoices of which the rest is claimed, in their currency.

        :param moves: ids of invoices; None for all
        """
        return {}

    @api.model
    def _held_items(self, company, moves, on):
        """{journal item id: Hold} of what is held of entries that hold many customers, on a day.

        :param moves: ids of entries; None for all
        :param date on: None for whatever the day
        """
        return {}

    @api.model
    def _held_shares(self, company, on):
        """({invoice id: share}, {journal item id: share}) of what is not expected to come in by itself, as other debts
        do, from 0 to 1, in company currency: all that is held, and of an invoice held in part, that part.

        To extend: what brings its own money on its own day (a promise, a plan) says how much of each it is.
        """
        shares = dict.fromkeys(self._holds(company, None, on), Decimal(1))
        parts = self._parts(company, None)
        for move in self.env["account.move"].sudo().browse(parts).filtered("amount_residual"):  # amounts, of no case
            shares[move.id] = min(exact(parts[move.id]) / exact(move.amount_residual), Decimal(1))
        return shares, dict.fromkeys(self._held_items(company, None, on), Decimal(1))

    @api.model
    def _hastened(self, company, moves):
        """{move id: day} of the invoices whose next level leaves at once, whatever its delay, and since when."""
        return {}

    @api.model
    def _item_stops(self, moves):
        """{journal item id: last day that bears interest} of entries that are not invoices."""
        return {}

    @api.model
    def _frozen(self, move_ids):
        """{move id: a rules.interest.Freeze, or several} of the invoices that bear no interest on some days."""
        return {}

    @api.model
    def _barred(self, move_ids):
        """The ids of the invoices that bear no fixed indemnity."""
        return set()

    @api.model
    def _next_steps(self, debtors):
        """{debtor: what is awaited or to do while this holds, in words of action}, as far as this user may know."""
        return {}

    # --- asked of all -------------------------------------------------------------------------------------------------

    @api.model
    def _names(self):
        """The names of the models that hold debts."""
        names = self.env.registry.descendants([self._name], "_inherit")
        return [name for name in names if name != self._name and not self.env[name]._abstract]

    @api.model
    def _kinds(self, there=None):
        """The models that hold debts, the reason shown first coming first.

        :param there: the names of those that have any record; None to ask all
        """
        found = [self.env[name] for name in self._names() if there is None or name in there]
        return sorted(found, key=lambda model: (rank(model._hold_reason), model._name))

    @api.model
    def _kinds_there(self):
        """Those of which there is anything at all, asked in one statement: an installation has few of them."""
        return self._kinds(self.env["recouvrement.debtor"]._present(self._names()))

    @api.model
    def _all_holds(self, company, moves, on, kinds=None):
        """What holds single invoices on a day, whoever owes them: {move id: Hold}, the first reason that applies.

        A payment in progress holds too; each kind answers in one statement.

        :param kinds: those of `_kinds` that are known to have something; None to ask which
        """
        read = self.env["recouvrement.debtor"]._reads_once()
        asked, known = read.holds.get((company.id, on), ((), {})) if read else ((), {})
        if moves and asked and asked.issuperset(moves):
            return {move_id: known[move_id] for move_id in moves if move_id in known}
        holds = self._holds_read(company, moves, on, kinds)
        if read and moves:
            read.holds[company.id, on] = frozenset(moves), holds
        return holds

    @api.model
    def _holds_read(self, company, moves, on, kinds):
        holds = open_items.payment_holds(self.env, moves, on)
        for kind in self._kinds_there() if kinds is None else kinds:
            for move_id, hold in kind._holds(company, moves, on).items():
                known = holds.get(move_id)
                if known is None or rank(hold.reason) < rank(known.reason):
                    holds[move_id] = hold
        return holds

    @api.model
    def _holds_because(self, reason, company, moves, on):
        """{move id: Hold} of the invoices held for that reason, whatever else holds them."""
        holds = {}
        for kind in self._kinds():
            if kind._hold_reason == reason:
                holds.update(kind._holds(company, moves, on))
        return holds

    @api.model
    def _held_reasons(self, on):
        """{move id: reason} of every invoice that something holds, in all companies: for searches."""
        held = {}
        for company in self.env["res.company"].sudo().search([("parent_id", "=", False)]):  # whoever searches
            for kind in self._kinds():
                for move_id, hold in kind._holds(company, None, on).items():
                    if move_id not in held or rank(hold.reason) < rank(held[move_id]):
                        held[move_id] = hold.reason
        return held

    @api.model
    def _states(self):
        """{reason: the state of an invoice that it shows}."""
        shown = {kind._hold_reason: kind._hold_state for kind in self._kinds() if kind._hold_state}
        return {**shown, "paused": "paused"}  # a debtor's own pause, or a judge's delay

    @api.model
    def _all_parts(self, company, moves, kinds=None):
        """{move id: amount held} of what single kinds hold in part."""
        return defaultdict(float, self._of_all("_parts", company, moves, kinds=kinds))

    @api.model
    def _all_held_items(self, company, moves, on, kinds=None):
        return self._of_all("_held_items", company, moves, on, kinds=kinds)

    @api.model
    def _all_held_shares(self, company, on):
        """The same of all kinds together: {record id: share}, at most 1."""
        invoices, items = defaultdict(Decimal), defaultdict(Decimal)
        for kind in self._kinds_there():
            for total, found in zip((invoices, items), kind._held_shares(company, on), strict=True):
                for record_id, share in found.items():
                    total[record_id] = min(total[record_id] + share, Decimal(1))
        return invoices, items

    @api.model
    def _all_hastened(self, company, moves, kinds=None):
        return self._of_all("_hastened", company, moves, kinds=kinds)

    @api.model
    def _all_item_stops(self, moves):
        return self._of_all("_item_stops", moves)

    @api.model
    def _all_frozen(self, move_ids):
        """{move id: [Freeze]}: the days without interest, whatever stops it."""
        frozen = defaultdict(list)
        for kind in self._kinds_there():
            for move_id, found in kind._frozen(move_ids).items():
                frozen[move_id] += found if isinstance(found, list) else [found]
        return frozen

    @api.model
    def _all_barred(self, move_ids):
        return set().union(*(kind._barred(move_ids) for kind in self._kinds_there()))

    def _of_all(self, method, *arguments, kinds=None):
        """The answers of every kind, in one; the reason shown first wins."""
        found = {}
        for kind in reversed(self._kinds_there() if kinds is None else kinds):
            found.update(getattr(kind, method)(*arguments))
        return found

    # --- what a judgment froze ----------------------------------------------------------------------------------------

    @api.model
    def _frozen_moves(self, moves):
        """Those of these invoices that an opening judgment froze and whose proceedings are in progress."""
        found = []
        for root, mine in moves.sudo().grouped(lambda move: move.company_id.root_id).items():
            # That a debt is frozen is known to whoever may claim it: opening judgments are published.
            found += self.sudo()._holds_because("insolvent", root, mine.ids, None)
        return moves.filtered(lambda move: move.id in set(found))

    @api.model
    def _frozen_entries(self, items):
        """The same of items of opening entries."""
        found = set()
        for root, mine in items.sudo().grouped(lambda item: item.company_id.root_id).items():  # as above
            for kind in self.sudo()._kinds():  # as above
                if kind._hold_reason == "insolvent":
                    found |= kind._held_items(root, mine.move_id.ids, None).keys()
        return items.filtered(lambda item: item.id in found)

    @api.model
    def _frozen_of(self, moves, items=None):
        """Those of these invoices, else of these items of opening entries, that are frozen."""
        return self._frozen_moves(moves) or self._frozen_entries(
            self.env["account.move.line"] if items is None else items
        )

    @api.model
    def _refuse_frozen(self, moves, items=None):
        """:raises UserError: one of these invoices, or of these items of opening entries, is frozen: nothing may be
        asked, agreed or promised about it"""
        if frozen := self._frozen_of(moves, items):
            raise UserError(
                self.env._(
                    "%s is frozen by insolvency proceedings: nothing may be asked of the debtor, nor agreed with him, "
                    "for it (C.com L622-7, L622-21). The claim is declared to the mandataire.",
                    frozen[0].sudo().display_name,  # its number, to whoever named it
                )
            )

    # --- words --------------------------------------------------------------------------------------------------------

    @api.model
    def _labels(self):
        """{reason: its words}."""
        return {kind._hold_reason: kind._hold_label for kind in self._kinds()}

    @api.model
    def _hints(self):
        """{reason: what follows from it}."""
        return {kind._hold_reason: kind._hold_hint for kind in self._kinds() if kind._hold_hint}

    @api.model
    def _steps_because(self, reason, debtors):
        """{debtor: what is awaited or to do}, of what holds for that reason."""
        found = {}
        for kind in self._kinds():
            if kind._hold_reason == reason and kind.has_access("read"):
                found.update(kind._next_steps(debtors))
        return found
