from datetime import timedelta

from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
LATE = MONDAY + 15 * DAY  # Tuesday, after ten working days


@tagged("post_install", "-at_install")
class TestUnattended(RecouvrementCommon):
    """What waits for a person and that nobody does calls a manager, as calls not made do, and stops nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._somebody("unattended_manager", "manager")
        cls.first.requires_approval = True

    def told(self):
        tasks = self.env["mail.activity"].search(
            [("res_model", "=", "recouvrement.debtor"), ("summary", "=like", "Waiting for too long%")]
        )
        return tasks.filtered(lambda task: task.res_id in self.env["recouvrement.debtor"].search([]).ids)

    def night(self, on):
        """The night, then what the day brings by itself."""
        super().night(on)
        with self.at(on, 4):
            self.env["recouvrement.unattended"].sudo()._follow_up(on)
        self.env.flush_all()
        self.env.invalidate_all()

    def nights(self, first, last):
        day = first
        while day <= last:
            self.night(day)
            day += DAY

    def test_a_reminder_that_nobody_approves_calls_a_manager_once_until_it_is_approved(self):
        self.invoice(MONDAY - 5 * DAY, 100)
        self.night(MONDAY)
        reminder = self.reminders()
        self.assertEqual(reminder.state, "to_approve")
        self.nights(LATE - 2 * DAY, LATE - DAY)
        self.assertFalse(self.told())
        self.nights(LATE, LATE + DAY)
        task = self.told()
        self.assertEqual((len(task), task.summary, task.res_id), (1, "Waiting for too long: 1", self.card().id))
        self.assertIn("Menuiserie Durand", task.note)
        self.assertIn(f"{self.first.name}, to approve, since", task.note)
        self.assertIn(task.user_id, self.company._recouvrement_managers())
        with self.at(LATE + DAY):
            reminder.action_approve()
        self.night(LATE + 2 * DAY)
        self.assertFalse(self.told())

    def test_what_waits_freezes_neither_totals_nor_other_invoices_nor_the_next_date(self):
        self.invoice(MONDAY - 5 * DAY, 100)
        self.night(MONDAY)
        self.invoice(MONDAY + 5 * DAY, 40)
        self.nights(MONDAY + DAY, LATE)
        card = self.card()
        self.assertEqual((card.overdue_amount, card.overdue_count), (140, 2))
        self.assertEqual(card.next_date, LATE + DAY)
        self.assertEqual(len(self.reminders()), 2)  # the other invoice has its own

    def test_a_reminder_that_failed_to_leave_calls_a_manager(self):
        self.first.requires_approval = False
        self.invoice(MONDAY - 5 * DAY, 100)
        self.night(MONDAY)
        self.reminders().sudo()._fail("The server refused it")
        self.night(LATE)
        self.assertIn(f"{self.first.name}, failed to leave, since", self.told().note)

    def test_an_answer_that_nobody_reads_calls_a_manager_and_its_debtor_is_looked_at_each_day(self):
        self.invoice(MONDAY - 5 * DAY, 100)
        self.night(MONDAY)
        card = self.card()
        with self.at(MONDAY):
            self.reminders()._cancel("Another way")
            card.reply_pending = True
        self.night(MONDAY + DAY)
        self.assertEqual((card.reason, card.next_date), ("reply", MONDAY + 2 * DAY))
        self.invoice(MONDAY + 5 * DAY, 40)
        self.nights(MONDAY + 2 * DAY, LATE)
        self.assertFalse(self.told())
        self.assertEqual((card.overdue_amount, card.next_date), (140, LATE + DAY))
        self.night(LATE + DAY)
        self.assertIn("answer to read, since", self.told().note)
        with self.at(LATE + DAY):
            card.reply_pending = False
        self.night(LATE + 2 * DAY)
        self.assertFalse(self.told())

    def test_a_policy_that_gives_no_days_lets_it_wait(self):
        self.policy.task_days = 0
        self.invoice(MONDAY - 5 * DAY, 100)
        self.night(MONDAY)
        self.night(LATE + 30 * DAY)
        self.assertFalse(self.told())

    def test_several_things_make_one_task_that_names_them_the_oldest_first(self):
        other = self._partner("Boulangerie Petit", email="compta@petit.example")
        self.invoice(MONDAY - 5 * DAY, 100)
        self.night(MONDAY)
        self.invoice(MONDAY - 4 * DAY, 100, partner=other)
        self.night(MONDAY + DAY)
        self.night(LATE + DAY)
        task = self.told()
        self.assertEqual((task.summary, task.res_id), ("Waiting for too long: 2", self.card().id))
        self.assertLess(task.note.index("Menuiserie Durand"), task.note.index("Boulangerie Petit"))

    def in_french(self, on):
        """What the day brings by itself, after a change of language."""
        with self.at(on, 4):
            self.env["recouvrement.unattended"].sudo().with_context(lang="fr_FR")._follow_up(on)
        self.env.flush_all()

    def tasks(self):
        return self.card().activity_ids.filtered(lambda task: task.recouvrement_mark == "unattended")

    def test_after_a_change_of_language_it_is_the_same_task(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.invoice(MONDAY - 5 * DAY, 100)
        self.nights(MONDAY, LATE)
        task = self.card().activity_ids
        self.in_french(LATE + DAY)
        self.assertEqual(self.card().activity_ids, task)
        self.assertEqual(task.summary.replace("\N{NO-BREAK SPACE}", " "), "En attente depuis trop longtemps : 1")
        with self.at(LATE + DAY):
            self.reminders().action_approve()
        self.night(LATE + 2 * DAY)
        self.assertFalse(self.card().activity_ids)

    def test_an_upgrade_marks_the_tasks_that_were_known_by_their_words_in_any_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.invoice(MONDAY - 5 * DAY, 100)
        self.nights(MONDAY, LATE)
        card, task = self.card(), self.tasks()
        french = self.env["recouvrement.rate"].with_context(lang="fr_FR").env._
        translated = french("Rates of %s are missing: enter them (Collection > Configuration > Rates)", "2026 S1")
        waiting = french("Waiting for too long: %s", 1)
        self.assertNotIn("Waiting", waiting)
        other = self.manager.partner_id.activity_schedule("mail.mail_activity_data_todo", summary=translated)
        stranger = card.activity_schedule("mail.mail_activity_data_todo", summary="Something else")
        task.write({"recouvrement_mark": False, "summary": waiting})
        self.env.flush_all()
        path = file_path("recouvrement_fr/migrations/19.0.10.0.0/post-debtor.py")
        load_script(path, "post_debtor").migrate(self.env.cr, "19.0.9.0.0")
        self.env.invalidate_all()
        self.assertEqual(task.recouvrement_mark, "unattended")
        self.assertEqual(other.recouvrement_mark, "rates_missing 2026 S1")
        self.assertFalse(stranger.recouvrement_mark)
