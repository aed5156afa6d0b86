import json
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from unittest.mock import patch

from ..common import MONDAY
from .dispatch_common import DispatchCommon

DAY = timedelta(days=1)
LOGS = (
    "odoo.addons.recouvrement_fr.models.sending.recouvrement_channel_email",
    "odoo.addons.mail.models.mail_mail",
    "odoo.addons.iap.tools.iap_tools",
    "odoo.addons.mail.models.mail_thread",
)


class Provider:
    """A provider of SMS on a local port, that answers as Odoo's own does."""

    def __init__(self):
        self.texts = []
        self.state = "success"
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["params"]
                results = []
                for message in asked["messages"]:
                    for number in message["numbers"]:
                        provider.texts.append((number["number"], message["content"]))
                        results.append({"uuid": number["uuid"], "state": provider.state, "credit": 1})
                answer = json.dumps({"jsonrpc": "2.0", "id": None, "result": results}).encode()
                self.send_response(200 if provider.state != "broken" else 500)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args):
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class ChannelsCommon(DispatchCommon):
    """Levels with other channels than the e-mail."""

    def step(self, level, channel, **values):
        return self.env["recouvrement.level.channel"].create({"level_id": level.id, "channel": channel, **values})

    @contextmanager
    def provider(self):
        """Odoo calls its provider of SMS; it is ours."""
        provider = Provider()
        self.env["ir.config_parameter"].set_param("sms.endpoint", provider.url)
        outside = SimpleNamespace(module=SimpleNamespace(current_test=False))
        try:
            with patch("odoo.addons.iap.tools.iap_tools.modules", outside):
                yield provider
        finally:
            provider.close()

    def by_sms(self, **values):
        """A debtor reminded by SMS, and his reminder."""
        former = self.first.channel_ids
        self.step(self.first, "sms", **values)
        former.unlink()
        self.debtor_partner.phone = "+33612345678"
        return self.reminded()[1]

    def registered(self, partner=None, channel="registered"):
        """A letter to send registered, printed."""
        former = self.first.channel_ids
        self.step(self.first, channel)
        former.unlink()
        _invoice, reminder = self.frozen(**({"partner": partner} if partner else {}))
        return reminder.dispatch_ids

    def post(self, letters, *numbers, on=MONDAY):
        posting = self.env["recouvrement.posting"].with_context(active_ids=letters.ids).create({"posted_on": on})
        for line, number in zip(posting.line_ids, numbers, strict=False):
            line.tracking_number = number
        with self.at(on):
            return posting.action_post()
