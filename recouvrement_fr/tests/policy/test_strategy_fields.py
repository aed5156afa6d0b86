"""What collection adds to core's documents is not read by the debtor nor by an employee who keeps no accounts."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

MODELS = ("account.move", "account.move.line", "res.partner", "res.company")
# The journal items of a write-off name the invoice that they are about: core's entries, open to who reads them.
HARMLESS = {"account.move.line": {"recouvrement_invoice_id"}}


@tagged("post_install", "-at_install")
class TestStrategyFields(RecouvrementCommon):
    """Every field of the registry that this add-on defines on an invoice, its items and a partner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "strategy_portal", "base.group_portal")
        cls.portal.partner_id.parent_id = cls.debtor_partner
        company = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.employee = new_test_user(cls.env, "strategy_employee", "base.group_user,base.group_allow_export", **company)
        cls.biller = new_test_user(cls.env, "strategy_biller", "account.group_account_invoice", **company)

    def ours(self, model):
        own = {name for name, field in self.env[model]._fields.items() if field._modules == ("recouvrement_fr",)}
        return own - HARMLESS.get(model, set())

    def test_neither_the_debtor_nor_an_employee_reads_what_collection_plans(self):
        move = self.invoice(MONDAY, 1000)
        records = {
            "account.move": move,
            "account.move.line": move.line_ids[:1],
            "res.partner": self.debtor_partner,
            "res.company": self.company,
        }
        for model in MODELS:
            names = self.ours(model)
            self.assertTrue(names)
            for user in (self.portal, self.employee):
                self.assertFalse(names & set(self.env[model].with_user(user).fields_get()), (model, user.login))
                for name in sorted(names):
                    with self.subTest(model=model, user=user.login, field=name), self.assertRaises(AccessError):
                        records[model].with_user(user).read([name])
                    if not self.env[model]._fields[name]._description_searchable:
                        continue
                    with self.subTest(model=model, user=user.login, searched=name), self.assertRaises(AccessError):
                        # a required field is asked for its value: "set" says nothing, and is answered unread
                        required = self.env[model]._fields[name].required
                        asked = ("=", records[model][name]) if required else ("!=", False)
                        self.env[model].with_user(user).search([(name, *asked)])
                    if user == self.employee:  # core lets no portal user export
                        with self.subTest(model=model, exported=name), self.assertRaises(AccessError):
                            records[model].with_user(user).export_data([name])
                    if self.env[model]._fields[name].store:
                        with self.subTest(model=model, user=user.login, grouped=name):
                            self.assertFalse(self.grouped(self.env[model].with_user(user), name))

    def grouped(self, model, name):
        """What somebody is answered who groups by a field; nothing where it is refused, or where no record is read."""
        try:
            return model.formatted_read_group([], [name], ["__count"])
        except AccessError:
            return None

    def test_who_invoices_still_makes_posts_and_reads_an_invoice(self):
        move = self.invoice(MONDAY, 1000)
        copied = move.with_user(self.biller).copy({"invoice_date": MONDAY})
        copied.action_post()
        self.assertEqual(copied.state, "posted")
        self.env.invalidate_all()
        self.assertEqual(copied.read(["dunning_state"])[0]["dunning_state"], "none")

    def test_the_debtor_still_reads_his_invoice(self):
        move = self.invoice(MONDAY, 1000)
        move.message_subscribe(self.portal.partner_id.ids)
        self.assertEqual(move.with_user(self.portal).read(["name"])[0]["name"], move.name)
