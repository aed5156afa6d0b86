from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestSharedTasks(RecouvrementCommon):
    """The tasks of debtors that nobody follows are shared among managers; each debtor keeps its person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.managers = cls._somebody("shared_a", "manager") | cls._somebody("shared_b", "manager")
        cls.collector = cls._somebody("shared_collector")

    def before_all(self):
        for number in range(6):
            self.invoice(MONDAY - timedelta(days=20), 100, partner=self._partner(f"Client {number}"))
        self.night(MONDAY)
        self.cards = self.env["recouvrement.debtor"].search([("company_id", "=", self.company.id)])

    def test_managers_share_them_evenly_and_in_a_lasting_way(self):
        shared = self.company._recouvrement_shared()
        self.assertLessEqual(self.managers, shared)
        self.assertNotIn(self.collector, shared)
        people = self.cards._people_in_charge()
        self.assertEqual(people, {card: card._person_in_charge() for card in self.cards})
        self.assertEqual(set(people.values()), set(shared))
        counts = [list(people.values()).count(person) for person in shared]
        self.assertLessEqual(max(counts) - min(counts), 1)

    def test_who_follows_a_debtor_and_the_collector_of_its_policy_come_first(self):
        first, second = self.cards[:2]
        first.collector_id = self.collector
        self.policy.collector_id = self.managers[0]
        people = self.cards._people_in_charge()
        self.assertEqual((people[first], people[second]), (self.collector, self.managers[0]))

    def test_without_a_manager_collectors_share_them(self):
        for user in self.company._recouvrement_managers():
            user.sudo().group_ids -= self.env.ref("recouvrement_fr.group_recouvrement_manager")
        self.env.invalidate_all()
        shared = self.company._recouvrement_shared()
        self.assertIn(self.collector, shared)
