from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY
from .test_dashboard_page import DAY, MARCH, PageCommon


@tagged("post_install", "-at_install")
class TestMonthlyFailures(PageCommon):
    """Whatever breaks for one person keeps nobody else waiting, and is told to the managers."""

    def breaks_for(self, user, error):
        registry_class = type(self.env["recouvrement.dashboard"])
        printed = registry_class._printed

        def fails(board, asked):
            if board.env.user == user:
                raise error
            return printed(board, asked)

        return patch.object(registry_class, "_printed", fails)

    def tasks(self, manager):
        return self.env["mail.activity"].search(
            [
                ("user_id", "=", manager.id),
                ("res_model", "=", "res.partner"),
                ("res_id", "=", self.company.partner_id.id),
            ]
        )

    def test_any_error_of_one_person_is_logged_and_told_and_the_others_have_theirs(self):
        self.invoice(MONDAY - 5 * DAY, 1000)
        manager = self._somebody("page_manager", "manager")
        manager.lang = "en_US"
        (self.collector + self.colleague).recouvrement_monthly_figures = True
        with self.breaks_for(self.collector, ZeroDivisionError("division by zero")):
            with self.assertLogs(level="WARNING") as logs:
                mail = self.send(MARCH)
            self.assertIn("page_collector", logs.output[0])
            self.assertEqual(mail.email_to, self.colleague.email_formatted)
            task = self.tasks(manager)
            self.assertEqual((len(task), task.summary), (1, "Figures of collection not sent"))
            self.assertIn("division by zero", task.note)
            self.assertIn(self.collector.name, task.note)
            with self.assertLogs(level="WARNING"):
                self.send(MARCH + DAY)
            self.assertEqual(self.tasks(manager), task, "Told once a month.")
        self.assertEqual(len(self.send(MARCH + 2 * DAY)), 2, "Tried again every day.")

    def test_who_works_in_a_branch_alone_has_the_figures_of_the_tree(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.collector.write({"company_ids": [Command.set(branch.ids)], "company_id": branch.id})
        self.invoice(MONDAY - 5 * DAY, 1000)
        self.collector.recouvrement_monthly_figures = True
        mail = self.send(date(2026, 4, 1))
        self.assertEqual(len(mail), 1)
        self.assertTrue(mail.attachment_ids.raw.startswith(b"%PDF-"))
