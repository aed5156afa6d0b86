"""The objects of a PDF file, read by their raw values and written as bytes; no odoo import."""

import io

from .pdf import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
)

FONT, STAMP_FONT = "Helvetica-Bold", "/RecouvrementStamp"


def dictionary(value):
    value = value.get_object() if value is not None else None
    return value if isinstance(value, DictionaryObject) else None


def array(value):
    value = value.get_object() if value is not None else None
    return value if isinstance(value, ArrayObject) else ArrayObject()


def attached(root):
    """The names of the files attached to a PDF, such as the data of an electronic invoice."""
    names = dictionary(root.get("/Names"))
    waiting = [dictionary(names.get("/EmbeddedFiles"))] if names else []
    for _step in range(1000):  # a tree may lead back to itself
        if not waiting:
            return
        node = waiting.pop()
        if node is None:
            continue
        for found in array(node.get("/Names"))[1::2]:
            file = dictionary(found)
            if file is not None:
                yield str(file.get("/UF") or file.get("/F") or "?")
        waiting += [dictionary(kid) for kid in array(node.get("/Kids"))]


def inherited(widget, key):
    """What a form field or one of those above it says."""
    for _step in range(20):
        if widget is None:
            return None
        value = widget.get(key)
        if value is not None:
            return value.get_object()
        widget = dictionary(widget.get("/Parent"))
    return None


def is_standard(sign):
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


class Here(PdfObject):
    """A reference to an object of the file being written."""

    def __init__(self, number):
        self.number = number


def key_of(reference):
    return reference.idnum, reference.generation


def raw(values):
    """The entries of a dictionary, references unread."""
    return {NameObject(key): values.raw_get(key) for key in values}


def refers(value):
    """Whether an object refers to others; the length of a stream does not count."""
    values = [value]
    while values:
        found = values.pop()
        if isinstance(found, IndirectObject):
            return True
        if isinstance(found, DictionaryObject):
            values += [item for key, item in raw(found).items() if key != "/Length"]
        elif isinstance(found, ArrayObject):
            values += list(found)
    return False


def plain(value):
    out = io.BytesIO()
    value.write_to_stream(out)
    return out.getvalue()


def stream_of(data):
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def text_of(text):
    """A text of the file's own description, in any script."""
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode()


def shown(text):
    """A text to show with a standard font."""
    plain = text.encode("cp1252", "replace")
    return b"(%s)" % plain.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
