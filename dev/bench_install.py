"""Installing on a living ledger: how long it takes, and how long people wait for an invoice (``make bench-install``).

A second connection reads and writes one invoice again and again while the module is installed; the longest wait of
each is what a person would have seen.
"""

import argparse
import subprocess
import sys
import threading
import time

import env
import psycopg2

ASKED = {
    "read": "SELECT name FROM account_move ORDER BY id LIMIT 1",
    "write": "UPDATE account_move SET ref = ref WHERE id = (SELECT MIN(id) FROM account_move)",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=33_000, help="open invoices, a third of the posted ones")
    options = parser.parse_args()
    database = f"{env.PREFIX}_bench_install"
    env.clone(env.build_base(), database)
    try:
        command = [sys.executable, "-m", "ledger", "--database", database, "--open", str(options.open)]
        subprocess.run(command, check=True, cwd=env.ROOT, env=env.environment())
        watches = [Watch(database, name, statement) for name, statement in ASKED.items()]
        started = time.monotonic()
        env.odoo("-i", env.MODULE, "--without-demo=True", database=database)
        seconds = time.monotonic() - started
        print(f"installed beside {3 * options.open} posted invoices in {seconds:.1f} s")
        for watch in watches:
            print(f"longest wait to {watch.name} an invoice: {watch.stop():.1f} s")
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
    main()
