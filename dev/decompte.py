#!/usr/bin/env python3
"""Answer a file of cases with the rules of French collection law: no Odoo, no database.

python dev/decompte.py FILE    (- reads the standard input; see recouvrement_fr/rules/README.md)

Cases are read and answered one by one: the memory used does not grow with the file.
Exit code: 0 when every case was answered, 1 when some was not (its error is in the output), 2 when no file was read.
"""

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "recouvrement_fr"))  # `rules`, without the add-on

from rules.decompte_json import write_answers


def opened(name: str):
    """The file of that name, or the standard input set down on the disk: it is read twice."""
    if name != "-":
        return Path(name).open(encoding="utf-8")
    kept = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - the caller closes it
    shutil.copyfileobj(sys.stdin, kept)
    kept.seek(0)
    return kept


def main(arguments: list[str]) -> int:
    """Print the answers to the file that is named; returns the exit code."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with opened(arguments[0]) as stream:
            complete = write_answers(stream, sys.stdout.write)
    except (OSError, UnicodeDecodeError) as error:
        print(f"Cannot read {arguments[0]}: {error}", file=sys.stderr)
        return 2
    print()
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
