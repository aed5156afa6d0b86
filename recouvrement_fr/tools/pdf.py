"""The one door to pypdf; no odoo import, so that the reader of pieces can take it into its own process.

What the add-on needs of it is named here and nowhere else: another version, or another library, is tried in one file.
"""

import struct
import zlib

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

__all__ = (
    "BROKEN",
    "ArrayObject",
    "BooleanObject",
    "ByteStringObject",
    "DictionaryObject",
    "IndirectObject",
    "NameObject",
    "NullObject",
    "NumberObject",
    "PdfObject",
    "PdfReader",
    "PdfWriter",
    "StreamObject",
    "TextStringObject",
)

# What a file that is not quite a PDF makes of pypdf, besides its own errors.
BROKEN = (
    *(PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError),
    *(NotImplementedError, OSError, EOFError, zlib.error, struct.error),
)
