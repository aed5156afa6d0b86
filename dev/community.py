"""Modules of the Odoo Community Association, fetched as wheels from the package index and unpacked in the cache.

Standard library only. Without a package index what needs them is left out, in words.
"""

import os
import re
import zipfile

from machine import COMMUNITY, VENV, Missing, run, say

GLUED = {"queue_job": "==19.0.2.4.0.1"}  # those that glue add-ons are for, in the version that was tried
NEED = re.compile(r"^Requires-Dist: odoo-addon-([\w.-]+)", re.MULTILINE)


def fetch_glued():
    """Those of GLUED that can be had, unpacked where Odoo finds them; the others are told, and tried again later."""
    for name, version in GLUED.items():
        if not (COMMUNITY / name / "__manifest__.py").is_file():
            try:
                unpack(wheel(name, version, COMMUNITY.parent), COMMUNITY)
            except Missing as problem:
                say(f"{name} could not be fetched: {str(problem).splitlines()[-1]}")


def glued_wheels():
    """The wheels of GLUED that were fetched."""
    return [found for name in GLUED for found in COMMUNITY.parent.glob(f"odoo_addon_{name}-*.whl")]


def fetch(names, version, folder):
    """The wheels of these modules and of what they need, unpacked in `folder`/addons."""
    done, waiting = set(), list(names)
    while waiting:
        name = waiting.pop().replace("-", "_")
        if name not in done:
            done.add(name)
            waiting += unpack(wheel(name, version, folder), folder / "addons")


def wheel(name, version, folder):
    """The wheel of a module, fetched unless it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    found = next(folder.glob(f"odoo_addon_{name}-19.*.whl"), None)
    if not found:
        say(f"Fetching {name}...")
        pip = [VENV / "bin" / "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check"]
        run([*pip, "--dest", folder, f"odoo-addon-{name}{version}"])
        found = next(folder.glob(f"odoo_addon_{name}-19.*.whl"))
    return found


def unpack(archive, addons):
    """Put the modules of a wheel among the add-ons; returns the names of those it needs."""
    with zipfile.ZipFile(archive) as file:
        for member in file.namelist():
            if member.startswith("odoo/addons/") and not member.endswith("/"):
                target = addons / os.path.relpath(member, "odoo/addons")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read(member))
        [metadata] = [member for member in file.namelist() if member.endswith(".dist-info/METADATA")]
        return NEED.findall(file.read(metadata).decode())
