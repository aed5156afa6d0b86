"""What is wrong with a template somebody typed, in one line that names it."""

import re


def cause(error):
    """The line of a template's error that names it: QWeb adds lines of context, whose last may be a bracket."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"[A-Za-z_.]*(Error|Exception)\b.*", line)]
    told = named[-1] if named else next(iter(lines), type(error).__name__)
    where = [line for line in lines if line.startswith(("Template:", "Path:", "Element:", "Node:"))]
    return " – ".join(dict.fromkeys([told, *where]))
