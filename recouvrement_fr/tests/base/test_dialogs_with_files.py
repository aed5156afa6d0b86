import base64
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Image
from odoo.tests import new_test_user, tagged

from ...rules.instalments import Instalment
from ...tools.upload import MEGABYTE
from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon
from .test_files_given import workbook, zipped

DAY = timedelta(days=1)
PDF = base64.b64encode(b"%PDF-1.4 proof")
LA_POSTE = (  # the labels of La Poste's own follow-up, registered letters and parcels
    ("Votre envoi", None),
    ("Pris en charge", "posted"),
    ("En cours de traitement", None),
    ("Mis en distribution", None),
    ("Remis en distribution", None),
    ("Non distribuable", None),
    ("En attente d'être retiré au guichet", None),
    ("Présenté au destinataire", "presented"),
    ("Avisé, en attente de retrait", None),
    ("Distribué", "delivered"),
    ("Distribué à l'expéditeur", "returned"),
    ("Retour à l'expéditeur", "returned"),
    ("Destinataire inconnu à l'adresse", "returned"),
    ("Pli refusé par le destinataire", "refused"),
    ("Pli avisé et non réclamé", "unclaimed"),
)


class WithFiles(DispatchCommon):
    def setUp(self):
        super().setUp()
        self.first.channel_ids.channel = "registered"

    def letter(self, number="1A123"):
        _invoice, reminder = self.frozen()
        letter = reminder.dispatch_ids
        with self.at(MONDAY):
            letter.action_mark_posted()
        letter.sudo().tracking_number = number
        return letter

    def postal(self, data, **values):
        return self.env["recouvrement.postal.import"].create({"file": base64.b64encode(data), **values})

    def shown(self, wizard):
        return {title.name: title.target for title in wizard.title_ids}


