from odoo import models
from odoo.tools.mail import email_normalize_all

from ...rules.regime import regime_of


class RecouvrementChannelLre(models.AbstractModel):
    """An electronic registered letter (LRE), deposited at a qualified provider, worth the paper one (CPCE-postes L100).

    Its states are those of a registered letter; the addressee has fifteen days to accept it (R53-3).
    """

    _name = "recouvrement.channel.lre"
    _inherit = "recouvrement.channel.registered"
    _description = "Channel: electronic registered letter"

    def _refusals(self, reminders):
        """An e-mail address is needed, and the consent of whoever is not a professional (L100)."""
        refusals = {}
        for reminder in reminders:
            debtor = reminder.debtor_id
            if not self._email_of(reminder):
                refusals[reminder.id] = self.env._("No e-mail address is known.")
            elif regime_of(debtor.debtor_type).needs_consent and not debtor.lre_consent:
                refusals[reminder.id] = self.env._("No consent to electronic registered letters (CPCE-postes L100).")
        return refusals

    def _email_of(self, reminder):
        partners = (reminder.addressee_id, reminder.debtor_id.partner_id)
        return next((email for partner in partners for email in email_normalize_all(partner.email or "")), None)

    def _vals(self, reminder):
        return {**super()._vals(reminder), "address": self._email_of(reminder)}
