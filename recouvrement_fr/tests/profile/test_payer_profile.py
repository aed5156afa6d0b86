from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPayerProfile(RecouvrementCommon):
    """How a debtor pays, from its payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profiles = cls.env["recouvrement.payer.profile"].with_context(lang="en_US")
        cls.debtor = cls.env["recouvrement.debtor"]._card(cls.company, cls.debtor_partner)
        cls.debtor.sudo().write({"debtor_type": "professional", "type_confirmed": True})

    def paid(self, amount, days, ago=60, partner=None):
        """An invoice paid so many days after its due date, that many days ago."""
        on = MONDAY - ago * DAY
        invoice = self.invoice(on - days * DAY, amount, partner=partner)
        self.pay(invoice, on=on)
        return invoice

    def refresh(self, on=MONDAY):
        return self.profiles._refresh(self.company, on)

    def profile(self):
        return self.profiles.search([("debtor_id", "=", self.debtor.id)])

    def test_the_profile_is_made_from_the_real_payments(self):
        self.paid(1000, 20)
        self.paid(3000, -4)
        self.paid(1000, 45)
        self.pay(self.invoice(MONDAY - 70 * DAY, 1000), amount=500, on=MONDAY - 60 * DAY)  # 500 at 10 days, 500 open
        self.refresh()
        found = self.profile()
        # 1000x20 + 3000x0 + 1000x45 + 500x10 = 70,000 over 5,500; late: 2,500 of 5,500
        self.assertEqual((found.payment_count, found.paid_amount), (4, 5500))
        self.assertEqual((found.days_late, found.share_late), (12.7, 45.5))
        # from the earliest: 3000 at -4, 3500 at 10, 4500 at 20, 5500 at 45; 4,125 and 4,950 are the upper shares
        self.assertEqual((found.quartile_days, found.median_days), (-4, -4))
        self.assertEqual((found.third_quartile_days, found.ninth_decile_days), (20, 45))
        self.assertRegex(
            found.sentence,
            r"^Pays 12[.,]7 days late on average \(4 payments over 24 months\): half of the amounts 4 days before the "
            r"due date, nine tenths within 45 days after the due date\.$",
        )

    def test_its_evidence_is_the_payments_it_was_made_from(self):
        late, early = self.paid(1000, 20), self.paid(3000, -4)
        self.paid(700, 3, ago=1000)
        self.invoice(MONDAY - 5 * DAY, 50)
        with self.at(MONDAY):
            self.refresh()
            action = self.profile().action_payments()
            rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(
            [(row.move_id, row.days, row.amount) for row in rows.sorted("amount")],
            [(late, 20, 1000), (early, -4, 3000)],
        )
        self.assertEqual(sum(rows.mapped("amount")), self.profile().paid_amount)

    def test_a_consumer_and_a_debtor_of_unknown_type_have_no_profile(self):
        self.paid(1000, 20)
        self.refresh()
        self.assertTrue(self.profile())
        for kind in ("consumer", False):
            with self.subTest(kind=kind), self.at(MONDAY):
                self.debtor.sudo().debtor_type = kind
                self.refresh()
                self.assertFalse(self.profile())
                self.assertFalse(self.debtor.payer_sentence)
                self.assertFalse(self.env["recouvrement.payer.payment"].search([("debtor_id", "=", self.debtor.id)]))
                with self.assertRaises(UserError):
                    self.debtor.action_open_profile()

    def test_a_trader_who_is_a_person_has_no_profile_either(self):
        self.paid(1000, 20)
        self.refresh()
        self.debtor_partner.is_company = False
        self.refresh()
        self.assertFalse(self.profile())
        self.assertFalse(self.env["recouvrement.payer.payment"].search([("debtor_id", "=", self.debtor.id)]))
        with self.assertRaises(UserError):
            self.debtor.action_open_profile()

    def test_only_what_changed_is_made_again(self):
        other = self._partner("Plomberie Blanc", company_registry="552100554")
        cards = self.env["recouvrement.debtor"]
        card = cards._card(self.company, other)
        card.sudo().write({"debtor_type": "professional", "type_confirmed": True})
        self.paid(1000, 20)
        self.paid(1000, 5, partner=other)
        self.refresh()
        self.assertEqual(self.refresh(MONDAY + DAY), 0, "Nothing changed.")
        self.paid(500, 0)
        self.assertEqual(self.refresh(MONDAY + DAY), 1)
        self.assertEqual(self.profile().computed_on, MONDAY + DAY)
        self.assertEqual(card.payer_ids.computed_on, MONDAY)
        self.assertEqual(self.profile().payment_count, 2)

    def test_a_payment_that_is_returned_leaves_the_profile_once_the_night_has_seen_it(self):
        invoice = self.paid(1000, 20)
        self.paid(100, 0)
        self.night(MONDAY)
        self.refresh()
        invoice.line_ids.remove_move_reconcile()
        self.night(MONDAY + DAY)
        self.refresh(MONDAY + DAY)
        self.assertEqual(self.profile().payment_count, 1)

    def test_a_payment_dated_of_a_day_to_come_counts_once_that_day_has_come(self):
        self.paid(1000, 0)
        self.refresh()
        later = self.invoice(MONDAY - 10 * DAY, 500)
        self.pay(later, on=MONDAY + 10 * DAY)  # a cheque kept until then, reconciled now
        self.refresh(MONDAY + DAY)
        self.assertEqual(self.profile().payment_count, 1, "Not paid yet.")
        self.assertEqual(self.refresh(MONDAY + 9 * DAY), 0)
        self.assertEqual(self.refresh(MONDAY + 10 * DAY), 1)
        self.assertEqual((self.profile().payment_count, self.profile().paid_amount), (2, 1500))
        self.assertEqual(self.refresh(MONDAY + 11 * DAY), 0, "Seen.")

    def test_payments_leave_the_window_of_a_profile_that_nothing_changes(self):
        self.paid(1000, 20, ago=690)
        self.refresh()
        self.assertEqual(self.refresh(MONDAY + 30 * DAY), 0)
        self.assertEqual(self.refresh(MONDAY + 31 * DAY), 1)
        self.assertEqual(self.refresh(MONDAY + 62 * DAY), 1)
        self.assertFalse(self.profile().payment_count, "752 days before.")
        self.assertEqual(self.refresh(MONDAY + 300 * DAY), 0, "An empty profile does not age.")

    def test_a_promise_judged_makes_the_profile_again(self):
        invoice = self.invoice(MONDAY - 20 * DAY)
        promise = (
            self.env["recouvrement.promise"]
            .sudo()
            .create(
                {
                    "debtor_id": self.debtor.id,
                    "date": MONDAY + DAY,
                    "made_on": MONDAY,
                    "amount": 1000,
                    "move_ids": invoice.ids,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                }
            )
        )
        self.refresh()
        self.env.cr.execute("UPDATE recouvrement_promise SET state='broken', write_date = now() + interval '1 second'")
        promise.invalidate_recordset()
        self.assertEqual(self.refresh(), 1)
        self.assertEqual((self.profile().promises_judged, self.profile().promises_kept), (1, 0))

    def test_a_manager_alone_sets_the_degree_of_trust_on_demand(self):
        for days in (40, 50, 60):
            self.paid(1000, days)
        self.refresh()
        profile = self.profile()
        self.assertEqual((profile.proposed_trust, self.debtor_partner.trust), ("bad", "normal"))
        collector = profile.with_user(self._somebody("collects"))
        with self.assertRaises(AccessError):
            collector.action_set_trust()
        with self.assertRaises(AccessError):
            collector.write({"days_late": 0})
        profile.with_user(self._somebody("manages", "manager")).action_set_trust()
        self.assertEqual(self.debtor_partner.with_company(self.company).trust, "bad")
        told = profile.debtor_id.message_ids[0].body
        self.assertIn("“Bad Debtor” (it was “Normal Debtor”)", told, "So that it can be set back.")

    def test_the_degree_of_trust_is_set_in_the_branches_too(self):
        branch = self.env["res.company"].sudo().create({"name": "Agence de Lyon", "parent_id": self.company.id})
        for days in (40, 50, 60):
            self.paid(1000, days)
        self.refresh()
        self.profile().with_user(self._somebody("manages", "manager")).action_set_trust()
        self.assertEqual(self.debtor_partner.with_company(branch).trust, "bad")

    def test_too_few_payments_propose_nothing(self):
        self.paid(1000, 90)
        self.refresh()
        self.assertFalse(self.profile().proposed_trust)
        self.assertIn("too few", self.profile().sentence)
        with self.assertRaises(UserError):
            self.profile().action_set_trust()

    def test_merged_debtors_have_one_profile_of_all_their_payments(self):
        other = self._partner("Plomberie Blanc")
        card = self.env["recouvrement.debtor"]._card(self.company, other)
        card.sudo().write({"debtor_type": "professional", "type_confirmed": True})
        self.paid(1000, 20)
        self.paid(1000, 10, partner=other)
        self.refresh()
        self.env["base.partner.merge.automatic.wizard"]._merge((self.debtor_partner | other).ids, self.debtor_partner)
        self.refresh()
        found = self.profiles.search([("debtor_id.partner_id", "=", self.debtor_partner.id)])
        self.assertEqual((len(found), found.payment_count), (1, 2))

    def test_a_page_of_debtors_takes_as_many_statements_as_one(self):
        def statements(debtors):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.profiles._make(debtors, MONDAY)
            return self.env.cr.sql_log_count - before

        cards = self.debtor
        for number in range(5):
            cards |= self.env["recouvrement.debtor"]._card(self.company, self._partner(f"Client {number}"))
        self.paid(1000, 20)
        one = statements(self.debtor)
        self.assertLessEqual(statements(cards), one + 1)
