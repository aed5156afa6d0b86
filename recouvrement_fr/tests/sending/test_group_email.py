from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..common import MONDAY
from .dispatch_common import DispatchCommon


@tagged("post_install", "-at_install")
class TestGroupEmail(DispatchCommon):
    """One e-mail for the invoices of a debtor: to the right person, in his language, from the company, with copies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_GB")
        users = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        collect = "base.group_user,recouvrement_fr.group_recouvrement_user"
        cls.collector = new_test_user(cls.env, "ge_claire", groups=collect, email="claire@creancier.example", **users)
        cls.manager = new_test_user(cls.env, "ge_marc", groups=collect, email="marc@creancier.example", **users)
        cls.gone = new_test_user(cls.env, "ge_gone", groups=collect, email="gone@creancier.example", **users)
        cls.seller = new_test_user(cls.env, "ge_seller", groups="base.group_user", email="vente@creancier.example")
        cls.gone.active = False
        cls.template.reply_to = "{{ object.debtor_id.collector_id.email_formatted }}"
        cls.company.alias_domain_id = False

    def sent(self):
        """The e-mail of the first reminder of the debtor, with the SMTP recipients it was given."""
        self.night(MONDAY)
        self.card().collector_id = self.collector
        self.dispatch(MONDAY)
        reminder = self.reminders()
        self.assertEqual(reminder.state, "sent")
        recipients = {address for message in self.server.messages for address in message[0]}
        return reminder, reminder.dispatch_ids.mail_id, recipients

    def test_invoices_of_one_debtor_leave_together_to_his_follow_up_contact_and_copies_by_level(self):
        self.debtor_partner.country_id = self.env.ref("base.uk")  # his contacts follow
        contact = self._partner(
            "Jane Doe",
            parent_id=self.debtor_partner.id,
            is_company=False,
            type="contact",
            email="jane@durand.example",
            country_id=self.env.ref("base.uk").id,
            lang="en_GB",
        )
        self._partner(
            "Compta",
            parent_id=self.debtor_partner.id,
            is_company=False,
            type="invoice",
            email="factures@durand.example",
        )
        self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner).dunning_contact_id = contact
        self.first.write({"copy_salesperson": True, "copy_user_ids": [Command.set((self.manager | self.gone).ids)]})
        for amount in (100, 200):
            self.invoice(MONDAY - timedelta(days=5), amount, invoice_user_id=self.seller.id)
        reminder, mail, recipients = self.sent()
        self.assertEqual((reminder.invoice_count, reminder.addressee_id, reminder.lang), (2, contact, "en_GB"))
        self.assertEqual(recipients, {"jane@durand.example", "vente@creancier.example", "marc@creancier.example"})
        self.assertIn("compta@creancier.example", mail.email_from)
        self.assertIn("claire@creancier.example", mail.reply_to)
        self.assertEqual(mail.record_company_id, self.company)

    def test_without_follow_up_contact_the_invoice_address_receives_it_in_french(self):
        invoice_address = self._partner(
            "Compta",
            parent_id=self.debtor_partner.id,
            is_company=False,
            type="invoice",
            email="factures@durand.example",
        )
        self.debtor_partner.lang = "en_GB"  # in France all the same
        self.invoice(MONDAY - timedelta(days=5), 100, partner=self.debtor_partner)
        reminder, mail, recipients = self.sent()
        self.assertEqual((reminder.addressee_id, reminder.lang), (invoice_address, "fr_FR"))
        self.assertEqual(recipients, {"factures@durand.example"})
        self.assertFalse(mail.email_cc)
