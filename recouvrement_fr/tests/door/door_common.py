import re
import secrets
from datetime import timedelta

from odoo.tests import HttpCase

from ...controllers import door
from ..common import MONDAY, RecouvrementCommon

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PLAN = {"door_plan": True, "door_plan_count": 3, "door_plan_deposit": 20, "door_plan_maximum": 3000}


class DoorCommon(RecouvrementCommon, HttpCase):
    """A debtor with its page, on the day of the tests: requests come in by the real door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({"door": True, **PLAN})
        cls.today = MONDAY
        cls.company.recouvrement_gap_days = 365

    def setUp(self):
        super().setUp()
        door._guesses.clear()
        self.forms = {}
        self.debtor = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        self.token = self.link(self.debtor)

    def link(self, debtor, days=90):
        return self.env["recouvrement.portal.access"]._make(debtor, self.today, days)

    def provide(self):
        """A payment provider that only pretends, published; None where `payment_demo` is not installed."""
        demo = self.env.ref("payment.payment_provider_demo").sudo()  # of another company
        if demo.code != "demo":
            return None
        provider = demo.copy({"company_id": self.company.id, "is_published": True})
        method = self.env["payment.method"].search([("code", "=", "demo"), ("active", "in", (True, False))], limit=1)
        method.active = True
        provider.write({"state": "test", "payment_method_ids": [(6, 0, method.ids)]})
        provider.journal_id = self.company_data["default_journal_bank"]
        return provider

    def late(self, amount=1000.0, days=10, **values):
        return self.invoice(self.today - timedelta(days=days), amount, **values)

    def get(self, path="", token=None, **kwargs):
        self.env.flush_all()
        return self.url_open(f"/rc/{token or self.token}{path}", allow_redirects=False, **kwargs)

    def csrf(self, token=None):
        """What a form of the page sends back, read once: a person does not load it again between two of them."""
        token = token or self.token
        if token not in self.forms:
            self.forms[token] = re.search(r'data-csrf="([^"]+)"', self.get(token=token).text)[1]
        return self.forms[token]

    def post(self, path, data=None, files=None, token=None, csrf=None, key=None):
        """A form as the page sends it; redirects are not followed."""
        data = {"csrf_token": csrf or self.csrf(token), "key": key or secrets.token_urlsafe(24), **(data or {})}
        response = self.url_open(f"/rc/{token or self.token}{path}", data=data, files=files, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def act(self, kind, data=None, **kwargs):
        return self.post(f"/act/{kind}", data, **kwargs)

    def events(self, *kinds):
        domain = [("debtor_id", "=", self.debtor.id)]
        return self.env["recouvrement.portal.event"].search(domain + ([("kind", "in", kinds)] if kinds else []))

    def day(self, days):
        return (self.today + timedelta(days=days)).isoformat()
