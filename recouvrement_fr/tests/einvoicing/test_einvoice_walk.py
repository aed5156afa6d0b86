from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo.tests import tagged

from odoo.addons.recouvrement_fr.tools import cdar

from ..common import MONDAY, RecouvrementCommon
from .einvoice_common import EinvoiceCommon

DAY = timedelta(days=1)
REASON = [("AUTRE", "NOA", "")]


class Walk(NamedTuple):
    """What a status does to an invoice that is late: a row of the table below."""

    code: str
    state: str = "noted"
    hold: str | None = None  # what holds the invoice the next night
    tasks: int = 0
    sent: bool = False  # proves that the invoice left
    resumes_by: str | None = None  # the later status that lets it be reminded again
    given: tuple = ()


STATUSES = (
    Walk("200", sent=True),
    Walk("201", sent=True),
    Walk("202", sent=True),
    Walk("203", sent=True),
    Walk("204"),
    Walk("205", "done"),
    Walk("206", "done", "disputed", resumes_by="205"),
    Walk("207", "done", "disputed", resumes_by="205"),
    Walk("208", "done", "disputed", resumes_by="209"),
    Walk("209", "done"),
    Walk("210", "done", "disputed", resumes_by="205"),
    Walk("211", "done", "no_followup"),
    Walk("212"),
    Walk("213", "done", "not_issued", tasks=1, resumes_by="200"),
    Walk("214"),
    Walk("220", "done", "no_followup", tasks=1),
    Walk("221", "done", tasks=1),
    Walk("224"),
    Walk("225", "done", "no_followup", resumes_by="228"),
    Walk("226", "done", "no_followup", resumes_by="228"),
    Walk("227", "done", "no_followup", tasks=1, resumes_by="228"),
    Walk("228", "done"),
    Walk("501", "done", tasks=1),
)


