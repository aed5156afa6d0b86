from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..clock import today
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCardWords(RecouvrementCommon):
    """What the card says after an act is true, and is French or English as one writes it."""

    def shown(self, on=MONDAY):
        self.env.invalidate_all()
        with self.at(on):
            card = self.card().with_context(lang="en_US")
            return card.next_step, card.reason_text or ""

    def test_one_instalment_is_written_in_the_singular(self):
        self.invoice(MONDAY - 20 * DAY)
        run = self.night(MONDAY)
        self.assertEqual(run.decision_ids.detail, "One instalment overdue, by 20 days")
        self.assertIn("One instalment overdue, by 20 days", self.shown()[1])
        self.invoice(MONDAY - 30 * DAY)
        self.assertIn("2 overdue, the oldest by 30 days", self.shown()[1])

    def test_thousands_of_days_are_written_as_one_reads_them(self):
        self.invoice(MONDAY - 1349 * DAY)
        run = self.night(MONDAY)
        self.assertRegex(run.decision_ids.detail, r"^One instalment overdue, by 1\D349 days$")
        self.assertRegex(self.shown()[1], r"One instalment overdue, by 1\D349 days")
        with self.at(MONDAY):
            risks = self.card().with_context(lang="en_US").risks
        self.assertRegex(" ".join(risk["value"] for risk in risks), r"\b1\D349 days late")
        self.invoice(MONDAY - 1350 * DAY)
        self.assertRegex(self.shown()[1], r"2 overdue, the oldest by 1\D350 days")

    def test_the_call_names_the_day_of_the_oldest_instalment_not_of_the_last(self):
        halves = [Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (0, 30)]
        term = self.env["account.payment.term"].create({"name": "50/50", "line_ids": halves})
        self.invoice(MONDAY - 40 * DAY, 200)
        first = self.invoice(MONDAY, invoice_date=MONDAY - 60 * DAY, invoice_payment_term_id=term.id)
        self.night(MONDAY)
        with self.at(MONDAY):
            script = self.env["recouvrement.channel.call"]._script_of(self.card(), 1000)
        self.assertRegex(script, f"{first.name}.*{(MONDAY - 60 * DAY):%d/%m/%Y}")  # in its own language

    def test_late_since_yesterday_is_not_late_by_one_days(self):
        self.invoice(MONDAY - DAY)
        self.night(MONDAY)
        self.assertIn("One instalment overdue since yesterday", self.shown()[1])

    def test_an_old_invoice_that_was_promised_or_contested_waits_for_that(self):
        self.company.recouvrement_cutoff_date = MONDAY - 10 * DAY
        debt = self.invoice(MONDAY - 60 * DAY)
        self.night(MONDAY)
        self.assertIn("old invoices", self.shown()[0])
        reason = self.env.ref("recouvrement_fr.dispute_reason_quantity")
        with self.at(MONDAY):
            dispute = self.env["recouvrement.dispute"]._open(self.card(), debt, reason)
        self.assertEqual(self.card().reason_now, "disputed")
        with self.at(MONDAY):
            dispute.sudo()._end("cancelled", MONDAY)
            self.env["recouvrement.promise"]._make(self.card(), debt, 1000, MONDAY + 7 * DAY, on=today())
        self.assertIn("Promise", self.shown()[0])

    def test_a_pause_and_an_insolvency_say_their_day_as_one_reads_it(self):
        self.invoice(MONDAY - 20 * DAY)
        self.night(MONDAY)
        pause = self.env["recouvrement.pause"].with_context(lang="fr_FR")
        with self.at(MONDAY):
            values = {"debtor_ids": self.card().ids, "until": MONDAY + 7 * DAY, "reason": "Meets us"}
            pause.create(values).action_pause()
        self.assertNotIn("2026-03-09", self.reminders().cancel_reason)
        self.assertIn("09", self.reminders().cancel_reason)

    def test_a_payment_on_the_card_is_no_number_of_the_bank_journal(self):
        self.invoice(MONDAY - 20 * DAY)
        self.on_account(200, MONDAY - DAY)
        self.night(MONDAY)
        numbers = self.card().with_context(lang="en_US").open_item_ids.mapped("recouvrement_number")
        self.assertIn("Payment received", numbers)
        self.assertFalse([number for number in numbers if "BNK" in number])

    def test_a_call_is_named_as_one_reads_it_not_by_its_code(self):
        self.invoice(MONDAY - 20 * DAY)
        self.night(MONDAY)
        with self.at(MONDAY):
            contact = self.env["recouvrement.contact"]._log(self.card(), "call", "voicemail", on=today())
        labels = dict(contact._fields["outcome"]._description_selection(self.env))
        self.assertEqual(contact.display_name, labels["voicemail"])
        self.assertEqual(self.card().last_outcome, labels["voicemail"])


@tagged("post_install", "-at_install")
class TestToldOnce(RecouvrementCommon):
    """What a manager is told of calls not made does not pile up, and goes with what it is about."""

    def setUp(self):
        super().setUp()
        self._somebody("told_manager", "manager")
        self.debtor_partner.phone = "+33 1 99 00 11 22"
        for level in (self.first, self.second):
            level.channel_ids.write({"channel": "call", "template_id": False})

    def undone(self):
        task = self.reminders().dispatch_ids.filtered(lambda one: one.state == "queued" and one.channel == "call")
        with self.at(MONDAY):
            task._tell_undone(self.company)
        return self.card().activity_ids.filtered(lambda one: "not made in time" in (one.summary or ""))

    def test_a_new_night_replaces_what_the_former_told_and_a_payment_ends_it(self):
        debt = self.invoice(MONDAY - 20 * DAY)
        self.night(MONDAY)
        self.morning(MONDAY)
        self.undone()
        self.assertEqual(len(self.undone()), 1)
        with self.at(MONDAY):
            self.pay(debt, on=MONDAY)
            self.env["recouvrement.debtor"]._cron_close_tasks()
        self.assertFalse(self.card().activity_ids.filtered(lambda one: "not made in time" in (one.summary or "")))
