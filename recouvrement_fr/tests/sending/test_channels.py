import base64
import csv
import hashlib
import io
import json
import threading
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from unittest import SkipTest
from unittest.mock import patch

from psycopg2.errors import UniqueViolation
from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...wizards.sending.recouvrement_postal_import import _state
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


@tagged("post_install", "-at_install")
class TestChannels(DispatchCommon):
    """Each channel behind the same door, and what comes back from it."""

    def step(self, level, channel, **values):
        return self.env["recouvrement.level.channel"].create({"level_id": level.id, "channel": channel, **values})

    def test_a_page_of_several_channels_gives_each_debtor_his_own(self):
        other = self._partner("Autre")
        self.invoice(MONDAY - 3 * DAY, partner=other)
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.assertEqual(reminder.dispatch_ids.mapped("channel"), ["email"])
        self.assertEqual(self.reminders(other).dispatch_ids.mapped("channel"), ["letter"])

    # --- SMS ----------------------------------------------------------------------------------------------------------

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

    def test_no_sms_leaves_to_a_contact_who_changed_company(self):
        contact = self._partner("Mme Petit", parent_id=self.debtor_partner.id, is_company=False, phone="+33698765432")
        self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner).dunning_contact_id = contact
        reminder = self.by_sms()
        self.assertEqual(reminder.addressee_id, contact)
        contact.parent_id = self._partner("Plomberie Martin")
        with self.provider() as provider:
            self.dispatch(MONDAY)
            self.assertEqual((provider.texts, reminder.state), ([], "cancelled"))
            self.night(MONDAY + DAY)
            self.dispatch(MONDAY + DAY)
        self.assertEqual([number for number, _text in provider.texts], ["+33612345678"])

    def test_an_sms_leaves_once_with_frozen_words_and_its_hash(self):
        reminder = self.by_sms(sms_text="{company}: {amount} avant le {deadline}, ref {reference}")
        with self.provider() as provider:
            self.dispatch(MONDAY)
            self.dispatch(MONDAY)
        [(number, text)] = provider.texts
        self.assertEqual(number, "+33612345678")
        self.assertIn("1 000,00 €", text)  # plain spaces: others halve what an SMS holds
        self.assertIn(reminder.name, text)
        [dispatch] = reminder.dispatch_ids
        self.assertEqual((dispatch.state, reminder.state, reminder.sent_date), ("handed_over", "sent", MONDAY))
        self.assertEqual(dispatch.attachment_id.raw.decode(), text)
        self.assertEqual(dispatch.sha256, hashlib.sha256(text.encode()).hexdigest())

    def test_an_sms_without_words_has_ours_and_wrong_placeholders_are_refused(self):
        self.by_sms()
        with self.provider() as provider:
            self.dispatch(MONDAY)
        self.assertIn(self.company.name, provider.texts[0][1])
        self.assertNotIn("{", provider.texts[0][1])
        with self.assertRaisesRegex(UserError, "placeholder"):
            self.first.channel_ids.sms_text = "{nonsense}"

    def test_sms_leave_from_nine_to_nineteen_in_paris(self):
        reminder = self.by_sms()
        with self.provider() as provider:
            for hour in (3, 7, 18):  # 4:00, 8:00 and 19:00 in Paris in winter
                self.dispatch(MONDAY, hour if hour != 18 else 19)
                self.assertFalse(provider.texts)
            self.dispatch(MONDAY, 17)
        self.assertEqual((len(provider.texts), reminder.state), (1, "sent"))

    def test_a_landline_or_a_blacklisted_number_goes_to_the_next_channel(self):
        self.step(self.first, "letter", fallback=True, sequence=50)
        self.by_sms()
        for number in ("+33140000000", False):
            with self.subTest(number):
                self.debtor_partner.phone = number
                refusals = self.env["recouvrement.channel.sms"]._refusals(self.reminders())
                self.assertEqual(len(refusals), 1)
        self.debtor_partner.phone = "+33612345678"
        self.env["phone.blacklist"].create({"number": "+33612345678"})
        with self.provider() as provider:
            self.dispatch(MONDAY)
        self.assertFalse(provider.texts)
        self.assertEqual(self.reminders().dispatch_ids.channel, "letter")

    @mute_logger(*LOGS)
    def test_a_number_refused_for_good_is_replaced_by_the_letter(self):
        reminder = self.by_sms()
        with self.provider() as provider:
            provider.state = "wrong_number_format"
            self.dispatch(MONDAY)
        states = {dispatch.channel: dispatch.state for dispatch in reminder.dispatch_ids}
        self.assertEqual(states, {"sms": "failed", "letter": "queued"})

    @mute_logger(*LOGS)
    def test_without_credit_it_is_tried_later_and_a_provider_that_breaks_is_uncertain(self):
        reminder = self.by_sms()
        with self.provider() as provider:
            provider.state = "insufficient_credit"
            self.dispatch(MONDAY)
            [dispatch] = reminder.dispatch_ids
            self.assertEqual((dispatch.state, dispatch.tries), ("queued", 1))
            provider.state = "broken"
            self.dispatch(MONDAY, 10)
        self.assertEqual((dispatch.state, dispatch.tries), ("uncertain", 2))
        self.assertEqual(len(self.card().activity_ids), 1)

    @mute_logger(*LOGS)
    def test_a_provider_nobody_answers_for_is_tried_later(self):
        reminder = self.by_sms()
        with self.provider():
            self.env["ir.config_parameter"].set_param("sms.endpoint", "http://127.0.0.1:9")
            self.dispatch(MONDAY)
        self.assertEqual(reminder.dispatch_ids.state, "queued")
        self.assertTrue(reminder.dispatch_ids.retry_on)

    @mute_logger(*LOGS)
    def test_a_provider_that_is_down_for_two_weeks_ends_in_a_failure_that_is_told(self):
        reminder = self.by_sms()
        told = self.card().activity_ids
        with self.provider():
            self.env["ir.config_parameter"].set_param("sms.endpoint", "http://127.0.0.1:9")
            for day in range(14):
                on = MONDAY + day * DAY
                if day:
                    self.night(on)
                for hour in (9, 11, 14, 16):
                    self.dispatch(on, hour)
                if reminder.state != "sending":
                    break
        self.assertEqual(reminder.state, "failed")
        self.assertLess(day, 3)
        self.assertIn("5 tries", reminder.error)
        self.assertTrue(self.card().activity_ids - told)

    def test_the_delivery_report_tells_delivered_or_sends_the_fallback(self):
        reminder = self.by_sms()
        with self.provider():
            self.dispatch(MONDAY)
        [dispatch] = reminder.dispatch_ids
        tracker = self.env["sms.tracker"].search([("sms_uuid", "=", dispatch.sms_uuid)])
        with self.at(MONDAY):
            tracker._action_update_from_sms_state("sent")
            self.assertEqual(dispatch.state, "delivered")
            tracker._action_update_from_provider_error("invalid_destination")
        self.assertEqual((dispatch.state, reminder.state), ("bounced", "sent"))
        self.assertEqual((reminder.dispatch_ids - dispatch).channel, "letter")

    def test_the_sms_queue_of_odoo_never_sends_it(self):
        self.by_sms()
        self.dispatch(MONDAY, 3)
        with self.provider() as provider, self.enter_registry_test_mode():
            self.env["sms.sms"]._process_queue()
        self.assertFalse(provider.texts)

    # --- registered letters -------------------------------------------------------------------------------------------

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

    def record(self, letter, state, on, **values):
        with self.at(on + 30 * DAY):
            self.env["recouvrement.postal.status"].create(
                {"dispatch_ids": letter.ids, "state": state, "date": on, **values}
            ).action_record()

    def test_a_registered_letter_is_followed_from_its_posting_to_its_proof(self):
        letter = self.registered()
        with self.assertRaisesRegex(UserError, "tracking number"):
            self.post(letter)
        self.post(letter, "1a 123 456 7890 1")
        self.assertEqual((letter.tracking_number, letter.postal_state), ("1A12345678901", "posted"))
        self.assertEqual((letter.posted_on, letter.reminder_id.sent_date), (MONDAY, MONDAY))
        self.record(letter, "presented", MONDAY + 2 * DAY)
        proof = base64.b64encode(b"%PDF-scan")
        self.record(letter, "delivered", MONDAY + 4 * DAY, proof=proof, proof_name="AR.pdf")
        self.assertEqual((letter.state, letter.postal_state), ("delivered", "delivered"))
        self.assertEqual((letter.effect_on, letter.closed_on), (MONDAY + 2 * DAY, MONDAY + 4 * DAY))
        events = letter.event_ids.sorted("id")
        self.assertEqual(events.mapped("state"), ["posted", "presented", "delivered"])
        event = events[-1]
        self.assertEqual((event.origin, event.proof_sha256), ("scanned", hashlib.sha256(b"%PDF-scan").hexdigest()))
        with self.assertRaises(UserError):
            event.sudo().write({"note": "changed"})
        with self.assertRaises(UserError):
            event.sudo().unlink()

    def test_an_impossible_day_is_refused(self):
        letter = self.registered()
        with self.assertRaisesRegex(UserError, "not posted"):
            self.record(letter, "delivered", MONDAY)
        self.post(letter, "1A1")
        with self.assertRaisesRegex(UserError, "posted on"):
            self.record(letter, "delivered", MONDAY - DAY)
        with self.assertRaisesRegex(UserError, "future"), self.at(MONDAY):
            letter._record_status("delivered", MONDAY + DAY)

    def test_an_unclaimed_letter_was_served_and_a_returned_one_goes_on(self):
        letter = self.registered()
        self.step(self.first, "email", template_id=self.template.id, fallback=True, sequence=90)
        self.post(letter, "1A1")
        self.record(letter, "unclaimed", MONDAY + 20 * DAY)
        self.assertEqual((letter.state, len(letter.reminder_id.dispatch_ids)), ("handed_over", 1))
        self.record(letter, "returned", MONDAY + 21 * DAY, note="n'habite pas à l'adresse")
        self.assertEqual((letter.state, letter.wrong_address), ("bounced", True))
        self.assertIn("habite", letter.failure)
        self.assertEqual(letter.reminder_id.state, "sent")
        self.assertEqual((letter.reminder_id.dispatch_ids - letter).channel, "email")
        self.record(letter, "delivered", MONDAY + 22 * DAY)  # it was a mistake
        self.assertEqual((letter.state, letter.wrong_address), ("delivered", False))

    def test_a_returned_letter_with_nothing_left_lands_in_the_agenda(self):
        letter = self.registered()
        self.post(letter, "1A1")
        self.record(letter, "returned", MONDAY + 5 * DAY)
        self.assertEqual((self.card().reason, len(self.card().activity_ids)), ("failed", 1))
        self.assertEqual(letter.reminder_id.state, "sent")

    def test_two_letters_cannot_have_the_same_number(self):
        other = self._partner("Autre")
        self.invoice(MONDAY - 3 * DAY, partner=other)
        letters = self.registered() | self.reminders(other).dispatch_ids
        with self.assertRaisesRegex(UserError, "twice"):
            self.post(letters, "1A1", "1a 1")
        self.post(letters[0], "1A1")
        with self.assertRaisesRegex(UserError, "already on"):
            self.post(letters[1], "1A1")

    def test_a_letter_paid_meanwhile_is_not_posted_with_its_number(self):
        letter = self.registered()
        self.pay(letter.reminder_id.line_ids.move_id, on=MONDAY)
        notification = self.post(letter, "1A1")
        self.assertEqual(notification["params"]["type"], "danger")
        self.assertEqual((letter.state, letter.posted_on), ("cancelled", False))

    def test_statuses_are_imported_and_every_line_left_out_is_named(self):
        letter = self.registered()
        self.post(letter, "1A 123")
        lines = [
            "N° de suivi;Statut;Date de l'événement",
            "1A123;Distribué;05/03/2026 10:12",
            "1A123;Avisé, présenté;2026-03-04",
            "9Z999;Distribué;05/03/2026",
            "1A123;Mystère;05/03/2026",
            "1A123;Refusé;bientôt",
            "1A123;Non distribué;05/03/2026",
            "1A123;Présenté;01/01/2026",
            ";Présenté;05/03/2026",
            "",
        ]
        results = []
        for encoding in ("cp1252", "utf-8-sig"):
            content = base64.b64encode("\r\n".join(lines).encode(encoding))
            wizard = self.env["recouvrement.postal.import"].create({"file": content})
            wizard.action_read()
            with self.at(MONDAY + 10 * DAY):
                wizard.action_import()
            results.append((wizard.recorded_count, wizard.known_count, wizard.line_ids.mapped("number")))
        self.assertEqual(results, [(2, 0, [4, 5, 6, 7, 8, 9]), (0, 2, [4, 5, 6, 7, 8, 9])])
        self.assertIn("tracking number", wizard.line_ids[0].message)
        self.assertEqual(
            (letter.postal_state, letter.presented_on, letter.delivered_on),
            (
                "delivered",
                MONDAY + 2 * DAY,
                MONDAY + 3 * DAY,
            ),
        )
        wizard = self.env["recouvrement.postal.import"].create({"file": base64.b64encode(b"a;b\n1;2")})
        wizard.action_read()
        with self.assertRaisesRegex(UserError, "columns"):
            wizard.action_import()

    def test_what_somebody_else_records_meanwhile_of_another_letter_is_not_counted(self):
        garage = self._partner("Garage Petit", street="2 rue Haute", zip="69002", city="Lyon")
        self.invoice(MONDAY - 3 * DAY, partner=garage)
        letter = self.registered()
        other = self.reminders(garage).dispatch_ids
        self.post(letter, "1A 123")
        self.post(other, "2B 456")
        text = "Numéro de suivi;Date de l'événement;Statut\n1A123;2026-03-05;Distribué"
        wizard = self.env["recouvrement.postal.import"].create({"file": base64.b64encode(text.encode())})
        wizard.action_read()
        dispatch, events = type(self.env["recouvrement.dispatch"]), self.env["recouvrement.dispatch.event"].sudo()
        take_in = dispatch._take_in

        def meanwhile(records, *arguments):
            events.create({"dispatch_id": other.id, "date": MONDAY + 3 * DAY, "state": "presented"})
            return take_in(records, *arguments)

        with self.at(MONDAY + 10 * DAY), patch.object(dispatch, "_take_in", meanwhile):
            wizard.action_import()
        self.assertEqual((wizard.recorded_count, wizard.known_count), (1, 0))

    def test_only_a_label_that_says_delivered_to_the_addressee_makes_a_letter_delivered(self):
        told = {
            "Distribué": "delivered",
            "Distribué le 12/03/2026": "delivered",
            "Remis au destinataire contre signature": "delivered",
            "Distribué à l’expéditeur": "returned",
            "Retour à l'expéditeur": "returned",
            "Destinataire inconnu à l'adresse": "returned",
            "Pli refusé par le destinataire": "refused",
            "Pli avisé et non réclamé": "unclaimed",
            "Présenté - avisé": "presented",
            "Remis en distribution": None,
            "Distribué au voisin": None,
            "Distribué, remis au voisin": None,
            "Distribué - retour à l'expéditeur": None,
            "Retour - non réclamé": None,
            "Non distribué": None,
            "En cours d'acheminement": None,
        }
        self.assertEqual({label: _state(label) for label in told}, told)

    def test_a_day_of_deposit_is_not_taken_for_the_day_of_delivery(self):
        letter = self.registered()
        self.post(letter, "1A123")
        text = f"Numéro de suivi;Date de dépôt;Statut;Date du statut\n1A123;{MONDAY};Distribué;{MONDAY + 3 * DAY}"
        wizard = self.env["recouvrement.postal.import"].create({"file": base64.b64encode(text.encode())})
        wizard.action_read()
        with self.at(MONDAY + 10 * DAY):
            wizard.action_import()
        self.assertEqual(letter.delivered_on, MONDAY + 3 * DAY)
        text = "Numéro de suivi;Date de dépôt;Statut\n1A123;2026-01-05;Distribué"
        wizard = self.env["recouvrement.postal.import"].create({"file": base64.b64encode(text.encode())})
        wizard.action_read()
        with self.assertRaisesRegex(UserError, "columns"):
            wizard.action_import()

    def test_the_deposit_slip_lists_each_letter_on_paper_and_as_csv(self):
        letter = self.registered()
        self.post(letter, "1A123")
        pdf = self._opened(letter.action_deposit_slip())
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        for word in ("1A123", letter.reminder_id.name, "Menuiserie Durand", "75011"):
            self.assertIn(word, text)
        sheet = self._opened(letter.action_deposit_csv()).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(sheet), delimiter=";"))
        self.assertEqual(rows[1][:2], [letter.reminder_id.name, "1A123"])
        self.assertIn("Menuiserie Durand", rows[1])

    def _opened(self, action):
        return self.env["ir.attachment"].browse(int(action["url"].split("/")[3].split("?")[0])).raw

    def test_a_carrier_gives_numbers_and_statuses_once_a_day(self):
        letter = self.registered()
        manual = type(self.env["recouvrement.carrier.manual"])
        status = SimpleNamespace(
            tracking_number="7X7", state="delivered", date=MONDAY + DAY, proof=b"", proof_name="", note=""
        )
        given = patch.object(manual, "_deposit", lambda _self, letters: dict.fromkeys(letters.ids, "7X7"))
        with given, self.at(MONDAY):
            letter.action_mark_posted()
        self.assertEqual(letter.tracking_number, "7X7")
        with patch.object(manual, "_statuses", lambda _self, _letters: [status]), self.at(MONDAY + 2 * DAY):
            self.env["recouvrement.dispatch"].sudo()._follow_up(MONDAY + 2 * DAY)
        self.assertEqual(letter.postal_state, "delivered")

    def test_a_letter_whose_number_a_person_types_is_not_deposited_too(self):
        letter = self.registered()
        manual, asked = type(self.env["recouvrement.carrier.manual"]), []
        with patch.object(manual, "_deposit", lambda _self, letters: asked.append(letters) or {}):
            self.post(letter, "7X7")
        self.assertEqual((letter.tracking_number, letter.state, asked), ("7X7", "handed_over", []))

    @mute_logger("odoo.addons.recouvrement_fr.models.sending.recouvrement_dispatch_postal")
    def test_a_carrier_that_fails_for_two_weeks_is_told_of_each_day_and_asked_again(self):
        letter = self.registered()
        self.post(letter, "7X7")
        manual = type(self.env["recouvrement.carrier.manual"])
        dispatches = self.env["recouvrement.dispatch"].sudo()
        with patch.object(manual, "_statuses", side_effect=OSError("no route")):
            for day in range(1, 15):
                with self.at(MONDAY + day * DAY):
                    [failure] = dispatches._follow_up(MONDAY + day * DAY)
                self.assertIn("no route", failure)
        self.assertEqual((letter.state, letter.postal_state), ("handed_over", "posted"))
        status = SimpleNamespace(
            tracking_number="7X7", state="delivered", date=MONDAY + DAY, proof=b"", proof_name="", note=""
        )
        with patch.object(manual, "_statuses", lambda _self, _letters: [status]), self.at(MONDAY + 15 * DAY):
            self.assertFalse(dispatches._follow_up(MONDAY + 15 * DAY))
        self.assertEqual(letter.postal_state, "delivered")

    def test_an_electronic_registered_letter_needs_the_consent_of_a_consumer_alone(self):
        letter = self.registered(channel="lre")
        self.assertEqual((letter.channel, letter.address), ("lre", "compta@durand.example"))
        channel, debtor = self.env["recouvrement.channel.lre"], letter.reminder_id.debtor_id
        debtor.sudo().debtor_type = "consumer"
        self.assertIn("L100", channel._refusals(letter.reminder_id)[letter.reminder_id.id])
        debtor.sudo().lre_consent = True
        self.assertFalse(channel._refusals(letter.reminder_id))

    def test_an_electronic_letter_nobody_accepts_asks_for_its_proof_once(self):
        letter = self.registered(channel="lre")
        self.post(letter, "LRE1")
        self.assertEqual(letter.acceptance_until, MONDAY + 15 * DAY)
        dispatches = self.env["recouvrement.dispatch"].sudo()
        dispatches._follow_up(MONDAY + 15 * DAY)
        self.assertFalse(self.card().activity_ids)
        dispatches._follow_up(MONDAY + 16 * DAY)
        dispatches._follow_up(MONDAY + 17 * DAY)
        self.assertEqual(len(self.card().activity_ids), 1)

    def test_a_reader_of_invoices_records_nothing_and_a_collector_does(self):
        letter = self.registered()
        stranger = self.env["res.users"].create(
            {"name": "S", "login": "stranger", "group_ids": [Command.set([self.env.ref("base.group_user").id])]}
        )
        with self.assertRaises(AccessError):
            letter.with_user(stranger).action_mark_posted()
        collector = self.env["res.users"].create(
            {
                "name": "C",
                "login": "collector",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set([self.env.ref("recouvrement_fr.group_recouvrement_user").id])],
            }
        )
        with self.at(MONDAY):
            letter.with_user(collector).action_mark_posted()
        self.assertEqual((letter.state, letter.event_ids.author_id), ("handed_over", collector))
        with self.assertRaises(AccessError):
            letter.with_user(collector).write({"tracking_number": "forged"})
        with self.assertRaises(AccessError):
            self.env["recouvrement.dispatch.event"].with_user(collector).create(
                {"dispatch_id": letter.id, "state": "delivered", "date": MONDAY}
            )

    # --- delivery truth -----------------------------------------------------------------------------------------------

    def bounce(self, dispatch, action="failed", status="5.1.1", reason="smtp; 550 5.1.1 no such user"):
        """The mail server's report comes back through Odoo's own door for incoming mail."""
        report = EmailMessage()
        report["From"], report["To"] = "MAILER-DAEMON@x.example", "bounce@creancier.example"
        report["Subject"], report["Message-Id"] = "Undelivered", f"<bounce-{status}-{action}@x.example>"
        report["References"] = dispatch.message_id
        raw = report.as_string().rstrip("\n") + (
            '\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
            "--b\nContent-Type: text/plain\n\nUndelivered\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\n"
            f"Final-Recipient: rfc822; compta@durand.example\nAction: {action}\nStatus: {status}\n"
            f"Diagnostic-Code: {reason}\n\n"
            f"--b\nContent-Type: text/rfc822-headers\n\nMessage-Id: {dispatch.message_id}\n\n--b--\n"
        )
        with self.at(MONDAY + DAY), mute_logger(*LOGS):
            self.env["mail.thread"].sudo().message_process(False, raw)
        self.env.invalidate_all()

    def test_a_bounce_changes_its_dispatch_alone_and_the_letter_goes_on(self):
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        [email] = reminder.dispatch_ids
        self.bounce(email, action="delayed", status="4.4.1")
        self.assertEqual(email.state, "handed_over")
        self.bounce(email)
        self.assertEqual((email.state, email.wrong_address), ("bounced", True))
        self.assertIn("no such user", email.failure)
        self.assertEqual((reminder.state, reminder.sent_date), ("sent", MONDAY))
        letter = reminder.dispatch_ids - email
        self.assertEqual((letter.channel, letter.state), ("letter", "queued"))
        self.bounce(email)
        self.assertEqual(len(reminder.dispatch_ids), 2)

    def test_the_bounce_of_another_message_on_the_reminder_changes_no_dispatch(self):
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        [email] = reminder.dispatch_ids
        note = reminder.sudo().message_post(body="A word", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.bounce(note)
        self.assertEqual(email.state, "handed_over")

    def test_an_address_that_does_not_exist_is_not_used_again_until_somebody_says_so(self):
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        email = reminder.dispatch_ids
        self.bounce(email)
        channel = self.env["recouvrement.channel.email"]
        self.assertIn(reminder.id, channel._refusals(reminder))
        email.action_address_is_right()
        self.assertFalse(channel._refusals(reminder))

    def test_a_bounce_follows_the_fallbacks_of_its_level_in_order(self):
        self.step(self.first, "sms", fallback=True, sequence=20)
        self.step(self.first, "registered", fallback=True, sequence=30)
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.bounce(reminder.dispatch_ids)
        self.assertEqual(reminder.dispatch_ids[0].channel, "registered")  # no mobile number is known

    def test_a_bounce_with_nothing_left_lands_in_the_agenda(self):
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        self.debtor_partner.write({"street": False, "zip": False, "city": False})
        addressee = {**reminder.figures["addressee"], "missing": "Menuiserie Durand: no street"}
        reminder.sudo().figures = {**reminder.figures, "addressee": addressee}
        self.bounce(reminder.dispatch_ids)
        self.assertEqual((reminder.state, self.card().reason), ("sent", "failed"))
        self.assertIn("no street", self.card().activity_ids.note)

    # --- once more ----------------------------------------------------------------------------------------------------

    def test_a_kept_message_leaves_again_with_the_same_bytes(self):
        domain = self.env["mail.alias.domain"].create({"name": "creancier.example"})
        self.company.alias_domain_id = domain
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        [email] = reminder.dispatch_ids
        heard, genuine = [], self.server.send_message

        def send_message(message, *args):
            heard.append(message.as_bytes())
            return genuine(message, *args)

        with self.at(MONDAY + DAY):
            copy = email._resend()
        with patch.object(self.server, "send_message", send_message):
            self.dispatch(MONDAY + DAY)
        self.assertEqual((copy.state, copy.copy_of_id, copy.sha256), ("handed_over", email, email.sha256))
        self.assertEqual(copy.attachment_id, email.attachment_id)
        self.assertEqual([hashlib.sha256(raw).hexdigest() for raw in heard], [email.sha256])
        self.assertEqual((reminder.sent_date, len(self.server.messages)), (MONDAY, 2))

    @mute_logger(*LOGS)
    def test_an_sms_that_is_not_as_it_was_kept_does_not_leave(self):
        sms = self.by_sms()
        self.dispatch(MONDAY, 3)  # written, and waits for the morning
        self.tamper(sms.dispatch_ids.attachment_id)
        with self.provider() as provider:
            self.dispatch(MONDAY)
        self.assertFalse(provider.texts)
        [refused] = sms.dispatch_ids.filtered(lambda dispatch: dispatch.channel == "sms")
        self.assertEqual(refused.state, "failed")
        self.assertIn("SHA-256 differs", refused.failure)

    def test_a_letter_that_is_not_as_it_was_kept_is_not_printed(self):
        letter = self.registered()
        self.tamper(letter.attachment_id)
        with self.at(MONDAY), self.assertRaisesRegex(UserError, "SHA-256 differs"):
            letter.action_print()

    @mute_logger(*LOGS)
    def test_a_kept_message_whose_bytes_changed_does_not_leave_again(self):
        _invoice, reminder = self.reminded()
        self.dispatch(MONDAY)
        [email] = reminder.dispatch_ids
        with self.at(MONDAY + DAY):
            copy = email._resend()
        self.tamper(email.attachment_id)
        self.dispatch(MONDAY + DAY)
        self.assertEqual(len(self.server.messages), 1)
        self.assertEqual(copy.state, "failed")
        self.assertIn("SHA-256 differs", copy.failure)

    def test_what_has_not_left_is_not_sent_again_and_a_letter_is_queued_once_more(self):
        letter = self.registered()
        with self.assertRaisesRegex(UserError, "has not left"):
            letter._resend()
        self.post(letter, "1A1")
        copy = letter._resend()
        self.assertEqual((copy.state, copy.postal_state), ("queued", "to_send_registered"))
        self.assertEqual(copy.attachment_id, letter.attachment_id)
        self.dispatch(MONDAY + DAY)
        self.assertEqual(copy.state, "queued")

    def test_a_collector_sends_a_copy_again_once_however_often_the_button_is_pressed(self):
        letter = self.registered()
        self.post(letter, "1A1")
        letter = letter.with_user(self._somebody("copies", "user"))
        with self.at(MONDAY + DAY):
            letter.action_send_again()
            with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                letter.action_send_again()
        [copy] = letter.search([("copy_of_id", "=", letter.id)])
        self.assertEqual((copy.state, copy.postal_state), ("queued", "to_send_registered"))
        self.post(copy, "1A2")
        self.env.flush_all()  # as the end of that request does
        with self.at(MONDAY + 2 * DAY):
            letter.action_send_again()  # that one was lost too
        self.assertEqual(letter.search_count([("copy_of_id", "=", letter.id)]), 2)

    # --- postal provider ----------------------------------------------------------------------------------------------

    def by_provider(self):
        former = self.first.channel_ids
        self.step(self.first, "postal")
        former.unlink()
        self.step(self.first, "letter", fallback=True, sequence=90)
        return self.reminded()[1]

    def test_without_the_postal_provider_the_next_channel_is_used(self):
        if self.env["ir.module.module"]._get("recouvrement_fr_snailmail").state == "installed":
            raise SkipTest("its add-on is installed")
        reminder = self.by_provider()
        self.dispatch(MONDAY)
        self.assertEqual(reminder.dispatch_ids.channel, "letter")
