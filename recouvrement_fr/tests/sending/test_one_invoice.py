import re
from importlib.util import module_from_spec, spec_from_file_location

from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..common import RecouvrementCommon

SEVERAL = re.compile(r"\b(the invoices|these numbers|their payment|invoices (due|unpaid|falling))\b")


@tagged("post_install", "-at_install")
class TestOneInvoice(RecouvrementCommon):
    """An e-mail says the same of one invoice and of ten; those installed before take the new words, unless a person
    wrote others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = file_path("recouvrement_fr/migrations/19.0.8.0.0/post-templates.py")
        spec = spec_from_file_location("post_templates", path)
        cls.script = module_from_spec(spec)
        spec.loader.exec_module(cls.script)

    def texts(self):
        """{(template, field): what it says in English}, of what changes."""
        return {
            (name, field): str(self.mail_of(name)[field])
            for name, field, language, _fingerprint, _changes in self.script.CHANGES
            if language == "en"
        }

    def mail_of(self, name):
        return self.env.ref(f"recouvrement_fr.{name}").with_context(lang="en_US")

    def before(self):
        """What these templates said before."""
        for name, field, language, fingerprint, changes in self.script.CHANGES:
            if language == "en":
                text = str(self.mail_of(name)[field])
                for old, new in changes:
                    self.assertIn(new, text)
                    text = text.replace(new, old)
                self.mail_of(name)[field] = text
                self.assertEqual(self.script.fingerprint_of(str(self.mail_of(name)[field])), fingerprint, name)

    def upgraded(self):
        self.env.flush_all()
        self.script.migrate(self.env.cr, "19.0.7.0.0")
        self.env.invalidate_all()

    def test_no_email_speaks_of_several_invoices_to_who_owes_one(self):
        self.upgraded()  # this database may come from before
        known = self.env["ir.model.data"].search([("module", "=", "recouvrement_fr"), ("model", "=", "mail.template")])
        self.assertGreaterEqual(len(known), 12)
        for name in known.mapped("name"):
            for field in ("subject", "body_html"):
                self.assertNotRegex(str(self.mail_of(name)[field]), SEVERAL, name)

    def test_what_was_installed_before_takes_the_new_words_and_twice_changes_nothing(self):
        self.upgraded()  # this database may come from before
        new = self.texts()
        self.before()
        self.assertFalse(set(new.values()) & set(self.texts().values()))
        self.upgraded()
        self.assertEqual(self.texts(), new)
        self.upgraded()
        self.assertEqual(self.texts(), new)

    def test_what_a_person_wrote_stays_in_whatever_sentence(self):
        self.upgraded()  # this database may come from before
        self.before()
        template = self.mail_of("mail_template_reminder_1")
        template.body_html = str(template.body_html).replace("Dear Sir or Madam", "Dear customer")
        template.subject = "Invoices due"
        self.upgraded()
        self.assertIn("the invoices listed below", template.body_html)
        self.assertIn("Dear customer", template.body_html)
        self.assertEqual(template.subject, "Invoices due")
        self.assertIn("the amount detailed below", self.mail_of("mail_template_reminder_2").body_html)

    def test_in_french_too(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("recouvrement_fr.mail_template_reminder_1").with_context(lang="fr_FR")
        template.subject = "{{ object.company_id.name }}\u00a0: factures échues – {{ object.name }}"
        self.upgraded()
        self.assertEqual(
            template.subject, "{{ object.company_id.name }}\u00a0: règlement en attente – {{ object.name }}"
        )
