import json
from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MONDAY, RecouvrementCommon
from ..sending.test_browser import HELPERS

ASK = """
    const form = '.o_form_view';
    await type(`${form} .o_field_widget[name="limit_amount"] input`, '2500');
    await type(`${form} .o_field_widget[name="reasons"] textarea`, 'Accounts of 2025 read');
    await click(`${form} button[name="action_ask"]`);
    await shown(`${form} .o_arrow_button_current[data-value="asked"]`);
    check(!document.querySelector(`${form} button[name="action_approve"]`), 'who asks may approve');
"""
APPROVE = """
    const form = '.o_form_view';
    const action = await until('the client', () => odoo.__WOWL_DEBUG__?.root?.env?.services?.action);
    await shown(`${form} .o_field_widget[name="reasons"]`, 'Accounts of 2025 read');
    check((await shown(`${form} .o_field_widget[name="exposure"]`)).textContent.includes('800'), 'no exposure');
    await click(`${form} button[name="action_approve"]`);
    await click('.modal footer .btn-primary');
    await gone('.modal');
    await shown(`${form} .o_arrow_button_current[data-value="approved"]`);

    await calm();
    await action.doAction({type: 'ir.actions.act_window', res_model: 'account.move', res_id: invoice,
        views: [[false, 'form']]});
    const digits = (element) => element.textContent.replace(/[^0-9]/g, '');  // in whatever language
    const warned = await shown(`${form} .alert [name="recouvrement_credit_warning"]`);
    check(digits(warned).endsWith('250000'), 'the warning does not name the limit');
    await click(`${form} button[name="action_post"]`);
    const refusal = await shown('.modal .modal-body');
    check(digits(refusal).includes('8000030000025000'), 'what is owed, added and allowed');
    await click('.modal footer .btn-primary');
    await gone('.modal');
    await click(`${form} button[name="${allow}"]`);
    await type('.modal .o_field_widget[name="reason"] textarea', 'Transfer of 2,000 announced for Friday');
    await click('.modal footer button[name="action_allow"]');
    await gone('.modal');
    await click(`${form} button[name="action_post"]`);
    await shown(`${form} .o_arrow_button_current[data-value="posted"]`);
"""
PROFILE = """
    const action = await until('the client', () => odoo.__WOWL_DEBUG__?.root?.env?.services?.action);
    await calm();
    await action.doAction({type: 'ir.actions.act_window', res_model: 'recouvrement.debtor', res_id: debtor,
        views: [[false, 'form']]});
    await click(`${form} button[name="action_open_profile"]`);
    await shown(`${form} p.lead`, '21');  // (40 + 20 + 5) / 3 days on average
    await click(`${form} button[name="action_payments"]`);
    const rows = await until('three payments', () => {
        const found = document.querySelectorAll('.o_list_view .o_data_row');
        return found.length === 3 && [...found];
    });
    check(rows.some((row) => row.textContent.includes('40')), 'the days late are not told');
"""


@tagged("post_install", "-at_install")
class TestBrowserCredit(RecouvrementCommon, HttpCase):
    """A credit from its request to an invoice that passes it, and the profile with its evidence, in a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for kind in ("js", "css"):  # made once
            getattr(cls.env["ir.qweb"]._get_asset_bundle("web.assets_web"), kind)()
        cls.asks, cls.gives = (
            new_test_user(
                cls.env,
                login,
                f"base.group_user,recouvrement_fr.group_recouvrement_{group}",
                password=login,
                lang="en_US",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for login, group in (("asks_credit", "user"), ("gives_credit", "manager"))
        )
        cls.gives.group_ids += cls.env.ref("account.group_account_invoice")
        cls.debtor = cls.env["recouvrement.debtor"]._card(cls.company, cls.debtor_partner)
        cls.debtor.sudo().write({"debtor_type": "professional", "type_confirmed": True})

    def walk(self, url, code, user, **constants):
        given = "".join(f"const {name} = {json.dumps(value)};" for name, value in constants.items())
        self.browser_js(
            url,
            f"(async () => {{ {given} {HELPERS} {code} await calm(); console.log('test successful'); }})()"
            ".catch((error) => console.error(error.message));",
            ready="odoo.isReady",
            login=user.login,
            timeout=90,
        )
        self.env.invalidate_all()

    def test_a_credit_is_asked_for_on_evidence_approved_by_another_and_passed_with_a_written_word(self):
        for days in (40, 20, 5):
            due = MONDAY - timedelta(days=90 + days)
            self.pay(self.invoice(due, 100), on=due + timedelta(days=days))
        self.env["recouvrement.payer.profile"].sudo()._make(self.debtor, MONDAY)
        self.company.recouvrement_credit_mode = "block"
        self.invoice(MONDAY + timedelta(days=10), 800, invoice_date=MONDAY)
        larger = self.invoice(MONDAY + timedelta(days=30), 3000, invoice_date=MONDAY, post=False)
        reviews = self.env["recouvrement.credit.review"].with_user(self.asks)
        review = reviews.create({"debtor_id": self.debtor.id, "review_date": MONDAY + timedelta(days=90)})
        action = self.env.ref("recouvrement_fr.recouvrement_credit_review_action")
        url = f"/odoo/action-{action.id}/{review.id}"
        self.walk(url, ASK + PROFILE, self.asks, debtor=self.debtor.id)
        self.assertEqual((review.state, review.limit_amount), ("asked", 2500))
        allow = self.env.ref("recouvrement_fr.recouvrement_credit_allow_action").id
        with mute_logger("odoo.http"):  # refused, and told on the screen
            self.walk(url, APPROVE, self.gives, invoice=larger.id, allow=allow)
        self.assertEqual((review.state, larger.state), ("approved", "posted"))
        self.assertEqual(self.debtor_partner.with_company(self.company).credit_limit, 2500)
        allowed = self.env["recouvrement.credit.override"].search([("res_id", "=", larger.id)])
        self.assertEqual((allowed.author_id, allowed.amount), (self.gives, 3000))
        self.assertEqual(allowed.reason, "Transfer of 2,000 announced for Friday")
