from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon
from .security_common import SecurityCommon


class BranchCommon(RecouvrementCommon):
    """A branch, and people who work there alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].sudo().create({"name": "Agence", "parent_id": cls.company.id})
        cls.env.user.company_ids |= cls.branch
        cls.people = [
            new_test_user(
                cls.env,
                f"branch_{group}",
                f"base.group_user,recouvrement_fr.group_recouvrement_{group}",
                company_id=cls.branch.id,
                company_ids=[Command.set(cls.branch.ids)],
            )
            for group in ("user", "legal", "manager")
        ]

    def seen_by(self, user, record):
        self.env.invalidate_all()
        return record.with_user(user).with_context(allowed_company_ids=self.branch.ids)

    def opened(self, record):
        """What its form reads."""
        views = record.get_views([(False, "form")])
        fields = views["models"][record._name]["fields"]
        return record.web_read({name: {} for name in fields})


@tagged("post_install", "-at_install")
class TestBranchAlone(BranchCommon):
    """Who works in a branch alone reads neither the company above it nor its settings: cards belong to that company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.env["recouvrement.debtor"]._card(cls.company, cls.debtor_partner)

    def test_the_card_of_a_debtor_and_its_policy_open(self):
        with self.at(MONDAY):
            self.invoice(MONDAY, 500)
            for user in self.people:
                for record in (self.debtor, self.policy):
                    with self.subTest(user=user.login, record=record._name):
                        self.assertTrue(self.opened(self.seen_by(user, record)))

    def test_a_debtor_is_reminded_at_once(self):
        self.invoice(MONDAY, 500)
        with self.at(MONDAY.replace(day=5)):
            for user in self.people:
                with self.subTest(user=user.login):
                    self.assertTrue(self.seen_by(user, self.debtor).action_remind_now())
                    self.seen_by(user, self.debtor.reminder_ids).action_send_now()

    def test_penalties_are_computed(self):
        with self.at(MONDAY):
            accessories = self.seen_by(self.people[2], self.env["recouvrement.accessory"])
            self.assertTrue(accessories.with_company(self.branch).action_compute_all())

    def test_a_missing_bank_account_is_shown_where_it_is_added(self):
        row = self.env["recouvrement.quality"].sudo().create({"kind": "no_iban", "company_id": self.company.id})
        for user in self.people:
            with self.subTest(user=user.login):
                action = self.seen_by(user, row).action_mend()
                self.assertEqual(action["res_id"], self.company.partner_id.id)
                self.assertTrue(self.seen_by(user, self.debtor).action_correct_account())


@tagged("post_install", "-at_install")
class TestBranchReads(BranchCommon, SecurityCommon):
    """Whatever of the company above a branch may be read there, whoever added it: its models are in no list."""

    def test_each_record_says_its_name_and_opens(self):
        records, refused = self.records(), {}
        for user in self.people:
            for name, record in records.items():
                seen = self.seen_by(user, record)
                if record._transient or not seen.has_access("read"):
                    continue
                for what, read in (("name", lambda one: one.display_name), ("form", self.opened)):
                    try:
                        read(seen)
                    except AccessError as error:
                        refused[user.login, name, what] = str(error)[:200]
        self.assertFalse(refused)

    def test_the_sheet_of_a_provision_is_made(self):
        self.records()
        for user in self.people:
            with self.subTest(user=user.login):
                self.assertTrue(self.seen_by(user, self.known["recouvrement.provision"]).action_xlsx()["url"])
