from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..amicable.promise_common import PromiseCommon
from ..clock import today
from ..common import MONDAY

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPauseHistory(PromiseCommon):
    def pause(self, on=MONDAY, days=60, reason="Le commercial négocie", user=None):
        with self.at(on):
            self.env["recouvrement.pause"].with_user(user or self.env.user).create(
                {"debtor_ids": self.card().ids, "until": on + days * DAY, "reason": reason}
            ).action_pause()
        return self.card().pause_ids.sorted("id")[-1]

    def recall(self, on):
        self.env.flush_all()
        with self.at(on, 3):
            self.env["recouvrement.forgotten"].with_user(self.env.ref("base.user_root"))._follow_up(on)
        self.env.invalidate_all()
        return self.card().activity_ids

    # --- history ------------------------------------------------------------------------------------------------------

    def test_who_paused_why_from_when_to_when_is_kept(self):
        user = self.collector()
        first = self.pause(user=user)
        self.assertEqual((first.author_id, first.started_on, first.ended_on), (user, MONDAY, False))
        second = self.pause(on=MONDAY + DAY, days=5, reason="Encore")
        self.assertEqual((first.ended_on, first.ended_by_id), (MONDAY + DAY, self.env.user))
        with self.at(MONDAY + 2 * DAY):
            self.card().action_resume()
        self.assertEqual((second.ended_on, second.until), (MONDAY + 2 * DAY, MONDAY + 6 * DAY))
        self.assertEqual(set(self.card().pause_ids), {first, second})

    def test_a_pause_that_comes_to_its_end_ends_by_itself(self):
        period = self.pause(days=3)
        self.env.flush_all()
        with self.at(MONDAY + 4 * DAY, 3):
            self.env["recouvrement.debtor"].with_user(self.env.ref("base.user_root")).sudo()._remind_pauses(
                MONDAY + 4 * DAY
            )
        self.assertEqual((period.ended_on, period.ended_by_id), (MONDAY + 4 * DAY, self.env["res.users"]))
        self.assertFalse(self.card().paused_until)

    def test_nothing_is_noted_when_nothing_changes(self):
        self.pause()
        card = self.card()
        card.write({"paused_until": card.paused_until})
        card.reply_pending = True
        self.assertEqual(len(card.pause_ids), 1)

    def test_the_history_is_read_and_never_written(self):
        period = self.pause()
        user = self.collector()
        self.assertEqual(period.with_user(user).reason, "Le commercial négocie")
        with self.assertRaises(AccessError):
            period.with_user(user).write({"reason": "Autre"})
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            period.sudo().unlink()

    def test_merged_partners_keep_promises_pauses_and_disputes(self):
        self.pause(days=20)
        other = self._partner("Durand SARL", email="compta@durand.example")
        theirs = self.invoice(MONDAY - 20 * DAY, 200, partner=other)
        self.night(MONDAY + DAY)
        with self.at(MONDAY + DAY):
            self.env["recouvrement.pause"].create(
                {"debtor_ids": self.card(other).ids, "until": MONDAY + 40 * DAY, "reason": "Congés"}
            ).action_pause()
            promise = self.env["recouvrement.promise"]._make(
                self.card(other), theirs, 200, MONDAY + 9 * DAY, on=today()
            )
            dispute = self.env["recouvrement.dispute"]._open(
                self.card(other), theirs, self.env.ref("recouvrement_fr.dispute_reason_other")
            )
            self.env["base.partner.merge.automatic.wizard"].create({})._merge(
                [other.id, self.debtor_partner.id], self.debtor_partner
            )
        card = self.card()
        self.assertEqual((promise.debtor_id, dispute.debtor_id), (card, card))
        self.assertEqual(len(card.pause_ids), 2)
        self.assertEqual(card.pause_ids.filtered(lambda period: not period.ended_on).until, card.paused_until)

    # --- nothing is forgotten -----------------------------------------------------------------------------------------

    def test_a_pause_nobody_touched_comes_back_once_then_again(self):
        self.pause(days=200)
        self.env.cr.execute(  # what was said on the day of the pause is as old as the pause
            "UPDATE mail_message SET date = %s WHERE model = 'recouvrement.debtor'", [MONDAY]
        )
        self.assertFalse(self.recall(MONDAY + 29 * DAY))
        told = self.recall(MONDAY + 30 * DAY)
        self.assertIn("Le commercial négocie", told.note)
        self.assertEqual(self.recall(MONDAY + 31 * DAY), told)
        self.assertEqual(self.recall(MONDAY + 59 * DAY), told)
        told.action_feedback(feedback="Toujours en négociation")
        self.env.cr.execute(
            "UPDATE mail_message SET date = %s WHERE id = (SELECT MAX(id) FROM mail_message WHERE model = %s)",
            [MONDAY + 60 * DAY, "recouvrement.debtor"],
        )
        self.assertFalse(self.recall(MONDAY + 80 * DAY))
        self.assertTrue(self.recall(MONDAY + 90 * DAY))

    def test_invoices_left_out_disputes_and_promises_too_in_one_activity(self):
        other, third = self.invoice(MONDAY - 20 * DAY, 100), self.invoice(MONDAY - 20 * DAY, 50)
        with self.at(MONDAY):
            self.env["recouvrement.exclusion"]._leave_out(self.card(), third, "À revoir", MONDAY)
            dispute = self.env["recouvrement.dispute"]._open(
                self.card(), other, self.env.ref("recouvrement_fr.dispute_reason_other")
            )
        promise = self.promise(day=MONDAY + 90 * DAY)
        self.env.flush_all()
        self.env.cr.execute("UPDATE recouvrement_exclusion SET create_date = %s", [MONDAY])
        self.env.cr.execute("UPDATE mail_message SET date = %s WHERE model LIKE 'recouvrement%%'", [MONDAY])
        told = self.recall(MONDAY + 40 * DAY)
        self.assertEqual(len(told), 1)
        for name in (third.name, dispute.name, promise.name):
            self.assertIn(name, told.note)

    def test_a_word_or_something_planned_is_a_sign_of_life(self):
        self.pause(days=200)
        self.env.cr.execute("UPDATE mail_message SET date = %s WHERE model = 'recouvrement.debtor'", [MONDAY])
        planned = self.card().activity_schedule(
            "mail.mail_activity_data_todo", date_deadline=MONDAY + 50 * DAY, user_id=self.env.uid
        )
        self.assertEqual(self.recall(MONDAY + 40 * DAY), planned)
        self.company.recouvrement_forgotten_days = 0
        self.assertEqual(self.recall(MONDAY + 150 * DAY), planned)

    # --- on the invoice -----------------------------------------------------------------------------------------------

    def test_an_invoice_is_found_paused_in_the_company_that_paused_its_debtor_alone(self):
        other = self.setup_other_company(name="Second creditor")["company"]
        pause = {"paused_until": MONDAY + 9 * DAY, "pause_reason": "Le commercial négocie"}
        self.env["recouvrement.debtor"].sudo()._card(other, self.debtor_partner).write(pause)
        with self.at(MONDAY):
            self.assertEqual(self.debt.dunning_state, "none")
            for state, is_found in (("paused", False), ("none", True)):
                found = self.env["account.move"].search([("dunning_state", "=", state)])
                self.assertEqual(self.debt in found, is_found, state)
            self.card().write(pause)
            self.env.invalidate_all()
            self.assertEqual(self.debt.dunning_state, "paused")
            self.assertIn(self.debt, self.env["account.move"].search([("dunning_state", "=", "paused")]))
