from contextlib import nullcontext
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_fr.tests.common import MONDAY
from odoo.addons.recouvrement_fr.tests.sending.dispatch_common import DispatchCommon

from .ar24_server import KEY, TOKEN, USER, Ar24Server

DAY = timedelta(days=1)
POSTAL = "odoo.addons.recouvrement_fr.models.sending.recouvrement_dispatch_postal"


class Ar24Common(DispatchCommon):
    def setUp(self):
        super().setUp()
        self.ar24 = Ar24Server()
        self.addCleanup(self.ar24.close)
        self.company.write(
            {
                "recouvrement_carrier": "ar24",
                "recouvrement_ar24_url": self.ar24.url,
                "recouvrement_ar24_token": TOKEN,
                "recouvrement_ar24_key": KEY,
                "recouvrement_ar24_user": USER,
            }
        )
        former = self.first.channel_ids
        self.env["recouvrement.level.channel"].create({"level_id": self.first.id, "channel": "lre"})
        former.unlink()

    def letter(self, **kwargs):
        return self.frozen(**kwargs)[1].dispatch_ids

    def post(self, letters, on=MONDAY):
        """As the button does; what the carrier remembers is kept even when this fails."""
        with self.at(on), self.apart():
            return letters.action_mark_posted()

    def apart(self):
        """What the carrier writes in a transaction of its own goes into that of the test."""
        return self.enter_registry_test_mode()

    def refused(self, letters):
        """The words of the refusal; not `assertRaises`, which would take back what the carrier remembers."""
        try:
            self.post(letters)
        except UserError as error:
            self.env.invalidate_all()
            return str(error)
        self.fail("It was posted")

    def deposits(self, letter):
        return self.env["recouvrement.ar24.deposit"].search([("dispatch_id", "=", letter.id)], order="id")

    def follow(self, on):
        with self.at(on):
            return self.env["recouvrement.dispatch"].sudo()._follow_up(on)


