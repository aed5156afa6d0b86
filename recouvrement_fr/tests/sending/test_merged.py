from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY
from .dispatch_common import DispatchCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestMerged(DispatchCommon):
    """Two debtors who turn out to be one, between the decision and the sending, are written to once."""

    def before_all(self):
        super().before_all()
        self.twin = self._partner("Menuiserie Durand bis", email="bis@durand.example")
        self.debt = self.invoice(MONDAY - 3 * DAY, 1000)
        self.other = self.invoice(MONDAY - 4 * DAY, 500, partner=self.twin)

    def merge(self, on=MONDAY, hour=9):
        self.env.flush_all()
        with self.at(on, hour):
            self.env["base.partner.merge.automatic.wizard"].create({})._merge(
                (self.debtor_partner | self.twin).ids, self.debtor_partner
            )
        self.env.invalidate_all()

    def assert_one_message(self, reminders):
        kept, gone = (
            reminders.filtered(lambda one, state=state: one.state == state) for state in ("sent", "cancelled")
        )
        self.assertEqual((len(kept), len(gone)), (1, 1))
        self.assertEqual([to for to, _body in self.server.messages], [["compta@durand.example"]])
        lines = kept.line_ids.filtered(lambda line: line.role == "carried" and not line.cancelled)
        self.assertEqual(lines.move_id, self.debt | self.other)
        self.assertEqual(kept.amount_due, 1500)
        self.assertEqual(gone.cancel_reason, f"Its debtor was merged with another: {kept.name} carries the same.")
        self.assertFalse(gone.line_ids.filtered(lambda line: not line.cancelled))

    def test_two_planned_reminders_of_one_level_leave_as_one_which_carries_both(self):
        self.night(MONDAY)
        reminders = self.reminders() | self.reminders(self.twin)
        self.assertEqual(reminders.mapped("state"), ["planned", "planned"])
        self.merge()
        self.dispatch(MONDAY)
        self.assert_one_message(reminders)
        self.night(MONDAY + DAY)
        self.assertEqual(len(self.reminders()), 2, "nothing is asked again the next day")

    def test_messages_already_written_that_wait_for_the_morning_are_made_again_as_one(self):
        self.night(MONDAY)
        self.dispatch(MONDAY, 3)
        reminders = self.reminders() | self.reminders(self.twin)
        self.assertEqual(reminders.mapped("state"), ["sending", "sending"])
        self.merge(hour=4)
        self.dispatch(MONDAY)
        self.assert_one_message(reminders)

    def test_one_that_waits_for_an_approval_holds_what_it_takes_over(self):
        self.first.requires_approval = True
        self.night(MONDAY)
        reminders = self.reminders() | self.reminders(self.twin)
        with self.at(MONDAY):
            reminders[0].action_approve()
        self.merge()
        self.assertEqual(sorted(reminders.mapped("state")), ["cancelled", "to_approve"])
        self.dispatch(MONDAY)
        self.assertFalse(self.server.messages)

    def test_the_higher_level_leaves_and_lists_what_the_lower_one_carried(self):
        self.night(MONDAY)
        self.mark_sent(self.reminders(), MONDAY)
        with self.at(MONDAY):
            self.reminders(self.twin).sudo()._cancel("put off")
        on = MONDAY + 7 * DAY
        self.night(on)
        later, lower = self.reminders()[-1], self.reminders(self.twin)[-1]
        self.assertEqual((later.level_id, lower.level_id), (self.second, self.first))
        self.merge(on)
        self.dispatch(on)
        self.assertEqual(len(self.server.messages), 1)
        self.assertEqual((later.state, lower.state), ("sent", "cancelled"))
        self.assertRegex(lower.cancel_reason, "carries the same")
        roles = {line.move_id: line.role for line in later.line_ids}
        self.assertEqual(roles, {self.debt: "carried", self.other: "listed"})

    def test_a_debtor_written_to_in_the_morning_is_not_written_to_again_for_the_one_he_was_merged_with(self):
        self.twin.email = False  # a letter to post
        self.night(MONDAY)
        self.dispatch(MONDAY)
        letter = self.reminders(self.twin)
        self.assertEqual((self.reminders().state, letter.state), ("sent", "sending"))
        self.merge(hour=10)
        self.assertEqual(letter.state, "cancelled")
        self.assertEqual(letter.cancel_reason, "Its debtor was merged with another, who had just been written to.")
        self.night(MONDAY + 5 * DAY + 2 * DAY)
        self.assertEqual(self.reminders()[-1].line_ids.move_id, self.other | self.debt)

    def test_reminders_of_two_policies_stay_two(self):
        other_policy = self._policy("Key accounts")
        self.env["recouvrement.debtor"]._card(self.company, self.twin).policy_id = other_policy
        self.night(MONDAY)
        reminders = self.reminders() | self.reminders(self.twin)
        self.assertEqual(len(reminders.policy_id), 2)
        self.merge()
        self.assertEqual(set(reminders.mapped("state")), {"planned"})

    def test_another_company_of_the_same_two_debtors_is_joined_by_itself(self):
        company = self.setup_other_company()["company"]
        self.night(MONDAY)
        reminders = self.reminders() | self.reminders(self.twin)
        card = self.env["recouvrement.debtor"].sudo()._card(company, self.twin)
        foreign = reminders[0].sudo().copy({"company_id": company.id, "debtor_id": card.id})
        self.merge()
        self.assertEqual(sorted(reminders.mapped("state")), ["cancelled", "planned"])
        self.assertEqual(foreign.state, "planned")

    # --- the contact --------------------------------------------------------------------------------------------------

    def test_a_contact_named_once_the_message_is_written_receives_it(self):
        self.night(MONDAY)
        self.dispatch(MONDAY, 3)
        contact = self._partner(
            "Jane", parent_id=self.debtor_partner.id, is_company=False, email="jane@durand.example", lang="en_US"
        )
        with self.at(MONDAY, 5):
            self.card().dunning_contact_id = contact
        self.dispatch(MONDAY)
        reminder = self.reminders()
        self.assertEqual((reminder.state, reminder.addressee_id), ("sent", contact))
        self.assertEqual(reminder.lang, "fr_FR", "a contact who lives in France is written to in French")
        self.assertIn(["jane@durand.example"], [to for to, _body in self.server.messages])
        self.assertEqual(len(self.server.messages), 2)  # the twin's own

    def test_a_contact_named_once_a_letter_is_printed_has_it_printed_again(self):
        self.debtor_partner.email = False
        self.night(MONDAY)
        self.dispatch(MONDAY)
        letter = self.reminders().dispatch_ids
        contact = self._partner(
            "Jane", parent_id=self.debtor_partner.id, type="other", is_company=False, city="Nantes", zip="44000"
        )
        with self.at(MONDAY + DAY):
            self.card().dunning_contact_id = contact
            letter.action_mark_posted()
        again = self.reminders().dispatch_ids - letter
        self.assertEqual((letter.state, again.state, again.addressee_id), ("cancelled", "queued", contact))
        self.assertIn("NANTES", again.address)
