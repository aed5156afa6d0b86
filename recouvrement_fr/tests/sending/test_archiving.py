from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY
from .dispatch_common import DispatchCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestArchiving(DispatchCommon):
    """A debtor who is reminded does not leave the screens while letters go on leaving."""

    def test_a_debtor_with_something_planned_or_open_is_not_archived_and_one_is_told_what_to_do(self):
        invoice, reminder = self.reminded()
        with self.at(MONDAY):
            for record in (self.debtor_partner, self.card()):
                with self.assertRaisesRegex(UserError, "pause its reminders or leave its invoices out"):
                    record.action_archive()
            reminder._cancel("Not now")
            with self.assertRaisesRegex(UserError, "is open"):
                self.debtor_partner.action_archive()
            self.card().write({"paused_until": MONDAY + 30 * DAY, "pause_reason": "Closing"})
            self.debtor_partner.action_archive()
        self.assertFalse(self.debtor_partner.active)
        self.assertTrue(invoice.amount_residual)

    def test_a_debtor_who_owes_nothing_or_whose_invoices_are_left_out_is_archived(self):
        invoice = self.invoice(MONDAY - 2 * DAY)
        self.night(MONDAY)
        other = self._partner("Ne doit rien")
        with self.at(MONDAY):
            other.action_archive()
            with self.assertRaises(UserError):
                self.debtor_partner.action_archive()
            self.env["recouvrement.exclusion"]._leave_out(self.card(), invoice, "Treated by hand", MONDAY)
            self.debtor_partner.action_archive()
        self.assertFalse((self.debtor_partner | other).filtered("active"))

    def test_a_company_that_does_not_collect_archives_whom_it_likes(self):
        self.invoice(MONDAY - 2 * DAY)
        self.night(MONDAY)
        self.company._recouvrement_deactivate()
        with self.at(MONDAY):
            self.debtor_partner.action_archive()
        self.assertFalse(self.debtor_partner.active)

    def test_a_write_archives_no_more_than_the_button(self):
        """An import, a call from outside and a server action write the field: they are refused as the button is."""
        invoice, reminder = self.reminded()
        action = self.env["ir.actions.server"].create(
            {
                "name": "Archive",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "code",
                "code": "records.write({'active': False})",
            }
        )
        partner = self.debtor_partner
        ways = {
            "write": lambda: partner.write({"active": False}),
            "import": lambda: self.load(partner),
            "action": lambda: action.with_context(active_model=partner._name, active_ids=partner.ids).run(),
            "card": lambda: self.card().write({"active": False}),
        }
        with self.at(MONDAY):
            for way, archive in ways.items():
                with self.subTest(way), self.assertRaisesRegex(UserError, "still reminded"), self.env.cr.savepoint():
                    archive()
            reminder._cancel("Not now")
            self.env["recouvrement.exclusion"]._leave_out(self.card(), invoice, "Treated by hand", MONDAY)
            partner.write({"active": False})
        self.assertFalse(partner.active)
        partner.write({"active": True})
        self.assertTrue(partner.active)

    def load(self, partner):
        """The import of one row, as core's dialog does it: its refusal comes back as a message."""
        [values] = partner.export_data([".id"])["datas"]
        answer = self.env["res.partner"].load([".id", "active"], [[values[0], "False"]])
        if answer["messages"]:
            raise UserError(answer["messages"][0]["message"])
