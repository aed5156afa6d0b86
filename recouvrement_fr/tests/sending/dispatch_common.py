from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from ..common import MONDAY, RecouvrementCommon

MODELS = "odoo.addons.recouvrement_fr.models"
DAY = timedelta(days=1)


class Server:
    """A mail server: takes messages, unless told how to answer an address."""

    from_filter = smtp_from = None

    def __init__(self):
        self.messages = []
        self.answers = {}  # address -> exception
        self.is_down = False

    def connect(self, *_args, **_kwargs):
        if self.is_down:
            raise ConnectionRefusedError("Connection refused")
        return self

    def set_debuglevel(self, level):
        """As smtplib."""

    def ehlo_or_helo_if_needed(self):
        """As smtplib."""

    def quit(self):
        """As smtplib."""

    def send_message(self, message, _sender, recipients):
        for recipient in recipients:
            if recipient in self.answers:
                raise self.answers[recipient]
        self.messages.append((recipients, message.get_body(("html",)).get_content()))


class DispatchCommon(RecouvrementCommon):
    """A debtor who gets reminders, and a mail server of ours."""

    def setUp(self):
        super().setUp()
        self.server = Server()

    @contextmanager
    def mail_server(self):
        """Odoo believes it sends; the server is ours."""
        with (
            patch.object(type(self.env["ir.mail_server"]), "_disable_send", lambda _self: False),
            patch("smtplib.SMTP", self.server.connect),
        ):
            yield self.server

    def dispatch(self, on, hour=9):
        """The dispatch of that hour (UTC), as the scheduler runs it, with a mail server."""
        with self.mail_server(), self.at(on, hour), self.enter_registry_test_mode():
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_dispatch").method_direct_trigger()
        self.env.invalidate_all()

    def reminded(self, days=3, amount=1000.0, **kwargs):
        """An invoice late enough for the first level, and the reminder its night planned."""
        invoice = self.invoice(MONDAY - timedelta(days=days), amount, **kwargs)
        self.night(MONDAY)
        return invoice, self.reminders(kwargs.get("partner"))[-1]

    def frozen(self, **kwargs):
        """The same, its message written at 3 in the morning: it waits for working hours."""
        invoice, reminder = self.reminded(**kwargs)
        self.dispatch(MONDAY, 3)
        return invoice, reminder

    def assert_given_up(self, reminder, hours):
        """Tried again at these hours, night after night, it fails within days, in words, and somebody is called."""
        told = self.card().activity_ids
        for day in range(14):
            on = MONDAY + day * DAY
            if day:
                self.night(on)
            for hour in hours:
                self.dispatch(on, hour)
            if reminder.state != "sending":
                break
        self.assertEqual(reminder.state, "failed")
        self.assertLess(day, 3)
        self.assertIn("5 tries", reminder.error)
        self.assertTrue(self.card().activity_ids - told)

    def on_paper(self, **kwargs):
        """The same for a debtor without e-mail: a letter to post."""
        (kwargs.get("partner") or self.debtor_partner).email = False
        return self.frozen(**kwargs)
