"""What people typed, where a spreadsheet or a file system would take it for an order; no record."""

import re

LONGEST = 100  # letters of a name: an archive is unpacked under a folder, and Windows counts the whole path
NOT_IN_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
ACTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(text):
    """A cell of a CSV file that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(ACTS) else text


def file_name(text, most=LONGEST):
    """A part of a file's name that every system takes: no folder, no device, no sign that hides another."""
    shown = "".join(sign if sign.isprintable() else " " for sign in NOT_IN_NAME.sub("-", text or ""))
    plain = " ".join(shown.split())[:most].strip(" .-")
    return f"_{plain}" if DEVICES.fullmatch(plain) else plain
