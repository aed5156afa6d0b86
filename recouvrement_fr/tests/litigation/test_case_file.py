import hashlib
import io
import zipfile

from pypdf import PdfReader, PdfWriter

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..clock import today
from ..common import MONDAY
from .file_common import DAY, DUE, FileCommon, sheet


@tagged("post_install", "-at_install")
class TestCaseFile(FileCommon):
    def gathered(self, case=None, on=MONDAY):
        case = case or self.opened()
        with self.at(on):
            case.action_gather()
        return case

    def made(self, case, on=MONDAY):
        with self.at(on):
            return self.env["recouvrement.case.file"].browse(case.action_make_file()["res_id"])

    def test_everything_odoo_knows_is_gathered_in_a_judges_order_and_once(self):
        self.sent(self.first, "email", MONDAY - 20 * DAY)
        self.sent(self.notice, "registered", MONDAY - 10 * DAY)
        self.attached(self.debt, "BL-0012 émargé.pdf", "Bon de livraison")
        self.attached(self.debt, "Bon de commande 77.pdf", "Commande")
        self.attached(self.debt, "CGV signées.pdf", "Conditions")
        self.attached(self.other, "CGV signées.pdf", "Conditions")  # the same bytes: one piece
        guarantee = self.env["recouvrement.guarantee"].create(
            {
                "name": "RP-1",
                "kind": "reserve_of_title",
                "debtor_id": self.card().id,
                "attachment_ids": [Command.create({"name": "Clause.pdf", "raw": sheet("Clause")})],
            }
        )
        case = self.opened()
        self.card().message_post(
            body="Je paierai vendredi.",
            author_id=self.debtor_partner.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            subject="Facture",
        )
        self.card().message_post(body="Client de mauvaise foi", message_type="comment")  # a note between colleagues
        self.gathered(case)
        kinds = case.piece_ids.sorted("number").mapped("kind")
        self.assertEqual(
            kinds,
            [
                *("terms", "order", "delivery", "invoice", "invoice", "reminder", "notice", "notice"),
                *("correspondence", "guarantee"),
            ],
        )
        self.assertEqual(case.piece_ids.sorted("number").mapped("number"), list(range(1, 11)))
        titles = case.piece_ids.mapped("title")
        self.assertIn(f"Facture {self.debt.name}", titles)
        self.assertTrue([title for title in titles if title.startswith("Avis de réception signé – Mise en demeure")])
        self.assertFalse([title for title in titles if "mauvaise foi" in title])
        first = case.piece_ids
        for piece in first:
            self.assertEqual(piece.sha256, hashlib.sha256(piece.attachment_id.raw).hexdigest())
            self.assertEqual(piece.attachment_id.res_model, "recouvrement.case.piece")
        self.assertNotIn(guarantee.attachment_ids, first.attachment_id)  # a copy: the source may go
        self.gathered(case, MONDAY + DAY)
        self.assertEqual(case.piece_ids, first)

    def test_a_promise_and_a_signed_plan_are_pieces(self):
        case = self.opened()
        if "recouvrement.promise" in self.env:
            free = self.invoice(DUE, 200)
            self.stored(free)
            with self.at(MONDAY):
                promise = self.env["recouvrement.promise"]._make(self.card(), free, 200, MONDAY + 5 * DAY, on=today())
            case.sudo().move_ids |= free
        self.gathered(case)
        if "recouvrement.promise" in self.env:
            piece = case.piece_ids.filtered(lambda one: one.kind == "promise")
            text = piece.attachment_id.raw.decode()
            self.assertIn(promise.name, text)
            self.assertIn("200,00", text)

    def test_a_source_that_changed_makes_a_new_version_with_the_same_number(self):
        case = self.gathered()
        before = case.piece_ids.filtered(lambda piece: piece.origin == f"account.move,{self.debt.id}")
        content = before.attachment_id.raw
        self.stored(self.debt, "Facture corrigée")
        self.gathered(case, MONDAY + DAY)
        after = case.piece_ids.filtered(lambda piece: piece.origin == f"account.move,{self.debt.id}")
        self.assertEqual((after.version, after.number, after.supersedes_id), (2, before.number, before))
        self.assertEqual((before.state, before.attachment_id.raw), ("replaced", content))
        self.assertNotEqual(after.sha256, before.sha256)

    def test_what_was_left_out_is_not_gathered_again_and_the_rest_closes_up(self):
        case = self.gathered()
        first, second = case.piece_ids.sorted("number")
        first.action_leave_out()
        self.assertEqual(second.number, 1)
        self.gathered(case, MONDAY + DAY)
        self.assertEqual(case.piece_ids, second)
        first.action_take_back()
        self.assertEqual(case.piece_count, 2)

    def test_a_person_sorts_and_names_until_numbers_are_told(self):
        case = self.gathered()
        first, second = case.piece_ids.sorted("number")
        case.write({"piece_ids": [Command.update(second.id, {"sequence": 1, "title": "Facture principale"})]})
        self.assertEqual((second.number, first.number), (1, 2))
        self.made(case)
        first.sequence = 0
        self.assertEqual((second.number, first.number), (1, 2))
        self.attached(self.debt, "CGV.pdf", "Conditions")
        self.gathered(case, MONDAY + DAY)
        self.assertEqual(case.piece_ids.filtered(lambda piece: piece.kind == "terms").number, 3)
        with self.at(MONDAY + DAY):
            case.action_propose_order()
        self.assertEqual(case.piece_ids.filtered(lambda piece: piece.kind == "terms").number, 1)

    def test_the_file_is_one_pdf_and_one_zip_and_the_same_bytes_another_day(self):
        case = self.gathered()
        file = self.made(case)
        reader = PdfReader(io.BytesIO(file.pdf_id.raw))
        texts = [page.extract_text() for page in reader.pages]
        self.assertIn("BORDEREAU DE PIÈCES", texts[0])
        self.assertIn(self.debt.name, texts[0])
        self.assertIn("Pièce n° 1", texts[1])
        self.assertEqual((file.version, file.page_count, file.piece_count), (1, 3, 2))
        self.assertEqual(file.sha256, hashlib.sha256(file.pdf_id.raw).hexdigest())
        with zipfile.ZipFile(io.BytesIO(file.zip_id.raw)) as archive:
            self.assertEqual(len(archive.namelist()), 4)
        self.assertEqual(self.made(case, MONDAY + 30 * DAY), file)
        event = case.event_ids.filtered(lambda one: one.kind == "document")
        self.assertIn(file.sha256, event.details)
        case.piece_ids[0].title = "Facture, exemplaire signé"
        again = self.made(case, MONDAY + 30 * DAY)
        self.assertEqual(again.version, 2)
        self.assertNotEqual(again.sha256, file.sha256)

    def test_a_piece_that_cannot_be_read_is_named_and_the_file_is_made(self):
        writer = PdfWriter(clone_from=io.BytesIO(sheet("secret")))
        writer.encrypt("secret", "owner")
        out = io.BytesIO()
        writer.write(out)
        self.env["ir.attachment"].create(
            {"name": "Contrat.pdf", "raw": out.getvalue(), "res_model": "account.move", "res_id": self.debt.id}
        )
        file = self.made(self.gathered())
        self.assertIn("protected by a password", file.problems)
        self.assertEqual(file.page_count, 4)

    def test_files_of_the_computer_are_added(self):
        case = self.gathered()
        files = self.env["ir.attachment"].create(
            [{"name": f"constat {n}.pdf", "raw": sheet(f"Constat {n}")} for n in (1, 2)]
        )
        dialog = self.env["recouvrement.case.add.pieces"].create(
            {"case_id": case.id, "kind": "other", "title": "Constat", "attachment_ids": [Command.set(files.ids)]}
        )
        with self.at(MONDAY):
            dialog.action_add()
        added = case.piece_ids.filtered(lambda piece: piece.kind == "other")
        self.assertEqual(added.mapped("title"), ["Constat (1)", "Constat (2)"])
        self.assertEqual(added.mapped("number"), [3, 4])

    def test_evidence_is_neither_altered_nor_deleted(self):
        case = self.gathered()
        file, piece = self.made(case), case.piece_ids[0]
        officer = self.person("officer", "legal")
        with self.assertRaisesRegex(UserError, "evidence"):
            piece.with_user(officer).sha256 = "0"
        with self.assertRaisesRegex(UserError, "evidence"):
            file.sudo().version = 9
        for record in (piece, file):
            with self.assertRaisesRegex(UserError, "evidence"):
                record.sudo().unlink()
        case.sudo().state = "closed"
        with self.assertRaisesRegex(UserError, "closed"):
            case.with_user(officer).action_gather()

    def test_legal_officers_alone_and_of_the_company(self):
        case = self.opened(is_confidential=True)
        officer, collector = self.person("officer", "legal"), self.person("collector", "user")
        self.gathered(case.with_user(officer))
        file = self.made(case.with_user(officer))
        self.assertTrue(file.with_user(officer).pdf_id.raw)
        self.assertEqual(case.piece_ids[0].taken_by_id, officer)
        for record in (case.piece_ids[0], file, file.pdf_id, case.piece_ids[0].attachment_id):
            with self.assertRaises(AccessError):
                record.with_user(collector).read(["display_name"])
        for act in ("action_gather", "action_make_file", "action_propose_order", "action_documents"):
            with self.assertRaises(AccessError):
                getattr(case.with_user(collector), act)()
        stranger = self.person("stranger", "legal", self.env["res.company"].create({"name": "Autre SARL"}))
        with self.assertRaises(AccessError):
            case.piece_ids[0].with_user(stranger).read(["title"])

    def test_nothing_to_put_in_a_file_says_so(self):
        with self.assertRaisesRegex(UserError, "no piece"):
            self.opened().action_make_file()

    def test_finding_takes_the_same_statements_for_many_invoices(self):
        def statements(moves):
            with self.at(MONDAY):
                case = self.env["recouvrement.case"]._open(self.card(), moves)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = case.sudo()._pieces_found()
            return len(found), self.env.cr.sql_log_count - before

        few = self.debt | self.other
        many = self.env["account.move"]
        for n in range(12):
            move = self.invoice(DUE, 100 + n)
            self.stored(move)
            self.attached(move, f"BL {n}.pdf", f"Livraison {n}")
            many |= move
        few_found, few_statements = statements(few)
        many_found, many_statements = statements(many)
        self.assertEqual((few_found, many_found), (2, 24))
        self.assertLessEqual(many_statements, few_statements + 2)
