import re

from odoo.tests import tagged

from ...models.door.recouvrement_door import ACTS
from .door_common import DoorCommon

FIELDS = {  # what closes each part of the page, and what is then no more there
    **{f"door_{act}": f'id="act-{act}"' for act in ACTS},
}


@tagged("post_install", "-at_install")
class TestDoorShown(DoorCommon):
    """What the page gives to read, in which language, and what each switch of the policy takes away."""

    def test_each_switch_of_the_policy_closes_its_act_alone(self):
        self.late()
        opened = self.get().text
        for switch, sign in FIELDS.items():
            with self.subTest(switch=switch):
                self.assertIn(sign, opened)
                self.policy[switch] = False
                page = self.get().text
                self.assertNotIn(sign, page)
                for other in set(FIELDS.values()) - {sign}:
                    self.assertIn(other, page)
                kind = switch.removeprefix("door_")
                self.assertEqual(self.act(kind, {"note": "Bonjour", "day": self.day(1)}).status_code, 403)
                self.policy[switch] = True
        self.assertFalse(self.events())

    def test_the_page_speaks_french_or_the_language_of_a_debtor_abroad(self):
        self.late()
        page = self.get().text
        self.assertIn('<html lang="fr">', page)
        self.assertIn("Reste à payer", page)
        self.env["res.lang"]._activate_lang("en_US")
        self.debtor_partner.write({"country_id": self.env.ref("base.uk").id, "lang": "en_US"})
        page = self.get().text
        self.assertIn('<html lang="en">', page)
        self.assertIn("Left to pay", page)

    def test_the_pdf_of_an_invoice_is_printed_once_and_given(self):
        invoice = self.late()
        first = self.post(f"/print/{invoice.id}")
        self.assertEqual((first.status_code, first.headers["Content-Type"]), (200, "application/pdf"))
        self.assertEqual(self.events().mapped("note"), [invoice.name])
        self.assertEqual(self.post(f"/print/{invoice.id}").content, first.content)
        self.assertEqual(self.get(f"/file/invoice/{invoice.id}").content, first.content)
        self.assertEqual(len(self.events()), 1)

    def test_a_letter_is_given_as_it_left(self):
        self.late()
        self.policy.sending_weekdays = "all"
        self.debtor_partner.email = False
        self.first.channel_ids.channel = "letter"
        self.night(self.today)
        reminder = self.reminders().sudo()
        reminder._prepare(self.today)
        dispatch = reminder.dispatch_ids
        self.assertEqual(
            (reminder.error, dispatch.channel, dispatch.attachment_id.mimetype), (False, "letter", "application/pdf")
        )
        self.assertEqual(self.get(f"/file/letter/{dispatch.id}").status_code, 404, "it has not left yet")
        reminder._mark_sent(self.today)
        dispatch.write({"state": "handed_over", "handed_over_on": self.today})
        self.assertIn(f"/file/letter/{dispatch.id}", self.get().text)
        self.assertEqual(self.get(f"/file/letter/{dispatch.id}").content, dispatch.attachment_id.raw)

    def test_a_statement_given_to_the_debtor_is_among_its_documents(self):
        self.late()
        other = self.env["recouvrement.debtor"]._card(self.company, self._partner("Another debtor"))
        self.late(300, partner=other.partner_id)
        statements = self.env["recouvrement.statement"]
        mine, theirs = statements._make(self.debtor, self.today), statements._make(other, self.today)
        self.assertIn(f"/file/statement/{mine.id}", self.get().text)
        self.assertEqual(self.get(f"/file/statement/{mine.id}").content, mine.attachment_id.raw)
        self.assertEqual(self.get(f"/file/statement/{theirs.id}").status_code, 404)

    def test_what_is_claimed_besides_is_shown_with_its_reckoning(self):
        invoice = self.late()
        base, rate = "1000.00", "12.15"
        self.env["recouvrement.accessory"].sudo().create(
            {
                "company_id": self.company.id,
                "debtor_id": self.debtor.id,
                "move_id": invoice.id,
                "date_due": invoice.invoice_date_due,
                "currency_id": invoice.currency_id.id,
                "kind": "interest",
                "amount": 3.33,
                "claimed_on": self.today,
                "date_from": self.day(-10),
                "date_to": self.day(-1),
                "tranches": [
                    {
                        "from": self.day(-10),
                        "to": self.day(-1),
                        "days": 10,
                        "base": base,
                        "rate": rate,
                        "interest": "3.33",
                    }
                ],
            }
        )
        page = self.get().text
        self.assertIn("3,33", page)
        self.assertIn("10 jours sur 1 000,00 € à 12,15 % = 3,33 €", re.sub("[\u00a0\u202f]", " ", page))
