from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from ..tools.ar24_client import Ar24Error, Ar24Silent, Client, Step
from .ar24_server import KEY, TOKEN, USER, Ar24Server

LETTER = {"to_email": "a@x.example", "ref_dossier": "R-1", "content": "Mise en demeure"}


@tagged("post_install", "-at_install")
class TestAr24Client(BaseCase):
    def setUp(self):
        super().setUp()
        self.server = Ar24Server()
        self.addCleanup(self.server.close)
        self.client = self.sender()

    def sender(self, **values):
        given = {"url": self.server.url, "token": TOKEN, "key": KEY, "user": USER, **values}
        return Client(**given, now=lambda: datetime(2026, 3, 2, 9, 30))

    def test_the_signature_is_the_hour_ciphered_with_the_private_key(self):
        """Computed apart with OpenSSL: printf '2026-03-02 09:30:00' | openssl enc -aes-256-cbc -a, the key being the 32
        first characters of the SHA-256 of the hour and the key, in hexadecimal, and so on."""
        self.assertEqual(self.client.signature("2026-03-02 09:30:00"), "CoMFy5lQS7+1XCld9+jhrGgRx8gXI2u4q6R3wHT9T8U=")

    def test_a_letter_is_sent_with_the_bytes_given_and_its_steps_are_read(self):
        number = self.client.send(
            LETTER, self.client.upload("lettre.pdf", b"%PDF-1.7 \xff\x00"), "https://us.example/x"
        )
        self.assertEqual(self.server.files, {"1": b"%PDF-1.7 \xff\x00"})
        letter = self.server.letters[number]
        self.assertEqual(
            (letter["eidas"], letter["attachment[0]"], letter["webhook"]), ("1", "1", "https://us.example/x")
        )
        self.server.happens(number, "ev", "2026-03-02 09:31:00")
        self.server.happens(number, "ar", "2026-03-04 18:00:00")
        reference, steps = self.client.letter(number)
        host = self.server.host
        self.assertEqual(reference, "R-1")
        self.assertEqual(
            steps,
            [
                Step("presented", date(2026, 3, 2), f"{host}/get/proof/ev-{number}?token=1"),
                Step("delivered", date(2026, 3, 4), f"{host}/get/proof/ar-{number}?token=1"),
            ],
        )
        self.assertTrue(self.client.proof(steps[0].proof_url).startswith(b"%PDF"))

    def test_a_day_or_an_address_that_is_none_is_told_and_stops_no_other_letter(self):
        number = self.client.send(LETTER, self.client.upload("lettre.pdf", b"%PDF"), "https://us.example/x")
        for day in ("28/11/2026", "0000-00-00", "2026-13-45 09:31:00"):
            self.server.happens(number, "ev", day)
            with self.subTest(day), self.assertRaisesRegex(Ar24Error, "day"):
                self.client.letter(number)
        with self.assertRaises(Ar24Error):
            self.client.proof("https://[::1/get/proof")

    def test_a_refusal_is_sure_and_a_silence_is_not(self):
        file_id = self.client.upload("lettre.pdf", b"%PDF")
        for mode, error in (
            ("refuse", Ar24Error),
            ("maintenance", Ar24Error),
            ("silent", Ar24Silent),
            ("down", Ar24Silent),
        ):
            self.server.mode = mode
            with self.subTest(mode), self.assertRaises(error):
                self.client.send(LETTER, file_id, "")
        with self.assertRaisesRegex(Ar24Error, "cannot be reached"):  # nobody listens there: nothing can have left
            self.sender(url="http://127.0.0.1:9/api").send(LETTER, file_id, "")

    def test_a_wrong_key_is_refused_in_the_words_of_the_service(self):
        with self.assertRaisesRegex(Ar24Error, "wrong signature"):
            self.sender(key="another").letter("1")
        self.assertEqual(self.server.unsigned, 1)

    def test_a_proof_is_read_at_the_service_alone(self):
        with self.assertRaisesRegex(Ar24Error, "not at AR24"):
            self.client.proof("http://127.0.0.1:9/get/proof/1")
