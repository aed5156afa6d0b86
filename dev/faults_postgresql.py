"""A PostgreSQL of its own for `make faults`, which may be stopped and started without anybody else noticing.

Durable, unlike the one of development: what it said was committed must be there after it fell.
"""

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

import env as house

STARTED = ("night", "dispatch")  # the steps in the middle of which it is stopped


class Cluster:
    """PostgreSQL on a socket of its own, in a folder that goes with it."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="faults."))
        self.folder.chmod(0o755)
        self.data, self.socket = self.folder / "data", self.folder / "run"
        for folder in (self.data, self.socket):
            folder.mkdir(mode=0o700)
            if os.geteuid() == 0:
                os.chown(folder, house.server_user().pw_uid, house.server_user().pw_gid)
        initdb = [house.pg_bin() / "initdb", "-D", self.data, "-U", "odoo", "-A", "trust", "-E", "UTF8", "--locale=C"]
        house.run(house.as_server_user(initdb), cwd="/")
        self.control("start", "-l", self.data / "server.log", "-o", f"-c listen_addresses='' -k {self.socket}")
        return self

    def __exit__(self, *exception):
        with contextlib.suppress(house.Missing):
            self.control("stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def control(self, *arguments):
        house.run(house.as_server_user([house.pg_bin() / "pg_ctl", "-w", "-D", self.data, *arguments]), cwd="/")

    def copy(self, database):
        """The database of that name, from where it is now."""
        file = self.folder / "copy"
        house.run(["pg_dump", "-Fc", "-Z0", "-f", file, database], env=house.environment())
        with self.instead():
            house.psql(f'CREATE DATABASE "{database}"')
            house.run(["pg_restore", "-j", "2", "--no-owner", "-d", database, file], env=house.environment())
        file.unlink()

    @contextlib.contextmanager
    def instead(self):
        """From here to there every command, and every process begun, works on this one."""
        before, prefix = os.environ.get("PGHOST"), house.PREFIX
        path = os.environ["PATH"]
        os.environ["PGHOST"], house.PREFIX = str(self.socket), f"{prefix}_restarted"  # its own configuration file
        os.environ["PATH"] = os.pathsep.join([str(house.pg_bin()), path])
        try:
            yield
        finally:
            house.PREFIX, os.environ["PATH"] = prefix, path
            if before is None:
                del os.environ["PGHOST"]
            else:
                os.environ["PGHOST"] = before

    def stop_and_start(self, mode):
        self.control("stop", "-m", mode)
        self.control("start", "-l", self.data / "server.log", "-o", f"-c listen_addresses='' -k {self.socket}")


def restarted(world, mode, steps, longest):
    """Two workers decide, then send; each time PostgreSQL is stopped in the middle and started again.

    :param mode: ``fast``, as an administrator stops it, or ``immediate``, as it falls
    :param steps: what settles everything at last; :param longest: seconds a process may take
    :return: (what the database says then, how many of the four processes fell)
    """
    with Cluster() as cluster:
        cluster.copy(world.database)
        with cluster.instead():
            fallen = 0
            for step in STARTED:
                processes = world.together(2, step)
                time.sleep(world.chance.uniform(0.2, 0.9))
                cluster.stop_and_start(mode)
                for process in processes:
                    process.communicate(timeout=longest)
                    fallen += process.returncode != 0
            return world.run(*steps), fallen
