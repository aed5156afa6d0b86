"""A JSON document read piece by piece: the memory it takes is that of its longest case, not its own."""

import re
from collections.abc import Iterator
from typing import TextIO

from .errors import DocumentInvalid

CHUNK = 1 << 16
BLANK = " \t\n\r"
MARK = re.compile(r'["\[\]{}]')
IN_TEXT = re.compile(r'["\\]')
SCALAR_END = re.compile(r"[,\]}\s]")


class Pieces:
    """The values of a document, each as its own text: whoever asks knows whether an object, a list or a value comes.

    :raises DocumentInvalid: the text ends too soon, or holds something else
    """

    def __init__(self, stream: TextIO):
        self.stream, self.buffer, self.at, self.before = stream, "", 0, 0
        self.deepest = 0  # how far the last value was nested: a list of numbers is 1

    def _more(self) -> bool:
        chunk = self.stream.read(CHUNK)
        self.buffer += chunk
        return bool(chunk)

    def _forget(self):
        """Let go of what was read, a chunk at a time: to cut the rest at every value would copy it as many times."""
        if self.at < min(CHUNK, len(self.buffer)):
            return
        self.before += self.at
        self.buffer, self.at = self.buffer[self.at :], 0

    def next(self) -> str:
        """The next character that is no blank, left where it is; an empty text at the end."""
        while True:
            while self.at < len(self.buffer):
                if self.buffer[self.at] not in BLANK:
                    return self.buffer[self.at]
                self.at += 1
            self._forget()
            if not self._more():
                return ""

    def take(self, expected: str) -> str:
        """One of these characters, which has to come."""
        found = self.next()
        if not found or found not in expected:
            raise DocumentInvalid(reason=f"expected {' or '.join(expected)} at character {self.before + self.at}")
        self.at += 1
        return found

    def value(self) -> str:
        """The text of the value that comes, whole."""
        first = self.next()
        self._forget()
        self.deepest = 0
        start = self.at
        if first in ("{", "["):
            self.at = self._closed(start)
        elif first == '"':
            self.at = self._text_end(start + 1)
        else:
            self.at = self._scalar_end(start)
        return self.buffer[start : self.at]

    def _found(self, pattern: re.Pattern, start: int) -> int:
        """Where a pattern of one character comes next."""
        while not (match := pattern.search(self.buffer, start)):
            start = max(start, len(self.buffer))
            if not self._more():
                raise DocumentInvalid(reason=f"the text ends too soon, at character {self.before + start}")
        return match.start()

    def _text_end(self, start: int) -> int:
        while True:
            found = self._found(IN_TEXT, start)
            if self.buffer[found] == '"':
                return found + 1
            start = found + 2  # what a backslash escapes

    def _closed(self, start: int) -> int:
        depth = 0
        while True:
            found = self._found(MARK, start)
            mark, start = self.buffer[found], found + 1
            if mark == '"':
                start = self._text_end(start)
            else:
                depth += 1 if mark in "[{" else -1
                self.deepest = max(self.deepest, depth)
                if not depth:
                    return start

    def _scalar_end(self, start: int) -> int:
        while not (match := SCALAR_END.search(self.buffer, start)):
            start = len(self.buffer)
            if not self._more():
                return start
        return match.start()

    def items(self) -> Iterator[str]:
        """The text of each value of the list that comes."""
        self.take("[")
        if self.next() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            if self.take(",]") == "]":
                return

    def names(self) -> Iterator[str]:
        """The text of each key of the object that comes: the value is to be taken before the next key is asked for."""
        self.take("{")
        if self.next() == "}":
            self.take("}")
            return
        while True:
            if self.next() != '"':
                self.take('"')
            yield self.value()
            if self.take(",}") == "}":
                return
