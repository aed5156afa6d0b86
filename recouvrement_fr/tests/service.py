"""A service of the outside, on a local port: what our clients are answered in tests, that refuse the network."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

import requests

REAL_REQUEST = requests.Session.request


@contextmanager
def answering(answer, path=""):
    """The address of a server, as long as one looks at it; ``answer(handler)`` writes what each GET gets."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

        def log_message(self, *_args):
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with patch.object(requests.Session, "request", REAL_REQUEST):  # the network is refused: this is our own
            yield f"http://127.0.0.1:{server.server_port}{path}"
    finally:
        server.shutdown()
        server.server_close()


def say(handler, content, status=200, **headers):
    """Write a whole answer."""
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(content)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)
