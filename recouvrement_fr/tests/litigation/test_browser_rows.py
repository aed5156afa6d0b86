import json
from datetime import date, timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..common import RecouvrementCommon
from ..sending.test_browser import HELPERS

# Opens each form, presses the button, fills the dialog and saves it: one page, so that the client is loaded once.
WALK = """
    const action = (await until('the client', () => odoo.__WOWL_DEBUG__?.root?.env?.services?.action));
    for (const [model, id, tab, button, fill, save] of doors) {
        const door = `${model} ${button}`;
        try {
            await action.doAction({type: 'ir.actions.act_window', res_model: model, res_id: id,
                views: [[false, 'form']]}, {clearBreadcrumbs: true});
            await until('its form', () => document.querySelector('.o_form_view .o_form_renderer')
                && action.currentController?.action?.res_model === model);
            await calm();
            if (tab) await click(`.o_form_view .nav-link[name="${tab}"]`);
            await click(`.o_form_view ${button}`);
            await shown('.modal .o_form_renderer');
            await calm();
            for (const [name, text] of fill) {
                const field = `.modal .o_field_widget[name="${name}"]`;
                if (text.startsWith('=')) {
                    (await shown(`${field} .o_select_menu_toggler`)).click();
                    const items = () => document.querySelectorAll('.o_select_menu_item');
                    (await until(`${field} ${text}`, () => items()[Number(text.slice(1))])).click();
                } else if (text.startsWith('@')) {
                    await click(`.modal .o_data_cell[name="${name}"]`);
                    await type(`.modal .o_data_cell[name="${name}"] input`, text.slice(1));
                } else await type(`${field} input, ${field} textarea`, text);
            }
            await calm();
            await click(`.modal footer button[name="${save}"]`);
            await until('the end of the dialog', () => {
                const error = document.querySelector(
                    '.o_error_dialog, .o_notification_bar.bg-danger, .modal .modal-title.text-danger');
                const modals = [...document.querySelectorAll('.modal')];
                const warning = modals.find((el) => !el.querySelector('.o_form_view'));
                if (error || warning) {
                    throw new Error((warning || error.parentElement).textContent.trim().slice(0, 300));
                }
                return !document.querySelector('.modal');
            });
        } catch (error) {
            throw new Error(`${door}: ${error.message}`);
        }
        await calm();
    }
"""


@tagged("post_install", "-at_install")
class TestBrowserRows(RecouvrementCommon, HttpCase):
    """Every dialog that a row or a button of a form opens is filled and saved by whoever sees the button."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for period in cls.env["recouvrement.rate"].search([]):
            period.verified = True
        for kind in ("js", "css"):  # made once
            getattr(cls.env["ir.qweb"]._get_asset_bundle("web.assets_web"), kind)()
        cls.collector, cls.officer, cls.manager = (
            new_test_user(
                cls.env,
                f"rows_{group}",
                f"base.group_user,recouvrement_fr.group_recouvrement_{group}",
                password=f"rows_{group}",
                lang="en_US",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for group in ("user", "legal", "manager")
        )

    def setUp(self):
        super().setUp()
        # The browser has the real date: the last working day stands for today.
        days = (date.today() - timedelta(days=number) for number in range(10))
        self.on = next(day for day in days if self.policy._sends_on(day))

    def walk(self, user, doors):
        """:param doors: (record, page of its form, selector of the button, [(field, text)], button that saves)"""
        given = [(record._name, record.id, *others) for record, *others in doors]
        code = f"const doors = {json.dumps(given)}; {HELPERS} {WALK}"
        self.browser_js(
            "/odoo",
            f"(async () => {{ {code} console.log('test successful'); }})()"
            ".catch((error) => console.error(error.message));",
            ready="odoo.isReady",
            login=user.login,
            timeout=120,
        )
        self.env.invalidate_all()

    def head(self, name):
        """The button of a header that opens this action, or calls this method."""
        return f'.o_form_statusbar button[name="{self.named(name)}"]'

    def row(self, name):
        """The first button of a row that does."""
        return f'.o_data_row button[name="{self.named(name)}"]'

    def named(self, name):
        action = self.env.ref(f"recouvrement_fr.{name}", raise_if_not_found=False)
        return action.id if action else name

    def case(self):
        debt = self.invoice(self.on - timedelta(days=90), 10000)
        self.night(self.on)
        self.card().is_commercant = True
        with self.at(self.on):
            card = self.card().with_user(self.officer)
            case = self.env["recouvrement.case"].with_user(self.officer)._open(card, debt)
            run = case._start(self.env.ref("recouvrement_fr.recouvrement_proceeding_injonction"))
            if run.state == "to_approve":
                case.with_user(self.manager)._decide(run.with_user(self.manager), True, "Fine")
        return case

    def test_a_case_is_led_by_its_officer(self):
        case = self.case()
        note, end = "recouvrement_case_event_wizard_action", "recouvrement_case_ending_action"
        self.walk(
            self.officer,
            [
                (case, "procedure", self.row("action_record"), [], "action_record"),
                (case, None, self.head("recouvrement_case_record_action"), [("amount", "10000")], "action_record"),
                (case, None, self.head(note), [("summary", "Call of the bailiff")], "action_note"),
                (case, "events", self.row(note), [("details", "He will call again")], "action_note"),
                (case, None, f"{self.head(end)}", [("reason", "Over")], "action_end"),
            ],
        )
        self.assertTrue(case.step_ids.filtered("done_on"))
        self.assertIn("Call of the bailiff", case.event_ids.mapped("summary"))
        self.assertTrue(case.event_ids.filtered("corrects_id"))

    def test_a_collector_and_a_manager_work_from_the_forms_of_a_debtor(self):
        self.debtor_partner.phone = "+33 1 23 45 67 89"
        self.first.channel_ids.write({"channel": "call", "template_id": False})
        self.invoice(self.on - timedelta(days=5), 1200)
        self.night(self.on)
        self.morning(self.on)
        card, reminder = self.card(), self.reminders()
        self.assertEqual(reminder.dispatch_ids.mapped("channel"), ["call"])
        choices = [value for value, _label in self.env["recouvrement.contact"]._fields["outcome"].selection]
        outcome = [("outcome", f"={choices.index('refusal')}"), ("note", "Will look into it")]
        self.walk(
            self.collector,
            [
                (reminder, "dispatches", self.row("action_outcome"), outcome, "action_record"),
                (card, None, self.head("recouvrement_promise_wizard_action"), [], "action_note"),
                (card, None, self.head("recouvrement_pause_action"), [("reason", "Waits")], "action_pause"),
            ],
        )
        self.assertEqual(card.contact_ids.mapped("outcome"), ["refusal"])
        self.assertTrue(self.env["recouvrement.promise"].search([("debtor_id", "=", card.id)]))
        self.assertTrue(card.pause_reason)

    def test_a_collector_notes_that_a_registered_letter_was_posted(self):
        self.first.channel_ids.write({"channel": "registered", "template_id": False})
        self.invoice(self.on - timedelta(days=5), 1200)
        self.night(self.on)
        self.morning(self.on)
        letter = self.reminders().dispatch_ids
        self.assertEqual(letter.postal_state, "to_send_registered")
        posted = self.head("recouvrement_posting_action")
        self.walk(self.collector, [(letter, None, posted, [("tracking_number", "@2C12345678901")], "action_post")])
        self.assertEqual((letter.state, letter.tracking_number), ("handed_over", "2C12345678901"))