@tagged("post_install", "-at_install")
class TestTableImport(WithFiles):
    """A table is read, its columns shown, and only then taken in."""

    def test_columns_are_shown_and_nothing_is_written_before_they_are_confirmed(self):
        letter = self.letter()
        text = "N° de suivi;Date de dépôt;Statut;Date du statut\n1A123;2026-03-02;Distribué;2026-03-05"
        wizard = self.postal(text.encode("utf-16"))
        wizard.action_import()  # pressed too early, or by a call: it shows the columns all the same
        self.assertEqual((wizard.state, letter.postal_state), ("columns", "posted"))
        self.assertEqual(
            self.shown(wizard),
            {"N° de suivi": "tracking", "Date de dépôt": False, "Statut": "state", "Date du statut": "date"},
        )
        self.assertEqual(wizard.title_ids.mapped("example"), ["1A123", "2026-03-02", "Distribué", "2026-03-05"])
        with self.at(MONDAY + 10 * DAY):
            wizard.action_import()
        self.assertEqual((wizard.state, wizard.recorded_count), ("done", 1))
        self.assertEqual((letter.postal_state, letter.delivered_on), ("delivered", MONDAY + 3 * DAY))

    def test_what_a_person_chose_is_proposed_the_next_time_in_his_company_alone(self):
        self.letter()
        text = b"Barcode;Event;Day\n1A123;Distribu\xe9;05/03/2026"
        wizard = self.postal(text)
        wizard.action_read()
        self.assertEqual(self.shown(wizard), dict.fromkeys(("Barcode", "Event", "Day"), False))
        with self.assertRaisesRegex(UserError, "Tracking number, Status, Date of the status"):
            wizard.action_import()
        self.assertEqual(wizard.state, "columns")
        for title, target in zip(wizard.title_ids, ("tracking", "state", "date"), strict=True):
            title.target = target
        with self.at(MONDAY + 10 * DAY):
            wizard.action_import()
        self.assertEqual(wizard.recorded_count, 1)
        again = self.postal(workbook(["Day", "Barcode", "Event"], ["2026-03-05", "1A123", "Distribué"]))
        again.action_read()
        self.assertEqual(self.shown(again), {"Day": "date", "Barcode": "tracking", "Event": "state"})
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids += other
        elsewhere = self.postal(text).with_company(other)
        elsewhere.action_read()
        self.assertEqual(self.shown(elsewhere), dict.fromkeys(("Barcode", "Event", "Day"), False))
        stranger = new_test_user(
            self.env,
            "column_stranger",
            "base.group_user,recouvrement_fr.group_recouvrement_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.env["recouvrement.import.column"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.env["recouvrement.import.column"].with_user(stranger).create({})

    def test_a_title_left_out_once_stays_left_out(self):
        self.letter()
        text = b"Suivi;Statut;Etat;Date\n1A123;Archiv\xe9;Distribu\xe9;2026-03-05"
        wizard = self.postal(text)
        wizard.action_read()
        self.assertEqual(self.shown(wizard)["Etat"], False, "two titles could be the status: a person chooses")
        wizard.title_ids[2].target = "state"
        with self.at(MONDAY + 10 * DAY):
            wizard.action_import()
        again = self.postal(text)
        again.action_read()
        self.assertEqual(self.shown(again), {"Suivi": "tracking", "Statut": False, "Etat": "state", "Date": "date"})

    def test_two_columns_for_one_thing_are_refused_and_another_file_may_be_given(self):
        wizard = self.postal(b"Suivi;Statut;Date;Autre\n1;2;3;4")
        wizard.action_read()
        wizard.title_ids[3].target = "date"
        with self.assertRaisesRegex(UserError, "Two columns are taken for “Date of the status”"):
            wizard.action_import()
        wizard.action_back()
        self.assertEqual((wizard.state, len(wizard.title_ids)), ("choose", 0))

    def test_the_labels_of_the_carriers_are_told_apart(self):
        self.letter()
        heads = (
            ("N° de suivi", "Libellé du statut", "Date de l'événement"),
            ("Numéro d'envoi", "Statut", "Date statut"),
        )
        unknown = [number for number, (_label, state) in enumerate(LA_POSTE, 2) if state is None]
        for head in heads:
            lines = [head] + [("1A123", label, "2026-03-05") for label, _state in LA_POSTE]
            wizard = self.postal("\r\n".join(";".join(line) for line in lines).encode("cp1252"))
            wizard.action_read()
            self.assertEqual(list(self.shown(wizard).values()), ["tracking", "state", "date"])
            with self.at(MONDAY + 10 * DAY):
                wizard.action_import()
            refused = wizard.line_ids.filtered(lambda line: "is not known" in line.message)
            self.assertEqual(refused.mapped("number"), unknown)

    def test_a_spreadsheet_of_courts_is_taken_in(self):
        data = workbook(["Code", "Nom", "Type", "Ville", "CP"], ["T-01", "Tribunal 01", "TC", "Bourg", 1000])
        wizard = self.env["recouvrement.court.import"].sudo().create({"file": base64.b64encode(data)})
        wizard.action_read()
        self.assertEqual(wizard.title_ids.mapped("target"), ["code", "name", "kind", "city", "zip"])
        wizard.action_import()
        self.assertEqual((wizard.created_count, wizard.line_ids.ids), (1, []))
        self.assertEqual(self.env["recouvrement.court"].search([("code", "=", "T-01")]).zip, "01000")


@tagged("post_install", "-at_install")
class TestDialogsWithFiles(WithFiles):
    """Every dialog that is given a file says what it refuses, and loses nothing."""

    def dialogs(self):
        """{(dialog, field)} of the registry in which a person gives a file."""
        return {
            (name, field.name)
            for name, model in self.env.registry.items()
            if name.startswith("recouvrement.") and model._transient and not model._abstract
            for field in model._fields.values()
            if field.type == "binary" and not field.readonly and not isinstance(field, Image)  # core decodes pictures
        }

    def opened(self):
        """{(dialog, field): (a dialog ready for its button, the button)}."""
        letter = self.letter()
        invoice = letter.reminder_id.line_ids.move_id
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        card.sudo().write({"debtor_type": "professional", "type_confirmed": True})
        plan = self.env["recouvrement.plan"]._make(card, invoice, [Instalment(MONDAY + 30 * DAY, Decimal(1000))])
        with self.at(MONDAY):
            plan.action_propose()
        made = {
            ("recouvrement.postal.import", "file"): ({}, "action_read"),
            ("recouvrement.court.import", "file"): ({}, "action_read"),
            ("recouvrement.einvoice.import", "file"): ({}, "action_import"),
            ("recouvrement.postal.status", "proof"): (
                {"dispatch_ids": letter.ids, "state": "delivered", "date": MONDAY + DAY},
                "action_record",
            ),
            ("recouvrement.plan.acceptance", "signed_copy"): (
                {"plan_id": plan.id, "accepted_on": MONDAY, "accepted_by": "Jean Durand"},
                "action_accept",
            ),
            ("recouvrement.complementary", "proof"): (
                {"move_id": invoice.id, "amount": 120, "justification": "Fees"},
                "action_confirm",
            ),
        }
        return {
            key: (self.env[key[0]].sudo().create({key[1]: PDF, **values}), button)
            for key, (values, button) in made.items()
        }

    def test_each_dialog_that_takes_a_file_is_tried_here(self):
        self.assertEqual(self.dialogs(), set(self.opened()))

    def test_fifty_megabytes_are_refused_by_whatever_door(self):
        huge = b"A" * (50 * MEGABYTE)
        for dialog, field in sorted(self.dialogs()):
            model = self.env[dialog].sudo()
            for call in (
                lambda: model.create({field: huge}),  # noqa: B023 - called in this turn
                lambda: model.browse(1).write({field: huge}),  # noqa: B023
                lambda: model.onchange({field: huge}, [field], {field: {}}),  # noqa: B023
            ):
                with self.subTest(dialog=dialog), self.assertRaisesRegex(UserError, "25 MB"), self.env.cr.savepoint():
                    call()

    def test_what_is_refused_is_said_and_nothing_is_lost(self):
        bomb = zipped(("bomb.xml", bytes(6 * MEGABYTE)))
        kinds = {"bomb": bomb, "program": b"MZ\x90\0\3", "page": b"<!DOCTYPE html><html>", "blank": b" \n"}
        tables = {"NUL": b"Suivi;Statut;Date\n1\0;2;3", "wrong kind": b"%PDF-1.4 proof", "unreadable": b"a;b\n\x81"}
        for (name, field), (dialog, button) in self.opened().items():
            files = kinds | (tables if button == "action_read" else {})
            before = {
                key: value for key, value in dialog.read()[0].items() if key not in ("write_date", "write_uid", field)
            }
            for kind, data in files.items():
                with self.subTest(dialog=name, kind=kind):
                    dialog[field] = base64.b64encode(data)
                    if name == "recouvrement.einvoice.import":
                        self.assert_einvoice_refused(dialog, kind)
                        continue
                    with self.at(MONDAY + DAY), self.assertRaises(UserError) as caught, self.env.cr.savepoint():
                        getattr(dialog, button)()
                    self.assertGreater(len(str(caught.exception)), 15)
                    after = {key: value for key, value in dialog.read()[0].items() if key in before}
                    self.assertEqual(after, before)
                    self.assertTrue(base64.b64decode(dialog[field]) == data, "the file is still there")
        self.assertFalse(self.env["recouvrement.einvoice.event"].search([("company_id", "=", self.company.id)]))

    def assert_einvoice_refused(self, dialog, kind):
        """A message is refused by its name on the screen; a file without any, in words."""
        if kind == "blank":
            with self.assertRaisesRegex(UserError, "empty"):
                dialog.action_import()
            return
        dialog.action_import()
        self.assertEqual((dialog.new_count, len(dialog.line_ids)), (0, 1))
        self.assertTrue(dialog.line_ids.message)
        dialog.write({"state": "choose", "line_ids": [Command.clear()]})

    def test_an_empty_proof_of_costs_is_asked_for(self):
        dialog, _button = self.opened()["recouvrement.complementary", "proof"]
        dialog.proof = False
        with self.assertRaisesRegex(UserError, "proof of these costs"):
            dialog.action_confirm()

    def test_every_table_and_workbook_we_write_goes_through_one_door(self):
        """Names that begin with = stay texts: the writers are made by tools alone."""
        root = Path(__file__).parents[2]
        writers = ("xlsxwriter.Workbook(", "csv.writer(", "openpyxl.Workbook(", "Workbook(out")
        found = {
            str(file.relative_to(root))
            for folder in ("models", "tools", "wizards", "controllers", "reports")
            for file in (root / folder).rglob("*.py")
            if any(writer in file.read_text() for writer in writers)
        }
        self.assertEqual(found, {"tools/workbook.py", "models/sending/recouvrement_dispatch_postal.py"})
