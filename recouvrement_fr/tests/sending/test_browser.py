import json
from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon

# What a person does, in a few words. Any error in the console fails the test.
HELPERS = """
    const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
    const until = async (what, find) => {
        for (let tries = 0; tries < 600; tries++) {
            const found = find();
            if (found) return found;
            await sleep(50);
        }
        throw new Error(`never seen: ${what}`);
    };
    const shown = (selector, text = "") => until(`${selector} ${text}`, () =>
        [...document.querySelectorAll(selector)].find((el) => el.offsetParent && el.textContent.includes(text)));
    const gone = (selector) => until(`the end of ${selector}`, () => !document.querySelector(selector));
    let pending = 0;
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (...args) {
        pending++;
        this.addEventListener("loadend", () => pending--);
        return send.apply(this, args);
    };
    const calm = async () => {
        for (let quiet = 0; quiet < 4; quiet = pending ? 0 : quiet + 1) await sleep(50);
    };
    const click = async (selector, text = "") => {
        const target = await shown(selector, text);
        await calm();
        (target.isConnected ? target : await shown(selector, text)).click();
    };
    const type = async (selector, text) => {
        const input = await shown(selector);
        input.value = text;
        for (const event of ["input", "change"]) input.dispatchEvent(new Event(event, {bubbles: true}));
    };
    const check = (truth, what) => { if (!truth) throw new Error(what); };
"""
MENU = '[data-menu-xmlid="recouvrement_fr.recouvrement_menu"]'


