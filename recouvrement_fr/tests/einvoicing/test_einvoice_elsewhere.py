from datetime import date, timedelta

from odoo.tests import tagged

from ..common import MONDAY
from .einvoice_common import DUE, EinvoiceCommon
from .test_einvoice_account import FACTOR_IBAN

DAY = timedelta(days=1)


class ElsewhereCommon(EinvoiceCommon):
    def tell(self, on=MONDAY, note=f"Payer sur {FACTOR_IBAN} MERCI", **told):
        self.receive("227", on=on, reasons=[("AUTRE", "OTH", note)], **told)
        return self.event()

    def check(self, event, on=MONDAY, **values):
        with self.at(on):
            action = event.action_check_account()
            dialog = self.env["recouvrement.einvoice.account"].with_context(action["context"])
            dialog.create({"is_checked": True, **values}).action_confirm()

    def refuse(self, event, on=MONDAY):
        with self.at(on):
            event.action_refuse_account()

    def held(self, on):
        found = self.env["recouvrement.holding"].sudo()._all_holds(self.company, self.debt.ids, on)
        return found.get(self.debt.id)

    def until(self, on):
        hold = self.held(on)
        return hold and hold.until

    def online(self, moves=None):
        return self.env["recouvrement.door"]._payable_online(moves or self.debt)

    def shown(self, on=MONDAY):
        card = self.card()
        items = self.debt.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        return self.env["recouvrement.door"]._rows(card, items, on)[0]["state"]

    def accounts(self):
        reminder = self.reminders().filtered(lambda reminder: reminder.state == "planned")[:1]
        payload = self.env["recouvrement.letter"]._payloads(reminder, {reminder.id: {"on": MONDAY}})[reminder.id]
        return payload["payment"]


@tagged("post_install", "-at_install")
class TestEinvoicePaidElsewhere(ElsewhereCommon):
    """What is to be paid on another account is not taken online: who pays the former creditor may pay again."""

    def test_nothing_is_taken_online_from_the_message_to_its_refusal(self):
        self.assertEqual(self.online(), self.debt)
        self.assertEqual(self.shown(), "")
        event = self.tell()
        self.assertFalse(self.online())
        self.assertFalse(self.debt._has_to_be_paid(), "Nor on core's own page.")
        self.assertIn("another account", self.debt._get_online_payment_error())
        self.assertIn("another account", self.shown())
        self.assertIn(self.debt.name, self.env["recouvrement.door"]._frozen_answer(self.debt))
        self.refuse(event, MONDAY + DAY)
        self.assertEqual(self.online(), self.debt)
        self.assertEqual(self.shown(), "")

    def test_once_checked_the_other_account_is_shown_and_still_nothing_is_taken_online(self):
        self.check(self.tell())
        self.assertFalse(self.online())
        self.assertIn("another account", self.shown())
        self.receive("228", on=MONDAY + DAY)
        self.assertEqual(self.online(), self.debt, "No longer assigned.")

    def test_the_other_invoices_are_paid_online_as_before(self):
        other = self.invoice(DUE, 500)
        self.tell()
        self.assertEqual(self.online(self.debt | other), other)

    def test_what_a_factor_bought_is_not_paid_to_us_unless_the_debtor_is_not_told(self):
        self.receive("225")
        self.assertFalse(self.online())
        card = self.card()
        door = self.env["recouvrement.door"]
        totals = [{"left_value": 1000.0, "currency": self.company.currency_id}]
        self.assertEqual(door._transfer(card, totals, door._choices(card, self.env["account.move.line"])), {})
        self.receive("228", on=MONDAY + DAY)
        self.assertEqual(self.online(), self.debt)
        self.receive("226", on=MONDAY + 2 * DAY)
        self.assertEqual(self.online(), self.debt, "Confidential: he goes on paying us.")


