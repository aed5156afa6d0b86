"""AR24, a carrier of electronic registered letters, as far as its public documentation says how to speak with it.

A request is a form with the token, the day and hour in Paris and what is asked; its header ``signature`` is that hour,
ciphered. An answer is ciphered the same way, an error is not. Nothing of Odoo here.
"""

import base64
import hashlib
import json
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SANDBOX = "https://sandbox.ar24.fr/api"
SECONDS = 60  # to connect, and between two bytes: what AR24 asks for
BYTES = 20_000_000  # of an answer or a proof
PIECE = 65536
BLOCK = 128  # bits, of AES
# state of ours -> (field of the day, field of the address of the proof), in the order they happen
STEPS = {
    "presented": ("ts_ev_date", "proof_ev_url"),  # told to its addressee, who has fifteen days
    "delivered": ("view_date", "proof_ar_url"),
    "refused": ("refused_date", "proof_rf_url"),
    "unclaimed": ("negligence_date", "proof_ng_url"),
    "returned": ("bounced_date", "proof_bc_url"),
}


class Ar24Error(Exception):
    """AR24 refused, or could not be reached: nothing was deposited. ``slug`` is its own name for it."""

    def __init__(self, message, slug=""):
        super().__init__(message)
        self.slug = slug


class Ar24Silent(Exception):
    """AR24 was asked and its answer is not known: what was asked may have been done."""


class Step(NamedTuple):
    """Something that happened to a letter: a state of ours, its day in Paris, where its proof is (or "")."""

    state: str
    on: date
    proof_url: str


