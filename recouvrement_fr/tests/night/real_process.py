"""One Odoo process of `test_real_processes`: does what it is told on a database of its own, and prints what it did.

``real_process.py DATABASE PORT STEP...``; the step `wait` says it is ready and waits for a line, so that two processes
do the next one at the same moment.
"""

import json
import logging
import os
import sys
from contextlib import ExitStack
from datetime import date, timedelta
from unittest.mock import patch

import odoo.init  # noqa: F401 - patches and shortcuts, before anything else of Odoo
from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tools import config

TODAY = date(2026, 3, 2)
DEBTORS = 12
PAGE = 5  # small pages: two workers meet in the middle
BATCH = 4


class Said(logging.Handler):
    """What the ORM writes in the log as an error."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


SAID = Said()


def main():
    database, port, *steps = sys.argv[1:]
    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--log-level", "critical"])
    config["smtp_server"], config["smtp_port"] = "127.0.0.1", int(port)
    registry = Registry(database)
    logging.getLogger("odoo.sql_db").setLevel(logging.ERROR)
    logging.getLogger("odoo.sql_db").addHandler(SAID)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        from odoo.addons.recouvrement_fr.tools import clock  # once the configuration names the add-on's folder

        reminder = type(env["recouvrement.reminder"])
        models = "odoo.addons.recouvrement_fr.models"
        with (
            patch.object(clock, "today", lambda _env: TODAY),
            patch.object(reminder, "_within_window", lambda *_args: True),
            patch(f"{models}.night.recouvrement_run_deciding.PAGE", PAGE),
            patch(f"{models}.night.recouvrement_run_nightly.PAGE", PAGE),
            patch(f"{models}.sending.recouvrement_reminder_leaving.PAGE", PAGE),
            patch(f"{models}.sending.recouvrement_dispatch_leaving.BATCH", BATCH),
            patch("odoo.addons.base.models.ir_mail_server.SMTP_TIMEOUT", 1),
        ):
            for step in steps:
                STEPS[step](env)
                env.invalidate_all()
        cr.commit()


def prepare(env):
    """A French company that collects, and debtors who each owe one overdue invoice."""
    company = env.company
    if company.chart_template != "fr":
        env["account.chart.template"].try_loading("fr", company)
    company.write(
        {
            "country_id": env.ref("base.fr").id,
            "email": "compta@creancier.example",
            "street": "1 rue du Test",
            "zip": "69001",
            "city": "Lyon",
            "recouvrement_halt_percent": 0,
        }
    )
    env["res.partner.bank"].create({"acc_number": "FR7630006000011234567890189", "partner_id": company.partner_id.id})
    policy = env["recouvrement.policy"].search([("debtor_type", "=", "professional")], limit=1)
    policy.level_ids.write({"attach_invoices": False})
    policy.action_activate()
    company._recouvrement_activate({})
    partners = env["res.partner"].create(
        [
            {
                "name": f"Client {number}",
                "is_company": True,
                "company_registry": "732829320",
                "email": f"client{number}@x.example",
                "street": "2 rue du Débiteur",
                "zip": "75011",
                "city": "Paris",
                "country_id": env.ref("base.fr").id,
            }
            for number in range(DEBTORS)
        ]
    )
    due = TODAY - timedelta(days=5)
    env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": due - timedelta(days=30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create({"name": "Pose", "price_unit": 100, "tax_ids": False})],
            }
            for partner in partners
        ]
    ).action_post()
    env.cr.commit()


def wait(env):
    env.cr.commit()  # no snapshot from before
    print("ready", flush=True)
    sys.stdin.readline()


def night(env):
    env["recouvrement.run"]._cron_decide()


def night_overtaken(env):
    """Another worker is a moment ahead each time: it begins the night, makes cards, counts, once we have our snapshot.

    What it commits then is what ours runs into, as two workers who start together do.
    """
    run, debtor = type(env["recouvrement.run"]), type(env["recouvrement.debtor"])
    with ExitStack() as patched:
        for model, name in ((run, "_company_reason"), (debtor, "_lock_cards"), (run, "_count")):
            patched.enter_context(patch.object(model, name, _overtaken(env, name, getattr(model, name))))
        night(env)


def _overtaken(env, name, method):
    """A method before which, the first time, another worker comes."""
    met = []

    def overtaken(self, *args):
        if met or self.env.cr is not env.cr:
            return method(self, *args)
        met.append(name)
        env.cr.execute("SELECT 1")  # our snapshot
        with env.registry.cursor() as cr:
            theirs = api.Environment(cr, SUPERUSER_ID, {})
            if name == "_company_reason":
                theirs["recouvrement.run"]._night(*args)
            elif name == "_lock_cards":
                method(theirs["recouvrement.debtor"], theirs["res.company"].browse(args[0].id), *args[1:])
            else:
                cr.execute("UPDATE recouvrement_run SET debtor_count = debtor_count WHERE id = %s", [self.id])
        return method(self, *args)

    return overtaken


def dispatch(env):
    env["recouvrement.reminder"]._cron_dispatch()


def statements(env):
    """The statement of account of each debtor, given to the mail queue."""
    debtors = env["recouvrement.debtor"].search([])
    env["recouvrement.statement"]._send(debtors, TODAY, {debtor: debtor.partner_id for debtor in debtors})
    env.cr.commit()


def queue(env):
    env["mail.mail"].process_email_queue()


def statement_states(env):
    env["recouvrement.debtor"]._cron_follow_up()
    print(json.dumps({found.addresses: found.state for found in env["recouvrement.statement"].search([])}), flush=True)


def down(_env):
    """The mail server does not answer: nobody listens on that port."""
    config["smtp_port"], config["recouvrement_port"] = 9, config["smtp_port"]


def up(env):
    """It answers again, and the delay has passed."""
    config["smtp_port"] = config["recouvrement_port"]
    env["recouvrement.dispatch"].search([("retry_on", "!=", False)]).retry_on = False
    env.cr.commit()


def report(env):
    """What the database says, as one line of JSON."""
    env.cr.rollback()
    print(
        json.dumps(
            {
                reminder.addressee_id.email: {
                    "reminder": reminder.state,
                    "dispatches": {found.channel: found.state for found in reminder.dispatch_ids},
                    "tries": max(reminder.dispatch_ids.mapped("tries"), default=0),
                    "mail": reminder.dispatch_ids.mail_id.mapped("state"),
                    "kept": any(dispatch.attachment_id for dispatch in reminder.dispatch_ids),
                    "carried": len(reminder.line_ids),
                }
                for reminder in env["recouvrement.reminder"].search([])
            }
            | {"reminders": env["recouvrement.reminder"].search_count([])}
            | {"lines": env["recouvrement.reminder.line"].search_count([])}
            | {"runs": env["recouvrement.run"].search([]).mapped("state")}
            | {
                "tasks": [
                    task.user_id.login for task in env["mail.activity"].search([("res_model", "=", "recouvrement.run")])
                ]
            }
            | {"said": SAID.lines, "examined": sum(env["recouvrement.run"].search([]).mapped("debtor_count"))}
            | {"errors": sum(env["recouvrement.run"].search([]).mapped("error_count"))}
        ),
        flush=True,
    )


STEPS = {
    step.__name__: step
    for step in (
        *(prepare, wait, night, night_overtaken, dispatch, statements, queue, statement_states, down, up, report),
    )
}

if __name__ == "__main__":
    main()
