"""What every company of a database uses is changed by those who work in all of them, whatever the model."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import RecouvrementCommon

# What a second row of these asks to be a valid one.
ASKED = {
    "recouvrement.rate": {"date_from": "2050-01-01", "date_to": "2050-06-30"},
    "recouvrement.provision.bracket": {"days": 4321},
    "recouvrement.mention": {"date_from": "2050-01-01"},
    "recouvrement.legal.figure": {"date_from": "2050-01-01"},
    "recouvrement.level.channel": {"channel": "visit", "template_id": False},
    "recouvrement.level": {"delay_days": 87, "sequence": 87},
}
MANAGER = "base.group_user,recouvrement_fr.group_recouvrement_manager"


@tagged("post_install", "-at_install")
class TestShared(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other creditor", "country_id": cls.env.ref("base.fr").id})
        cls.env["res.company"].sudo().search([("id", "not in", (cls.company + cls.other).ids)]).write(
            {"recouvrement_active": False}
        )
        cls.everywhere = cls._manager("shared_everywhere", cls.company + cls.other)
        cls.stranger = cls._manager("shared_stranger", cls.other)
        cls.admin = cls._manager("shared_admin", cls.other, f"{MANAGER},base.group_system")

    @classmethod
    def _manager(cls, login, companies, groups=MANAGER):
        return new_test_user(
            cls.env, login, groups, company_id=companies[-1].id, company_ids=[Command.set(companies.ids)]
        )

    def shared_models(self):
        """Models with rows of no company: their rule of companies lets those through, or there is none."""
        for name, model in sorted(self.env.registry.items()):
            if not name.startswith("recouvrement.") or model._abstract or model._transient or not model._auto:
                continue
            rules = self.env["ir.rule"].sudo().search([("model_id.model", "=", name)])
            if not rules or any("company_id', '=', False" in (rule.domain_force or "") for rule in rules):
                yield name

    def shared_record(self, name):
        """One that no company owns, shipped or made here."""
        model = self.env[name].sudo().with_context(active_test=False)
        path = "level_id.policy_id.company_id" if name == "recouvrement.level.channel" else "company_id"
        domain = [(path, "=", False)] if path.partition(".")[0] in model._fields else []
        record = model.search(domain, limit=1)
        self.assertTrue(record, f"{name} ships no shared record: make one here")
        return record

    def attempts(self, record):
        """{what: how}, each on a record as another user sees it."""
        text = next(
            (
                name
                for name, field in record._fields.items()
                if field.type in ("char", "text") and field.store and not field.related and not field.compute
            ),
            None,
        )
        values = {**record.copy_data({})[0], **ASKED.get(record._name, {}), "company_id": False}
        if "code" in values and record._fields["code"].type == "char":
            values["code"] = "999" if record._name.startswith("recouvrement.einvoice") else "another"
        values = {name: value for name, value in values.items() if name in record._fields}
        yield "create", lambda row: row.browse().create(values)
        yield "load", lambda row: self._loaded(row, text)
        yield "write", lambda row: row.write({text or "rate": "1"})
        yield "web_save", lambda row: row.web_save({text or "rate": "1"}, {})
        yield "unlink", lambda row: row.unlink()
        if "active" in record._fields:
            yield "archive", lambda row: row.write({"active": not row.active})
        if text and record._fields[text].translate:
            yield "translate", lambda row: row.update_field_translations(text, {"fr_FR": "Payez sur FR00"})

    def _loaded(self, row, text):
        """What an import does: a refusal is told in its messages."""
        said = row.load([".id", text or "rate"], [[str(row.id), "1"]])
        if said["ids"]:
            return
        raise AccessError(str(said["messages"]))

    def test_a_manager_of_one_company_changes_nothing_that_all_use(self):
        names = list(self.shared_models())
        self.assertGreater(len(names), 15)
        passed = {}
        for name in names:
            record = self.shared_record(name)
            self.assertTrue(record.with_user(self.stranger).has_access("read"), name)
            for what, attempt in self.attempts(record):
                said = self._said(record.with_user(self.stranger), attempt)
                if not isinstance(said, AccessError):
                    passed[f"{name}: {what}"] = repr(said)[:200]
        self.assertFalse(passed)

    def _said(self, row, attempt):
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                attempt(row)
                self.env.flush_all()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            return error
        return "done"

    def test_who_works_in_all_of_them_and_administrators_do(self):
        for name in self.shared_models():
            record = self.shared_record(name)
            for user in (self.everywhere, self.admin):
                for operation in ("create", "write", "unlink"):
                    with self.subTest(model=name, user=user.login, operation=operation):
                        granted = self.env[name].with_user(user).has_access(operation)
                        self.assertEqual(record.with_user(user).has_access(operation), granted)
                self.assertTrue(record.with_user(user).has_access("write"))

    def test_the_refusal_says_who_may(self):
        policy = self.env["recouvrement.policy"].create({"name": "Of all", "company_id": False})
        with self.assertRaisesRegex(AccessError, "Of all.*work in all the companies that collect"):
            policy.with_user(self.stranger).action_deactivate()

    def test_a_company_that_does_not_collect_is_not_asked(self):
        self.company._recouvrement_deactivate()
        policy = self.env["recouvrement.policy"].create({"name": "Of all", "company_id": False})
        policy.with_user(self.stranger).name = "Of all, renamed"
        self.other.recouvrement_active = True
        policy.with_user(self.stranger).name = "Of all, again"
        with self.assertRaises(AccessError):
            policy.with_user(self._manager("shared_first", self.company)).name = "Mine"

    def test_a_level_and_its_channels_follow_their_policy(self):
        for company, allowed in ((self.other, True), (False, False), (self.company, False)):
            policy = self._policy("Followed", company_id=company and company.id)
            self.env.flush_all()
            for record in (policy, policy.level_ids, policy.level_ids.channel_ids):
                with self.subTest(company=company, model=record._name):
                    self.assertEqual(record.with_user(self.stranger).has_access("write"), allowed)
            with self.subTest(company=company):
                level = policy.level_ids[:1].with_user(self.stranger)
                if allowed:
                    level.intro = "Payez sur FR00"
                else:
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        level.intro = "Payez sur FR00"

    def test_ones_own_is_not_given_to_all_nor_to_another_company(self):
        policy = self._policy("Own", company_id=self.other.id).with_user(self.stranger)
        for company in (False, self.company.id):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                policy.company_id = company
        level = policy.level_ids[:1]
        shared = self._policy("Of all", company_id=False)
        for other in (shared, self.policy):
            other.level_ids.unlink()
            self.env.flush_all()
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                level.policy_id = other.id
        shared = self._policy("Of all, too", company_id=False)
        change = [Command.update(shared.level_ids[0].id, {"name": "x"})]
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            shared.with_user(self.stranger).write({"level_ids": change})

    def test_a_copy_of_what_all_use_is_of_ones_own_company(self):
        shared = self._policy("Of all", company_id=False)
        copied = shared.with_user(self.stranger).copy()
        self.assertEqual(copied.company_id, self.other)
        self.assertEqual(copied.level_ids.company_id, self.other)
        self.assertFalse(shared.with_user(self.everywhere).copy().company_id)

    def test_a_dialog_changes_no_rate_for_others(self):
        rate = self.env["recouvrement.rate"].search([], limit=1)
        for act in ("action_verify", "action_ask_ecb"):
            with self.subTest(act=act), self.assertRaisesRegex(AccessError, "every company of this database"):
                getattr(rate.with_user(self.stranger), act)()
