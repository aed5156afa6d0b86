import json
from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ...models.contacts.recouvrement_contact_outcome import Terms
from ...rules.instalments import due_dates, equal_instalments
from ...tools.formats import exact
from ..clock import today
from ..common import MONDAY, RecouvrementCommon
from ..french import reading
from ..sending.test_browser import HELPERS

DAY = timedelta(days=1)
# Buttons that open a dialog, and do nothing before it is saved: their methods, beside the actions with `target="new"`.
OPENERS = """
    action_log_call action_log_visit action_statements action_write_message action_reply_promise action_reply_as_read
    action_preview action_defer action_leave_out action_outcome action_postpone action_send_to_debtor
    """
WALK = """
    const services = (await until('the client', () => odoo.__WOWL_DEBUG__?.root?.env?.services?.action
        && odoo.__WOWL_DEBUG__.root.env.services));
    const found = [], cut = [], walked = new Set(), asked = new Set();
    const look = (where) => {
        const error = document.querySelector('.o_error_dialog, .o_notification_bar.bg-danger');
        check(!error, `${where}: ${error?.parentElement.innerText.trim().slice(0, 300)}`);
        found.push(...english().map((words) => `${where}: ${words}`));
        // The columns of core's own lists are core's.
        if (!others.length) cut.push(...narrow().map((words) => `${where}: ${words}`));
    };
    const shut = async () => {
        for (const cross of document.querySelectorAll('.modal .btn-close, .o_notification_close')) cross.click();
        if (document.querySelector('.modal')) await gone('.modal');
    };
    const settled = async () => {  // what the page itself shows, or one answer of the server
        for (let quiet = 0; quiet < 2; quiet = pending ? 0 : quiet + 1) await sleep(40);
    };
    const open = (action) => services.action.doAction(action, {clearBreadcrumbs: true});
    // What each button of the arch does: a question asked first, a dialog, or neither.
    const safe = async (model) => {
        const {views} = await services.view.loadViews({resModel: model, views: [[false, 'form']], context: {}});
        const buttons = new DOMParser().parseFromString(views.form.arch, 'text/xml').querySelectorAll('button[name]');
        const names = [];
        for (const button of buttons) {
            const name = button.getAttribute('name');
            if (/^\\d+$/.test(name) && model.startsWith('recouvrement.')) {
                const action = await services.action.loadAction(Number(name));
                if (action.type === 'ir.actions.act_window' && action.target === 'new') names.push(name);
            } else if (button.hasAttribute('confirm') || openers.includes(name)) names.push(name);
        }
        return [...new Set(names)];
    };
    const dialogs = async (model) => {
        const names = (await safe(model)).filter((name) => !asked.has(`${model} ${name}`));
        for (const name of names) {
            const button = () => [...document.querySelectorAll(
                `.o_form_view button[name="${name}"], .o-dropdown--menu button[name="${name}"]`)]
                .find((el) => el.offsetParent && !el.disabled && !el.closest('.modal'));
            if (!button()) {
                const more = document.querySelector('.o_form_view .o_recouvrement_more');
                if (!more) continue;
                more.click();
                await settled();
                look(`${model}, more`);
            }
            const pressed = button();
            if (!pressed) continue;
            asked.add(`${model} ${name}`);
            pressed.click();
            await until(`what ${name} of ${model} opens`, () => document.querySelector('.modal .modal-body *'));
            await settled();
            look(`${model} ${name}`);
            await shut();
        }
    };
    const form = async (model, id, view) => {
        await open({type: 'ir.actions.act_window', res_model: model, res_id: id, views: [[view || false, 'form']]});
        await shown('.o_form_view .o_form_renderer');
        await settled();
        look(model);
        const tabs = [...document.querySelectorAll('.o_form_view .o_notebook_headers .nav-link')].slice(1);
        for (const tab of tabs) {
            tab.click();
            await settled();
            look(`${model} ${tab.innerText}`);
            const {right} = tab.getBoundingClientRect();
            const edge = tab.closest('.o_notebook').getBoundingClientRect().right;
            check(right <= edge + 1, `${model}: the tab ${tab.innerText} ends at ${right}, beyond ${edge}`);
        }
        if (document.querySelector('.o-mail-Chatter')) {
            await until('the thread', () => !document.querySelector('.o-mail-Chatter .fa-spin'));
            look(`${model}, its thread`);
        }
        await dialogs(model);
    };
    const screen = async (action, name) => {
        await open(action);
        await calm();
        look(name);
        const shownAction = services.action.currentController?.action;
        const {res_model: model, views = []} = shownAction || {};
        await shut();
        if (!model || walked.has(model) || shownAction.target === 'new') return;
        walked.add(model);
        if (views.some(([, kind]) => kind === 'kanban') && views[0][1] !== 'kanban') {
            await services.action.switchView('kanban');
            await calm();
            look(`${name}, kanban`);
        }
        const view = views.find(([, kind]) => kind === 'form');
        if (!view) return;
        const first = forms[model] || (await services.orm.search(model, [], {limit: 1, order: 'id desc'}))[0];
        if (first) await form(model, first, view[0]);
        else bare.push(model);
    };
    const bare = [];
    const menus = services.menu.getAll().filter(
        (menu) => menu.actionID && menu.xmlid?.startsWith('recouvrement_fr.'));
    check(menus.length >= least, `only ${menus.length} menus`);
    for (const menu of menus) await screen(menu.actionID, menu.name);
    for (const action of others) await screen(action, action);
    for (const model of Object.keys(forms)) if (least && !walked.has(model)) await form(model, forms[model]);
    console.log(`without a record: ${bare.join(', ')}; ${asked.size} dialogs, ${walked.size} models`);
    const wrong = [...new Set([...cut, ...found])];
    check(!wrong.length, `at ${window.innerWidth} px:\\n${wrong.slice(0, 120).join('\\n')}`);
"""


