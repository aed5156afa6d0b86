"""A server that speaks as AR24 is documented to: signatures, ciphered answers, files, letters and their proofs."""

import base64
import hashlib
import json
import threading
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN, KEY, USER = "token-of-tests", "key-of-tests", "421"


def digest(words):
    return hashlib.sha256(words.encode()).hexdigest()


def cipher(moment):
    return Cipher(algorithms.AES256(digest(moment + KEY)[:32].encode()), modes.CBC(digest(digest(KEY))[:16].encode()))


def ciphered(words, moment):
    padder = padding.PKCS7(128).padder()
    encryptor = cipher(moment).encryptor()
    return base64.b64encode(
        encryptor.update(padder.update(words.encode()) + padder.finalize()) + encryptor.finalize()
    ).decode()


class Ar24Server:
    """On a local port. `mode` says how it answers a deposit: accept, refuse, otp, silent (it takes the letter, and says
    nothing), down (503), maintenance."""

    def __init__(self):
        self.mode = "accept"
        self.files, self.letters, self.codes, self.unsigned = {}, {}, [], 0
        ours = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                content = self.rfile.read(int(self.headers["Content-Length"]))
                head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
                parts = BytesParser(policy=HTTP).parsebytes(head + content).iter_parts()
                asked = {part.get_param("name", header="content-disposition"): part for part in parts}
                words = {name: part.get_payload(decode=True).decode() for name, part in asked.items() if name != "file"}
                ours.answer(self, urlsplit(self.path).path, words, asked.get("file"))

            def do_GET(self):
                split = urlsplit(self.path)
                words = {name: values[0] for name, values in parse_qs(split.query).items()}
                ours.answer(self, split.path, words, None)

            def log_message(self, *_args):
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"http://127.0.0.1:{self.server.server_port}"
        self.url = f"{self.host}/api"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler, path, asked, file):
        if path.startswith("/get/proof/"):
            return self.say(handler, b"%PDF-1.4 proof " + path.encode())
        signed = asked.get("token") == TOKEN and asked.get("id_user") == USER
        if not signed or handler.headers.get("signature") != ciphered(asked["date"], asked["date"]):
            self.unsigned += 1
            return self.refuse(handler, "wrong signature", "invalid_signature")
        if path == "/api/user/auth_otp/":
            self.codes.append(asked["otp"])
            return (
                self.give(handler, asked, {}) if asked["otp"] == "123456" else self.refuse(handler, "wrong code", "otp")
            )
        if path == "/api/attachment/":
            number = str(len(self.files) + 1)
            self.files[number] = file.get_payload(decode=True)
            return self.give(handler, asked, {"file_id": number})
        if handler.command == "POST":
            return self.deposit(handler, asked)
        letter = self.letters.get(asked["id"])
        return self.give(handler, asked, letter) if letter else self.refuse(handler, "unknown", "mail_not_exists")

    def deposit(self, handler, asked):
        if self.mode == "down":
            handler.send_response(503)
            return handler.end_headers()
        if self.mode == "maintenance":
            return self.say(handler, json.dumps({"status": "maintenance"}).encode())
        if self.mode in ("refuse", "otp"):
            slug = "missing_otp" if self.mode == "otp" else "invalid_email"
            return self.refuse(handler, "the address is not valid", slug)
        number = str(9000 + len(self.letters))
        self.letters[number] = {**asked, "id": number, "status": "waiting"}
        if self.mode == "silent":
            return handler.connection.close()
        return self.give(handler, asked, {"id": number})

    def happens(self, number, step, moment):
        """A letter is told (ev), accepted (ar), refused (rf), negligence (ng) or bounced (bc) at a moment in Paris."""
        names = {
            "ev": "ts_ev_date",
            "ar": "view_date",
            "rf": "refused_date",
            "ng": "negligence_date",
            "bc": "bounced_date",
        }
        self.letters[number].update(
            {names[step]: moment, f"proof_{step}_url": f"{self.host}/get/proof/{step}-{number}?token=1"}
        )

    def give(self, handler, asked, result):
        said = json.dumps({"status": "SUCCESS", "result": result})
        self.say(handler, ciphered(said, asked["date"]).encode())

    def refuse(self, handler, message, slug):
        self.say(handler, json.dumps({"status": "ERROR", "message": message, "slug": slug}).encode())

    def say(self, handler, content):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)
