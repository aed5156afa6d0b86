from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location

from odoo.tests import new_test_user, tagged
from odoo.tools import file_path

from ..clock import today
from ..common import MONDAY
from .dispatch_common import DispatchCommon

WORDS = ("subject", "body_html", "reply_to")


@tagged("post_install", "-at_install")
class TestCollectorGone(DispatchCommon):
    """Who left the company is named in no e-mail, and no answer goes to him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.claire = new_test_user(
            cls.env, "claire", "recouvrement_fr.group_recouvrement_user", name="Claire M", email="claire@ours.example"
        )
        cls.first.channel_ids.template_id = cls.env.ref("recouvrement_fr.mail_template_reminder_1")

    def migrated(self):
        """The templates as an upgrade leaves them: nobody's text is loaded again."""
        self.env.flush_all()
        path = file_path("recouvrement_fr/migrations/19.0.3.0.0/post-collectors_gone.py")
        spec = spec_from_file_location("post_collectors_gone", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.2.0.0")
        self.env.invalidate_all()

    def setUp(self):
        super().setUp()
        self.migrated()
        self.debt, self.reminder = self.reminded()
        self.card().sudo().collector_id = self.claire

    def test_a_reminder_is_answered_to_the_company_once_the_collector_has_left(self):
        self.claire.sudo().active = False
        self.dispatch(MONDAY, 3)
        mail = self.reminder.dispatch_ids.mail_id.sudo()
        self.assertIn("compta@creancier.example", mail.reply_to)
        self.assertNotIn("laire", mail.reply_to + mail.body_html)

    def test_a_reminder_is_answered_to_the_collector_while_he_is_there(self):
        self.dispatch(MONDAY, 3)
        self.assertIn("claire@ours.example", self.reminder.dispatch_ids.mail_id.sudo().reply_to)

    def test_every_shipped_e_mail_follows(self):
        with self.at(MONDAY):
            promise = self.env["recouvrement.promise"]._make(
                self.card(), self.debt, 1000, MONDAY + timedelta(days=3), on=today()
            )
        for name, record in (("promise", promise), ("proof", self.card())):
            template = self.env.ref(f"recouvrement_fr.mail_template_{name}").sudo()
            with self.subTest(name):
                told = template._generate_template(record.ids, WORDS)[record.id]
                self.assertIn("claire@ours.example", told["reply_to"])
                self.assertIn("Claire M", told["body_html"])
        self.claire.sudo().active = False
        for name, record in (("promise", promise), ("proof", self.card())):
            template = self.env.ref(f"recouvrement_fr.mail_template_{name}").sudo()
            with self.subTest(name):
                told = template._generate_template(record.ids, WORDS)[record.id]
                self.assertIn("compta@creancier.example", told["reply_to"])
                self.assertNotIn("laire", told["reply_to"] + told["body_html"])
        ours = self.env["mail.template"].sudo().search([("model", "=like", "recouvrement.%")])
        naming = ours.filtered(lambda one: "debtor_id.collector_id" in f"{one.reply_to} {one.body_html} {one.subject}")
        self.assertFalse(naming.mapped("name"))

    def test_texts_in_use_before_follow_after_the_upgrade_and_may_be_upgraded_twice(self):
        template = self.first.channel_ids.template_id.sudo()
        template.reply_to = "{{ object.debtor_id.collector_id.email_formatted or object.company_id.email_formatted }}"
        own = template.copy({"name": "Ours", "reply_to": "{{ object.company_id.email_formatted }}"})
        for _time in range(2):
            self.migrated()
            self.assertEqual(
                template.reply_to,
                "{{ object.debtor_id.answering_user_id.email_formatted or object.company_id.email_formatted }}",
            )
        self.assertEqual(own.reply_to, "{{ object.company_id.email_formatted }}")