@tagged("post_install", "-at_install")
class TestEinvoiceWalk(EinvoiceCommon):
    """Every status, walked: what is held, told, resumed, kept as proof, and what comes after it."""

    def held(self, on):
        found = self.env["recouvrement.holding"].sudo()._all_holds(self.company, self.debt.ids, on)
        return found[self.debt.id].reason if self.debt.id in found else None

    def say(self, walk, on=MONDAY):
        return self.receive(
            walk.code, on=on, reasons=REASON if walk.code in ("206", "207", "208", "210", "213") else []
        )

    def each(self):
        for walk in STATUSES:
            with self.subTest(walk.code), self.env.cr.savepoint() as undone:
                yield walk
                undone.rollback()
            self.env.invalidate_all()

    def test_what_each_status_holds_asks_and_proves(self):
        for walk in self.each():
            self.assertEqual(self.say(walk)["state"], walk.state)
            self.assertEqual(self.held(MONDAY + DAY), walk.hold)
            self.assertEqual(len(self.card().activity_ids), walk.tasks)
            self.assertEqual(bool(self.debt._sent_evidence()), walk.sent)
            self.assertEqual(self.reminders().state, "cancelled" if walk.hold else "planned")
            kept = self.event()
            self.assertTrue(kept.outcome and kept.sha256 and kept.attachment_id.raw)

    def test_what_each_status_held_is_resumed_by_the_one_that_ends_it(self):
        for walk in self.each():
            self.say(walk)
            if walk.resumes_by:
                self.receive(walk.resumes_by, on=MONDAY + DAY)
                self.assertIsNone(self.held(MONDAY + 2 * DAY))

    def test_an_invoice_paid_or_credited_since_is_held_by_nothing_new(self):
        """What is settled is not contested, and nothing is claimed of it whatever is said afterwards."""
        self.pay(self.debt)
        for walk in self.each():
            self.say(walk)
            self.assertNotIn("disputed", self.held(MONDAY + DAY) or "")
            self.assertFalse(self.disputes())

    def credit(self, amount, on=MONDAY + DAY):
        """A credit note of the invoice: posted, core sets it against it."""
        refund = self.invoice(on, amount, move_type="out_refund", invoice_date=on, reversed_entry_id=self.debt.id)
        self.assertFalse(refund.amount_residual)

    def follow(self, on):
        """What the day brings, the night, then the morning, when what leaves is judged again."""
        with self.at(on):
            for name in self.env["recouvrement.followed"]._every_followed():
                self.env[name].sudo()._follow_up(on)
        self.night(on)
        self.morning(on)

    def asked(self):
        """What is asked of the debtor, by what was judged again before it leaves (nothing really leaves in a test)."""
        left = self.reminders().filtered(lambda reminder: reminder.state != "cancelled")
        return left.line_ids.mapped("amount_residual")

    def kept(self):
        """What is proof: the message as it was told, whatever came after it."""
        first = self.events.search([], order="id", limit=1)
        return first.status_code, first.details, first.sha256, first.attachment_id.raw

    def test_a_payment_ends_what_each_status_had_opened_and_nothing_is_asked_any_more(self):
        for walk in self.each():
            self.say(walk)
            proof = self.kept()
            self.pay(self.debt, on=MONDAY + DAY)
            self.follow(MONDAY + 2 * DAY)
            self.assertEqual(self.asked(), [])
            self.assertFalse(self.disputes().filtered(lambda dispute: dispute.state in ("open", "escalated")))
            self.assertEqual(self.kept(), proof)

    def test_a_credit_note_for_the_whole_ends_what_each_status_had_opened(self):
        for walk in self.each():
            self.say(walk)
            proof = self.kept()
            self.credit(1000)
            self.assertFalse(self.debt.amount_residual)
            self.follow(MONDAY + 2 * DAY)
            self.assertEqual(self.asked(), [])
            self.assertEqual(
                self.disputes().mapped("state"),
                ["accepted"] if walk.hold == "disputed" else [],
                "It gave what was asked.",
            )
            self.assertEqual(self.kept(), proof)
            self.receive("207", on=MONDAY + 3 * DAY, reasons=REASON)
            self.assertEqual(len(self.disputes()), 1 if walk.hold == "disputed" else 0, "Nothing is left to contest.")

    def test_a_credit_note_for_a_part_leaves_the_rest_held_as_it_was(self):
        for walk in self.each():
            self.say(walk)
            self.credit(300)
            self.follow(MONDAY + 2 * DAY)
            self.assertEqual(self.debt.amount_residual, 700)
            self.assertEqual(self.held(MONDAY + 2 * DAY), walk.hold)
            self.assertEqual(self.asked(), [] if walk.hold else [700])

    def test_the_credit_note_of_the_part_contested_ends_its_dispute_and_the_rest_is_asked(self):
        self.receive("206", reasons=[("QTE_ERR", "CNA", "")], amounts=[("MNATTC", "300.00", "")])
        self.credit(300)
        self.follow(MONDAY + 2 * DAY)
        self.assertEqual(self.disputes().state, "accepted")
        self.assertEqual(self.asked(), [700])

    def test_what_is_said_of_a_credit_note_never_holds_it_nor_its_invoice(self):
        """Held, the credit would no longer be deducted from what is asked."""
        refund = self.invoice(MONDAY, 100, move_type="out_refund", invoice_date=MONDAY)
        for walk in self.each():
            row = self.receive(walk.code, number=refund.name, reasons=REASON)
            self.assertNotEqual(row["state"], "failed", row["outcome"])
            moves = self.debt | refund
            holds = self.env["recouvrement.holding"].sudo()._all_holds(self.company, moves.ids, MONDAY + DAY)
            self.assertEqual(holds, {})
            self.assertFalse(self.env["recouvrement.exclusion"].search([("move_id", "in", moves.ids)]))
            self.assertFalse(self.env["recouvrement.dispute"].search([]))
            self.assertEqual(self.reminders().state, "planned")
            asks = walk.code in ("206", "207", "208", "210", "213", "220", "221", "501")
            self.assertEqual(len(self.card().activity_ids), 1 if asks else 0)
            self.follow(MONDAY + DAY)
            self.assertEqual(sum(self.asked()), 900, "1000, less the credit of 100.")

    def test_an_announced_payment_that_does_not_come_is_asked_again(self):
        self.receive("211", amounts=[("MPA", "1000.00", "20260303")])
        self.assertEqual(self.held(MONDAY + DAY), "no_followup")
        self.assertIsNone(self.held(MONDAY + 30 * DAY))


@tagged("post_install", "-at_install")
class TestEinvoiceRoundTrip(RecouvrementCommon):
    def test_what_is_written_reads_as_it_was_for_every_status(self):
        for walk in STATUSES:
            status = cdar.Status(
                key=f"M-{walk.code}|FAC & <2026>|{walk.code}",
                code=walk.code,
                words="Statut “en clair”",
                number="FAC & <2026>",
                issued_at=datetime(2026, 3, 2, 10, 15, 7),
                received_on=date(2026, 3, 1),
                seller="732829320",
                sender_role="BY",
                sender_name="Plateforme",
                grounds=(
                    cdar.Ground("QTE_ERR", "Quantité", "CNP", "Avoir partiel", "Deux manquent"),
                    cdar.Ground("AUTRE", "", "NOA"),
                ),
                amounts=(
                    cdar.Amount("MNATTC", Decimal("300.00"), "EUR", date(2026, 3, 10)),
                    cdar.Amount("RAP", Decimal("-12.5"), "EUR"),
                ),
            )
            data = cdar.write(status)
            self.assertEqual(cdar.read(data), [status], walk.code)
            self.assertEqual(cdar.write(cdar.read(data)[0]), data, walk.code)
