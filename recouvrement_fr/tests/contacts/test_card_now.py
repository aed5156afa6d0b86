from datetime import timedelta

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common import MONDAY, RecouvrementCommon

DAY = timedelta(days=1)
FIGURES = ("overdue_now", "open_now", "credit_now", "overdue_count_now", "reason_now")


@tagged("post_install", "-at_install")
class TestCardNow(RecouvrementCommon):
    """The buttons and the risks of a card follow what is owed now, as its figures do, not what the last night found."""

    def offered(self, card):
        """The labels of the buttons that the card offers on that day."""
        self.env.flush_all()
        self.env.invalidate_all()
        arch = etree.fromstring(card.get_view(self.env.ref("recouvrement_fr.recouvrement_debtor_view_form").id)["arch"])
        with self.at(MONDAY):
            values = card.read(FIGURES)[0]
        labels = ("Promise", "Dispute", "Plan", "Litigation", "Statement of interest (PDF)")
        own = arch.xpath("//button[not(ancestor::field)]")  # those of its open items are each item's
        buttons = [button for button in own if button.get("string") in labels]
        self.assertLessEqual({*labels}, {button.get("string") for button in buttons})
        return {
            button.get("string") for button in buttons if not safe_eval(button.get("invisible", "False"), dict(values))
        }

    def risks(self, card):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.at(MONDAY):
            return {row["label"]: row["value"] for row in card.risks or ()}

    def new_card(self, due):
        partner = self._partner("Nouveau client", email=False)
        debt = self.invoice(due, partner=partner)
        return self.env["recouvrement.debtor"]._card(self.company, partner), debt

    def test_a_card_opened_before_its_first_night_offers_what_may_be_agreed_and_says_what_is_wrong(self):
        card, _debt = self.new_card(MONDAY - 98 * DAY)
        self.assertFalse(card.overdue_amount)
        self.assertEqual(
            self.offered(card), {"Promise", "Dispute", "Plan", "Litigation", "Statement of interest (PDF)"}
        )
        risks = self.risks(card)
        self.assertEqual(risks["Oldest debt"], "98 days late")
        self.assertIn("E-mail", risks)

    def test_what_is_open_and_not_yet_due_may_be_disputed(self):
        card, _debt = self.new_card(MONDAY + 20 * DAY)
        self.assertEqual(self.offered(card), {"Dispute"})

    def test_paid_today_nothing_is_offered_and_nothing_is_late(self):
        debt = self.invoice(MONDAY - 98 * DAY)
        self.night(MONDAY)
        card = self.card()
        self.assertEqual(self.risks(card)["Oldest debt"], "98 days late")
        with self.at(MONDAY):
            self.pay(debt, on=MONDAY)
            self.env.flush_all()
            self.env.invalidate_all()  # another request
            self.assertEqual(card.overdue_count_now, 0)
        self.assertEqual(card.overdue_amount, 1000, "The list is of the last hour.")
        self.assertFalse(self.offered(card))
        self.assertNotIn("Oldest debt", self.risks(card))
