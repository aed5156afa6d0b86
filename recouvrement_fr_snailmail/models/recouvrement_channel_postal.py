from odoo import models
from odoo.tools import html2plaintext

from odoo.addons.recouvrement_fr.models.sending.ir_mail_server import Outcome

LATER = ("CREDIT_ERROR", "TRIAL_ERROR", "UNKNOWN_ERROR")  # the account or the service, not this letter


class RecouvrementChannelPostal(models.AbstractModel):
    _inherit = "recouvrement.channel.postal"

    def _refusals(self, _reminders):
        return {}

    def _send(self, dispatches):
        """One call per letter, as the provider wants; what it refused is cancelled there, so that Odoo's own job for
        such letters never posts it a second time."""
        return {dispatch.id: self._print(dispatch) for dispatch in dispatches}

    def _print(self, dispatch):
        if altered := dispatch.attachment_id._altered():
            return Outcome("refused", altered._altered_words(altered))
        letter = self.env["snailmail.letter"].create(
            {
                "model": "recouvrement.reminder",
                "res_id": dispatch.reminder_id.id,
                "partner_id": dispatch.addressee_id.id,
                "company_id": dispatch.company_id.id,
                "attachment_id": dispatch.attachment_id.id,
                "cover": False,  # the letter's own address stands in the window
            }
        )
        if not letter._is_valid_address(letter):
            letter.cancel()
            return Outcome("refused", self.env._("The postal address of the addressee is not complete."))
        try:
            letter._snailmail_print_valid_address()
        except Exception as error:  # noqa: BLE001 - whatever it is, the letter may have been taken
            letter.cancel()
            return Outcome("unknown", str(error))
        if letter.state == "sent":
            return Outcome("accepted")
        reason, code = html2plaintext(letter.info_msg or ""), letter.error_code
        letter.cancel()
        return Outcome("later" if code in LATER else "refused", reason)
