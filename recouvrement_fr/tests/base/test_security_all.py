"""What every model of the add-on owes to everybody, whoever added it: these tests read the registry, not a list."""

import inspect

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.base.recouvrement_dialog import RecouvrementDialog
from .security_common import EVIDENCE, TYPED, SecurityCommon

# Law and reasons that are the same for every company of a database.
SHARED = {  # of no company
    *("recouvrement.dispute.reason", "recouvrement.mention", "recouvrement.payment.sector"),
    *("recouvrement.proceeding.delay", "recouvrement.rate", "recouvrement.legal.figure"),
    *("recouvrement.einvoice.status", "recouvrement.einvoice.reason", "recouvrement.einvoice.amount"),
}
# A partner is everybody's: another company opens its own card of him. The cases shown are those one may read.
OF_PARTNERS = {
    *("action_open_recouvrement_debtor", "action_open_recouvrement_cases", "action_recouvrement_credit"),
    *("action_recouvrement_anonymise", "action_recouvrement_export"),  # of what his own company holds
}


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
            "recouvrement.dashboard.get_week",  # the same; the number of a week
            "recouvrement.dashboard.get_owed",  # the same; a day
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
