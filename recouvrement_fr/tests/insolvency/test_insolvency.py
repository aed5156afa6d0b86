from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .insolvency_common import DAY, InsolvencyCommon


@tagged("post_install", "-at_install")
class TestInsolvency(InsolvencyCommon):
    """A judgment stops what was going on about prior debts, and nothing else."""

    def test_everything_stops_the_same_minute_for_prior_debts_and_goes_on_for_later_ones(self):
        self.assertEqual(self.reminders().state, "planned")
        self.opened()
        self.assertEqual(self.reminders().state, "cancelled")
        self.night(MONDAY + DAY)
        self.assertEqual(self.card().reason, "insolvent")
        self.assertEqual(self.debt.dunning_state, "insolvency")
        later = self.invoice(MONDAY + 10 * DAY, 200, invoice_date=MONDAY)
        self.night(MONDAY + 15 * DAY)
        planned = self.reminders().filtered(lambda reminder: reminder.state == "planned")
        self.assertEqual(planned.line_ids.move_id, later)

    def test_whoever_calls_is_given_no_words_that_ask_for_a_prior_debt(self):
        self.assertIn(self.debt.name, self.script())
        self.opened()
        self.assertFalse(self.script())

    def test_whoever_calls_asks_for_what_is_born_since_the_judgment_and_tells_the_rest_apart(self):
        self.opened(judgment_on=MONDAY - 3 * DAY)
        later = self.invoice(MONDAY - DAY, 200, invoice_date=MONDAY - 2 * DAY)
        self.night(MONDAY)
        asked, apart = self.script().split("\n\n")
        self.assertIn("200,00", asked)
        self.assertIn(later.name, asked)
        self.assertNotIn(self.debt.name, asked)
        self.assertNotIn("200,00", apart)
        for words in ("000,00", "27/02/2026", "L622-7", "L622-24", "L622-17"):
            self.assertIn(words, apart)

    def script(self):
        self.env.invalidate_all()
        with self.at(MONDAY):
            return self.env["recouvrement.outcome"].create({"debtor_id": self.card().id, "channel": "call"}).script

    def test_a_payment_received_after_the_judgment_does_not_reduce_the_claim_and_warns(self):
        insolvency = self.opened(judgment_on=MONDAY - 3 * DAY)
        self.pay(self.debt, 1000, on=MONDAY)
        insolvency.action_refresh_claim()
        self.assertEqual(insolvency.amount_principal, 1000)
        self.follow("recouvrement.insolvency", MONDAY + DAY)
        self.follow("recouvrement.insolvency", MONDAY + DAY)
        self.assertEqual(len(insolvency.activity_ids), 1)
        self.assertIn("prior to the judgment", insolvency.activity_ids.summary)

    def test_whoever_registers_a_payment_of_a_prior_debt_is_warned_and_it_is_told_at_once(self):
        insolvency = self.opened(judgment_on=MONDAY - 3 * DAY)
        later = self.invoice(MONDAY + 10 * DAY, 200, invoice_date=MONDAY)
        accountant = new_test_user(self.env, "cashier", groups="account.group_account_invoice")
        accountant.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        register = self.env["account.payment.register"].with_user(accountant)
        with self.at(MONDAY):
            free = register.with_context(active_model="account.move", active_ids=later.ids).create({})
            self.assertFalse(free.recouvrement_warning)
            warned = register.with_context(active_model="account.move", active_ids=self.debt.ids).create({})
            self.assertIn("L622-7", warned.recouvrement_warning)
            warned._create_payments()
        self.assertIn("prior to the judgment", insolvency.activity_ids.summary)
        draft = (
            self.env["account.payment"]
            .with_user(accountant)
            .new({"payment_type": "inbound", "partner_type": "customer", "partner_id": self.debtor_partner.id})
        )
        self.assertIn("L622-7", draft.recouvrement_warning)

    def test_interest_of_prior_debts_stops_on_the_eve_for_good(self):
        self.opened(judgment_on=MONDAY - 3 * DAY)
        with self.at(MONDAY - 4 * DAY):
            self.debt.invalidate_recordset(["late_interest"])
            eve = self.debt.late_interest
        with self.at(MONDAY + 60 * DAY):
            self.debt.invalidate_recordset(["late_interest"])
            self.assertEqual(self.debt.late_interest, eve)
        self.assertTrue(eve)

    def test_confidential_proceedings_warn_nobody(self):
        self.opened(kind="conciliation")
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.debt.ids
        )
        self.assertFalse(register.create({}).recouvrement_warning)

    def test_a_bank_line_reconciled_with_a_prior_debt_is_told_at_once(self):
        insolvency = self.opened(judgment_on=MONDAY - 3 * DAY)
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": MONDAY,
                "payment_ref": "VIR DURAND",
                "partner_id": self.debtor_partner.id,
                "amount": 1000,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = self.company_data["default_account_receivable"]
        owed = self.debt.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
        (suspense + owed).reconcile()
        self.assertIn("prior to the judgment", insolvency.activity_ids.summary)

    def test_a_mistake_is_undone(self):
        insolvency = self.opened()
        with self.at(MONDAY):
            insolvency.action_mistake()
        self.night(MONDAY + DAY)
        self.assertEqual(self.card().reason, "due")
        insolvency.action_reopen()
        self.assertEqual(insolvency.state, "open")

    def test_one_at_a_time_and_no_judgment_to_come(self):
        self.opened()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.opened()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.opened(kind="conciliation", judgment_on=MONDAY + DAY)

    def test_a_conciliation_is_confidential_and_stops_nothing(self):
        insolvency = self.opened(kind="conciliation")
        self.night(MONDAY + DAY)
        self.assertNotEqual(self.card().reason, "insolvent")
        collector = new_test_user(self.env, "curious", groups="recouvrement_fr.group_recouvrement_user")
        officer = new_test_user(self.env, "jurist", groups="recouvrement_fr.group_recouvrement_legal")
        for user in (collector, officer):
            user.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        self.assertEqual(insolvency.with_user(officer).kind, "conciliation")
        with self.assertRaises(AccessError):
            insolvency.with_user(collector).read(["kind"])
        self.assertFalse(self.card().with_user(collector).insolvency_count)
        with self.assertRaises(AccessError):
            self.env["recouvrement.insolvency"].with_user(collector).create(
                {"debtor_id": self.card().id, "kind": "liquidation", "judgment_on": MONDAY}
            )

    def test_an_indemnity_is_barred_for_what_fell_due_after_the_judgment(self):
        later_due = self.invoice(MONDAY + 5 * DAY, 100, invoice_date=MONDAY - DAY)
        born_since = self.invoice(MONDAY + 5 * DAY, 100, invoice_date=MONDAY)
        insolvency = self.opened()
        self.assertEqual(insolvency._barred((self.debt | later_due | born_since).ids), {later_due.id})

    # --- what is shown ------------------------------------------------------------------------------------------------

    def test_a_collector_sees_no_button_that_always_refuses(self):
        users = {
            group: new_test_user(self.env, f"seen_{group}", groups=f"recouvrement_fr.group_recouvrement_{group}")
            for group in ("user", "legal")
        }
        buttons = (
            "action_declaration",
            "action_enclosures",
            "action_declared",
            "action_refresh_claim",
            "action_close",
            "action_mistake",
            "action_reopen",
        )
        form = self.env.ref("recouvrement_fr.recouvrement_insolvency_view_form")
        found = self.env.ref("recouvrement_fr.recouvrement_insolvency_hit_view_list")
        for view, names in ((form, buttons), (found, ("action_watch", "action_confirm", "action_dismiss"))):
            for group, user in users.items():
                arch = self.env[view.model].with_user(user).get_view(view.id, view.type)["arch"]
                seen = [name for name in names if f'name="{name}"' in arch]
                self.assertEqual(seen, list(names) if group == "legal" else [], group)
