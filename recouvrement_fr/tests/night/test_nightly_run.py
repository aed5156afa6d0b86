from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import LockNotAvailable

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_fr.models.decision.decider import Decider

from ..clock import today
from ..common import MONDAY, RecouvrementCommon

RUN = "odoo.addons.recouvrement_fr.models.night.recouvrement_run"
DECIDING, ENDING, NIGHTLY = f"{RUN}_deciding", f"{RUN}_ending", f"{RUN}_nightly"


@tagged("post_install", "-at_install")
class TestNightlyRun(RecouvrementCommon):
    """What a user relies on: who is reminded, once, and why the others are not."""

    def test_an_overdue_invoice_is_reminded_on_its_day(self):
        invoice = self.invoice(MONDAY - timedelta(days=3))
        run = self.night(MONDAY)
        [reminder] = self.reminders()
        self.assertEqual(reminder.level_id, self.first)
        self.assertEqual(reminder.line_ids.move_id, invoice)
        self.assertEqual(reminder.line_ids.role, "carried")
        self.assertEqual(reminder.amount_due, 1000)
        self.assertEqual((run.state, run.due_count), ("released", 1))
        self.assertEqual(self.card().reason, "due")
        self.assertEqual((self.card().debtor_type, self.card().type_confirmed), ("professional", True))

    def test_the_day_before_nothing_is_planned_and_the_reason_is_shown(self):
        self.invoice(MONDAY - timedelta(days=2))
        self.night(MONDAY)
        self.assertFalse(self.reminders())
        self.assertEqual(self.card().reason, "delay")
        self.assertEqual(self.card().next_date, MONDAY + timedelta(days=1))
        self.assertEqual(self.card().decision_ids.reason, "delay")

    def test_the_same_night_twice_plans_once(self):
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        self.night(MONDAY)
        self.assertEqual(len(self.reminders()), 1)
        self.assertEqual(len(self.card().decision_ids), 1)

    def test_the_last_decision_of_a_debtor_is_kept_and_the_older_ones_are_forgotten(self):
        invoice = self.invoice(MONDAY - timedelta(days=2))
        self.night(MONDAY)
        invoice.no_followup = True
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual(set(self.card().decision_ids.mapped("reason")), {"delay", "no_followup"})
        self.night(MONDAY + timedelta(days=60))
        self.assertEqual(self.card().decision_ids.mapped("reason"), ["no_followup"])

    def test_a_card_that_somebody_works_on_is_decided_later_the_same_night(self):
        self.invoice(MONDAY - timedelta(days=10))
        other = self._partner("Garage Petit", email="garage@petit.example")
        self.invoice(MONDAY - timedelta(days=10), partner=other)
        cards = self.env["recouvrement.debtor"]
        real, tries = type(cards)._lock_cards, []

        def somebody_else(cards, company, partner_ids):
            tries.append(partner_ids)
            found = real(cards, company, partner_ids)
            return {key: found[key] for key in found if key != other.id}

        with patch.object(type(cards), "_lock_cards", somebody_else):
            run = self.night(MONDAY)
        self.assertEqual((run.state, len(tries)), ("deciding", 2))
        self.assertEqual(len(self.reminders()), 1)
        self.assertFalse(self.reminders(other))
        run = self.night(MONDAY)
        self.assertNotEqual(run.state, "deciding")
        self.assertEqual((len(self.reminders()), len(self.reminders(other))), (1, 1))

    def test_a_row_another_transaction_holds_is_no_failure_of_its_debtor(self):
        """Refused at once (a lock asked without waiting), its page is done again the same night."""
        self.invoice(MONDAY - timedelta(days=3))
        run = type(self.env["recouvrement.run"])
        decide, tries = run._decide_rows, []

        def refused_twice(run, page, decider):
            tries.append(page)
            if len(tries) < 3:
                raise LockNotAvailable()
            return decide(run, page, decider)

        with patch.object(run, "_decide_rows", refused_twice):
            self.night(MONDAY)
        self.assertEqual([len(page) for page in tries], [1, 1, 1])
        self.assertFalse(self.card().error)
        self.assertEqual(len(self.reminders()), 1)

    def test_the_next_night_does_not_plan_again_what_has_not_left(self):
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual(len(self.reminders()), 1)

    def test_levels_follow_one_another_and_keep_their_distance(self):
        self.invoice(MONDAY - timedelta(days=40))
        self.night(MONDAY)
        self.mark_sent(self.reminders(), MONDAY)
        self.night(MONDAY + timedelta(days=4))
        self.assertEqual(len(self.reminders()), 1)
        self.assertEqual(self.card().reason, "recent_contact")
        self.night(MONDAY + timedelta(days=7))
        self.assertEqual(self.reminders().level_id, self.first | self.second)
        self.mark_sent(self.reminders(), MONDAY + timedelta(days=7))
        self.night(MONDAY + timedelta(days=14))
        self.assertEqual(self.reminders()[-1].level_id, self.notice)

    def test_missed_nights_wait_for_a_manager_and_nothing_is_planned(self):
        self.company.recouvrement_gap_days = 3
        self.night(MONDAY)
        self.invoice(MONDAY - timedelta(days=3))
        run = self.night(MONDAY + timedelta(days=7))
        self.assertEqual((run.state, run.reason), ("held", "gap"))
        self.assertFalse(self.reminders())
        self.assertEqual(run.decision_ids.reason, "due")
        later = self.night(MONDAY + timedelta(days=8))
        self.assertEqual((later.state, later.reason), ("held", "gap"))
        with self.at(MONDAY + timedelta(days=8)):
            run.action_release()
        self.night(MONDAY + timedelta(days=8))
        self.assertEqual((len(self.reminders()), run.state, later.state), (1, "done", "released"))

    def test_a_night_that_was_not_finished_on_its_day_is_given_up_and_decided_again(self):
        self.invoice(MONDAY - timedelta(days=3))
        finish = f"{ENDING}.RecouvrementRun._finish"
        with patch(finish, side_effect=ValueError("broken")), mute_logger(NIGHTLY):
            broken = self.night(MONDAY)
        self.assertEqual((broken.state, self.reminders().state), ("deciding", "planned"))
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual(broken.state, "done")
        self.assertEqual(self.reminders().mapped("state"), ["cancelled", "planned"])

    def test_too_many_debtors_at_once_halt_the_night_until_a_manager_looks(self):
        self.company.write({"recouvrement_halt_count": 3, "recouvrement_halt_percent": 50})
        partners = [self._partner(f"Client {number}", email=f"c{number}@x.example") for number in range(4)]
        self.invoice(MONDAY - timedelta(days=3))
        self.night(MONDAY)
        self.morning(MONDAY)
        self.env["recouvrement.run"].search([]).sudo().write({"state": "done"})
        for partner in partners:
            self.invoice(MONDAY - timedelta(days=3), partner=partner)
        run = self.night(MONDAY + timedelta(days=1))
        self.assertEqual((run.state, run.reason), ("held", "halted"))
        self.morning(MONDAY + timedelta(days=1))
        self.assertEqual(run.reminder_ids.mapped("state"), ["planned"] * 4)
        self.assertIn("A dunning run is held", run.activity_ids.mapped("summary"))
        run.action_discard()
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"cancelled"})
        self.assertFalse(run.activity_ids, "nobody is asked any more to look at it")

    def test_what_managers_were_called_for_ends_once_it_is_dealt_with(self):
        self.company.write({"recouvrement_halt_count": 1, "recouvrement_halt_percent": 1, "recouvrement_gap_days": 3})
        self.night(MONDAY)
        self.morning(MONDAY)
        self.env["recouvrement.run"].search([]).sudo().write({"state": "done"})
        self.invoice(MONDAY - timedelta(days=3))
        run = self.night(MONDAY + timedelta(days=1))
        self.assertTrue(run.activity_ids)
        run.action_release()
        self.assertEqual((run.state, run.activity_ids.ids), ("released", []))
        late = self.night(MONDAY + timedelta(days=20))
        self.assertEqual((late.reason, bool(late.activity_ids)), ("gap", True))
        with self.at(MONDAY + timedelta(days=20)):
            late.action_release()
        self.assertFalse(late.activity_ids)

    def test_a_part_that_stopped_is_told_until_it_goes_on_on_whichever_night(self):
        runs = self.env["recouvrement.run"].sudo()
        first = self.night(MONDAY)
        runs._note_failures([("Plans", "broken")])
        self.assertEqual(len(first.activity_ids), len(self.company._recouvrement_managers()))
        runs._note_failures([("Plans", "broken again")])
        self.assertEqual(len(first.activity_ids), len(self.company._recouvrement_managers()), "told once")
        second = self.night(MONDAY + timedelta(days=1))
        runs._note_failures([("Plans", "broken again")])
        self.assertEqual(len((first | second).activity_ids), len(self.company._recouvrement_managers()), "told once")
        runs._note_failures([])
        self.assertFalse((first | second).activity_ids)

    def test_the_cap_lets_the_largest_amounts_leave_first(self):
        self.company.recouvrement_night_cap = 1
        other = self._partner("Petit", email="petit@x.example")
        self.invoice(MONDAY - timedelta(days=3), 100, partner=other)
        self.invoice(MONDAY - timedelta(days=3), 5000)
        self.night(MONDAY)
        self.assertEqual(self.reminders().state, "planned")
        self.assertEqual(self.reminders(other).state, "cancelled")
        self.assertEqual(self.card(other).reason, "capped")
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual(self.reminders(other)[-1].state, "planned")

    def test_one_failing_debtor_does_not_stop_the_others(self):
        other = self._partner("Autre", email="autre@x.example")
        self.invoice(MONDAY - timedelta(days=3))
        self.invoice(MONDAY - timedelta(days=3), partner=other)
        genuine = Decider._case

        def fail_for_one(decider_self, row, items, facts):
            if row[1] == self.debtor_partner.id:
                raise ValueError("broken data")
            return genuine(decider_self, row, items, facts)

        with patch.object(Decider, "_case", fail_for_one), mute_logger(DECIDING):
            run = self.night(MONDAY)
        self.assertEqual(len(self.reminders(other)), 1)
        self.assertFalse(self.reminders())
        self.assertEqual((self.card().reason, self.card().error), ("error", "broken data"))
        self.assertEqual((run.error_count, run.state), (1, "released"))
        self.night(MONDAY + timedelta(days=1))
        self.assertEqual((len(self.reminders()), self.card().error), (1, False))

    def test_two_companies_never_mix(self):
        other = self.setup_other_company()["company"]
        invoice = self.init_invoice(
            "out_invoice",
            self.debtor_partner,
            str(MONDAY - timedelta(days=60)),
            post=True,
            amounts=[700],
            company=other,
        )
        self.night(MONDAY)
        self.assertFalse(self.reminders())
        self.assertTrue(invoice.amount_residual)

    def test_a_branch_is_collected_with_its_root(self):
        self.company.child_ids = [Command.create({"name": "Agence"})]
        self.cr.precommit.run()  # loads the branch's chart
        branch = self.company.child_ids
        self.invoice(MONDAY - timedelta(days=20), 500)
        with_branch = (
            self.env["account.move"]
            .with_company(branch)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.debtor_partner.id,
                    "invoice_date": MONDAY - timedelta(days=60),
                    "invoice_date_due": MONDAY - timedelta(days=30),
                    "invoice_payment_term_id": False,
                    "company_id": branch.id,
                    "invoice_line_ids": [Command.create({"name": "Pose", "price_unit": 200, "tax_ids": False})],
                }
            )
        )
        with_branch.action_post()
        self.night(MONDAY)
        [reminder] = self.reminders()
        self.assertEqual((reminder.company_id, reminder.amount_due), (self.company, 700))

    def test_a_simulation_changes_nothing_and_says_the_same(self):
        self.invoice(MONDAY - timedelta(days=3))
        with self.at(MONDAY):
            run = self.env["recouvrement.run"]._simulate(self.company, MONDAY)
        self.assertEqual((run.state, run.due_count), ("done", 1))
        self.assertEqual(run.decision_ids.level_id, self.first)
        self.assertFalse(self.reminders())
        self.assertFalse(self.card().reason)
        later = self.env["recouvrement.run"]._simulate(self.company, MONDAY - timedelta(days=1))
        self.assertEqual(later.decision_ids.reason, "not_sending_day")

    def test_reminding_by_hand_leaves_at_once_and_only_what_is_due(self):
        self.invoice(MONDAY - timedelta(days=3))
        with self.at(MONDAY):
            card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
            card.action_remind_now()
            self.assertEqual(self.reminders().origin, "manual")
            card.action_remind_now()
        self.assertEqual(len(self.reminders()), 1)

    def test_a_policy_that_could_not_remind_is_refused_where_it_can_be_mended(self):
        empty = self.env["recouvrement.policy"].create({"name": "Empty"})
        with self.assertRaisesRegex(UserError, "no level"):
            empty.action_activate()
        mute = self.env["recouvrement.policy"].create(
            {"name": "Mute", "level_ids": [Command.create({"name": "Level"})]}
        )
        with self.assertRaisesRegex(UserError, "no channel"):
            mute.action_activate()

    def test_two_levels_with_the_same_delay_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "are both reached after 3 days"):
            self.policy.level_ids = [self._level("Twin", 15, 3)]

    def test_the_number_of_statements_does_not_grow_with_the_page(self):
        partners = [self._partner(f"Client {number}", email=f"c{number}@x.example") for number in range(40)]
        for partner in partners[:5]:
            self.invoice(MONDAY - timedelta(days=3), partner=partner)
        few = self._statements(MONDAY)
        for partner in partners[5:]:
            self.invoice(MONDAY - timedelta(days=3), partner=partner)
        many = self._statements(MONDAY + timedelta(days=1))
        self.assertLessEqual(many, few + 3)

    def _statements(self, on):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.night(on)
        return self.env.cr.sql_log_count - before

    def test_a_page_of_new_debtors_takes_the_same_statements_whatever_their_number(self):
        """Locked, settled, read, planned, written down: 17 statements, whatever the company has none of."""
        partners = [self._partner(f"Client {number}", email=f"c{number}@x.example") for number in range(30)]
        for partner in partners:
            self.invoice(MONDAY - timedelta(days=3), partner=partner)
            self.invoice(MONDAY - timedelta(days=2), partner=partner)
        self.assertEqual(self._page(partners[:2]), 17)
        self.assertEqual(self._page(partners[2:]), 17)
        self.assertEqual(len(self.env["recouvrement.reminder"].search([])), 30)

    def _page(self, partners):
        """The statements of a page of these debtors, in a run of its own."""
        run = self.env["recouvrement.run"].sudo()  # as the scheduler
        run = run.create({"company_id": self.company.id, "date": MONDAY, "kind": "manual"})
        decider = run._decider()
        rows = [(None, partner.id, None) for partner in partners]
        run._decide_rows([], decider)  # what the run itself is, and the words of the night
        before = self.env.cr.sql_log_count
        run._decide_rows(rows, decider)
        return self.env.cr.sql_log_count - before

    def test_a_promise_made_during_the_night_holds_from_the_next_page(self):
        """What there was none of when the night began is asked for again with each page."""
        other = self._partner("Garage Petit", email="garage@petit.example")
        invoice = self.invoice(MONDAY - timedelta(days=3), partner=other)
        self.invoice(MONDAY - timedelta(days=3))
        self.assertFalse(self.env["recouvrement.promise"].search_count([]))
        run = self.env["recouvrement.run"].sudo()  # as the scheduler
        run = run.create({"company_id": self.company.id, "date": MONDAY, "kind": "manual"})
        pages = []

        def progress(processed=0, **_remaining):
            if processed and not pages:
                pages.append(processed)
                late = other if self.reminders() else self.debtor_partner
                debt = invoice if late == other else self.card()._open_moves()
                card = self.env["recouvrement.debtor"]._card(self.company, late)
                self.env["recouvrement.promise"]._make(card, debt, 1000, MONDAY + timedelta(days=3), on=today())
                self.env.flush_all()
            return 1

        with self.at(MONDAY, 3), patch(f"{DECIDING}.PAGE", 1):
            run._decide_all(progress=progress)
        self.assertEqual(sorted([self.card().reason, self.card(other).reason]), ["due", "promised"])
        self.assertEqual(len(self.reminders() | self.reminders(other)), 1)
