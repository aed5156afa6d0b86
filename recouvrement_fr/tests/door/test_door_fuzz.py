import random

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .door_common import PDF, DoorCommon

WORDS = [
    *("", "0", "-1", "1.5", "NaN", "inf", "1e999", "9" * 400, "é\u202e\u0000x", "\ud7ff", "\U0001f4a9" * 50),
    *("' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "../../etc/passwd", "%s%n%d", "[]", "null"),
    *("2026-02-30", "9999-12-31", "0000-00-00", "2026-01-01T00:00:00", "true", "a" * 5000, "\r\nSet-Cookie: a=b"),
]
NAMES = (
    *("day", "amount", "note", "said_by", "move_ids", "reason", "email", "phone", "count", "first", "signature"),
    *("agreed", "key", "kind", "company_id", "debtor", "access_id", "uid", "context", "lang", "csrf"),
)


@tagged("post_install", "-at_install")
class TestDoorFuzz(DoorCommon):
    """Whatever is sent, a route says no: it never breaks."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(14)
        self.late()

    def told(self, response, what):
        self.assertLess(response.status_code, 500, what)
        return response.status_code

    def test_paths(self):
        with mute_logger("odoo.http"):
            for path in (
                *(
                    "/act/",
                    "/act/unlink",
                    "/act/_act_paid",
                    "/act/__class__",
                    "/file",
                    "/file/invoice",
                    "/file/invoice/0",
                ),
                *("/file/invoice/-1", "/file/invoice/99999999999999999999", "/file/%00/1", "/file/letter/1e9"),
                *(
                    "/print/1",
                    "/pay",
                    "/pay?m=",
                    "/pay?m=-",
                    "/pay?m=0",
                    "/pay?m=1-2-3",
                    "/pay?m=9999999999",
                    "/pay?m=é",
                ),
                *("/plan", "/plan?count=1", "/plan?count=a&first=b", "/seen", "/transaction", "?page=-1", "?page=é"),
                *("?page=99999999", "?done=<script>", "?page=1&page=2", "/pay?m=all&amount=1e400", "/pay?m=all&m=late"),
            ):
                with self.subTest(path=path):
                    self.told(self.get(path), path)
        self.assertFalse(self.events())

    def test_numbers_of_what_is_printed(self):
        with mute_logger("odoo.http"):
            for number in (0, 1, 2**31 - 1, 2**31, 2**63, 10**20, 10**400):
                for path in ("print", "receipt"):
                    with self.subTest(path=path, number=number):
                        self.assertEqual(self.post(f"/{path}/{number}").status_code, 404)
                        self.told(self.get(f"/{path}/{number}"), path)
        self.assertFalse(self.events())

    def test_query_words(self):
        for word in WORDS:
            for path in ("", "/pay", "/plan"):
                params = {
                    name: word for name in ("page", "done", "m", "amount", "count", "first", "move_ids", "penalties")
                }
                self.told(self.get(path, params=params), (path, word))

    def test_forms(self):
        csrf = self.csrf()
        kinds = ("paid", "promise", "dispute", "plan", "message", "contact", "email", "sms")
        with mute_logger("odoo.http"):
            for _round in range(120):
                kind = self.random.choice(kinds)
                form = {
                    name: [self.random.choice(WORDS) for _double in range(self.random.choice((1, 1, 2)))]
                    for name in self.random.sample(NAMES, self.random.randint(0, len(NAMES)))
                }
                form.setdefault("key", [self.random.choice(("x" * 20, "", "é" * 20))])
                answer = self.url_open(
                    f"/rc/{self.token}/act/{kind}", data={**form, "csrf_token": csrf}, allow_redirects=False
                )
                self.told(answer, (kind, form))

    def test_files(self):
        csrf = self.csrf()
        for name in ("", "\u0000.pdf", "é\u202e.pdf", "a" * 400 + ".pdf", "../../x", '";.pdf', "\r\nX: y.pdf"):
            for content in (b"", b"%PDF", PDF, b"\xff\xd8\xff" + b"\0" * 30, b"\x89PNG\r\n\x1a\n"):
                answer = self.act("message", {"note": "Bonjour"}, files={"files": (name, content)}, csrf=csrf)
                self.told(answer, (name, content))

    def test_transactions(self):
        """What core's form sends, in every type: refused, and no payment begun."""
        names = ("amount", "provider_id", "payment_method_id", "flow", "token_id", "tokenization_requested")
        values = (*WORDS, None, True, -1, 0, 1e300, [], [1], {}, {"a": 1}, [[6, 0, [1]]])
        with mute_logger("odoo.http"):
            for _round in range(40):
                params = {name: self.random.choice(values) for name in self.random.sample(names, 4)}
                body = {"jsonrpc": "2.0", "method": "call", "params": params, "id": self.random.choice(values)}
                answer = self.url_open(f"/rc/{self.token}/transaction?m=all", json=body)
                self.told(answer, params)
                self.assertIn("error", answer.json(), params)
        self.assertFalse(self.env["payment.transaction"].search([("door_debtor_id", "=", self.debtor.id)]))

    def test_methods(self):
        """A route answers what it is for: any other verb is refused, and changes nothing."""
        with mute_logger("odoo.http"):
            for path in ("", "/act/paid", "/seen", "/pay", "/plan", "/transaction", "/file/invoice/1", "/print/1"):
                for verb in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
                    with self.subTest(path=path, verb=verb):
                        answer = self.url_open(f"/rc/{self.token}{path}", method=verb)
                        self.told(answer, (path, verb))
        self.assertFalse(self.events())

    def test_a_form_larger_than_its_files_may_be_is_refused(self):
        csrf, large = self.csrf(), b"%PDF-1.4" + b"0" * (27 * 1024 * 1024)
        with mute_logger("odoo.http"):
            answer = self.act("message", {"note": "Bonjour"}, files={"files": ("a.pdf", large)}, csrf=csrf)
        self.assertEqual(answer.status_code, 413)
        self.assertFalse(self.events())

    def test_the_page_of_an_account(self):
        """The same routes, for whoever is logged in."""
        user = new_test_user(self.env, "fuzz_portal", "base.group_portal")
        user.partner_id.parent_id = self.debtor_partner
        self.authenticate("fuzz_portal", "fuzz_portal")
        with mute_logger("odoo.http"):
            for number in (0, -1, 999999999, 99999999999999999999, "é", "1e9", self.company.id):
                for path in ("", "/pay?m=é", "/plan?count=é", "/file/invoice/0", "/act/paid", "/transaction", "/seen"):
                    self.told(self.url_open(f"/my/collection/{number}{path}"), (number, path))
            for number in (0, -1, 99999999999999999999, "é", self.debtor.id):
                self.assertIn(self.url_open(f"/recouvrement/door/{number}").status_code, (403, 404), number)
        self.assertFalse(self.events())

    def test_whatever_is_answered_is_not_indexed_nor_kept(self):
        for path in ("", "/plan?count=1", f"/plan?count=1&first={self.day(5)}", "/pay?m=all", "/pay?m=all&amount=0"):
            headers = self.get(path).headers
            with self.subTest(path=path):
                self.assertIn("noindex", headers["X-Robots-Tag"])
                self.assertEqual(headers["Cache-Control"], "no-store, private")
                self.assertEqual(headers["Referrer-Policy"], "no-referrer")

    def test_bodies(self):
        url, form = f"/rc/{self.token}", "application/x-www-form-urlencoded"
        bodies = (b" ", b"{", b"[]", b"null", b"{}", b"\xff\xfe\x00", b'{"params": []}', b'{"params": {"amount": {}}}')
        with mute_logger("odoo.http"):
            for path in ("/act/paid", "/transaction", "/seen", "/print/1", ""):
                for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", form):
                    for body in bodies:
                        with self.subTest(path=path, kind=kind, body=body):
                            answer = self.url_open(url + path, data=body, headers={"Content-Type": kind})
                            self.told(answer, (path, kind, body))
        self.assertFalse(self.events())
