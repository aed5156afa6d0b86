"""What one e-mail and one letter cost, made, frozen and written down; nothing is sent, everything is rolled back."""

import time
from contextlib import contextmanager

LAYOUT = "mail.mail_notification_light"
TRIES = 3


def measure(env, count=200):
    """The figures of a database that holds planned reminders of a released run.

    ``email_ratio`` compares with core's own ``mail.template.send_mail_batch`` on the same reminders, in the same run.
    """
    from odoo.addons.recouvrement_fr.tools import clock  # once `ledger` has made Odoo importable

    on = clock.today(env)
    reminder = env["recouvrement.reminder"].with_context(tracking_disable=True, mail_notrack=True)
    reminders = reminder.browse(reminder._leaving(on)).filtered(lambda found: _email(found))[:count]
    if not reminders:
        raise SystemExit("error: no planned reminder by e-mail in this database")
    figures = [_measure_emails(env, reminders, on) for _try in range(TRIES)]
    letters = [_measure_letters(env, reminders, on) for _try in range(TRIES)]
    best = min(figures, key=lambda figure: figure[0])
    core = min(figure[2] for figure in figures)
    return {
        "email_ms": round(best[0] / len(reminders) * 1000, 2),
        "email_queries": round(best[1] / len(reminders), 2),
        "email_ratio": round(best[0] / core, 2),
        "letter_ms": round(min(letters) / len(reminders) * 1000, 2),
    }


def _email(reminder):
    """Whether a reminder leaves by e-mail, to somebody who has an address."""
    return reminder.addressee_id.email and "email" in reminder.level_id.channel_ids.mapped("channel")


def _measure_emails(env, reminders, on):
    """(seconds, statements, seconds of core's own batch) for these e-mails."""
    with _undone(env):
        seconds, statements = _timed(env, lambda: reminders._prepare(on))
        _check(reminders, "email")
        core = 0.0
        for template, members in reminders.grouped(_template).items():
            core += _timed(env, lambda: template.send_mail_batch(members.ids, email_layout_xmlid=LAYOUT))[0]  # noqa: B023
    return seconds, statements, core


def _measure_letters(env, reminders, on):
    """Seconds for as many letters, each stored as its own file."""
    from odoo.fields import Command  # once `ledger` has made Odoo importable

    with _undone(env):
        for level in reminders.level_id:
            level.channel_ids = [Command.clear(), Command.create({"channel": "letter"})]
        seconds, _statements = _timed(env, lambda: reminders._prepare(on))
        _check(reminders, "letter")
    return seconds


def _template(reminder):
    return reminder.level_id.channel_ids.filtered(lambda step: step.channel == "email").template_id


def _check(reminders, channel):
    """A figure of something else would be worse than none."""
    made = reminders.dispatch_ids.filtered(lambda dispatch: dispatch.channel == channel)
    if len(made) != len(reminders):
        problems = set(filter(None, reminders.mapped("error")))
        raise SystemExit(f"error: {len(made)} of {len(reminders)} {channel} dispatches were made: {problems}")


def _timed(env, work):
    """(seconds, statements), from a cold cache of records to everything written."""
    env.flush_all()
    env.invalidate_all()
    before, started = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    return time.perf_counter() - started, env.cr.sql_log_count - before


@contextmanager
def _undone(env):
    with env.cr.savepoint(flush=False) as savepoint:
        yield
        savepoint.rollback()
    env.invalidate_all()
