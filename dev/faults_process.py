"""One Odoo process of `make faults`: does the steps it is told on a database of its own.

``faults_process.py DATABASE PORT STEP...``; a step may have a parameter, after a colon: ``day:2026-03-30``.
"""

import os
import resource
import signal
import sys
import tempfile
from contextlib import ExitStack
from datetime import date, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from unittest.mock import patch

from psycopg2 import IntegrityError

import odoo.init  # noqa: F401 - patches and shortcuts, before anything else of Odoo
from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config
from odoo.tools.misc import file_open

config.parse_config(["-c", os.environ["ODOO_RC"], "-d", sys.argv[1], "--log-level", "critical"])
from odoo.addons.recouvrement_fr.tools import clock, letter_pdf  # noqa: E402 - where add-ons are is known just now

REAL = Path(__file__).resolve().parent.parent / "recouvrement_fr" / "tests" / "night" / "real_process.py"
MODELS = "odoo.addons.recouvrement_fr.models"
PAGED = ("night.recouvrement_run_deciding", "night.recouvrement_run_nightly", "sending.recouvrement_reminder_leaving")
VICTIM = "client3@x.example"  # what happens between decision and dispatch happens to this debtor


def loaded(path):
    spec = spec_from_file_location("real_process", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


real = loaded(REAL)


class Clock:
    today = real.TODAY


def main():
    database, port, *steps = sys.argv[1:]
    config["smtp_server"], config["smtp_port"] = "127.0.0.1", int(port)
    registry = Registry(database)
    for step in steps:
        with registry.cursor() as cr, ExitStack() as patched:
            env = api.Environment(cr, SUPERUSER_ID, {})
            patched.enter_context(patch.object(clock, "today", lambda _env: Clock.today))
            reminder = type(env["recouvrement.reminder"])
            patched.enter_context(patch.object(reminder, "_within_window", lambda *_args: True))
            for module in PAGED:
                patched.enter_context(patch(f"{MODELS}.{module}.PAGE", real.PAGE))
            patched.enter_context(patch(f"{MODELS}.sending.recouvrement_dispatch_leaving.BATCH", real.BATCH))
            patched.enter_context(patch("odoo.addons.base.models.ir_mail_server.SMTP_TIMEOUT", 2))
            name, _colon, value = step.partition(":")
            (STEPS[name](env, value) if value else STEPS[name](env))
            cr.commit()


def day(_env, value):
    Clock.today = date.fromisoformat(value)


def on_paper(env):
    """Four debtors have no e-mail: their reminders are letters."""
    names = [f"Client {number}" for number in (0, 4, 8, 11)]
    env["res.partner"].search([("name", "in", names)]).email = False


def _victim(env):
    return env["res.partner"].search([("email", "=", VICTIM)], limit=1)


def _invoice(env):
    return env["account.move"].search(
        [("partner_id", "=", _victim(env).id), ("move_type", "=", "out_invoice"), ("state", "=", "posted")]
    )


def pay(env):
    move = _invoice(env)
    register = env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
    register.create({"payment_date": Clock.today})._create_payments()


def dispute(env):
    move = _invoice(env)
    card = env["recouvrement.debtor"].search([("partner_id", "=", _victim(env).id)])
    dialog = env["recouvrement.dispute.wizard"].with_context(active_model="recouvrement.debtor", active_ids=card.ids)
    reason = env["recouvrement.dispute.reason"].search([], limit=1)
    dialog.create({"debtor_id": card.id, "move_ids": [Command.set(move.ids)], "reason_id": reason.id}).action_open()


def cancel_reminder(env):
    env["recouvrement.reminder"].search([("addressee_id.email", "=", VICTIM)])._cancel("By hand")


def reset_to_draft(env):
    _invoice(env).button_draft()


def judge(env):
    card = env["recouvrement.debtor"].search([("partner_id", "=", _victim(env).id)])
    env["recouvrement.insolvency"].create(
        {"debtor_id": card.id, "kind": "redressement", "judgment_on": Clock.today - timedelta(days=1)}
    )


def merge(env):
    """The victim is found to be Client 4."""
    other = env["res.partner"].search([("email", "=", "client4@x.example")])
    env["base.partner.merge.automatic.wizard"]._merge((_victim(env) | other).ids, other)


def archive(env):
    _victim(env).active = False


def empty_templates(env):
    """Somebody takes the words out of every template; deleting one that a level uses is refused by the database."""
    for lang, _name in env["res.lang"].get_installed():
        templates = env["mail.template"].search([("model", "=", "recouvrement.reminder")]).with_context(lang=lang)
        templates.write({"subject": False, "body_html": False})


def delete_templates(env):
    """Somebody deletes every template, one after the other: the database refuses those that a level uses."""
    for template in env["mail.template"].search([("model", "=", "recouvrement.reminder")]):
        try:
            with env.cr.savepoint():
                template.unlink()
        except (UserError, IntegrityError):
            continue
    for template in env["mail.template"].search([("model", "=", "recouvrement.reminder")]):
        template.active = False  # and hides those that are left


def break_template(env):
    """Its text fails for one debtor alone."""
    template = env["recouvrement.policy"].search([("state", "=", "active")]).level_ids.channel_ids.template_id
    broken = f"""<p t-if="object.addressee_id.email == '{VICTIM}'" t-out="object.figures['no such figure']"/>"""
    with patch.object(type(template), "_check_can_be_rendered", lambda *_args, **_kwargs: None, create=True):
        for one in template:
            for lang, _name in env["res.lang"].get_installed():
                told = one.with_context(lang=lang)
                told.body_html = f"{told.body_html}{broken}"


def second_company(env):
    """It collects, without a chart of accounts, an address nor a bank account."""
    companies = env["res.company"]
    with patch.object(type(companies), "install_l10n_modules", lambda _self: False):  # the modules of its country
        company = companies.create({"name": "Mal réglée", "country_id": env.ref("base.fr").id})
    policy = env["recouvrement.policy"].search([("state", "=", "active")], limit=1)
    policy.copy({"company_id": company.id, "name": "Mal réglé"})
    company._recouvrement_activate({})


def neutralize(env):
    with file_open("recouvrement_fr/data/neutralize.sql") as script:
        env.cr.execute(script.read())
    env["ir.config_parameter"].set_param("database.is_neutralized", True)


def no_renderer(_env):
    letter_pdf._renderer = _missing


def _missing():
    raise letter_pdf.RendererMissing


def crashing_renderer(_env):
    _renderer("#!/bin/sh\nkill -SEGV $$\n")


def hanging_renderer(_env):
    letter_pdf.SECONDS = 1
    _renderer("#!/bin/sh\nsleep 600 &\nwait\n")


def _renderer(script):
    file = Path(tempfile.mkdtemp(prefix="faults.")) / "wkhtmltopdf"
    file.write_text(script)
    file.chmod(0o755)
    letter_pdf._renderer = lambda: str(file)


def full_disk(_env):
    """No file can grow beyond some bytes, those of the file store as well."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))


def room_again(env):
    (Path(config.filestore(env.cr.dbname)) / "filler").unlink(missing_ok=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def unlocked(env):
    """The delay of what is tried again has passed."""
    env["recouvrement.dispatch"].search([("retry_on", "!=", False)]).retry_on = False


STEPS = {
    **real.STEPS,
    **{
        step.__name__: step
        for step in (
            *(day, on_paper, pay, dispute, cancel_reminder, reset_to_draft, judge, merge, archive, empty_templates),
            delete_templates,
            *(break_template, second_company, neutralize, no_renderer, crashing_renderer, hanging_renderer),
            *(full_disk, room_again, unlocked),
        )
    },
}

if __name__ == "__main__":
    main()
