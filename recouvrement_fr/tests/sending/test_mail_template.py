from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import RecouvrementCommon

CODE = (
    "<p><t t-out=\"object.env['res.users'].search([])\"/></p>",
    '<p t-if="object.company_id.write({})">x</p>',
    '<t t-foreach="object.line_ids" t-as="line"><t t-out="line.move_id.narration"/></t>',
    '<t t-call="web.layout"/>',
    '<a t-attf-href="https://elsewhere.example/{{ object.debtor_id.note }}">x</a>',
    '<p T-OUT="object.sudo().company_id.recouvrement_note"/>',
    '<t t-set="f" t-value="object.sudo().env"/>',
    '<p t-out="f"/>',  # a directive and an expression that are there, but not together
)


@tagged("post_install", "-at_install")
class TestMailTemplate(RecouvrementCommon):
    """Credit managers edit the words of the e-mails, in a database that restricts the editing of templates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("mail.restrict.template.rendering", True)
        cls.env["res.lang"]._activate_lang("en_US")
        cls.mail = cls.env.ref("recouvrement_fr.mail_template_reminder_1")
        others = cls.env["res.company"].sudo().search([("id", "!=", cls.company.id)])
        others.recouvrement_active = False
        cls.manager = cls._someone("words_manager", "manager")
        cls.collector = cls._someone("words_collector", "user")

    @classmethod
    def _someone(cls, login, group, company=None):
        company = company or cls.company
        groups = f"base.group_user,recouvrement_fr.group_recouvrement_{group}"
        return new_test_user(cls.env, login, groups, company_id=company.id, company_ids=[(6, 0, company.ids)])

    def setUp(self):
        super().setUp()
        self.mine = self.mail.with_user(self.manager).with_context(lang="en_US")
        self.assertFalse(self.manager.has_group("mail.group_mail_template_editor"))

    def test_a_credit_manager_writes_other_words_around_the_figures(self):
        body = self.mine.body_html.replace("no doubt a mere oversight", "surely an oversight")
        self.mine.write(
            {"body_html": body, "subject": "{{ object.company_id.name }}: your invoices – {{ object.name }}"}
        )
        self.assertIn("surely an oversight", self.mail.with_context(lang="en_US").body_html)
        self.assertIn("recouvrement_fr.email_items", self.mail.with_context(lang="en_US").body_html)
        self.mine.write({"body_html": "<p>Plain words</p>"})  # taking figures out is theirs to decide
        self.mine.write({"body_html": body})  # other templates still hold them

    def test_he_writes_them_in_french(self):
        self.mine.update_field_translations("subject", {"fr_FR": "{{ object.company_id.name }} : un oubli ?"})
        self.assertEqual(self.mail.with_context(lang="fr_FR").subject, "{{ object.company_id.name }} : un oubli ?")
        with self.assertRaises(AccessError):
            self.mine.update_field_translations("subject", {"fr_FR": "{{ object.env.cr.dbname }}"})
        self.mine.with_context(lang="fr_FR").body_html = "<p>Bonjour</p>"
        self.assertIn("oversight", self.mail.with_context(lang="en_US").body_html)

    def test_he_writes_no_code(self):
        before = str(self.mine.body_html)
        for code in CODE:
            for values in ({"body_html": before + code}, {"body_html": code}):
                with self.subTest(code=code), self.assertRaises(AccessError), self.env.cr.savepoint():
                    self.mine.write(values)
        for code in ("{{ object.env.user.password }}", "{{ object.sudo().debtor_id.note }}"):
            with self.subTest(code=code), self.assertRaises(AccessError), self.env.cr.savepoint():
                self.mine.subject = code
        with self.assertRaises(AccessError):
            self.mine.web_save({"body_html": CODE[0]}, {"body_html": {}})
        self.assertEqual(self.mine.body_html, before)

    def test_he_changes_neither_sender_nor_recipient_nor_what_is_enclosed(self):
        report = self.env["ir.actions.report"].search([], limit=1)
        for values in (
            {"email_to": "me@elsewhere.example"},
            {"email_from": "me@elsewhere.example"},
            {"partner_to": "{{ object.debtor_id.partner_id.id }}"},
            {"model_id": self.env["ir.model"]._get_id("res.partner")},
            {"report_template_ids": [(4, report.id)]},
            {"lang": "fr_FR"},
            {"user_id": self.manager.id},
            {"subject": "Fine", "email_cc": "me@elsewhere.example"},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(AccessError, "subject and the text"):
                self.mine.write(values)
        with self.assertRaises(AccessError):
            self.mine.unlink()

    def test_neither_other_templates_nor_other_people(self):
        other = self.env["mail.template"].create(
            {
                "name": "Of sales",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "{{ object.name }}",
            }
        )
        with self.assertRaises(AccessError):
            other.with_user(self.manager).subject = "Mine"
        with self.assertRaises(AccessError):
            self.mail.with_user(self.collector).subject = "Mine"
        with self.assertRaises(AccessError):
            self.mail.with_user(self.collector).action_recouvrement_reset()
        with self.assertRaises(AccessError):
            other.with_user(self.manager).action_recouvrement_reset()

    def test_a_copy_is_as_free_and_no_freer(self):
        copied = self.mine.copy()
        copied.write({"name": "Ours", "subject": "Words"})
        with self.assertRaises(AccessError):
            copied.body_html = CODE[0]
        with self.assertRaises(AccessError):
            self.env["mail.template"].with_user(self.manager).create(
                {"name": "New", "model_id": self.mail.model_id.id, "body_html": CODE[0]}
            )
        with self.assertRaises(AccessError):
            copied.email_to = "me@elsewhere.example"

    def test_the_shipped_text_comes_back_in_every_language(self):
        shipped = {lang: self.mail.with_context(lang=lang).body_html for lang in ("en_US", "fr_FR")}
        subject = self.mail.with_context(lang="fr_FR").subject
        for lang in shipped:
            self.mine.with_context(lang=lang).write({"body_html": "<p>Other</p>", "subject": "Other"})
        self.mine.action_recouvrement_reset()
        self.env.invalidate_all()
        for lang, text in shipped.items():
            self.assertEqual(self.mail.with_context(lang=lang).body_html, text)
        self.assertEqual(self.mail.with_context(lang="fr_FR").subject, subject)
        with self.assertRaisesRegex(UserError, "not shipped"):
            self.mine.copy().action_recouvrement_reset()

    def test_a_manager_of_one_company_leaves_the_words_of_all_and_writes_a_copy(self):
        other = self.env["res.company"].create({"name": "Other creditor"})
        other.recouvrement_active = True
        with self.assertRaisesRegex(AccessError, "every company of this database"):
            self.mine.subject = "Payez sur FR00"
        self.mine.copy().subject = "Ours"

    def test_where_everybody_edits_templates_those_of_all_companies_stay_guarded(self):
        self.env["ir.config_parameter"].set_param("mail.restrict.template.rendering", False)
        other = self.env["res.company"].create({"name": "Other creditor"})
        other.recouvrement_active = True
        for user in (self.manager, self.collector, self._someone("words_stranger", "manager", other)):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.mail.with_user(user).body_html = "<p>Payez sur FR00</p>"

    def test_the_preview_opens_for_him(self):
        action = self.mine.action_open_mail_preview()
        self.assertEqual(action["res_model"], "mail.template.preview")
        self.assertTrue(
            self.env[action["res_model"]].with_user(self.manager).create({"mail_template_id": self.mail.id})
        )