@tagged("post_install", "-at_install")
class TestEinvoiceHeldAgain(ElsewhereCommon):
    """When what left an invoice out has ended, what else was told of it leaves it out again."""

    def announce(self, on=MONDAY, day="20260310"):
        self.receive("211", on=on, amounts=[("MPA", "1000.00", day)])

    def test_a_payment_announced_meanwhile_waits_again_once_the_account_was_looked_at(self):
        for ends in (self.check, self.refuse):
            with self.env.cr.savepoint() as undone:
                event = self.tell()
                self.announce(on=MONDAY + DAY)
                self.assertIsNone(self.until(MONDAY + DAY), "Until somebody has looked.")
                ends(event, MONDAY + 2 * DAY)
                self.assertEqual(self.until(MONDAY + 3 * DAY), date(2026, 3, 20))
                undone.rollback()
            self.env.invalidate_all()

    def test_a_payment_announced_before_waits_again_too(self):
        self.announce()
        self.refuse(self.tell(on=MONDAY + DAY), MONDAY + 2 * DAY)
        self.assertEqual(self.until(MONDAY + 3 * DAY), date(2026, 3, 20))

    def test_one_whose_day_has_passed_waits_no_more(self):
        self.announce()
        event = self.tell(on=MONDAY + DAY)
        late = date(2026, 4, 1)
        self.refuse(event, late)
        self.assertIsNone(self.held(late))

    def test_what_was_cancelled_stays_out_when_it_is_no_longer_assigned(self):
        for first, second in (("225", "220"), ("220", "225")):
            with self.env.cr.savepoint() as undone:
                self.receive(first)
                self.receive(second, on=MONDAY + DAY)
                self.receive("228", on=MONDAY + 2 * DAY)
                self.assertEqual(self.held(MONDAY + 3 * DAY).reason, "no_followup", first)
                undone.rollback()
            self.env.invalidate_all()

    def test_what_a_person_took_back_in_stays_in(self):
        self.receive("220")
        with self.at(MONDAY):
            self.event().exclusion_id.action_lift()
        self.refuse(self.tell(on=MONDAY + DAY), MONDAY + 2 * DAY)
        self.assertIsNone(self.held(MONDAY + 3 * DAY))

    def test_the_last_account_told_settles_those_before(self):
        first = self.tell()
        second = self.tell(on=MONDAY + DAY)
        self.check(second, MONDAY + 2 * DAY)
        self.assertIsNone(self.held(MONDAY + 3 * DAY))
        self.assertTrue(first.bank_checked_on)
        self.assertEqual(self.env["recouvrement.einvoice.event"].sudo()._accounts_to_check(self.debt.ids), set())

    def test_checking_an_account_leaves_a_later_one_to_be_checked(self):
        first = self.tell()
        self.tell(on=MONDAY + DAY)
        self.check(first, MONDAY + 2 * DAY)
        self.assertEqual(self.held(MONDAY + 3 * DAY).reason, "no_followup")


@tagged("post_install", "-at_install")
class TestEinvoiceFactorNamed(ElsewhereCommon):
    """A company may choose that assigned invoices are reminded in letters that name the factor."""

    def setUp(self):
        super().setUp()
        self.env.ref("recouvrement_fr.einvoice_status_225").act = "assign_named"
        self.factor = self.env["res.partner"].create({"name": "Factor & Cie", "is_company": True})

    def assign(self, on=MONDAY):
        self.receive("225", on=on, payee="Factor &amp; Cie", reasons=[("AUTRE", "OTH", f"IBAN {FACTOR_IBAN}")])
        return self.event()

    def test_it_waits_until_a_manager_has_checked_the_account(self):
        event = self.assign()
        self.assertEqual(event.payee_name, "Factor & Cie")
        self.assertEqual(self.held(MONDAY + DAY).reason, "no_followup")
        self.assertIn("Check the account of the factor", self.card().activity_ids.summary)
        self.assertFalse(self.online())

    def test_then_letters_name_the_factor_and_its_account(self):
        self.check(self.assign(), MONDAY + DAY)
        self.assertEqual(self.event().bank_id.partner_id, self.factor)
        self.night(MONDAY + 2 * DAY)
        payment = self.accounts()
        [account] = payment["accounts"]
        self.assertEqual(account["iban"].replace("\u00a0", " "), FACTOR_IBAN)
        self.assertEqual(payment["holder"], "Factor & Cie")
        self.assertIn(f"{self.debt.name}\u00a0: cédée à Factor & Cie", account["words"])
        self.assertFalse(self.online())

    def test_the_page_of_the_debtor_shows_it_too(self):
        self.check(self.assign(), MONDAY + DAY)
        card, door = self.card(), self.env["recouvrement.door"]
        totals = [{"left_value": 1000.0, "currency": self.company.currency_id}]
        shown = door._transfer(card, totals, door._choices(card, self.env["account.move.line"]))
        self.assertEqual((shown["iban"].replace("\u00a0", " "), shown["holder"]), (FACTOR_IBAN, "Factor & Cie"))

    def test_what_is_back_is_claimed_for_us_again(self):
        self.check(self.assign(), MONDAY + DAY)
        self.receive("228", on=MONDAY + 2 * DAY)
        self.night(MONDAY + 3 * DAY)
        payment = self.accounts()
        self.assertNotIn("holder", payment)
        self.assertNotEqual(payment["accounts"][0]["iban"].replace("\u00a0", " "), FACTOR_IBAN)
        self.assertEqual(self.online(), self.debt)

    def test_an_assignment_that_a_manager_refused_changes_nothing(self):
        self.refuse(self.assign(), MONDAY + DAY)
        self.assertIsNone(self.held(MONDAY + 2 * DAY))
        self.assertEqual(self.online(), self.debt)

    def test_by_default_it_stays_out_of_collection(self):
        self.env.ref("recouvrement_fr.einvoice_status_225").act = "assign"
        self.assign()
        self.assertEqual(self.held(MONDAY + DAY).reason, "no_followup")
        self.assertFalse(self.event()._factors_named(self.debt.ids))
