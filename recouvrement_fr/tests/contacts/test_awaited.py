from datetime import timedelta

from odoo.tests import tagged

from ..clock import today
from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestAwaited(RecouvrementCommon):
    """The card says whose answer is awaited: the debtor, whoever resolves a dispute, the insurer."""

    def before_all(self):
        super().before_all()
        self.debt = self.invoice(MONDAY - timedelta(days=20), 900)
        self.night(MONDAY)

    def awaited(self):
        self.env.invalidate_all()
        with self.at(MONDAY):
            return self.card().with_context(lang="en_US").awaited_from

    def test_a_promise_is_the_debtors_to_keep(self):
        with self.at(MONDAY):
            self.env["recouvrement.promise"]._make(self.card(), self.debt, 900, MONDAY + timedelta(days=8), on=today())
        self.assertEqual(self.awaited(), "Debtor")

    def test_a_dispute_waits_for_whoever_resolves_it(self):
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        with self.at(MONDAY):
            dispute = self.env["recouvrement.dispute"]._open(self.card(), self.debt, reason)
        dispute.sudo().resolver_id = self._somebody("awaited_resolver")
        self.assertEqual(self.awaited(), "awaited_resolver (base.group_user,recouvrement_fr.group_recouvrement_user)")
