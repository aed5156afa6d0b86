import base64

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..litigation.case_common import OPENED, CaseCommon

PDF = b"%PDF-1.4 as it was"
FORGED = (
    {"raw": b"forged"},
    {"datas": base64.b64encode(b"forged")},
    {"db_datas": b"forged"},
    {"res_model": "res.partner"},
    {"res_id": 0},
    {"name": "other.pdf"},
    {"index_content": "other"},
    {"mimetype": "text/plain"},
    {"evidence_sha256": False},
    {"public": True},
    {"store_fname": "aa/other"},
    {"type": "url", "url": "https://elsewhere.example"},
)


@tagged("post_install", "-at_install")
class TestEvidence(CaseCommon):
    """What proves something is nobody's to change, by whatever door he comes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.write({"company_ids": [Command.link(cls.company.id)], "company_id": cls.company.id})
        cls.admin.group_ids += cls.env.ref("recouvrement_fr.group_recouvrement_manager")

    def uploaded(self, user=None, raw=PDF, **values):
        return (
            self.env["ir.attachment"]
            .with_user(user or self.collector)
            .create({"name": "proof.pdf", "raw": raw, **values})
        )

    def dialog(self, model, user=None, **values):
        return self.env[model].with_user(user or self.collector).create({"debtor_id": self.card().id, **values})

    def propose(self, files):
        self.dialog(
            "recouvrement.write.off.wizard",
            move_ids=self.debt.ids,
            reason="uneconomic",
            attachment_ids=[Command.set(files.ids)],
        ).action_propose()
        return self.env["recouvrement.write.off"].search([], limit=1, order="id desc")

    def assert_kept(self, file, raw=PDF):
        file = file.sudo()
        place = (file.res_model, file.res_id)
        for user in (self.collector, self.officer, self.manager, self.admin):
            for vals in FORGED:
                with self.subTest(user=user.login, vals=vals), self.assertRaises(UserError), self.env.cr.savepoint():
                    file.with_user(user).write(dict(vals))
            with self.subTest(user=user.login), self.assertRaises(UserError), self.env.cr.savepoint():
                file.with_user(user).unlink()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            file.unlink()  # as the conversation's own door does
        with self.assertRaises(UserError), self.env.cr.savepoint():
            file.write({"raw": b"forged"})
        file.invalidate_recordset()
        self.assertEqual((file.raw, file.res_model, file.res_id), (raw, *place))

    # --- files --------------------------------------------------------------------------------------------------------

    def test_file_of_another_record_given_to_a_write_off_stays_there_and_the_copy_is_never_replaced(self):
        file = self.uploaded(self.manager, res_model="recouvrement.debtor", res_id=self.card().id)
        record = self.propose(file)
        self.assertEqual((file.res_model, file.res_id), ("recouvrement.debtor", self.card().id))
        copy = record.evidence_ids
        self.assertNotEqual(copy, file)
        self.assertEqual((copy.res_model, copy.res_id, len(copy.evidence_sha256)), (record._name, record.id, 64))
        self.assertEqual(copy.with_user(self.manager).raw, PDF)
        self.assert_kept(copy)

    def test_file_that_a_record_keeps_is_evidence_wherever_a_dialog_hung_it_before(self):
        record = self.propose(self.uploaded())
        file = self.uploaded(self.manager, res_model="recouvrement.debtor", res_id=self.card().id)
        file.raw = PDF  # his own, as long as nothing keeps it
        table = SQL.identifier(record._fields["evidence_ids"].relation)
        self.env.cr.execute(SQL("INSERT INTO %s VALUES (%s, %s)", table, record.id, file.id))
        self.assert_kept(file)

    def test_nobody_gives_a_file_that_he_may_not_read(self):
        secret = self.uploaded(self.manager)  # hangs on nothing: his alone
        with self.assertRaises(UserError):
            self.propose(secret)

    def by_officer(self, model, files, **values):
        """What a legal officer records of the debtor, with a file of his own in that field."""
        given = {files: [Command.set(self.uploaded(self.officer).ids)], "debtor_id": self.card().id}
        return self.env[f"recouvrement.{model}"].with_user(self.officer).create({**given, **values})

    def test_files_given_in_each_dialog_are_copies_read_by_whoever_reads_the_record(self):
        """Limitation event, dispute, outcome, case event, pieces, guarantee, declaration."""
        case = self.opened()
        card, found = self.card(), {}
        with self.at(OPENED):
            self.dialog(
                "recouvrement.limitation.note",
                move_ids=self.debt.ids,
                kind="acknowledgement",
                on=OPENED,
                attachment_ids=self.uploaded().ids,
            ).action_apply()
            found["limitation"] = (
                card.env["recouvrement.limitation.event"]
                .search([("debtor_id", "=", card.id), ("kind", "=", "acknowledgement")])
                .attachment_ids
            )
            invoice = self.invoice(OPENED, 300)
            self.dialog(
                "recouvrement.dispute.wizard",
                move_ids=invoice.ids,
                reason_id=self.env.ref("recouvrement_fr.dispute_reason_quantity").id,
                attachment_ids=self.uploaded().ids,
            ).action_open()
            dispute = self.env["recouvrement.dispute"].search([], limit=1)
            found["dispute"] = dispute.message_ids.attachment_ids
            self.dialog(
                "recouvrement.outcome", outcome="already_paid", attachment_ids=self.uploaded().ids, ask_proof=False
            ).action_record()
            found["outcome"] = card.message_ids.attachment_ids.filtered(lambda file: file.res_model == card._name)
            event = case.with_user(self.officer)._note("note", OPENED, "Act", self.uploaded(self.officer))
            found["case"] = event.attachment_ids
            guarantee = self.by_officer("guarantee", "attachment_ids", kind="reserve_of_title", name="Clause")
            found["guarantee"] = guarantee.attachment_ids
            found["declaration"] = self.by_officer("insolvency", "proof_ids", judgment_on=OPENED).proof_ids
        for name, file in found.items():
            with self.subTest(dialog=name):
                self.assertEqual(len(file), 1, name)
                self.assertTrue(file.sudo().res_id, "owned by its record")
                self.assertTrue(file.sudo().evidence_sha256)
                self.assertEqual(file.with_user(self.manager).raw, PDF, "a colleague reads it")
                self.assert_kept(file)

    def test_each_file_field_of_the_add_on_is_guarded(self):
        """Whatever model is added: a file that a stored field of it leads to is evidence."""
        guarded = {
            str(field)
            for name, model in self.env.registry.items()
            if name.startswith("recouvrement.") and not model._abstract and not model._transient
            for field in model._fields.values()
            if field.store
            and getattr(field, "comodel_name", "") == "ir.attachment"
            and field.name != "message_main_attachment_id"
        }
        self.assertGreaterEqual(len(guarded), 14)
        self.assertEqual(len(list(self.env["ir.attachment"]._links_of_records())), len(guarded))

    def test_each_dialog_that_takes_files_leaves_them_where_they_are(self):
        """No source of the add-on moves a file by writing where it hangs."""
        taking = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("recouvrement.") and model._transient and "attachment_ids" in model._fields
        }
        known = {
            *("recouvrement.case.add.pieces", "recouvrement.case.event.wizard", "recouvrement.case.record"),
            *("recouvrement.dispute.wizard", "recouvrement.limitation.note", "recouvrement.outcome"),
            "recouvrement.write.off.wizard",
        }
        self.assertLessEqual(known, taking)
        self.assertFalse(taking - known, "a new dialog that takes files: try it in the test of all dialogs above")

    # --- the SHA-256 --------------------------------------------------------------------------------------------------

    def test_altered_bytes_are_said_when_a_piece_is_shown_bundled_or_printed(self):
        case = self.opened()
        with self.at(OPENED):
            self.env["recouvrement.case.add.pieces"].with_user(self.officer).create(
                {"case_id": case.id, "title": "Contract", "attachment_ids": self.uploaded(self.officer).ids}
            ).action_add()
            piece = case.piece_ids
            piece.action_open()
            self.tamper(piece.attachment_id.sudo())
            with self.assertRaisesRegex(UserError, "SHA-256 differs"):
                piece.with_user(self.officer).action_open()
            action = case.with_user(self.officer).action_make_file()
        file = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("SHA-256 differs", file.problems)

    # --- messages -----------------------------------------------------------------------------------------------------

    def test_what_was_written_on_a_record_is_never_edited_redated_or_deleted(self):
        card = self.card()
        said = card.with_context(mail_create_nosubscribe=True).message_post(
            body="I never ordered this", author_id=self.debtor_partner.id, message_type="email"
        )
        noted = card.with_user(self.collector).message_post(body="He called")
        other = self.debtor_partner.message_post(body="About a partner")
        for message in (said, noted):
            for user in (self.collector, self.manager, self.admin):
                for vals in (
                    {"body": "I owe it all"},
                    {"date": "2020-01-01 00:00:00"},
                    {"author_id": user.partner_id.id},
                    {"res_id": 0},
                    {"attachment_ids": [Command.clear()]},
                ):
                    with self.subTest(user=user.login, vals=vals), self.assertRaises(UserError):
                        message.with_user(user).write(vals)
                with self.assertRaises(UserError):
                    message.with_user(user).unlink()
                with self.assertRaises(UserError):
                    card.with_user(user)._message_update_content(message.sudo(), body="I owe it all")
            message.with_user(self.manager).toggle_message_starred()
        self.assertIn("I never ordered this", said.body)
        other.with_user(self.admin).body = "Another record's is core's affair"
