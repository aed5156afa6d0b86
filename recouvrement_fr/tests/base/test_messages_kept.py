from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestMessagesKept(RecouvrementCommon):
    """What a debtor or a colleague wrote on a card, a case, a dispute: nobody edits, redates, moves or deletes it."""

    def setUp(self):
        super().setUp()
        self.invoice(MONDAY)
        self.debtor = self.env["recouvrement.debtor"]._card(self.company, self.debtor_partner)
        self.officer = new_test_user(
            self.env,
            "officer_of_messages",
            "base.group_user,recouvrement_fr.group_recouvrement_manager,recouvrement_fr.group_recouvrement_legal",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )
        self.said = self.debtor.message_post(body="Nous paierons vendredi.", message_type="comment")

    def test_it_is_neither_edited_nor_redated_nor_moved(self):
        message = self.said.with_user(self.officer)
        for values in (
            {"body": "Nous ne paierons pas."},
            {"date": "2020-01-01 00:00:00"},
            {"author_id": self.officer.partner_id.id},
            {"model": "res.partner", "res_id": self.debtor_partner.id},
            {"attachment_ids": [(5,)]},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                message.write(values)
        self.assertIn("vendredi", self.said.body)

    def test_it_is_not_deleted_even_by_who_wrote_it(self):
        own = self.debtor.with_user(self.officer).message_post(body="Appelé.", message_type="comment")
        for message in (own, self.said.with_user(self.officer)):
            with self.assertRaises(UserError):
                message.unlink()
        self.assertTrue((own | self.said).exists())

    def test_the_discussion_of_an_invoice_stays_as_odoo_has_it(self):
        move = self.env["account.move"].search([("partner_id", "=", self.debtor_partner.id)], limit=1)
        message = move.sudo().message_post(body="Ancien", message_type="comment", author_id=self.env.user.partner_id.id)
        message.with_user(self.env.user).write({"body": "Nouveau"})
        self.assertIn("Nouveau", message.body)

    def test_a_message_of_elsewhere_is_not_put_on_the_card(self):
        elsewhere = self.debtor_partner.message_post(body="Ailleurs", message_type="comment")
        with self.assertRaises(UserError):
            elsewhere.with_user(self.officer).write({"model": "recouvrement.debtor", "res_id": self.debtor.id})
