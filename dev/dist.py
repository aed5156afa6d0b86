"""Wheels of the add-on and of its glue add-ons (``make dist``), and a proof that they work (``make dist-test``).

A wheel is built from the files that git knows, with the licence beside them; nothing else of the tree gets in. The
proof is made away from the tree: a new virtual environment, the wheels installed in it, and a database that installs
the add-ons from there, decides a night and sends its twelve reminders to a mail server of ours.
"""

import argparse
import ast
import email
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import community
import env as house
from aiosmtpd.controller import Controller
from machine import BIN, CACHE, MODULE, NEIGHBOURS, PREFIX, REQUIREMENTS, ROOT, odoo_src, python, run, say

FOLDER = ROOT / "build" / "dist"
ADDONS = (MODULE, *NEIGHBOURS)
LICENCES = ("LICENSE", "LICENSE.GPL-3")  # the second is what the first adds permissions to


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--test", action="store_true", help="install them in a clean environment and a new database")
    options = parser.parse_args()
    wheels = build()
    problems = [problem for addon, wheel in wheels.items() for problem in unsound(addon, wheel)]
    for problem in problems:
        say(problem)
    if problems:
        return 1
    if options.test:
        return proven(wheels)
    return 0


# --- building ---------------------------------------------------------------------------------------------------------


def build():
    """{add-on: wheel}, in build/dist."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    wheels = {}
    with tempfile.TemporaryDirectory() as folder:
        for addon in ADDONS:
            copied(addon, Path(folder))
            command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--disable-pip-version-check"]
            run([*command, "--wheel-dir", FOLDER, Path(folder) / addon])
            [wheels[addon]] = set(FOLDER.glob("*.whl")) - set(wheels.values())
            print(f"{wheels[addon].relative_to(ROOT)}: {wheels[addon].stat().st_size // 1024} kB", flush=True)
    return wheels


def copied(addon, folder):
    names = subprocess.run(["git", "ls-files", addon], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in names.stdout.splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in LICENCES:
        shutil.copy(ROOT / name, folder / addon / name)


def unsound(addon, wheel):
    """What is wrong with a wheel, in words: its name, what it says of itself, what it holds and should not."""
    manifest = ast.literal_eval((ROOT / addon / "__manifest__.py").read_text())
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [metadata] = [name for name in names if name.endswith(".dist-info/METADATA")]
        said = email.message_from_bytes(archive.read(metadata))
    inside = f"odoo/addons/{addon}/"
    needs = {need.split("==")[0].split(">=")[0].strip() for need in said.get_all("Requires-Dist", [])}
    wanted = {"odoo", *(manifest.get("external_dependencies", {}).get("python", ()))}
    wanted |= {f"odoo-addon-{name}" for name in manifest["depends"] if name in ADDONS}
    checks = {
        "name": said["Name"] == f"odoo-addon-{addon}",
        "version": said["Version"] == manifest["version"],
        "licence": said["License"] == manifest["license"],
        "README": said.get_payload(decode=True).decode().strip() == (ROOT / addon / "README.rst").read_text().strip(),
        "requirements": {need.split(">=")[0] for need in wanted} <= needs,
        "text of the licence": all(f"{inside}{name}" in names for name in LICENCES),
        "icon": f"{inside}static/description/icon.png" in names,
        "page of the apps list": f"{inside}static/description/index.html" in names,
        "translations": f"{inside}i18n/fr.po" in names,
        "nothing else": all(name.startswith(inside) or ".dist-info/" in name for name in names),
    }
    return [f"{wheel.name}: wrong {what}" for what, sound in checks.items() if not sound]


# --- proving ----------------------------------------------------------------------------------------------------------


def proven(wheels):
    """Install the wheels in a new database, decide one night and send its reminders; 1 when something is missing."""
    database = f"{PREFIX}_wheel"
    there = house.present_neighbours()
    with tempfile.TemporaryDirectory(prefix="wheels-") as folder:
        folder = Path(folder)
        folder.chmod(0o755)
        site, environment = clean_environment(folder, wheels)
        interpreter = folder / "venv" / "bin" / "python"
        try:
            house.clone(house.build_base(), database)
            say("Installing the wheels in a database (about two minutes)...")
            install = ["-d", database, "-i", ",".join((*there.values(), MODULE, *there)), "--stop-after-init"]
            run([interpreter, "-m", "odoo", *install], env=environment, cwd=folder)
            states = house.psql("SELECT name FROM ir_module_module WHERE state = 'installed'", database).split()
            with Letterbox() as mail:
                process = site / MODULE / "tests" / "night" / "real_process.py"
                steps = ("prepare", "night", "dispatch", "report")
                run([interpreter, process, database, mail.port, *steps], env=environment, cwd=folder)
        finally:
            house.drop(database)
    missing = sorted({MODULE, *there} - set(states))
    print(f"Installed from the wheels: {', '.join(sorted({MODULE, *there} - set(missing)))}", flush=True)
    print(f"A night and its dispatch: {len(mail.received)} reminders of 12 left", flush=True)
    return 1 if missing or len(mail.received) != 12 else 0


class Letterbox:
    """A mail server that counts what it takes."""

    def __enter__(self):
        self.received = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)
        self.server.start()
        return self

    def __exit__(self, *exception):
        self.server.stop()

    async def handle_DATA(self, _server, _session, envelope):
        self.received.append(tuple(envelope.rcpt_tos))
        return "250 Taken"


def clean_environment(folder, wheels):
    """A virtual environment that holds what Odoo needs and the wheels, and sees Odoo, and nothing of this tree."""
    say("Making a clean virtual environment (about 40 s)...")
    run([python(), "-m", "venv", folder / "venv"])
    pip = [folder / "venv" / "bin" / "pip", "--quiet", "--disable-pip-version-check"]
    run([*pip, "install", "-r", REQUIREMENTS])
    run([*pip, "install", "--no-deps", *wheels.values(), *community.glued_wheels()])
    lacking = subprocess.run([str(part) for part in (*pip, "check")], capture_output=True, text=True).stdout
    # What is not on the index of this machine is left out, and was told.
    known = re.compile(r"requires odoo,|requires odoo-addon-(?!recouvrement)")
    lines = [line for line in lacking.splitlines() if line.startswith("odoo-addon") and not known.search(line)]
    if lines:
        raise house.Missing("\n".join(lines))
    site = next((folder / "venv" / "lib").glob("python3*/site-packages"))
    (site / "odoo.pth").write_text(f"{odoo_src()}\n")
    conf = folder / "odoo.conf"
    folders = [odoo_src() / "odoo" / "addons", odoo_src() / "addons", site / "odoo" / "addons"]
    conf.write_text(
        "[options]\n"
        f"addons_path = {','.join(str(each) for each in folders if each.is_dir())}\n"
        f"data_dir = {CACHE / 'odoo-data'}\n"
        f"bin_path = {BIN}\ndb_host = {house.pghost()}\ndb_user = {os.environ.get('PGUSER') or 'odoo'}\n"
        "list_db = False\nlog_level = warn\nmax_cron_threads = 0\n"
    )
    kept = {name: value for name, value in house.environment().items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    path = f"{folder / 'venv' / 'bin'}{os.pathsep}{kept['PATH']}"
    return site / "odoo" / "addons", {**kept, "ODOO_RC": str(conf), "PATH": path}


if __name__ == "__main__":
    try:
        sys.exit(main())
    except house.Missing as problem:
        sys.exit(f"error: {problem}")
