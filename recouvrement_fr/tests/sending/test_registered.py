import base64
import csv
import hashlib
import io
from types import SimpleNamespace
from unittest.mock import patch

from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...wizards.sending.recouvrement_postal_import import _state
from ..common import MONDAY
from .channels_common import DAY, ChannelsCommon


@tagged("post_install", "-at_install")
class TestRegistered(ChannelsCommon):
    """A registered letter, from its posting or its deposit to its proof."""

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

    def test_an_address_of_seven_lines_keeps_its_town_on_the_slip_and_in_its_csv(self):
        letter = self.registered()
        lines = [*(f"Line {number}" for number in range(1, 7)), "13090 AIX-EN-PROVENCE"]
        reminder = letter.reminder_id.sudo()
        reminder.figures = {**reminder.figures, "addressee": {**reminder.figures["addressee"], "lines": lines}}
        pdf = self._opened(letter.action_deposit_slip())
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        sheet = self._opened(letter.action_deposit_csv()).decode("utf-8-sig")
        head, row = csv.reader(io.StringIO(sheet), delimiter=";")
        self.assertIn("13090 AIX-EN-PROVENCE", text)
        self.assertEqual([cell for cell in row if cell in lines], lines)
        self.assertEqual((len(head), head[-1]), (len(row), "E-mail"))

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
        dispatches.with_context(lang="fr_FR")._follow_up(MONDAY + 17 * DAY)
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
