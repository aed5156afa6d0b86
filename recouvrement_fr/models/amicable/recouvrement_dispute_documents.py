from odoo import models

from ...tools import clock
from ...tools.formats import Formats


class RecouvrementDispute(models.Model):
    """The letters that answer a dispute."""

    _inherit = "recouvrement.dispute"

    def action_letter(self):
        """Draft the letter that answers the debtor."""
        self.ensure_one()
        self.env["recouvrement.holding"]._refuse_frozen(self.move_ids, self.item_ids)
        document = self.env["recouvrement.document"]._draft(
            "recouvrement_fr.document_dispute_answer",
            "Réponse à votre contestation",
            self.debtor_id,
            self,
            self._document_values(),
            date=clock.today(self.env),
            addressee_id=self.debtor_id._addressee().id,
        )
        return document._get_records_action()

    def _document_values(self):
        formats = Formats("fr_FR")
        left = self._left()
        return {
            "reference": self.name,
            "numbers": ", ".join(self._names_told()),
            "opened": formats.long(self.opened_on),
            "reason": self.with_context(lang="fr_FR").reason_id.name,
            "description": self.description or "",
            "resolution": self.resolution or "",
            "state": self.state,
            "amount": formats.money(self.amount, self.currency_id),
            "left": formats.money(left, self.currency_id),
        }
