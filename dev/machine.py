"""What a new machine is given: Odoo, the Python packages and the tools it needs, all in the cache folder.

Standard library only.
"""

import contextlib
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE = "recouvrement_fr"
NEIGHBOURS = {  # glue add-on: the module of Odoo beside which it installs itself
    "recouvrement_fr_sale": "sale",
    "recouvrement_fr_sale_stock": "sale_stock",
    "recouvrement_fr_snailmail": "snailmail",
    "recouvrement_fr_ubl_cii": "account_edi_ubl_cii",
    "recouvrement_fr_ar24": "account",  # beside a service outside: installed by whoever has an account there
    "recouvrement_fr_pdp": "l10n_fr_pdp",  # in 19.0 after the version fetched here
    "recouvrement_fr_queue_job": "queue_job",  # of the Odoo Community Association: see dev/community.py
}
REQUIREMENTS = ROOT / "dev" / "requirements.txt"
PYTHONS = ("3.11", "3.12")  # the pinned requirements have wheels for these

# Debian package -> suite. The Font Awesome and Inconsolata of sid no longer hold the file names Odoo links to.
DEBIAN_PACKAGES = {
    "odoo-19": "sid",
    "libjs-jquery": "sid",
    "libjs-underscore": "sid",
    "libjs-jquery-form": "sid",
    "fonts-roboto-unhinted": "sid",
    "fonts-montserrat": "sid",
    "fonts-ocr-b": "sid",
    "fonts-font-awesome": "trixie",
    "fonts-inconsolata": "trixie",
}
# Left out of the Debian package for licence reasons; a missing asset fails every browser test.
STRIPPED_FILES = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)


class Missing(Exception):
    """Something the machine lacks; the message says what to install."""


def cache_dir():
    """The folder everything fetched or created lives in; for root outside its home, which PostgreSQL cannot enter."""
    named = os.environ.get("RECOUVREMENT_CACHE")
    if named:
        return Path(named).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/cache") / MODULE
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / MODULE


CACHE = cache_dir()
PREFIX = os.environ.get("RECOUVREMENT_PREFIX", "recouvrement")  # of this checkout's databases
VENV = CACHE / "venv"
BIN = CACHE / "bin"
PG = CACHE / "postgresql"
DEBIAN = CACHE / "debian"
COMMUNITY = CACHE / "community" / "addons"  # modules of others that glue add-ons are for: see dev/community.py


def say(message):
    print(message, file=sys.stderr, flush=True)


def need(tool, hint):
    path = shutil.which(tool)
    if not path:
        raise Missing(f"{tool} is missing: {hint}")
    return path


def run(command, **kwargs):
    """Run quietly; on failure show the output, which is the only useful message."""
    done = subprocess.run([str(part) for part in command], text=True, capture_output=True, **kwargs)
    if done.returncode:
        tail = (done.stdout + done.stderr).strip()[-3000:]
        raise Missing(f"failed: {' '.join(str(part) for part in command)}\n{tail}")
    return done.stdout


@contextlib.contextmanager
def stamped(name, *inputs):
    """Yield True when the step called `name` must be done again because its inputs changed."""
    stamp = CACHE / "stamps" / name
    digest = hashlib.sha256("\0".join(map(str, inputs)).encode()).hexdigest()
    todo = not stamp.exists() or stamp.read_text() != digest
    yield todo
    if todo:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(digest)


# --- Odoo ------------------------------------------------------------------------------------------------------------


def apt_sources():
    """(mirror, keyring option) as this machine's own apt knows them; never another host."""
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for file in files:
        if not file.is_file():
            continue
        text = file.read_text()
        signed = re.search(r"^Signed-By:\s*(\S+)", text, re.M) or re.search(r"signed-by=([^\]\s]+)", text)
        uri = re.search(r"^URIs:\s*(\S+/debian/?)\s*$", text, re.M) or re.search(
            r"^deb\s+(?:\[[^]]*\]\s+)?(\S+/debian/?)\s", text, re.M
        )
        if uri:
            return uri[1], f"[signed-by={signed[1]}] " if signed else ""
    raise Missing("no Debian mirror in /etc/apt: give a checkout of Odoo 19 as ODOO_SRC=...")


def fetch_odoo():
    """Unpack Odoo and the files it links to under the cache; root rights are not needed."""
    with stamped("odoo", *DEBIAN_PACKAGES.items()) as todo:
        if not todo:
            return
        need("apt-get", "on another system than Debian give a checkout of Odoo 19 as ODOO_SRC=...")
        need("dpkg", "install dpkg")
        say("Fetching Odoo 19 (Debian package, about 120 MB)...")
        mirror, signed = apt_sources()
        apt = CACHE / "apt"
        for folder in ("state/lists/partial", "cache/archives/partial", "debs"):
            (apt / folder).mkdir(parents=True, exist_ok=True)
        suites = sorted(set(DEBIAN_PACKAGES.values()))
        (apt / "sources.list").write_text("".join(f"deb {signed}{mirror} {suite} main\n" for suite in suites))
        settings = {
            "Dir::State": apt / "state",
            "Dir::State::Lists": apt / "state" / "lists",
            "Dir::State::status": "/var/lib/dpkg/status",
            "Dir::Etc::sourcelist": apt / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::Cache": apt / "cache",
            "APT::Sandbox::User": pwd.getpwuid(os.geteuid()).pw_name,
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        options = [option for key, value in settings.items() for option in ("-o", f"{key}={value}")]
        run(["apt-get", *options, "update"])
        wanted = [f"{name}/{suite}" for name, suite in DEBIAN_PACKAGES.items()]
        run(["apt-get", *options, "download", *wanted], cwd=apt / "debs")
        shutil.rmtree(DEBIAN, ignore_errors=True)
        DEBIAN.mkdir(parents=True)
        for deb in sorted((apt / "debs").glob("*.deb")):
            run(["dpkg", "-x", deb, DEBIAN])
        shutil.rmtree(apt)
        for file in STRIPPED_FILES:
            path = odoo_src() / "odoo" / "addons" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()


def odoo_src():
    """The folder that holds the `odoo` package."""
    given = os.environ.get("ODOO_SRC")
    return Path(given).resolve() if given else DEBIAN / "usr" / "lib" / "python3" / "dist-packages"


def addons_path():
    folders = [odoo_src() / "odoo" / "addons", odoo_src() / "addons", COMMUNITY, ROOT]
    return ",".join(str(folder) for folder in folders if folder.is_dir())


# --- Python, wkhtmltopdf, Chromium -----------------------------------------------------------------------------------


def python():
    """A Python the requirements have wheels for."""
    for version in PYTHONS:
        found = shutil.which(f"python{version}")
        # A pyenv shim exists for versions that are not selected: only one that answers counts.
        if found and subprocess.run([found, "-c", "import venv, ensurepip"], capture_output=True).returncode == 0:
            return found
    raise Missing(f"no usable Python: install python{PYTHONS[0]} and python{PYTHONS[0]}-venv")


def make_venv():
    with stamped("venv", REQUIREMENTS.read_text()) as todo:
        if not todo:
            return
        say("Installing Python packages...")
        if not (VENV / "bin" / "python").exists():
            run([python(), "-m", "venv", VENV])
        run([VENV / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS])
        BIN.mkdir(parents=True, exist_ok=True)
        link = BIN / "wkhtmltopdf"
        link.unlink(missing_ok=True)
        link.symlink_to(VENV / "bin" / "wkhtmltopdf-pack")


def browser():
    """The Chromium that browser tests drive, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
