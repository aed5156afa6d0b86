from odoo.tests import tagged

from .case_common import OPENED, CaseCommon


@tagged("post_install", "-at_install")
class TestTraders(CaseCommon):
    """Court and costs follow what the debtor is: a commercial company by its form, a person only when it is said."""

    def test_a_sarl_goes_before_the_commercial_court_though_nobody_ticked_it(self):
        card = self.card()
        card.is_commercant = False
        self.assertFalse(card._is_trader())
        case = self.opened()
        self.enterContext(self.at(OPENED))
        self.assertEqual(case.court_kind, "proximity" if case._court_amount(OPENED) <= 10000 else "judicial")
        self.debtor_partner.name = "Menuiserie Durand SARL"
        self.assertTrue(card.trader_by_form and card._is_trader())
        case.invalidate_recordset()
        self.assertEqual(case.court_kind, "commercial")
        self.assertFalse(case._obstacles(self.proceeding("commercial_claims"), OPENED)[1:])
        card.debtor_type = "consumer"
        self.assertFalse(card._is_trader())

    def test_a_person_is_no_trader_by_default_whatever_its_name(self):
        self.debtor_partner.write({"name": "Durand SARL", "is_company": False})
        card = self.card()
        card.is_commercant = False
        self.assertFalse(card.trader_by_form)
        card.is_commercant = True
        self.assertTrue(card._is_trader())

    def test_the_fee_of_the_commercial_court_is_not_asked_before_another_court(self):
        steps = self.proceeding("injonction").step_ids
        whole = sum(steps._costs(OPENED, "commercial").mapped("amount"))
        fees = steps._costs(OPENED, "commercial") - steps._costs(OPENED, "judicial")
        self.assertEqual(fees.mapped("kind"), ["court"])
        self.assertGreater(fees.amount, 0)
        self.card().is_commercant = False
        case = self.opened()
        expected = case._expected(self.proceeding("injonction"), OPENED)[3]
        self.assertAlmostEqual(expected, whole - fees.amount, 2)
        case.court_id = self.env["recouvrement.court"].search([("kind", "=", "commercial")], limit=1)
        self.assertAlmostEqual(case._expected(self.proceeding("injonction"), OPENED)[3], whole, 2)
