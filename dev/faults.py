"""A table of faults, each done to real Odoo processes, a real PostgreSQL and a real SMTP server: ``make faults``.

Each row begins with twelve debtors who each owe one overdue invoice; something goes wrong; then everything works again
and the night and the dispatch run once more. Printed: what was done, how many of the twelve were sent their reminder,
how many twice, how many not at all while nobody is told (lost), and how many were left to a person or rightly left
alone. It ends with an error when one was sent twice or lost, or when somebody was written to who should not.

``python dev/faults.py [--only WORDS] [--from DATABASE]``: the rows that hold one of those words, parted by commas; a
database that has the add-on, instead of building one. ``--seed`` makes the random moments the same again.
"""

import argparse
import json
import logging
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import NamedTuple

import env as house
from aiosmtpd.controller import Controller
from faults_postgresql import restarted
from faults_server import VICTIM, Handler, on_small_disk

SCRIPT = Path(__file__).with_name("faults_process.py")
DEBTORS = 12
ADDRESSES = {f"client{number}@x.example" for number in range(DEBTORS)}
SETTLED = ("dispatch", "unlocked", "dispatch", "night", "dispatch", "report")
TOLD = {"failed", "to_approve", "cancelled"}  # states of a reminder that a person sees, or that have their reason
LONGEST = 180  # seconds a process may take
FULL_AT = 6  # the message during which the disk fills: the second of its batch


class Row(NamedTuple):
    """What came out of one fault."""

    done: str
    sent: int
    doubled: int
    lost: int
    left: int
    wrong: int = 0
    note: str = ""


class World:
    """A database of its own, its mail server, and the processes that work on it."""

    def __init__(self, prepared, chance):
        self.database, self.chance = f"{prepared}_run", chance
        self.handler, self.processes = Handler(), []
        house.clone(prepared, self.database)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self.server = Controller(self.handler, hostname="127.0.0.1", port=self.port)
        self.server.start()

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.communicate()
        self.server.stop()
        house.drop(self.database)

    def start(self, *steps, inside=()):
        process = start(self.database, self.port, *steps, inside=inside)
        self.processes.append(process)
        return process

    def run(self, *steps):
        return finish(self.start(*steps))

    def together(self, count, step):
        """So many processes that begin a step at the same moment; returned while they work."""
        processes = [self.start("wait", step) for _worker in range(count)]
        for process in processes:
            if process.stdout.readline().strip() != "ready":
                finish(process)
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        return processes

    def killed(self, count, step, seconds):
        """Workers on a step, each killed at a random moment of so many seconds."""
        processes = self.together(count, step)
        for process in processes:
            time.sleep(self.chance.uniform(0, seconds / count))
            process.kill()
        for process in processes:
            process.communicate()

    def disturb(self, statement, stop):
        """Run a statement again and again until told to stop; another transaction may refuse it."""
        while not stop.is_set():
            try:
                house.psql(statement, self.database)
            except house.Missing as error:
                if "serialize" not in str(error) and "deadlock" not in str(error):
                    raise
            time.sleep(0.02)

    def row(self, done, found, excluded=(), note=""):
        """Judge what the database and the mail server say, once everything has settled."""
        taken = Counter(self.handler.taken)
        expected = ADDRESSES - set(excluded)
        doubled = sum(count > 1 for count in taken.values())
        wrong = sum(address in taken for address in excluded)
        lost = [address for address in expected if address not in taken and not is_told(found.get(address))]
        lost += [address for address in expected if says_sent(found.get(address)) and address not in taken]
        left = len(ADDRESSES - set(taken) - set(lost))
        return Row(done, len(taken), doubled, len(set(lost)), left, wrong, note)


def start(database, port, *steps, inside=()):
    command = [*inside, sys.executable, "-W", "ignore", str(SCRIPT), database, str(port), *steps]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, **pipes, text=True, env=house.environment())


def finish(process):
    """The last report it printed, when there is one; a failure shows what it said."""
    return (reports(process) or [None])[-1]


def reports(process):
    out, err = process.communicate(timeout=LONGEST)
    if process.returncode:
        raise AssertionError(f"exit code {process.returncode}\n{out[-1000:]}\n{err[-3000:]}")
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


def is_told(found):
    """Whether somebody is told of a reminder that did not leave, or a person has it to post."""
    if not found:
        return False
    states = set(found["dispatches"].values())
    on_paper = found["dispatches"].get("letter") == "queued" or found["dispatches"].get("registered") == "queued"
    return found["reminder"] in TOLD or "uncertain" in states or on_paper


def says_sent(found):
    return bool(found) and found["dispatches"].get("email") in ("handed_over", "delivered")


# --- the faults -------------------------------------------------------------------------------------------------------


