from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestInvoiceCheck(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._somebody("check_collector")
        cls.checks = cls.env["recouvrement.invoice.check"]

    def item(self, code):
        return self.env.ref(f"recouvrement_fr.recouvrement_check_item_{code}")

    def answers(self, move, on=MONDAY):
        self.env.invalidate_all()
        return {answer.item.code: answer for answer in self.checks._answers(move, on)[move.id]}

    def met(self, move, on=MONDAY):
        return {code: answer.met for code, answer in self.answers(move, on).items()}

    def test_each_condition_is_read_from_what_odoo_holds(self):
        invoice = self.invoice(MONDAY - 30 * DAY, 1000)
        self.debtor_partner.name = "Menuiserie Durand SARL"
        found = self.met(invoice)
        for code in ("posted", "no_dispute", "amount", "no_credit", "due", "not_prescribed", "identified", "siren"):
            self.assertTrue(found[code], code)
        for code in ("legal_form", "active", "solvent", "term_lawful", "mention_due_date"):
            self.assertTrue(found[code], code)
        for code in ("sent", "order", "delivery", "reminded", "mention_discount", "mention_penalty_rate"):
            self.assertFalse(found[code], code)
        self.assertFalse(found["mention_indemnity"])

    def test_what_is_wrong_shows(self):
        draft = self.invoice(MONDAY + 5 * DAY, 1000, post=False)
        self.debtor_partner.write({"zip": False, "company_registry": False, "vat": False})
        found = self.met(draft)
        for code in ("posted", "due", "identified", "siren", "legal_form"):
            self.assertFalse(found.get(code), code)
        long = self.invoice(MONDAY - DAY, 500, invoice_date=MONDAY - 91 * DAY)
        self.debtor_partner.company_registry = "732829320"
        self.assertFalse(self.met(long)["term_lawful"])
        old = self.invoice(MONDAY - 365 * 6 * DAY, 500)
        self.night(MONDAY)  # makes the debtor's card
        self.assertFalse(self.met(old)["not_prescribed"])
        self.pay(long, on=MONDAY)
        self.assertFalse(self.met(long)["amount"], "Nothing is left to pay.")

    def test_disputes_credits_and_proceedings_of_the_debtor(self):
        invoice = self.invoice(MONDAY - 30 * DAY, 1000)
        self.invoice(MONDAY - 10 * DAY, 100, move_type="out_refund")
        answer = self.answers(invoice)["no_credit"]
        self.assertFalse(answer.met)
        self.assertRegex(answer.evidence, r"(^|\D)100[.,]00")
        with self.at(MONDAY):
            card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
            self.env["recouvrement.dispute"].sudo().create(
                {
                    "debtor_id": card.id,
                    "company_id": self.company.id,
                    "move_ids": [Command.set(invoice.ids)],
                    "reason_id": self.env["recouvrement.dispute.reason"].search([], limit=1).id,
                }
            )
        self.assertFalse(self.met(invoice)["no_dispute"])

    def test_files_attached_prove_the_order_and_the_delivery(self):
        invoice = self.invoice(MONDAY - 30 * DAY, 1000)
        for name in ("Bon de commande 4512.pdf", "BL signé.pdf", "photo.jpg"):
            self.env["ir.attachment"].create(
                {"name": name, "raw": b"x", "res_model": "account.move", "res_id": invoice.id}
            )
        found = self.answers(invoice)
        self.assertEqual(found["order"].evidence, "Bon de commande 4512.pdf")
        self.assertEqual(found["delivery"].evidence, "BL signé.pdf")

    def test_an_email_that_left_proves_the_sending_and_a_printing_does_not(self):
        invoice = self.invoice(MONDAY - 30 * DAY, 1000)
        invoice.is_move_sent = True
        self.assertFalse(self.met(invoice)["sent"])
        self.env["recouvrement.invoice.sending"].sudo().create(
            {
                "move_id": invoice.id,
                "company_id": self.company.id,
                "date": "2026-02-03 09:00:00",
                "address": "compta@durand.example",
            }
        )
        answer = self.answers(invoice)["sent"]
        self.assertTrue(answer.met)
        self.assertIn("compta@durand.example", answer.evidence)

    def test_mentions_are_read_from_the_terms_and_from_what_the_company_prints(self):
        invoice = self.invoice(
            MONDAY - 30 * DAY,
            1000,
            narration="<p>Pas d’escompte. Pénalités : BCE + 10 points. Indemnité de 40 €.</p>",
        )
        found = self.met(invoice)
        for code in ("mention_discount", "mention_penalty_rate", "mention_indemnity"):
            self.assertTrue(found[code], code)
        plain = self.invoice(MONDAY - 30 * DAY, 1000)
        with self.at(MONDAY - 20 * DAY):
            self.company.recouvrement_print_mentions = True
        self.assertFalse(self.met(plain)["mention_discount"], "It was printed before the company wanted them.")
        later = self.invoice(MONDAY - DAY, 1000, invoice_date=MONDAY - 15 * DAY)
        self.assertTrue(self.met(later)["mention_indemnity"])

    def test_a_consumer_is_never_told_of_the_indemnity(self):
        consumer = self._partner("Jeanne Petit", is_company=False, company_registry=False)
        invoice = self.invoice(MONDAY - 30 * DAY, 100, partner=consumer, narration="<p>Indemnité de 40 €</p>")
        found = self.met(invoice)
        self.assertFalse(found["mention_indemnity"])
        self.assertFalse({"mention_penalty_rate", "siren", "legal_form", "term_lawful"} & found.keys())
        self.company.recouvrement_print_mentions = True
        printed = " ".join(invoice._payment_mentions())
        self.assertIn("1231-6", printed)
        self.assertNotIn("40", printed.replace("2040", ""))
        self.assertNotIn("L441-10", printed)

    def test_the_mentions_printed_on_the_invoice(self):
        invoice = self.invoice(MONDAY - 30 * DAY, 100)
        self.assertFalse(invoice._payment_mentions(), "Off by default.")
        report = self.env.ref("account.account_invoices")
        before = report._render_qweb_html(report.report_name, invoice.ids)[0].decode()
        self.assertNotIn("recouvrement_mentions", before)
        self.company.recouvrement_print_mentions = True
        page = report._render_qweb_html(report.report_name, invoice.ids)[0].decode()
        for text in ("recouvrement_mentions", "L441-10", "D441-5", "40,00", "10", "31/01/2026"):
            self.assertIn(text, page)
        public = self._partner("Commune de Lyon", company_registry="216901231")
        of_public = " ".join(self.invoice(MONDAY, 100, partner=public)._payment_mentions())
        for text in ("R2192-31", "D2192-35", "8 percentage points"):
            self.assertIn(text, of_public)
        self.assertFalse(self.invoice(MONDAY, 100, move_type="out_refund")._payment_mentions())

    def test_a_person_ticks_undoes_and_is_remembered(self):
        invoice = self.invoice(MONDAY - 30 * DAY, 1000)
        check = self.checks.with_user(self.collector)
        first = check._answer(invoice, self.item("delivery"), "met", "slip seen on paper")
        answer = self.answers(invoice)["delivery"]
        self.assertTrue(answer.met)
        self.assertEqual((answer.check.user_id, answer.check.note), (self.collector, "slip seen on paper"))
        self.assertIn("slip seen on paper", invoice.message_ids[0].body)
        check._answer(invoice, self.item("delivery"), "undone")
        self.assertFalse(self.met(invoice)["delivery"])
        with self.assertRaisesRegex(UserError, "nothing to take back"):
            check._answer(invoice, self.item("delivery"), "undone")
        self.assertEqual(len(self.checks.search([("move_id", "=", invoice.id)])), 2, "Both words are kept.")
        for change in (lambda: first.sudo().write({"note": "no"}), lambda: first.sudo().unlink()):
            with self.assertRaisesRegex(UserError, "is kept"):
                change()

    def test_nobody_ticks_what_only_the_books_know_but_anybody_may_doubt_it(self):
        invoice = self.invoice(MONDAY + 5 * DAY, 1000)
        check = self.checks.with_user(self.collector)
        with self.assertRaisesRegex(UserError, "Only the books"):
            check._answer(invoice, self.item("due"), "met")
        with self.assertRaisesRegex(UserError, "Say why"):
            check._answer(invoice, self.item("active"), "not_met", " ")
        check._answer(invoice, self.item("active"), "not_met", "struck off the register")
        self.assertFalse(self.met(invoice)["active"])

    def test_only_people_who_collect_answer(self):
        invoice = self.invoice(MONDAY - 30 * DAY, 1000)
        stranger = new_test_user(self.env, "check_stranger", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.checks.with_user(stranger)._answer(invoice, self.item("order"), "met")
        with self.assertRaises(AccessError):
            self.item("order").with_user(self.collector).write({"is_blocking": True})
        with self.assertRaises(AccessError):
            self.checks.with_user(self.collector).create(
                {"move_id": invoice.id, "item_id": self.item("order").id, "answer": "met"}
            )

    def test_another_company_sees_none_of_it(self):
        invoice = self.invoice(MONDAY - 30 * DAY, 1000)
        check = self.checks.with_user(self.collector)._answer(invoice, self.item("order"), "met", "seen")
        with self.at(MONDAY):
            card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
            allowed = self.env["recouvrement.notice.override"]._allow(card, invoice, "reminded by phone", MONDAY)
        other = self.env["res.company"].sudo().create({"name": "Other"})
        foreigner = new_test_user(
            self.env,
            "check_foreigner",
            groups="recouvrement_fr.group_recouvrement_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for record in (check, allowed):
            self.assertFalse(record.with_user(foreigner).search([("id", "=", record.id)]))
            self.assertTrue(record.with_user(self.collector).search([("id", "=", record.id)]))
        with self.assertRaises(AccessError):
            self.checks.with_user(foreigner)._answer(invoice, self.item("order"), "undone")
        with self.assertRaises(AccessError):
            allowed.with_user(foreigner).action_take_back()

    def test_a_condition_of_ones_own_and_one_that_takes_the_place_of_the_shared_one(self):
        invoice = self.invoice(MONDAY - 30 * DAY, 1000)
        own = self.env["recouvrement.check.item"].create(
            {
                "name": "Deposit asked",
                "obstacle": "ask for the deposit",
                "is_blocking": True,
                "company_id": self.company.id,
            }
        )
        strict = self.item("order").copy({"is_blocking": True, "company_id": self.company.id, "code": "order"})
        obstacles = invoice._notice_obstacles(MONDAY)[invoice.id]
        self.assertIn(str(own.id), obstacles)
        self.assertIn("order", obstacles)
        self.assertEqual(self.answers(invoice)["order"].item, strict)
        other = self.env["res.company"].create({"name": "Other", "country_id": self.env.ref("base.fr").id})
        self.assertNotIn(own, self.env["recouvrement.check.item"]._in_force(other))
        own.active = strict.active = False
        self.assertNotIn(str(own.id), invoice._notice_obstacles(MONDAY)[invoice.id])
        self.checks._answer(invoice, self.item("order"), "met")
        with self.assertRaisesRegex(UserError, "archive it"):
            self.item("order").unlink()

    def test_many_invoices_cost_no_more_questions_than_one(self):
        invoices = self.env["account.move"].union(
            *(self.invoice(MONDAY - number * DAY, 100) for number in range(30, 36))
        )

        def queries(moves):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.checks._answers(moves, MONDAY)
            return self.cr.sql_log_count - before

        queries(invoices)
        self.assertEqual(queries(invoices[:1]), queries(invoices))

    def test_the_dialog_shows_ticks_and_takes_back(self):
        invoice = self.invoice(MONDAY - 30 * DAY, 1000)
        with self.at(MONDAY):
            action = invoice.with_user(self.collector).action_check_invoice()
            dialog = self.env[action["res_model"]].with_user(self.collector).browse(action["res_id"])
            self.assertEqual(dialog.bar_count, 1, "It was never reminded.")
            self.assertEqual(len(dialog.mention_line_ids), 5)
            line = dialog.claim_line_ids.filtered(lambda line: line.item_id == self.item("order"))
            line.note = "order no. 12"
            line.action_met()
            line = dialog.claim_line_ids.filtered(lambda line: line.item_id == self.item("order"))
            self.assertTrue(line.is_met)
            self.assertIn("order no. 12", line.evidence)
            self.assertIn(self.collector.name, line.who)
            line.action_undo()
            line = dialog.claim_line_ids.filtered(lambda line: line.item_id == self.item("order"))
            self.assertFalse(line.is_met or line.is_answered)
