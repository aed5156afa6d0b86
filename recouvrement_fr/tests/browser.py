import json

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from .common import MONDAY, RecouvrementCommon
from .sending.test_browser import HELPERS

# Opens each form, presses the button (perhaps under “More”), fills the dialog and saves it; then looks at what the
# forms show: one page, so that the client is loaded once.
WALK = """
    const action = (await until('the client', () => odoo.__WOWL_DEBUG__?.root?.env?.services?.action));
    let opened = '';
    odoo.loader.modules.get('@web/core/browser/browser').browser.open = (url) => { opened = url; return window; };
    for (const [model, id, tab, button, fill, save] of doors) {
        const door = `${model} ${button}`;
        try {
            await action.doAction({type: 'ir.actions.act_window', res_model: model, res_id: id,
                views: [[false, 'form']]}, {clearBreadcrumbs: true});
            await until('its form', () => document.querySelector('.o_form_view .o_form_renderer')
                && action.currentController?.action?.res_model === model);
            await calm();
            if (tab) await click(`.o_form_view .nav-link[name="${tab}"]`);
            if (button.startsWith('.o_form_statusbar') && !document.querySelector(`.o_form_view ${button}`)) {
                await click('.o_form_view .o_recouvrement_more');
                await click(button.replace('.o_form_statusbar', '.o-dropdown--menu'));
            } else await click(`.o_form_view ${button}`);
            await shown('.modal .o_form_renderer');
            await calm();
            for (const [name, text] of fill) {
                const field = `.modal .o_field_widget[name="${name}"]`;
                const badges = document.querySelectorAll(`${field} .o_selection_badge`);
                if (text.startsWith('=') && badges.length) badges[Number(text.slice(1))].click();
                else if (text.startsWith('=')) {
                    (await shown(`${field} .o_select_menu_toggler`)).click();
                    const items = () => document.querySelectorAll('.o_select_menu_item');
                    (await until(`${field} ${text}`, () => items()[Number(text.slice(1))])).click();
                } else if (text.startsWith('@')) {
                    await click(`.modal .o_data_cell[name="${name}"]`);
                    await type(`.modal .o_data_cell[name="${name}"] input`, text.slice(1));
                } else if (text.startsWith('%')) {
                    (await shown(`${field} .odoo-editor-editable`)).focus();
                    document.execCommand('insertText', false, text.slice(1));
                } else await type(`${field} input, ${field} textarea`, text);
            }
            await calm();
            await click(`.modal footer button[name="${save.replace('!', '')}"]`);
            if (save.endsWith('!')) {
                const question = await until('the question', () =>
                    [...document.querySelectorAll('.modal')].find((el) => !el.querySelector('.o_form_view')));
                question.querySelector('footer .btn-primary').click();
                await until('the end of the question', () => !question.isConnected);
            }
            await until('the end of the dialog', () => {
                const error = document.querySelector(
                    '.o_error_dialog, .o_notification_bar.bg-danger, .modal .modal-title.text-danger');
                const modals = [...document.querySelectorAll('.modal')];
                const warning = modals.find((el) => !el.querySelector('.o_form_view'));
                if (error || warning) {
                    throw new Error((warning || error.parentElement).textContent.trim().slice(0, 300));
                }
                return opened || !document.querySelector('.modal');
            });
            if (opened) {  // a document to read, beside the dialog that stays
                check((await (await fetch(opened)).text()).startsWith('%PDF'), `no PDF at ${opened}`);
                opened = '';
                for (const cross of document.querySelectorAll('.modal .btn-close')) cross.click();
            }
        } catch (error) {
            throw new Error(`${door}: ${error.message}`);
        }
        await calm();
    }
    for (const [model, id, selector, text] of seen) {
        await action.doAction({type: 'ir.actions.act_window', res_model: model, res_id: id,
            views: [[false, 'form']]}, {clearBreadcrumbs: true});
        await until('its form', () => document.querySelector('.o_form_view .o_form_renderer')
            && action.currentController?.action?.res_model === model);
        await calm();
        const more = document.querySelector('.o_form_view .o_button_more');
        if (more) more.click();
        await shown(selector, text);
    }
"""


class FormsCommon(RecouvrementCommon, HttpCase):
    """Every dialog that a row or a button of a form opens is filled and saved, in a real browser, by who sees it."""

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
        self.on = MONDAY

    def walk(self, user, doors, seen=()):
        """Save a dialog at each door.

        :param doors: (record, page of its form, selector of the button, [(field, text)], button that saves); one that
            ends in “!” asks whether one is sure, and is; a text may be ``=n``, the nth choice, ``@text`` in a cell,
            ``%text`` in an editor
        :param seen: (record, selector, text) that its form shows in the end
        """
        given = [(record._name, record.id, *others) for record, *others in doors]
        sights = [(record._name, record.id, *others) for record, *others in seen]
        code = f"const doors = {json.dumps(given)}, seen = {json.dumps(sights)}; {HELPERS} {WALK}"
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

    def step(self):
        """The first button of the way of a case that records a step."""
        return '.o_recouvrement_way button[name="action_record"]'

    def named(self, name):
        action = self.env.ref(f"recouvrement_fr.{name}", raise_if_not_found=False)
        return action.id if action else name
