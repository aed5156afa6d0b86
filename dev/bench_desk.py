"""What people wait for on a large ledger: the follow-up, the card of a large debtor, letters printed, invoices listed.

Everything but the follow-up, which commits as the scheduler does, is rolled back.
"""

import time
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from bench_dispatch import _check, _email, _timed, _undone
from lxml import etree

LETTERS = 1000
OPEN_ITEMS = 2000  # of the large debtor


def follow_up(env, on):
    """Seconds of a day's follow-up with nothing new, and its slowest parts; the day before did what there was."""
    from odoo.addons.recouvrement_fr.tools import clock

    debtor = env["recouvrement.debtor"]
    debtor._cron_follow_up()
    with patch.object(clock, "today", lambda _env: on + timedelta(days=1)):
        seconds, parts, failures = 0.0, {}, []
        for model, method in debtor._daily_parts():
            started = time.perf_counter()
            failures += debtor._follow_part(model, method, on + timedelta(days=1))
            parts[f"{model}.{method}"] = time.perf_counter() - started
            seconds += parts[f"{model}.{method}"]
            env.invalidate_all()
    if failures:
        raise SystemExit(f"error: {failures}")
    slowest = sorted(parts.items(), key=lambda part: -part[1])[:5]
    return {"follow_up_s": round(seconds, 2), "follow_up_parts": {name: round(took, 3) for name, took in slowest}}


def card(env, on):
    """Milliseconds to open the card of a debtor of thousands of open items, with its timeline; to make a statement.

    The floor of the first: its own statements, sent without Odoo. Of the second: the printer alone on the same page.
    """
    with _undone(env):
        debtor, items = _largest(env)
        wanted = _fields_shown(debtor)
        opened, statements, printers = [], [], []

        def show():
            debtor.web_read(wanted)
            debtor.get_timeline()

        for _try in range(3):
            opened.append(_timed(env, show))
        with _undone(env):
            env.invalidate_all()
            sent = _sent(env, show)
            floors = [_again(env, sent) for _try in range(3)]
        for _try in range(3):
            with _undone(env), _sheets_printed() as sheets:
                statements.append(_timed(env, lambda: env["recouvrement.statement"]._make(debtor, on))[0])
            printers.append(_printer_alone(sheets))
    return {
        "card_items": items,
        "card_ms": round(min(opened)[0] * 1000),
        "card_floor_ms": round(min(floors) * 1000),
        "card_queries": min(opened)[1],
        "statement_ms": round(min(statements) * 1000),
        "statement_floor_ms": round(min(printers) * 1000),
    }


def _sent(env, show):
    """The statements sent to show something, with their parameters."""
    sent, execute = [], type(env.cr).execute

    def noted(cursor, query, params=None, log_exceptions=True):
        sent.append((query, params))
        return execute(cursor, query, params, log_exceptions)

    with patch.object(type(env.cr), "execute", noted):
        show()
    return sent


def _again(env, statements):
    """Seconds for the same statements, sent and their rows read, without Odoo."""
    started = time.perf_counter()
    for query, params in statements:
        env.cr.execute(query, params)  # as they were sent, without Odoo: it is the floor
        if env.cr.description:
            env.cr.fetchall()
    return time.perf_counter() - started


@contextmanager
def _sheets_printed():
    """The sheets given to the printer."""
    from odoo.addons.recouvrement_fr.tools import letter_pdf

    sheets, print_sheets = [], letter_pdf.print_sheets

    def noted(given, archived=False):
        sheets.extend(given)
        return print_sheets(given, archived=archived)

    with patch.object(letter_pdf, "print_sheets", noted):
        yield sheets


def _printer_alone(sheets):
    """Seconds of the renderer of PDF on the same pages, best of two: what no design of ours takes away."""
    from odoo.addons.recouvrement_fr.tools import letter_pdf, printable

    pages, took = [(printable.stripped(sheet.html), sheet.foot) for sheet in sheets], []
    with patch.object(printable, "stripped", lambda page: page):
        for _try in range(2):
            started = time.perf_counter()
            letter_pdf._convert(pages)
            took.append(time.perf_counter() - started)
    return min(took)


def _largest(env, wanted=OPEN_ITEMS):
    """A debtor who is given the invoices of many others, and the number of his open items."""
    rows = env.execute_query(  # in SQL: whoever owes most items, of a million
        _sql(
            "SELECT p.commercial_partner_id, COUNT(*)"
            " FROM account_move_line l JOIN res_partner p ON p.id = l.partner_id"
            " JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'"
            " WHERE l.reconciled IS NOT TRUE AND l.parent_state = 'posted' GROUP BY 1 ORDER BY 2 DESC LIMIT 2000"
        )
    )
    partner_ids, items = [], 0
    for partner_id, count in rows:
        partner_ids.append(partner_id)
        items += count
        if items >= wanted:
            break
    for table, column in (
        ("account_move_line", "partner_id"),
        ("account_move", "partner_id"),
        ("account_move", "commercial_partner_id"),
    ):
        env.cr.execute(  # in SQL: Odoo refuses to change the customer of posted invoices
            f"UPDATE {table} SET {column} = %s WHERE {column} IN"
            " (SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s))",
            [partner_ids[0], partner_ids],
        )
    env.cr.execute("ANALYZE account_move; ANALYZE account_move_line")  # else the planner reckons with what was
    env.invalidate_all()
    partner = env["res.partner"].browse(partner_ids[0])
    return env["recouvrement.debtor"]._card(env.company.root_id, partner), items


