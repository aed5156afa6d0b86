from odoo import models


class RecouvrementChannelPostal(models.AbstractModel):
    """A letter printed and posted by Odoo's postal provider; its module Snail Mail brings what sends it."""

    _name = "recouvrement.channel.postal"
    _inherit = "recouvrement.channel.letter"
    _description = "Channel: postal provider"

    _by_machine = True
    _to_post = False

    def _refusals(self, reminders):
        return dict.fromkeys(reminders.ids, self.env._("The module Snail Mail is not installed."))
