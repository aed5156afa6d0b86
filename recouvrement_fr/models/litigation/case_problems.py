"""What of the pieces is not in a file made of them, in the reader's words."""

from ...tools.bundle_sheets import spans


def told(env, made):
    """A line for each piece whose pages are missing, then one for each thing that pages do not show."""
    reasons = {
        "encrypted": env._("protected by a password"),
        "broken": env._("damaged PDF"),
        "image": env._("damaged or oversized picture"),
        "altered": env._("not the file that was kept, its SHA-256 differs"),
        "empty": env._("it could not be printed or read: print it, attach it to the case, then make the file again"),
        "slow": env._("reading it takes too much time or memory"),
        "unreadable": env._("damaged or malformed file"),
        "heic": env._("HEIC photo: save it as JPEG"),
        "svg": env._("SVG drawing: save it as PDF"),
        "word": env._("word processor document: save it as PDF"),
        "outlook": env._("Outlook message: save it as .eml or PDF"),
        "table": env._("spreadsheet: save it as PDF"),
        "kind": env._("a kind of file without pages"),
    }
    lines = [f"{problem.number}. {problem.title}: {reasons[problem.code]}" for problem in made.problems]
    labels = {
        "embedded": env._("Files attached to a PDF (%(details)s) are only in the ZIP: pieces %(pieces)s"),
        "letters": env._("Signs no font can print (%(details)s) are question marks: pieces %(pieces)s"),
        "fields": env._("Form fields that cannot be reproduced (%(details)s), see the ZIP: pieces %(pieces)s"),
    }
    for code, label in labels.items():
        mine = [note for note in made.notes if note.code == code]
        if mine:
            details = ", ".join(dict.fromkeys(note.detail for note in mine))[:200]
            numbers = env._("%(first)s to %(last)s")
            pieces = spans(list(dict.fromkeys(note.number for note in mine)), numbers)
            lines.append(label % {"details": details, "pieces": pieces})
    return lines
