import json
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MONDAY, RecouvrementCommon
from ..sending.test_browser import HELPERS

READ = """
    const board = '.o_recouvrement_dashboard';
    const read = async () => {
        await shown(`${board} [data-code="receivables"]`);
        await until('every figure', () => !document.querySelector(`${board} .o_recouvrement_waiting`));
        await calm();
        check(!document.querySelector(`${board} .alert-warning`), 'some figures could not be read');
    };
    const isNarrow = () => check(document.documentElement.scrollWidth <= window.innerWidth + 1,
        `wider than the screen: ${document.documentElement.scrollWidth} of ${window.innerWidth}`);
    await read();
    for (const code of codes) {
        const tile = await shown(`${board} [data-code="${code}"]`);
        check(tile.querySelector('[data-tooltip]').dataset.tooltip.length > 20, `${code} has no definition`);
        check(tile.querySelector('.o_recouvrement_value').textContent.trim(), `${code} has no value`);
    }
    check(document.querySelectorAll(`${board} canvas`).length >= 5, 'the drawings are missing');
    for (const canvas of document.querySelectorAll(`${board} canvas`)) {
        for (const tick of window.Chart.getChart(canvas)?.scales.y.ticks || []) {
            check(!/[.,]0[kMG]?$/.test(tick.label), `${tick.label}: a decimal that says nothing`);
        }
    }
    isNarrow();
    const ageing = await shown(`${board} section[data-code="ageing"]`);
    ageing.querySelector('.o_recouvrement_as_table').click();
    await until('the ageing as a table', () => ageing.querySelectorAll('tbody tr a').length === 5);
    isNarrow();
"""
OPEN = """
    const owed = `${board} [data-code="receivables"] .o_recouvrement_value`;
    const back = async () => {
        await until('the way back', () => document.querySelector('.o_back_button, .breadcrumb-item a'));
        await calm();
        document.querySelector('.o_back_button, .breadcrumb-item a').click();
        await shown(owed);
    };
    for (const code of ['overdue', 'dso', 'effectiveness', 'days_late']) {
        await click(`${board} [data-code="${code}"] .o_recouvrement_value`);
        await shown('.o_list_view .o_data_row');
        await back();
    }
    for (const [code, number] of [['forecast', 1], ['owed_trend', 12]]) {
        const drawing = await shown(`${board} section[data-code="${code}"]`);
        drawing.querySelector('.o_recouvrement_as_table').click();
        const links = await until(`${code} as a table`, () => {
            const found = drawing.querySelectorAll('tbody a');
            return found.length === 13 && found;
        });
        links[number].click();
        await shown('.o_list_view .o_data_row');
        await back();
    }
"""
FILTER = """
    const choose = async (name, value) => {
        const select = await shown(`.o_recouvrement_filters select[name="${name}"]`);
        select.value = value;
        select.dispatchEvent(new Event('change', {bubbles: true}));
    };
    await read();
    const amount = (cents) => until(`${cents} cents owed`, () =>  // in whatever language
        document.querySelector(owed)?.textContent.replace(/[^0-9]/g, '') === cents);
    const said = document.querySelector('.o_recouvrement_said').textContent;
    await choose('months', '12');
    await until('twelve months', () => document.querySelector('.o_recouvrement_said').textContent !== said);
    await read();
    await choose('collector_id', collector);
    await amount('98000');
    await read();
    await choose('collector_id', '0');
    await amount('619300');
    await choose('debtor_type', 'public');
    await amount('98000');
    await read();
    await choose('company_id', second);
    await until('what a company without invoices does first', () =>
        document.querySelectorAll('.o_recouvrement_steps li').length === 4);
    check(!document.querySelector(owed), 'zeros for a company that has nothing');
    await calm();
"""
FAILS = """
    const choose = async (name, value) => {
        const select = await shown(`.o_recouvrement_filters select[name="${name}"]`);
        select.value = value;
        select.dispatchEvent(new Event('change', {bubbles: true}));
    };
    await read();
    const said = document.querySelector('.o_recouvrement_said').textContent;
    const held = [], sends = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (body) {  // a slow panel
        const go = () => sends.call(this, body);
        String(body).includes('"get_panel"') && String(body).includes('"work"') ? held.push(go) : go();
    };
    await choose('months', '6');
    await until('six months', () => document.querySelector('.o_recouvrement_said').textContent !== said);
    await until('its slow panel', () => held.length === 1);
    await choose('months', '12');
    await click('.o_dialog .modal-footer button');
    await gone('.o_dialog');
    held.forEach((go) => go());
    await read();
    await shown(`${board} section[data-code="promises"]`);
"""
ANALYSES = """
    const action = await until('the client', () => odoo.__WOWL_DEBUG__?.root?.env?.services?.action);
    for (const name of names) {
        const asked = `recouvrement_fr.recouvrement_${name}_action`;
        await action.doAction(asked, {clearBreadcrumbs: true, viewType: 'pivot'});
        await shown('.o_pivot_view');
        await calm();
        if (name === 'provision_line') {
            const cells = [...document.querySelectorAll('.o_pivot_cell_value')];
            const amounts = cells.map((cell) => cell.textContent.replace(/[^0-9]/g, ''));
            check(amounts.includes('11200'), `the impairment is not in the pivot: ${amounts}`);
        }
        for (const kind of ['graph', 'list']) {
            await click(`.o_switch_view.o_${kind}`);
            await shown(`.o_${kind}_view`);
            await calm();
        }
        check(!document.querySelector('.o_error_dialog'), `${name} breaks`);
    }
"""
TILES = [
    *("receivables", "overdue", "over_90", "dso", "count_back", "best_possible", "effectiveness"),
    "days_late",
]


