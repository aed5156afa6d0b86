import json
from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..clock import today
from ..common import MONDAY, RecouvrementCommon
from ..sending.test_browser import HELPERS

# English words that no French label holds; what people typed is not looked at.
ENGLISH = """
    the and with not from since whose overdue debtor debtors reminder reminders letter letters payment payments amount
    amounts send sent close settings level draft approve invoice invoices customer customers write waiting claimed
    cancelled posted held release due dispute disputes promised level levels discard save print open cases deadline
    """
LABELS = """
    thead th, button, label, .nav-link, .o_view_nocontent, .badge, .o_facet_value,
    .alert, .o_menu_sections, .o_horizontal_separator, .o_stat_text, .modal-title, p.text-muted, .o_form_statusbar
    """
WALK = """
    const services = (await until('the client', () => odoo.__WOWL_DEBUG__?.root?.env?.services?.action
        && odoo.__WOWL_DEBUG__.root.env.services));
    const known = new RegExp(`(?<![\\\\p{L}-])(${words.join('|')})(?![\\\\p{L}-])`, 'giu');
    const found = [], cut = [], beyond = [];
    const measure = (where) => {
        // What scrolls, and holds the rows: not `.o_notebook_content`, which negative margins make 16 px wider, unseen.
        for (const rows of document.querySelectorAll('.o_list_renderer, .o_kanban_renderer')) {
            if (rows.offsetParent && rows.scrollWidth > rows.clientWidth + 1) {
                const name = rows.closest('.o_field_widget')?.getAttribute('name') || '';
                beyond.push(`${where} ${name}: ${rows.scrollWidth} of ${rows.clientWidth}`);
            }
        }
        for (const label of document.querySelectorAll('.o_list_renderer thead th .text-truncate')) {
            if (label.offsetParent && label.scrollWidth > label.clientWidth + 1) {
                cut.push(`${where}: “${label.innerText.trim()}” ${label.clientWidth} of ${label.scrollWidth}`);
            }
        }
        const error = document.querySelector('.o_error_dialog, .o_notification_bar.bg-danger');
        check(!error, `${where}: ${error?.parentElement.innerText.trim().slice(0, 300)}`);
        const wide = document.documentElement.scrollWidth;
        check(wide <= window.innerWidth, `${where} is ${wide} wide`);
    };
    const look = (where) => {
        for (const element of document.querySelectorAll(labels)) {
            if (!element.offsetParent || element.closest('.o_group_header, .o_data_row, .o-mail-Chatter')) continue;
            const text = element.innerText || '';
            const english = [...text.matchAll(known)].map((match) => match[0]);
            if (english.length) found.push(`${where}: ${english.join(', ')} in "${text.trim().slice(0, 80)}"`);
        }
    };
    const shut = async () => {
        for (const cross of document.querySelectorAll('.modal .btn-close')) cross.click();
        if (document.querySelector('.modal')) await gone('.modal');
    };
    const menus = services.menu.getAll().filter(
        (menu) => menu.actionID && menu.xmlid?.startsWith('recouvrement_fr.'));
    check(menus.length >= least, `only ${menus.length} menus`);
    for (const menu of menus) {
        await services.action.doAction(menu.actionID, {clearBreadcrumbs: true});
        await calm();
        look(menu.name);
        measure(menu.name);
        await shut();
    }
    for (const [model, id] of forms) {
        await services.action.doAction({type: 'ir.actions.act_window', res_model: model, res_id: id,
            views: [[false, 'form']]}, {clearBreadcrumbs: true});
        await shown('.o_form_view .o_form_renderer');
        await calm();
        for (const tab of document.querySelectorAll('.o_form_view .o_notebook_headers .nav-link')) {
            tab.click();
            await calm();
            look(`${model} ${tab.innerText}`);
            measure(`${model} ${tab.innerText}`);
            const {right} = tab.getBoundingClientRect();
            const edge = tab.closest('.o_notebook').getBoundingClientRect().right;
            check(right <= edge + 1, `${model}: the tab ${tab.innerText} ends at ${right}, beyond ${edge}`);
        }
        look(model);
        measure(model);
    }
    check(!beyond.length, `wider than their window at ${window.innerWidth} px:\\n${[...new Set(beyond)].join('\\n')}`);
    check(!cut.length, `cut at ${window.innerWidth} px:\\n${[...new Set(cut)].slice(0, 60).join('\\n')}`);
    check(!found.length, [...new Set(found)].slice(0, 40).join('\\n'));
"""


@tagged("post_install", "-at_install")
class TestBrowserFrench(RecouvrementCommon, HttpCase):
    """Whoever works in French reads French, whole: every menu and the main forms, as a collector, a legal officer and a
    manager; no column is cut on a usual screen, nothing fails on the way."""

    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        for kind in ("js", "css"):  # made once
            getattr(cls.env["ir.qweb"]._get_asset_bundle("web.assets_web"), kind)()

    def walk(self, group, least):
        login = f"french_{group}"
        new_test_user(
            self.env,
            login,
            groups=f"base.group_user,recouvrement_fr.group_recouvrement_{group}",
            password=login,
            lang="fr_FR",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        on = MONDAY
        self.invoice(on - timedelta(days=5), 1200)
        litigant = self._partner("Serrurerie Blin")
        debts = self.invoice(on - timedelta(days=90), 10000, litigant)
        self.night(on)
        self.morning(on)
        records = [self.card(), self.reminders()[:1]]
        if group != "user":
            records.append(self.case(self.card(litigant), debts, on))
        forms = [(record._name, record.id) for record in records]
        given = {"words": ENGLISH.split(), "labels": LABELS, "forms": forms, "least": least}
        constants = "".join(f"const {name} = {json.dumps(value)};" for name, value in given.items())
        self.browser_js(
            "/odoo",
            f"(async () => {{ {constants} {HELPERS} {WALK} console.log('test successful'); }})()"
            ".catch((error) => console.error(error.message));",
            ready="odoo.isReady",
            login=login,
            timeout=120,
        )

    def case(self, card, debts, on):
        """A case whose procedure has begun."""
        card.is_commercant = True
        with self.at(on):
            case = self.env["recouvrement.case"]._open(card, debts)
            run = case._start(self.env.ref("recouvrement_fr.recouvrement_proceeding_injonction"), on=today())
            if run.state == "to_approve":
                case._decide(run, True, "Créance certaine.", on=today())
        return case

    def test_a_legal_officer_reads_no_english(self):
        self.walk("legal", 25)

    def test_a_collector_reads_no_english(self):
        self.walk("user", 20)

    def test_a_manager_reads_no_english(self):
        self.walk("manager", 45)
