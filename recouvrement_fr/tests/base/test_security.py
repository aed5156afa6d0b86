import re
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..clock import MONDAY
from ..ready import ReadyCompanies

EVIDENCE = (
    "recouvrement.run",
    "recouvrement.decision",
    "recouvrement.reminder",
    "recouvrement.reminder.line",
    "recouvrement.dispatch",
)
SETTINGS = ("recouvrement.policy", "recouvrement.level", "recouvrement.level.channel", "recouvrement.rate")
INHERITED = ("action_archive", "action_unarchive")  # of every model, they write as the user
PLAIN = ("base.group_user", "recouvrement_fr.group_recouvrement_user")
MANAGER = ("base.group_user", "recouvrement_fr.group_recouvrement_manager")


@tagged("post_install", "-at_install")
class TestSecurity(ReadyCompanies):
    """Each right with the person who has it and the one who has not."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.env.ref("recouvrement_fr.group_recouvrement_manager")

    @classmethod
    @AccountTestInvoicingCommon.setup_country("fr")
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.other_company = cls.setup_other_company()["company"]
        cls.branch = cls.env["res.company"].create({"name": "Branch of Lyon", "parent_id": cls.company.id})
        cls.collector = cls._user("collector", PLAIN)
        cls.manager = cls._user("manager", MANAGER)
        cls.invoicer = cls._user("invoicer", ("base.group_user", "account.group_account_invoice"))
        cls.stranger = cls._user("stranger", PLAIN, company=cls.other_company)
        cls.branch_collector = cls._user("branch_collector", PLAIN, company=cls.branch)

        cls.policy = cls.env["recouvrement.policy"].create(
            {
                "name": "Professionals of the company",
                "company_id": cls.company.id,
                "level_ids": [
                    Command.create(
                        {
                            "name": "First reminder",
                            "intro": "Bonjour",
                            "channel_ids": [Command.create({"channel": "letter"})],
                        },
                    )
                ],
            }
        )
        cls.level = cls.policy.level_ids
        cls.invoice = cls.init_invoice("out_invoice", cls.partner_a, "2024-01-10", post=True, amounts=[1000])
        cls.debtor = cls.env["recouvrement.debtor"]._card(cls.company, cls.partner_a).sudo()
        cls._make_records()

    @classmethod
    def _make_records(cls):
        """One of each model that a night leaves."""
        cls.held_run = cls._made("run", date="2024-03-01", kind="manual", state="held")
        line = {
            "move_id": cls.invoice.id,
            "date_due": cls.invoice.invoice_date_due,
            "level_id": cls.level.id,
            "role": "carried",
            "currency_id": cls.invoice.currency_id.id,
        }
        cls.reminder = cls._made(
            "reminder",
            debtor_id=cls.debtor.id,
            addressee_id=cls.partner_a.id,
            policy_id=cls.policy.id,
            level_id=cls.level.id,
            run_id=cls.held_run.id,
            date="2024-03-01",
            line_ids=[Command.create(line)],
        )
        cls.dispatch = cls._made(
            "dispatch", reminder_id=cls.reminder.id, channel="letter", addressee_id=cls.partner_a.id
        )
        cls.decision = cls._made(
            "decision",
            run_id=cls.held_run.id,
            date="2024-03-01",
            partner_id=cls.partner_a.id,
            debtor_id=cls.debtor.id,
            outcome="remind",
        )
        cls.of_company = (cls.debtor, cls.held_run, cls.reminder, cls.reminder.line_ids, cls.dispatch, cls.decision)
        cls.of_policy = (cls.policy, cls.level, cls.level.channel_ids)

    @classmethod
    def _made(cls, model, **values):
        return cls.env[f"recouvrement.{model}"].sudo().create({"company_id": cls.company.id, **values})

    @classmethod
    def _user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env, login, ",".join(groups), company_id=company.id, company_ids=[Command.set(company.ids)]
        )

    def _seen_by(self, user, records):
        model = records.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        return model.search([("id", "in", records.ids)])

    # --- groups -------------------------------------------------------------------------------------------------------

    def test_groups_imply_each_other_and_reading_accounting(self):
        self.assertTrue(self.collector.has_group("account.group_account_readonly"))
        self.assertFalse(self.collector.has_group("account.group_account_invoice"))
        self.assertFalse(self.collector.has_group("recouvrement_fr.group_recouvrement_legal"))
        self.assertTrue(self.manager.has_group("recouvrement_fr.group_recouvrement_legal"))
        self.assertTrue(self.manager.has_group("recouvrement_fr.group_recouvrement_user"))
        self.assertTrue(self.env.ref("base.user_admin").has_group("recouvrement_fr.group_recouvrement_manager"))

    def test_collector_reads_everything_he_works_with(self):
        for records in (*self.of_company, *self.of_policy):
            with self.subTest(model=records._name):
                self.assertEqual(self._seen_by(self.collector, records), records)
        self.assertTrue(self.env["recouvrement.rate"].with_user(self.collector).has_access("read"))

    def test_invoicing_user_without_group_reads_nothing(self):
        for records in (*self.of_company, *self.of_policy, self.env["recouvrement.rate"]):
            with self.subTest(model=records._name):
                self.assertFalse(records.with_user(self.invoicer).has_access("read"))

    def test_collector_writes_debtors_only(self):
        self.debtor.with_user(self.collector).is_commercant = True
        for operation in ("create", "unlink"):
            self.assertFalse(self.debtor.with_user(self.collector).has_access(operation))
        for model in EVIDENCE + SETTINGS:
            for operation in ("write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(self.env[model].with_user(self.collector).has_access(operation))

    def test_manager_configures_and_collector_does_not(self):
        self.policy.with_user(self.manager).minimum_amount = 20
        self.level.with_user(self.manager).delay_days = 4
        with self.assertRaises(AccessError):
            self.policy.with_user(self.collector).minimum_amount = 0
        with self.assertRaises(AccessError):
            self.level.with_user(self.collector).delay_days = 0

    def test_manager_verifies_a_rate_and_collector_does_not(self):
        rate = self.env["recouvrement.rate"].search([], limit=1)
        rate.verified = False
        with self.assertRaises(AccessError):
            rate.with_user(self.collector).action_verify()
        rate.with_user(self.manager).action_verify()
        self.assertTrue(rate.verified)
        self.assertFalse(rate.with_user(self.manager).has_access("unlink"))

    def test_nobody_edits_nor_deletes_evidence(self):
        for model in EVIDENCE:
            for operation in ("write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(self.env[model].with_user(self.manager).has_access(operation))

    # --- companies ----------------------------------------------------------------------------------------------------

    def test_other_company_sees_nothing_of_it(self):
        for records in (*self.of_company, *self.of_policy):
            with self.subTest(model=records._name):
                self.assertFalse(self._seen_by(self.stranger, records))

    def test_branch_sees_what_its_root_collects(self):
        for records in (*self.of_company, *self.of_policy):
            with self.subTest(model=records._name):
                self.assertEqual(self._seen_by(self.branch_collector, records), records)

    def test_branch_collector_reads_the_whole_card_of_the_root(self):
        self.env.invalidate_all()
        card = self.debtor.with_user(self.branch_collector).with_context(allowed_company_ids=self.branch.ids)
        for name, field in card._fields.items():
            if not field.groups or self.branch_collector.has_groups(field.groups):
                with self.subTest(field=name):
                    card.read([name])

    def test_shared_policy_is_seen_by_every_company(self):
        self.policy.company_id = False
        self.assertEqual(self._seen_by(self.stranger, self.policy), self.policy)
        self.assertEqual(self._seen_by(self.stranger, self.level), self.level)

    def test_reminder_is_found_by_its_reference(self):
        reminders, name = self.env["recouvrement.reminder"], self.reminder.name
        for operator, value in (("=", name), ("in", [name]), ("ilike", f"{self.reminder.id}"), ("ilike", name)):
            with self.subTest(operator=operator, value=value):
                self.assertEqual(reminders.search([("name", operator, value)]), self.reminder)
        self.assertNotIn(self.reminder, reminders.search([("name", "!=", name)]))
        for nothing in ("REL", "99999999999999999999", "²"):
            self.assertFalse(reminders.search([("name", "ilike", nothing)]))

    def test_rates_are_shared(self):
        rates = self.env["recouvrement.rate"].search([])
        self.assertEqual(self._seen_by(self.stranger, rates), rates)

    # --- screens ------------------------------------------------------------------------------------------------------

    def test_menu_is_shown_to_collectors_only(self):
        menus = ("recouvrement_menu", "recouvrement_litigation_menu")
        configuration = self.env.ref("recouvrement_fr.recouvrement_configuration_menu")
        for menu in (self.env.ref(f"recouvrement_fr.{name}") for name in menus):
            self.assertIn(menu.id, self.env["ir.ui.menu"].with_user(self.collector)._visible_menu_ids())
            self.assertNotIn(menu.id, self.env["ir.ui.menu"].with_user(self.invoicer)._visible_menu_ids())
        self.assertNotIn(configuration.id, self.env["ir.ui.menu"].with_user(self.collector)._visible_menu_ids())
        self.assertIn(configuration.id, self.env["ir.ui.menu"].with_user(self.manager)._visible_menu_ids())

    def test_invoice_shows_collection_to_collectors_only(self):
        for view in ("account.view_move_form", "account.view_out_invoice_tree", "account.view_account_invoice_filter"):
            view_id = self.env.ref(view).id
            kind = self.env.ref(view).type
            with self.subTest(view=view):
                moves = self.env["account.move"]
                self.assertIn("dunning_", moves.with_user(self.collector).get_view(view_id, kind)["arch"])
                self.assertNotIn("dunning_", moves.with_user(self.invoicer).get_view(view_id, kind)["arch"])
                arch = moves.with_user(self.invoicer).get_view(view_id, kind)["arch"]
                # Whoever invoices is told that a credit limit is passed, and nothing else.
                self.assertFalse(re.findall(r"recouvrement_(?!credit_(?:blocks|warning))\w+", arch))

    def test_partner_shows_collection_to_collectors_only(self):
        view = self.env.ref("base.view_partner_form")
        partners = self.env["res.partner"]
        self.assertIn("recouvrement_debtor_id", partners.with_user(self.collector).get_view(view.id, "form")["arch"])
        self.assertNotIn("recouvrement", partners.with_user(self.invoicer).get_view(view.id, "form")["arch"])

    def test_banner_says_nothing_to_others(self):
        banner = self.env["recouvrement.banner"]
        self.env["recouvrement.rate"].search([]).verified = False
        self.assertTrue(banner.with_user(self.collector).get_banner("recouvrement.rate"))
        self.assertFalse(banner.with_user(self.invoicer).get_banner("recouvrement.rate"))

    # --- dialogs ------------------------------------------------------------------------------------------------------

    def test_collector_pauses_a_debtor_and_others_do_not(self):
        until = MONDAY + timedelta(days=10)
        values = {"debtor_ids": self.debtor.ids, "until": until, "reason": "Meeting on Tuesday"}
        with self.assertRaises(AccessError):
            self.env["recouvrement.pause"].with_user(self.invoicer).create(values)
        self.env["recouvrement.pause"].with_user(self.collector).create(values).action_pause()
        self.assertEqual((self.debtor.paused_until, self.debtor.pause_reason), (until, "Meeting on Tuesday"))
        self.assertEqual(self.reminder.state, "cancelled")

    def test_stranger_does_not_pause_another_company(self):
        until = MONDAY + timedelta(days=10)
        values = {"debtor_ids": self.debtor.ids, "until": until, "reason": "Not mine"}
        with self.assertRaises(AccessError):
            self.env["recouvrement.pause"].with_user(self.stranger).create(values).action_pause()

    def test_collector_cancels_a_reminder_and_a_stranger_does_not(self):
        values = {"reminder_ids": self.reminder.ids, "reason": "Paid by cheque"}
        with self.assertRaises(AccessError):
            self.env["recouvrement.cancel"].with_user(self.stranger).create(values).action_cancel()
        self.env["recouvrement.cancel"].with_user(self.collector).create(values).action_cancel()
        self.assertEqual((self.reminder.state, self.reminder.cancel_reason), ("cancelled", "Paid by cheque"))

    def test_collector_simulates_his_company_only(self):
        wizard = self.env["recouvrement.simulation"].with_user(self.collector)
        action = wizard.create({"company_id": self.company.id}).action_simulate()
        self.assertEqual(action["res_model"], "recouvrement.run")
        with self.assertRaises(AccessError):
            wizard.create({"company_id": self.other_company.id}).action_simulate()

    def test_branch_collector_simulates_the_root(self):
        wizard = self.env["recouvrement.simulation"].with_user(self.branch_collector).with_company(self.branch)
        simulation = wizard.create({})
        self.assertEqual(simulation.company_id.id, self.company.id)
        simulation.action_simulate()

    def test_only_managers_run_and_activate(self):
        for model in ("recouvrement.manual.run", "recouvrement.activation"):
            with self.subTest(model=model):
                self.assertTrue(self.env[model].with_user(self.manager).has_access("create"))
                self.assertFalse(self.env[model].with_user(self.collector).has_access("create"))

    def test_manager_activates_and_deactivates_step_by_step(self):
        self.policy.state = "draft"
        assistant = (
            self.env["recouvrement.activation"]
            .with_user(self.manager)
            .create({"policy_ids": self.policy.ids, "policy_id": self.policy.id})
        )
        for step in ("openings", "types", "levels", "simulation"):
            self.assertFalse(self.company.recouvrement_active)
            assistant.action_next()
            self.assertEqual(assistant.step, step)
        self.assertEqual(assistant.run_id.kind, "simulation")
        assistant.action_activate()
        self.assertTrue(self.company.recouvrement_active)
        self.assertEqual(self.company.recouvrement_policy_id, self.policy)
        assistant.action_deactivate()
        self.assertFalse(self.company.recouvrement_active)

    def test_manager_releases_a_held_run_and_collector_does_not(self):
        with self.assertRaises(AccessError):
            self.held_run.with_user(self.collector).action_release()
        self.assertEqual(self.held_run.state, "held")
        self.held_run.with_user(self.manager).action_release()
        self.assertNotEqual(self.held_run.state, "held")

    def test_a_dialog_is_read_by_its_maker_alone(self):
        other = new_test_user(self.env, "other_collector", groups=",".join(PLAIN))
        dialog = self.env["recouvrement.calculator"].with_user(self.collector).create({})
        dialog.flush_recordset()
        with self.assertRaises(AccessError):
            dialog.with_user(other).read(["display_name"])
        dialogs = [name for name, model in self.env.registry.items() if model._transient and "recouvrement" in name]
        ruled = self.env["ir.rule"].search([("domain_force", "=", "[('create_uid', '=', user.id)]")]).model_id
        self.assertFalse(set(dialogs) - set(ruled.mapped("model")), "each dialog has its rule")

    def test_the_debtor_himself_can_call_nothing(self):
        """Every public button, by a portal user and by an employee without a collection group."""
        portal = new_test_user(self.env, "debtor_portal", groups="base.group_portal")
        employee = new_test_user(self.env, "employee", groups="base.group_user")
        records = (self.debtor, self.reminder, self.held_run, self.reminder.dispatch_ids, self.policy, self.level)
        for user in (portal, employee):
            for record in records:
                if not record:
                    continue
                for name in [name for name in dir(type(record)) if name.startswith("action_")]:
                    if name in INHERITED or not callable(getattr(type(record), name)):
                        continue
                    try:
                        getattr(record.with_user(user), name)()
                    except AccessError:
                        continue
                    self.fail(f"{user.login} may call {record._name}.{name}")