def killed_night(world, workers):
    for _time in range(2):
        world.killed(workers, "night", 1.5)
    return world.row(f"kill -9 of the night at random, {workers} workers, twice", world.run("night", *SETTLED))


def killed_dispatch(world, workers):
    world.run("night")
    for _time in range(2):
        world.killed(workers, "dispatch", 3)
    return world.row(f"kill -9 of the dispatch at random, {workers} workers, twice", world.run(*SETTLED))


def killed_after_data(world):
    world.run("night")
    sender = world.start("dispatch")
    world.handler.kill = (sender, 6)
    sender.communicate(timeout=LONGEST)
    return world.row("kill -9 once the server has the sixth message", world.run(*SETTLED))


def workers(world, count):
    for step in ("night", "dispatch", "dispatch"):
        for process in world.together(count, step):
            finish(process)
    return world.row(f"{count} workers at once, nothing wrong", world.run(*SETTLED))


def cut_off(world):
    world.run("night")
    processes = world.together(2, "dispatch")
    time.sleep(0.7)
    allow = f'ALTER DATABASE "{world.database}" ALLOW_CONNECTIONS'
    house.psql(f"{allow} false")
    house.psql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{world.database}'")
    time.sleep(2)
    house.psql(f"{allow} true")
    for process in processes:
        process.communicate(timeout=LONGEST)
    return world.row("PostgreSQL cuts every connection while two workers send", world.run(*SETTLED))


def postgresql(world, mode):
    """A server of its own; when no process fell, nothing was proved."""
    found, fallen = restarted(world, mode, ("night", *SETTLED), LONGEST)
    row = world.row(f"PostgreSQL stopped ({mode}) and started in the night and in sending", found)
    return row._replace(wrong=row.wrong + (not fallen))


def disturbed(world):
    """Other transactions write the very rows the night and the dispatch work on."""
    stop = threading.Event()
    statements = (
        "UPDATE recouvrement_debtor SET priority = COALESCE(priority, 0)",
        "UPDATE recouvrement_reminder SET date = date WHERE state IN ('planned', 'sending')",
    )
    threads = [threading.Thread(target=world.disturb, args=(statement, stop)) for statement in statements]
    for thread in threads:
        thread.start()
    try:
        for step in ("night", "dispatch"):
            for process in world.together(2, step):
                finish(process)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return world.row("serialization failures: others write the same rows, two workers", world.run("night", *SETTLED))


def server(mode, done):
    def fault(world):
        world.handler.mode = mode
        world.run("night", "dispatch")
        world.handler.mode = "accept"
        return world.row(done, world.run(*SETTLED))

    return fault


def down(world):
    return world.row("SMTP: nobody listens, then it is back", world.run("night", "down", "dispatch", "up", *SETTLED))


def in_between(step, done):
    """Something happens to one debtor between decision and dispatch."""

    def fault(world):
        found = world.run("night", step, *SETTLED)
        return world.row(f"between decision and dispatch: {done}", found, (VICTIM,))

    return fault


def merged(world):
    """One reminder carries the debts of both, to the address that is left."""
    found = world.run("night", "merge", *SETTLED)
    row = world.row("between decision and dispatch: the debtor is merged into another", found, (VICTIM,))
    return row if found["client4@x.example"]["carried"] == 2 else row._replace(lost=row.lost + 1)


def renderer(step, done):
    def fault(world):
        found = world.run("on_paper", "night", step, "dispatch", "report")
        paper = {f"client{number}@x.example" for number in (0, 4, 8, 11)}  # they have no address here
        return world.row(f"renderer {done}: four letters, eight e-mails", found, paper)

    return fault


def full_disk(world):
    world.run("night", "full_disk", "dispatch", "dispatch")
    return world.row("no room for what is kept of each message, then there is", world.run(*SETTLED))


def really_full_disk(world):
    """The file store is on a small disk of its own, which another program fills while messages leave.

    What left is known to have left; the rest waits; each manager has one task about it; then there is room again.
    """
    done = "a disk that fills while messages leave, then there is room"
    store = house.CACHE / "odoo-data" / "filestore" / world.database
    with on_small_disk(store) as command:
        if not command:
            return Row(f"{done}: not done, no disk can be mounted here", 0, 0, 0, 0)
        steps = ("night", "dispatch", "dispatch", "report", "room_again", *SETTLED)
        process = world.start(*steps, inside=command)
        world.handler.fill = (Path(f"/proc/{process.pid}/root{store}"), FULL_AT)
        full, found = reports(process)
    states = [state for one in ADDRESSES for state in full[one]["dispatches"].values()]
    wrong = [
        "nothing was full" if states.count("handed_over") == DEBTORS else "",
        "something uncertain whose answer is known" if "uncertain" in states else "",
        "managers not told once" if not full["tasks"] or len(set(full["tasks"])) < len(full["tasks"]) else "",
        "still told" if found["tasks"] else "",
    ]
    row = world.row(done, found)
    return row._replace(wrong=row.wrong + len([*filter(None, wrong)]), done=" ".join(filter(None, [row.done, *wrong])))


