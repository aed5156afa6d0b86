#!/usr/bin/env python3
"""Answer a file of cases with the rules of French collection law: no Odoo, no database.

python dev/decompte.py FILE    (- reads the standard input; see recouvrement_fr/rules/README.md)

Exit code: 0 when every case was answered, 1 when some was not (its error is in the output), 2 when no file was read.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "recouvrement_fr"))  # `rules`, without the add-on

from rules.decompte_json import answer_text


def main(arguments: list[str]) -> int:
    """Print the answers to the file that is named; returns the exit code."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        text = sys.stdin.read() if arguments[0] == "-" else Path(arguments[0]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"Cannot read {arguments[0]}: {error}", file=sys.stderr)
        return 2
    answers, complete = answer_text(text)
    print(json.dumps(answers, ensure_ascii=False, indent=2))
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
