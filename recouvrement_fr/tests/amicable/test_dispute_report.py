from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..common import MONDAY
from .promise_common import PromiseCommon

DAY = timedelta(days=1)
MOTIVES = (
    *("COORD_BANC_ERR", "TX_TVA_ERR", "MONTANTTOTAL_ERR", "CALCUL_ERR", "NON_CONFORME", "DOUBLON", "DOUBLE_FACT"),
    *("CMD_ERR", "ADR_ERR", "SIRET_ERR", "REF_CT_ABSENT", "REF_ERR", "PU_ERR", "REM_ERR", "QTE_ERR", "ART_ERR"),
    *("MODPAI_ERR", "QUALITE_ERR", "LIVR_INCOMP", "CONTRAT_TERM", "TRANSAC_INC", "JUSTIF_ABS", "AUTRE"),
)


class DisputeCommon(PromiseCommon):
    def contested(self, moves=None, reason="quantity", on=MONDAY, **values):
        with self.at(on):
            return self.env["recouvrement.dispute"]._open(
                self.card(), moves or self.debt, self.env.ref(f"recouvrement_fr.dispute_reason_{reason}"), **values
            )

    def dispute_follow(self, on):
        self.env.flush_all()
        with self.at(on, 3):
            self.env["recouvrement.dispute"].sudo()._follow_up(on)
        self.env.invalidate_all()

    def credit(self, move, amount, on):
        note = self.invoice(on, amount, move_type="out_refund", invoice_date=on, reversed_entry_id=move.id, post=False)
        note.action_post()
        (note.line_ids | move.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()
        return note


@tagged("post_install", "-at_install")
class TestDisputeReport(DisputeCommon):
    def test_causes_delays_and_amounts_in_company_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "rate": 2, "name": MONDAY - 90 * DAY, "company_id": self.company.id}
        )
        dispute = self.contested(amount=400)
        self.credit(self.debt, 400, MONDAY + DAY)
        self.contested(self.invoice(MONDAY - 20 * DAY, 600, currency_id=dollar.id), "price")
        with self.at(MONDAY + 5 * DAY):
            dispute._link_credit_notes()
            dispute.resolution = "Accepté."
            dispute.action_accept()
            self.env.flush_all()
            report = self.env["recouvrement.dispute.report"]
            rows = report._read_group(
                [("debtor_id", "=", self.card().id)],
                ["reason_id"],
                ["amount:sum", "credited:sum", "days:avg", "days_waiting:avg", "late_count:sum"],
            )
            price, quantity = (self.env.ref(f"recouvrement_fr.dispute_reason_{name}") for name in ("price", "quantity"))
            self.assertEqual(
                {row[0]: row[1:] for row in rows},
                {quantity: (400, 400, 5, False, 0), price: (300, 0, False, 5, 0)},
            )
            row = report.search([("dispute_id", "=", dispute.id)])
            self.assertEqual((row.outcome, row.cause, row.origin), ("accepted", "us", "person"))
            self.assertEqual(row.action_open_dispute()["res_id"], dispute.id)
        with self.at(MONDAY + 40 * DAY):
            self.env.invalidate_all()
            late = report.search([("is_late", "=", True), ("debtor_id", "=", self.card().id)])
            self.assertEqual(late.reason_id, price)

    def test_a_company_reads_its_own(self):
        self.contested()
        other = self.env["res.company"].create({"name": "Autre société"})
        user = new_test_user(
            self.env,
            "elsewhere",
            groups="recouvrement_fr.group_recouvrement_manager",
            company_ids=[Command.set(other.ids)],
            company_id=other.id,
        )
        report = self.env["recouvrement.dispute.report"]
        self.assertTrue(report.with_user(self.collector()).search([("debtor_id", "=", self.card().id)]))
        self.assertFalse(report.with_user(user).search([("debtor_id", "=", self.card().id)]))


