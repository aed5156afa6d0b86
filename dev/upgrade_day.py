"""What people and the night do before and after an upgrade: run by ``dev/upgrade.py`` in both versions."""

import json
import os
import sys
import warnings
from collections import Counter
from datetime import date, timedelta
from unittest.mock import patch

import odoo.init  # noqa: F401 - patches and shortcuts, before anything else of Odoo
from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import Form
from odoo.tools import config

FIRST = date(2026, 1, 12)  # a Monday
WEEKS = 9
# Days since the due date on the first day; of the last two debtors, letters are fresh when the upgrade comes.
AGES = (4, 12, 25, 32, 60, -10, -46, -36)
# What people agree, contest and open: the dialog, its button, what it makes. Versions before know them not.
AGREED = (
    ("recouvrement.promise.wizard", "action_note", "recouvrement.promise"),
    ("recouvrement.dispute.wizard", "action_open", "recouvrement.dispute"),
    ("recouvrement.plan.wizard", "action_make", "recouvrement.plan"),
    ("recouvrement.case.opening", "action_open", "recouvrement.case"),
)
REMEMBERED = "upgrade_day.agreed"


def main():
    part, database = sys.argv[1:]
    warnings.simplefilter("ignore")
    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--log-level", "error"])
    config["smtp_server"], config["smtp_port"] = "127.0.0.1", 9  # nobody listens: e-mails wait, and fail
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "fr_FR"})
        (before if part == "before" else after)(env)
        cr.commit()


def it_is(env, day):
    """Make it that day for the add-on, in the version that is read: earlier ones asked the night for the day."""
    try:
        from odoo.addons.recouvrement_fr.tools import clock
    except ImportError:
        return patch.object(type(env["recouvrement.run"]), "_today", lambda _self: day)
    return patch.object(clock, "today", lambda _env: day)


def live(env, day, nights=True):
    """A night and the dispatch of that day."""
    reminder = type(env["recouvrement.reminder"])
    with (
        it_is(env, day),
        patch.object(reminder, "_within_window", lambda *_args: True),
    ):
        if nights:
            env["recouvrement.run"]._cron_decide()
        env["recouvrement.reminder"]._cron_dispatch()
        env.cr.commit()


def before(env):
    company = env.company
    if company.chart_template != "fr":
        env["account.chart.template"].try_loading("fr", company)
    company.write({"country_id": env.ref("base.fr").id, "email": "compta@creancier.example", "street": "1 rue du Test"})
    company.write({"zip": "69001", "city": "Lyon", "recouvrement_halt_percent": 0, "recouvrement_gap_days": 365})
    env["res.partner.bank"].create({"acc_number": "FR7630006000011234567890189", "partner_id": company.partner_id.id})
    env["recouvrement.rate"].search([]).write({"verified": True})
    for policy in env["recouvrement.policy"].search([("debtor_type", "=", "professional")], limit=1):
        policy.level_ids.write({"attach_invoices": False})
        policy.action_activate()
    company._recouvrement_activate({})
    for number, age in enumerate(AGES * 2):
        email = f"client{number}@x.example" if number < len(AGES) else False
        billed(env, f"Client {number}", FIRST - timedelta(days=age), 100 * abs(age) + 2000, email)
    env.cr.commit()
    for week in range(WEEKS):
        day = FIRST + timedelta(weeks=week)
        live(env, day)
        env["recouvrement.reminder"].search([("state", "=", "to_approve")]).action_approve()
        live(env, day, nights=False)
        letters = env["recouvrement.dispatch"].search([("state", "=", "queued"), ("channel", "!=", "email")])
        # Of every second debtor, the letters that claim penalties wait: nobody posts them before the upgrade.
        letters = letters.filtered(
            lambda letter: letter.reminder_id.figures["accessories"] != "claimed" or letter.reminder_id.debtor_id.id % 2
        )
        if letters:
            with it_is(env, day):
                letters.action_mark_posted()
        env.cr.commit()
    with it_is(env, day):
        agree(env, day)
    env.cr.commit()  # what the upgrade, another process, finds
    tell(env, "left")


