import base64
import io
import zipfile
from datetime import timedelta

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, RecouvrementCommon
from ..paper import words_of


def text_of(content):
    return words_of(content)


@tagged("post_install", "-at_install")
class TestStatement(RecouvrementCommon):
    """Statements of account: what they say, and the three ways they are given."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.other_partner = cls._partner("Serrurerie Blin", email="compta@blin.example")
        cls.collector = cls._somebody("statement_collector")

    def before_all(self):
        super().before_all()
        self.overdue = self.invoice(MONDAY - timedelta(days=40), 300, ref="Chantier Nord")
        self.coming = self.invoice(MONDAY + timedelta(days=10), 500)
        self.credit = self.invoice(MONDAY - timedelta(days=5), 50, move_type="out_refund")
        self.invoice(MONDAY - timedelta(days=3), 80, partner=self.other_partner)
        self.night(MONDAY)
        self.debtor, self.other = self.card(), self.card(self.other_partner)

    def agree(self):
        """A plan on the overdue invoice, and a dispute on a part of the other."""
        plan = (
            self.env["recouvrement.plan"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "debtor_id": self.debtor.id,
                    "currency_id": self.company.currency_id.id,
                    "move_ids": [Command.set(self.overdue.ids)],
                    "state": "active",
                    "started_on": MONDAY,
                    "principal": 300,
                    "instalment_ids": [
                        Command.create({"date": MONDAY + timedelta(days=days), "amount": 150}) for days in (20, 50)
                    ],
                }
            )
        )
        dispute = (
            self.env["recouvrement.dispute"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "debtor_id": self.debtor.id,
                    "move_ids": [Command.set(self.coming.ids)],
                    "is_partial": True,
                    "amount": 120,
                    "reason_id": self.env["recouvrement.dispute.reason"].search([], limit=1).id,
                }
            )
        )
        return plan, dispute

    def wizard(self, debtors, how, user=None, **values):
        model = self.env["recouvrement.statement.wizard"].with_user(user or self.collector).with_company(self.company)
        return model.with_context(default_debtor_ids=debtors.ids).create({"how": how, **values})

    def test_data_shows_both_dates_of_what_is_planned_and_what_is_contested(self):
        plan, dispute = self.agree()
        with self.at(MONDAY):
            data = self.debtor._statement_data(MONDAY)[self.debtor]
        items = {item["number"]: item for item in data["items"]}
        planned = items[self.overdue.name]
        self.assertEqual((planned["due"], planned["plan"]), (MONDAY - timedelta(days=40), plan.name))
        self.assertEqual(items[self.coming.name]["disputed"], 120)
        self.assertEqual(items[self.credit.name]["kind"], "credit")
        agreed = [(row["kind"], row["reference"], row["date"], row["left"]) for row in data["agreed"]]
        self.assertEqual(
            agreed,
            [
                ("instalment", plan.name, MONDAY + timedelta(days=20), 150),
                ("instalment", plan.name, MONDAY + timedelta(days=50), 150),
                ("dispute", dispute.name, dispute.opened_on, 120),
            ],
        )

    def test_a_plan_that_was_only_proposed_is_not_agreed(self):
        plan, _dispute = self.agree()
        plan.state = "proposed"
        with self.at(MONDAY):
            data = self.debtor._statement_data(MONDAY)[self.debtor]
        self.assertEqual([row["kind"] for row in data["agreed"]], ["dispute"])
        self.assertFalse([item for item in data["items"] if item["plan"]])

    def test_what_is_overdue_is_net_of_credits_as_on_the_card(self):
        with self.at(MONDAY):
            text = self.env["recouvrement.statement"]._rehearsed(self.debtor, MONDAY)["body_html"]
            self.assertIn("250,00", text)
            self.assertNotIn("300,00", text)
            self.invoice(MONDAY - timedelta(days=1), 400, move_type="out_refund")
            text = self.env["recouvrement.statement"]._rehearsed(self.debtor, MONDAY)["body_html"]
        self.assertNotIn("overdue", text)

    def test_data_of_many_debtors_costs_the_queries_of_one(self):
        with self.at(MONDAY):
            (self.debtor | self.other)._statement_data(MONDAY)  # warm
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.debtor._statement_data(MONDAY)
            alone = self.env.cr.sql_log_count - before
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            (self.debtor | self.other)._statement_data(MONDAY)
            self.assertLessEqual(self.env.cr.sql_log_count - before, alone + 1)

    def test_pdf_is_kept_as_evidence_and_shows_plan_dates_ageing_and_what_is_postponed(self):
        plan, _dispute = self.agree()
        with self.at(MONDAY):
            action = self.wizard(self.debtor, "pdf").action_give()
        statement = self.debtor.statement_ids
        self.assertIn(str(statement.attachment_id.id), action["url"])
        self.assertEqual((statement.channel, statement.state, statement.amount), ("pdf", "given", 750))
        content = text_of(statement.attachment_id.raw)
        for text in (self.overdue.name, plan.name, "22/03/2026", "21/01/2026", "300,00 €", "750,00 €", "-50,00 €"):
            self.assertIn(text, content)
        with self.assertRaises(UserError):
            statement.unlink()
        with self.assertRaises(AccessError):
            statement.with_user(self.collector).write({"sha256": "x"})

    def test_many_debtors_make_one_pdf_or_an_archive_of_each(self):
        both = self.debtor | self.other
        with self.at(MONDAY):
            wizard = self.wizard(both, "pdf")
            wizard.action_give()
            archive = self.wizard(both, "zip")
            archive.action_give()
        merged = text_of(base64.b64decode(wizard.file))
        self.assertIn("Menuiserie Durand", merged)
        self.assertIn("Serrurerie Blin", merged)
        names = zipfile.ZipFile(io.BytesIO(base64.b64decode(archive.file))).namelist()
        self.assertEqual(len(names), 2)
        self.assertTrue(any("Serrurerie Blin" in name for name in names), names)
        self.assertEqual(len(both.statement_ids), 4)

    def test_spreadsheet_has_real_numbers_and_dates_and_no_formula_from_what_people_typed(self):
        self.agree()
        self.debtor_partner.name = '=HYPERLINK("http://evil.example")'
        with self.at(MONDAY):
            wizard = self.wizard(self.debtor | self.other, "xlsx")
            wizard.action_give()
        book = load_workbook(io.BytesIO(base64.b64decode(wizard.file)))
        summary, items, agreed = book.worksheets
        rows = [[cell.value for cell in row] for row in summary.iter_rows(min_row=2)]
        mine = next(row for row in rows if str(row[0]).startswith("=HYPERLINK"))
        self.assertEqual(mine[3:], [500, 0, 300, 0, 0, -50, 750])
        self.assertEqual(rows[-1][-1], 830)
        cell = next(row[0] for row in summary.iter_rows(min_row=2) if str(row[0].value).startswith("=HYPERLINK"))
        self.assertEqual(cell.data_type, "s")
        due = next(row[6] for row in items.iter_rows(min_row=2) if row[2].value == self.overdue.name)
        self.assertTrue(due.is_date)
        self.assertEqual(due.value.date(), MONDAY - timedelta(days=40))
        self.assertEqual(agreed.max_row, 4)

    def test_email_goes_through_the_queue_with_the_kept_file_and_words_a_person_may_change(self):
        with self.at(MONDAY):
            wizard = self.wizard(self.debtor, "email")
            self.assertEqual(wizard.partner_ids, self.debtor_partner)
            self.assertIn(self.company.name, wizard.subject)
            wizard.body = "<p>Voici votre relevé.</p>"
            wizard.sheet = True
            wizard.action_give()
        statement = self.debtor.statement_ids
        mail = statement.mail_id
        self.assertEqual((statement.state, mail.state), ("queued", "outgoing"))
        self.assertIn("Voici votre", mail.body_html)
        self.assertIn("compta@durand.example", mail.email_to)
        self.assertIn(statement.attachment_id, mail.attachment_ids)
        self.assertEqual(
            sorted(mail.attachment_ids.mapped("mimetype"))[0], "application/pdf", mail.attachment_ids.mapped("name")
        )
        self.assertEqual(len(mail.attachment_ids), 2)
        mail.write({"state": "exception", "failure_reason": "550 no such user"})
        self.assertEqual((statement.state, statement.failure), ("failed", "550 no such user"))
        row = self.debtor.get_timeline(group="sent")["rows"][0]
        self.assertEqual((row["kind"], row["tone"]), ("statement", "danger"))

    def test_a_statement_whose_bytes_changed_in_the_queue_does_not_leave(self):
        with self.at(MONDAY):
            statement = self.env["recouvrement.statement"]._send(
                self.debtor, MONDAY, {self.debtor: self.debtor_partner}
            )
        self.tamper(statement.attachment_id)
        with self.at(MONDAY), self.enter_registry_test_mode():
            statement.mail_id.send()
        self.assertEqual(statement.mail_id.state, "exception")
        self.assertIn("SHA-256 differs", statement.failure)

    def test_a_statement_that_did_not_leave_is_told_once_to_whoever_follows_the_debtor(self):
        statements = self.env["recouvrement.statement"].sudo()
        with self.at(MONDAY):
            lost, sent = statements._send(
                self.debtor | self.other, MONDAY, {debtor: debtor.partner_id for debtor in self.debtor | self.other}
            )
        lost.mail_id.write({"state": "exception", "failure_reason": "no answer"})
        sent.mail_id.state = "sent"
        self.debtor.collector_id = self.collector
        for day in range(2):
            statements._follow_up(MONDAY + timedelta(days=day))
        self.assertEqual(self.debtor.activity_ids.user_id, self.collector)
        self.assertIn("no answer", self.debtor.activity_ids.note)
        self.assertEqual((len(self.debtor.activity_ids), len(self.other.activity_ids)), (1, 0))

    def test_email_of_many_leaves_out_those_without_address_or_who_refuse(self):
        self.env["mail.blacklist"]._add("compta@blin.example")
        silent = self._partner("Sans adresse")
        self.invoice(MONDAY - timedelta(days=3), 80, partner=silent)
        cards = self.debtor | self.other | self.env["recouvrement.debtor"]._card(self.company, silent)
        with self.at(MONDAY):
            wizard = self.wizard(cards, "email")
            self.assertIn("compta@blin.example", wizard.refused)
            self.assertIn("Sans adresse", wizard.refused)
            action = wizard.action_give()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertEqual(cards.statement_ids.debtor_id, self.debtor)
        with self.at(MONDAY), self.assertRaises(UserError):
            self.wizard(self.other, "email").action_give()

    def test_email_speaks_the_debtors_language(self):
        self.env["res.lang"]._activate_lang("en_GB")
        self.other_partner.write({"country_id": self.env.ref("base.uk").id, "lang": "en_GB"})
        with self.at(MONDAY):
            self.wizard(self.debtor | self.other, "email").action_give()
        self.assertEqual((self.debtor.statement_ids.lang, self.other.statement_ids.lang), ("fr_FR", "en_GB"))

    def test_account_is_sent_to_no_stranger_and_not_from_a_neutralized_copy(self):
        with self.at(MONDAY):
            wizard = self.wizard(self.debtor, "email", partner_ids=[Command.set(self.other_partner.ids)])
            with self.assertRaisesRegex(UserError, "confidential"):
                wizard.action_give()
            self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", True)
            with self.assertRaisesRegex(UserError, "neutralized"):
                self.wizard(self.debtor, "email").action_give()
        self.assertFalse(self.debtor.statement_ids)

    def test_statements_are_closed_to_other_people_and_companies(self):
        stranger = new_test_user(self.env, "statement_stranger", groups="base.group_user")
        elsewhere = self.setup_other_company(name="Elsewhere")["company"]
        colleague = new_test_user(
            self.env,
            "statement_elsewhere",
            groups="base.group_user,recouvrement_fr.group_recouvrement_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        with self.at(MONDAY):
            self.wizard(self.debtor, "pdf").action_give()
            for user in (stranger, colleague):
                with self.assertRaises(AccessError):
                    self.wizard(self.debtor, "xlsx", user=user).action_give()
                with self.assertRaises(AccessError):
                    self.debtor.statement_ids.with_user(user).read(["subject"])

    def test_merged_partners_keep_statements_plans_disputes_and_thanks(self):
        plan, dispute = self.agree()
        with self.at(MONDAY):
            self.wizard(self.debtor, "pdf").action_give()
        statement = self.debtor.statement_ids
        thanks = (
            self.env["recouvrement.thanks"]
            .sudo()
            .create(
                [
                    {
                        "debtor_id": card.id,
                        "card": card.id,
                        "company_id": self.company.id,
                        "settled_on": MONDAY,
                        "state": "none",
                    }
                    for card in (self.debtor, self.other)
                ]
            )
        )
        self.env["recouvrement.debtor"].sudo()._fold(self.debtor_partner, self.other_partner)
        kept = self.card(self.other_partner)
        for record in (plan, dispute, statement, thanks):
            self.assertEqual(record.debtor_id, kept)