@tagged("post_install", "-at_install")
class TestAr24Carrier(Ar24Common):
    def test_a_letter_marked_as_posted_is_deposited_with_its_kept_bytes(self):
        letter = self.letter()
        self.post(letter)
        [(number, given)] = self.ar24.letters.items()
        self.assertEqual((letter.state, letter.tracking_number), ("handed_over", number))
        self.assertEqual(self.ar24.files["1"], letter.attachment_id.raw)
        self.assertEqual(
            [given[name] for name in ("to_email", "to_company", "to_lastname", "to_firstname", "dest_statut")],
            [
                "compta@durand.example",
                "Menuiserie Durand",
                "Menuiserie Durand",
                "Le représentant légal",
                "professionnel",
            ],
        )
        self.assertEqual(self.deposits(letter).mapped("state"), ["accepted"])

    def test_a_consumer_is_named_by_first_and_last_name(self):
        person = self._partner("Jeanne Le Goff", is_company=False, company_registry=False, email="jeanne@x.example")
        policy = self._policy("Consumers", debtor_type="consumer")
        former = policy.level_ids[0].channel_ids
        self.env["recouvrement.level.channel"].create({"level_id": policy.level_ids[0].id, "channel": "lre"})
        former.unlink()
        self.env["recouvrement.debtor"]._card(self.company, person).sudo().write(
            {"debtor_type": "consumer", "lre_consent": True}
        )
        letter = self.letter(partner=person)
        asked = self.env["recouvrement.carrier.ar24"]._asked(letter)
        self.assertEqual(
            [asked[name] for name in ("to_firstname", "to_lastname", "to_company", "dest_statut")],
            ["Jeanne", "Le Goff", "", "particulier"],
        )

    def test_a_refusal_is_told_in_its_words_and_the_letter_still_waits(self):
        letter = self.letter()
        self.ar24.mode = "refuse"
        self.assertIn("the address is not valid", self.refused(letter))
        self.assertEqual((letter.state, self.deposits(letter).state), ("queued", "refused"))
        self.ar24.mode = "otp"
        self.assertIn("Identify yourself", self.refused(letter))
        self.ar24.mode = "accept"
        self.post(letter)
        self.assertEqual((letter.state, len(self.ar24.letters)), ("handed_over", 1))

    def test_a_letter_deposited_before_another_was_refused_is_not_deposited_again(self):
        other = self._partner("Autre", email="autre@x.example")
        self.invoice(MONDAY - 3 * DAY, partner=other)
        first = self.letter()
        second = self.reminders(other).dispatch_ids
        deposit = self.ar24.deposit

        def one_only(handler, asked):
            self.ar24.mode = "refuse" if self.ar24.letters else "accept"
            deposit(handler, asked)

        self.ar24.deposit = one_only
        self.refused(first | second)
        self.assertEqual(len(self.ar24.letters), 1)
        self.ar24.deposit = deposit
        self.ar24.mode = "accept"
        self.post(first | second)
        self.assertEqual(len(self.ar24.letters), 2)
        self.assertEqual({first.state, second.state}, {"handed_over"})
        self.assertEqual({first.tracking_number, second.tracking_number}, set(self.ar24.letters))

    def test_a_deposit_without_an_answer_is_never_tried_again_by_itself(self):
        letter = self.letter()
        self.ar24.mode = "silent"
        self.assertIn("may have left", self.refused(letter))
        self.ar24.mode = "accept"
        self.assertIn("may have left", self.refused(letter))
        self.assertEqual((len(self.ar24.letters), letter.state, self.deposits(letter).state), (1, "queued", "asked"))

    def test_a_letter_found_at_ar24_is_posted_with_the_number_it_has_there(self):
        letter = self.letter()
        self.ar24.mode = "silent"
        self.refused(letter)
        [number] = self.ar24.letters
        with self.at(MONDAY):
            posting = self.env["recouvrement.posting"].with_context(active_ids=letter.ids).create({"posted_on": MONDAY})
            posting.line_ids.tracking_number = number
            posting.action_post()
        self.assertEqual((letter.state, letter.tracking_number, len(self.ar24.letters)), ("handed_over", number, 1))
        self.ar24.happens(number, "ev", "2026-03-02 11:00:00")
        self.assertFalse(self.follow(MONDAY + DAY))
        self.assertEqual(letter.postal_state, "presented")

    def test_a_letter_that_a_manager_did_not_find_there_is_deposited_again(self):
        letter = self.letter()
        self.ar24.mode = "silent"
        self.refused(letter)
        self.ar24.letters.clear()  # AR24 never had it
        collector = self._somebody("a_collector_of_ar24")
        with self.assertRaises(AccessError):
            self.deposits(letter).with_user(collector).action_not_left()
        self.deposits(letter).with_user(self._somebody("a_manager_of_ar24", "manager")).action_not_left()
        self.ar24.mode = "accept"
        self.post(letter)
        self.assertEqual(
            (letter.state, self.deposits(letter).mapped("state")), ("handed_over", ["refused", "accepted"])
        )

    def test_what_happens_to_it_and_its_proofs_are_filed_once_a_day_and_once_only(self):
        letter = self.letter()
        self.post(letter)
        number = letter.tracking_number
        self.ar24.happens(number, "ev", "2026-03-02 10:31:00")
        self.follow(MONDAY + DAY)
        self.assertEqual((letter.postal_state, letter.presented_on), ("presented", MONDAY))
        self.ar24.happens(number, "ar", "2026-03-05 08:00:00")
        for day in (3, 4, 5):
            self.follow(MONDAY + day * DAY)
        self.assertEqual((letter.postal_state, letter.delivered_on), ("delivered", MONDAY + 3 * DAY))
        proofs = [event.proof_id.name for event in letter.event_ids.sorted("id") if event.proof_id]
        self.assertEqual(proofs, [f"AR24 {number} presented.pdf", f"AR24 {number} delivered.pdf"])
        self.assertEqual(set(letter.event_ids.mapped("origin")), {"typed", "carrier"})

    def test_a_letter_nobody_accepted_is_unclaimed_with_its_proof_and_no_task(self):
        letter = self.letter()
        self.post(letter)
        self.ar24.happens(letter.tracking_number, "ev", "2026-03-02 10:31:00")
        self.follow(MONDAY + DAY)
        self.ar24.happens(letter.tracking_number, "ng", "2026-03-17 23:59:59")
        self.follow(MONDAY + 16 * DAY)
        self.assertEqual((letter.postal_state, letter.closed_on), ("unclaimed", MONDAY + 15 * DAY))
        self.assertFalse(letter.debtor_id.activity_ids)

    @mute_logger(POSTAL)
    def test_the_number_of_another_letter_teaches_nothing(self):
        letter = self.letter()
        self.post(letter)
        self.ar24.letters[letter.tracking_number]["ref_dossier"] = "another"
        self.ar24.happens(letter.tracking_number, "ar", "2026-03-03 08:00:00")
        [failure] = self.follow(MONDAY + DAY)
        self.assertIn("another", failure)
        self.assertEqual(letter.postal_state, "posted")

    def test_an_account_that_is_not_set_up_says_so_and_its_secrets_are_for_administrators(self):
        letter = self.letter()
        collector = self._somebody("somebody_of_ar24")
        with self.assertRaises(AccessError):
            self.company.with_user(collector).read(["recouvrement_ar24_token"])
        self.company.recouvrement_ar24_key = False
        self.assertIn("not set up", self.refused(letter))
        with self.assertRaisesRegex(ValidationError, "https"):
            self.company.recouvrement_ar24_url = "http://ar24.example/api"

    def test_a_sender_identifies_itself_with_a_code(self):
        dialog = self.env["recouvrement.ar24.identify"]
        with self.assertRaisesRegex(UserError, "wrong code"):
            dialog.create({"code": "000 000"}).action_identify()
        dialog.create({"code": "123 456"}).action_identify()
        self.assertEqual(self.ar24.codes, ["000000", "123456"])


