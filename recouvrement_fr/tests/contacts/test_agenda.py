from datetime import timedelta

from lxml import etree

from odoo.tests import tagged
from odoo.tools import SQL

from ..clock import today
from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestAgenda(DispatchCommon):
    """The agenda is grouped by act, and the history of a debtor tells what came to nothing and what was noted."""

    def acts(self):
        self.env.flush_all()
        self.env.invalidate_all()
        groups = self.env["recouvrement.debtor"]._read_group(
            [("company_id", "=", self.company.id)], ["act"], ["id:recordset"]
        )
        return dict(groups)

    def test_debtors_are_grouped_by_what_a_person_does_next(self):
        self.first.channel_ids.write({"channel": "call", "template_id": False})
        self.debtor_partner.phone = "+33 1 42 68 53 00"
        quiet = self._partner("Ne doit rien encore")
        self.invoice(MONDAY + 60 * DAY, partner=quiet)
        silent = self._partner("Sans adresse", phone=False)
        self.invoice(MONDAY - 5 * DAY, partner=silent)
        self.reminded(days=5)
        self.dispatch(MONDAY)
        found = self.acts()
        self.assertEqual(found["call"], self.card())
        self.assertEqual(found["post"], self.card(silent))
        self.assertIn(self.card(quiet), found["wait"])
        self.assertEqual(self.card().act, "call")
        debtors = self.env["recouvrement.debtor"]
        self.assertEqual(debtors.search([("act", "=", "post"), ("company_id", "=", self.company.id)]), found["post"])
        self.assertTrue(debtors.fields_get(["act"], ["groupable"])["act"]["groupable"])
        self.card().reply_pending = True
        self.assertEqual(self.acts()["answer"], self.card())

    def test_what_is_planned_for_today_is_done_today_and_nothing_to_do_comes_last(self):
        called, written, later = (self._partner(name) for name in ("À rappeler", "À écrire", "Plus tard"))
        for partner in (called, written, later):
            self.invoice(MONDAY + 60 * DAY, partner=partner)
        self.night(MONDAY)
        for partner, kind, on in (
            (called, "call", MONDAY),
            (written, "todo", MONDAY - DAY),
            (later, "todo", MONDAY + DAY),
        ):
            self.card(partner).activity_schedule(f"mail.mail_activity_data_{kind}", on)
        with self.at(MONDAY):
            found = self.acts()
        self.assertEqual((found["call"], found["task"]), (self.card(called), self.card(written)))
        self.assertIn(self.card(later), found["wait"])
        self.assertEqual(list(found), ["call", "task", "wait"])
        with self.at(MONDAY + DAY):
            self.env.invalidate_all()
            self.assertEqual(self.card(later).act, "task")

    def test_a_letter_to_approve_is_read_again(self):
        self.first.requires_approval = True
        self.reminded(days=5)
        self.assertEqual(self.acts()["approve"], self.card())

    def test_the_first_screen_counts_the_same(self):
        self.first.requires_approval = True
        for number in range(3):  # whatever the numbers of records happen to be
            self.invoice(MONDAY - 5 * DAY, partner=self._partner(f"Client {number}", email=f"c{number}@x.example"))
        self.reminded(days=5)
        self.env.flush_all()
        debtors = self.env["recouvrement.debtor"]
        for name in ("c", "d", "r", "s", "l", "v"):
            rows = self.env.execute_query(
                SQL(
                    "SELECT COUNT(*) FROM recouvrement_debtor %s WHERE %s = 'approve' AND %s = %s",
                    *(SQL.identifier(name), debtors._act_sql(SQL.identifier(name), MONDAY)),
                    *(SQL.identifier(name, "company_id"), self.company.id),
                )
            )
            self.assertEqual(rows, [(4,)], name)

    def test_what_is_paid_is_approved_and_called_about_by_nobody(self):
        self.first.requires_approval = True
        debt, reminder = self.reminded(days=5)
        with self.at(MONDAY):
            payment = self.pay(debt, 400, on=MONDAY)
            self.env.cr.flush()  # the transaction ends
        self.assertEqual(self.acts()["approve"], self.card(), "the rest is still asked for")
        with self.at(MONDAY):
            self.pay(debt, on=MONDAY)
            self.env.cr.flush()
        self.assertEqual(reminder.state, "to_approve", "the night takes it back")
        self.assertEqual((self.card().act, self.acts().get("approve")), ("wait", None))
        with self.at(MONDAY):
            payment.move_id.line_ids.remove_move_reconcile()  # returned by the bank
        self.assertEqual((reminder.state, debt.amount_residual), ("to_approve", 400))
        self.assertEqual(self.acts().get("approve"), self.card())

    def test_a_call_about_what_was_paid_since_is_not_to_be_made(self):
        self.first.channel_ids.write({"channel": "call", "template_id": False})
        self.debtor_partner.phone = "+33 1 42 68 53 00"
        debt, _reminder = self.reminded(days=5)
        self.dispatch(MONDAY)
        self.assertEqual(self.card().act, "call")
        with self.at(MONDAY):
            self.pay(debt, on=MONDAY)
        self.assertEqual((self.acts().get("call"), self.card().act), (None, "wait"))

    def test_a_letter_in_somebodys_hands_is_theirs_to_post_or_to_withdraw_although_paid(self):
        silent = self._partner("Sans adresse", phone=False)
        debt = self.invoice(MONDAY - 5 * DAY, partner=silent)
        self.reminded(days=5)
        self.dispatch(MONDAY)
        letter = self.reminders(silent).dispatch_ids
        with self.at(MONDAY):
            self.pay(debt, on=MONDAY)
        self.assertIsNone(self.acts().get("post"))
        letter.sudo().printed_on = MONDAY
        self.assertEqual(self.acts()["post"], self.card(silent))

    def test_the_history_tells_payments_undone_and_what_was_noted_on_a_promise(self):
        debt = self.invoice(MONDAY - 5 * DAY)
        self.night(MONDAY)
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(self.card(), debt, 1000, MONDAY + 8 * DAY, on=today())
            promise.message_post(body="Asked twice", message_type="comment")
            payment = self.pay(debt, on=MONDAY)
            payment.sudo().action_draft()
            payment.sudo().action_cancel()
            rows = self.card().get_timeline()["rows"]
        titles = [row["title"] for row in rows]
        self.assertIn("Payment cancelled or rejected", titles)
        self.assertIn("Asked twice", " ".join(row["detail"] for row in rows))

    def test_the_agenda_and_what_is_to_do_today_are_one_list_by_act_with_its_groups_open(self):
        arch = etree.fromstring(self.env["recouvrement.debtor"].get_view(view_type="list")["arch"])
        self.assertEqual(arch.get("expand"), "1")
        for name in ("recouvrement_debtor_action", "recouvrement_debtor_today_action"):
            action = self.env["ir.actions.act_window"]._for_xml_id(f"recouvrement_fr.{name}")
            self.assertIn("'search_default_by_act': 1", action["context"])
            self.assertEqual(action["views"][0], (False, "list"))
