from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY
from .test_browser_dashboard import READ, BrowserFigures

PALETTE = """
    const blind = {  // how who lacks a kind of cone sees linear light (Machado, Oliveira and Fernandes, 2009)
        protanopia: [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
        deuteranopia: [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
        tritanopia: [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
    };
    const light = (hex) => [1, 3, 5].map((at) => {
        const part = parseInt(hex.slice(at, at + 2), 16) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    const lab = ([red, green, blue]) => {
        const xyz = [0.4124 * red + 0.3576 * green + 0.1805 * blue, 0.2126 * red + 0.7152 * green + 0.0722 * blue,
            0.0193 * red + 0.1192 * green + 0.9505 * blue];
        const [x, y, z] = xyz.map((part, number) => Math.cbrt(Math.max(part, 0) / [0.9505, 1, 1.089][number]));
        return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
    };
    const seen = (hex, matrix) => lab(matrix.map((row) => row.reduce((sum, by, at) => sum + by * light(hex)[at], 0)));
    const identity = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
    for (const canvas of document.querySelectorAll(`${board} canvas`)) {
        const sets = window.Chart.getChart(canvas).data.datasets;
        const colours = sets.map((set) => set.backgroundColor);
        check(new Set(colours).size === sets.length, `twice the same colour: ${colours}`);
        if (window.Chart.getChart(canvas).config.type === 'line') {
            check(new Set(sets.map((set) => set.borderDash.join())).size === sets.length, 'twice the same dashes');
            check(new Set(sets.map((set) => set.pointStyle)).size === sets.length, 'twice the same points');
        }
        for (const [name, matrix] of [['nobody', identity], ...Object.entries(blind)]) {
            for (const one of colours) for (const other of colours) {
                if (one === other) continue;
                const far = Math.hypot(...seen(one, matrix).map((part, at) => part - seen(other, matrix)[at]));
                check(far > 12, `${one} and ${other} look alike to ${name}: ${far}`);
            }
        }
    }
    const drawn = [...document.querySelectorAll(`${board} section canvas`)].length;
    for (const button of document.querySelectorAll(`${board} .o_recouvrement_as_table[aria-pressed="false"]`)) {
        button.click();
    }
    await until('every drawing as a table', () => !document.querySelector(`${board} section canvas`));
    check(document.querySelectorAll(`${board} section .o_recouvrement_chart tbody tr`).length >= drawn * 5, 'empty');
"""
LISTS = """
    const service = await until('the client', () => odoo.__WOWL_DEBUG__?.root?.env?.services?.action);
    const figures = (text) => text.replace(/[^0-9]/g, '');
    const total = (name) => until(`the sum of ${name}`, () => {
        const cells = [...document.querySelectorAll('.o_list_footer td')].map((cell) => figures(cell.textContent));
        return cells.includes(name);
    });
    await service.doAction('recouvrement_fr.recouvrement_aged_action', {clearBreadcrumbs: true});
    await click('.modal .btn-primary', '');
    await shown('.o_list_view .o_data_row', 'Commune de Sèvremont');
    await total('619300');
    await click('.o_list_view .o_data_row td[name="name"]', 'Commune de Sèvremont');
    await shown('.o_list_view .o_data_row', '980');
    await calm();
    check(!document.querySelector('.o_error_dialog'), 'the aged balance breaks');
    await service.doAction('recouvrement_fr.recouvrement_debtor_value_open_action', {clearBreadcrumbs: true});
    await total('60000');  // 1,000 x 0.60, in whatever language
    check(/10 (days|jours)/.test((await shown('.o_list_view .o_data_row')).textContent), 'no sentence says why');
    check(document.querySelectorAll('.o_list_view .o_data_row').length === 1, 'who has nothing to be done is listed');
    await service.doAction('recouvrement_fr.recouvrement_quality_open_action', {clearBreadcrumbs: true});
    const header = await until('who has no e-mail address', () => [...document.querySelectorAll('.o_group_header')]
        .find((row) => /No e-mail address|Pas d’adresse électronique/.test(row.textContent)));
    await calm();
    header.click();
    await click('.o_list_view .o_data_row button[name="action_mend"]');
    await shown('.modal, .o_form_view');
    await calm();
    check(!document.querySelector('.o_error_dialog'), 'the data to mend break');
"""


@tagged("post_install", "-at_install")
class TestBrowserFigures(BrowserFigures):
    """The drawings for who sees no colours, the aged balance, the agenda by value and the data to mend."""

    def test_each_drawing_is_told_apart_by_who_is_colour_blind_and_is_a_table(self):
        self.walk(READ.partition("    const ageing =")[0] + PALETTE)

    def test_the_aged_balance_the_agenda_by_value_and_the_data_to_mend_are_lists_that_open(self):
        card = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner).sudo()
        late = {"overdue_amount": 1000, "open_amount": 1000, "oldest_due_date": MONDAY - timedelta(days=10)}
        self.debtor_partner.email = False
        card.debtor_type = "professional"
        self.env.cr.precommit.run()  # its card is decided anew, and then is what follows
        card.write({**late, "reason": "levels_done"})
        self.walk(LISTS)
