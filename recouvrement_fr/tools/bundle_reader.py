"""Each piece is read in a process of its own, within limits of time and memory; no odoo import.

A file may hang whoever reads it, fill the memory, or end the process. One reader serves piece after piece, as starting
it costs more than reading; it is killed with all it started, and replaced, when a piece is too much for it. What it
gives back is plain: numbers and bytes, nothing that runs.
"""

import contextlib
import json
import math
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from . import bundle_sheets as sheets
from .bundle_pages import Page, Unreadable
from .bundle_pdf import Merger, Part

SECONDS = 30  # of computing for one piece; an ordinary one takes thousandths
WAIT = 60  # seconds of waiting for it, the machine being busy
LOST = 60  # seconds given to pieces that fail, all together: whoever asked is waiting
LEAST = 3  # and to each of them once these are spent
MEMORY = 1536 << 20
BOOT = (  # this package alone, without the application around it
    "import sys, types; package = types.ModuleType('pieces'); package.__path__ = [sys.argv[1]];"
    "sys.modules['pieces'] = package; from pieces import bundle_reader; bundle_reader.serve()"
)


class Reader:
    """Reads pieces for a merger; to be closed. ``with Reader() as reader: reader.read(...)``"""

    def __init__(self):
        self.process: Any = None  # a Popen, while there is one
        self.told, self.lost = 0, 0.0

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._stop()

    def read(self, merger, piece, content, digest, label):
        """The Part of the merger's file that this piece makes.

        :raises Unreadable: its pages cannot be taken; ``slow`` when they take too much time or memory
        """
        started, fresh = time.monotonic(), self.process is None
        computing = max(LEAST, min(SECONDS, LOST - self.lost))
        waiting = max(2 * LEAST, min(WAIT, 2 * computing))
        try:
            if fresh:
                self._start()
            answer, blob = self._ask(merger, piece, content, digest, label, computing, waiting)
        except (OSError, EOFError, ValueError) as error:
            self._stop()
            self.lost += time.monotonic() - started
            raise Unreadable("slow") from error
        if "code" in answer:
            if answer["code"] == "slow":
                self._stop()
                self.lost += time.monotonic() - started
            raise Unreadable(answer["code"])
        known = {bytes.fromhex(digest): number for digest, number in answer["known"]}
        bodies, start = [], 0
        for number, size in answer["bodies"]:
            bodies.append((number, blob[start : start + size]))
            start += size
        self.told = len(merger.known) + len(known)
        pages = [Page(*page) for page in answer["pages"]]
        return Part(pages, bodies, known, answer["last"], tuple(map(tuple, answer["notes"])))

    def _start(self):
        self.told = 0
        self.process = subprocess.Popen(
            [_python(), "-c", BOOT, str(Path(__file__).parent)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONHASHSEED": "0"},
            start_new_session=True,  # a group of its own, that can be killed whole
        )

    def _stop(self):
        process, self.process = self.process, None
        if not process:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            process.stdin.close()
        process.stdout.close()
        process.wait()

    def _ask(self, merger, piece, content, digest, label, computing, waiting):
        known = [(key.hex(), number) for key, number in islice(merger.known.items(), self.told, None)]
        request = {
            "size": len(content),
            "seconds": computing,
            "label": label,
            "digest": digest,
            "last": merger.last,
            "known": known,
            "piece": {
                name: getattr(piece, name) for name in ("number", "title", "date", "mimetype", "name", "file_name")
            },
        }
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.write(content)
        self.process.stdin.flush()
        answered = _Answer(self.process.stdout, time.monotonic() + waiting)
        answer = json.loads(answered.line())
        return answer, answered.bytes(sum(size for _number, size in answer.get("bodies", ())))


class _Answer:
    """What a process says, waited for until a moment."""

    def __init__(self, pipe, until):
        self.pipe, self.until, self.got = pipe, until, bytearray()

    def line(self):
        while (end := self.got.find(b"\n")) < 0:
            self._more()
        line = bytes(self.got[:end])
        del self.got[: end + 1]
        return line

    def bytes(self, size):
        while len(self.got) < size:
            self._more()
        return bytes(self.got)

    def _more(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.pipe, selectors.EVENT_READ)
            if not selector.select(max(0.0, self.until - time.monotonic())):
                raise TimeoutError
        some = os.read(self.pipe.fileno(), 1 << 20)
        if not some:
            raise EOFError
        self.got += some


def _python():
    """The interpreter, also where the application is embedded in another program."""
    if Path(sys.executable or "").name.startswith("python"):
        return sys.executable
    return str(Path(sys.prefix, "bin", "python3"))


# --- in the process ---------------------------------------------------------------------------------------------------


class _Nowhere:
    def write(self, content):
        pass


def serve():
    """Read pieces until nobody asks any more."""
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CORE, 0)
    asked, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints says it to nobody
    merger = Merger(_Nowhere())  # numbers its first objects as the one it works for
    while line := asked.readline():
        request = json.loads(line)
        content = asked.read(request["size"])
        _limit(resource.RLIMIT_CPU, math.ceil(time.process_time() + request["seconds"]))
        merger.last = request["last"]
        merger.known.update((bytes.fromhex(key), number) for key, number in request["known"])
        answer, bodies = _answer(merger, request, content)
        out.write(json.dumps(answer).encode() + b"\n")
        for body in bodies:
            out.write(body)
        out.flush()


def _limit(kind, most):
    _soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answer(merger, request, content):
    piece = SimpleNamespace(**request["piece"])
    is_pdf = piece.mimetype == "application/pdf"
    try:
        notes = ()
        if not is_pdf:
            content, notes = sheets.pages_of(piece, content, request["digest"])
        part = merger.take(content, request["label"])
    except Unreadable as error:
        return {"code": error.code}, ()
    except MemoryError:
        return {"code": "slow"}, ()
    except Exception:  # noqa: BLE001 - whatever a file makes of a library: the piece has a sheet, the others go on
        return {"code": "broken" if is_pdf else "unreadable"}, ()
    merger.known.update(part.known)
    answer = {
        "pages": part.pages,
        "bodies": [(number, len(body)) for number, body in part.bodies],
        "known": [(digest.hex(), number) for digest, number in part.known.items()],
        "last": part.last,
        "notes": [*notes, *part.notes],
    }
    return answer, [body for _number, body in part.bodies]
