from datetime import timedelta

from odoo import api, models
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged

from ...rules.escalation import Hold
from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestHolding(RecouvrementCommon):
    """What holds a debt is one model in one room: the night, the invoice and the card learn of it by themselves."""

    def setUp(self):
        super().setUp()
        self.held = self.invoice(MONDAY - timedelta(days=20))
        self._define_hold(self.held.ids)

    def _define_hold(self, held_ids):
        """A hold that no code of the add-on knows."""

        class Embargo(models.Model):
            _module = None
            _name = "recouvrement.embargo"
            _description = "Embargo"
            _inherit = "recouvrement.holding"
            _auto = False
            _hold_reason = "embargo"
            _hold_label = "Under embargo"
            _hold_hint = "The embargo ends by itself."
            _hold_state = "litigation"

            @api.model
            def _holds(self, company, moves, on):
                return {move_id: Hold("embargo") for move_id in held_ids if moves is None or move_id in moves}

        add_to_registry(self.registry, Embargo)
        self.addCleanup(self._forget_hold)
        self.registry._setup_models__(self.env.cr, ["recouvrement.embargo", "recouvrement.debtor"])

    def _forget_hold(self):
        del self.registry.models["recouvrement.embargo"]
        self.registry["recouvrement.holding"]._inherit_children.discard("recouvrement.embargo")
        self.registry._setup_models__(self.env.cr, ["recouvrement.debtor"])

    def test_the_night_reminds_of_nothing_and_says_why(self):
        self.night(MONDAY)
        debtor = self.card()
        self.assertFalse(debtor.reminder_ids)
        self.assertEqual(debtor.reason, "embargo")
        self.assertEqual(dict(debtor._selection_reason())["embargo"], "Under embargo")
        self.assertIn("The embargo ends by itself.", debtor.reason_text)

    def test_the_invoice_shows_the_state_it_gives_and_is_found_by_it(self):
        self.assertEqual(self.held.dunning_state, "litigation")
        self.assertIn(self.held, self.env["account.move"].search([("dunning_state", "=", "litigation")]))

    def test_what_it_does_not_hold_is_reminded(self):
        other = self._partner("Boulangerie Petit", email="compta@petit.example")
        self.invoice(MONDAY - timedelta(days=20), partner=other)
        self.night(MONDAY)
        self.assertTrue(self.env["recouvrement.reminder"].search([("partner_id", "=", other.id)]))
