"""Installing on a living ledger: how long it takes, and how long people wait meanwhile (``make bench-install``).

Other connections read and write what people work with again and again while the module is installed; the longest wait
of each is what a person would have seen. Two sizes of ledger, so that a wait that grows with it shows.
"""

import argparse
import subprocess
import sys
import threading
import time

import env
import psycopg2

ASKED = {
    "read an invoice": "SELECT name FROM account_move ORDER BY id LIMIT 1",
    "read one's company": "SELECT name FROM res_company LIMIT 1",
    "read a file": "SELECT name FROM ir_attachment ORDER BY id LIMIT 1",
    "read a task": "SELECT id FROM mail_activity ORDER BY id LIMIT 1",
    "write an invoice": "UPDATE account_move SET ref = ref WHERE id = (SELECT MIN(id) FROM account_move)",
    "write a journal item": "UPDATE account_move_line SET ref = ref WHERE id = (SELECT MIN(id) FROM account_move_line)",
    "write a partner": "UPDATE res_partner SET ref = ref WHERE id = (SELECT MIN(id) FROM res_partner)",
    "write a message": "UPDATE mail_message SET subject = subject WHERE id = (SELECT MIN(id) FROM mail_message)",
}
MOST = 5  # seconds; whatever the size of the ledger


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--open", type=int, nargs="+", default=[8_000, 33_000], help="open invoices, a third of the posted ones"
    )
    longest = [measure(count) for count in parser.parse_args().open]
    if max(longest) > MOST:
        print(f"somebody waited for more than {MOST} s")
        return 1
    return 0


def measure(count):
    """Install beside that many open invoices; the longest wait of all, in seconds."""
    database = f"{env.PREFIX}_bench_install"
    env.clone(env.build_base(), database)
    try:
        command = [sys.executable, "-m", "ledger", "--database", database, "--open", str(count)]
        subprocess.run(command, check=True, cwd=env.ROOT, env=env.environment())
        watches = [Watch(database, name, statement) for name, statement in ASKED.items()]
        started = time.monotonic()
        env.odoo("-i", env.MODULE, "--without-demo=True", database=database)
        seconds = time.monotonic() - started
        print(f"installed beside {3 * count} posted invoices in {seconds:.1f} s")
        waits = {watch.name: watch.stop() for watch in watches}
        for name, wait in waits.items():
            print(f"  longest wait to {name}: {wait:.1f} s")
        return max(waits.values())
    finally:
        env.drop(database)


class Watch:
    """One statement, asked every twentieth of a second; each time in a transaction of its own."""

    def __init__(self, database, name, statement):
        self.name, self.statement, self.longest, self.going = name, statement, 0, True
        self.connection = psycopg2.connect(dbname=database)
        self.connection.autocommit = True
        self.thread = threading.Thread(target=self.ask)
        self.thread.start()

    def ask(self):
        with self.connection.cursor() as cursor:
            while self.going:
                started = time.monotonic()
                cursor.execute(self.statement)
                self.longest = max(self.longest, time.monotonic() - started)
                time.sleep(0.05)

    def stop(self):
        self.going = False
        self.thread.join()
        self.connection.close()
        return self.longest


if __name__ == "__main__":
    sys.exit(main())
