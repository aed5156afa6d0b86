from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestRunTotals(RecouvrementCommon):
    """What a simulation and a run say they claim is what the letters claim."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first.write({"accessories": "claimed", "tone": "firm"})
        cls.env["recouvrement.rate"].search([]).verified = True
        cls.collector = cls._somebody("collector")
        cls.manager = cls._somebody("manager", "manager")
        cls.mute = cls._partner("Sans Courriel", email=False)

    def simulation(self, on=MONDAY):
        with self.at(MONDAY):
            return self.env["recouvrement.run"].with_user(self.manager)._simulate(self.company, on)

    def test_a_simulation_claims_the_interest_and_the_indemnity_of_its_letters(self):
        self.invoice(MONDAY - timedelta(days=20))
        run = self.simulation()
        self.assertEqual((run.decision_ids.amount, run.decision_ids.amount_claimed), (1000, 1046.66))
        self.assertIn("046,66", run.totals)
        self.assertFalse(self.reminders())
        self.night(MONDAY)
        self.morning(MONDAY)
        dispatch = self.reminders().dispatch_ids
        self.assertEqual(dispatch.amount_claimed, 1046.66, "and so does the letter")

    def test_the_letter_shown_of_a_debtor_that_no_night_has_met_claims_them_too(self):
        self.invoice(MONDAY - timedelta(days=20))
        decision = self.simulation().decision_ids
        with self.at(MONDAY):
            figures = self.env["recouvrement.reminder"]._rehearse_decision(decision)["figures"]
        self.assertEqual([block["total_value"] for block in figures["blocks"]], [1046.66])

    def test_a_run_whose_letters_are_not_written_yet_says_what_they_will_claim(self):
        self.first.requires_approval = True
        self.invoice(MONDAY - timedelta(days=20))
        run = self.night(MONDAY)
        with self.at(MONDAY):
            self.assertEqual((self.reminders().state, self.reminders().amount_claimed), ("to_approve", 1046.66))
            self.assertIn("046,66", run.totals)

    def test_what_is_only_shown_is_not_claimed(self):
        self.first.accessories = "shown"
        self.invoice(MONDAY - timedelta(days=20))
        self.assertEqual(self.simulation().decision_ids.amount_claimed, 1000)

    def test_a_courteous_letter_claims_nothing_but_the_invoices(self):
        self.first.tone = "courteous"
        self.invoice(MONDAY - timedelta(days=20))
        self.assertEqual(self.simulation().decision_ids.amount_claimed, 1000)
        self.night(MONDAY)
        self.morning(MONDAY)
        self.assertEqual(self.reminders().dispatch_ids.amount_claimed, 1000, "as its letter says")

    def test_each_channel_that_would_be_taken_has_its_row(self):
        self.invoice(MONDAY - timedelta(days=20))
        self.invoice(MONDAY - timedelta(days=20), 500, partner=self.mute)
        run = self.simulation()
        self.assertEqual(
            {row[:3] for row in run._rows_of_simulation()},
            {("Reminder 1", "E-mail", 1), ("Reminder 1", "Letter", 1)},
        )
        made = self.night(MONDAY)._rows_of_reminders()
        self.assertEqual(made, run._rows_of_simulation(), "the night makes what was said")

    def test_the_dialog_opens_the_totals(self):
        with self.at(MONDAY):
            action = self.env["recouvrement.simulation"].with_user(self.collector).create({}).action_simulate()
        self.assertEqual((action["res_model"], action["views"][0][1]), ("recouvrement.run", "form"))
