from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..common import MONDAY
from ..sending.dispatch_common import DispatchCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestAddressee(DispatchCommon):
    """A debt is told to the debtor and to his contacts, as they are at the moment it leaves; to nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._partner("Plomberie Martin", email="contact@martin.example", company_registry="443061841")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Mme Petit", "parent_id": cls.debtor_partner.id, "email": "petit@durand.example"}
        )
        cls.debtor = cls.env["recouvrement.debtor"]._card(cls.company, cls.debtor_partner)

    def moved(self):
        """The contact works for somebody else from now on."""
        self.contact.parent_id = self.stranger
        self.env.flush_all()

    def told(self):
        return [address for recipients, _body in self.server.messages for address in recipients]

    def test_a_dunning_contact_of_somebody_else_is_refused(self):
        with self.assertRaises(ValidationError):
            self.debtor.dunning_contact_id = self.stranger
        self.debtor.dunning_contact_id = self.contact

    def test_a_contact_who_changed_company_before_it_leaves_is_not_told(self):
        self.debtor.dunning_contact_id = self.contact
        _invoice, reminder = self.reminded()
        self.assertEqual(reminder.addressee_id, self.contact)
        self.moved()
        self.dispatch(MONDAY)
        self.assertFalse(self.told())
        self.assertEqual(reminder.state, "cancelled")
        self.night(MONDAY + DAY)
        self.dispatch(MONDAY + DAY)
        self.assertEqual(self.told(), ["compta@durand.example"])

    def test_one_who_changed_company_while_the_written_message_waits_is_not_told(self):
        self.debtor.dunning_contact_id = self.contact
        _invoice, reminder = self.frozen()
        self.moved()
        self.dispatch(MONDAY)
        self.assertFalse(self.told())
        self.assertEqual(reminder.dispatch_ids.state, "cancelled")

    def test_a_letter_is_not_printed_for_a_contact_who_changed_company(self):
        self.contact.email = False
        self.debtor.dunning_contact_id = self.contact
        _invoice, reminder = self.on_paper()
        self.assertEqual(reminder.dispatch_ids.channel, "letter")
        self.moved()
        self.dispatch(MONDAY)
        self.assertEqual((reminder.state, reminder.dispatch_ids.state), ("cancelled", "cancelled"))

    def test_a_copy_is_not_sent_to_a_contact_who_changed_company(self):
        self.debtor.dunning_contact_id = self.contact
        _invoice, reminder = self.frozen()
        self.dispatch(MONDAY)
        [copy] = reminder.dispatch_ids._resend()
        self.moved()
        self.dispatch(MONDAY)
        self.assertEqual(self.told(), ["petit@durand.example"])
        self.assertEqual(copy.state, "cancelled")
        with self.assertRaises(UserError):
            reminder.dispatch_ids[-1:]._resend()

    def test_a_contact_who_changed_company_receives_no_statement_nor_is_he_asked_for_a_proof(self):
        self.debtor.dunning_contact_id = self.contact
        self.invoice(MONDAY - 3 * DAY)
        self.moved()
        statement = self.env["recouvrement.statement"]
        self.assertEqual(statement._recipients(self.debtor), self.debtor_partner)
        self.assertEqual(self.debtor._proof_contact(), self.debtor_partner)
        self.assertEqual(self.debtor._addressee(), self.debtor_partner)
        [payload] = statement._payloads(self.debtor, MONDAY)
        self.assertEqual(payload["addressee"]["id"], self.debtor_partner.id)

    def test_a_statement_for_several_debtors_checks_the_recipients_of_each(self):
        self.invoice(MONDAY - 3 * DAY)
        self.invoice(MONDAY - 3 * DAY, partner=self.stranger)
        other = self.env["recouvrement.debtor"]._card(self.company, self.stranger)
        with self.assertRaises(UserError):
            self.env["recouvrement.statement"]._send(
                self.debtor | other, MONDAY, {self.debtor: self.debtor_partner, other: self.contact}
            )

    def test_an_archived_debtor_is_shown_to_a_person_once_and_nothing_is_planned(self):
        self.debtor_partner.active = False  # while it owed nothing
        invoice = self.invoice(MONDAY - 3 * DAY)
        for day in range(3):
            self.night(MONDAY + day * DAY)
            self.dispatch(MONDAY + day * DAY)
        self.assertFalse(self.reminders())
        self.assertEqual((self.debtor.reason, len(self.debtor.decision_ids)), ("archived", 1))
        self.assertEqual(self.debtor.priority, 3)
        self.debtor_partner.active = True
        self.night(MONDAY + 3 * DAY)
        self.assertEqual(self.reminders().line_ids.move_id, invoice)

    def test_an_archived_addressee_is_replaced_by_the_debtor_the_next_night(self):
        self.debtor.dunning_contact_id = self.contact
        _invoice, reminder = self.reminded()
        self.contact.active = False
        self.dispatch(MONDAY)
        self.assertEqual(reminder.state, "cancelled")
        self.night(MONDAY + DAY)
        self.dispatch(MONDAY + DAY)
        self.assertEqual(self.told(), ["compta@durand.example"])
        self.night(MONDAY + 2 * DAY)
        self.assertEqual(len(self.reminders()), 2)
