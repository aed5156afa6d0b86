"""Files that people give to a dialog: read within limits, or refused in words; no record.

A file is opened only as far as its limits: an archive is measured by what comes out of it, not by what it declares.
"""

import base64
import binascii
import io
import re
import zipfile
import zlib
from typing import NamedTuple

from lxml import etree

from odoo.tools import LazyTranslate

from .refusal import Refused

_lt = LazyTranslate(__name__)

MEGABYTE = 1_000_000
BYTES = 25 * MEGABYTE  # of a file given; a directory of courts or a year of messages is a tenth of it
MEMBERS = 20_000  # files in an archive
MEMBER_BYTES = 5 * MEGABYTE  # of one of them, once unpacked
UNPACKED = 200 * MEGABYTE  # of all of them
RATIO = 200  # times what it was: XML packs to a twentieth
PIECE = 65_536
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
ACTS = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype|html|svg|script|head|body)\b", re.I | re.S)


class Limits(NamedTuple):
    """Of an archive: ``members`` files, ``each`` and ``total`` bytes once unpacked, ``ratio`` to what was packed."""

    members: int = MEMBERS
    each: int = MEMBER_BYTES
    total: int = UNPACKED
    ratio: int = RATIO


class Member(NamedTuple):
    """A file of an archive: its bytes, or the Refused that says why it is left out."""

    name: str
    data: bytes = b""
    refusal: Refused | None = None


def content(file, most=BYTES):
    """The bytes of what a Binary field holds.

    :raises Refused: nothing, more than ``most`` bytes, or no base64
    """
    if not file:
        raise Refused(_lt("The file is empty."))
    check_size(file, most)
    try:
        data = base64.b64decode(file, validate=False)
    except (binascii.Error, ValueError) as error:
        raise Refused(_lt("The file was cut on its way: give it again.")) from error
    if not data.strip():
        raise Refused(_lt("The file is empty."))
    return data


def check_size(file, most=BYTES):
    """Measure what a Binary field is given, in base64, without reading it.

    :raises Refused: more than ``most`` bytes
    """
    if len(file) > (most + 2) // 3 * 4 + most // 50:  # with line ends, as some programs write
        raise Refused(_lt("The file is larger than %(most)s MB."), most=most // MEGABYTE)


def proof(file, most=BYTES):
    """The bytes of a document given as a proof: whatever is read, nothing that runs or unpacks.

    :raises Refused: as ``content``, or a program, an archive, a page that acts
    """
    data = content(file, most)
    is_letter = data.startswith(b"PK") and (b"[Content_Types].xml" in data[:4096] or b"mimetype" in data[30:60])
    if data.startswith(PROGRAMS) or (data.startswith(ARCHIVES) and not is_letter) or ACTS.match(data[:4096]):
        raise Refused(_lt("This file is a program, an archive or a web page: give the document itself, as PDF."))
    return data


def members(data, limits=None):
    """The Member of each file of a ZIP, in its order; one that breaks a limit is refused, the others go on.

    :raises Refused: no ZIP, a password, too many files, or too much once unpacked
    """
    limits = limits or Limits()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [info for info in archive.infolist() if not info.is_dir()]
            if len(inside) > limits.members:
                raise Refused(_lt("The archive holds more than %(most)s files."), most=limits.members)
            left = limits.total
            for info in inside:
                member = _member(archive, info, limits)
                left -= len(member.data)
                if left < 0:
                    raise Refused(_lt("The archive unpacks to more than %(most)s MB."), most=limits.total // MEGABYTE)
                yield member
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error) as error:
        raise Refused(_lt("The archive cannot be opened: it is damaged or has a password.")) from error


def _member(archive, info, limits):
    most = min(limits.each, max(info.compress_size, 1) * limits.ratio)
    unpacked = bytearray()
    with archive.open(info) as file:
        while piece := file.read(PIECE):
            unpacked += piece
            if len(unpacked) > most:
                return Member(info.filename, refusal=_too_large(limits, most))
    if unpacked.startswith(b"PK\x03\x04"):
        return Member(info.filename, refusal=Refused(_lt("An archive inside the archive is not opened.")))
    return Member(info.filename, bytes(unpacked))


def _too_large(limits, most):
    if most < limits.each:
        return Refused(_lt("This file unpacks to more than %(ratio)s times its size."), ratio=limits.ratio)
    return Refused(_lt("The file is larger than %(most)s MB."), most=limits.each // MEGABYTE)


def xml(data, most=MEMBER_BYTES):
    """The root of an XML document; nothing is fetched, no entity is unfolded.

    :raises Refused: too large, empty, no XML, or one that declares a document type
    """
    if len(data) > most:
        raise Refused(_lt("The file is larger than %(most)s MB."), most=most // MEGABYTE)
    if not data.strip():
        raise Refused(_lt("The file is empty."))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(_lt("This is not XML.")) from error
    if root.getroottree().docinfo.doctype:
        raise Refused(_lt("The file declares a document type, which a message never does."))
    return root
