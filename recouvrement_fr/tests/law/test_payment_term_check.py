from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ...rules.payment_terms import SECTORS
from ..common import RecouvrementCommon

INVOICED = date(2026, 3, 2)  # sixty days: 1 May; 45 days end of month: 30 April, or 15 May the other way


@tagged("post_install", "-at_install")
class TestPaymentTermCheck(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.env["recouvrement.debtor"]._card(cls.company, cls.debtor_partner).sudo()
        cls.debtor.write({"debtor_type": "professional", "type_confirmed": True})

    def due(self, day, **values):
        return self.invoice(day, invoice_date=INVOICED, **values)

    def state(self, move):
        move.invalidate_recordset()
        found = move.payment_term_state
        for state in ("lawful", "conditional", "to_check", "unlawful"):  # the search says the same
            domain = [("id", "=", move.id), ("payment_term_state", "=", state)]
            self.assertEqual(bool(move.search(domain)), state == found, state)
        return found

    def test_the_maximum_between_professionals_and_the_clause_of_days_end_of_month(self):
        sixty, middle, late = self.due(date(2026, 5, 1)), self.due(date(2026, 5, 15)), self.due(date(2026, 5, 16))
        self.assertEqual(self.state(sixty), "lawful")
        self.assertFalse(sixty.payment_term_warning)
        self.assertEqual(self.state(middle), "conditional")
        self.assertIn("L441-10", middle.payment_term_warning)
        self.assertIn("01/05/2026", middle.payment_term_warning)
        self.assertEqual(self.state(late), "unlawful")
        self.assertIn("16/05/2026", late.payment_term_warning)
        self.assertIn("15/05/2026", late.payment_term_warning)
        for agreed, expected in (("after", "conditional"), ("before", "lawful"), ("both", "lawful")):
            self.company.recouvrement_end_of_month = agreed
            self.assertEqual(self.state(middle), expected, agreed)
        self.assertEqual(self.state(late), "unlawful")

    def test_the_trade_of_the_company_then_of_the_debtor(self):
        move = self.due(date(2026, 4, 2))
        self.assertEqual(self.state(move), "lawful")
        self.company.recouvrement_sector = "transport"
        self.assertEqual(self.state(move), "unlawful")
        self.assertIn("L441-11 II 5°", move.payment_term_warning)
        self.debtor.sector = "alcohol"  # thirty days after the month of delivery
        self.assertEqual(self.state(move), "lawful")
        self.debtor.sector = "livestock"
        self.assertEqual(self.state(move), "unlawful")
        move.delivery_date = date(2026, 3, 13)
        self.assertEqual(self.state(move), "lawful")

    def test_public_buyers_from_the_receipt_and_no_maximum_for_consumers(self):
        move = self.due(date(2026, 4, 15))
        self.debtor.debtor_type = "public"
        self.assertEqual(self.state(move), "unlawful")
        self.assertIn("R2192-10", move.payment_term_warning)
        move.recouvrement_received_on = date(2026, 3, 16)
        self.assertEqual(self.state(move), "lawful")
        self.debtor.public_buyer = "public_hospital"
        move.recouvrement_received_on = False
        self.assertEqual(self.state(move), "lawful")
        self.debtor.debtor_type = "consumer"
        self.assertFalse(self.state(self.due(date(2027, 4, 15))))

    def test_exports_have_ninety_days_by_clause_and_overseas_goods_run_from_their_clearance(self):
        move = self.due(date(2026, 5, 30))
        self.assertEqual(self.state(move), "unlawful")
        self.debtor.sector = "export"
        self.assertEqual(self.state(move), "conditional")
        self.assertIn("L441-12", move.payment_term_warning)
        self.company.recouvrement_end_of_month = "both"  # a clause of its own: it says nothing of the ninety days
        self.assertEqual(self.state(move), "conditional")
        self.debtor.sector = "overseas"
        self.company.recouvrement_end_of_month = "none"
        self.assertEqual(self.state(move), "unlawful")
        move.delivery_date = date(2026, 4, 2)
        self.assertEqual(self.state(move), "lawful")

    def test_a_trade_with_a_special_term_is_told_to_check_it_until_its_line_is_verified(self):
        move = self.due(date(2026, 5, 24))
        self.assertEqual(self.state(move), "unlawful")
        self.debtor.sector = "leather"
        self.assertEqual(self.state(move), "to_check")
        self.assertIn("special term", move.payment_term_warning)
        self.assertNotIn("nlawful", move.payment_term_warning)
        self.company.recouvrement_end_of_month = "after"
        middle = self.invoice(
            date(2026, 5, 12), invoice_date=date(2026, 3, 10)
        )  # 54 days end on 31 May, 45 on 30 April
        self.assertEqual(
            self.state(middle), "conditional", "54 days end of month, which nobody verified, allow nothing."
        )
        self.company.recouvrement_end_of_month = "none"
        lines = self.env["recouvrement.payment.sector"].search([("sector", "=", "leather"), ("verified", "=", False)])
        self.assertEqual(lines.mapped("days"), [54, 54])
        lines.verified = True
        self.assertEqual(self.state(move), "lawful")  # 54 days from 31 March
        self.assertEqual(self.state(self.due(date(2026, 5, 25))), "unlawful")

    def test_a_company_overseas_is_french_and_held_to_the_same_maximum(self):
        move = self.due(date(2026, 7, 1))
        for code, state in (("re", "unlawful"), ("fr", "unlawful"), ("be", False)):
            self.company.account_fiscal_country_id = self.env.ref(f"base.{code}")
            move.invalidate_recordset()
            self.assertEqual(move.payment_term_state, state, code)

    def test_a_draft_is_warned_of_and_never_blocked(self):
        stranger = self._partner("Sans fiche")
        draft = self.due(date(2026, 7, 1), partner=stranger, post=False)
        self.assertEqual(draft.payment_term_state, "unlawful")
        draft.action_post()
        self.assertEqual(draft.state, "posted")
        bill = self.due(date(2026, 7, 1), move_type="in_invoice", ref="F1")
        self.assertFalse(bill.payment_term_state)

    def test_the_terms_are_the_law_as_shipped_until_a_manager_changes_them(self):
        terms = self.env["recouvrement.payment.sector"]
        self.assertEqual(terms._maximums().laws, (SECTORS,))
        move, later = self.due(date(2026, 4, 15)), self.invoice(date(2026, 6, 15), invoice_date=date(2026, 5, 4))
        self.assertEqual((self.state(move), self.state(later)), ("lawful", "lawful"))
        old = terms.search([("sector", "=", "general"), ("days", "=", 60)])
        old.date_to = date(2026, 4, 30)
        old.copy({"days": 30, "article": "C.com new", "date_from": date(2026, 5, 1), "date_to": False})
        terms.search([("sector", "=", "general"), ("needs_clause", "=", True)]).date_to = date(2026, 4, 30)
        self.assertEqual((self.state(move), self.state(later)), ("lawful", "unlawful"))
        self.assertIn("C.com new", later.payment_term_warning)

    def test_a_public_buyer_is_late_when_the_terms_say_so(self):
        self.debtor.debtor_type = "public"
        move = self.due(date(2026, 3, 20))
        accrual = self.env["recouvrement.accrual"]
        self.assertEqual(accrual._terms(move.ids)[move.id].late_after(date(2026, 3, 20), "public"), date(2026, 4, 1))
        self.env["recouvrement.payment.sector"].search([("sector", "=", "public")]).days = 40
        self.assertEqual(accrual._terms(move.ids)[move.id].late_after(date(2026, 3, 20), "public"), date(2026, 4, 11))

    def test_a_term_that_binds_nothing_is_refused_and_only_managers_edit(self):
        terms = self.env["recouvrement.payment.sector"]
        with self.assertRaisesRegex(ValidationError, "binds no invoice"):
            terms.create({"sector": "general", "days": 60, "article": "C.com L441-10"})
        collector = new_test_user(self.env, "collector_terms", groups="recouvrement_fr.group_recouvrement_user")
        first = terms.search([], limit=1).with_user(collector)
        self.assertTrue(first.article)
        with self.assertRaises(AccessError):
            first.days = 90
