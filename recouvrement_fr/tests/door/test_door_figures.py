from odoo.tests import new_test_user, tagged

from ...models.door.recouvrement_door import DoorWay
from .door_common import DoorCommon


@tagged("post_install", "-at_install")
class TestDoorFigures(DoorCommon):
    """Of the debtors who were given a link, the share that opened its page, paid, promised or contested there."""

    def setUp(self):
        super().setUp()
        events = self.env["recouvrement.portal.event"]
        others = [self._partner(f"Debtor {number}") for number in range(3)]
        cards = [self.env["recouvrement.debtor"]._card(self.company, partner) for partner in others]
        for card in cards:
            self.link(card)
        for card in (self.debtor, self.debtor, cards[0]):  # opened twice counts once
            events._add(DoorWay(card, ""), "opened")
        events._add(DoorWay(self.debtor, ""), "promise", amount=10, currency_id=self.company.currency_id.id)
        events._add(DoorWay(cards[0], ""), "dispute")
        events._add(DoorWay(cards[0], ""), "payment")
        self.cards = self.debtor | cards[0] | cards[1] | cards[2]

    def test_shares_are_of_those_who_were_given_a_link(self):
        self.env.flush_all()
        report = self.env["recouvrement.portal.report"]
        shares = [f"{kind}:avg" for kind in ("opened", "payment", "promise", "dispute", "paid")]
        [row] = report._read_group([("debtor_id", "in", self.cards.ids)], [], ["__count", *shares])
        self.assertEqual(row, (4, 50.0, 25.0, 25.0, 25.0, 0.0))
        without = self.env["recouvrement.debtor"]._card(self.company, self._partner("Without a link"))
        self.assertFalse(report.search([("debtor_id", "=", without.id)]))

    def test_a_collector_of_another_company_counts_nothing_of_it(self):
        self.env.flush_all()
        other = self.env["res.company"].create({"name": "Other creditor"})
        user = new_test_user(
            self.env,
            "figures_stranger",
            "base.group_user,recouvrement_fr.group_recouvrement_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        report = self.env["recouvrement.portal.report"].with_user(user)
        self.assertFalse(report.search([("debtor_id", "in", self.cards.ids)]))

    def test_they_are_seen_as_a_graph_a_pivot_and_a_list(self):
        action = self.env.ref("recouvrement_fr.recouvrement_portal_report_action")
        self.assertEqual(action.view_mode, "graph,pivot,list")
        views = self.env[action.res_model].get_views([(False, kind) for kind in ("graph", "pivot", "list", "search")])
        for kind in ("graph", "pivot", "list"):
            for share in ("opened", "payment", "promise", "dispute"):
                self.assertIn(f'name="{share}"', views["views"][kind]["arch"], kind)
        self.assertIn('name="by_collector"', views["views"]["search"]["arch"])
