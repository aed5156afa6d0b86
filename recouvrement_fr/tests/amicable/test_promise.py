from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..clock import today
from ..common import MONDAY
from .promise_common import DAY, DUE, PROMISED, PromiseCommon


@tagged("post_install", "-at_install")
class TestPromise(PromiseCommon):
    # --- making -------------------------------------------------------------------------------------------------------

    def test_a_promise_takes_the_policy_of_its_invoice_where_it_has_its_own(self):
        own = self._policy("Of this invoice", promise_tolerance_days=9)
        self.debt.recouvrement_policy_id = own
        self.assertEqual(self.promise().tolerance_days, 9)

    def test_what_was_about_to_leave_is_taken_back_and_waits_for_the_tolerance(self):
        self.assertEqual(self.reminders().state, "planned")
        promise = self.promise()
        self.assertEqual(self.reminders().state, "cancelled")
        self.assertEqual((promise.tolerance_days, promise.last_day), (2, PROMISED + 2 * DAY))
        self.night(MONDAY + DAY)
        card = self.card()
        self.assertEqual((card.reason, card.next_date), ("promised", promise.last_day + DAY))
        with self.at(MONDAY + DAY):
            self.assertEqual(self.debt.dunning_state, "promised")
            self.assertIn(self.debt, self.env["account.move"].search([("dunning_state", "=", "promised")]))
        self.assertIn(promise.name, card.message_ids[0].body)
        self.assertIn(promise.name, self.debt.message_ids[0].body)
        self.assertEqual(self.debt.recouvrement_promise_count, 1)
        self.assertEqual(self.debt.action_open_promises()["res_id"], promise.id)

    def test_the_hold_ends_the_day_after_the_tolerance(self):
        promise = self.promise(tolerance_days=1)
        holds = self.env["recouvrement.promise"]._holds
        self.assertIn(self.debt.id, holds(self.company, self.debt.ids, promise.last_day))
        self.assertFalse(holds(self.company, self.debt.ids, promise.last_day + DAY))
        self.assertIn(self.debt.id, holds(self.company, None, MONDAY))

    def test_other_invoices_go_on_being_reminded(self):
        self.invoice(DUE, 200)
        self.promise()
        self.night(MONDAY + DAY)
        self.assertEqual((self.card().reason, self.reminders()[-1].amount_due), ("due", 200))

    def test_without_invoices_it_is_of_all_that_is_overdue(self):
        other = self.invoice(DUE, 200)
        self.invoice(MONDAY + 20 * DAY, 50)
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(
                self.card(), self.env["account.move"], 1200, PROMISED, origin="portal", on=today()
            )
        self.assertEqual((promise.move_ids, promise.owed), (self.debt | other, 1200))

    def test_what_makes_no_sense_is_refused(self):
        paid = self.invoice(DUE, 10)
        self.pay(paid, on=MONDAY)
        stranger = self.invoice(DUE, 10, partner=self._partner("Autre", company_registry="552081317"))
        for message, values in (
            ("more than zero", {"amount": 0}),
            ("at most what is left", {"amount": 1000.01}),
            ("day to come", {"day": MONDAY - DAY}),
            ("zero or more", {"tolerance_days": -1}),
            ("at least one invoice", {"moves": paid}),
            ("of this debtor", {"moves": stranger, "amount": 10}),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
                self.promise(**values)
        self.promise(day=MONDAY)
        with self.assertRaisesRegex(UserError, "already promised"), self.env.cr.savepoint():
            self.promise()

    def test_a_promise_in_writing_may_acknowledge_the_debt_a_spoken_one_does_not(self):
        events = self.env["recouvrement.limitation.event"]
        self.promise(amount=100, day=MONDAY + DAY)._cancel("Essai")
        self.assertFalse(events.search([("move_ids", "in", self.debt.ids)]))
        self.promise(origin="email")
        event = events.search([("move_ids", "in", self.debt.ids)])
        self.assertEqual((event.kind, event.certainty), ("acknowledgement", "possible"))

    def test_one_currency(self):
        dollars = self.invoice(DUE, 100, currency_id=self.env.ref("base.USD").id)
        with self.assertRaisesRegex(UserError, "one promise per currency"):
            self.promise(moves=self.debt | dollars)

    def test_nobody_promises_what_insolvency_proceedings_freeze(self):
        with self.at(MONDAY):
            self.env["recouvrement.insolvency"].create(
                {"debtor_id": self.card().id, "kind": "redressement", "judgment_on": MONDAY - DAY}
            )
        with self.assertRaisesRegex(UserError, "cannot be promised"):
            self.promise()

    def test_one_e_mail_the_day_before_where_the_policy_wants_it(self):
        silent = self.promise(moves=self.invoice(DUE, 50), amount=50)
        self.policy.promise_reminder = True
        promise = self.promise()
        for day in (PROMISED - 2 * DAY, PROMISED - DAY, PROMISED - DAY, PROMISED):
            self.follow(day)
        mails = self.env["mail.mail"].search([("model", "=", "recouvrement.promise")])
        self.assertEqual((mails.mapped("res_id"), promise.mail_id), (promise.ids, mails))
        self.assertFalse(promise.reminded_on)  # it is still in the queue
        self.assertFalse(silent.reminded_on)

    def test_the_e_mail_goes_to_the_dunning_contact_while_he_is_the_debtors(self):
        self.policy.promise_reminder = True
        contact = self.env["res.partner"].create(
            {"name": "Mme Petit", "parent_id": self.debtor_partner.id, "email": "petit@durand.example"}
        )
        self.card().dunning_contact_id = contact
        self.promise(amount=100, moves=self.invoice(DUE, 100))
        self.promise(day=PROMISED + 3 * DAY)
        self.follow(PROMISED - DAY)
        mails = self.env["mail.mail"].search([("model", "=", "recouvrement.promise")])
        self.assertEqual(mails.email_to, '"Mme Petit" <petit@durand.example>')
        contact.parent_id = self._partner("Plomberie Martin", company_registry="552081317")
        self.follow(PROMISED + 2 * DAY)
        told = self.env["mail.mail"].search([("model", "=", "recouvrement.promise")]) - mails
        self.assertIn(f"<{self.debtor_partner.email}>", told.email_to)

    # --- broken, then -------------------------------------------------------------------------------------------------

    def test_broken_the_next_level_comes_at_once_where_the_policy_says_so(self):
        self.policy.promise_effect = "next_level"
        self.mark_sent(self.reminders(), MONDAY)
        self.second.delay_days = 60
        promise = self.promise(day=MONDAY + 2 * DAY, tolerance_days=0)
        self.assertEqual(promise.effect, "next_level")
        self.follow(MONDAY + 3 * DAY)
        self.assertEqual(promise.state, "broken")
        self.night(MONDAY + 3 * DAY)
        self.assertEqual(self.card().reason, "recent_contact")  # the debtor's peace stays
        self.night(MONDAY + 7 * DAY)
        card = self.card()
        self.assertEqual((card.reason, card.next_level_id), ("due", self.second))

    # --- cancel, postpone ---------------------------------------------------------------------------------------------

    def test_cancelled_with_a_reason_dunning_goes_on(self):
        promise = self.promise()
        with self.assertRaisesRegex(UserError, "Say why"):
            promise._cancel(" ")
        with self.at(MONDAY):
            wizard = self.env["recouvrement.promise.cancel"].with_context(active_ids=promise.ids)
            wizard.create({"reason": "Autre débiteur"}).action_cancel()
        self.assertEqual((promise.state, promise.close_reason), ("cancelled", "Autre débiteur"))
        self.night(MONDAY + DAY)
        self.assertEqual(self.card().reason, "due")
        with self.assertRaisesRegex(UserError, "cannot be done any more"):
            promise._cancel("Encore")

    def test_put_off_it_is_linked_and_counted(self):
        promise = self.promise()
        self.pay(self.debt, 400, on=MONDAY + DAY)
        self.follow(MONDAY + 2 * DAY)
        with self.at(MONDAY + 2 * DAY):
            action = promise.action_postpone()
            form = Form(self.env[action["res_model"]].with_context(**action["context"]))
            self.assertEqual(form.amount, 600)
            form.date = PROMISED + 7 * DAY
            form.save().action_note()
        second = promise.next_ids
        self.assertEqual((promise.state, second.amount, second.postponements), ("cancelled", 600, 1))
        with self.at(MONDAY + 3 * DAY):
            third = second._postpone(PROMISED + 9 * DAY, on=today())
        self.assertEqual(third.postponements, 2)

    def test_put_off_it_is_of_all_that_was_promised_due_or_not(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "30 % then the rest",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 70, "nb_days": 60}),
                ],
            }
        )
        move = self.invoice(MONDAY, invoice_date=MONDAY - 30 * DAY, invoice_payment_term_id=term.id)
        promise = self.promise(moves=move)
        with self.at(MONDAY + 2 * DAY):
            action = promise.action_postpone()
            form = Form(self.env[action["res_model"]].with_context(**action["context"]))
            self.assertEqual(form.amount, 1000)

    def test_a_broken_one_put_off_stays_broken(self):
        promise = self.promise()
        self.follow(promise.last_day + DAY)
        with self.at(promise.last_day + DAY):
            again = promise._postpone(promise.last_day + 5 * DAY, on=today())
        self.assertEqual((promise.state, again.state, again.previous_id), ("broken", "open", promise))

    # --- dialog -------------------------------------------------------------------------------------------------------

    def test_the_dialog_opens_from_the_card_the_invoice_and_the_reminder(self):
        wizard = self.env["recouvrement.promise.wizard"]
        with self.at(MONDAY):
            for record in (self.card(), self.debt, self.reminders()):
                form = Form(wizard.with_context(active_model=record._name, active_ids=record.ids))
                self.assertEqual((form.debtor_id, form.amount, form.tolerance_days), (self.card(), 1000, 2))
            form = Form(wizard.with_context(default_debtor_id=self.card().id, default_move_ids=self.debt.ids))
            form.amount = 500
            form.note = "Virement le 9."
            form.save().action_note()
        promise = self.card().promise_ids
        self.assertEqual((promise.amount, promise.note, promise.date), (500, "Virement le 9.", PROMISED))

    # --- rights -------------------------------------------------------------------------------------------------------

    def test_a_collector_notes_promises_and_writes_none(self):
        user = self.collector()
        with self.at(MONDAY):
            promise = (
                self.env["recouvrement.promise"]
                .with_user(user)
                ._make(self.card().with_user(user), self.debt.with_user(user), 1000, PROMISED, on=today())
            )
        self.assertEqual(promise.author_id, user)
        with self.assertRaises(AccessError):
            promise.write({"state": "kept"})
        with self.assertRaises(AccessError):
            promise.create({"debtor_id": self.card().id})
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            promise.sudo().unlink()
        stranger = new_test_user(self.env, "outside", groups="base.group_user")
        with self.assertRaises(AccessError):
            promise.with_user(stranger).read(["name"])
        with self.assertRaises(AccessError):
            self.env["recouvrement.promise"].with_user(stranger)._make(
                self.card().with_user(stranger), self.debt.with_user(stranger), 10, PROMISED, on=today()
            )

    def test_another_company_sees_and_cancels_nothing(self):
        promise = self.promise()
        other = self.env["res.company"].create({"name": "Autre société"})
        user = new_test_user(
            self.env,
            "elsewhere",
            groups="recouvrement_fr.group_recouvrement_manager",
            company_ids=[Command.set(other.ids)],
            company_id=other.id,
        )
        self.assertFalse(self.env["recouvrement.promise"].with_user(user).search([("id", "=", promise.id)]))
        with self.assertRaises(AccessError):
            promise.with_user(user)._cancel("Pas la mienne")
        self.assertFalse(self.env["recouvrement.promise"]._holds(other, self.debt.ids, MONDAY))
