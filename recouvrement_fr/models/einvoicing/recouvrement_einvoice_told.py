from odoo import api, models
from odoo.tools import format_amount, format_date, formatLang

NO_ACTION = "NOA"  # the platform asks for nothing


class RecouvrementEinvoiceEvent(models.Model):
    """What a message says, in words."""

    _inherit = "recouvrement.einvoice.event"

    @api.model
    def _told_grounds(self, status, reasons, kinds):
        """A line for each reason of a Status, and one for each datum that it is about.

        :param reasons: {code: reason known}; :param kinds: {code: kind of amount or datum known}
        """
        lines = []
        for ground in status.grounds:
            lines.append(self._told_ground(ground, status.code, reasons.get(ground.code)))
            for one in ground.data:
                kind = kinds[one.kind].name if one.kind in kinds else one.kind
                place = f"{one.name} ({one.place})" if one.name and one.place else one.name or one.place
                lines.append(f"{kind}: {place} {one.value}" if kind else f"{place} {one.value}".strip())
        return list(filter(None, lines))

    @api.model
    def _told_ground(self, ground, code, reason):
        words = (reason and reason.name) or ground.words
        said = f"{words} ({ground.code})" if words and ground.code else words or ground.code
        if reason and reason.status_ids and code not in reason.status_ids.mapped("code"):
            said = self.env._("%s, which the norm does not give as a reason of this status", said)
        asked = None if ground.action == NO_ACTION else " ".join(filter(None, (ground.action, ground.action_words)))
        return " – ".join(filter(None, (said, asked, ground.note)))

    def _told_amount(self):
        self.ensure_one()
        if not self.amount_kind:
            return ""
        money = (
            format_amount(self.env, self.amount, self.currency_id)
            if self.currency_id
            else formatLang(self.env, self.amount)
        )
        return f"{money} ({format_date(self.env, self.amount_on)})" if self.amount_on else money
