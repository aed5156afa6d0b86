from odoo import models


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _action_update_from_sms_state(self, sms_state, failure_type=False, failure_reason=False):
        """The provider says an SMS reached its phone, or did not: its dispatch hears of it."""
        result = super()._action_update_from_sms_state(sms_state, failure_type, failure_reason)
        dispatches = self._recouvrement_dispatches()
        if sms_state == "sent":
            dispatches._arrived()
        elif sms_state == "error":
            dispatches._come_back(failure_reason or failure_type or self.env._("The SMS could not be delivered."))
        return result

    def _action_update_from_provider_error(self, provider_error):
        result = super()._action_update_from_provider_error(provider_error)
        self._recouvrement_dispatches()._come_back(self.env._("The SMS was not delivered (%s).", provider_error))
        return result

    def _recouvrement_dispatches(self):
        """The dispatches of these; none while the SMS is being sent, when its answer is recorded by the sender."""
        dispatch = self.env["recouvrement.dispatch"].sudo()  # the provider's report comes without a user
        if self.env.context.get("recouvrement_sending"):
            return dispatch
        return dispatch.search([("sms_uuid", "in", self.mapped("sms_uuid"))])
