from contextlib import contextmanager
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import HttpCase, new_test_user
from odoo.tools import SQL

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .clock import MONDAY as MONDAY  # the rooms take it from here
from .clock import today
from .ground import Ground, caches, restore
from .ready import ReadyCompanies


class RecouvrementCommon(ReadyCompanies):
    """A French company with an active policy (J+3, J+10, notice at J+30), and a professional who owes nothing yet."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.env.ref("recouvrement_fr.group_recouvrement_manager")

    @classmethod
    @AccountTestInvoicingCommon.setup_country("fr")
    def setUpClass(cls):
        if not Ground.lend(cls, RecouvrementCommon):
            cls.set_up()

    @classmethod
    def set_up(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        # The scheduler writes in the language of the collectors; tests read the source.
        cls.env.ref("recouvrement_fr.group_recouvrement_user").all_user_ids.lang = "en_US"
        cls.company = cls.company_data["company"]
        cls.company.write(
            {"email": "compta@creancier.example", "street": "1 rue du Test", "zip": "69001", "city": "Lyon"}
        )
        cls.company.recouvrement_gap_days = 365  # tests jump from one day to another
        cls.env["res.partner.bank"].create(
            {"acc_number": "FR7630006000011234567890189", "partner_id": cls.company.partner_id.id}
        )
        cls.env["recouvrement.policy"].search([]).write({"state": "draft"})
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Reminder",
                "model_id": cls.env["ir.model"]._get_id("recouvrement.reminder"),
                "subject": "Facture échue {{ object.name }}",
                "body_html": "<p>Solde <t t-out=\"object.figures['amount']\"/></p>",
                "lang": "{{ object.lang }}",
            }
        )
        cls.policy = cls._policy("Professionals")
        cls.first, cls.second, cls.notice = cls.policy.level_ids.sorted("sequence")
        cls.company._recouvrement_activate({})
        cls.debtor_partner = cls._partner("Menuiserie Durand", email="compta@durand.example")

    def setUp(self):
        if isinstance(self, HttpCase):  # what it serves is read in each test alone
            self.addCleanup(restore, self.registry, caches(self.registry))
            super().setUp()
            self.before_all()
            return
        if "is_begun" not in vars(type(self)):
            known = dict(vars(self))
            self.before_all()
            self.env.cr.precommit.run()
            self.env.cr.postcommit.clear()
            self.env.invalidate_all()
            for name, value in vars(self).items():
                if known.get(name) is not value:
                    setattr(type(self), name, value)
            type(self).is_begun = True
        self.env.flush_all()
        self.addCleanup(restore, self.registry, caches(self.registry))  # after Odoo has emptied them
        super().setUp()

    def before_all(self):
        """What every test of the class finds: made once, before the first of them, and kept when it is rolled back."""

    @classmethod
    def _policy(cls, name, **values):
        policy = cls.env["recouvrement.policy"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "minimum_amount": 15,
                "minimum_days_between": 5,
                "level_ids": [
                    cls._level("Reminder 1", 10, 3),
                    cls._level("Reminder 2", 20, 10, tone="firm", accessories="claimed"),
                    cls._level(
                        "Formal notice",
                        30,
                        30,
                        kind="formal_notice",
                        tone="formal",
                        accessories="claimed",
                        channel="registered",
                    ),
                ],
                **values,
            }
        )
        policy.action_activate()
        return policy

    @classmethod
    def _level(cls, name, sequence, days, channel="email", **values):
        step = {"channel": channel}
        if channel == "email":
            step["template_id"] = cls.template.id
        return Command.create(
            {
                "name": name,
                "sequence": sequence,
                "delay_days": days,
                "subject": "Votre compte",
                "intro": "Bonjour",
                "closing": "Merci",
                "channel_ids": [Command.create(step)],
                **values,
            }
        )

    @classmethod
    def _partner(cls, name, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "company_registry": "732829320",
                "street": "2 rue du Débiteur",
                "zip": "75011",
                "city": "Paris",
                "country_id": cls.env.ref("base.fr").id,
                **values,
            }
        )

    @classmethod
    def _somebody(cls, login, group="user"):
        """A user of the company with that right of collection."""
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,recouvrement_fr.group_recouvrement_{group}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def invoice(self, due, amount=1000.0, partner=None, post=True, move_type="out_invoice", **values):
        """A posted invoice without tax, due on that day."""
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or self.debtor_partner).id,
                "invoice_date": values.pop("invoice_date", due - timedelta(days=30)),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create({"name": "Pose", "price_unit": amount, "tax_ids": False})],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def opening(self, amount=400, partner=None, on=MONDAY - timedelta(days=90), more=()):
        """An opening entry of old invoices that are not in Odoo, one item each: its own, then `more` of
        (partner, amount, due, label)."""
        rows = [(partner or self.debtor_partner, amount, on, False), *more]
        items = [
            Command.create(
                {
                    "account_id": owner.property_account_receivable_id.id,
                    "partner_id": owner.id,
                    "debit": each,
                    "date_maturity": due,
                    "name": label,
                    "no_followup": False,
                }
            )
            for owner, each, due, label in rows
        ]
        total = sum(row[1] for row in rows)
        other = {"account_id": self.company_data["default_account_revenue"].id, "credit": total}
        entry = self.env["account.move"].create(
            {"move_type": "entry", "date": on, "line_ids": [*items, Command.create(other)]}
        )
        entry.action_post()
        return entry

    def pay(self, invoices, amount=None, on=None):
        """Register a payment through core's own dialog; returns it."""
        register = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create({"payment_date": on or today(), **({"amount": amount} if amount else {})})
        )
        return register._create_payments()

    def on_account(self, amount, on):
        """A payment in the bank that nobody sets against an invoice."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor_partner.id,
                "amount": amount,
                "date": on,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        self.assertTrue(payment.move_id, "This bank journal writes its payments in the ledger.")
        return payment

    @contextmanager
    def at(self, on, hour=9):
        """That day, in the morning in Paris."""
        with freeze_time(datetime(on.year, on.month, on.day, hour)):
            yield

    def tamper(self, file):
        """Somebody with the keys of the server replaces the bytes behind Odoo's back."""
        other = self.env["ir.attachment"].sudo().create({"name": "other", "raw": b"forged"})
        file.flush_recordset()
        self.env.cr.execute(
            SQL("UPDATE ir_attachment SET store_fname = %s, db_datas = NULL WHERE id = %s", other.store_fname, file.id)
        )
        file.invalidate_recordset()

    def night(self, on):
        """The night of that day as the scheduler runs it; returns its run."""
        self.env.flush_all()  # the scheduler reads through another environment
        with self.at(on, 3), self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_run").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["recouvrement.run"].search(
            [("company_id", "=", self.company.id), ("kind", "=", "night"), ("date", "=", on)]
        )

    def morning(self, on):
        """The dispatch of that morning as the scheduler runs it."""
        self.env.flush_all()
        with self.at(on), self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_dispatch").method_direct_trigger()
        self.env.invalidate_all()

    def reminders(self, partner=None):
        return self.env["recouvrement.reminder"].search(
            [("debtor_id.partner_id", "=", (partner or self.debtor_partner).id)], order="id"
        )

    def card(self, partner=None):
        return self.env["recouvrement.debtor"].search(
            [("partner_id", "=", (partner or self.debtor_partner).id), ("company_id", "=", self.company.id)]
        )

    def mark_sent(self, reminders, on):
        """As if the mail server had taken them: core never sends in tests."""
        with self.at(on):
            reminders.sudo()._mark_sent(on)
