from odoo import models


class RecouvrementChannelSms(models.AbstractModel):
    _inherit = "recouvrement.channel.sms"

    def _text(self, reminder, step):
        """The words, then the link to the debtor's page, which a telephone opens."""
        text, link = super()._text(reminder, step), reminder.figures["payment"]["link"]
        return f"{text} {link}" if link else text