def _fields_shown(debtor):
    """What the web client asks for to show the form, with the lists in it."""

    def specification(node, model):
        found = {}
        for field in node.iter("field"):
            if next(field.iterancestors("field"), node if node.tag == "field" else None) is not (
                node if node.tag == "field" else None
            ):
                continue  # of a list inside
            name = field.get("name")
            kind = model._fields.get(name)
            if kind is None:
                continue
            found[name] = {}
            if kind.type == "many2one":
                found[name] = {"fields": {"display_name": {}}}
            elif kind.type in ("one2many", "many2many"):
                inner = field.find("list")
                lines = inner is not None and specification(field, model.env[kind.comodel_name])
                found[name] = {"fields": lines or {"display_name": {}}, "limit": 40}
        return found

    arch = etree.fromstring(debtor.get_view(view_type="form")["arch"])
    return specification(arch, debtor)


def invoice_list(env):
    """The list of 80 customer invoices with all our columns, and the same without them: best of nine, in turns, so that
    what else the machine does weighs on both."""
    moves = env["account.move"]
    view = moves.get_view(env.ref("account.view_out_invoice_tree").id, "list")
    shown = [node.get("name") for node in etree.fromstring(view["arch"]).iter("field")]
    ours = {name for name in shown if "recouvrement_fr" in moves._fields[name]._modules}
    found = moves.search([("move_type", "=", "out_invoice")], limit=80)
    pages = [{name: {} for name in shown if keep or name not in ours} for keep in (True, False)]
    tries = [[_timed(env, lambda: found.web_read(page)) for page in pages] for _try in range(9)]  # noqa: B023
    (with_us, statements), (without, before) = map(min, zip(*tries, strict=True))
    return {
        "list_ms": round(with_us * 1000, 1),
        "list_floor_ms": round(without * 1000, 1),
        "list_ratio": round(with_us / without, 2),
        "list_queries": f"{statements}/{before}",
    }


def agenda(env):
    """Seconds of the agenda that puts first what is worth most: ranked, and its first 80 rows read; best of three; and
    the one statement that merely finds these cards and adds up what is overdue of them."""
    from odoo.tools import SQL

    debtor = env["recouvrement.debtor"]
    view = env.ref("recouvrement_fr.recouvrement_debtor_view_list_value")
    arch = etree.fromstring(debtor.get_view(view.id, "list")["arch"])
    wanted = {
        node.get("name"): {"fields": {"display_name": {}}} if debtor._fields[node.get("name")].relational else {}
        for node in arch.iter("field")
    }

    def shown():
        action = debtor.action_agenda_by_value()
        return debtor.web_search_read(action["domain"], wanted, limit=80, order="agenda_value desc, id")

    floor = SQL(  # what PostgreSQL alone takes: the floor
        "SELECT id, overdue_amount, reason, next_date FROM recouvrement_debtor"
        " WHERE overdue_amount > 0 ORDER BY overdue_amount DESC, id"
    )
    took = {}
    for name, call in (("agenda", shown), ("agenda_floor", lambda: env.execute_query(floor))):
        with _undone(env):
            tries = [_timed(env, call) for _try in range(3)]
        took[f"{name}_s"] = round(min(tries)[0], 4)
    return took


def print_letters(env, on):
    """Seconds for a thousand letters from the ledger to one PDF, and its size."""
    from odoo.fields import Command

    reminder = env["recouvrement.reminder"].with_context(tracking_disable=True, mail_notrack=True)
    reminders = reminder.browse(reminder._leaving(on)).filtered(lambda found: _email(found))[:LETTERS]
    with _undone(env):
        for level in reminders.level_id:
            level.channel_ids = [Command.clear(), Command.create({"channel": "letter"})]
        made = _timed(env, lambda: [page._prepare(on) for page in _pages(reminders)])[0]
        _check(reminders, "letter")
        letters = reminders.dispatch_ids.filtered(lambda dispatch: dispatch.channel == "letter")
        from odoo.addons.recouvrement_fr.tools import letter_pdf

        started = time.perf_counter()
        document = letter_pdf.joined(letter.attachment_id.raw for letter in letters)
        joined = time.perf_counter() - started
    scale = LETTERS / len(reminders)
    return {
        "print_letters": len(reminders),
        "print_1000_s": round((made + joined) * scale, 1),
        "print_join_s": round(joined * scale, 1),
        "print_mb": round(len(document) * scale / 1e6, 1),
    }


def _pages(reminders, size=200):
    for start in range(0, len(reminders), size):
        yield reminders[start : start + size]


def _sql(text):
    from odoo.tools import SQL

    return SQL(text)
