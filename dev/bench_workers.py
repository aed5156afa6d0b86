"""A night by one process and by two, beside what two can reach at most on this machine (a phase of bench.py)."""

import subprocess
import sys
from pathlib import Path

BENCH = str(Path(__file__).with_name("bench.py"))


def measure(database, on):
    """The same night by one process and by two, each time on a copy of the database: what two take of the time of one.

    Its floor: two nights at once that have nothing in common, each on a copy of its own. Half of what they take of the
    time of one alone is what this machine, which runs PostgreSQL too, lets two processes reach at most.
    """
    import env

    copies, took = [f"{database}_copy", f"{database}_copy_2"], {}
    for name, worked_on in (("one", copies[:1]), ("two", copies[:1] * 2), ("apart", copies)):
        for copy in set(worked_on):
            env.clone(database, copy)
        took[name] = _at_once(worked_on, on)
        for copy in set(worked_on):
            env.drop(copy)
    return {
        "one_worker_s": round(took["one"], 2),
        "two_workers_ratio": round(took["two"] / took["one"], 2),
        "two_workers_floor_ratio": round(took["apart"] / took["one"] / 2, 2),
    }


def _at_once(databases, on):
    """Seconds until the last of these nights has ended, each by a process of its own, begun together."""
    processes = [
        subprocess.Popen(
            [sys.executable, BENCH, "--worker", database, "--today", on.isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for database in databases
    ]
    for process in processes:
        process.stdout.readline()  # ready
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    seconds = max(float(process.communicate()[0]) for process in processes)
    if any(process.returncode for process in processes):
        raise SystemExit("error: a worker failed")
    return seconds
