from datetime import time

from odoo import models

from .ir_mail_server import Outcome


class RecouvrementChannel(models.AbstractModel):
    """What every way of reaching a debtor answers to `recouvrement.dispatch`.

    A new channel is a model `recouvrement.channel.<code>` that inherits this one, and its code in the selection
    `channel` of `recouvrement.level.channel` and of `recouvrement.dispatch`. A channel has no record: its methods are
    called on the empty recordset, in the company of the reminders.
    """

    _name = "recouvrement.channel"
    _description = "Channel"

    _by_machine = False  # `_send` makes it leave; else a person says so, on the dispatch
    _window = (time(8, 30), time(18, 0))  # when the machine may send, Paris time

    @property
    def _code(self):
        return self._name.removeprefix("recouvrement.channel.")

    def _refusals(self, reminders):
        """{reminder id: why this channel cannot reach its addressee}, in words; none for those it can reach."""
        return {}

    def _draft(self, reminders, steps, errors):
        """{reminder: what would leave, however this channel needs it}, without any effect.

        :param dict steps: the level's step of this channel (`recouvrement.level.channel`, or None) by reminder
        :param dict errors: by reminder id; a reminder given a reason here fails as a whole, and is not drafted
        """
        return dict.fromkeys(reminders)

    def _create(self, drafts):
        """Keep what leaves: one queued dispatch per draft, with its document. Returns the dispatches."""
        return self.env["recouvrement.dispatch"].create([self._vals(reminder) for reminder in drafts])

    def _vals(self, reminder):
        """The values of a dispatch of this channel."""
        return {
            "reminder_id": reminder.id,
            "company_id": reminder.company_id.id,
            "channel": self._code,
            "addressee_id": reminder.addressee_id.id,
            "tries": self._tries_before(reminder),
        }

    def _tries_before(self, reminder):
        """How often what this one replaces was tried in vain: a message dated again is not tried for ever."""
        before = reminder.dispatch_ids.filtered(
            lambda dispatch: dispatch.channel == self._code and not dispatch.copy_of_id
        )
        last = before.sorted("id")[-1:]
        return last.tries if last.state == "cancelled" else 0

    def _stale(self, dispatches, on):
        """Those waiting that must be made again before they leave: another day, another address."""
        return dispatches.browse()

    def _take_back(self, dispatches):
        """They will not leave: undo what `_create` prepared elsewhere."""

    def _send(self, dispatches):
        """Give them to whoever carries them, once; {dispatch id: Outcome}, as far as is known.

        They are committed `uncertain`, and stay so when this raises or the machine stops.
        """
        raise NotImplementedError(self._name)

    def _guess(self, dispatch):
        """The Outcome of one `_send` tells nothing of: it was not tried."""
        return Outcome("later")

    def _record(self, dispatches, outcomes):
        """Write what follows of what became of each, once its state is written; never a file."""

    def _keep_proof(self, dispatches, outcomes):
        """Keep the very bytes that left, once their outcome is committed; a full disk may stop it."""

    def _confirm(self, dispatches):
        """A person has seen that these uncertain ones did leave: keep their proof."""

    # --- once more ----------------------------------------------------------------------------------------------------

    def _copy_vals(self, dispatch):
        """The values of a dispatch that sends the kept document of this one again."""
        return {
            "reminder_id": dispatch.reminder_id.id,
            "company_id": dispatch.company_id.id,
            "channel": dispatch.channel,
            "addressee_id": dispatch.addressee_id.id,
            "address": dispatch.address,
            "attachment_id": dispatch.attachment_id.id,
            "sha256": dispatch.sha256,
            "copy_of_id": (dispatch.copy_of_id or dispatch).id,
        }

    def _prepare_copies(self, dispatches):
        """What `_create` prepares elsewhere, for copies."""
