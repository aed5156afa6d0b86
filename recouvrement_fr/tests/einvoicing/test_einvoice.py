import base64
import io
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.recouvrement_fr.models.decision.invoice_evidence import InvoiceEvidence
from odoo.addons.recouvrement_fr.models.einvoicing.recouvrement_einvoice_event import PAGE
from odoo.addons.recouvrement_fr.tools import cdar

from ..common import MONDAY
from ..litigation.file_common import FileCommon
from .einvoice_common import DUE, EinvoiceCommon, message

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestEinvoice(EinvoiceCommon):
    def test_deposited_and_made_available_prove_that_the_invoice_left(self):
        self.assertFalse(self.debt._sent_evidence())
        self.receive("200", at="20260201080000")
        self.receive("203", at="20260201090000")
        sent = self.debt._sent_evidence()[self.debt.id]
        self.assertEqual([one.channel for one in sent], ["einvoice", "einvoice"])
        self.assertEqual(sent[0].on, datetime(2026, 2, 1, 7, 0), "Eight o'clock in Paris, in winter.")
        self.assertEqual(self.debt.recouvrement_received_on, date(2026, 2, 1))
        self.assertEqual(self.reminders().state, "planned", "A proof of sending stops nothing.")

    def test_in_dispute_holds_the_whole_with_its_reason_and_the_action_asked_as_a_task(self):
        row = self.receive("207", reasons=[("QTE_ERR", "CNP", "Deux palettes manquent")])
        self.assertEqual((row["state"], row["known"]), ("done", False))
        dispute = self.disputes()
        self.assertEqual((dispute.amount, dispute.is_partial), (1000, False))
        self.assertEqual(dispute.reason_id, self.env.ref("recouvrement_fr.dispute_reason_quantity"))
        self.assertEqual(self.reminders().state, "cancelled", "The same minute, what was about to leave is taken back.")
        task = dispute.activity_ids.filtered(lambda activity: "credit note for a part" in activity.summary)
        self.assertEqual(task.date_deadline, dispute.deadline)
        self.assertIn("Deux palettes manquent", self.event().details)
        self.assertEqual(self.event().dispute_id, dispute)

    def test_approved_in_part_contests_what_was_not_approved(self):
        self.receive("206", reasons=[("PU_ERR", "NOA", "")], amounts=[("MNA", "300.00", "")])
        self.assertEqual((self.disputes().amount, self.disputes().is_partial), (300, True))

    def test_approved_in_part_with_what_was_approved_contests_the_rest(self):
        self.receive("206", reasons=[("PU_ERR", "NOA", "")], amounts=[("MAP", "600.00", "")])
        self.assertEqual((self.disputes().amount, self.disputes().is_partial), (400, True))

    def test_amounts_without_taxes_are_contested_with_theirs(self):
        tax = self.env["account.tax"].create({"name": "20", "amount": 20, "company_id": self.company.id})
        for kind, amount, contested in (("MNA", "300.00", 360), ("MAP", "600.00", 480), ("MNATTC", "300.00", 300)):
            move = self.invoice(DUE, 1000, post=False)
            move.invoice_line_ids.tax_ids = tax
            move.action_post()
            amounts = [("RAP", "12.00", ""), (kind, amount, "")]
            self.receive("206", number=move.name, reasons=[("PU_ERR", "NOA", "")], amounts=amounts)
            dispute = self.env["recouvrement.dispute"].search([("move_ids", "in", move.ids)])
            self.assertEqual((dispute.amount, dispute.is_partial), (contested, True), kind)

    def test_approved_is_written_proof_and_ends_only_what_the_same_reason_opened(self):
        self.receive("207", reasons=[("QTE_ERR", "NOA", "")])
        self.receive("205", on=MONDAY + DAY, reasons=[("PU_ERR", "NOA", "")])
        self.assertEqual(self.disputes().state, "open")
        self.receive("205", on=MONDAY + 2 * DAY, reasons=[("QTE_ERR", "NOA", "")])
        self.assertEqual(self.disputes().state, "cancelled")
        self.assertIn("not contested", self.event().outcome)

    def test_suspended_then_completed_resumes(self):
        self.receive("208", reasons=[("JUSTIF_ABS", "PIN", "Bon de livraison")])
        self.assertEqual(self.disputes().state, "open")
        self.receive("209", on=MONDAY + DAY)
        self.assertEqual(self.disputes().state, "cancelled")
        self.night(MONDAY + 2 * DAY)
        self.assertIn("planned", self.reminders().mapped("state"))

    def test_an_announced_payment_waits_for_its_day_and_ten_more(self):
        self.receive("211", amounts=[("MPA", "1000.00", "20260310")])
        left_out = self.env["recouvrement.exclusion"].search([("move_id", "=", self.debt.id)])
        self.assertEqual(left_out.until, date(2026, 3, 20))
        self.assertEqual((self.event().amount, self.event().amount_on), (1000, date(2026, 3, 10)))
        self.assertEqual(self.reminders().state, "cancelled", "It does not leave this morning.")

    def reject(self, on=MONDAY, **told):
        return self.receive("213", on=on, reasons=[("REJ_COH", "NOA", "")], **told)

    def block(self, on):
        with self.at(on):
            [block] = self.env["recouvrement.decompte"]._of_moves(self.debt, on)
        return block

    def test_a_second_delivery_refused_leaves_the_invoice_as_it_was(self):
        self.receive("213", reasons=[("DOUBLON", "NOA", "")])
        self.assertEqual(self.reminders().state, "planned")
        self.assertFalse(self.event().not_issued)
        self.assertFalse(self.card().activity_ids)
        self.assertEqual(self.block(MONDAY)["indemnity"], 40)

    def test_rejected_is_no_invoice_nothing_is_reminded_until_it_is_issued_again(self):
        self.reject()
        self.assertEqual(self.reminders().state, "cancelled")
        self.assertIn("issue it again", self.card().activity_ids.mapped("summary")[0])
        self.night(MONDAY + DAY)
        self.assertEqual(self.reminders().mapped("state"), ["cancelled"])
        self.assertEqual(self.card().reason, "not_issued")
        self.assertIn("no due date", self.card().reason_text)
        self.receive("200", on=MONDAY + 2 * DAY)
        self.night(MONDAY + 3 * DAY)
        self.assertIn("planned", self.reminders().mapped("state"))

    def test_rejected_bears_neither_penalties_nor_indemnity(self):
        before = self.block(MONDAY)
        self.assertTrue(before["interest"] and before["indemnity"])
        self.reject()
        block = self.block(MONDAY)
        self.assertEqual((block["interest"], block["indemnity"]), (0, 0))
        self.assertIn("not an invoice in law", " ".join(block["notes"]))
        self.receive("200", on=MONDAY + 9 * DAY)
        block = self.block(MONDAY + 19 * DAY)
        self.assertEqual(
            sum(part["days"] for part in block["tranches"] if part["rate"]), 10, "From the day after the new issue."
        )

    def test_a_person_may_say_that_it_was_issued_again(self):
        self.reject()
        with self.at(MONDAY + DAY):
            self.event().action_issued_again()
        self.assertEqual(self.event().issued_again_on, MONDAY + DAY)
        self.night(MONDAY + 2 * DAY)
        self.assertIn("planned", self.reminders().mapped("state"))

    def test_a_rejection_told_after_the_new_issue_holds_nothing(self):
        self.receive("200", at="20260302120000")
        self.reject(at="20260302080000")
        self.assertEqual(self.event().issued_again_on, MONDAY)
        self.night(MONDAY + DAY)
        self.assertIn("planned", self.reminders().mapped("state"))

    def test_no_limitation_is_counted_from_the_due_date_of_what_was_rejected(self):
        self.assertTrue(self.debt.limitation_due_date)
        self.reject()
        self.assertFalse(self.debt.limitation_due_date)
        self.assertTrue(self.debt.limitation_date, "From the performance, on the safe side.")
        self.assertIn("its due date starts nothing", self.debt.limitation_basis)

    def test_a_rejected_invoice_fails_the_check_of_its_due_date(self):
        self.assertTrue(InvoiceEvidence(self.env, self.company, self.debt, MONDAY).of("due")[self.debt.id].met)
        self.reject()
        seen = InvoiceEvidence(self.env, self.company, self.debt, MONDAY).of("due")[self.debt.id]
        self.assertEqual(seen, (False, "rejected by a platform: not issued in law"))

    def test_assigned_to_a_factor_is_out_of_collection_until_it_is_back(self):
        self.receive("225")
        self.night(MONDAY + DAY)
        self.assertEqual(set(self.reminders().mapped("state")), {"cancelled"})
        self.receive("228", on=MONDAY + 2 * DAY)
        self.night(MONDAY + 3 * DAY)
        self.assertIn("planned", self.reminders().mapped("state"))

    def test_the_other_statuses_change_no_reminder(self):
        for code in ("201", "202", "204", "212", "214", "224"):
            self.assertEqual(self.receive(code)["state"], "noted", code)
        for code in ("221", "501"):
            self.assertEqual(self.receive(code)["state"], "done", code)
        self.assertEqual(len(self.card().activity_ids), 2)
        self.assertEqual(self.reminders().state, "planned")

    def test_cancelled_is_left_out_and_asks_for_a_credit_note(self):
        self.receive("220")
        self.assertEqual(self.reminders().state, "cancelled")
        self.assertIn("credit note", self.card().activity_ids.summary)

    def test_a_status_nobody_described_is_kept_and_changes_nothing(self):
        self.assertEqual(self.receive("299", words="Nouveau statut")["state"], "noted")
        self.assertEqual(self.event().display_name, "299 Nouveau statut")

    def test_the_same_message_twice_is_one_event_and_one_dispute(self):
        self.receive("207", reasons=[("QTE_ERR", "NOA", "")])
        again = self.receive("207", reasons=[("QTE_ERR", "NOA", "")])
        self.assertTrue(again["known"])
        self.assertEqual((len(self.events.search([])), len(self.disputes())), (1, 1))

    def test_two_platforms_may_number_their_messages_alike(self):
        self.receive("203", id="1")
        self.assertFalse(self.receive("205", on=MONDAY + DAY, id="1")["known"])
        self.assertEqual(len(self.events.search([])), 2)

    def test_a_message_without_an_invoice_is_tried_for_months_then_left_to_a_person(self):
        number = self.debt.name[:-3] + "888"
        self.receive("205", number=number)
        event = self.event()
        self.env.cr.execute("UPDATE recouvrement_einvoice_event SET create_date = %s", [MONDAY - timedelta(days=200)])
        event.invalidate_recordset()
        self.debt.name = number
        with self.at(MONDAY):
            self.events.sudo()._follow_up(MONDAY)
        self.assertEqual(event.state, "waiting")

    def test_an_older_message_that_comes_late_changes_nothing(self):
        self.receive("205", at="20260302120000")
        late = self.receive("207", at="20260302080000", reasons=[("QTE_ERR", "NOA", "")])
        self.assertEqual(late["state"], "noted")
        self.assertFalse(self.disputes())

    def test_a_message_before_its_invoice_waits_and_is_acted_on_once_it_is_there(self):
        number = self.debt.name[:-3] + "777"
        row = self.receive("207", number=number, reasons=[("QTE_ERR", "NOA", "")])
        self.assertEqual(row["state"], "waiting")
        self.debt.name = number
        with self.at(MONDAY + DAY):
            self.events.sudo()._follow_up(MONDAY + DAY)
        self.assertEqual((self.event().state, self.event().move_id), ("done", self.debt))
        self.assertEqual(self.disputes().state, "open")

    def test_a_message_about_another_seller_touches_no_invoice_of_the_same_number(self):
        self.company.company_registry = "552100554"
        self.assertEqual(self.receive("207", seller="732829320", reasons=[("QTE_ERR", "NOA", "")])["state"], "waiting")
        self.assertEqual(self.receive("207", seller="55210055400013", at="20260302110000")["state"], "done")

    def test_a_message_and_its_xml_are_evidence(self):
        self.receive("205")
        event = self.event()
        with self.assertRaises(UserError):
            event.write({"status_code": "210"})
        with self.assertRaises(UserError):
            event.attachment_id.write({"raw": b"<x/>"})
        collector = new_test_user(
            self.env,
            "einvoice_collector",
            groups="recouvrement_fr.group_recouvrement_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            event.with_user(collector).unlink()
        self.assertEqual(event.with_user(collector).attachment_id.raw, event.attachment_id.raw)

    def test_a_collector_receives_and_a_stranger_does_not(self):
        data = base64.b64encode(message("207", self.debt.name, reasons=[("QTE_ERR", "NIN", "x")])).decode()
        employee = new_test_user(
            self.env,
            "einvoice_employee",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.events.with_user(employee).receive_xml(data, self.company.id)
        collector = new_test_user(
            self.env,
            "einvoice_collector",
            groups="recouvrement_fr.group_recouvrement_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.at(MONDAY):
            rows = self.events.with_user(collector).with_company(self.company).receive_xml(data, self.company.id)
        self.assertEqual(rows[0]["state"], "done")
        with self.assertRaises(UserError):
            self.events.with_user(collector).receive_xml("pas du base64 !", self.company.id)

    def test_the_dialog_takes_a_zip_and_names_what_it_refuses(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("a.xml", message("205", self.debt.name))
            file.writestr("b.xml", b"<Invoice/>")
            file.writestr("c.xml", message("203", "INCONNUE"))
        with self.at(MONDAY):
            dialog = self.env["recouvrement.einvoice.import"].create(
                {"file": base64.b64encode(archive.getvalue()), "file_name": "statuts.zip"}
            )
            dialog.action_import()
        self.assertEqual((dialog.new_count, dialog.waiting_count, dialog.known_count), (2, 1, 0))
        self.assertEqual(dialog.line_ids.mapped("name"), ["b.xml"])
        damaged = dialog.create({"file": base64.b64encode(b"PK\x03\x04damaged")})
        with self.assertRaises(UserError):
            damaged.action_import()

    def test_what_a_platform_said_is_on_the_timeline_of_the_debtor(self):
        self.receive("210", reasons=[("CMD_ERR", "NIN", "Bon de commande absent")])
        rows = self.card().get_timeline("invoice")["rows"]
        self.assertTrue([row for row in rows if row["kind"] == "einvoice" and "210" in row["title"]])

    def test_ten_thousand_messages_take_a_bounded_number_of_statements_per_page(self):
        data = message("203", "X")
        [status] = cdar.read(data)

        def taken(count, prefix):
            numbers = [f"{prefix}/{number}" for number in range(count)]
            told = [(data, replace(status, number=number, key=f"{number}|203")) for number in numbers]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            new, _known = self.events._take_in(told, self.company)
            self.env.flush_all()
            self.assertEqual(len(new), count)
            self.env.invalidate_all()
            return self.env.cr.sql_log_count - before

        taken(10, "W")
        page = taken(PAGE, "Y")
        self.assertLess(page, 60)
        self.assertLess(taken(10_000, "X"), 51 * page)

    def test_ten_contested_invoices_in_one_import_are_each_disputed(self):
        moves = [self.invoice(DUE, 100 + number) for number in range(10)]
        told = [
            (data, status)
            for move in moves
            for data in [message("207", move.name, reasons=[("QTE_ERR", "NOA", "")])]
            for status in cdar.read(data)
        ]
        with self.at(MONDAY):
            new, _known = self.events._take_in(told, self.company)
        self.assertEqual(set(new.mapped("state")), {"done"})
        self.assertEqual(set(new.dispute_id.move_ids.ids), {move.id for move in moves})


@tagged("post_install", "-at_install")
class TestEinvoiceEvidence(FileCommon):
    def test_what_the_platforms_said_is_a_piece_of_the_case_and_a_proof_of_the_check(self):
        with self.at(MONDAY):
            for code, at in (("203", "20260210080000"), ("205", "20260212093000")):
                data = message(code, self.debt.name, at=at, id=f"M{code}")
                self.env["recouvrement.einvoice.event"].receive_xml(base64.b64encode(data).decode(), self.company.id)
            case = self.opened()
            case.action_gather()
            piece = case.piece_ids.filtered(lambda one: one.title.startswith("Cycle de vie"))
            self.assertEqual((piece.kind, piece.date), ("correspondence", date(2026, 2, 12)))
            text = piece.attachment_id.raw.decode()
            self.assertIn("12/02/2026 09:30 : 205", text)
            self.assertIn("M205", text)
            evidence = InvoiceEvidence(self.env, self.company, self.debt, MONDAY).of("no_dispute")[self.debt.id]
        self.assertEqual((evidence.met, evidence.text), (True, "approved by the buyer on 12/02/2026"))