@tagged("post_install", "-at_install")
class TestBrowserFrench(RecouvrementCommon, HttpCase):
    """Whoever works in French reads French, whole: every menu, the form of its first record with each tab, its thread
    and the dialogs of its buttons, as a collector, a legal officer, a manager and an accountant; no column is cut on a
    usual screen, nothing fails on the way."""

    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        for kind in ("js", "css"):  # made once
            getattr(cls.env["ir.qweb"]._get_asset_bundle("web.assets_web"), kind)()

    def setUp(self):
        super().setUp()
        # Everybody works in French: what is written for them is, and so are the names that the tests give.
        self.env = self.env(context={**self.env.context, "lang": "fr_FR", "tracking_disable": False})
        self.env.ref("recouvrement_fr.group_recouvrement_user").all_user_ids.lang = "fr_FR"
        self.env.ref("base.user_root").name = "Robot"
        self.env.user.name = "Jeanne Delmas"
        self.company.name = "Ateliers Vasseur"
        self.policy.name = "Professionnels"
        self.template.name = "Relance"
        for level, name in zip(self.policy.level_ids, ("Rappel", "Relance ferme", "Mise en demeure"), strict=True):
            level.name = name

    def walk(self, login, groups, least, others=()):
        new_test_user(
            self.env,
            login,
            name="Claire Fontaine",
            groups=f"base.group_user,{groups}",
            password=login,
            lang="fr_FR",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        forms = {record._name: record.id for record in self.files(MONDAY)}
        self.env.flush_all()
        given = {"forms": forms, "least": least, "openers": OPENERS.split(), "others": others}
        constants = "".join(f"const {name} = {json.dumps(value)};" for name, value in given.items())
        self.browser_js(
            "/odoo",
            f"(async () => {{ {constants} {HELPERS} {reading()} {WALK} console.log('test successful'); }})()"
            ".catch((error) => console.error(error.message));",
            ready="odoo.isReady",
            login=login,
            timeout=300,
        )

    # --- what there is to see -----------------------------------------------------------------------------------------

    def files(self, on):
        """A debtor for each thing that a collector, a legal officer and a manager meet; the records shown best."""
        names = (
            "Serrurerie Blin",
            "Charpentes Rey",
            "Vitrerie Noël",
            "Plâtres Morin",
            "Toitures Lopez",
            "Parquets Roy",
        )
        partners = [self.debtor_partner, *(self._partner(name, company_registry=False) for name in names)]
        ages = (5, 90, 12, 40, 33, 20, 95)
        debts = [
            self.invoice(on - days * DAY, 1200 + days, partner) for days, partner in zip(ages, partners, strict=True)
        ]
        self.night(on)
        self.morning(on)
        cards = [self.card(partner) for partner in partners]
        with self.at(on):
            self.talks(cards, debts, on)
            case = self.case(cards[1], debts[1], on)
            self.losses(cards[6], debts[6], on)
        return [cards[2], self.reminders()[:1], case]

    def talks(self, cards, debts, on):
        contacts = self.env["recouvrement.contact"]
        contacts._log(cards[2], "call", "promise", on=on, terms=Terms(amount=1212, on=on + 8 * DAY), note="Promet.")
        self.env["recouvrement.dispute"]._open(
            cards[3],
            debts[3],
            self.env.ref("recouvrement_fr.dispute_reason_delivery"),
            amount=200,
            description="Reste dû",
        )
        schedule = equal_instalments(exact(debts[4].amount_residual), due_dates(on + 10 * DAY, 3))
        self.env["recouvrement.plan"]._make(cards[4], debts[4], schedule).action_propose()
        self.env["recouvrement.exclusion"]._leave_out(cards[5], debts[5], "Traité au siège", on)
        cards[2].message_post(body="Bonjour, je paie vendredi.", message_type="email", subtype_xmlid="mail.mt_comment")
        cards[2].reply_pending = True
        cards[5].write({"paused_until": on + 9 * DAY, "pause_reason": "Attend un avoir"})
        review = self.env["recouvrement.credit.review"].create(
            {"debtor_id": cards[0].id, "limit_amount": 1000, "reasons": "Comptes lus", "review_date": on + 90 * DAY}
        )
        review.action_ask()

    def case(self, card, debts, on):
        """A case whose procedure has begun."""
        card.is_commercant = True
        case = self.env["recouvrement.case"]._open(card, debts)
        run = case._start(self.env.ref("recouvrement_fr.recouvrement_proceeding_injonction"), on=today())
        if run.state == "to_approve":
            case._decide(run, True, "Créance certaine.", on=today())
        return case

    def losses(self, card, debts, on):
        self.env["recouvrement.write.off"]._propose(
            self.company, {(debts, card.partner_id): None}, "uneconomic", debtor=card
        )
        insurer = self._partner("Assurance crédit SA", company_registry=False)
        policy = {"name": "P-1", "kind": "insurance", "guarantor_id": insurer.id, "amount": 900, "debtor_id": card.id}
        self.env["recouvrement.guarantee"].create(policy)
        self.env["recouvrement.insolvency"].create(
            {"debtor_id": card.id, "kind": "redressement", "judgment_on": on - 9 * DAY}
        )

    # --- who sees it --------------------------------------------------------------------------------------------------

    def test_a_collector_reads_no_english(self):
        self.walk("french_user", "recouvrement_fr.group_recouvrement_user", 20)

    def test_a_legal_officer_reads_no_english(self):
        self.walk("french_legal", "recouvrement_fr.group_recouvrement_legal", 25)

    def test_a_manager_reads_no_english(self):
        self.walk("french_manager", "recouvrement_fr.group_recouvrement_manager", 45)

    def test_an_accountant_reads_no_english(self):
        seen = (
            "account.action_move_out_invoice_type",
            "account.action_account_payments",
            "account.res_partner_action_customer",
        )
        self.walk("french_accountant", "account.group_account_manager", 0, seen)
