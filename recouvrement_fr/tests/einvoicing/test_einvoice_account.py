from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY
from .einvoice_common import DUE, EinvoiceCommon

DAY = timedelta(days=1)
FACTOR_IBAN = "FR14 2004 1010 0505 0001 3M02 606"


@tagged("post_install", "-at_install")
class TestEinvoiceAccount(EinvoiceCommon):
    """Another account to pay (227): letters and the debtor's page show it once a person has checked it."""

    def tell(self, note=f"Payer sur {FACTOR_IBAN} MERCI", on=MONDAY):
        self.receive("227", on=on, reasons=[("AUTRE", "OTH", note)])
        return self.event()

    def dialog(self, event, **values):
        action = event.action_check_account()
        return self.env["recouvrement.einvoice.account"].with_context(action["context"]).create(values)

    def check(self, event, on=MONDAY):
        with self.at(on):
            self.dialog(event, is_checked=True).action_confirm()

    def accounts(self):
        """What a letter written now shows."""
        reminder = self.reminders().filtered(lambda reminder: reminder.state == "planned")[:1]
        payload = self.env["recouvrement.letter"]._payloads(reminder, {reminder.id: {"on": MONDAY}})[reminder.id]
        shown = payload["payment"]["accounts"]
        return [(one["iban"].replace("\u00a0", " "), one["numbers"]) for one in shown]

    def transfer(self):
        card = self.card()
        door = self.env["recouvrement.door"]
        totals = [{"left_value": 1000.0, "currency": self.company.currency_id}]
        return door._transfer(card, totals, door._choices(card, self.env["account.move.line"]))

    def held(self, on):
        found = self.env["recouvrement.holding"].sudo()._all_holds(self.company, self.debt.ids, on)
        return found[self.debt.id].reason if self.debt.id in found else None

    def act(self, act):
        self.env.ref("recouvrement_fr.einvoice_status_227").act = act

    def test_nothing_is_claimed_nor_any_account_shown_until_a_manager_has_looked(self):
        """Who pays the former account may have to pay again; who pays the one of a forged message pays a thief."""
        usual = self.accounts()
        event = self.tell()
        self.assertEqual(self.reminders().state, "cancelled", "What was about to leave showed the former account.")
        self.assertEqual(self.held(MONDAY + DAY), "no_followup")
        self.night(MONDAY + DAY)
        self.assertEqual(set(self.reminders().mapped("state")), {"cancelled"})
        self.assertEqual(self.transfer(), {}, "The debtor's page gives no account for it.")
        self.assertIn("Check the new account", self.card().activity_ids.summary)
        self.check(event, on=MONDAY + DAY)
        self.night(MONDAY + 2 * DAY)
        self.assertIn("planned", self.reminders().mapped("state"))
        self.assertEqual(self.accounts(), [(FACTOR_IBAN, [])])
        self.assertNotEqual(self.accounts(), usual)

    def test_a_manager_who_asked_says_that_nothing_changed_and_it_is_claimed_as_before(self):
        usual = self.accounts()
        event = self.tell()
        with self.at(MONDAY + DAY):
            event.action_refuse_account()
        self.assertIsNone(self.held(MONDAY + DAY))
        self.assertEqual((event.bank_checked_by_id, event.bank_checked_on), (self.env.user, MONDAY + DAY))
        self.assertIn("has not changed", event.outcome)
        self.night(MONDAY + 2 * DAY)
        self.assertIn("planned", self.reminders().mapped("state"))
        self.assertEqual(self.accounts(), usual)
        self.assertTrue(self.transfer()["iban"])

    def test_a_manager_may_choose_that_letters_go_on_meanwhile(self):
        self.act("account")
        self.tell()
        self.assertEqual((self.reminders().state, self.held(MONDAY + DAY)), ("planned", None))
        self.assertTrue(self.transfer()["iban"])

    def test_an_assignment_told_after_the_account_outlives_its_check(self):
        event = self.tell()
        self.receive("225", on=MONDAY + DAY)
        self.check(event, on=MONDAY + 2 * DAY)
        self.assertEqual(self.held(MONDAY + 3 * DAY), "no_followup", "It is the factor's.")
        self.receive("228", on=MONDAY + 3 * DAY)
        self.assertIsNone(self.held(MONDAY + 4 * DAY))

    def test_an_account_told_of_an_assigned_invoice_leaves_it_out_until_it_is_back(self):
        self.receive("226")
        event = self.tell(on=MONDAY + DAY)
        self.check(event, on=MONDAY + 2 * DAY)
        self.assertEqual(self.held(MONDAY + 3 * DAY), "no_followup")

    def test_what_was_taken_back_since_is_not_held_by_an_account_told_before(self):
        self.receive("228", on=MONDAY + DAY)
        self.tell(on=MONDAY)
        self.assertIsNone(self.held(MONDAY + 2 * DAY))
        self.assertFalse(self.card().activity_ids)
        self.assertTrue(self.transfer()["iban"])

    def test_the_account_told_is_shown_once_a_manager_has_checked_it(self):
        self.act("account")
        event = self.tell()
        before = self.accounts()
        self.assertNotIn(FACTOR_IBAN, before[0][0], "A message alone changes no account: it may be forged.")
        self.assertIn("Check the new account", self.card().activity_ids.summary)
        self.check(event)
        self.assertEqual(self.accounts(), [(FACTOR_IBAN, [])])
        shown = self.transfer()
        self.assertEqual((shown["iban"].replace("\u00a0", " "), shown["others"]), (FACTOR_IBAN, []))
        self.assertEqual((event.bank_checked_by_id, event.bank_checked_on), (self.env.user, MONDAY))

    def test_only_its_own_invoice_is_paid_there_the_others_as_before(self):
        usual = self.accounts()[0][0]
        other = self.invoice(DUE, 500)
        self.check(self.tell())
        shown = self.transfer()
        self.assertEqual(shown["iban"].replace("\u00a0", " "), usual)
        self.assertEqual([one["iban"].replace("\u00a0", " ") for one in shown["others"]], [FACTOR_IBAN])
        self.assertIn(self.debt.name, shown["others"][0]["numbers"])
        self.assertNotIn(other.name, shown["others"][0]["numbers"])
        self.assertFalse(shown["code"], "No code asks for the whole on one account.")

    def test_it_ends_when_the_invoice_is_no_longer_assigned(self):
        usual = self.accounts()
        self.check(self.tell())
        self.receive("228", on=MONDAY + DAY)
        self.night(MONDAY + 2 * DAY)
        self.assertEqual(self.accounts(), usual)

    def test_what_is_no_iban_is_refused_and_nobody_checks_by_silence(self):
        event = self.tell(note="IBAN FR15 2004 1010 0505 0001 3M02 606")
        self.assertFalse(event._told_iban(), "Its key is wrong.")
        with self.assertRaises(UserError):
            self.dialog(event, iban="FR15 2004 1010 0505 0001 3M02 606", is_checked=True).action_confirm()
        with self.assertRaises(UserError):
            self.dialog(event, iban=FACTOR_IBAN).action_confirm()
        self.assertFalse(event.bank_id)

    def test_a_collector_checks_no_account(self):
        event = self.tell()
        collector = new_test_user(
            self.env,
            "einvoice_collector",
            groups="recouvrement_fr.group_recouvrement_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.env["recouvrement.einvoice.account"].with_user(collector).create(
                {"event_id": event.id, "iban": FACTOR_IBAN, "is_checked": True}
            )
        with self.assertRaises(AccessError):
            event.with_user(collector).action_refuse_account()
