"""Recipients of our e-mails: validated addresses, and names that cannot be taken for anything else.

Whatever people type in a name reaches a header, which mail programs and servers parse again: a line break ends it, and
core looks for addresses in the whole of it.
"""

import re

from odoo.tools import formataddr
from odoo.tools.mail import email_normalize_all

NOT_IN_NAME = re.compile(r"[@<>]")
LONGEST_NAME = 120  # a line of a message holds 998 bytes
LONGEST_TEXT = 250


def one_line(text):
    """A text fit for a header: no line break nor control character, not longer than a header carries."""
    if not text or text.isprintable() and len(text) <= LONGEST_TEXT:
        return text
    kept = "".join(sign if sign.isprintable() or sign in "\u00a0\u202f" else " " for sign in text)
    return re.sub(" +", " ", kept).strip()[:LONGEST_TEXT]


def recipient(name, emails):
    """The recipients of a message at these validated addresses, under a name that holds no address."""
    shown = one_line(NOT_IN_NAME.sub(" ", name or ""))[:LONGEST_NAME].strip()
    return ", ".join(formataddr((shown, email)) for email in emails)


def recipients(partners):
    """The same for the addresses of partners or users; those without a valid one are left out."""
    found = (recipient(partner.name, email_normalize_all(partner.email or "")) for partner in partners)
    return ", ".join(filter(None, found))
