"""Known weaknesses of the installed Python packages (``make audit``), as the public database OSV tells them.

Exit status 1 when a package that the add-on itself asks for has one. Those that Odoo 19 pins are listed too: their
versions are Odoo's to choose. Where the database cannot be reached (no network, a proxy that refuses it) this says so
and ends with 0: it never pretends that nothing was found.
"""

import ast
import importlib.metadata
import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

URL = os.environ.get("OSV_URL") or "https://api.osv.dev/v1/querybatch"
SECONDS = 30
ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "recouvrement_fr" / "__manifest__.py"


class Unreachable(Exception):
    """The database did not answer, or not as it is documented; the message says which."""


def installed():
    """{name: version} of the packages of this environment."""
    found = {one.metadata["Name"]: one.version for one in importlib.metadata.distributions() if one.metadata["Name"]}
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def ours():
    """The names of the packages that the add-on asks for."""
    asked = ast.literal_eval(MANIFEST.read_text(encoding="utf-8"))["external_dependencies"]["python"]
    return {plain(re.split(r"[<>=!~ ]", name)[0]) for name in asked}


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def advisories(packages, url=URL):
    """{name: [advisory]} of those that have any.

    :raises Unreachable: no answer, a refusal, or an answer that is not the documented one
    """
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in packages.items()
    ]
    request = urllib.request.Request(
        url, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            results = json.loads(answer.read(20_000_000))["results"]
        told = [sorted(one["id"] for one in result.get("vulns") or ()) for result in results]
    except (OSError, urllib.error.URLError) as error:
        raise Unreachable(f"{url}: {getattr(error, 'reason', error)}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreachable(f"{url}: an answer that is not the documented one") from error
    if len(told) != len(queries):
        raise Unreachable(f"{url}: an answer for {len(told)} packages, {len(queries)} were asked")
    return {name: found for name, found in zip(packages, told, strict=True) if found}


def main():
    packages = installed()
    try:
        found = advisories(packages)
    except Unreachable as problem:
        print(f"not audited: the advisory database cannot be reached ({problem}); nothing was checked")
        return 0
    mine = {name for name in found if plain(name) in ours()}
    for name, told in found.items():
        whose = "asked for by the add-on" if name in mine else "chosen by Odoo or by our tools"
        print(f"{name} {packages[name]} ({whose}): {', '.join(told)}")
    print(
        f"{len(packages)} packages audited, {len(found)} with advisories, {len(mine)} of them asked for by the add-on"
    )
    return 1 if mine else 0


if __name__ == "__main__":
    sys.exit(main())
