"""What every model of the add-on owes to everybody, whoever added it: these tests read the registry, not a list."""

import inspect
import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ...models.base.recouvrement_dialog import RecouvrementDialog
from ..common import MONDAY, RecouvrementCommon

OURS = "odoo.addons.recouvrement_fr."
# Law and reasons that are the same for every company of a database.
SHARED = {  # of no company
    *("recouvrement.dispute.reason", "recouvrement.mention", "recouvrement.payment.sector"),
    *("recouvrement.proceeding.delay", "recouvrement.rate", "recouvrement.legal.figure"),
    *("recouvrement.einvoice.status", "recouvrement.einvoice.reason", "recouvrement.einvoice.amount"),
}
# The ORM's own methods, which check rights, and what says nothing to others (test_security).
ORM = {"create", "write", "unlink", "copy", "copy_data", "default_get", "onchange", "get_banner", "fields_get"}
# A partner is everybody's: another company opens its own card of him. The cases shown are those one may read.
OF_PARTNERS = {
    *("action_open_recouvrement_debtor", "action_open_recouvrement_cases", "action_recouvrement_credit"),
    *("action_recouvrement_anonymise", "action_recouvrement_export"),  # of what his own company holds
}
# What a model asks beyond its required fields.
ASKED = {
    "recouvrement.accessory": {"kind": "indemnity"},
    "recouvrement.grace": {"date_to": "2027-01-01"},
    "recouvrement.interest.clause": {"rate": 12.0},
    "recouvrement.legal.figure": {"date_from": MONDAY},
}
SIMPLE = {
    "char": "Something",
    "text": "Something",
    "html": "Something",
    "date": MONDAY,
    "datetime": f"{MONDAY} 08:00:00",
    "integer": 1,
    "float": 1.0,
    "monetary": 1.0,
    "binary": b"cw==",
}
# Written by the acts of a record alone, with a value somebody could want to type.
TYPED = {
    "recouvrement.debtor": {"overdue_amount": 0, "last_contact_date": MONDAY, "reason": False, "partner_id": 1},
    "recouvrement.plan": {"state": "kept", "accepted_by": "Nobody", "principal": 1, "started_on": MONDAY},
    "recouvrement.insolvency": {"state": "cancelled", "declared_on": MONDAY, "debtor_id": 1},
    "recouvrement.insolvency.hit": {"state": "dismissed", "text": "Another"},
    "recouvrement.guarantee": {"state": "released"},
    "recouvrement.case": {"state": "closed", "outcome": "paid", "opened_on": MONDAY},
    "recouvrement.dispute": {"state": "rejected", "opened_on": MONDAY},
    "recouvrement.document": {"state": "frozen", "sha256": "0", "version": 2},
    "recouvrement.write.off": {"decision": "approved"},
    "recouvrement.credit.review": {"state": "approved", "decided_on": MONDAY},
    "recouvrement.provision.line": {"amount": 1},
    "recouvrement.case.piece": {"sha256": "0", "state": "left_out", "number": 9},
}
# Never written nor deleted by anybody.
EVIDENCE = {
    *("accessory", "case.approval", "case.claim", "case.event", "case.file", "case.proceeding", "case.step", "contact"),
    *("decision", "dispatch", "dispatch.event", "doubtful", "invoice.check", "invoice.sending", "limitation.event"),
    *("notice.override", "pause.period", "plan.instalment", "promise", "reminder", "reminder.line", "run", "statement"),
    *(
        "thanks",
        "write.off.line",
        "exclusion",
        "einvoice.event",
        "einvoice.mail",
        "invoice.mention",
        "insolvency.claim",
        "deadline",
    ),
    *("portal.access", "portal.event"),
    *("anonymisation", "person.export", "retention.identity"),
    *("payer.profile", "payer.payment", "quality", "credit.alert", "credit.override"),
}


