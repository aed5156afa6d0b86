"""Each refusal of test_security_all by its side doors: created, copied, imported, saved by the client, read apart."""

import json
from functools import partial

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged
from odoo.tools.misc import mute_logger

from .security_common import EVIDENCE, TYPED, SecurityCommon

REFUSED = (UserError, AccessError, MissingError, ValueError, IntegrityError)
# A second one of these is about another debtor, or the database refuses it first.
ELSEWHERE = {"recouvrement.debtor": "partner_id", "recouvrement.insolvency": "debtor_id"}


@tagged("post_install", "-at_install")
class TestSecurityVariants(SecurityCommon):
    def tried(self, act, looked_at=None):
        """What an attempt came to: the error that refused it, or its answer, or what was seen of it."""
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_rule"):
                answer = act()
                self.env.flush_all()
                answer = looked_at(answer) if looked_at else answer
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            return error
        return answer

    def doors(self, record, field, value):
        """{door: act} that would give a record of that model this value."""
        model = record.browse()
        values = {name: one for name, one in record.sudo().copy_data({})[0].items() if name in model._fields}
        asked = json.loads(json.dumps({field: value}, default=str))
        text = str(value) if value is not False else ""
        other = {ELSEWHERE[record._name]: self.elsewhere()[record._name].id} if record._name in ELSEWHERE else {}
        if record._name == "recouvrement.insolvency.hit":
            other = {"debtor_id": record.sudo().debtor_id.id}
        values |= other
        return {
            "create": lambda: model.create({**values, field: value}),
            "copy": lambda: record.copy({**other, field: value}),
            "web_save": lambda: record.web_save(asked, {field: {}}),
            "web_save of a new one": lambda: model.web_save({**values, field: value}, {field: {}}),
            "load": lambda: self.loaded(record, field, text),
        }

    def elsewhere(self):
        partner = self._partner("Ebéniste Roux")
        debtors = self.env["recouvrement.debtor"]
        known = debtors.sudo().search([("partner_id.name", "=", "Tapissier Blanc")]) or debtors._card(
            self.company, self._partner("Tapissier Blanc")
        )
        return {"recouvrement.debtor": partner, "recouvrement.insolvency": known}

    def loaded(self, record, field, text):
        said = record.load([".id", field], [[str(record.id), text]])
        if not said["ids"]:
            raise AccessError(str(said["messages"])[:200])
        return record.browse(said["ids"])

    def given(self, record, said, field, value):
        """Whether what an attempt made or changed has that value now."""
        if isinstance(said, list):  # what the client reads of it
            said = record.browse([row["id"] for row in said])
        self.env.invalidate_all()
        found = (said if isinstance(said, type(record)) else record).sudo()[:1][field]
        return (found.id if record._fields[field].type == "many2one" else found) == value

    def test_what_acts_write_is_given_by_no_other_door(self):
        """A copy, and whatever is made, starts as new; what is there stays as it was."""
        passed = {}
        for name, values in TYPED.items():
            record = self.record(name).with_user(self.manager)
            for field, value in values.items():
                if record._fields[field].type == "many2one":  # said when it is made
                    continue
                for door, act in self.doors(record, field, value).items():
                    said = self.tried(
                        act, lambda said, where=(record, field, value): self.given(where[0], said, *where[1:])
                    )
                    if (said is True and value) or isinstance(said, Exception) and not isinstance(said, REFUSED):
                        passed[f"{name}.{field} by {door}"] = repr(said)[:160]
        self.assertFalse(passed)

    def test_evidence_is_made_by_no_other_door(self):
        passed = {}
        for kind in EVIDENCE:
            record = self.record(f"recouvrement.{kind}").with_user(self.manager)
            doors = {
                "copy": record.copy,
                "name_create": lambda record=record: record.browse().name_create("Mine"),
                "load": lambda record=record: self.loaded(record, "create_date", "2020-01-01"),
                "web_save": lambda record=record: record.web_save({"display_name": "x"}, {}),
                "web_override_translations": lambda record=record: record.update_field_translations(
                    record._rec_name or "create_date", {"fr_FR": "Autre"}
                ),
                "web_resequence": lambda record=record: record.web_resequence({}, field_name="id"),
                "archive": lambda record=record: record.action_archive(),
            }
            for door, act in doors.items():
                if door == "archive" and "active" not in record._fields:
                    continue
                said = self.tried(act)
                if not isinstance(said, Exception) and said is not False:  # False: made nothing, without a name
                    passed[f"{record._name} by {door}"] = repr(said)[:120]
        self.assertFalse(passed)

    def test_a_field_one_may_not_read_is_neither_searched_sorted_grouped_nor_exported(self):
        passed = {}
        for name in ("account.move", "account.move.line", "res.partner", "res.company"):
            for field in self.env[name]._fields.values():
                groups = str(field.groups or "")
                if "recouvrement_fr" not in groups or not (field.store or field.search):
                    continue
                for user in (self.portal, self.employee):
                    model = self.env[name].with_user(user)
                    question = [(field.name, "=", field.get_values(self.env)[0] if field.type == "selection" else 1)]
                    if field.type in ("date", "datetime"):
                        question = [(field.name, ">", "2000-01-01")]
                    probes = {
                        "search": lambda model=model, question=question: model.search(question),
                        "order": lambda model=model, field=field: model.search([], order=field.name, limit=1),
                        "group": lambda model=model, field=field: model.formatted_read_group([], [field.name]),
                        "sum": lambda model=model, field=field: model.formatted_read_group(
                            [], [], [f"{field.name}:count"]
                        ),
                        "export": lambda model=model, field=field: model.search([], limit=1).export_data([field.name]),
                        "read": lambda model=model, field=field: model.search([], limit=1).read([field.name]),
                        "web_search_read": lambda model=model, field=field: model.web_search_read([], {field.name: {}}),
                    }
                    for probe, act in probes.items():
                        if probe in ("order", "group", "sum") and not field.store:
                            continue
                        said = self.tried(act)
                        if not isinstance(said, Exception):
                            passed[f"{name}.{field.name} by {probe} as {user.login}"] = repr(said)[:100]
        self.assertFalse(passed)

    def test_no_form_is_told_of_a_record_of_another_company(self):
        """Models that are no dialogs compute on what the client sends, too."""
        passed = {}
        records = self.records()
        secret = "Xanthippe"
        self.plant(records.values(), secret)
        for name in self.concrete:
            model = self.env[name].with_user(self.stranger)
            if model._transient or not model.has_access("read"):
                continue
            named = {"fields": {"display_name": {}}}
            spec = {field.name: named if field.relational else {} for field in model._fields.values()}
            for field in model._fields.values():
                record = records.get(field.comodel_name) if field.type == "many2one" else None
                if not record or record._transient or record.with_user(self.stranger).has_access("read"):
                    continue
                for values in ({field.name: record.id}, {field.name: {"id": record.id}}):
                    said = self.tried(partial(model.onchange, values, [field.name], spec))
                    if not isinstance(said, Exception) and secret in json.dumps(said, default=str):
                        passed[f"{name}.{field.name}"] = json.dumps(said, default=str)[:200]
        self.assertFalse(passed)
