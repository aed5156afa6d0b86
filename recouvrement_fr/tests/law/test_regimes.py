from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.penalties.recouvrement_accrual import Owed
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
DUE = MONDAY - 20 * DAY  # at 12.15 % in this half-year; three times the legal rate is 7.86 %


@tagged("post_install", "-at_install")
class TestRegimes(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.env["recouvrement.debtor"]._card(cls.company, cls.debtor_partner).sudo()
        cls.debtor.write({"debtor_type": "professional", "type_confirmed": True})

    def interest(self, invoice, on=MONDAY):
        invoice.invalidate_recordset()
        with self.at(on):
            return invoice.late_interest

    def clause(self, **values):
        with self.at(MONDAY):
            return self.env["recouvrement.interest.clause"].create(
                {"source": "CGV, art. 7", "company_id": self.company.id, "date_from": date(2020, 1, 1), **values}
            )

    def person(self, login, group):
        return new_test_user(
            self.env,
            login,
            groups=f"recouvrement_fr.group_recouvrement_{group}",
            company_ids=[Command.set(self.company.ids)],
            company_id=self.company.id,
        )

    # --- contract -----------------------------------------------------------------------------------------------------

    def test_the_nearest_clause_applies_down_to_the_floor(self):
        invoice = self.invoice(DUE)
        self.assertEqual(self.interest(invoice), 6.66)
        general = self.clause(rate=9)
        self.assertFalse(general.warning)
        self.assertEqual(self.interest(invoice), 4.93)
        low = self.clause(rate=5, debtor_id=self.debtor.id)
        with self.at(MONDAY):
            self.assertRegex(low.warning, "7[.,]86")
            self.assertIn("L441-10", low.warning)
        self.assertRegex(self.debtor.message_ids[0].body, "5[.,]00 % per year")
        self.assertEqual(self.interest(invoice), 4.31)  # 7.86 %, not 5
        self.assertRegex(
            invoice.interest_terms,
            r"^5[.,]00 % by contract, or 3 times the legal rate where that is more \(C\.com L441-10 II\)\.$",
        )
        self.clause(rate=20, debtor_id=self.debtor.id, date_from=DUE)  # invoiced before it
        self.assertEqual(self.interest(invoice), 4.31)
        self.clause(rate=10, move_id=invoice.id)
        self.assertEqual(self.interest(invoice), 5.48)
        low.active = False
        self.assertEqual(self.interest(self.invoice(DUE)), 4.93)

    def test_a_contract_does_not_bind_a_consumer_nor_another_company(self):
        other = self.setup_other_company()["company"]
        self.env["recouvrement.interest.clause"].create(
            {"source": "Theirs", "company_id": other.id, "date_from": date(2020, 1, 1), "rate": 30}
        )
        invoice = self.invoice(DUE)
        self.assertEqual(self.interest(invoice), 6.66)
        self.clause(rate=15)
        self.debtor.debtor_type = "consumer"
        self.assertEqual(self.interest(invoice), 0)
        self.assertIn("1231-6", invoice.interest_terms)

    def test_bad_clauses_are_refused_and_only_managers_write_them(self):
        with self.assertRaises(ValidationError):
            self.clause(rate=120)
        with self.assertRaises(ValidationError):
            self.clause(rate=10, is_capitalised=True)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.clause()  # says nothing
        with self.assertRaises(ValidationError):
            self.clause(rate=10, debtor_id=self.debtor.id, company_id=self.setup_other_company()["company"].id)
        clause = self.clause(rate=10)
        with self.assertRaises(UserError):
            clause.unlink()
        collector, manager = self.person("collector", "user"), self.person("boss", "manager")
        self.assertEqual(clause.with_user(collector).rate, 10)
        with self.assertRaises(AccessError):
            clause.with_user(collector).rate = 11
        clause.with_user(manager).rate = 11

    def test_the_days_of_a_year_are_a_setting(self):
        owed = self.owed(self.invoice(date(2024, 1, 10)), date(2024, 1, 10))
        accrual = self.env["recouvrement.accrual"]
        on = date(2024, 3, 10)  # 60 days at three times 5.07 %... less than 14.5 %
        self.assertEqual(float(accrual._accrue([owed], on)[owed.key].interest), 23.84)
        self.company.recouvrement_day_count = "actact"
        self.assertEqual(float(accrual._accrue([owed], on)[owed.key].interest), 23.77)

    def owed(self, invoice, due):
        return Owed((invoice.id, due, 0), due, invoice.amount_total, None, "professional", True)

    def test_letters_follow_the_ledger_however_accounts_before_a_court_impute(self):
        invoice = self.invoice(DUE)
        self.pay(invoice, 500, on=MONDAY)
        for imputation in ("interest", "principal"):
            self.company.recouvrement_imputation = imputation
            self.assertEqual((self.interest(invoice), invoice.amount_residual), (6.66, 500))

    def test_a_whole_year_bears_interest_only_where_it_is_written(self):
        due = date(2024, 1, 15)
        invoice = self.invoice(due)
        on = date(2026, 1, 15)
        simple = self.interest(invoice, on)
        self.clause(is_capitalised=True, capitalise_from=date(2023, 1, 1))
        capitalised = self.interest(invoice, on)
        # the interest of the first year, 143.68, bears that of the second
        first = self.interest(invoice, date(2025, 1, 15))
        self.assertAlmostEqual((capitalised - simple) / (simple - first), first / 1000, 3)

    # --- what freezes -------------------------------------------------------------------------------------------------

    def test_a_delay_granted_by_a_judge_stops_reminders_and_interest(self):
        invoice, other = self.invoice(DUE), self.invoice(DUE, invoice_date=DUE)
        officer = self.person("officer", "legal")
        graces = self.env["recouvrement.grace"].with_user(officer)
        values = {"debtor_id": self.debtor.id, "decision": "TJ Lyon, 20/02/2026", "date_from": MONDAY - 10 * DAY}
        with self.at(MONDAY):
            grace = graces.create({**values, "date_to": MONDAY + 60 * DAY, "move_ids": [Command.set(invoice.ids)]})
        self.assertEqual((self.interest(invoice), self.interest(other)), (3.0, 6.66))
        self.assertIn("1343-5", invoice.interest_terms)
        self.night(MONDAY)
        self.assertEqual(self.reminders().line_ids.move_id, other)
        with self.at(MONDAY):
            self.assertEqual(invoice.dunning_state, "paused")
        grace.interest_runs = True
        self.assertEqual(self.interest(invoice), 6.66)
        with self.assertRaisesRegex(UserError, "why"):
            grace.action_void()
        grace.write({"interest_runs": False, "void_reason": "An instalment was missed"})
        grace.action_void()
        self.assertEqual(self.interest(invoice), 6.66)
        with self.assertRaises(UserError):
            grace.date_to = MONDAY
        with self.assertRaises(UserError):
            grace.unlink()
        with self.assertRaises(ValidationError):
            graces.create({**values, "date_to": MONDAY.replace(year=2029)})
        stranger = self.invoice(DUE, partner=self._partner("Autre"))
        with self.assertRaises(ValidationError):
            graces.create({**values, "date_to": MONDAY, "move_ids": [Command.set(stranger.ids)]})
        with self.assertRaises(AccessError):
            self.env["recouvrement.grace"].with_user(self.person("collector", "user")).create(
                {**values, "date_to": MONDAY}
            )

    def test_a_delay_without_invoices_is_for_those_invoiced_before_it(self):
        before, after = self.invoice(DUE), self.invoice(DUE, invoice_date=MONDAY - 21 * DAY)
        self.env["recouvrement.grace"].create(
            {"debtor_id": self.debtor.id, "decision": "x", "date_from": MONDAY - 21 * DAY, "date_to": MONDAY}
        )
        self.assertEqual((self.interest(before), self.interest(after)), (0, 6.66))

    def test_insolvency_freezes_the_interest_of_prior_invoices_everywhere(self):
        invoice = self.invoice(DUE)
        with self.at(MONDAY):
            insolvency = self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.debtor.id, "kind": "redressement", "judgment_on": MONDAY - 10 * DAY}
            )
        self.assertEqual(self.interest(invoice), 3.0)
        self.assertIn("L622-28", invoice.interest_terms)
        with self.at(MONDAY):
            self.env["recouvrement.accessory"]._collect(self.company, MONDAY, self.debtor)
        rows = self.env["recouvrement.accessory"].search([("move_id", "=", invoice.id), ("kind", "=", "interest")])
        self.assertEqual(rows.amount, 3.0)
        with self.at(MONDAY):
            insolvency.action_mistake()
        self.assertEqual(self.interest(invoice), 6.66)

    # --- consumers and public buyers ----------------------------------------------------------------------------------

    def test_the_interest_of_a_consumer_runs_from_the_service_of_the_notice(self):
        self.debtor.debtor_type = "consumer"
        invoice = self.invoice(DUE)
        reminder = (
            self.env["recouvrement.reminder"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "debtor_id": self.debtor.id,
                    "addressee_id": self.debtor_partner.id,
                    "policy_id": self.policy.id,
                    "level_id": self.notice.id,
                    "date": DUE + DAY,
                    "state": "sent",
                    "sent_date": DUE + 2 * DAY,
                    "line_ids": [
                        Command.create(
                            {
                                "move_id": invoice.id,
                                "date_due": DUE,
                                "level_id": self.notice.id,
                                "role": "carried",
                                "currency_id": invoice.currency_id.id,
                            }
                        )
                    ],
                }
            )
        )
        self.assertEqual(self.interest(invoice), 1.29)  # 18 days at 2.62 %, as nothing says how it went
        letter = (
            self.env["recouvrement.dispatch"]
            .sudo()
            .create(
                {
                    "reminder_id": reminder.id,
                    "company_id": self.company.id,
                    "channel": "registered",
                    "addressee_id": self.debtor_partner.id,
                    "state": "handed_over",
                    "postal_state": "posted",
                    "posted_on": DUE + 2 * DAY,
                }
            )
        )
        self.assertEqual(self.interest(invoice), 0)
        letter.write({"postal_state": "presented", "presented_on": MONDAY - 10 * DAY})
        self.assertEqual(self.interest(invoice), 0.72)
        letter.write({"presented_on": DUE - 5 * DAY})  # nothing could be asked yet
        self.assertEqual(self.interest(invoice), 0)
        letter.write({"postal_state": "unclaimed", "presented_on": False, "closed_on": MONDAY - 5 * DAY})
        self.assertEqual(self.interest(invoice), 0.36)
        letter.write({"postal_state": "returned", "presented_on": MONDAY - 10 * DAY})
        self.assertEqual(self.interest(invoice), 0)

    def test_a_public_buyer_has_his_delay_from_the_receipt(self):
        self.debtor.write({"debtor_type": "public", "public_buyer": "public_hospital"})
        invoice = self.invoice(MONDAY - 30 * DAY, invoice_date=MONDAY - 60 * DAY)
        self.assertEqual(self.interest(invoice), 2.78)  # 10 days at 10.15 %, after fifty from the invoice
        with self.at(MONDAY):
            invoice.recouvrement_received_on = MONDAY - 40 * DAY
        self.assertEqual((self.interest(invoice), invoice.recovery_indemnity), (0, 0))
        self.night(MONDAY)
        self.assertEqual((len(self.reminders()), self.card().reason), (0, "not_due_yet"))
        with self.at(MONDAY):
            self.card().public_buyer = "public"
        self.night(MONDAY + DAY)
        self.assertEqual(self.reminders().line_ids.move_id, invoice)

    def test_a_kind_of_claim_may_bear_no_interest(self):
        kind = self.env["recouvrement.claim.kind"].create({"name": "Deposit", "code": "civil", "regime": "none"})
        invoice = self.invoice(DUE)
        invoice._set_claim_kind(kind, "Deposit to be given back")
        self.assertEqual((self.interest(invoice), invoice.recovery_indemnity), (0, 0))
        kind.regime = "consumer"
        self.assertEqual((self.interest(invoice), invoice.recovery_indemnity), (0, 0))
        kind.regime = "professional"
        self.assertEqual((self.interest(invoice), invoice.recovery_indemnity), (6.66, 40))

    # --- rates --------------------------------------------------------------------------------------------------------

    def test_a_missing_half_year_is_asked_for_once_and_proposed(self):
        rates = self.env["recouvrement.rate"]
        rates.sudo().search([("date_from", ">=", date(2026, 1, 1))]).unlink()
        manager = self.person("boss", "manager")
        asked = lambda: manager.partner_id.activity_ids.filtered(lambda found: "2026 S1" in found.summary)  # noqa: E731
        with self.at(MONDAY):
            rates._alert_missing(MONDAY)
            rates._alert_missing(MONDAY + DAY)
            self.assertEqual(len(asked()), 1)
            rates.with_context(lang="fr_FR")._alert_missing(MONDAY + DAY)
            self.assertEqual(len(asked()), 1, "asked once, in whichever language")
            banners = self.env["recouvrement.banner"].with_user(manager).get_banner("recouvrement.debtor")
            self.assertTrue(any("half-year are missing" in banner["text"] for banner in banners))
            rate = rates.with_user(manager).create({"ecb_rate": 2.15, "legal_rate_other": 2.62})
            self.assertEqual((rate.date_from, rate.date_to), (date(2026, 1, 1), date(2026, 6, 30)))
            self.assertFalse(rates._rate_table().missing_on(MONDAY))
            rates._alert_missing(MONDAY)
            self.assertIn("compare", manager.partner_id.activity_ids.sorted("id")[-1].summary)

    def test_a_hole_before_the_half_year_is_what_is_asked_for(self):
        rates = self.env["recouvrement.rate"]
        rates.sudo().search([("date_from", "=", date(2025, 7, 1))]).unlink()
        manager = self.person("boss", "manager")
        with self.at(MONDAY):
            rates._alert_missing(MONDAY)
            self.assertIn("2025 S2", manager.partner_id.activity_ids.summary)
            self.assertEqual(rates._next_start(MONDAY), date(2025, 7, 1))
