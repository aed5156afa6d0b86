from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestInCharge(RecouvrementCommon):
    def test_many_debtors_are_followed_by_whom_each_would_be_alone(self):
        """The policy that the way it pays chooses has a collector of its own."""
        groups = {"groups": "recouvrement_fr.group_recouvrement_user", "company_id": self.company.id}
        usual, strict = (new_test_user(self.env, login=name, **groups) for name in ("usual", "strict"))
        self.policy.collector_id = usual
        self.company.recouvrement_policy_bad_id = self._policy("Strict", by_hand=True, collector_id=strict.id)
        cards = self.env["recouvrement.debtor"]
        for name in ("Bon", "Mauvais"):
            cards |= cards._card(self.company, self._partner(name))
        cards.sudo().write({"debtor_type": "professional", "type_confirmed": True})
        self.env["recouvrement.payer.profile"].sudo().create(
            {
                "debtor_id": cards[1].id,
                "company_id": self.company.id,
                "payment_count": 4,
                "days_late": 40,
                "proposed_trust": "bad",
                "computed_on": MONDAY,
            }
        )
        alone = {card: card._person_in_charge() for card in cards}
        self.assertEqual(list(alone.values()), [usual, strict])
        self.assertEqual(cards._people_in_charge(), alone)
