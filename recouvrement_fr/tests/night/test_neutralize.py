from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location

from odoo.tests import tagged
from odoo.tools.misc import file_open, file_path

from ..clock import today
from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestNeutralize(RecouvrementCommon):
    """A restored copy writes to nobody, whatever was about to leave."""

    def before_all(self):
        super().before_all()
        self.debt = self.invoice(MONDAY - 20 * DAY)
        self.night(MONDAY)

    def _mail(self, **values):
        return self.env["mail.mail"].sudo().create({"email_to": "compta@durand.example", "state": "outgoing", **values})

    def test_what_waits_to_leave_is_cancelled(self):
        card = self.card().sudo()
        kept = self._mail(model="res.partner", res_id=self.debtor_partner.id)  # not ours: core's own servers are off
        ours = self._mail(model="recouvrement.debtor", res_id=card.id)
        of_statement = self._mail()
        statement = (
            self.env["recouvrement.statement"]
            .sudo()
            .create(
                {
                    "debtor_id": card.id,
                    "company_id": self.company.id,
                    "date": MONDAY,
                    "channel": "email",
                    "mail_id": of_statement.id,
                }
            )
        )
        thanks = (
            self.env["recouvrement.thanks"]
            .sudo()
            .create(
                {
                    "debtor_id": card.id,
                    "card": card.id,
                    "company_id": self.company.id,
                    "settled_on": MONDAY,
                    "state": "planned",
                }
            )
        )
        reminder = self.reminders()
        self.assertEqual(reminder.state, "planned")
        self.env.flush_all()
        with file_open("recouvrement_fr/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual((ours.state, of_statement.state, kept.state), ("cancel", "cancel", "outgoing"))
        self.assertEqual((thanks.state, reminder.state, statement.mail_id), ("cancelled", "cancelled", of_statement))

    def test_nobody_is_told_of_his_promise_nor_of_his_plan(self):
        self.policy.promise_reminder = True
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(self.card(), self.debt, 1000, MONDAY + 7 * DAY, on=today())
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", True)
        self.env["recouvrement.promise"].sudo()._remind(MONDAY + 6 * DAY)
        self.env["recouvrement.plan"].sudo()._remind(MONDAY + 6 * DAY)
        self.assertFalse(promise.reminded_on)
        self.assertFalse(self.env["mail.mail"].search([("model", "=", "recouvrement.promise")]))


@tagged("post_install", "-at_install")
class TestUpgrade(RecouvrementCommon):
    """What an upgrade from the first version does for what it finds."""

    def test_pauses_in_force_begin_their_history_once(self):
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        card.write({"paused_until": MONDAY + 30 * DAY, "pause_reason": "Meeting"})
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM recouvrement_pause_period")  # as the first version left it
        self.env.invalidate_all()
        path = file_path("recouvrement_fr/migrations/19.0.2.0.0/post-migrate.py")
        spec = spec_from_file_location("recouvrement_post_migrate", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        for _again in range(2):
            script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        [period] = card.pause_ids
        self.assertEqual((period.reason, period.until, period.ended_on), ("Meeting", card.paused_until, False))
        card.action_resume()
        self.assertTrue(period.ended_on)
