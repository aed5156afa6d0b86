from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestMissing(RecouvrementCommon):
    """What has to be corrected is on the card, and each line opens what corrects it."""

    def before_all(self):
        super().before_all()
        self.invoice(MONDAY - timedelta(days=20), 900)
        self.night(MONDAY)
        self.collector = self._somebody("missing_collector")

    def rows(self, user=None):
        """{label: row} of what is missing, as that person reads the card."""
        self.env.invalidate_all()
        return {row["label"]: row for row in self.risks(user) if row.get("action")}

    def risks(self, user=None):
        card = self.card().with_user(user or self.collector).with_context(lang="en_US")
        with self.at(MONDAY):
            return card.risks or []

    def opened(self, row):
        """What the button of a row opens."""
        card = self.card().with_user(self.collector).with_context(lang="en_US", **row["context"])
        return getattr(card, row["action"])()

    def test_a_complete_debtor_has_nothing_to_correct(self):
        self.card().type_confirmed = True
        self.assertFalse(self.rows())

    def test_a_missing_number_and_an_unconfirmed_type_are_corrected_in_one_dialog(self):
        self.debtor_partner.company_registry = False
        self.card().type_confirmed = False
        rows = self.rows()
        self.assertEqual({"SIREN", "Type not confirmed"}, rows.keys())
        action = self.opened(rows["SIREN"])
        dialog = Form(
            self.env[action["res_model"]].with_user(self.collector).with_context(lang="en_US", **action["context"])
        )
        dialog.number, dialog.debtor_type = "732829321", "professional"  # its key is wrong
        with self.assertRaisesRegex(ValidationError, "no SIREN"):
            dialog.save().action_correct()
        dialog.number = "732 829 320"
        dialog.save().action_correct()
        self.assertEqual((self.debtor_partner.company_registry, self.card().type_confirmed), ("732 829 320", True))
        self.assertIn("none → 732 829 320", self.card().message_ids[:1].body)
        self.assertFalse(self.rows())

    def test_a_missing_email_or_address_opens_the_details_of_who_is_written_to(self):
        self.card().type_confirmed = True
        self.debtor_partner.write({"email": False, "zip": False})
        rows = self.rows()
        self.assertEqual({"E-mail", "Postal address"}, rows.keys())
        opened = self.opened(rows["E-mail"])
        self.assertEqual(opened["context"]["default_partner_id"], self.debtor_partner.id)

    def test_the_account_of_the_company_is_corrected_by_who_may(self):
        self.card().type_confirmed = True
        self.company.partner_id.bank_ids.unlink()
        label = f"IBAN of {self.company.name}"
        self.assertFalse(self.rows())  # a collector sees it, without a button
        self.assertIn(label, [row["label"] for row in self.risks()])
        action = getattr(self.card(), self.rows(self.env.user)[label]["action"])()
        self.assertEqual(action["res_model"], "res.partner.bank")
        self.assertEqual(action["context"]["default_partner_id"], self.company.partner_id.id)

    def test_a_reminder_that_failed_is_opened_from_its_line_and_from_what_comes_next(self):
        self.card().type_confirmed = True
        reminder = self.reminders()
        reminder.sudo()._fail("No words")
        [row] = self.rows().values()
        self.assertEqual((row["label"], row["value"], row["tone"]), (reminder.name, "No words", "danger"))
        self.assertEqual(self.opened(row)["res_id"], reminder.id)
        card = self.card().with_user(self.collector)
        with self.at(MONDAY):
            self.assertTrue(card.next_opens)
            self.assertEqual(card.action_open_next()["res_id"], reminder.id)
