"""Every model of the add-on asked through the door of RPC by the debtor's accountant and by an employee."""

import inspect
import json

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools.misc import mute_logger

from .security_common import OURS, SecurityCommon

SECRET = "Xanthippe"
QUIET = (
    *("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"),
    "odoo.addons.mail.models.mail_thread",
)


@tagged("post_install", "-at_install")
class TestRpcOutsiders(SecurityCommon):
    """Read, searched, made, written, deleted, and each public method: all through `call_kw`, as `/web/dataset` does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsiders = cls.portal, cls.employee
        cls.employee.group_ids += cls.env.ref("base.group_allow_export")  # else nothing of his is looked at
        cls.all_models = sorted(name for name in cls.env.registry if name.startswith("recouvrement."))

    def called(self, user, model, method, *arguments, **named):
        """What a client is answered, or the error that he is."""
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint(), mute_logger(*QUIET):
                answer = call_kw(self.env[model].with_user(user), method, list(arguments), named)
                self.env.flush_all()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            return error
        return answer

    def doors(self, model, ids):
        """{method: arguments} of what the ORM offers to a client on any model."""
        stored = [field for field in model._fields.values() if field.store and field.name != "id"]
        some = next((field.name for field in stored if field.type == "char"), stored[0].name)
        values = {some: "Mine"}
        everything = dict.fromkeys(model._fields, {})
        found = {
            "read": ([ids], {}),
            "search": ([[]], {}),
            "search_count": ([[]], {}),
            "search_read": ([[]], {}),
            "name_search": ([""], {}),
            "web_read": ([ids, everything], {}),
            "web_search_read": ([[], everything], {}),
            "web_name_search": (["", {"display_name": {}}], {}),
            "web_read_group": ([[], ["id"]], {"aggregates": ["__count"]}),
            "formatted_read_group": ([[], [], ["__count"]], {}),
            "create": ([[values]], {}),
            "web_save": ([[], values, {}], {}),
            "onchange": ([[], values, [some], everything], {}),
            "write": ([ids, values], {}),
            "web_save of one": ([ids, values, {}], {}),
            "unlink": ([ids], {}),
            "copy": ([ids], {}),
            "web_resequence": ([ids, {}], {"field_name": some}),
            "update_field_translations": ([ids, some, {"en_US": "Mine"}], {}),
            "export_data": ([ids, [some]], {}),
        }
        if model._rec_name and not model._fields[model._rec_name].relational:
            found["name_create"] = (["Mine"], {})
        if "active" in model._fields:
            found["action_archive"] = ([ids], {})
        if model._log_access:  # else there is nothing to tell but the id that was given
            found["get_metadata"] = ([ids], {})
        if model._fields[some].translate:
            found["get_field_translations"] = ([ids, some], {})
        return found

    def test_the_orm_answers_nothing_to_an_outsider_on_any_model(self):
        """Refused, whatever is asked, and everything as it was."""
        records, passed, asked = self.records(), {}, 0
        before = self.state(records.values())
        for name in self.concrete:
            for method, (arguments, named) in self.doors(self.env[name], records[name].ids).items():
                # core lets no portal user export, whatever it is
                for user in self.outsiders if method != "export_data" else [self.employee]:
                    asked += 1
                    said = self.called(user, name, method.split()[0], *arguments, **named)
                    if not isinstance(said, UserError):  # of rights, or of what nobody may do
                        passed[f"{name}.{method} as {user.login}"] = repr(said)[:120]
        self.assertGreater(asked, 5000)  # it does ask
        self.assertFalse(passed)
        self.assertEqual(self.state(records.values()), before)

    def methods(self, model):
        """The public methods that a model has beyond those of every model, whoever defines them."""
        every = type(self.env["base"])
        for name in dir(type(model)):
            method = getattr(type(model), name)
            if name.startswith("_") or not callable(method) or inspect.isclass(method):
                continue
            if getattr(every, name, None) is not method:
                yield name

    def ours(self, model):
        """Those that this add-on adds, on its own models, abstract ones too, and on those of core."""
        core = [kind for kind in type(model).__mro__ if not kind.__module__.startswith(OURS)]
        return [name for name in self.buttons(model) if not any(name in vars(kind) for kind in core)]

    def shapes(self, ids):
        """What a client that knows no signature would try."""
        yield [ids]
        yield [[]]
        yield [ids, ids]
        yield [ids, {}]
        yield []

    def test_no_public_method_of_the_add_on_answers_an_outsider(self):
        """Of every model of the registry: also of core's, of dialogs, of what others inherit."""
        records = {**self.records(), "account.move": self.move, "account.move.line": self.move.line_ids[:1]}
        records |= {"res.partner": self.debtor_partner, "res.company": self.company}
        before = self.state(records.values())
        passed, asked = {}, set()
        for name in sorted(self.env.registry):
            model = self.env[name]
            ids = records[name].ids if name in records else model.browse(1).ids
            for method in self.ours(model):
                asked.add(name)
                for user in self.outsiders:
                    for arguments in self.shapes(ids):
                        said = self.called(user, name, method, *arguments)
                        if not self.refused(said, ids in arguments and not model._abstract):
                            passed[f"{name}.{method}{arguments} as {user.login}"] = repr(said)[:120]
        self.assertIn("recouvrement.table.import", asked)
        self.assertIn("recouvrement.anonymisation", asked)
        self.assertGreater(len(asked), 60)
        self.assertFalse(passed)
        self.assertEqual(self.state(records.values()), before)

    def refused(self, said, on_a_record):
        """Without a record, or with arguments that it does not take, a method has nothing to refuse: it only says
        nothing."""
        if isinstance(said, AccessError | TypeError | IndexError):
            return True
        return not on_a_record and (isinstance(said, Exception) or not said)

    def test_whatever_public_method_is_called_nothing_planted_is_told_and_nothing_changes(self):
        """Those of discussions and activities too, on records that hold a word found nowhere else."""
        records = self.records()
        self.plant(records.values(), SECRET)
        before = self.state(records.values())
        passed, asked = {}, 0
        for name in self.all_models:
            ids = records[name].ids if name in records else [1]
            for method in self.methods(self.env[name]):
                for user in self.outsiders:
                    for arguments in ([ids], [[]], [ids, {}]):
                        asked += 1
                        said = self.called(user, name, method, *arguments)
                        if SECRET in self.told(said):
                            passed[f"{name}.{method} as {user.login}"] = self.told(said)[:200]
        self.assertGreater(asked, 3000)
        self.assertFalse(passed)
        self.assertEqual(self.state(records.values()), before)

    def told(self, said):
        """What of an answer, or of an error, reaches the client."""
        if isinstance(said, Exception):
            return json.dumps(http.serialize_exception(said), default=str)
        return json.dumps(said, default=str)
