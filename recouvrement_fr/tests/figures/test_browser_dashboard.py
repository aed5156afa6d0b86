import json
from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon
from ..sending.test_browser import HELPERS, MENU

WALK = """
    const board = '.o_recouvrement_dashboard';
    const read = async () => {
        await shown(`${board} [data-code="receivables"]`);
        await until('every figure', () => !document.querySelector(`${board} .o_recouvrement_waiting`));
        await calm();
        check(!document.querySelector(`${board} .alert-warning`), 'some figures could not be read');
    };
    await read();
    const said = document.querySelector('.o_recouvrement_said').textContent;
    for (const code of ['overdue', 'dso', 'count_back', 'best_possible', 'effectiveness', 'over_90', 'days_late']) {
        const tile = await shown(`${board} [data-code="${code}"]`);
        check(tile.querySelector('[data-tooltip]').dataset.tooltip.length > 20, `${code} has no definition`);
        check(tile.querySelector('.o_recouvrement_value').textContent.trim(), `${code} has no value`);
    }
    check(document.querySelectorAll(`${board} canvas`).length >= 4, 'the drawings are missing');
    for (const canvas of document.querySelectorAll(`${board} canvas`)) {
        for (const tick of window.Chart.getChart(canvas)?.scales.y.ticks || []) {
            check(!/[.,]0[kMG]?$/.test(tick.label), `${tick.label}: a decimal that says nothing`);
        }
    }
    check(document.documentElement.scrollWidth <= window.innerWidth + 1,
        `wider than the screen: ${document.documentElement.scrollWidth} of ${window.innerWidth}`);
    const ageing = await shown(`${board} [data-code="ageing"]`);
    ageing.querySelector('.o_recouvrement_as_table').click();
    await until('the ageing as a table', () => ageing.querySelector('tbody a'));
    check(ageing.querySelectorAll('tbody tr').length === 5, 'five bands');
    await click(`${board} [data-code="overdue"] .o_recouvrement_value`);
    await shown('.o_list_view .o_data_row');
    await until('the way back', () => document.querySelector('.o_back_button, .breadcrumb-item a'));
    document.querySelector('.o_back_button, .breadcrumb-item a').click();
    await read();
    const months = await shown(`${board} select[name="months"], .o_recouvrement_filters select[name="months"]`);
    months.value = '12';
    months.dispatchEvent(new Event('change', {bubbles: true}));
    await until('twelve months', () => document.querySelector(`.o_recouvrement_said`).textContent !== said);
    await read();
"""


@tagged("post_install", "-at_install")
class TestBrowserDashboard(RecouvrementCommon, HttpCase):
    """The first screen in a real browser, on a desk and on a telephone: any error of the console fails the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for kind in ("js", "css"):  # made once
            getattr(cls.env["ir.qweb"]._get_asset_bundle("web.assets_web"), kind)()
        new_test_user(
            cls.env,
            "board_reader",
            "base.group_user,recouvrement_fr.group_recouvrement_manager",
            password="board_reader",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def walk(self, code, **constants):
        given = "".join(f"const {name} = {json.dumps(value)};" for name, value in {"menu": MENU, **constants}.items())
        self.browser_js(
            "/odoo/collection-dashboard",
            f"(async () => {{ {given} {HELPERS} {code} console.log('test successful'); }})()"
            ".catch((error) => console.error(error.message));",
            ready="odoo.isReady",
            login="board_reader",
            timeout=120,
        )

    def some_ledger(self):
        today = MONDAY
        for late in (-20, 3, 40, 70, 120):
            self.invoice(today - timedelta(days=late), 1000 + late)
        paid = self.invoice(today - timedelta(days=20), 700)
        self.pay(paid, on=today - timedelta(days=10))

    def test_on_a_desk_figures_are_drawn_written_and_open_their_records(self):
        self.some_ledger()
        self.walk(WALK)

    def test_on_a_telephone_nothing_is_wider_than_the_screen(self):
        self.some_ledger()
        self.browser_size, self.touch_enabled = "400x850", True
        self.walk(WALK.split('await click(`${board} [data-code="overdue"]')[0])

    def test_an_empty_company_sees_what_to_do_first(self):
        self.walk("await shown('.o_recouvrement_steps li'); await calm();")
