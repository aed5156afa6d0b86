import base64
from datetime import timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from unittest import SkipTest
from unittest.mock import patch

from odoo.tests import tagged

from ...rules.instalments import Instalment
from ...tools.recipients import one_line, recipient
from ..clock import today
from ..common import MONDAY
from ..night.test_real_processes import _free_port
from .dispatch_common import DispatchCommon

try:
    from aiosmtpd.controller import Controller
except ImportError:  # tests run from elsewhere than the repository
    Controller = None

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
BAD_NAME = "Deux\nLignes, Fils\nBcc: x@y.example"
TOLD = MONDAY + timedelta(days=1)


class Taken:
    """What a real mail server was given: the envelope's recipients and the message."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, _server, _session, envelope):
        self.messages.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 accepted"


@tagged("post_install", "-at_install")
class TestRecipients(DispatchCommon):
    """Whom a message reaches, as a real mail server sees it."""

    def setUp(self):
        super().setUp()
        if Controller is None:
            raise SkipTest("aiosmtpd is not installed")
        self.taken = Taken()
        controller = Controller(self.taken, hostname="127.0.0.1", port=_free_port())
        controller.start()
        self.addCleanup(controller.stop)
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create(
            {"name": "Real", "smtp_host": "127.0.0.1", "smtp_port": controller.port, "smtp_encryption": "none"}
        )

    def leave(self, mails):
        """The mails of the queue, given to the server."""
        with patch.object(type(self.env["ir.mail_server"]), "_disable_send", lambda _self: False):
            mails.send()
        return [recipients for recipients, _message in self.taken.messages]

    def queued(self, model):
        return self.env["mail.mail"].search([("model", "=", model), ("state", "=", "outgoing")])

    def contact(self):
        contact = self._partner("Jane", parent_id=self.debtor_partner.id, is_company=False, email="jane@durand.example")
        self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner).dunning_contact_id = contact
        return contact

    def test_a_debtor_whose_name_is_endless_gets_his_reminder(self):
        """A line of a message holds 998 bytes: servers refuse a longer one, some without a word."""
        self.debtor_partner.name = "Menuiserie é" + "x" * 1200
        _invoice, reminder = self.reminded()
        with (
            patch.object(type(self.env["ir.mail_server"]), "_disable_send", lambda _self: False),
            self.at(MONDAY, 9),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_dispatch").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((reminder.state, reminder.error), ("sent", False))
        [(recipients, message)] = self.taken.messages
        self.assertEqual(recipients, ["compta@durand.example"])
        self.assertLess(max(map(len, message.as_bytes().splitlines())), 999)

    def test_a_name_never_carries_an_address_nor_breaks_a_header(self):
        self.assertEqual(recipient(BAD_NAME, ["a@b.example"]), '"Deux Lignes, Fils Bcc: x y.example" <a@b.example>')
        self.assertLess(len(recipient("A" * 2000, ["a@b.example"])), 200)
        self.assertEqual(one_line("Facture\r\nBcc: x"), "Facture Bcc: x")

    def test_a_name_on_two_lines_sends_the_reminder_to_its_address_alone(self):
        self.debtor_partner.name = BAD_NAME
        self.reminded()
        with (
            patch.object(type(self.env["ir.mail_server"]), "_disable_send", lambda _self: False),
            self.at(MONDAY, 9),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("recouvrement_fr.ir_cron_recouvrement_dispatch").method_direct_trigger()
        self.assertEqual([found for found, _message in self.taken.messages], [[self.debtor_partner.email]])
        [(_found, message)] = self.taken.messages
        self.assertFalse(message["Bcc"])
        self.env.invalidate_all()
        with patch.object(type(self.env["ir.mail_server"]), "_disable_send", lambda _self: False), self.at(MONDAY, 9):
            self.reminders().dispatch_ids._resend()._send_after_commit(MONDAY)
        self.assertEqual(self.taken.messages[1][0], [self.debtor_partner.email])

    def test_a_statement_of_a_name_on_two_lines_reaches_its_address_alone(self):
        self.debtor_partner.name = BAD_NAME
        self.reminded()
        statements = self.env["recouvrement.statement"]
        with self.at(MONDAY):
            sent = statements.with_context(force_report_rendering=True)._send(
                self.card(), MONDAY, {self.card(): self.debtor_partner}
            )
        self.assertEqual(self.leave(sent.mail_id), [[self.debtor_partner.email]])

    def test_the_proof_is_asked_of_its_address_alone(self):
        self.debtor_partner.name = BAD_NAME
        self.reminded()
        with self.at(MONDAY):
            self.card()._ask_proof(on=today())
        self.assertEqual(self.leave(self.queued("recouvrement.debtor")), [[self.debtor_partner.email]])

    def test_a_promise_is_announced_to_the_follow_up_contact_and_counts_once_it_left(self):
        self.contact().name = BAD_NAME
        self.policy.promise_reminder = True
        invoice, _reminder = self.reminded()
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(
                self.card(), invoice, 1000, TOLD + timedelta(days=1), on=today()
            )
        with self.at(TOLD):
            promise.sudo()._follow_up(TOLD)
            self.assertFalse(promise.reminded_on)
            self.assertEqual(self.leave(promise.mail_id), [["jane@durand.example"]])
            self.assertEqual(promise.reminded_on, TOLD)

    def test_an_instalment_is_announced_to_the_follow_up_contact_and_counts_once_it_left(self):
        self.contact().name = BAD_NAME
        invoice, _reminder = self.reminded()
        schedule = [Instalment(MONDAY + timedelta(days=days), Decimal(500)) for days in (14, 44)]
        with self.at(MONDAY):
            plan = self.env["recouvrement.plan"]._make(self.card(), invoice, schedule)
            plan.action_propose()
            plan._accept(MONDAY, "Jeanne Durand", signed_file=("protocole.png", PNG))
        first = plan.instalment_ids[0]
        before = first.date - timedelta(days=3)
        with self.at(before):
            plan.sudo()._follow_up(before)
            self.assertFalse(first.reminded_on)
            self.assertEqual(self.leave(first.mail_id), [["jane@durand.example"]])
        self.assertEqual(plan.instalment_ids.mapped("reminded_on"), [before, False])

    def test_thanks_reach_the_address_of_a_name_on_two_lines_alone(self):
        self.policy.thanks = True
        self.debtor_partner.name = BAD_NAME
        self.company.partner_id.name = "Dupont\nBcc: x@y.example"
        invoice, reminder = self.reminded()
        self.mark_sent(reminder, MONDAY)
        self.pay(invoice, on=MONDAY)
        self.night(TOLD)
        with self.at(TOLD, 4):
            self.env["recouvrement.thanks"].sudo()._follow_up(TOLD)
        self.morning(TOLD + timedelta(days=1))
        thanks = self.env["recouvrement.thanks"].search([("debtor_id", "=", self.card().id)])
        with self.at(TOLD + timedelta(days=1)):
            self.assertEqual(self.leave(thanks.mail_id), [[self.debtor_partner.email]])
        self.assertFalse(self.taken.messages[0][1]["Bcc"])

    def test_an_announcement_that_did_not_leave_is_not_reminded_and_is_told_once(self):
        self.policy.promise_reminder = True
        invoice, _reminder = self.reminded()
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(
                self.card(), invoice, 1000, TOLD + timedelta(days=1), on=today()
            )
        with self.at(TOLD):
            promise.sudo()._follow_up(TOLD)
            promise.mail_id.write({"state": "exception", "failure_reason": "550 no"})
            before = len(self.card().activity_ids)
            promise.sudo()._follow_up(TOLD)
            promise.sudo()._follow_up(TOLD)
        self.assertFalse(promise.reminded_on)
        self.assertEqual(len(self.card().activity_ids), before + 1)
