"""The one way to ask a service outside: bounded in time and in size, and never led elsewhere."""

import queue
import threading
import time
from typing import Any

import requests

SECONDS = 30  # for the whole answer, however slowly it comes
SILENCE = 10  # for a connection, and between two pieces of an answer
BYTES = 5_000_000  # once decompressed: a page of either service is a hundredth of it
PIECE = 8192


class OutsideError(Exception):
    """The service refused, or its answer is not one to read; the message says which."""


class Unreachable(OutsideError):
    """Nobody answered, or not in time."""


class NotFound(OutsideError):
    """The service answered that it has nothing there (404)."""


def read(url, parameters, headers=None, seconds=SECONDS, size=BYTES):
    """The bytes a service answers to a GET.

    A redirection is refused: the address is a setting, and what is asked names debtors. The waiting is done by a thread
    of its own, since the time-out of a socket starts again with every byte.

    :param seconds: for the whole answer
    :param size: of the answer once decompressed, in bytes
    :raises Unreachable: no connection, or no whole answer in time
    :raises NotFound: status 404
    :raises OutsideError: any other refusal, a redirection, or more bytes than allowed
    """
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
    ends_at = time.monotonic() + seconds
    arguments = url, parameters, headers, ends_at, size, answers
    threading.Thread(target=_ask, args=arguments, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise Unreachable(f"no whole answer in {seconds} seconds") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _ask(url, parameters, headers, ends_at, size, answers):
    """Answer in the queue. The words of an error never hold the address: its query names the debtors, and logs stay."""
    try:
        answers.put(_read(url, parameters, headers, ends_at, size))
    except OutsideError as error:
        answers.put(error)
    except requests.HTTPError as error:
        answers.put(OutsideError(f"refused with status {error.response.status_code}"))
    except (requests.ConnectionError, requests.Timeout) as error:
        answers.put(Unreachable(type(error).__name__))
    except (requests.RequestException, ValueError) as error:  # ValueError: an address that is none
        answers.put(OutsideError(type(error).__name__))


def _read(url, parameters, headers, ends_at, size):
    with requests.get(
        url, params=parameters, headers=headers, timeout=SILENCE, stream=True, allow_redirects=False
    ) as answer:
        if answer.is_redirect:
            raise OutsideError("the service sends elsewhere: enter its new address in the settings")
        if answer.status_code == requests.codes.not_found:
            raise NotFound("nothing there (404)")
        answer.raise_for_status()
        content = bytearray()
        for piece in answer.iter_content(PIECE):
            content += piece
            if len(content) > size:
                raise OutsideError(f"an answer of more than {size:,} bytes")
            if time.monotonic() > ends_at:
                raise Unreachable("no whole answer in time")
        return bytes(content)
