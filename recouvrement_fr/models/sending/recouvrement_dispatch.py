from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import clock
from ..policy.recouvrement_level_channel import CHANNELS
from .recouvrement_dispatch_event import POSTAL_STATES

GONE = ("handed_over", "delivered", "bounced", "uncertain")  # has left, or may have
RETRY_MINUTES = (5, 30, 120, 480)  # after a mail server that did not answer; then a person


class RecouvrementDispatch(models.Model):
    """One channel of one reminder: the very bytes that left, their hash, and what became of them."""

    _name = "recouvrement.dispatch"
    _description = "Dispatch"
    _inherit = "recouvrement.followed"
    _follow_turn = 10
    _order = "id desc"
    _rec_name = "reminder_id"

    reminder_id = fields.Many2one("recouvrement.reminder", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True)
    debtor_id = fields.Many2one(related="reminder_id.debtor_id")
    channel = fields.Selection(CHANNELS, required=True)
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("handed_over", "Handed over"),
            ("delivered", "Delivered"),
            ("bounced", "Bounced"),
            ("failed", "Failed"),
            ("uncertain", "Uncertain"),
            ("cancelled", "Cancelled"),
        ],
        default="queued",
        required=True,
        index=True,
        help="Handed over: the mail server took it, or a person posted it. Uncertain: the machine stopped while "
        "sending, so a person looks whether it left.",
    )
    postal_state = fields.Selection(POSTAL_STATES, "Post", index="btree_not_null", readonly=True)
    addressee_id = fields.Many2one("res.partner", required=True, index=True, ondelete="restrict")
    address = fields.Char(help="The e-mail or postal address it was made for.")
    mail_id = fields.Many2one("mail.mail", index="btree_not_null", ondelete="set null")
    message_id = fields.Char("Message-Id", index="btree_not_null", readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment", "Document", index="btree_not_null", ondelete="restrict", readonly=True
    )
    template_id = fields.Many2one(
        "mail.template",
        "E-mail template",
        readonly=True,
        ondelete="set null",
        help="The one it was written with, whatever its level uses since.",
    )
    sha256 = fields.Char("SHA-256", readonly=True, help="Of the document kept: the message or the letter as it left.")
    handed_over_on = fields.Datetime(readonly=True)
    tracking_number = fields.Char(readonly=True)
    sms_uuid = fields.Char(index="btree_not_null", readonly=True)
    copy_of_id = fields.Many2one(
        "recouvrement.dispatch",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The same bytes, sent once more by hand.",
    )
    wrong_address = fields.Boolean(
        readonly=True, help="What left for this address came back: it is not used again until somebody corrects it."
    )
    tries = fields.Integer(readonly=True)
    retry_on = fields.Datetime(readonly=True, index="btree_not_null")
    failure = fields.Char(readonly=True)

    _channel_unique = models.UniqueIndex(
        "(reminder_id, channel) WHERE state NOT IN ('cancelled', 'failed') AND copy_of_id IS NULL",
        "This reminder already leaves by this channel.",
    )
    _copy_unique = models.UniqueIndex(
        "(copy_of_id) WHERE state IN ('queued', 'uncertain')", "A copy of this already waits to leave."
    )

    def _lock(self):
        """Those nobody else is working on, until the next commit."""
        return self.try_lock_for_update(allow_referencing=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A dispatch is evidence: it cannot be deleted."))

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_open_document(self):
        self.ensure_one()
        self.check_access("read")
        if not self.attachment_id:
            raise UserError(self.env._("No document was kept for this dispatch yet."))
        return self.env["recouvrement.document"]._download(self.attachment_id)

    def action_confirm_handed_over(self):
        """A person has seen that an uncertain message did leave."""
        self._check_uncertain()
        uncertain = self.sudo()  # evidence: written only through this button
        for code, dispatches in uncertain.grouped("channel").items():
            self._channel(code)._confirm(dispatches)
        uncertain.write({"state": "handed_over", "handed_over_on": clock.stamp(), "failure": False})
        uncertain.reminder_id._mark_sent(clock.today(self.env))

    def action_confirm_not_sent(self):
        """A person has seen that an uncertain message did not leave: it leaves again, if it is still due."""
        self._check_uncertain()
        uncertain = self.sudo()  # evidence: written only through this button
        uncertain.write({"state": "queued", "failure": False, "retry_on": False})
        uncertain.reminder_id.write({"error": False})
        self.reminder_id._trigger_dispatch()

    def action_send_again(self):
        """The debtor lost it, or says so: the kept bytes leave once more, as a copy that counts for no delay.

        :raises UserError: it never left, its addressee is no longer the debtor's, a judgment froze the debt, or a copy
            waits already
        """
        self.check_access("read")
        copies = self._resend()
        copies.reminder_id._trigger_dispatch()
        by_hand = copies.filtered(lambda copy: copy.channel not in self._codes(by_machine=True))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The copy waits among the letters to post.")
                if by_hand
                else self.env._("The copy leaves at sending hours."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_uncertain(self):
        for dispatch in self:
            if dispatch.state != "uncertain":
                raise UserError(self.env._("%s is not uncertain.", dispatch.display_name))

    # --- writing the documents ----------------------------------------------------------------------------------------

    @api.model
    def _channel(self, code):
        """The class of a channel: `recouvrement.channel.<code>`."""
        return self.env[f"recouvrement.channel.{code}"]

    @api.model
    def _codes(self, by_machine):
        """The channels the machine makes leave, or those a person does."""
        codes = dict(self._fields["channel"]._description_selection(self.env))
        return [code for code in codes if self._channel(code)._by_machine == by_machine]

    # --- once more ----------------------------------------------------------------------------------------------------

    def _copy_problem(self):
        """Why what left may not leave a second time, in words; else None: to a stranger, or about a debt that a
        judgment froze since."""
        if problem := self.debtor_id._addressee_problem(self.addressee_id):
            return problem
        lines = self.sudo().reminder_id.line_ids  # whoever sends again need not read each invoice
        if frozen := self.env["recouvrement.holding"]._frozen_of(*lines._debts()):
            return self.env._("%s is frozen by insolvency proceedings since.", frozen[0].display_name)
        return None

    def _resend(self):
        """Send the kept documents once more, the same bytes, each as a new dispatch flagged as a copy; returns them."""
        for dispatch in self:
            if not dispatch.attachment_id or dispatch.state not in GONE:
                raise UserError(self.env._("%s has not left: there is nothing to send again.", dispatch.display_name))
            if problem := dispatch._copy_problem():
                raise UserError(problem)
        copies = self.sudo()  # evidence is written by methods alone
        copies = copies.create([dispatch._channel(dispatch.channel)._copy_vals(dispatch) for dispatch in copies])
        for code, dispatches in copies.grouped("channel").items():
            self._channel(code)._prepare_copies(dispatches)
        return copies
