"""A relay that refuses everything says nothing of the addresses: sending stops, and managers are told."""

import re
from datetime import timedelta

from odoo import api, models
from odoo.tools import LazyTranslate

from ...tools import clock

_lt = LazyTranslate(__name__)

REFUSED_IN_A_ROW = 5  # of one batch, for a reason that does not name the address
PAUSE_MINUTES = 30  # then one batch tries the server again
REFUSES = _lt("The mail server refuses every message")
ADDRESS = re.compile(r"\b5\.1\.\d")  # RFC 3463: the address is wrong, not the server


class RecouvrementDispatch(models.Model):
    _inherit = "recouvrement.dispatch"

    def _record(self, channel, outcomes):
        """Refusals of a server that refuses everything are tried again later, never replaced by letters."""
        rejected = self._rejected_in_a_row(outcomes) if channel._code == "email" else self.browse()
        later = {one.id: outcomes[one.id]._replace(kind="later", is_broken=True) for one in rejected}
        return super()._record(channel, {**outcomes, **later})

    def _react(self, outcomes):
        super()._react(outcomes)
        broken = [outcome for outcome in outcomes.values() if outcome.is_broken]
        if broken:
            self._break_off(broken[0].reason)
            return
        accepted = self.filtered(lambda dispatch: outcomes[dispatch.id].kind == "accepted")
        if by_mail := accepted.filtered(lambda dispatch: dispatch.channel == "email"):
            self.env["recouvrement.exit"]._all_clear(by_mail.company_id.root_id, [REFUSES])

    def _rejected_in_a_row(self, outcomes):
        """The longest row of refusals of these that say nothing of the address, when it is a long one."""
        longest = row = self.browse()
        for dispatch in self.sorted("id"):
            outcome = outcomes.get(dispatch.id)
            is_rejected = outcome and outcome.kind == "refused" and not ADDRESS.search(outcome.reason)
            row = row + dispatch if is_rejected else self.browse()
            longest = max(longest, row, key=len)
        return longest if len(longest) >= REFUSED_IN_A_ROW else self.browse()

    @api.model
    def _break_off(self, reason):
        """No e-mail leaves for a while; the managers of each company that was sending are told, once a night."""
        waiting = self.search(
            [("channel", "=", "email"), ("state", "=", "queued"), ("reminder_id.state", "=", "sending")]
        )
        until = clock.stamp() + timedelta(minutes=PAUSE_MINUTES)
        waiting._lock().filtered(lambda dispatch: not dispatch.retry_on or dispatch.retry_on < until).retry_on = until
        cron = self.env.ref("recouvrement_fr.ir_cron_recouvrement_dispatch").sudo()  # users may not read crons
        cron._trigger(at=until)
        for company in waiting.company_id.root_id:
            self.env["recouvrement.exit"]._warn_managers(company, REFUSES, reason)