@tagged("post_install", "-at_install")
class TestAr24Webhook(Ar24Common, HttpCase):
    """AR24 calls: over HTTP, on a real Odoo."""

    def apart(self):
        return nullcontext()  # its server is in test mode from the beginning

    def call(self, path, **said):
        with self.at(MONDAY + 2 * DAY):
            return self.url_open(path, data=said or {"id_mail": "1", "new_state": "AR"}, timeout=60).status_code

    def test_a_call_makes_us_ask_and_believe_the_answer_alone(self):
        letter = self.letter()
        self.post(letter)
        deposit = self.deposits(letter)
        path = f"/recouvrement/ar24/{deposit.id}/{deposit._signature()}"
        self.assertEqual(self.ar24.letters[letter.tracking_number]["webhook"], f"{deposit.get_base_url()}{path}")
        self.assertEqual(self.call(path, new_state="AR"), 200)
        self.assertEqual(letter.postal_state, "posted")  # AR24 itself says nothing of the kind
        self.ar24.happens(letter.tracking_number, "ar", "2026-03-03 08:00:00")
        self.assertEqual([self.call(path), self.call(path)], [200, 200])
        self.env.invalidate_all()
        self.assertEqual((letter.postal_state, letter.delivered_on), ("delivered", MONDAY + DAY))
        self.assertEqual(len(letter.event_ids), 2)

    def test_a_call_that_nobody_signed_changes_nothing(self):
        letter = self.letter()
        self.post(letter)
        self.ar24.happens(letter.tracking_number, "ar", "2026-03-03 08:00:00")
        deposit = self.deposits(letter)
        for path in (f"{deposit.id}/{'0' * 64}", f"{deposit.id + 1}/{deposit._signature()}"):
            self.assertEqual(self.call(f"/recouvrement/ar24/{path}"), 404)
        self.assertEqual(self.url_open(f"/recouvrement/ar24/{deposit.id}/{deposit._signature()}").status_code, 405)
        self.assertEqual(letter.postal_state, "posted")

    def test_a_signature_of_other_letters_than_ours_is_not_a_failure(self):
        letter = self.letter()
        self.post(letter)
        deposit = self.deposits(letter)
        for signature in ("%C3%A9" * 64, "%00", f"{deposit._signature()}%C3%A9", "%FF", "0" * 10_000):
            self.assertEqual(self.call(f"/recouvrement/ar24/{deposit.id}/{signature}"), 404, signature[:20])
        for number in ("0", "9" * 9, "9" * 19, "9" * 40):
            self.assertEqual(self.call(f"/recouvrement/ar24/{number}/{deposit._signature()}"), 404, number)
        self.assertEqual(letter.postal_state, "posted")

    def test_ar24_calls_again_when_we_could_not_ask(self):
        letter = self.letter()
        self.post(letter)
        deposit = self.deposits(letter)
        path = f"/recouvrement/ar24/{deposit.id}/{deposit._signature()}"
        kept = self.ar24.letters.pop(letter.tracking_number)
        self.assertEqual(self.call(path), 503)
        self.ar24.letters[letter.tracking_number] = {**kept}
        self.ar24.happens(letter.tracking_number, "rf", "2026-03-03 08:00:00")
        self.assertEqual(self.call(path), 200)
        self.env.invalidate_all()
        self.assertEqual(letter.postal_state, "refused")
