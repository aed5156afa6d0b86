from odoo import api, models

from ...rules.penalties import DAY, OPEN, after
from ...tools import clock
from .recouvrement_accrual import Owed


class RecouvrementAccessory(models.Model):
    """What was claimed or accrued follows the ledger: a penalty of a delay that did not happen is owed no more."""

    _inherit = "recouvrement.accessory"

    @api.model
    def _ledger_moved(self, moves):
        """Payments, credit notes or the state of these invoices changed: their open penalties are judged again."""
        # sudo: whoever moves the ledger
        rows = self.sudo().search([("move_id", "in", moves.ids), ("state", "in", OPEN)]) if moves else self.browse()
        if rows:
            rows._rejudge()

    def _rejudge(self):
        """Bring what is open of these down to what the ledger supports, each for its own period.

        Never up: what more is owed is claimed by the next letter. Nothing is left of the penalties of an invoice that
        was cancelled or wholly credited, or paid by its due date; what cannot be judged, for a rate that is missing or
        an invoice that is being corrected in draft, stays as it is.
        """
        rows = self.sudo().filtered(  # evidence is written by methods alone
            lambda row: row.state in OPEN and row.kind != "complementary" and row.move_id.state != "draft"
        )
        gone = rows.filtered(lambda row: row.move_id.state == "cancel" or row.move_id._is_credited_whole())
        for row in gone:
            row._reduce(0.0)
        rows -= gone
        periods, of_row = [], {}
        for row in rows:
            of_row[row] = row._periods()
            periods += of_row[row]
        found = iter(rows.env["recouvrement.accrual"]._brought(periods))
        for row in rows:
            brought = [next(found) for _period in of_row[row]]
            if None in brought:
                continue
            if row.kind == "interest":
                tranches = [part for _interest, _indemnity, parts in brought for part in parts]
                owed = float(sum(interest for interest, _indemnity, _tranches in brought))
                row._reduce(owed, after(tranches, row.date_from - DAY))
            else:
                row._reduce(float(max((indemnity for _interest, indemnity, _tranches in brought), default=0)))

    def _periods(self):
        """The instalments this row is about, as `recouvrement.accrual._brought` reads them; none when it is gone."""
        debtor = self.debtor_id
        kind, confirmed = debtor.debtor_type, debtor.type_confirmed
        if self.entry_line_id:
            entry = self.move_id.line_ids.filtered(lambda line: line.id == self.entry_line_id)
            instalments = {line.date_maturity or line.date: line for line in entry}
        else:
            instalments = self.move_id._instalments()
        last = self.date_to or self.claimed_on or clock.today(self.env)
        return [
            (
                Owed(
                    (self.move_id.id, due, self.entry_line_id),
                    due,
                    sum(lines.mapped("amount_currency")),
                    None,
                    kind,
                    confirmed,
                    self.currency_id.id,
                ),
                self.date_from or last,
                last,
            )
            for due, lines in instalments.items()
            if self.kind != "interest" or due == self.date_due
        ]

    def _reduce(self, owed, tranches=()):
        """Write what is still owed, when it is less than what was asked; told in its history and on the debtor's.

        :param tranches: the days, bases and rates that explain the new amount of interest
        """
        if self.currency_id.compare_amounts(owed, self.amount) >= 0:
            return
        gone = self.amount - owed
        values = {"amount": owed, "amount_waived": min(self.amount_waived, owed), "waiver_proposed": 0}
        if tranches:
            values["tranches"] = list(tranches)
        elif not owed:
            values["tranches"] = self.tranches and [{**part, "interest": "0"} for part in self.tranches]
        self.write(values)
        self._trace(
            self.env._("%(amount)s of %(what)s is no longer owed: %(reason)s"),
            gone,
            self.env._("the ledger changed since it was counted"),
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _is_credited_whole(self):
        """Whether its own credit notes took all of it away: "reversed" is also what Odoo says of an invoice that the
        credit note of another one paid."""
        notes = self.reversal_move_ids.filtered(lambda note: note.state == "posted")
        return self.payment_state == "reversed" and (
            self.currency_id.compare_amounts(sum(notes.mapped("amount_total")), self.amount_total) >= 0
        )

    def button_cancel(self):
        result = super().button_cancel()
        self.env["recouvrement.accessory"]._ledger_moved(self)
        return result


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _asked_when_matched(self):
        # Whatever their state: it may change with what is matched.
        return super()._asked_when_matched() | {"penalties": self._about_these("recouvrement.accessory", "move_id")}

    def _lists_of_matched(self):
        return [*super()._lists_of_matched(), "recouvrement_penalty_ids"]

    def _when_matched(self, found, on):
        super()._when_matched(found, on)
        if "penalties" in found:
            self.env["recouvrement.accessory"]._ledger_moved(self.move_id)


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def write(self, vals):
        result = super().write(vals)
        if {"debtor_type", "type_confirmed"} & vals.keys():
            cards = self.filtered("type_confirmed")
            rows = (
                self.env["recouvrement.accessory"]
                .sudo()
                .search(  # whoever corrects the type
                    [("debtor_id", "in", cards.ids), ("state", "in", OPEN)]
                )
            )
            rows._rejudge()
        return result
