import base64
import io
import json
import zipfile
from datetime import date

from odoo.tests import tagged

from ..common import MONDAY
from .privacy_common import NAME, PrivacyCommon


@tagged("post_install", "-at_install")
class TestPersonExport(PrivacyCommon):
    """What a person is handed over reads as a letter does, and is about that person alone."""

    def given(self, partner):
        """(the data, the words of the page), in French."""
        self.env["res.lang"]._activate_lang("fr_FR")
        with self.at(date(2026, 3, 9)):
            dialog = self.env["recouvrement.person.request"].create({"partner_id": partner.id})
            dialog.action_make()
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(dialog.file)))
        return json.loads(archive.read("donnees.json")), archive.read("synthese.html").decode()

    def test_days_and_amounts_of_the_page_are_written_as_french_people_do(self):
        invoice = self.paid(amount=4382.35)
        data, page = self.given(self.person)
        self.assertEqual(data["account.move"][0]["invoice_date_due"], "2026-03-02", "The file is for machines.")
        words = page.replace("\u202f", " ").replace("\u00a0", " ")
        self.assertIn("02/03/2026", words)
        self.assertIn("4 382,35", words)
        self.assertIn(invoice.name, words)
        self.assertNotRegex(words, r"\d{4}-\d{2}-\d{2}")
        self.assertNotIn("4382.35", words)

    def test_no_digit_of_an_amount_in_another_currency_is_lost(self):
        """A Tunisian dinar has a thousand millimes; a rate may have four decimals."""
        self.env["res.lang"]._activate_lang("fr_FR")
        export = self.env["recouvrement.person.export"].with_context(lang="fr_FR")
        field = self.env["account.move"]._fields["amount_total"]
        for held, shown in ((1234.567, "1 234,567"), (1000.0, "1 000,00"), (4.2625, "4,2625"), (100 / 3, "33,3333")):
            words = export._words(field, held).replace("\u202f", " ").replace("\u00a0", " ")
            self.assertEqual(words, shown)

    def test_the_entry_of_a_payment_is_not_told_to_be_unpaid(self):
        self.paid()
        data, _page = self.given(self.person)
        states = {row["move_type"]: row["payment_state"] for row in data["account.move"]}
        self.assertEqual(states, {"out_invoice": "paid", "entry": None})

    def test_what_colleagues_have_to_do_about_somebody_is_given_not_the_mail_that_says_so_to_them(self):
        self.paid()
        card, colleague = self.card(self.person), self._somebody("colleague")
        card.activity_schedule(
            "mail.mail_activity_data_todo", user_id=colleague.id, summary=f"Rappeler {NAME}", date_deadline=MONDAY
        )
        card.message_notify(partner_ids=colleague.partner_id.ids, body=f"Cher {colleague.name}, voyez {NAME}")
        data, page = self.given(self.person)
        self.assertEqual([row["summary"] for row in data["mail.activity"]], [f"Rappeler {NAME}"])
        self.assertNotIn(colleague.name, json.dumps(data, ensure_ascii=False) + page)

    def test_what_a_task_says_of_other_debtors_is_not_handed_over_nor_who_was_to_do_it(self):
        self.paid()
        card, colleague = self.card(self.person), self._somebody("colleague")
        for mark in ("unattended", "undone"):  # one task for a manager, on one card, names others
            card.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=colleague.id,
                summary="2",
                note="Menuiserie Voisine: courrier à poster",
                recouvrement_mark=mark,
            )
        card.activity_schedule("mail.mail_activity_data_todo", user_id=colleague.id, summary=f"Rappeler {NAME}")
        for done in (False, True):
            with self.subTest(done=done):
                if done:
                    card.activity_ids.action_feedback(feedback="Réglera lundi")
                data, page = self.given(self.person)
                told = json.dumps(data, ensure_ascii=False) + page
                self.assertNotIn("Voisine", told)
                self.assertNotIn(colleague.name, told)
                self.assertEqual(
                    [(row["summary"], row["feedback"]) for row in data["mail.activity"]],
                    [(f"Rappeler {NAME}", "Réglera lundi" if done else None)],
                )

    def test_a_page_says_that_no_score_is_kept_where_none_is(self):
        self.paid()
        data, page = self.given(self.person)
        self.assertNotIn("recouvrement.payer.profile", data)
        self.assertIn("No score is kept about you" if "No score" in page else "Aucun score", page)

    def test_a_page_says_that_payments_were_measured_where_they_were(self):
        """A sole trader whose card is a company's."""
        self.paid(self.debtor_partner)
        card = self.card()
        self.env["recouvrement.payer.profile"].sudo().create(
            {"company_id": self.company.id, "debtor_id": card.id, "computed_on": MONDAY}
        )
        data, page = self.given(self.debtor_partner)
        self.assertIn("recouvrement.payer.profile", data)
        self.assertNotRegex(page, "No score is kept|Aucun score")
