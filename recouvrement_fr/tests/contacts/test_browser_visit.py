import json
from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon
from ..sending.test_browser import HELPERS


@tagged("post_install", "-at_install")
class TestBrowserVisit(RecouvrementCommon, HttpCase):
    """The agenda as a work-list, and a commitment signed on the screen, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first.channel_ids.write({"channel": "visit", "template_id": False})
        cls.other_partner = cls._partner("Serrurerie Blin")
        cls.env["res.lang"]._activate_lang("en_US")  # the words looked for are those of the source
        new_test_user(
            cls.env,
            "collector",
            groups="base.group_user,recouvrement_fr.group_recouvrement_user",
            password="collector",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        on = MONDAY
        self.invoice(on - timedelta(days=5), 1200)
        self.invoice(on - timedelta(days=5), 640, partner=self.other_partner)
        self.night(on)
        self.morning(on)

    def walk(self, url, code, **constants):
        given = "".join(f"const {name} = {json.dumps(value)};" for name, value in constants.items())
        self.browser_js(
            url,
            f"(async () => {{ {given} {HELPERS} {code} await calm(); console.log('test successful'); }})()"
            ".catch((error) => console.error(error.message));",
            ready="odoo.isReady",
            login="collector",
            timeout=90,
        )

    def test_the_agenda_is_worked_through_from_card_to_card(self):
        self.walk(
            "/odoo/collection",
            """
            await shown('.o_data_row td[name="partner_id"]', 'Serrurerie Blin');
            await click('.o_data_row td[name="partner_id"]', 'Menuiserie Durand');
            await shown('.o_form_view .oe_title', 'Menuiserie Durand');
            await click('.o_statusbar_buttons button[name="action_log_call"]');
            await shown('.modal .o_field_widget[name="script"]', 'Menuiserie Durand');
            await type('.modal .o_field_widget[name="note"] textarea', 'The accountant is back on Thursday');
            await click('.modal footer button[name="action_record"]');
            await gone('.modal');
            await click('.o_form_view .nav-link', 'Calls and visits');
            await shown('.o_field_widget[name="contact_ids"] .o_data_row', 'The accountant is back on Thursday');
            const done = await shown('.o_statusbar_buttons button[name="action_done_next"]');
            check(done.dataset.hotkey, 'no key for the next one');
            await click('.o_statusbar_buttons button[name="action_done_next"]');
            await shown('.o_form_view .oe_title', 'Serrurerie Blin');
            await click('.o_statusbar_buttons button[name="action_done_next"]');
            await shown('.o_list_view .o_data_row', 'Menuiserie Durand');
            """,
        )
        self.assertEqual(self.card().contact_ids.mapped("outcome"), ["reached"])
        self.assertTrue(self.card(self.other_partner).treated_on)

    def test_what_is_to_do_today_is_shown_by_act_and_worked_through_from_one_act_to_the_other(self):
        with self.at(MONDAY):
            self.card(self.other_partner).reply_pending = True
        self.walk(
            "/odoo/collection-today",
            """
            await shown('.o_group_header', 'Read an answer');
            const cells = [...document.querySelectorAll('.o_data_row td[name="partner_id"]')];
            const rows = cells.map((cell) => cell.innerText);
            check(rows.length > 1, 'the groups are folded: ' + rows);
            await click('.o_data_row td[name="partner_id"]', rows[0]);
            await shown('.o_form_view .oe_title', rows[0]);
            await click('.o_statusbar_buttons button[name="action_done_next"]');
            await shown('.o_form_view .oe_title', rows[1]);
            """,
        )

    def test_the_debtor_signs_his_promise_on_the_screen(self):
        self.walk(
            f"/odoo/collection/{self.card().id}",
            """
            await click('.o_statusbar_buttons .o_recouvrement_more');
            await click('.o-dropdown--menu [name="action_log_visit"]');
            await click('.modal .o_field_widget[name="outcome"] .o_selection_badge[value*="promise"]');
            await type('.modal .o_field_widget[name="signed_name"] input', 'Jean Durand');
            await type('.modal .o_field_widget[name="signed_quality"] input', 'gérant');
            await click('.modal .o_field_widget[name="signature"] .o_signature');
            await click('.o_dialog .modal-footer button.btn-primary', 'Adopt');
            await shown('.modal .o_field_widget[name="signature"] img[src^="data:"]');
            await click('.modal footer button[name="action_record"]');
            await gone('.modal');
            await click('.o_form_view .nav-link', 'Calls and visits');
            await shown('.o_field_widget[name="contact_ids"] button[name="action_open_document"]');
            """,
        )
        [contact] = self.card().contact_ids
        self.assertEqual((contact.channel, contact.document_id.state), ("visit", "frozen"))
        self.assertIn("Jean Durand, gérant", contact.document_id.body)
        self.assertEqual(contact.reminder_id.state, "sent")
