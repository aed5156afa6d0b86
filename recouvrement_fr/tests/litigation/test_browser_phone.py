from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..sending import test_browser
from .case_common import OPENED, CaseCommon

# What sticks out of the screen, but for what scrolls by itself: a wide list, the heads of the tabs.
FITS = """
    const scrolls = (el) => {
        for (let up = el.parentElement; up && up !== document.body; up = up.parentElement) {
            const way = getComputedStyle(up).overflowX;
            const isPage = up.matches('.o_form_sheet, .modal-body') || up.querySelector('.o_form_sheet, .modal-body');
            if (['auto', 'scroll'].includes(way) && !isPage) return true;
        }
        return false;
    };
    const fits = async (where) => {
        await calm();
        await sleep(300);
        const out = [...document.querySelectorAll('.o_action_manager *, .modal *')].filter((el) => {
            const box = el.getBoundingClientRect();
            return box.width > 1 && box.height > 1 && box.right > innerWidth + 1 && !scrolls(el);
        });
        const name = (el) => `${el.tagName} ${el.getAttribute('name') || el.className}`;
        const told = [...new Set(out.map((el) => `${name(el)} ${Math.round(el.getBoundingClientRect().right)}`))];
        check(!told.length, `${where}: wider than ${innerWidth} px: ${told.slice(0, 12).join('; ')}`);
        const page = document.querySelector('.o_content');
        check(page.scrollWidth <= page.clientWidth + 1, `${where}: the page scrolls sideways`);
    };
    const reached = async (selector, text = "") => {
        const target = await shown(selector, text);
        target.scrollIntoView({ block: 'center' });
        await sleep(100);
        const box = target.getBoundingClientRect();
        const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        const what = `${selector} ${text}`;
        check(there && (target.contains(there) || there.contains(target)), `${what} is under something else`);
        check(box.height >= 24, `${what} is ${Math.round(box.height)} px high: too small for a finger`);
    };
    const more = async () => {
        await click('.o_statusbar_buttons .o-dropdown');
        await shown('.o-dropdown--menu');
    };
    const less = async () => {
        await click('.o_bottom_sheet_handle');
        await gone('.o_bottom_sheet');
    };
    const tabs = async (where) => {
        for (const head of document.querySelectorAll('.o_notebook_headers .nav-link')) {
            head.scrollIntoView({ block: 'center' });
            head.click();
            await fits(`${where}, ${head.textContent.trim()}`);
        }
    };
"""
CARD = """
    await shown('.o_form_view .o_field_widget[name="next_step"]');
    await fits('card');
    await reached('.o_statusbar_buttons button[name="action_log_call"]');
    await more();
    for (const name of ['action_done_next', 'action_remind_now', 'action_statements'])
        await shown(`.o_statusbar_buttons button[name="${name}"], .o-dropdown--menu [name="${name}"]`);
    await less();
    await reached('.o_recouvrement_items .o_kanban_record button', 'Promesse');
    await click('.o_recouvrement_items .o_kanban_record button', 'Promesse');
    await shown('.modal .o_field_widget[name="amount"] input');
    await fits('promise');
    await reached('.modal footer button.btn-primary');
    await click('.modal footer [special="cancel"], .modal footer .btn-secondary');
    await gone('.modal');
    await tabs('card');
    await click('.o_statusbar_buttons button[name="action_log_call"]');
    await shown('.modal .o_form_view');
    await fits('call');
    await reached('.modal footer button.btn-primary');
    await click('.modal footer [special="cancel"], .modal footer .btn-secondary');
    await gone('.modal');
"""
CASE = """
    await shown('.o_form_view .o_field_widget[name="now_text"]');
    await fits('case');
    await reached('.o_statusbar_buttons button.btn-primary');
    await more();
    await shown('.o-dropdown--menu');
    await less();
    await tabs('case');
"""


@tagged("post_install", "-at_install")
class TestBrowserPhone(CaseCommon, HttpCase):
    """A debtor's card and a legal case on a telephone of 375 px, in French, whose words are longer."""

    browser_size = "375x812"
    touch_enabled = True
    walk = test_browser.TestBrowser.walk

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for kind in ("js", "css"):  # made once
            getattr(cls.env["ir.qweb"]._get_asset_bundle("web.assets_web"), kind)()

    def test_the_card_and_the_case_fit_a_telephone_and_their_buttons_are_reached(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        new_test_user(
            self.env,
            "phone",
            groups="base.group_user,recouvrement_fr.group_recouvrement_legal",
            password="phone",
            lang="fr_FR",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for days in (1, 2, 3):
            self.invoice(OPENED.replace(day=days), 12345.67)
        case = self.opened()
        run = self.start(case, "injonction")
        self.record(run, "filed", OPENED)
        self.debtor_partner.name = "Société méridionale de menuiserie et d’agencement intérieur Durand et Fils"
        self.night(OPENED.replace(day=8))
        self.env.flush_all()
        for url, code in (
            (f"/odoo/action-recouvrement_fr.recouvrement_debtor_action/{self.card().id}", CARD),
            (f"/odoo/action-recouvrement_fr.recouvrement_case_action/{case.id}", CASE),
        ):
            with self.at(OPENED.replace(day=8)):
                self.walk(url, FITS + code, "phone")