def amiss(done, *steps):
    """Something is not as it should be, and stays so."""

    def fault(world):
        return world.row(done, world.run(*steps, *SETTLED))

    return fault


def summer_time(world):
    """In Paris the 29th of March 2026 has 23 hours: the night, the morning, and the days on both sides."""
    days = ("day:2026-03-27", "night", "dispatch", "day:2026-03-29", "night", "dispatch", "day:2026-03-30")
    return world.row("the change to summer time", world.run(*days, "night", *SETTLED))


def restored(world):
    found = world.run("night", "day:2026-03-16", "dispatch", "night", "dispatch", "report")
    return world.row("a backup of the night, restored a fortnight later", found, ADDRESSES)


def neutralized(world):
    found = world.run("night", "neutralize", "dispatch", "night", "dispatch", "report")
    return world.row("a neutralized copy", found, ADDRESSES)


FAULTS = (
    *(partial(workers, count=count) for count in (2, 4)),
    *(partial(killed_night, workers=count) for count in (1, 2, 4)),
    *(partial(killed_dispatch, workers=count) for count in (1, 2, 4)),
    *(killed_after_data, cut_off, disturbed, down),
    *(partial(postgresql, mode=mode) for mode in ("fast", "immediate")),
    server("hang", "SMTP: silent after one message, longer than we wait"),
    server("drop", "SMTP: hangs up after DATA of one message, which it has"),
    server("unknown", "SMTP: 550 5.1.1 for one address"),
    server("greylist", "SMTP: 451 to everything, then accepts"),
    server("closed", "SMTP: 550 5.7.1 to everything, then accepts"),
    renderer("no_renderer", "missing"),
    renderer("crashing_renderer", "crashing"),
    renderer("hanging_renderer", "hanging"),
    *(full_disk, really_full_disk),
    amiss("a template that fails for one debtor", "break_template", "night"),
    amiss("between decision and dispatch: every template is emptied", "night", "empty_templates"),
    amiss("between decision and dispatch: every template is deleted or archived", "night", "delete_templates"),
    amiss("another company collects, misconfigured", "second_company", "night"),
    summer_time,
    in_between("pay", "the debtor pays"),
    in_between("dispute", "the debtor contests"),
    in_between("cancel_reminder", "the reminder is cancelled"),
    in_between("judge", "an insolvency judgment is entered"),
    merged,
    in_between("reset_to_draft", "the invoice goes back to draft"),
    in_between("archive", "the debtor is archived"),
    *(restored, neutralized),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="source", help="a database that has the add-on")
    parser.add_argument("--only", default="", help="rows whose name holds one of these words, parted by commas")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    for name in ("mail.log", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    prepared = f"recouvrement_faults_{os.getpid()}"
    print(f"Random moments: --seed {options.seed}", flush=True)
    try:
        house.clone(options.source or house.build_template(), prepared)
        finish(start(prepared, 9, "prepare"))
        rows = list(done(prepared, random.Random(options.seed), options.only.split(",")))
    finally:
        house.drop(prepared)
    bad = [row for row in rows if row.doubled or row.lost or row.wrong]
    print(f"{len(rows)} faults, {len(bad)} with a message doubled, lost or sent to whom it should not.")
    return 1 if bad else 0


def done(prepared, chance, only):
    """Each row, printed as soon as it is known."""
    print(f"{'what was done':<78}{'sent':>5}{'doubled':>8}{'lost':>5}{'left':>5}{'wrong':>6}   s")
    for fault in FAULTS:
        if not any(word in named(fault) for word in only):
            continue
        world, started = World(prepared, chance), time.monotonic()
        try:
            row = fault(world)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            row = Row(f"{named(fault)}: it failed, {str(error)[-300:]}", 0, 0, DEBTORS, 0)
        finally:
            world.close()
        figures = f"{row.sent:>5}{row.doubled:>8}{row.lost:>5}{row.left:>5}{row.wrong:>6}"
        print(f"{row.done:<78}{figures}{time.monotonic() - started:>4.0f}", flush=True)
        yield row


def named(fault):
    if isinstance(fault, partial):
        return " ".join([fault.func.__name__, *map(str, fault.keywords.values())])
    return " ".join([fault.__name__, *(str(cell.cell_contents) for cell in fault.__closure__ or ())])


if __name__ == "__main__":
    sys.exit(main())
