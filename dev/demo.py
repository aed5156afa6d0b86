"""Make the demonstration: a French company's ledger played day by day, with the night working between the days.

Run by ``make demo`` inside the environment: ``python dev/demo.py --database recouvrement_demo``.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

WORKING_HOURS = datetime.min.replace(hour=9, minute=0).time()  # UTC: ten or eleven in Paris
USERS = {
    "claire": ("Claire Fontaine", "recouvrement_fr.group_recouvrement_user", "chargée de recouvrement"),
    "marc": ("Marc Delorme", "recouvrement_fr.group_recouvrement_manager", "responsable crédit"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    import ledger

    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", options.database])
    config["log_level"] = "critical"
    started = time.monotonic()
    with MailServer() as mail_server, Registry(options.database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "fr_FR", "tz": "Europe/Paris"})
        say("Company, customers, users...")
        ledger.setup_company(env, options.today)
        partners = ledger.create_customers(env, options.seed)
        make_users(env)
        mail_server.declare(env)
        cr.commit()
        events = ledger.tell(options.today, options.seed)
        activate(env, min(event.on for event in events))
        cr.commit()
        night = Night(env)
        ledger.play(
            env, events, until=options.today, on_day=night.live, partners=partners, progress=night.show_progress
        )
        cr.commit()
        say("")
        report(env, mail_server, time.monotonic() - started)


class MailServer:
    """A real SMTP server on this machine that keeps what it receives."""

    def __init__(self, keep=False):
        self.keep = keep
        self.folder = Path(os.environ["RECOUVREMENT_CACHE"]) / "demo-mail"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def __enter__(self):
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        command = ["-n", "-l", f"127.0.0.1:{self.port}", "-c", "aiosmtpd.handlers.Mailbox", str(self.folder)]
        self.process = subprocess.Popen([sys.executable, "-m", "aiosmtpd", *command], stderr=subprocess.DEVNULL)
        for _attempt in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.1)
        raise SystemExit("error: the local mail server does not start")

    def __exit__(self, *_error):
        self.process.terminate()
        self.process.wait()

    def declare(self, env):
        env["ir.mail_server"].create(
            {"name": "Demonstration", "smtp_host": "127.0.0.1", "smtp_port": self.port, "smtp_encryption": "none"}
        )

    def received(self):
        return sum(1 for _message in (self.folder / "new").glob("*")) if self.folder.exists() else 0


class Night:
    """What happens each night and each morning of the story."""

    def __init__(self, env):
        self.env = env
        self.nights = 0

    def live(self, on, clock):
        """The night decides, the morning sends, and the collector posts the letters printed."""
        env = self.env
        env["recouvrement.run"]._cron_decide()
        clock.move_to(datetime.combine(on, WORKING_HOURS))
        held = env["recouvrement.run"].search([("state", "=", "held")])
        held.action_release()
        env["recouvrement.reminder"].search([("state", "=", "to_approve")]).action_approve()
        env["recouvrement.reminder"]._cron_dispatch()
        if on.weekday() == 3:  # the collector goes to the post office on Thursdays
            to_post = [("state", "=", "queued"), ("postal_state", "!=", False)]
            env["recouvrement.dispatch"].search(to_post).action_mark_posted()
        env["recouvrement.debtor"]._cron_follow_up()
        env.cr.commit()
        env.invalidate_all()
        self.nights += 1

    def show_progress(self, on, done, total):
        sent = self.env["recouvrement.reminder"].search_count([("state", "=", "sent")])
        line = f"\r{on:%d/%m/%Y}: {done}/{total} events, {self.nights} nights, {sent} reminders sent"
        print(line, end="", file=sys.stderr, flush=True)


def make_users(env):
    env.ref("base.user_admin").write({"lang": "fr_FR", "tz": "Europe/Paris"})
    for login, (name, group, function) in USERS.items():
        user = env["res.users"].create(
            {
                "login": login,
                "password": login,
                "name": name,
                "email": f"{login}@ateliers-vasseur.example",
                "lang": "fr_FR",
                "tz": "Europe/Paris",
                "group_ids": [(4, env.ref(group).id), (4, env.ref("account.group_account_invoice").id)],
            }
        )
        user.partner_id.function = function
    env.company.recouvrement_signatory = "Claire Fontaine, chargée de recouvrement"
    env.company.recouvrement_halt_percent = 60


def activate(env, on):
    """Switch everything on, as the activation assistant does."""
    policies = env["recouvrement.policy"].search([])
    policies.action_activate()
    env.company._recouvrement_activate({"recouvrement_cutoff_date": on - timedelta(days=120)})


def report(env, mail_server, seconds):
    """Say what the nights did."""
    reminder, dispatch = env["recouvrement.reminder"], env["recouvrement.dispatch"]
    invoices = env["account.move"].search_count([("move_type", "=", "out_invoice"), ("state", "=", "posted")])
    print(f"{invoices} invoices, {env['recouvrement.debtor'].search_count([])} debtors, in {seconds:.0f} s")
    for level, count in reminder._read_group([("state", "=", "sent")], ["level_id"], ["__count"]):
        print(f"  sent      {level.policy_id.name[:24]:24} {level.name[:34]:34} {count:5}")
    for state, count in reminder._read_group([("state", "!=", "sent")], ["state"], ["__count"]):
        print(f"  {state:9} {count:5}")
    for channel, state, count in dispatch._read_group([], ["channel", "state"], ["__count"]):
        print(f"  {channel:11} {state:12} {count:5}")
    pdfs = dispatch.search_count([("channel", "!=", "email"), ("attachment_id", "!=", False)])
    print(f"  {pdfs} PDF letters kept, {mail_server.received()} e-mails received by the local mail server")
    labels = dict(env["recouvrement.debtor"]._selection_reason())
    reasons = Counter()
    for reason, count in env["recouvrement.debtor"]._read_group([], ["reason"], ["__count"]):
        reasons[labels.get(reason, reason)] += count
    for reason, count in reasons.most_common():
        print(f"  debtors today: {reason:45} {count:4}")


def say(message):
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