def billed(env, name, due, price, email=False):
    """A posted invoice of a new customer."""
    partner = env["res.partner"].create(
        {
            "name": name,
            "is_company": True,
            "company_registry": "732829320",
            "email": email,
            "street": "2 rue du Débiteur",
            "zip": "75011",
            "city": "Paris",
            "country_id": env.ref("base.fr").id,
        }
    )
    line = {"name": "Pose", "price_unit": price, "tax_ids": False}
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": due - timedelta(days=30),
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [Command.create(line)],
        }
    )
    move.action_post()
    return move


def agree(env, day):
    """A promise, a dispute, a plan and a case, each of a debtor of its own, as far as that version has them."""
    for dialog, button, _model in AGREED:
        if dialog not in env:
            continue
        move = billed(env, f"{dialog} client", day - timedelta(days=40), 1000, "accord@x.example")
        debtor = env["recouvrement.debtor"]._card(env.company, move.partner_id)
        opened = {"active_model": debtor._name, "active_id": debtor.id, "active_ids": debtor.ids}
        form = Form(env[dialog].with_context(**opened, default_debtor_id=debtor.id))
        if dialog == "recouvrement.dispute.wizard":
            form.reason_id = env["recouvrement.dispute.reason"].search([], limit=1)
        if not form.move_ids[:]:
            form.move_ids.add(move)
        getattr(form.save(), button)()
    if "recouvrement.plan" in env:
        env["recouvrement.plan"].search([]).action_propose()  # a draft holds nothing
    env["ir.config_parameter"].set_param(REMEMBERED, json.dumps(held(env)))


def held(env):
    """{what was agreed: [its state, its invoices, how many reminders its debtor has]}."""
    found = {}
    for _dialog, _button, model in AGREED:
        for record in env[model].search([]) if model in env else ():
            reminders = env["recouvrement.reminder"].search_count([("debtor_id", "=", record.debtor_id.id)])
            found[f"{model} {record.name}"] = [record.state, record.move_ids.ids, reminders]
    return found


def check_held(env):
    """What was agreed is as it was, and nobody was reminded of it."""
    before = json.loads(env["ir.config_parameter"].get_param(REMEMBERED) or "{}")
    if (now := held(env)) != before:
        sys.exit(f"error: what was agreed has changed: {before}, and now {now}")
    print(f"as agreed: {', '.join(sorted(before)) or 'nothing in that version'}", flush=True)


def after(env):
    day = FIRST + timedelta(weeks=WEEKS - 1, days=1)
    waiting = env["recouvrement.dispatch"].search([("state", "=", "queued"), ("channel", "!=", "email")])
    if not waiting:
        sys.exit("error: the earlier version left no letter to post: this proves nothing")
    with it_is(env, day):
        waiting.action_mark_posted()
        posted = waiting.filtered(lambda letter: letter.state == "handed_over")  # the others are too old: made again
        if not posted:
            sys.exit("error: no letter was fresh enough to be posted: this proves nothing")
        lines = posted.reminder_id.line_ids.filtered(lambda line: line.interest > 0 and not line.cancelled)
        claimed = env["recouvrement.accessory"].search(
            [("move_id", "in", lines.move_id.ids), ("kind", "=", "interest")]
        )
        missing = lines.filtered(lambda line: line.reminder_id.figures["accessories"] == "claimed").move_id
        if missing - claimed.move_id:
            sys.exit(f"error: letters were posted without claiming their interest: {missing.mapped('name')}")
        env["recouvrement.reminder"].search([("state", "=", "to_approve")]).action_approve()
        for name, model in sorted(env.registry.items()):
            if name.startswith("recouvrement.") and not model._abstract and not model._transient:
                env[name].search([]).read()  # every figure of every screen
        env["account.move"].search([("move_type", "=", "out_invoice")]).read()
    env.cr.commit()
    live(env, day)
    with it_is(env, day):
        env["recouvrement.debtor"]._cron_follow_up()
    errors = sum(env["recouvrement.run"].search([]).mapped("error_count"))
    if errors:
        sys.exit(f"error: {errors} debtors could not be treated")
    check_held(env)
    tell(env, "after the upgrade")


def tell(env, when):
    states = Counter(env["recouvrement.reminder"].search([]).mapped("state"))
    sent = Counter(f"{found.channel} {found.state}" for found in env["recouvrement.dispatch"].search([]))
    print(f"{when}: reminders {dict(states)}, dispatches {dict(sent)}", flush=True)


if __name__ == "__main__":
    main()
