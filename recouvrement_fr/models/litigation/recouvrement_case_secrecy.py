from odoo import models


class RecouvrementCase(models.Model):
    """Who stays with a case once it is confidential, and where what is noted for it is told.

    What hangs on it, documents, deadlines, what moved the limitation, asks the case each time: nothing is copied.
    """

    _inherit = "recouvrement.case"

    def write(self, vals):
        result = super().write(vals)
        if "is_confidential" in vals:
            self._secrecy_changed()
        if vals.get("is_confidential"):
            self._leave_to_officers()
        return result

    def _history(self):
        return self

    def _leave_to_officers(self):
        """Colleagues who may not read it any more follow it no longer, and what they were to do goes to who may.

        Others, third parties among them, stay: an officer chose them.
        """
        for case in self.sudo():  # followers and tasks of everybody
            users = case.message_partner_ids.user_ids.filtered(lambda user: not user.share)
            case.message_unsubscribe(case._without_access(users).partner_id.ids)
            gone = case._without_access(case.activity_ids.user_id)
            person = case.user_id - case._without_access(case.user_id) or case.debtor_id._case_person()
            case.activity_ids.filtered(lambda activity, gone=gone: activity.user_id in gone).user_id = person

    def _without_access(self, users):
        return users.filtered(lambda user: not self.with_user(user).has_access("read"))


class RecouvrementCaseProceeding(models.Model):
    _inherit = "recouvrement.case.proceeding"

    def _history(self):
        return self.case_id._history()
