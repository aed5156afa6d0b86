"""What a page in French must not show, read in the browser: English words, and columns that are cut.

Without Odoo: the walk through the screens reads it, and so do the pictures of the demonstration.
"""

import json

# English words that no French text holds. What people typed is not looked at.
ENGLISH = """
    the and with not from since whose overdue debtor debtors reminder reminders letter letters payment payments amount
    amounts send sent close settings level levels draft approve invoice invoices customer customers write waiting
    claimed cancelled posted held release due dispute disputes promised discard save print open opened cases deadline
    of to by is was were has have been this that these those for all any each every other more less only next previous
    last first new day days week weeks month months year years late paid unpaid owed reply replies answer call calls
    called asked told made done noted read yes none unknown company companies today yesterday tomorrow name address
    street city country bank entry entries state history reason reasons number numbers user users add edit delete
    remove create created update updated search group groups view show hide line lines interest rate rates penalty
    penalties fee fees cost costs court judge judgment claim claims hearing served service step steps stage started
    ended closed proposed accepted refused approved rejected broken kept failed pending running computed credit limit
    limits report summary total left right sign signed who what when where which how why can cannot must will should
    no nothing nobody everything before after until between under over again never always without within
    """
# French has these too: they would mean nothing here.
FRENCH = "close court due date report service stage total"
TYPED = """
    .o_field_html, .odoo-editor-editable, .o_field_code, .o_ace, code, pre, .o_user_menu, .o_menu_brand, style, script,
    [name="address"], [name="debtor_ids"], .o_recouvrement_contacts, .o_field_email, .o_field_url, .o_field_phone
    """
# Functions of the page: `english()`, the English that it shows; `narrow()`, the columns and lists that are cut.
READ = """
    const known = new RegExp(`(?<![\\\\p{L}\\\\p{N}_.@/-])(?:${words.join('|')})(?![\\\\p{L}\\\\p{N}_@/-])`, 'giu');
    const visible = (el) => el && el.checkVisibility({visibilityProperty: true, opacityProperty: true});
    const english = () => {
        const found = [];
        const judge = (text, kind) => {
            const heard = [...(text || '').matchAll(known)].map((match) => match[0]);
            const short = () => text.trim().replace(/\\s+/g, ' ').slice(0, 90);
            if (heard.length) found.push(`${heard.join(', ')} in ${kind}“${short()}”`);
        };
        const roots = '.o_action_manager, .o_menu_sections, .modal, .o-dropdown--menu, .o_notification_manager';
        for (const root of document.querySelectorAll(roots)) {
            const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
            for (let node = texts.nextNode(); node; node = texts.nextNode()) {
                if (/\\p{L}/u.test(node.data) && visible(node.parentElement) && !node.parentElement.closest(typed)) {
                    judge(node.data, '');
                }
            }
            for (const el of root.querySelectorAll('[placeholder], [title], [data-tooltip], [alt]')) {
                if (!visible(el) || el.closest(typed)) continue;
                if (el.closest('.o_breadcrumb, .o_control_panel_breadcrumbs')) continue;  // “Back to” is core's
                for (const name of ['placeholder', 'title', 'data-tooltip', 'alt']) {
                    judge(el.getAttribute(name), `${name} `);
                }
            }
            const chosen = '.o_field_many2one input, .o_field_selection input, .o_select_menu_toggler, select';
            for (const el of root.querySelectorAll(chosen)) {
                if (visible(el)) judge(el.matches('select') ? el.selectedOptions[0]?.text : el.value, 'value ');
            }
        }
        return [...new Set(found)];
    };
    const narrow = () => {
        const found = [];
        // What scrolls, and holds the rows: not `.o_notebook_content`, which negative margins make 16 px wider, unseen.
        for (const rows of document.querySelectorAll('.o_list_renderer, .o_kanban_renderer')) {
            if (rows.offsetParent && rows.scrollWidth > rows.clientWidth + 1) {
                const name = rows.closest('.o_field_widget')?.getAttribute('name') || '';
                found.push(`${name} wider than its window: ${rows.scrollWidth} of ${rows.clientWidth}`);
            }
        }
        for (const label of document.querySelectorAll('.o_list_renderer thead th .text-truncate')) {
            if (label.closest('th[data-name="tax_tag_ids"]')) continue;  // core's own, in the items of an invoice
            if (label.offsetParent && label.scrollWidth > label.clientWidth + 1) {
                found.push(`cut: “${label.innerText.trim()}” ${label.clientWidth} of ${label.scrollWidth}`);
            }
        }
        for (const badge of document.querySelectorAll('.o_data_row .badge')) {
            if (badge.closest('.o_view_sample_data')) continue;  // invented, to show what the list will look like
            const cell = badge.closest('td');
            if (badge.offsetParent && [badge, cell].some((el) => el && el.scrollWidth > el.clientWidth + 1)) {
                found.push(`cut badge: “${badge.innerText.trim()}” of ${cell?.getAttribute('name')}`);
            }
        }
        const wide = document.documentElement.scrollWidth;
        if (wide > window.innerWidth) found.push(`the page is ${wide} wide`);
        return [...new Set(found)];
    };
    """


def reading():
    """The code of the page, its constants before it."""
    words = sorted({*ENGLISH.split()} - {*FRENCH.split()})
    return f"const words = {json.dumps(words)}; const typed = {json.dumps(' '.join(TYPED.split()))}; {READ}"
