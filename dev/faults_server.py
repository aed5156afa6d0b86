"""The mail server of `make faults`, and the small disk that it fills."""

import asyncio
import contextlib
import os
import signal
import subprocess

VICTIM = "client3@x.example"
FILLER = "filler"
# Run with `sh -c`, then the folder and a command: for that command alone, the folder is on a disk that has 60 MB left.
SMALL_DISK = """
set -e; store=$0; small=$store.small; used=$(du -sm "$store" | cut -f1)
mount -t tmpfs -o size=$((used + 60))m none "$small"; cp -a "$store/." "$small"; mount --bind "$small" "$store"
exec "$@"
"""
APART = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--mount", "--map-root-user")


class Handler:
    """A mail server that takes messages, or does what it is told to."""

    def __init__(self):
        self.taken, self.mode, self.kill, self.fill = [], "accept", None, None

    async def handle_MAIL(self, _server, _session, envelope, address, options):
        if self.mode == "closed":
            return "550 5.7.1 relay closed"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.mode == "unknown" and address == VICTIM:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):
        if self.mode == "greylist":
            return "451 4.7.1 try again later"
        self.taken += envelope.rcpt_tos
        if self.kill and len(self.taken) >= self.kill[1]:
            (process, _count), self.kill = self.kill, None
            os.kill(process.pid, signal.SIGKILL)
        if self.fill and len(self.taken) >= self.fill[1]:
            (folder, _count), self.fill = self.fill, None
            fill(folder)
        if self.mode == "hang" and VICTIM in envelope.rcpt_tos:
            await asyncio.sleep(4)
        if self.mode == "drop" and VICTIM in envelope.rcpt_tos:
            server.transport.close()  # it has the message, and never says so
        return "250 accepted"


def fill(folder):
    """Leave no room on the disk of that folder."""
    with (folder / FILLER).open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"0" * size)


@contextlib.contextmanager
def on_small_disk(folder):
    """What stands before a command so that it has this folder on a small disk; None where nothing may be mounted."""
    small = folder.with_name(f"{folder.name}.small")
    for one in (folder, small):
        one.mkdir(parents=True, exist_ok=True)
    try:
        tried = subprocess.run([*APART, "mount", "-t", "tmpfs", "none", str(small)], check=False, capture_output=True)
        yield None if tried.returncode else (*APART, "sh", "-c", SMALL_DISK, str(folder))
    finally:
        small.rmdir()
