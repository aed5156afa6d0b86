from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestLimitation(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events = cls.env["recouvrement.limitation.event"]
        cls.debtor = cls.env["recouvrement.debtor"]._card(cls.company, cls.debtor_partner).sudo()
        cls.debtor.write({"debtor_type": "professional", "type_confirmed": True})

    def note(self, invoices, kind, on, **values):
        with self.at(MONDAY):
            return self.events._note(self.debtor, invoices, kind, on, **values)

    def follow(self, on):
        with self.at(on):
            self.env["recouvrement.limitation.alert"].sudo()._follow_up(on)  # the scheduler's rights

    def read(self, invoice):
        invoice.invalidate_recordset()
        with self.at(MONDAY):
            return invoice.limitation_date, invoice.limitation_possible_date

    def test_what_is_certain_moves_the_date_and_what_is_possible_is_shown_beside(self):
        due = date(2024, 3, 1)
        invoice = self.invoice(due, invoice_date=due)
        self.assertEqual(self.read(invoice), (date(2029, 3, 1), date(2029, 3, 1)))
        payment = self.pay(invoice, 100, on=date(2025, 6, 2))
        self.assertEqual(self.read(invoice), (date(2029, 3, 1), date(2030, 6, 2)))
        payment.move_id.line_ids.remove_move_reconcile()  # returned by the bank
        self.assertEqual(self.read(invoice), (date(2029, 3, 1), date(2029, 3, 1)))
        self.note(invoice, "acknowledgement", date(2025, 1, 10))
        self.assertEqual(self.read(invoice), (date(2029, 3, 1), date(2030, 1, 10)))
        claim = self.note(invoice, "court_claim", date(2025, 9, 1))
        self.assertEqual(self.read(invoice), (date(2030, 9, 1), date(2030, 9, 1)))
        self.assertEqual(invoice.limitation_basis, "C.com L110-4 I; Claim before a court 01/09/2025")
        claim._ended(date(2026, 2, 1))
        self.assertEqual(self.read(invoice), (date(2031, 2, 1), date(2031, 2, 1)))
        self.note(invoice, "mise_en_demeure", date(2026, 2, 15))
        self.assertEqual(self.read(invoice)[0], date(2031, 2, 1))
        claim._void("Claim withdrawn", MONDAY)
        self.assertEqual(self.read(invoice), (date(2029, 3, 1), date(2030, 1, 10)))
        self.assertIn("Claim withdrawn", self.debtor.message_ids[0].body)
        self.assertEqual(invoice.recouvrement_limitation_count, 2)

    def test_the_date_is_searched(self):
        plain = self.invoice(date(2024, 3, 1), invoice_date=date(2024, 3, 1))
        interrupted = self.invoice(date(2024, 3, 1))
        self.note(interrupted, "court_claim", date(2025, 9, 1))
        later = self.invoice(date(2025, 3, 1))
        invoiced = self.invoice(date(2024, 3, 20), invoice_date=date(2024, 2, 20))
        agreed = self.invoice(date(2024, 2, 28), invoice_date=date(2024, 1, 28), recouvrement_term_agreed=True)
        mine = [("commercial_partner_id", "=", self.debtor_partner.id)]
        search = self.env["account.move"].search
        self.assertEqual(search([*mine, ("limitation_date", "<=", date(2029, 3, 1))]), plain | invoiced | agreed)
        self.assertEqual(search([*mine, ("limitation_date", "=", date(2029, 2, 20))]), invoiced)
        self.assertEqual(search([*mine, ("limitation_date", "=", date(2029, 2, 28))]), agreed)
        self.assertEqual(search([*mine, ("limitation_date", "=", date(2030, 9, 1))]), interrupted)
        self.assertEqual(search([*mine, ("limitation_date", ">", date(2029, 3, 1))]), interrupted | later)

    def test_limitation_starts_from_performance_and_both_dates_are_shown(self):
        invoice = self.invoice(date(2024, 3, 31), invoice_date=date(2024, 3, 1), delivery_date=date(2023, 12, 15))
        self.assertEqual(self.read(invoice)[0], date(2028, 12, 15))
        self.assertEqual(invoice.limitation_due_date, date(2029, 3, 31))
        self.assertEqual(invoice.limitation_basis, "C.com L110-4 I; from the performance or delivery of 15/12/2023")
        invoice.delivery_date = False
        self.assertEqual(self.read(invoice)[0], date(2029, 3, 1))
        self.assertIn("from the invoice of 01/03/2024", invoice.limitation_basis)
        collector = self.person("collector", "recouvrement_fr.group_recouvrement_user,account.group_account_invoice")
        invoice.with_user(collector).recouvrement_term_agreed = True
        self.assertEqual(self.read(invoice)[0], date(2029, 3, 31))

    def test_what_was_invoiced_long_after_its_performance_is_warned_of_in_time(self):
        last_day = date(2026, 9, 1)
        self.debtor.collector_id = self.env.user
        invoice = self.invoice(
            date(2023, 3, 1), invoice_date=date(2023, 2, 1), delivery_date=last_day.replace(year=2021)
        )
        self.follow(last_day - 30 * DAY)
        self.assertIn(invoice.name, self.debtor.activity_ids[0].note)

    def test_a_public_debt_ends_with_the_fourth_year_after_the_service_unless_the_body_has_no_public_accountant(self):
        self.debtor.debtor_type = "public"
        invoice = self.invoice(date(2024, 1, 31), invoice_date=date(2024, 1, 2), delivery_date=date(2023, 12, 15))
        self.assertEqual(self.read(invoice)[0], date(2027, 12, 31))
        self.assertEqual(invoice.limitation_due_date, date(2027, 12, 31))  # a term postpones nothing there
        mine = [("commercial_partner_id", "=", self.debtor_partner.id)]
        search = self.env["account.move"].search
        self.assertEqual(search([*mine, ("limitation_date", "=", date(2027, 12, 31))]), invoice)
        self.debtor.public_buyer = "public_company"
        self.assertEqual(self.read(invoice)[0], date(2028, 12, 15))
        self.assertEqual(invoice.recouvrement_claim_kind_id, self.env.ref("recouvrement_fr.claim_kind_commercial"))
        self.assertEqual(search([*mine, ("limitation_date", "=", date(2028, 12, 15))]), invoice)

    def test_the_night_leaves_alone_what_is_barred_unless_something_certain_interrupted_it(self):
        old = self.invoice(MONDAY - 5 * 366 * DAY)
        self.note(old, "acknowledgement", MONDAY - 400 * DAY)
        self.night(MONDAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (0, "prescribed"))
        self.note(old, "enforcement", MONDAY - 400 * DAY)
        self.night(MONDAY + DAY)
        self.assertEqual(self.reminders().line_ids.move_id, old)

    def test_each_threshold_is_told_once_and_an_interruption_starts_afresh(self):
        last_day = date(2026, 9, 1)
        invoice = self.invoice(date(2021, 9, 1), invoice_date=date(2021, 9, 1))
        manager = self.env.user
        self.debtor.collector_id = manager
        told = lambda: self.debtor.activity_ids.filtered(lambda found: found.user_id == manager)  # noqa: E731
        self.follow(last_day - 91 * DAY)
        self.assertFalse(told())
        for left, count in ((90, 1), (89, 1), (30, 2), (29, 2), (7, 3), (0, 3)):
            self.follow(last_day - left * DAY)
            self.assertEqual(len(told()), count, left)
        self.follow(last_day + DAY)
        self.follow(last_day + 2 * DAY)
        self.assertEqual(len(told()), 4)
        self.assertIn("TIME-BARRED", told().sorted("id")[-1].summary)
        self.assertIn(invoice.name, told()[0].note)
        with self.at(last_day + 2 * DAY):
            self.events._note(self.debtor, invoice, "court_claim", last_day - DAY)
        self.follow(last_day + 3 * DAY)
        self.assertEqual(len(told()), 4)
        self.follow(date(2031, 8, 31) - 30 * DAY)
        self.assertEqual(len(told()), 5)

    def test_what_was_barred_long_ago_and_what_is_paid_are_not_told(self):
        self.invoice(date(2015, 9, 1))
        paid = self.invoice(date(2021, 4, 1), invoice_date=date(2021, 4, 1))
        self.pay(paid, on=MONDAY)
        self.follow(MONDAY)
        self.assertFalse(self.debtor.activity_ids)

    def test_one_activity_names_all_the_invoices_of_a_debtor(self):
        first, second = (self.invoice(day, invoice_date=day) for day in (date(2021, 4, 1), date(2021, 4, 2)))
        self.follow(date(2026, 3, 20))
        for user in self.debtor.activity_ids.user_id:
            [activity] = self.debtor.activity_ids.filtered(lambda found, user=user: found.user_id == user)
            self.assertIn(first.name, activity.note)
            self.assertIn(second.name, activity.note)

    def test_evidence_stays_and_bad_input_is_refused(self):
        invoice = self.invoice(date(2024, 3, 1))
        event = self.note(invoice, "acknowledgement", date(2025, 1, 10))
        collector = self.person("collector", "recouvrement_fr.group_recouvrement_user")
        with self.assertRaises(UserError):
            self.events.with_user(self.env.user).browse(event.id).note = "Changed"
        with self.assertRaises(UserError):
            event.sudo().unlink()
        with self.assertRaises(ValidationError):
            self.note(invoice, "acknowledgement", MONDAY + DAY)
        with self.assertRaises(ValidationError):
            event._ended(date(2024, 1, 1))
        event._void("Mistake", MONDAY)
        with self.assertRaises(UserError):
            event._void("Twice", MONDAY)
        with self.assertRaises(AccessError):
            self.env["recouvrement.limitation.correction"].with_user(collector).create({"event_id": event.id})

    def person(self, login, group, company=None):
        company = company or self.company
        return new_test_user(
            self.env, login, groups=group, company_ids=[Command.set(company.ids)], company_id=company.id
        )

    def test_the_dialog_asks_for_the_evidence_of_what_is_called_certain(self):
        invoice = self.invoice(date(2024, 3, 1))
        collector = self.person("collector", "recouvrement_fr.group_recouvrement_user")
        with self.at(MONDAY):
            action = invoice.with_user(collector).action_note_limitation()
            dialog = self.env["recouvrement.limitation.note"].with_user(collector).with_context(action["context"])
            wizard = dialog.create({"kind": "acknowledgement", "on": date(2025, 1, 10)})
            self.assertEqual((wizard.certainty, wizard.effect, wizard.move_ids), ("possible", "interrupts", invoice))
            wizard.certainty = "certain"
            with self.assertRaisesRegex(UserError, "Attach the evidence"):
                wizard.action_apply()
            wizard.attachment_ids = [Command.create({"name": "letter.pdf", "raw": b"%PDF"})]
            wizard.action_apply()
        self.assertEqual(self.read(invoice)[0], date(2030, 1, 10))
        event = self.events.search([("move_ids", "in", invoice.ids)])
        self.assertEqual((event.author_id, event.attachment_ids.name), (collector, "letter.pdf"))
        other = self.setup_other_company()["company"]
        stranger = self.person("stranger", "recouvrement_fr.group_recouvrement_user", other)
        self.assertFalse(self.events.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            event.with_user(stranger).read(["kind"])

    def test_merged_partners_keep_what_was_noted(self):
        twin = self._partner("Menuiserie Durand bis")
        invoice = self.invoice(date(2024, 3, 1), partner=twin)
        card = self.env["recouvrement.debtor"]._card(self.company, twin).sudo()
        with self.at(MONDAY):
            event = self.events._note(card, invoice, "court_claim", date(2025, 9, 1))
        event._void("Mistake", MONDAY)
        self.env["recouvrement.grace"].create(
            {"debtor_id": card.id, "decision": "x", "date_from": MONDAY, "date_to": MONDAY, "void_reason": "x"}
        ).action_void()
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.debtor_partner | twin).ids, self.debtor_partner
        )
        self.assertEqual(event.debtor_id, self.debtor)
        self.assertEqual(self.env["recouvrement.grace"].search([("debtor_id", "=", self.debtor.id)]).decision, "x")

    def test_a_claim_declared_interrupts_until_the_proceedings_end(self):
        invoice = self.invoice(date(2024, 3, 1))
        with self.at(MONDAY):
            insolvency = self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.debtor.id, "kind": "redressement", "judgment_on": MONDAY - 10 * DAY}
            )
            insolvency.action_declared()
        self.assertEqual(self.read(invoice)[0], MONDAY.replace(year=2031))
        insolvency.outcome = "Plan"
        with self.at(MONDAY.replace(year=2027)):
            insolvency.action_close()
        self.assertEqual(self.read(invoice)[0], MONDAY.replace(year=2032))
