from odoo.tests import tagged

from ...models.door.recouvrement_portal_access import TOKEN
from ..paper import codes_of
from ..sending.dispatch_common import MONDAY, DispatchCommon


@tagged("post_install", "-at_install")
class TestDoorLetters(DispatchCommon):
    """Every message bears the link of its own, and every letter the codes that a telephone reads."""

    def setUp(self):
        super().setUp()
        self.policy.door = True

    def links(self):
        return self.env["recouvrement.portal.access"].search([])

    def test_an_email_bears_its_own_link(self):
        _invoice, reminder = self.frozen()
        url = reminder.figures["payment"]["link"]
        base, token = url.rsplit("/rc/", 1)
        self.assertEqual(base, self.company.get_base_url())
        self.assertTrue(TOKEN.fullmatch(token))
        access = self.env["recouvrement.portal.access"]._find(token, MONDAY)
        self.assertEqual((access.debtor_id, access.reminder_id), (reminder.debtor_id, reminder))
        self.assertEqual((access.expires_on - MONDAY).days, 90)

    def test_a_letter_bears_the_link_and_both_codes(self):
        _invoice, reminder = self.on_paper()
        payment = reminder.figures["payment"]
        self.assertIn("/rc/", payment["link"])
        lines = payment["sepa"].split("\n")
        self.assertEqual(lines[7], "EUR1000.0")
        self.assertIn(payment["reference"], payment["sepa"])
        [page] = self.env["recouvrement.letter"]._render_html([reminder.figures])
        self.assertEqual(page.count("data:image/png;base64,"), 2)
        self.assertIn(payment["link"], page)

    def test_a_telephone_reads_both_codes_of_the_printed_letter(self):
        _invoice, reminder = self.on_paper()
        payment = reminder.figures["payment"]
        letter = reminder.dispatch_ids.attachment_id.raw
        self.assertEqual(codes_of(letter), sorted([payment["link"], payment["sepa"]]))

    def test_a_closed_policy_makes_no_link(self):
        self.policy.write({"door": False, "letter_qr": False})
        _invoice, reminder = self.on_paper()
        self.assertEqual((reminder.figures["payment"]["link"], reminder.figures["payment"]["sepa"]), ("", ""))
        self.assertFalse(self.links())
        [page] = self.env["recouvrement.letter"]._render_html([reminder.figures])
        self.assertNotIn("data:image/png;base64,", page)

    def test_a_sum_in_another_currency_has_no_transfer_code(self):
        dollars = self.setup_other_currency("USD")
        _invoice, reminder = self.on_paper(currency_id=dollars.id)
        self.assertEqual(reminder.figures["payment"]["sepa"], "")

    def test_a_message_made_again_replaces_its_link(self):
        invoice, reminder = self.frozen()
        before = reminder.figures["payment"]["link"]
        self.pay(invoice, 400, MONDAY)
        self.dispatch(MONDAY)
        after = reminder.figures["payment"]["link"]
        self.assertNotEqual(before, after)
        self.assertEqual(len(self.links()), 1)
        find = self.env["recouvrement.portal.access"]._find
        self.assertFalse(find(before.rsplit("/", 1)[1], MONDAY))
        self.assertTrue(find(after.rsplit("/", 1)[1], MONDAY))

    def test_an_sms_bears_the_link(self):
        self.debtor_partner.write({"phone": "+33612345678"})
        self.first.channel_ids.channel = "sms"
        _invoice, reminder = self.frozen()
        text = reminder.dispatch_ids.attachment_id.raw.decode()
        self.assertTrue(text.endswith(reminder.figures["payment"]["link"]))

    def test_a_preview_leaves_no_link_behind(self):
        _invoice, reminder = self.reminded()
        with self.at(MONDAY):
            reminder._undone(lambda: reminder.sudo()._prepare(MONDAY))
        self.assertFalse(self.links())
