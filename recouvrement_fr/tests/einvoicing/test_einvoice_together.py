from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.recouvrement_fr.tools import cdar

from ..common import MONDAY
from .einvoice_common import DUE, EinvoiceCommon, message
from .test_einvoice_walk import DAY, REASON, STATUSES

ALONE = ("228",)  # what it ends is of each invoice


@tagged("post_install", "-at_install")
class TestEinvoiceTogether(EinvoiceCommon):
    """Messages about several invoices, taken in at once: each is treated as if it had come alone."""

    def before_all(self):
        self.partners = self.debtor_partner | self._partner("Client B") | self._partner("Client C")
        others = [self.invoice(DUE, 1000, partner=partner) for partner in self.partners[1:]]
        super().before_all()
        self.debts = self.debt.union(*others)

    def take_in(self, code, on=MONDAY, **told):
        at = f"{on:%Y%m%d}101500"
        read = [
            (data, status)
            for move in self.debts
            for data in [message(code, move.name, at=at, **told)]
            for status in cdar.read(data)
        ]
        alone = type(self.events)._act_alone
        with self.at(on), patch.object(type(self.events), "_act_alone", autospec=True, side_effect=alone) as one:
            new, _known = self.events._take_in(read, self.company)
        self.assertEqual(len(new), 3)
        return new, one.call_count

    def held(self, on):
        found = self.env["recouvrement.holding"].sudo()._all_holds(self.company, self.debts.ids, on)
        return [found[move.id].reason if move.id in found else None for move in self.debts]

    def test_each_status_does_to_many_what_it_does_to_one(self):
        for walk in STATUSES:
            with self.subTest(walk.code), self.env.cr.savepoint() as undone:
                reasons = REASON if walk.code in ("206", "207", "208", "210", "213") else []
                events, alone = self.take_in(walk.code, reasons=reasons)
                self.assertEqual(events.mapped("state"), [walk.state] * 3, events.mapped("outcome"))
                self.assertFalse(alone and walk.code not in ALONE, "Done together")
                self.assertEqual(self.held(MONDAY + DAY), [walk.hold] * 3)
                for partner, move in zip(self.partners, self.debts, strict=True):
                    self.assertEqual(len(self.card(partner).activity_ids), walk.tasks)
                    self.assertEqual(bool(move._sent_evidence()), walk.sent)
                    state = self.reminders(partner).state
                    self.assertEqual(state, "cancelled" if walk.hold else "planned")
                if walk.resumes_by:
                    later, _alone = self.take_in(walk.resumes_by, on=MONDAY + DAY)
                    self.assertEqual(self.held(MONDAY + 2 * DAY), [None] * 3, later.mapped("outcome"))
                undone.rollback()
            self.env.invalidate_all()

    def test_what_is_contested_of_invoices_paid_in_part_is_at_most_what_is_left(self):
        for move in self.debts:
            self.pay(move, 500, on=MONDAY)
        kind = self.env["recouvrement.einvoice.amount"].search([("says", "=", "contested"), ("is_net", "=", False)])[:1]
        events, alone = self.take_in("206", reasons=REASON, amounts=[(kind.code, "800.00", "")])
        self.assertEqual(events.mapped("state"), ["done"] * 3)
        self.assertEqual(events.dispute_id.mapped("amount"), [500] * 3)
        self.assertFalse(any(events.dispute_id.mapped("is_partial")))
        self.assertFalse(alone, "Done together")
