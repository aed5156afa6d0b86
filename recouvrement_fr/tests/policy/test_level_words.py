from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import RecouvrementCommon

VALUES = {"reference": "R-1", "amount": "100,00 €", "deadline": "10 mars 2026", "company": "Nous"}


@tagged("post_install", "-at_install")
class TestLevelWords(RecouvrementCommon):
    """No letter leaves without words: the one that replaces a call no more than another."""

    def texts(self, level, kind=None, tone=None):
        payload = {"kind": kind or level.kind, "tone": tone or level.tone}
        return self.env["recouvrement.letter"].with_context(lang="en_US")._texts(level, VALUES, payload)

    def test_a_letter_of_a_level_without_words_has_those_of_its_tone(self):
        self.policy.action_deactivate()  # an active one refuses it: one that was so before keeps sending
        self.first.write({"intro": False, "closing": "  "})
        for kind, tone, intro, closing in (
            ("pre_due", "courteous", "will soon fall due", "disregard this message"),
            ("reminder", "courteous", "have not been paid yet", "by 10 mars 2026"),
            ("reminder", "firm", "remain unpaid to this day", "100,00 € by 10 mars 2026"),
            ("formal_notice", "formal", "which are due, remain unpaid", "unnecessary"),
        ):
            with self.subTest(kind=kind, tone=tone):
                texts = self.texts(self.first, kind, tone)
                self.assertIn(intro, " ".join(texts["intro"]))
                self.assertIn(closing, " ".join(texts["closing"]))

    def test_words_of_a_level_stay_as_they_are(self):
        texts = self.texts(self.first)
        self.assertEqual((list(texts["intro"]), list(texts["closing"])), (["Bonjour"], ["Merci"]))
        self.first.closing = False
        self.assertFalse(list(self.texts(self.first)["closing"]))

    def test_one_invoice_is_written_in_the_singular(self):
        self.first.intro = "{The invoice below is|The invoices below are} late: {amount}."
        letter, payload = (
            self.env["recouvrement.letter"].with_context(lang="en_US"),
            {"kind": "reminder", "tone": "firm"},
        )
        for count, words in (
            (1, "The invoice below is late: 100,00 €."),
            (2, "The invoices below are late: 100,00 €."),
        ):
            with self.subTest(count=count):
                self.assertEqual(list(letter._texts(self.first, {**VALUES, "count": count}, payload)["intro"]), [words])

    def test_a_policy_is_not_activated_while_a_level_that_writes_has_no_words(self):
        self.policy.action_deactivate()
        self.second.write({"intro": "  ", "closing": False})
        with self.assertRaisesRegex(UserError, "Reminder 2.*has no words"):
            self.policy.action_activate()
        self.second.closing = "Merci"
        self.policy.action_activate()
        self.assertEqual(self.policy.state, "active")