@tagged("post_install", "-at_install")
class TestBrowser(RecouvrementCommon, HttpCase):
    """The screens in a real browser, on the paths a person takes every day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first.channel_ids.write({"channel": "letter", "template_id": False})
        for kind in ("js", "css"):  # made once, and not again by each test
            getattr(cls.env["ir.qweb"]._get_asset_bundle("web.assets_web"), kind)()
        cls.careful = cls._policy(
            "Careful", level_ids=[cls._level("Soft reminder", 10, 3, channel="letter", requires_approval=True)]
        )
        cls.careful_partner = cls._partner("Serrurerie Blin", email="compta@blin.example")
        for login, group in (
            ("collector", "recouvrement_fr.group_recouvrement_user"),
            ("manager", "recouvrement_fr.group_recouvrement_manager"),
            ("invoicer", "account.group_account_invoice"),
        ):
            new_test_user(
                cls.env,
                login,
                groups=f"base.group_user,{group}",
                password=login,
                lang="en_US",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )

    def setUp(self):
        super().setUp()
        on = MONDAY
        self.invoice(on - timedelta(days=5), 1200)
        self.invoice(on - timedelta(days=5), 640, partner=self.careful_partner, recouvrement_policy_id=self.careful.id)
        self.night(on)
        self.morning(on)

    def walk(self, url, code, login, **constants):
        given = "".join(f"const {name} = {json.dumps(value)};" for name, value in {"menu": MENU, **constants}.items())
        self.browser_js(
            url,
            f"(async () => {{ {given} {HELPERS} {code} await calm(); console.log('test successful'); }})()"
            ".catch((error) => console.error(error.message));",
            ready="odoo.isReady",
            login=login,
            timeout=90,
        )

    def test_collector_reads_why_then_the_letter_and_pauses(self):
        reminder = self.reminders()
        self.assertEqual(reminder.dispatch_ids.mapped("channel"), ["letter"])
        reminder.dispatch_ids.action_mark_posted()
        self.walk(
            "/odoo/collection",
            """
            await shown(menu);
            await click('.o_data_row td[name="partner_id"]', 'Menuiserie Durand');
            const reason = await shown('.o_form_view .o_field_widget[name="next_step"]');
            check(reason.textContent.trim(), 'the card does not say what is next');
            await click('.o_form_view button[name="action_open_reminders"]');
            await shown('.o_form_view .o_field_widget[name="line_ids"] .o_data_row');

            let letter = '';
            const { browser } = odoo.loader.modules.get('@web/core/browser/browser');
            browser.open = (url) => { letter = url; return window; };
            await click('.o_form_view .o_statusbar_buttons button[name="action_open_document"]');
            await until('the letter', () => letter);
            const answer = await fetch(letter);
            check(answer.status === 200, `the letter answers ${answer.status}`);
            check(answer.headers.get('content-type').startsWith('application/pdf'), 'the letter is no PDF');
            check((await answer.text()).startsWith('%PDF'), 'the letter is empty');

            await click('.o_form_view .o_field_widget[name="debtor_id"] a, .breadcrumb-item a', 'Menuiserie Durand');
            await click(`.o_statusbar_buttons button[name="${pause}"]`);
            await type('.modal .o_field_widget[name="reason"] input', 'Waits for a credit note');
            await click('.modal footer button[name="action_pause"]');
            await gone('.modal');
            await shown('.o_form_view .o_field_widget[name="pause_reason"]', 'Waits for a credit note');
            await click('.o_statusbar_buttons button[name="action_resume"]');
            await shown(`.o_statusbar_buttons button[name="${pause}"]`);
            """,
            "collector",
            pause=self.env.ref("recouvrement_fr.recouvrement_pause_action").id,
        )
        self.assertFalse(self.card().paused_until)
        messages = self.card().message_ids.mapped("body")
        self.assertTrue(any("Waits for a credit note" in body for body in messages), messages)

    def test_collector_approves_a_reminder(self):
        reminder = self.reminders(self.careful_partner)
        self.assertEqual(reminder.state, "to_approve")
        self.walk(
            "/odoo/collection",
            """
            await click('.o_data_row td[name="partner_id"]', 'Serrurerie Blin');
            await click('.o_form_view .o_notebook .nav-link[name="reminders"]');
            await click('.o_form_view .o_field_widget[name="reminder_ids"] .o_data_row td[name="name"]');
            await click('button[name="action_approve"]');
            await gone('button[name="action_approve"]');
            """,
            "collector",
        )
        self.assertEqual((reminder.state, reminder.approved_by_id.login), ("planned", "collector"))

    def test_manager_walks_the_activation_to_its_simulation(self):
        self.company.recouvrement_active = False
        sent = self.env["recouvrement.reminder"].search_count([])
        self.walk(
            "/odoo/action-recouvrement_fr.recouvrement_activation_action",
            """
            for (const step of ['openings', 'types', 'levels', 'simulation']) {
                await click('.modal footer button[name="action_next"]');
                await shown(`.modal .o_statusbar_status .o_arrow_button_current[data-value="${step}"]`);
            }
            await shown('.modal .o_field_widget[name="run_decision_ids"] .o_data_row', 'Menuiserie Durand');
            await shown('.modal footer button[name="action_activate"]');
            await click('.modal footer button[special="cancel"], .modal .btn-close');
            await gone('.modal');
            """,
            "manager",
        )
        self.assertFalse(self.company.recouvrement_active)
        self.assertEqual(self.env["recouvrement.reminder"].search_count([]), sent)

    def test_letters_that_were_printed_stay_selected_to_be_marked_as_posted(self):
        letters = self.reminders().dispatch_ids.filtered(lambda letter: letter.state == "queued")
        self.assertTrue(letters)
        self.walk(
            "/odoo/letters-to-post",
            """
            await click('.o_data_row .o_list_record_selector input');
            await click('button[name="action_print"]');
            await calm();
            await shown('.o_data_row.o_data_row_selected');
            await click('button[name="action_mark_posted"]');
            await click('.modal footer .btn-primary');
            await gone('.modal');
            """,
            "collector",
        )
        self.assertEqual(set(letters.mapped("state")), {"handed_over"})
        self.assertTrue(all(letters.mapped("printed_on")))

    def test_invoicing_user_sees_nothing_of_collection(self):
        self.walk(
            "/odoo/action-account.action_move_out_invoice_type",
            """
            await click('.o_data_row td[name="name"]');
            await shown('.o_form_view .o_field_widget[name="partner_id"]');
            check(!document.querySelector('[name="dunning_state"]'), 'the dunning state is shown');
            await click('.o_navbar_apps_menu button');
            await click('[data-menu-xmlid="account.menu_finance"]');
            await shown('[data-menu-xmlid="account.menu_finance_receivables"]');
            check(!document.querySelector(menu), 'the menu of collection is shown');
            """,
            "invoicer",
        )