@tagged("post_install", "-at_install")
class TestBrowserDashboard(RecouvrementCommon, HttpCase):
    """The first screen in a real browser, on a desk and on a telephone: any error of the console fails the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for kind in ("js", "css"):  # made once
            getattr(cls.env["ir.qweb"]._get_asset_bundle("web.assets_web"), kind)()
        cls.second = cls.env["res.company"].create({"name": "Second creditor"})  # without any invoice
        new_test_user(
            cls.env,
            "board_reader",
            "base.group_user,recouvrement_fr.group_recouvrement_manager",
            password="board_reader",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company + cls.second).ids)],
        )
        cls.colleague = cls._somebody("board_colleague")
        cls.public = cls._partner("Commune de Sèvremont")
        card = cls.env["recouvrement.debtor"]._card(cls.company, cls.public).sudo()
        card.write({"collector_id": cls.colleague.id, "debtor_type": "public", "type_confirmed": True})

    def walk(self, code, **constants):
        given = "".join(f"const {name} = {json.dumps(value)};" for name, value in {"codes": TILES, **constants}.items())
        self.browser_js(
            "/odoo/collection-dashboard",
            f"(async () => {{ {given} {HELPERS} {code} console.log('test successful'); }})()"
            ".catch((error) => console.error(error.message));",
            ready="odoo.isReady",
            login="board_reader",
            timeout=120,
        )

    def setUp(self):
        super().setUp()
        for late in (-20, 3, 40, 70, 120):
            self.invoice(MONDAY - timedelta(days=late), 1000 + late)
        self.invoice(MONDAY + timedelta(days=20), 980, partner=self.public, invoice_date=MONDAY)
        paid = self.invoice(MONDAY - timedelta(days=20), 700)
        self.pay(paid, on=MONDAY - timedelta(days=10))

    def test_on_a_desk_figures_open_their_records_and_each_filter_narrows_them(self):
        second = self.second.id
        self.walk(READ + OPEN + FILTER, collector=str(self.colleague.id), second=str(second))

    def test_a_filter_that_fails_leaves_a_screen_that_goes_on_filling(self):
        model = self.env.registry["recouvrement.dashboard"]
        usual = model.get_dashboard

        @api.model
        def get_dashboard(board, asked=None):
            if str((asked or {}).get("months")) == "12":
                raise UserError("Not now")
            return usual(board, asked)

        with patch.object(model, "get_dashboard", get_dashboard), mute_logger("odoo.http"):
            self.walk(READ.partition("    await read();")[0] + FAILS)

    def test_on_a_telephone_nothing_is_wider_than_the_screen(self):
        self.browser_size, self.touch_enabled = "400x850", True
        self.walk(READ)

    def test_each_analysis_opens_as_a_pivot_a_drawing_and_a_list(self):
        self.env["recouvrement.provision.bracket"].create(
            {"company_id": self.company.id, "situation": "overdue", "days": 91, "rate": 10, "confirmed": True}
        )
        boss = self._somebody("board_boss", "manager")
        provisions = self.env["recouvrement.provision"].with_user(boss)
        provision = provisions._start(self.company.with_user(boss), None, MONDAY)  # 10 % of 1,120 that is 120 days late
        provision.action_draft_entry()
        provision.entry_ids.with_user(self.env.user).action_post()
        self.assertEqual(provision.state, "posted")
        names = [
            *("receivable_report", "effectiveness", "dispute_report", "case_report", "provision_line"),
            *("accessory_report", "limitation_calendar"),
        ]
        self.walk(ANALYSES, names=names)