@tagged("post_install", "-at_install")
class TestEinvoiceStatus(DisputeCommon):
    def status(self, code, motive=None, amount=None, on=MONDAY):
        with self.at(on):
            return self.env["recouvrement.dispute"]._from_einvoice_status(self.debt, code, on, motive, amount)

    def test_every_motive_finds_a_reason_of_its_own(self):
        reasons = self.env["recouvrement.dispute.reason"]
        other = self.env.ref("recouvrement_fr.dispute_reason_other")
        for motive in MOTIVES:
            found = reasons._for_motive("207", motive)
            self.assertIn(motive, found._codes("e_motives"))
        self.assertEqual(reasons._for_motive("207", "NEW_CODE"), other)
        self.assertEqual(reasons._for_motive("207", None), other)
        rejected = self.env.ref("recouvrement_fr.dispute_reason_rejected")
        self.assertEqual(reasons._for_motive("213", "SIRET_ERR"), rejected)

    def test_approved_in_part_contests_the_rest_alone(self):
        dispute = self.status("206", "QTE_ERR", 400)
        self.assertEqual((dispute.is_partial, dispute.amount, dispute.e_status), (True, 400, "206"))
        self.assertEqual(self.env["recouvrement.dispute"]._parts(self.company, self.debt.ids), {self.debt.id: 400})

    def test_told_twice_it_is_opened_once_and_told_more_it_is_noted(self):
        first = self.status("207", "PU_ERR")
        self.assertEqual(self.status("207", "PU_ERR"), first)
        self.assertEqual(self.status("210", "PU_ERR"), first)
        self.assertEqual((first.e_status, first.is_partial), ("210", False))

    def test_completed_ends_the_suspension_and_not_what_a_person_opened(self):
        suspended = self.status("208", "JUSTIF_ABS")
        mine = self.contested(self.invoice(MONDAY - 20 * DAY, 50))
        self.assertEqual(self.status("209", on=MONDAY + DAY), suspended)
        self.assertEqual((suspended.state, mine.state), ("cancelled", "open"))
        refused = self.status("207", "PU_ERR", on=MONDAY + DAY)
        self.assertFalse(self.status("209", on=MONDAY + 2 * DAY))
        self.assertEqual(self.status("205", on=MONDAY + 2 * DAY), refused)

    def test_suspended_after_a_part_was_contested_the_rest_is_held_and_209_resumes_only_that(self):
        part = self.status("206", "QTE_ERR", 400)
        rest = self.status("208", "JUSTIF_ABS")
        self.assertNotEqual(rest, part)
        self.assertEqual((part.e_status, part.amount, rest.amount), ("206", 400, self.debt.amount_residual - 400))
        self.assertEqual(self.status("208", "JUSTIF_ABS"), part | rest)  # told twice
        held = self.env["recouvrement.dispute"]._parts(self.company, self.debt.ids)
        self.assertEqual(held, {self.debt.id: self.debt.amount_residual})
        self.assertEqual(self.status("209", on=MONDAY + DAY), rest)
        self.assertEqual((part.state, rest.state), ("open", "cancelled"))
        self.assertEqual(self.env["recouvrement.dispute"]._parts(self.company, self.debt.ids), {self.debt.id: 400})

    def test_payment_sent_leaves_time_once(self):
        self.status("211")
        self.status("211")
        [exclusion] = self.env["recouvrement.exclusion"].search([("move_id", "=", self.debt.id)])
        self.assertEqual(exclusion.until, MONDAY + 10 * DAY)
        self.assertFalse(self.status("204"))

    def test_a_draft_or_a_paid_invoice_opens_nothing(self):
        self.pay(self.debt, on=MONDAY)
        self.assertFalse(self.status("207", "PU_ERR"))
        draft = self.invoice(MONDAY, 10, post=False)
        with self.assertRaisesRegex(UserError, "not a posted customer invoice"):
            self.env["recouvrement.dispute"]._from_einvoice_status(draft, "207", MONDAY, "PU_ERR")


@tagged("post_install", "-at_install")
class TestDisputeByItself(DisputeCommon):
    def test_a_payment_that_comes_back_reopens_what_it_had_closed(self):
        dispute = self.contested()
        self.pay(self.debt, on=MONDAY)
        self.dispute_follow(MONDAY + DAY)
        self.assertEqual(dispute.state, "paid")
        self.unreconcile(self.debt)
        self.dispute_follow(MONDAY + 2 * DAY)
        self.assertEqual((dispute.state, dispute.closed_on), ("open", False))
        self.assertIn(self.debt.id, dispute._holds(self.company, self.debt.ids, MONDAY))

    def test_a_credit_note_made_elsewhere_is_linked_and_settles_it(self):
        dispute = self.contested()
        note = self.credit(self.debt, 1000, MONDAY + DAY)
        self.dispute_follow(MONDAY + 2 * DAY)
        self.assertEqual((dispute.state, dispute.credit_note_ids), ("accepted", note))
        self.assertIn(note.name, dispute.resolution)

    def test_credited_in_part_and_paid_for_the_rest_is_partly_accepted(self):
        dispute = self.contested()
        self.credit(self.debt, 300, MONDAY + DAY)
        self.pay(self.debt, on=MONDAY + DAY)
        self.dispute_follow(MONDAY + 2 * DAY)
        self.assertEqual(dispute.state, "partial")
