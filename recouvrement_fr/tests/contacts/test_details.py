from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestDetails(RecouvrementCommon):
    """A collector corrects how a debtor is reached, without any right on partners; the card says what was there."""

    def before_all(self):
        super().before_all()
        self.invoice(MONDAY - timedelta(days=20), 900)
        self.night(MONDAY)
        self.collector = self.someone("details_collector", "user")
        self.manager = self.someone("details_manager", "manager")
        self.debtor = self.card().with_user(self.collector)

    def someone(self, login, group):
        return new_test_user(
            self.env,
            login,
            f"base.group_user,recouvrement_fr.group_recouvrement_{group}",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def dialog(self, **context):
        action = self.debtor.with_context(**context).action_correct_contact()
        return Form(self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"]))

    def test_a_collector_corrects_the_email_and_the_card_says_so(self):
        with self.assertRaises(AccessError):
            self.debtor_partner.with_user(self.collector).email = "x@y.example"
        before = self.debtor_partner.email
        dialog = self.dialog()
        self.assertEqual(dialog.email, before)
        dialog.email, dialog.city = "compta.nouvelle@durand.example", "Lyon"
        dialog.save().action_correct()
        self.assertEqual((self.debtor_partner.email, self.debtor_partner.city), (dialog.email, "Lyon"))
        message = self.card().message_ids[:1]
        self.assertIn(f"{before} → compta.nouvelle@durand.example", message.body)
        self.assertEqual(message.author_id, self.collector.partner_id)

    def test_another_contact_of_the_debtor_is_corrected_and_a_stranger_is_not(self):
        contact = self._partner("Reception", parent_id=self.debtor_partner.id, type="contact", is_company=False)
        dialog = self.dialog(recouvrement_contact=contact.id)
        dialog.phone = "+33 4 72 00 00 00"
        dialog.save().action_correct()
        self.assertEqual(contact.phone, "+33 4 72 00 00 00")
        stranger = self._partner("Stranger", email="nobody@stranger.example")
        with self.assertRaisesRegex(UserError, "contacts of this debtor"):
            self.debtor._correct_contact(stranger.id, {"email": "x@y.example"})
        with self.assertRaisesRegex(UserError, "contacts of this debtor"):
            self.dialog(recouvrement_contact=stranger.id)

    def test_only_those_details_are_written_and_an_email_is_one(self):
        self.debtor._correct_contact(self.debtor_partner.id, {"vat": "FR00", "city": "Nantes"})
        self.assertEqual((self.debtor_partner.vat, self.debtor_partner.city), (False, "Nantes"))
        with self.assertRaisesRegex(UserError, "not an e-mail"):
            self.debtor._correct_contact(self.debtor_partner.id, {"email": "nobody at durand"})

    def test_a_wrong_address_is_a_button_until_it_was_corrected(self):
        self.morning(MONDAY)
        dispatch = self.reminders().dispatch_ids[:1].sudo()
        dispatch.write({"state": "bounced", "wrong_address": True, "address": self.debtor_partner.email_formatted})
        [row] = self.card()._address_risks()
        self.assertEqual(row["action"], "action_correct_contact")
        self.debtor._correct_contact(self.debtor_partner.id, {"email": "compta.nouvelle@durand.example"})
        self.assertFalse(self.card()._address_risks())

    def test_a_manager_sets_collection_without_rights_on_the_settings_of_odoo(self):
        with Form(self.env["recouvrement.settings"].with_user(self.manager).with_company(self.company)) as settings:
            settings.recouvrement_signatory = "Marc Delorme, credit manager"
            settings.recouvrement_night_cap = 250
        self.assertEqual(self.company.recouvrement_signatory, "Marc Delorme, credit manager")
        self.assertEqual(self.company.recouvrement_night_cap, 250)

    def test_a_collector_sets_nothing_nor_a_manager_of_another_company(self):
        with self.assertRaises(AccessError):
            self.env["recouvrement.settings"].with_user(self.collector).create({"recouvrement_night_cap": 1})
        other = self.env["res.company"].create({"name": "Other", "country_id": self.env.ref("base.fr").id})
        with self.assertRaises(AccessError):
            self.env["recouvrement.settings"].with_user(self.manager).create(
                {"company_id": other.id, "recouvrement_night_cap": 1}
            )
        self.assertNotEqual(self.company.recouvrement_night_cap, 1)
        self.assertNotEqual(other.recouvrement_night_cap, 1)

    def test_what_binds_the_manager_stays_with_an_administrator(self):
        names = {name for name in self.env["recouvrement.settings"]._fields if name.startswith("recouvrement_")}
        self.assertFalse({"recouvrement_own_reminder", "recouvrement_write_off_own_limit"} & names)
