"""Serve the demonstration with a mail server of its own that keeps what it receives (``make demo``, ``make serve``)."""

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

import env as house
from demo import USERS, MailServer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default=house.DEMO)
    parser.add_argument("--port", type=int, default=8069, help="the first free port from here on")
    options = parser.parse_args()
    port = next(port for port in range(options.port, options.port + 100) if free(port))
    with MailServer(keep=True) as mail_server:
        point_to(options.database, mail_server.port, port)
        show(port, mail_server.folder)
        command = [sys.executable, "-m", "odoo", "-d", options.database, f"--db-filter=^{options.database}$"]
        command += [f"--http-port={port}", "--max-cron-threads=1"]
        try:
            return subprocess.run(command, check=False).returncode
        except KeyboardInterrupt:
            return 0


def free(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def point_to(database, smtp_port, http_port):
    """Let the database send to this run's mail server, and find its own pages (invoices printed, links in e-mails)."""
    statements = (
        f"UPDATE ir_mail_server SET smtp_port = {smtp_port} WHERE smtp_host = '127.0.0.1'",
        f"UPDATE ir_config_parameter SET value = 'http://127.0.0.1:{http_port}' WHERE key = 'web.base.url'",
    )
    for statement in statements:
        subprocess.run(["psql", "-Xq", "-d", database, "-c", statement], check=True)


def show(port, folder: Path):
    print(f"\nOdoo: http://127.0.0.1:{port}")
    for login, (name, _group, function) in USERS.items():
        print(f"  {login} / {login}   {name}, {function}")
    print("  admin / admin     administrator")
    print(f"E-mails are kept in {folder}{os.sep}new. Ctrl-C stops.\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
