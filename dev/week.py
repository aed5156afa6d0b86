"""A week of the demonstration, by its scheduled actions, then its server, with nothing in the log (``make week``).

Seven nights and days are played on a copy: each scheduled action of the add-on and the mail queue, at their hours, with
a mail server of our own. Then the copy is served for half a minute with its scheduler, and a collector and a manager
come in. Each warning and each error of the log is printed, but what ``log_known.txt`` names; there must be none.
"""

import argparse
import logging
import os
import re
import subprocess
import sys
import time
import warnings
from datetime import date, datetime, timedelta
from http.cookiejar import CookieJar
from urllib.request import HTTPCookieProcessor, Request, build_opener

import env as house
from demo import USERS, MailServer
from freezegun import freeze_time
from log_check import OF_ODOO, Collector, known
from serve import free, point_to

NIGHT = (  # hour and minute (UTC), what is due then
    (1, 0, ("mentions",)),
    (2, 30, ("run",)),
    (3, 30, ("follow_up",)),
    (4, 30, ("privacy",)),
    (5, 30, ("figures",)),
    *((hour, 5, ("dispatch", "queue")) for hour in (4, 8, 9, 10, 14, 17)),
)
SERVED = 30  # seconds
PAGES = ("/odoo", "/odoo/action-recouvrement_fr.recouvrement_debtor_action", "/web/webclient/load_menus", "/my")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="source", default=house.DEMO, help="the demonstration, made before")
    parser.add_argument("--today", type=date.fromisoformat, default=date.today(), help="the day it ends")
    options = parser.parse_args()
    database = f"{house.PREFIX}_week"
    house.clone(options.source, database)
    try:
        with MailServer() as mail:
            port = next(port for port in range(8200, 8300) if free(port))
            point_to(database, mail.port, port)
            said = [f"night: {line}" for line in lived(database, options.today)]
            said += [f"server: {line}" for line in served(database, port)]
            print(f"{mail.received()} e-mails left in the week", flush=True)
    finally:
        house.drop(database)
    for line in said:
        print(line, flush=True)
    print(f"{len(said)} warnings or errors in the log", flush=True)
    return 1 if said else 0


def lived(database, today):
    """What the log said in seven nights and days."""
    warnings.simplefilter("ignore")
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--log-level=warn"])
    collector = Collector(known())
    for handler in logging.getLogger().handlers:
        handler.setLevel(logging.CRITICAL)  # said once, at the end
    for name in OF_ODOO:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger().addHandler(collector)
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        for number in range(1, 8):
            for hour, minute, names in sorted(NIGHT):
                moment = datetime.combine(today + timedelta(days=number), datetime.min.time())
                collector.test = f"day {number}, {hour:02}:{minute:02}"
                with freeze_time(moment.replace(hour=hour, minute=minute), tick=True):
                    for name in names:
                        action = f"recouvrement_fr.ir_cron_recouvrement_{name}"
                        env.ref(
                            "mail.ir_cron_mail_scheduler_action" if name == "queue" else action
                        ).method_direct_trigger()
                        cr.commit()
                        env.invalidate_all()
        runs = env["recouvrement.run"].search([("kind", "=", "night"), ("date", ">", today)])
        print(f"{len(runs)} nights: {', '.join(f'{run.date} {run.state} {run.due_count}' for run in runs)}", flush=True)
    logging.getLogger().removeHandler(collector)
    return [f"{moment}: {line}" for moment, line in collector.found]


def served(database, port):
    """What the log of a server said, while people came in and its scheduler worked."""
    command = [sys.executable, "-m", "odoo", "-d", database, f"--db-filter=^{database}$", f"--http-port={port}"]
    command += ["--max-cron-threads=1", "--log-level=warn"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + SERVED
        for login in USERS:
            visited(f"http://127.0.0.1:{port}", login)
        time.sleep(max(0, until - time.monotonic()))
    finally:
        process.terminate()
        _out, log = process.communicate(timeout=60)
    patterns = known()
    lines = [
        re.sub(r"^\S+ \S+ \d+ ", "", line)
        for line in log.splitlines()
        if re.search(r" (WARNING|ERROR|CRITICAL) ", line)
    ]
    told = [re.sub(r"^(\w+) \S+ ", r"\1 ", line) for line in lines]
    return [line for line in told if not any(pattern.search(line) for pattern in patterns)]


def visited(url, login):
    """Log in as a person does, and open some pages.

    :raises Missing: the server does not answer, or the person does not get in
    """
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    for _attempt in range(60):
        try:
            page = opener.open(f"{url}/web/login", timeout=120).read().decode()
            break
        except OSError:
            time.sleep(1)
    else:
        raise house.Missing("the server of the demonstration does not answer")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    data = f"csrf_token={token}&login={login}&password={login}".encode()
    if opener.open(Request(f"{url}/web/login", data), timeout=120).geturl().endswith("/web/login"):
        raise house.Missing(f"{login} does not get in: the week was seen by nobody")
    for path in PAGES:
        opener.open(f"{url}{path}", timeout=120).read()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except house.Missing as problem:
        sys.exit(f"error: {problem}")