class Client:
    """One sender at AR24.

    :param url: of the interface, without its last slash
    :param token: of the access
    :param key: its private key
    :param user: number of the account of the sender
    :param now: returns the moment in Paris, a `datetime`
    """

    def __init__(self, url, token, key, user, now):
        self.url, self.token, self.key, self.user, self.now = url.rstrip("/"), token, key, user, now

    def identify(self, code):
        """Prove the identity of the sender with a code of the authenticator; qualified letters need it.

        :raises Ar24Error: the code is wrong; or silence, since asking again costs nothing
        """
        try:
            self._post("user/auth_otp", {"otp": code})
        except Ar24Silent as error:
            raise Ar24Error(str(error)) from error

    def upload(self, name, content):
        """The number of a file given to AR24, not sent to anybody yet.

        :raises Ar24Error: refused or silent; nothing has left
        """
        try:
            answer = self._post("attachment", {}, {"file": (name, content, "application/pdf")})
        except Ar24Silent as error:
            raise Ar24Error(str(error)) from error
        if "file_id" not in answer:
            raise Ar24Error("no number for the file")
        return str(answer["file_id"])

    def send(self, letter, file_id, webhook):
        """Send a qualified letter; its number at AR24.

        :param dict letter: to_email, to_lastname, to_firstname, to_company, dest_statut, content, ref_dossier
        :param file_id: what `upload` answered
        :param webhook: address that AR24 calls when something happens to it
        :raises Ar24Error: refused, surely not sent
        :raises Ar24Silent: it may have left
        """
        asked = {**letter, "eidas": "1", "attachment[0]": file_id, "webhook": webhook}
        answer = self._post("mail", asked)
        if not answer.get("id"):
            raise Ar24Silent("no number in the answer")
        return str(answer["id"])

    def letter(self, number):
        """(our reference, [Step]) of a letter, in the order they happened.

        :raises Ar24Error: it has none of that number, does not answer, or tells a day that is none
        """
        try:
            found = self._get("mail", {"id": number})
        except Ar24Silent as error:
            raise Ar24Error(str(error)) from error
        steps = []
        for state, (day, proof) in STEPS.items():
            if found.get(day):
                steps.append(Step(state, _day(found[day]), str(found.get(proof) or "")))
        return str(found.get("ref_dossier") or ""), steps

    def proof(self, url):
        """The PDF of a proof; only from the very host that is asked.

        :raises Ar24Error: elsewhere, not there, or no PDF
        """
        try:
            place = urlsplit(url)[:2]
        except ValueError as error:
            raise Ar24Error("a proof whose address is none") from error
        if place != urlsplit(self.url)[:2]:
            raise Ar24Error("a proof that is not at AR24")
        try:
            content = _read(requests.get(url, timeout=SECONDS, stream=True, allow_redirects=False))
        except (requests.RequestException, Ar24Silent) as error:
            raise Ar24Error(type(error).__name__) from error
        if not content.startswith(b"%PDF"):
            raise Ar24Error("a proof that is no PDF")
        return content

    # --- one request --------------------------------------------------------------------------------------------------

    def _post(self, path, asked, files=None):
        # Without a file too, a form in parts: that is what AR24 reads.
        parts = files or {"none": (None, "")}
        return self._ask("POST", path, asked, lambda fields: {"data": fields, "files": parts})

    def _get(self, path, asked):
        return self._ask("GET", path, asked, lambda fields: {"params": fields})

    def _ask(self, method, path, asked, given):
        moment = self.now().strftime("%Y-%m-%d %H:%M:%S")
        fields = {"token": self.token, "id_user": self.user, "date": moment, **asked}
        headers = {"signature": self.signature(moment)}
        try:
            answer = requests.request(
                method,
                f"{self.url}/{path}/",
                headers=headers,
                timeout=SECONDS,
                stream=True,
                allow_redirects=False,
                **given(fields),
            )
            content = _read(answer)
        except requests.exceptions.ConnectTimeout as error:
            raise Ar24Error("AR24 cannot be reached") from error
        except requests.RequestException as error:
            # The words of an error never hold the address, whose query has the token.
            if "NewConnectionError" in repr(error):
                raise Ar24Error("AR24 cannot be reached") from error
            raise Ar24Silent(type(error).__name__) from error
        return self._understood(content, moment)

    def _understood(self, content, moment):
        """What an answer says, deciphered unless it is an error."""
        try:
            said = json.loads(content)
        except ValueError:
            said = self._deciphered(content, moment)
        if not isinstance(said, dict):
            raise Ar24Silent("an answer of another kind")
        status = str(said.get("status", "")).lower()
        if status == "maintenance":
            raise Ar24Error("AR24 is being maintained, try later", "maintenance")
        if status == "error":
            raise Ar24Error(str(said.get("message") or "refused"), str(said.get("slug") or ""))
        result = said.get("result")
        return result if isinstance(result, dict) else {}

    def _deciphered(self, content, moment):
        try:
            decryptor = self._cipher(moment).decryptor()
            padded = decryptor.update(base64.b64decode(content, validate=True)) + decryptor.finalize()
            remover = padding.PKCS7(BLOCK).unpadder()
            return json.loads(remover.update(padded) + remover.finalize())
        except ValueError as error:
            raise Ar24Silent("an answer that cannot be deciphered") from error

    # --- signing ------------------------------------------------------------------------------------------------------

    def signature(self, moment):
        """The header of a request made at that moment (``YYYY-MM-DD HH:MM:SS``, Paris)."""
        padder = padding.PKCS7(BLOCK).padder()
        padded = padder.update(moment.encode()) + padder.finalize()
        encryptor = self._cipher(moment).encryptor()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def _cipher(self, moment):
        """AES-256-CBC. The key is the beginning of the hexadecimal digest of the moment and the private key, the vector
        that of the digest of the digest of the private key: not verified, see the README."""
        key = _digest(moment + self.key)[:32]
        vector = _digest(_digest(self.key))[:16]
        return Cipher(algorithms.AES256(key.encode()), modes.CBC(vector.encode()))


def _day(told):
    """:raises Ar24Error: it is no day"""
    try:
        return date.fromisoformat(str(told)[:10])
    except ValueError as error:
        raise Ar24Error("a day that is none") from error


def _digest(words):
    return hashlib.sha256(words.encode()).hexdigest()


def _read(answer):
    """The bytes of an answer, within limits.

    :raises Ar24Error: a redirection; it is not followed
    :raises Ar24Silent: a failure of AR24, or too many bytes
    """
    with answer:
        if answer.is_redirect:
            raise Ar24Error("AR24 sends elsewhere: enter its new address")
        if answer.status_code >= 500:
            raise Ar24Silent(f"status {answer.status_code}")
        if answer.status_code >= 400:
            raise Ar24Error(f"refused with status {answer.status_code}")
        content = bytearray()
        for piece in answer.iter_content(PIECE):
            content += piece
            if len(content) > BYTES:
                raise Ar24Silent("an answer too large")
        return bytes(content)
