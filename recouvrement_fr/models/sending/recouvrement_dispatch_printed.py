from odoo import fields, models
from odoo.exceptions import UserError

from ...tools import clock

BY_HAND = "recouvrement_in_hand"  # in the context of what a person does with a printed letter: withdrawn, gone


class RecouvrementDispatch(models.Model):
    """A letter that a person has printed stays as it is until it is posted or withdrawn: the file kept is the paper.

    What changes meanwhile (a payment, a promise) is written on it, and stops it when a person says that it is posted.
    """

    _inherit = "recouvrement.dispatch"

    printed_on = fields.Date(
        readonly=True,
        copy=False,
        help="Opened or printed on that day: it is not made again before it is posted, or withdrawn.",
    )

    def action_open_document(self):
        self._print_now(clock.today(self.env))
        return super().action_open_document()

    def action_print(self):
        self._print_now(clock.today(self.env))
        return super().action_print()

    def _print_now(self, on):
        """A person has the letter in hand, among those that wait to be posted."""
        self.check_access("read")
        letters = self.sudo().filtered(  # evidence, written by methods alone
            lambda letter: letter.state == "queued" and letter.postal_state and not letter.printed_on
        )
        letters.printed_on = on

    def action_withdraw(self):
        """A person says that these printed letters are not posted: they are compared with the ledger again."""
        self.check_access("read")
        letters = self.sudo().filtered(lambda letter: letter._is_in_hand())  # as above
        if not letters:
            raise UserError(self.env._("Choose letters that were printed and not posted."))
        letters.write({"printed_on": False, "failure": False})
        for letter in letters:
            letter.debtor_id.message_post(body=self.env._("%s was printed and not posted.", letter.display_name))
        letters._review(clock.today(self.env))

    def _is_in_hand(self):
        return bool(self.printed_on) and self.state == "queued"

    def _review(self, on):
        """Those printed are left as they are, whatever the night finds; what left on an earlier day has left."""
        printed = self.filtered(lambda letter: letter._is_in_hand())
        how = self.env.context.get(BY_HAND)
        if not printed or how == "withdrawn":
            return super()._review(on)
        if how != "gone":
            originals = printed.filtered(lambda letter: not letter.copy_of_id)
            standings = originals.reminder_id._standings(on)
            for letter in printed:
                own = letter in originals
                letter._say_changed(
                    letter._changed(standings[letter.reminder_id.id]) if own else letter._copy_problem()
                )
        true = printed if how == "gone" else printed.filtered(lambda letter: not letter.failure)
        return super(RecouvrementDispatch, self - printed)._review(on) | true

    def _changed(self, standing):
        """What the ledger says since this letter was printed, in words; None while it is still true."""
        if standing.problem or self.reminder_id._says(standing):
            return standing.problem
        return self.env._("The amounts changed since it was printed.")

    def _review_by_hand(self, on, today):
        """The same for letters that a person posts, or has posted on an earlier day: those have left."""
        how = "gone" if on < today else "withdrawn"
        return self.with_context(**{BY_HAND: how})._review(today).with_env(self.env)

    def _say_changed(self, problem):
        """Write on printed letters why they should not be posted any more."""
        why = self.env._("Do not post it, withdraw it. %s", problem) if problem else False
        for letter in self.filtered(lambda one: (one.failure or False) != why):
            letter.failure = why


class RecouvrementReminder(models.Model):
    _inherit = "recouvrement.reminder"

    def _cancel(self, message, reason=None):
        """One whose letter is printed waits for the person who holds it; a person's own act takes it back."""
        if self.env.context.get(BY_HAND) == "withdrawn":
            return super()._cancel(message, reason=reason)
        held = self.sudo().dispatch_ids.filtered(lambda letter: letter._is_in_hand())  # evidence, as above
        held._say_changed(message)
        return super(RecouvrementReminder, self - held.reminder_id.with_env(self.env))._cancel(message, reason=reason)
