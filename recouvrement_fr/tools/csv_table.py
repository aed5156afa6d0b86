"""CSV files as people export them: the delimiter and the encoding found out, words compared without accents."""

import base64
import csv
import io
import unicodedata


def rows(file):
    """The rows of an uploaded file (base64), each a list of cells."""
    content = base64.b64decode(file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what spreadsheets write in France
    head = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=head.count)
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def plain(text):
    """A word as it is compared: small letters, no accents, straight apostrophes."""
    folded = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in folded if not unicodedata.combining(letter)).replace("’", "'").strip()
