from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY
from .einvoice_common import DUE, EinvoiceCommon
from .test_einvoice_walk import REASON, STATUSES

DAY = timedelta(days=1)
ENDS = {"206": "205", "207": "205", "208": "209", "210": "205", "213": "200", "225": "228", "226": "228", "227": "228"}


@tagged("post_install", "-at_install")
class TestEinvoiceOrder(EinvoiceCommon):
    """Every status through the public method, told late, twice, to two companies, of a foreign seller."""

    def each(self, *codes):
        for walk in STATUSES:
            if codes and walk.code not in codes:
                continue
            with self.subTest(walk.code), self.env.cr.savepoint() as undone:
                yield walk
                undone.rollback()
            self.env.invalidate_all()

    def said(self, code, on=MONDAY, **told):
        return self.receive(code, on=on, reasons=REASON if code in ("206", "207", "208", "210", "213") else [], **told)

    def held(self, on, move=None):
        move = move or self.debt
        found = self.env["recouvrement.holding"].sudo()._all_holds(move.company_id.root_id, move.ids, on)
        return found[move.id].reason if move.id in found else None

    def test_what_holds_told_after_what_ended_it_holds_nothing(self):
        for walk in self.each(*ENDS):
            self.said(ENDS[walk.code], at="20260302120000")
            self.said(walk.code, at="20260302080000")
            self.assertIsNone(self.held(MONDAY + DAY))

    def test_an_older_message_changes_nothing_of_what_a_newer_one_did(self):
        for walk in self.each():
            if not walk.hold:
                continue
            self.said(walk.code, at="20260302120000")
            before = self.held(MONDAY + DAY)
            for older in ("205", "209", "228", "211"):
                self.said(older, at="20260302080000")
            self.assertEqual(self.held(MONDAY + DAY), before)

    def test_a_message_received_twice_does_nothing_more(self):
        for walk in self.each():
            self.said(walk.code)
            told = (
                len(self.events.search([])),
                len(self.card().activity_ids),
                len(self.disputes()),
                self.env["recouvrement.exclusion"].search_count([("move_id", "=", self.debt.id)]),
            )
            again = self.said(walk.code)
            self.assertTrue(again["known"])
            self.assertEqual(
                (
                    len(self.events.search([])),
                    len(self.card().activity_ids),
                    len(self.disputes()),
                    self.env["recouvrement.exclusion"].search_count([("move_id", "=", self.debt.id)]),
                ),
                told,
            )

    def test_the_same_status_told_again_later_opens_no_second_dispute_nor_exclusion(self):
        for walk in self.each():
            self.said(walk.code)
            held = self.held(MONDAY + 2 * DAY)
            self.said(walk.code, on=MONDAY + DAY)
            self.assertEqual(self.held(MONDAY + 2 * DAY), held)
            self.assertLessEqual(len(self.disputes()), 1)
            in_force = [("move_id", "=", self.debt.id), ("lifted_on", "=", False)]
            self.assertLessEqual(self.env["recouvrement.exclusion"].search_count(in_force), 1)

    def test_a_message_moves_the_invoice_of_its_own_company_alone(self):
        other = self.env["res.company"].create({"name": "Autre société", "country_id": self.env.ref("base.fr").id})
        self.env.user.company_ids |= other
        for walk in self.each():
            events = self.events.with_company(other).with_context(allowed_company_ids=other.ids)
            self.events, own = events, self.events
            company, self.company = self.company, other
            row = self.said(walk.code)
            self.events, self.company = own, company
            self.assertEqual(row["state"], "waiting")
            self.assertIsNone(self.held(MONDAY + DAY))
            self.assertEqual(self.reminders().state, "planned")

    def test_a_message_of_another_seller_waits_whatever_its_status(self):
        self.company.company_registry = "552100554"
        for walk in self.each():
            self.assertEqual(self.said(walk.code, seller="732829320")["state"], "waiting")
            self.assertIsNone(self.held(MONDAY + DAY))

    def test_one_invoice_of_many_is_held_and_the_rest_is_reminded(self):
        other = self.invoice(DUE, 500)
        for walk in self.each():
            self.said(walk.code)
            self.assertIsNone(self.held(MONDAY + DAY, other))
