from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon
from ..sending import test_browser

# A collector reads a full card: its figures, its timeline, and gives a statement; then one where nothing happened.
READS = """
    await click('.o_data_row td[name="partner_id"]', 'Menuiserie Durand');
    const bar = await shown('.o_recouvrement_ageing .progress');
    check(bar.getAttribute('aria-label').includes('days late'), 'the bar is not told in words');
    check(bar.querySelectorAll('.progress-bar').length === 2, 'two ages are owed');
    await shown('.o_recouvrement_contacts a[href="mailto:compta@durand.example"]');
    await shown('.o_recouvrement_facts', 'Last payment');
    await shown('.o_field_widget[name="reason_text"]');

    const items = () => document.querySelectorAll('.o_field_widget[name="open_item_ids"] .o_data_row');
    await until('a page of open items', () => items().length === 10);
    await click('.o_field_widget[name="open_item_ids"] .o_data_row .fa-calendar-check-o');
    const promised = () => document.querySelector('.modal [name="amount"] input');
    await until('a promise of the oldest alone', () => promised() && promised().value.includes('131'));
    await click('.modal .btn-close');
    await until('the dialog closed', () => !document.querySelector('.modal'));

    await shown('.o_recouvrement_event');
    check(document.querySelectorAll('.o_recouvrement_event').length === 30, 'a page has thirty events');
    await click('.o_recouvrement_older');
    await until('the rest', () => document.querySelectorAll('.o_recouvrement_event').length > 30);
    await click('.o_recouvrement_timeline button[data-group="payment"]');
    await until('payments alone', () =>
        [...document.querySelectorAll('.o_recouvrement_event')].every((row) => row.dataset.kind === 'payment'));
    await shown('.o_recouvrement_event[data-kind="payment"]', 'Payment received');
    await click('.o_recouvrement_timeline button[data-group="dispute"]');
    await shown('.o_recouvrement_timeline', 'Nothing of this kind.');
    await click('.o_recouvrement_timeline button[data-group="sent"]');
    await click('.o_recouvrement_event[data-kind="reminder"] a', 'Reminder 1');
    await shown('.o_form_view .o_field_widget[name="line_ids"] .o_data_row');
    await click('.breadcrumb-item a', 'Menuiserie Durand');

    await shown('.o_recouvrement_ageing');
    const card = document.querySelector('.o_form_sheet_bg, .o_form_sheet');
    check(card.scrollWidth <= card.clientWidth + 1, 'the card overflows');
    await click('.o_statusbar_buttons .o_recouvrement_more');
    await click('.o-dropdown--menu .o-dropdown-item:has([name="action_statements"])'); // as the keyboard does
    await click('.modal .o_field_widget[name="how"] input[data-value="pdf"]');
    let opened = '';
    const { browser } = odoo.loader.modules.get('@web/core/browser/browser');
    browser.open = (url) => { opened = url; return window; };
    await click('.modal footer button[name="action_give"]', 'Download');
    await until('the statement', () => opened);
    const answer = await fetch(opened);
    check((await answer.text()).startsWith('%PDF'), 'the statement is no PDF');
"""
EMPTY = """
    await shown('.o_form_view .o_field_widget[name="partner_id"]', 'Vitrerie');
    check(!document.querySelector('.o_recouvrement_ageing .progress'), 'a bar of nothing');
    await shown('.o_recouvrement_timeline', 'Nothing has happened yet.');
    await shown('.o_recouvrement_contacts', 'No phone, no e-mail');
"""


@tagged("post_install", "-at_install")
class TestBrowserCard(RecouvrementCommon, HttpCase):
    """The debtor card in a real browser: read, filtered, wide and narrow, full and empty."""

    walk = test_browser.TestBrowser.walk

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first.channel_ids.write({"channel": "letter", "template_id": False})
        for kind in ("js", "css"):  # made once
            getattr(cls.env["ir.qweb"]._get_asset_bundle("web.assets_web"), kind)()
        cls.env["res.lang"]._activate_lang("en_US")  # the words looked for are those of the source
        new_test_user(
            cls.env,
            "collector",
            groups="base.group_user,recouvrement_fr.group_recouvrement_user",
            password="collector",
            lang="en_US",
            email="collector@creancier.example",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def test_collector_reads_the_card_filters_the_timeline_and_prints_a_statement(self):
        on = MONDAY
        paid = self.invoice(on - timedelta(days=50), 300)
        self.pay(paid, on=on - timedelta(days=40))
        for number in range(32):
            self.invoice(on - timedelta(days=5 + number), 100 + number)
        self.night(on)
        self.morning(on)
        self.reminders().dispatch_ids.action_mark_posted()
        empty = self.env["recouvrement.debtor"]._card(self.company, self._partner("Vitrerie Noël", email=False))
        self.env.flush_all()
        self.walk(
            "/odoo/collection",
            READS,
            "collector",
        )
        self.assertEqual(self.card().statement_ids.channel, "pdf")
        self.walk(
            f"/odoo/action-recouvrement_fr.recouvrement_debtor_action/{empty.id}",
            EMPTY,
            "collector",
        )