class SecurityCommon(RecouvrementCommon):
    """One record of each model, made by filling what it requires; then everybody who should not tries everything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.env["res.company"].create({"name": "Other creditor", "country_id": cls.env.ref("base.fr").id})
        cls.employee = new_test_user(cls.env, "all_employee", "base.group_user")
        cls.portal = new_test_user(cls.env, "all_portal", "base.group_portal")
        cls.portal.partner_id.parent_id = cls.debtor_partner  # the debtor's own accountant reads his invoices
        cls.collector = cls._someone("all_collector", "user")
        cls.manager = cls._someone("all_manager", "manager,base.group_system,base.group_erp_manager")
        cls.stranger = cls._someone("all_stranger", "manager,account.group_account_manager", company=other)
        cls.concrete = sorted(
            name for name, model in cls.env.registry.items() if name.startswith("recouvrement.") and not model._abstract
        )

    @classmethod
    def _someone(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            f"base.group_user,recouvrement_fr.group_recouvrement_{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.move = self.invoice(MONDAY, 1000)
        self.known = {
            "account.move": self.move,
            "res.partner": self.debtor_partner,
            "res.company": self.company,
            "res.currency": self.company.currency_id,
            "res.users": self.env.user,
            "recouvrement.debtor": self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner).sudo(),
            "recouvrement.policy": self.policy,
            "recouvrement.level": self.first,
            "recouvrement.level.channel": self.first.channel_ids,
        }

    # --- one record of each model -------------------------------------------------------------------------------------

    def records(self):
        """{model: record} of every model; fails where none can be made, so that none is passed over in silence."""
        failed = {}
        for name in self.concrete:
            before = dict(self.known)
            try:
                with self.env.cr.savepoint():
                    self.record(name).flush_recordset()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                failed[name] = repr(error)[:300]
                self.known = before
        self.assertFalse(failed, "Say in ASKED what these models ask.")
        return {name: self.known[name] for name in self.concrete}

    def record(self, name):
        """A record of that model in our company; asked again, the same."""
        if name not in self.known:
            self.known[name] = self._found(name) or self._made(name)
        return self.known[name]

    def _found(self, name):
        model = self.env[name].sudo()
        if name == "recouvrement.dispute.report":  # a view of the disputes
            self.record("recouvrement.dispute")
            self.env.flush_all()
            return model.search([("company_id", "=", self.company.id)], limit=1)
        if name == "recouvrement.effectiveness":  # a view of what was sent
            line = self.record("recouvrement.reminder.line")
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE recouvrement_reminder SET state = 'sent', sent_date = %s WHERE id = %s",
                [MONDAY, line.reminder_id.id],
            )
            self.env.invalidate_all()
            return model.search([("company_id", "=", self.company.id)], limit=1)
        if name == "recouvrement.limitation.calendar":  # a view of the open invoices
            self.env.flush_all()
            return model.search([("company_id", "=", self.company.id)], limit=1)
        if name == "recouvrement.portal.report":  # a view of the links
            self.record("recouvrement.portal.access")
            self.env.flush_all()
            return model.search([("company_id", "=", self.company.id)], limit=1)
        if name == "recouvrement.payer.payment":  # a view of the payments of companies
            self.known["recouvrement.debtor"].debtor_type = "professional"
            self.pay(self.invoice(MONDAY, 100), on=MONDAY)
            self.env.flush_all()
            return model.with_company(self.company).search([("company_id", "=", self.company.id)], limit=1)
        if name == "recouvrement.invoice.mention":  # made when the invoice was posted
            return model.search([("move_id", "=", self.move.id)])
        if name.startswith("recouvrement.case.record"):  # opens on a step to do alone: nobody here may go that far
            return model.browse(1)
        return None if "company_id" in model._fields or model._transient else model.search([], limit=1)

    def _made(self, name):
        model = self.env[name].sudo()
        values = dict(ASKED.get(name, {}))
        if name == "recouvrement.write.off":
            line = {"move_id": self.move.id, "partner_id": self.debtor_partner.id}
            values["line_ids"] = [Command.create(line | {"currency_id": self.company.currency_id.id})]
        for field in model._fields.values():
            if field.name not in values and self._is_asked(field):
                value = self._value(field)
                if value is not None:
                    values[field.name] = value
        return model.with_context(tracking_disable=True).create(values)

    def _is_asked(self, field):
        if field.related or not field.store or field.type == "one2many" or field.compute and field.readonly:
            return False
        return (
            field.name in ("company_id", "debtor_id", "move_ids")
            or field.required
            and (not field.default or field.type == "many2one")
        )

    def _value(self, field):
        if field.type == "many2one_reference":
            return self.move.id
        if field.relational:
            if field.comodel_name in self.known or field.comodel_name.startswith("recouvrement."):
                record = self.record(field.comodel_name)
            elif field.type == "many2one":
                record = self.env[field.comodel_name].sudo().search([], limit=1)
            else:
                return None
            return record.id if field.type == "many2one" else [Command.set(record.ids)]
        if field.type == "selection":
            return field.get_values(self.env)[0]
        return SIMPLE.get(field.type)

    def plant(self, records, secret):
        """Write a word that is found nowhere else into the name of each of these records."""
        self.env.flush_all()
        for record in records:
            field = record._fields.get(record._rec_name or "")
            if field and field.store and field.type == "char" and not record._transient and not field.related:
                value = json.dumps({"en_US": secret}) if field.translate else secret
                table, column = SQL.identifier(record._table), SQL.identifier(field.name)
                self.env.cr.execute(SQL("UPDATE %s SET %s = %s WHERE id = %s", table, column, value, record.id))
        self.env.invalidate_all()

    # --- what is tried on them ----------------------------------------------------------------------------------------

    def buttons(self, record):
        """Names of our methods that a client may call on this record."""
        model = type(record)
        for name in dir(model):
            method = getattr(model, name)
            if name.startswith("_") or name in ORM or not inspect.isfunction(method):
                continue
            ours = any(name in vars(klass) and klass.__module__.startswith(OURS) for klass in model.__mro__)
            if ours and not getattr(method, "_api_private", False):
                yield name

    def state(self, records):
        """Everything stored of these records, and how many of their models belong to our company."""
        self.env.flush_all()
        self.env.invalidate_all()
        state = {}
        for record in records:
            model = record.sudo()
            stored = [name for name, field in model._fields.items() if field.store and field.type != "binary"]
            domain = [("company_id", "child_of", self.company.id)] if "company_id" in stored else []
            state[record._name] = (model.read(stored, load=False), model.search_count(domain))
        return state


@tagged("post_install", "-at_install")
class TestSecurityAll(SecurityCommon):
    """What everybody who should not may try, on each of those records."""

    # --- who may call what --------------------------------------------------------------------------------------------

    def _answers(self, user, records):
        """{model.method: what happened} of the calls that were not refused for want of rights."""
        found = {}
        for record in records:
            for name in self.buttons(record):
                self.env.invalidate_all()
                try:
                    with self.env.cr.savepoint():
                        getattr(record.with_user(user), name)()
                except AccessError:
                    continue
                except Exception as error:  # noqa: BLE001 - anything but a refusal went too far
                    found[f"{record._name}.{name}"] = repr(error)[:200]
                else:
                    found[f"{record._name}.{name}"] = "done"
        return found

    def _every_record(self):
        return [*self.records().values(), self.move, self.debtor_partner]

    def test_public_methods_take_no_arguments(self):
        """What takes arguments is for methods alone: a client may send anything."""
        known = {
            "recouvrement.debtor.get_timeline",  # reads what the caller may read
            "recouvrement.dashboard.get_dashboard",  # the company asked for is checked, the others are choices
            "recouvrement.dashboard.get_panel",  # the same
            "recouvrement.dashboard.get_page",  # the same
            "recouvrement.debtor.get_empty_list_help",  # core's own: words of an empty list, kept or replaced
            "recouvrement.einvoice.event.receive_xml",  # takes one message in, with the rights of a collector
        }
        asking = set()
        for name, model in self.env.registry.items():
            for method in self.buttons(self.env[name]) if name.startswith("recouvrement.") else ():
                parameters = list(inspect.signature(getattr(model, method)).parameters)[1:]
                if parameters and f"{name}.{method}" not in known:
                    asking.add(f"{name}.{method}")
        self.assertFalse(asking)

    def test_employee_calls_nothing(self):
        records = self._every_record()
        self.assertGreater(sum(len(list(self.buttons(record))) for record in records), 150)  # it does look at them
        self.assertFalse(self._answers(self.employee, records))

    def test_debtor_calls_nothing(self):
        """Even on his own invoices, which he reads on the portal."""
        records = self._every_record()
        self.assertTrue(self.move.with_user(self.portal).has_access("read"))
        self.assertFalse(self._answers(self.portal, records))

    def test_other_company_calls_nothing(self):
        """A manager of another company: on records he is refused, through dialogs he changes nothing of ours."""
        records = self._every_record()
        own = [record for record in records if not record._transient and record._name not in SHARED]
        refused = self._answers(self.stranger, own)
        allowed = {f"res.partner.{name}" for name in OF_PARTNERS} | {"recouvrement.accessory.action_compute_all"}
        allowed.add("recouvrement.einvoice.event.receive_xml")  # for his own company
        self.assertFalse({name: said for name, said in refused.items() if name not in allowed})
        before = self.state(own)
        self._answers(self.stranger, [record for record in records if record._transient])
        self.assertEqual(self.state(own), before)

    # --- who sees what ------------------------------------------------------------------------------------------------

    def test_everybody_sees_his_company_alone(self):
        for name, record in self.records().items():
            if record._transient or name in SHARED:
                continue
            with self.subTest(model=name):
                mine = [("id", "=", record.id)]
                self.assertTrue(self.env[name].with_user(self.manager).search(mine))
                self.assertFalse(self.env[name].with_user(self.stranger).search(mine))

    def test_models_are_closed_to_those_who_do_not_collect(self):
        for name in self.concrete:
            for user in (self.employee, self.portal):
                with self.subTest(model=name, user=user.login):
                    self.assertFalse(self.env[name].with_user(user).has_access("read"))
            with self.subTest(model=name):
                self.assertTrue(self.env[name].with_user(self.manager).has_access("read"))

    # --- what dialogs are given ---------------------------------------------------------------------------------------

    def _given(self):
        """(dialog, field, a record of our company) for each field of each dialog that can hold one."""
        records = self.records()
        for name in self.concrete:
            for field in self.env[name]._fields.values():
                if not self.env[name]._transient or not field.store or field.related:
                    continue
                record = self.known.get(field.comodel_name) if field.type in ("many2one", "many2many") else None
                if not record or record._transient or not (field.comodel_name in records or record == self.move):
                    continue
                if not record.with_user(self.stranger).has_access("read"):
                    yield self.env[name].with_user(self.stranger), field, record

    def _as_sent(self, field, record):
        return record.id if field.type == "many2one" else [Command.set(record.ids)]

    def test_a_dialog_is_given_no_record_that_its_maker_may_not_read(self):
        """Ids come from the browser, where anybody can type another: nothing is made, written, nor computed of them."""
        given = list(self._given())
        self.assertGreater(len(given), 40)  # it does look at them
        for dialog, field, record in given:
            values = {field.name: self._as_sent(field, record)}
            with self.subTest(dialog=dialog._name, field=field.name):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    dialog.create(values)
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    dialog.onchange(values, [field.name], dict.fromkeys(dialog._fields, {}))
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    dialog.write(values)

    def test_every_dialog_checks_what_it_is_given(self):
        for name in self.concrete:
            if self.env[name]._transient:
                with self.subTest(dialog=name):
                    self.assertIsInstance(self.env[name], RecouvrementDialog)

    def test_lines_of_a_dialog_are_given_nothing_foreign_either(self):
        letter = self.record("recouvrement.dispatch")
        line = Command.create({"dispatch_id": letter.id})
        for values in ({"line_ids": [line]}, {"line_ids": [tuple(line)]}):
            dialog = self.env["recouvrement.posting"].with_user(self.stranger)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                dialog.onchange(values, ["line_ids"], {"line_ids": {"fields": {"address": {}}}})
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                dialog.create(values)
        dialog = self.env["recouvrement.posting"].with_user(self.stranger).with_context(active_ids=letter.ids)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            dialog.onchange({}, [], {"line_ids": {"fields": {"address": {}}}})

    def test_the_decompte_of_a_confidential_case_is_shown_to_nobody_else(self):
        case = self.record("recouvrement.case")
        case.is_confidential = True
        dialog = self.env["recouvrement.case.statement"].with_user(self.collector)
        self.assertFalse(case.with_user(self.collector).has_access("read"))
        for values in ({"case_id": case.id}, {"case_id": {"id": case.id}}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                dialog.onchange(values, ["case_id"], {"table": {}})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            dialog.create({"case_id": case.id})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            dialog.with_context(active_id=case.id).onchange({}, [], {"case_id": {}, "table": {}})

    # --- nobody alters the past ---------------------------------------------------------------------------------------

    def test_evidence_is_neither_written_nor_deleted(self):
        for kind in EVIDENCE:
            record = self.record(f"recouvrement.{kind}").with_user(self.manager)
            with self.subTest(model=record._name):
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(record.has_access(operation), operation)

    def test_what_acts_write_is_not_typed(self):
        for name, values in TYPED.items():
            record = self.record(name).with_user(self.manager)
            for field, value in values.items():
                with self.subTest(model=name, field=field), self.assertRaises(UserError), self.env.cr.savepoint():
                    record.write({field: value})

    def test_every_kept_file_is_guarded(self):
        """The file that a record keeps for good cannot be taken from it, nor written by whoever writes the record."""
        files = self.env["ir.attachment"].sudo()
        for name in self.concrete:
            model = self.env[name]
            for field in model._fields.values():
                if field.type == "many2one" and field.comodel_name == "ir.attachment" and not model._transient:
                    with self.subTest(field=str(field)):
                        self.assertEqual(field.ondelete, "restrict")
                        record = self.record(name)
                        place = {"res_model": "recouvrement.debtor", "res_id": self.record("recouvrement.debtor").id}
                        file = files.create({"name": "kept.pdf", "raw": b"as it was", **place})
                        file.with_user(self.manager).raw = b"before it is kept"
                        table, column = SQL.identifier(record._table), SQL.identifier(field.name)
                        self.env.flush_all()
                        keep = SQL("UPDATE %s SET %s = %s WHERE id = %s", table, column, file.id, record.id)
                        self.env.cr.execute(keep)
                        with self.assertRaises(UserError), self.env.cr.savepoint():
                            file.with_user(self.manager).raw = b"another"

    def test_frozen_file_never_changes(self):
        """A collector may write a draft, and so its attachments: not the file that was frozen with its hash."""
        document = self.record("recouvrement.document")
        file = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": "frozen.pdf", "raw": b"as it was", "res_model": document._name, "res_id": document.id})
        )
        other = file.copy({"name": "note.txt"})
        document.write({"attachment_id": file.id, "state": "frozen"})
        for user in (self.collector, self.manager):
            other.with_user(user).raw = b"his own"
            for values in ({"raw": b"another"}, {"res_id": 0, "res_model": False}, {"res_model": "res.partner"}):
                with self.subTest(user=user.login, values=values), self.assertRaises(UserError):
                    file.with_user(user).write(values)
        self.assertEqual(file.raw, b"as it was")
