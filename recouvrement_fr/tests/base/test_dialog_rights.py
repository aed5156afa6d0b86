"""What a dialog is given is read with its user's rights: every dialog of the registry, not a list."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..litigation.case_common import OPENED, CaseCommon


@tagged("post_install", "-at_install")
class TestDialogRights(CaseCommon):
    """Foreign and confidential ids given to every dialog, at creation, writing, onchange, by context and by default."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.env["res.company"].create({"name": "Elsewhere", "country_id": cls.env.ref("base.fr").id})
        cls.stranger = new_test_user(
            cls.env,
            "dialog_stranger",
            "base.group_user,recouvrement_fr.group_recouvrement_manager,recouvrement_fr.group_recouvrement_legal",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )

    def dialogs(self):
        return [
            self.env[name]
            for name, model in sorted(self.env.registry.items())
            if name.startswith("recouvrement.") and model._transient and not model._abstract
        ]

    def named(self, dialog, name, values):
        """The ids that the default of a field names: an empty list is a command as well."""
        value = values.get(name)
        return [value] if value and not isinstance(value, list) else list(dialog._ids_of(dialog, value or []))

    def assert_refused(self, user, found):
        """Every field of every dialog that can hold one of these records refuses it."""
        tried = 0
        for dialog in self.dialogs():
            mine = dialog.with_user(user)
            if not mine.has_access("create"):
                continue
            for name, field in dialog._fields.items():
                record = found.get(field.comodel_name) if field.relational else None
                if not record or field.related or not field.store or field.type == "one2many":
                    continue
                tried += 1
                value = record.id if field.type == "many2one" else [Command.set(record.ids)]
                entries = {
                    "create": lambda: mine.create({name: value}),  # noqa: B023 - called in this turn
                    "onchange": lambda: mine.onchange({name: value}, [name], {name: {}}),  # noqa: B023
                    "write": lambda: mine.browse(1).write({name: value}),  # noqa: B023
                    "default": lambda: mine.with_context(**{f"default_{name}": value}).default_get([name]),  # noqa: B023
                }
                for entry, call in entries.items():
                    with (
                        self.subTest(dialog=dialog._name, field=name, entry=entry),
                        self.assertRaises(AccessError),
                        self.env.cr.savepoint(),
                    ):
                        call()
        return tried

    def test_every_dialog_checks_what_it_is_given(self):
        checked = self.env.registry["recouvrement.dialog"]
        self.assertFalse([dialog._name for dialog in self.dialogs() if not isinstance(dialog, checked)])

    def test_no_dialog_acts_for_a_company_that_its_user_does_not_work_in(self):
        self.assertGreater(self.assert_refused(self.officer, {"res.company": self.stranger.company_id}), 3)
        tried = self.assert_refused(self.stranger, {"res.company": self.company})
        self.assertGreater(tried, 5)

    def test_no_dialog_opens_on_a_record_of_another_company(self):
        """Whatever is active: a dialog refuses it, or takes nothing from it."""
        case = self.opened()
        self.start(case, "injonction")
        found = [case, case.step_ids[:1], case.event_ids[:1], self.card(), self.debt]
        taken = {record._name: record.id for record in found}
        for dialog in self.dialogs():
            mine = dialog.with_user(self.stranger)
            if not mine.has_access("create"):
                continue
            names = [name for name, field in dialog._fields.items() if field.relational and not field.related]
            for record in found:
                context = {"active_model": record._name, "active_id": record.id, "active_ids": record.ids}
                with self.subTest(dialog=dialog._name, active=record._name):
                    try:
                        values = mine.with_context(**context).default_get(names)
                    except (AccessError, UserError):
                        continue
                    self.assertFalse(
                        [
                            name
                            for name in names
                            if dialog._fields[name].comodel_name in taken
                            and self.named(dialog, name, values)
                            and not dialog._fields[name].comodel_name.startswith("res.")
                        ]
                    )

    def test_a_dialog_takes_no_id_of_another_model_for_its_own(self):
        """The row's id comes with a button of a row: it is not the case's, nor the plan's."""
        case = self.opened()
        self.start(case, "injonction")
        step = case.step_ids[:1]
        context = {"active_model": step._name, "active_id": case.id, "active_ids": case.ids}  # the same number
        mistaken = {"recouvrement.case", "recouvrement.plan", "recouvrement.promise", "recouvrement.dispatch"}
        for dialog in self.dialogs():
            names = [name for name, field in dialog._fields.items() if field.comodel_name in mistaken]
            if not names or not dialog.with_user(self.manager).has_access("create"):
                continue
            with self.subTest(dialog=dialog._name):
                try:
                    values = dialog.with_user(self.manager).with_context(**context).default_get(names)
                except UserError:
                    continue
                self.assertFalse([name for name in names if self.named(dialog, name, values)])

    def test_no_dialog_takes_a_record_of_another_company(self):
        case = self.opened()
        self.start(case, "injonction")
        found = {
            "recouvrement.case": case,
            "recouvrement.case.step": case.step_ids[:1],
            "recouvrement.case.event": case.event_ids[:1],
            "recouvrement.debtor": self.card(),
            "account.move": self.debt,
        }
        self.assertGreater(self.assert_refused(self.stranger, found), 30)

    def test_no_dialog_takes_a_confidential_case_from_a_collector(self):
        case = self.opened(is_confidential=True)
        self.start(case, "injonction")
        found = {
            "recouvrement.case": case,
            "recouvrement.case.step": case.step_ids[:1],
            "recouvrement.case.event": case.event_ids[:1],
        }
        self.assertTrue(self.assert_refused(self.collector, found))

    def test_a_dialog_is_closed_once_its_case_is_confidential(self):
        case = self.opened()
        with self.at(OPENED):
            wizard = self.env["recouvrement.case.statement"].with_user(self.collector).create({"case_id": case.id})
            self.assertIn(self.debt.name, wizard.read(["table"])[0]["table"])
            case.is_confidential = True
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                wizard.read(["table"])

    def test_the_posting_dialog_reads_its_letters_as_its_user(self):
        line = self.env["recouvrement.posting.line"]
        for name in ("channel", "address"):
            self.assertFalse(line._fields[name].related_sudo)

    def test_a_step_is_recorded_from_its_row(self):
        """The web client saves with the row's context: its active id is the step's."""
        case = self.opened()
        self.start(case, "injonction")
        step = case.step_ids.filtered("is_recordable")[:1]
        context = {"active_model": step._name, "active_id": step.id + 100000, "active_ids": [step.id + 100000]}
        context |= {"default_case_id": case.id, "default_line_id": step.id}
        with self.at(OPENED):
            dialog = self.env["recouvrement.case.record"].with_user(self.officer).with_context(**context)
            dialog.create({"case_id": case.id, "line_id": step.id, "on": OPENED}).action_record()
            self.assertIn(step.step_id, case.event_ids.step_id)

    def test_a_case_made_confidential_later_hides_what_it_had_made(self):
        case = self.opened()
        self.start(case, "injonction")
        with self.at(OPENED):
            document = case.with_user(self.officer)._draft_act("statement", OPENED)
            case._sync(OPENED)
        deadlines = self.env["recouvrement.deadline"].search([("debtor_id", "=", case.debtor_id.id)])
        for secret in (True, False):
            case.with_user(self.officer).is_confidential = secret
            self.env.invalidate_all()
            for record in (document, *deadlines):
                self.assertEqual(record.with_user(self.collector).has_access("read"), not secret, record)
                self.assertTrue(record.with_user(self.officer).has_access("read"))
