import hashlib

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .channels_common import DAY, LOGS, ChannelsCommon


@tagged("post_install", "-at_install")
class TestSms(ChannelsCommon):
    """An SMS leaves once, in hours when people may be written to, or another channel replaces it."""

    def test_no_sms_leaves_to_a_contact_who_changed_company(self):
        contact = self._partner("Mme Petit", parent_id=self.debtor_partner.id, is_company=False, phone="+33698765432")
        self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner).dunning_contact_id = contact
        reminder = self.by_sms()
        self.assertEqual(reminder.addressee_id, contact)
        contact.parent_id = self._partner("Plomberie Martin")
        with self.provider() as provider:
            self.dispatch(MONDAY)
            self.assertEqual((provider.texts, reminder.state), ([], "cancelled"))
            self.night(MONDAY + DAY)
            self.dispatch(MONDAY + DAY)
        self.assertEqual([number for number, _text in provider.texts], ["+33612345678"])

    def test_an_sms_leaves_once_with_frozen_words_and_its_hash(self):
        reminder = self.by_sms(sms_text="{company}: {amount} avant le {deadline}, ref {reference}")
        with self.provider() as provider:
            self.dispatch(MONDAY)
            self.dispatch(MONDAY)
        [(number, text)] = provider.texts
        self.assertEqual(number, "+33612345678")
        self.assertIn("1 000,00 €", text)  # plain spaces: others halve what an SMS holds
        self.assertIn(reminder.name, text)
        [dispatch] = reminder.dispatch_ids
        self.assertEqual((dispatch.state, reminder.state, reminder.sent_date), ("handed_over", "sent", MONDAY))
        self.assertEqual(dispatch.attachment_id.raw.decode(), text)
        self.assertEqual(dispatch.sha256, hashlib.sha256(text.encode()).hexdigest())

    def test_an_sms_without_words_has_ours_and_wrong_placeholders_are_refused(self):
        self.by_sms()
        with self.provider() as provider:
            self.dispatch(MONDAY)
        self.assertIn(self.company.name, provider.texts[0][1])
        self.assertNotIn("{", provider.texts[0][1])
        with self.assertRaisesRegex(UserError, "placeholder"):
            self.first.channel_ids.sms_text = "{nonsense}"

    def test_sms_leave_from_nine_to_nineteen_in_paris(self):
        reminder = self.by_sms()
        with self.provider() as provider:
            for hour in (3, 7, 18):  # 4:00, 8:00 and 19:00 in Paris in winter
                self.dispatch(MONDAY, hour if hour != 18 else 19)
                self.assertFalse(provider.texts)
            self.dispatch(MONDAY, 17)
        self.assertEqual((len(provider.texts), reminder.state), (1, "sent"))

    def test_a_landline_or_a_blacklisted_number_goes_to_the_next_channel(self):
        self.step(self.first, "letter", fallback=True, sequence=50)
        self.by_sms()
        for number in ("+33140000000", False):
            with self.subTest(number):
                self.debtor_partner.phone = number
                refusals = self.env["recouvrement.channel.sms"]._refusals(self.reminders())
                self.assertEqual(len(refusals), 1)
        self.debtor_partner.phone = "+33612345678"
        self.env["phone.blacklist"].create({"number": "+33612345678"})
        with self.provider() as provider:
            self.dispatch(MONDAY)
        self.assertFalse(provider.texts)
        self.assertEqual(self.reminders().dispatch_ids.channel, "letter")

    @mute_logger(*LOGS)
    def test_a_number_refused_for_good_is_replaced_by_the_letter(self):
        reminder = self.by_sms()
        with self.provider() as provider:
            provider.state = "wrong_number_format"
            self.dispatch(MONDAY)
        states = {dispatch.channel: dispatch.state for dispatch in reminder.dispatch_ids}
        self.assertEqual(states, {"sms": "failed", "letter": "queued"})

    @mute_logger(*LOGS)
    def test_without_credit_it_is_tried_later_and_a_provider_that_breaks_is_uncertain(self):
        reminder = self.by_sms()
        with self.provider() as provider:
            provider.state = "insufficient_credit"
            self.dispatch(MONDAY)
            [dispatch] = reminder.dispatch_ids
            self.assertEqual((dispatch.state, dispatch.tries), ("queued", 1))
            provider.state = "broken"
            self.dispatch(MONDAY, 10)
        self.assertEqual((dispatch.state, dispatch.tries), ("uncertain", 2))
        self.assertEqual(len(self.card().activity_ids), 1)

    @mute_logger(*LOGS)
    def test_a_provider_nobody_answers_for_is_tried_later(self):
        reminder = self.by_sms()
        with self.provider():
            self.env["ir.config_parameter"].set_param("sms.endpoint", "http://127.0.0.1:9")
            self.dispatch(MONDAY)
        self.assertEqual(reminder.dispatch_ids.state, "queued")
        self.assertTrue(reminder.dispatch_ids.retry_on)

    @mute_logger(*LOGS)
    def test_a_provider_that_is_down_for_two_weeks_ends_in_a_failure_that_is_told(self):
        reminder = self.by_sms()
        with self.provider():
            self.env["ir.config_parameter"].set_param("sms.endpoint", "http://127.0.0.1:9")
            self.assert_given_up(reminder, (9, 11, 14, 16))

    def test_the_delivery_report_tells_delivered_or_sends_the_fallback(self):
        reminder = self.by_sms()
        with self.provider():
            self.dispatch(MONDAY)
        [dispatch] = reminder.dispatch_ids
        tracker = self.env["sms.tracker"].search([("sms_uuid", "=", dispatch.sms_uuid)])
        with self.at(MONDAY):
            tracker._action_update_from_sms_state("sent")
            self.assertEqual(dispatch.state, "delivered")
            tracker._action_update_from_provider_error("invalid_destination")
        self.assertEqual((dispatch.state, reminder.state), ("bounced", "sent"))
        self.assertEqual((reminder.dispatch_ids - dispatch).channel, "letter")

    def test_the_sms_queue_of_odoo_never_sends_it(self):
        self.by_sms()
        self.dispatch(MONDAY, 3)
        with self.provider() as provider, self.enter_registry_test_mode():
            self.env["sms.sms"]._process_queue()
        self.assertFalse(provider.texts)
