"""What people and the night do before and after an upgrade: run by ``dev/upgrade.py`` in both versions."""

import os
import sys
import warnings
from collections import Counter
from datetime import date, timedelta
from unittest.mock import patch

import odoo.init  # noqa: F401 - patches and shortcuts, before anything else of Odoo
from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tools import config

FIRST = date(2026, 1, 12)  # a Monday
WEEKS = 9
# Days since the due date on the first day; of the last two debtors, letters are fresh when the upgrade comes.
AGES = (4, 12, 25, 32, 60, -10, -46, -36)


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
        partner = env["res.partner"].create(
            {
                "name": f"Client {number}",
                "is_company": True,
                "company_registry": "732829320",
                "email": f"client{number}@x.example" if number < len(AGES) else False,
                "street": "2 rue du Débiteur",
                "zip": "75011",
                "city": "Paris",
                "country_id": env.ref("base.fr").id,
            }
        )
        due = FIRST - timedelta(days=age)
        env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": due - timedelta(days=30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Pose", "price_unit": 100 * abs(age) + 2000, "tax_ids": False})
                ],
            }
        ).action_post()
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
    tell(env, "left")


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
        for name in ("recouvrement.debtor", "recouvrement.reminder", "recouvrement.dispatch", "recouvrement.decision"):
            records = env[name].search([])
            records.read()  # every figure of every screen
        env["account.move"].search([("move_type", "=", "out_invoice")]).read()
    env.cr.commit()
    live(env, day)
    env["recouvrement.debtor"]._cron_follow_up()
    errors = sum(env["recouvrement.run"].search([]).mapped("error_count"))
    if errors:
        sys.exit(f"error: {errors} debtors could not be treated")
    tell(env, "after the upgrade")


def tell(env, when):
    states = Counter(env["recouvrement.reminder"].search([]).mapped("state"))
    sent = Counter(f"{found.channel} {found.state}" for found in env["recouvrement.dispatch"].search([]))
    print(f"{when}: reminders {dict(states)}, dispatches {dict(sent)}", flush=True)


if __name__ == "__main__":
    main()
