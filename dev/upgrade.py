"""A database that an earlier version lived in, upgraded to this one, then a day's work (``make upgrade FROM=...``).

The earlier version is taken from the history of this repository. It prints letters, waits for approvals, meets a mail
server that refuses; what it left in every state must be finished by the new one.
"""

import argparse
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import env

DAY = Path(__file__).with_name("upgrade_day.py")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="commit", required=True, help="a commit or tag of this repository")
    options = parser.parse_args()
    env.setup()
    base, here = env.build_base(), env.ROOT
    database = f"recouvrement_upgrade_{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        env.run(["git", "worktree", "add", "--detach", f"{folder}/old", options.commit], cwd=here)
        try:
            env.clone(base, database)
            stand_in(Path(folder) / "old", f"{env.PREFIX}_old")
            env.say(f"Installing {options.commit}...")
            env.odoo("-i", env.MODULE, "--without-demo=True", database=database)
            play("before", database)
            stand_in(here, env.PREFIX.removesuffix("_old"))
            env.say("Upgrading...")
            env.odoo("-u", env.MODULE, database=database)
            play("after", database)
        finally:
            env.drop(database)
            env.run(["git", "worktree", "remove", "--force", f"{folder}/old"], cwd=here)


def stand_in(root, prefix):
    """From now on commands run the add-on of that folder."""
    env.ROOT, env.PREFIX = root, prefix


def play(part, database):
    done = subprocess.run(["python", str(DAY), part, database], env=env.environment(), cwd=env.ROOT, check=False)
    if done.returncode:
        raise env.Missing(f"the day {part} the upgrade failed")


if __name__ == "__main__":
    try:
        main()
    except env.Missing as problem:
        sys.exit(f"error: {problem}")
