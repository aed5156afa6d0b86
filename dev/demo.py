"""Make the demonstration: a French company's ledger played day by day, with the night working between the days.

Run by ``make demo`` inside the environment: ``python dev/demo.py --database recouvrement_demo``.
"""

import argparse
import gc
import os
import shutil
import socket
import subprocess
import sys
import time
import warnings
from collections import Counter
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from machine import PREFIX
from people import People

IN_SERVICE = timedelta(days=210)  # collection is activated that long before the story ends
DAILY = timedelta(days=45)  # the nights of that last part come every day
POSTING_DAY = 3  # Thursday
WORKING_HOURS = datetime.min.replace(hour=9, minute=0).time()  # UTC: ten or eleven in Paris
USERS = {
    "claire": ("Claire Fontaine", "recouvrement_fr.group_recouvrement_user", "chargée de recouvrement"),
    "marc": ("Marc Delorme", "recouvrement_fr.group_recouvrement_manager", "responsable crédit"),
    "sophie": ("Sophie Aubry", "recouvrement_fr.group_recouvrement_legal", "juriste"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    warnings.simplefilter("ignore")
    import ledger
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", options.database, "--log-level=error"])
    started = time.monotonic()
    with MailServer() as mail_server, Registry(options.database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "fr_FR", "tz": "Europe/Paris"})
        say("The company, its sixty customers, a collector, a manager and a legal officer...")
        ledger.setup_company(env, options.today)
        partners = ledger.create_customers(env, options.seed)
        users = make_users(env)
        mail_server.declare(env)
        events = ledger.tell(options.today, options.seed)
        cr.commit()
        say("Fifteen months of invoices, payments and nights...")
        # What is loaded stays: a collector that visits it again and again is a sixth of the time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        story = Story(env, options.today, users)
        with invoices_left_out(env):
            ledger.play(
                env, events, until=options.today, on_day=story.live, partners=partners, progress=story.show_progress
            )
        # The generator posted them in its own name.
        moves = env["account.move"].search([("move_type", "in", ("out_invoice", "out_refund"))])
        moves.with_context(tracking_disable=True).invoice_user_id = False
        cr.commit()
        story.progress.close()
        report(env, mail_server, time.monotonic() - started)


@contextmanager
def invoices_left_out(env):
    """Core prints an invoice in two seconds: it is attached from the first reminder that is really sent on."""
    levels = env["recouvrement.level"].search([("attach_invoices", "=", True)])
    levels.attach_invoices = False
    yield
    levels.attach_invoices = True


class MailServer:
    """A real SMTP server on this machine that keeps what it receives."""

    def __init__(self, keep=False):
        self.keep = keep
        self.folder = Path(os.environ["RECOUVREMENT_CACHE"]) / f"{PREFIX}-mail"  # of this checkout alone
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


class Story:
    """What happens each night and each morning, and what the people of the company do."""

    def __init__(self, env, today, users):
        self.env = env
        self.today = today
        self.collector, self.manager = users["claire"], users["marc"]
        self.progress = Progress()
        self.nights = 0
        sending = [day for day in (today - timedelta(days=n) for n in range(25)) if is_sending_day(env, day)]
        # What the last days brought is left as it is: a collector finds work when the demonstration opens.
        self.last_day, self.talk_day, self.left_from, self.last_post, self.promise_day = (
            sending[n] for n in (0, 1, 7, 11, 13)
        )
        self.people = People(env, users)

    def live(self, on, clock):
        """The night decides, the morning sends, and the collector does the day's work."""
        env = self.env
        if on == self.today - IN_SERVICE:
            activate(env, on)
        if on == self.today - DAILY:  # the manager has read the official text
            env["recouvrement.rate"].search([("verified", "=", False)]).with_user(self.manager).action_verify()
        if not self.is_worked(on):
            return
        env["recouvrement.run"]._cron_decide()
        clock.move_to(datetime.combine(on, WORKING_HOURS))
        held = env["recouvrement.run"].search([("state", "=", "held")])
        held.action_release()
        if on < self.left_from:
            self.approve(env["recouvrement.reminder"].search([("state", "=", "to_approve")]))
        if on < self.last_day:
            env["recouvrement.reminder"]._cron_dispatch()
        if on.weekday() == POSTING_DAY and on < self.last_post:
            self.note_receipts(on)
            self.post_letters()
        env["recouvrement.debtor"]._cron_follow_up()
        if on == self.promise_day:
            self.people.take_promises(on)
        if on == self.talk_day:
            self.do_the_rest(on)
            self.people.open_files(on)
        env.cr.commit()
        env.invalidate_all()
        self.nights += 1
        self.progress.show(f"{on:%d/%m/%Y}: {self.nights} nights")

    def is_worked(self, on):
        """At first the nights come on Mondays and Thursdays alone: the same reminders, a little later."""
        return self.today - on < DAILY or (self.today - on <= IN_SERVICE and on.weekday() in (0, 3))

    def approve(self, reminders):
        """The collector approves reminders; formal notices are for the manager."""
        notices = reminders.filtered(lambda reminder: reminder.level_id.kind == "formal_notice")
        notices.with_user(self.manager).action_approve()
        (reminders - notices).with_user(self.collector).action_approve()

    def post_letters(self):
        """The collector goes to the post office."""
        letters = self.env["recouvrement.dispatch"].search([("state", "=", "queued"), ("postal_state", "!=", False)])
        letters.with_user(self.collector).action_mark_posted()

    def note_receipts(self, on):
        """The acknowledgements of receipt that came back since last week: the term of a notice runs from there."""
        letters = self.env["recouvrement.dispatch"].search(
            [("postal_state", "=", "posted"), ("reminder_id.level_id.kind", "=", "formal_notice")]
        )
        for letter in letters:
            presented = letter.handed_over_on.date() + timedelta(days=2)
            if presented <= on:
                letter.with_user(self.collector)._record_status("presented", presented)

    def do_the_rest(self, on):
        """The collector shares out the debtors, pauses one, and another one answers."""
        debtors = self.env["recouvrement.debtor"].search([("overdue_amount", ">", 0)], order="overdue_amount desc")
        debtors[::2].collector_id = self.collector
        reachable = debtors.filtered(lambda debtor: debtor.reason in ("delay", "recent_contact"))
        if len(reachable) < 3:
            return
        paused, answered, called = reachable[:3]
        paused.with_user(self.collector).write(
            {"paused_until": on + timedelta(days=21), "pause_reason": "Attend l'avoir promis par l'atelier"}
        )
        answered.message_post(
            body="Bonjour, le virement est prévu vendredi. Merci de nous renvoyer le bon de livraison signé.",
            author_id=answered.partner_id.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        answered.reply_pending = True
        called.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=self.today + timedelta(days=1),
            user_id=self.collector.id,
            summary="Rappeler la comptabilité fournisseurs",
        )

    def show_progress(self, on, done, total):
        sent = self.env["recouvrement.reminder"].search_count([("state", "=", "sent")])
        self.progress.total = f"{done * 100 // total} %, {sent} reminders sent"
        self.progress.show(f"{on:%d/%m/%Y}: {self.nights} nights")


class Progress:
    """One line that moves on a terminal; elsewhere, a line now and then."""

    def __init__(self):
        self.total = ""
        self.shown = 0.0

    def show(self, text):
        line = f"{text}, {self.total}"
        if sys.stderr.isatty():
            print(f"\r{line:72}", end="", file=sys.stderr, flush=True)
        elif real_clock() - self.shown > 5:
            say(line)
            self.shown = real_clock()

    def close(self):
        if sys.stderr.isatty():
            say("")


def real_clock():
    """Seconds, whatever day the story stands at."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def is_sending_day(env, on):
    return any(policy._sends_on(on) for policy in env["recouvrement.policy"].search([]))


def make_users(env):
    """The collector, the manager and the legal officer, by login."""
    users = {}
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
        users[login] = user
    env.company.recouvrement_signatory = "Claire Fontaine, chargée de recouvrement"
    return users


def activate(env, on):
    """Switch everything on, as the activation assistant does: debts of the last four months are taken up."""
    policies = env["recouvrement.policy"].search([])
    policies.action_activate()
    env.company.recouvrement_halt_percent = 60
    env.company._recouvrement_activate({"recouvrement_cutoff_date": on - timedelta(days=120)})


def report(env, mail_server, seconds):
    """Say what the nights did: debtors, reminders per level and channel, documents, refusals and their reasons."""
    reminder, dispatch, debtor = (env[f"recouvrement.{name}"] for name in ("reminder", "dispatch", "debtor"))
    invoices = env["account.move"].search_count([("move_type", "=", "out_invoice"), ("state", "=", "posted")])
    owing = debtor.search_count([("overdue_amount", ">", 0)])
    print(f"\n{invoices} invoices, {debtor.search_count([])} debtors, {owing} of them late, in {seconds:.0f} s")

    print("\nReminders sent, by level")
    for level, count in reminder._read_group([("state", "=", "sent")], ["level_id"], ["__count"]):
        print(f"  {count:5}  {level.policy_id.name} / {level.name}")
    print("\nReminders that did not leave")
    states = labels(env, reminder, "state")
    for state, count in reminder._read_group([("state", "not in", ("sent", "cancelled"))], ["state"], ["__count"]):
        print(f"  {count:5}  {states[state]}")
    reasons = Counter(reminder.search([("state", "=", "cancelled")]).mapped("cancel_reason"))
    for reason, count in reasons.most_common():
        print(f"  {count:5}  {states['cancelled']}: {reason}")

    print("\nDispatches, by channel")
    channels, states = labels(env, dispatch, "channel"), labels(env, dispatch, "state")
    for channel, state, count in dispatch._read_group([], ["channel", "state"], ["__count"]):
        print(f"  {count:5}  {channels[channel]}: {states[state]}")
    pdfs = dispatch.search_count([("channel", "!=", "email"), ("attachment_id", "!=", False)])
    print(f"  {pdfs:5}  PDF letters kept")
    print(f"  {mail_server.received():5}  e-mails received by the local mail server")

    print("\nDebtors today, and why nothing more leaves to them")
    reasons = labels(env, debtor, "reason")
    groups = debtor._read_group([], ["reason"], ["__count"])
    for reason, count in sorted(groups, key=lambda group: -group[1]):
        print(f"  {count:5}  {reasons.get(reason, 'Not met by the night yet')}")


def labels(env, model, field):
    """What a user reads for each value of a selection."""
    return dict(model._fields[field]._description_selection(env))


def say(message):
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
