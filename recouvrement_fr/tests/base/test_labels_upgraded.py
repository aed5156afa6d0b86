from importlib.util import module_from_spec, spec_from_file_location

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path


@tagged("post_install", "-at_install")
class TestLabelsUpgraded(TransactionCase):
    """A database installed long ago shows the French of today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["ir.module.module"]._load_module_terms(["recouvrement_fr"], ["fr_FR"])

    def upgraded(self, version="19.0.4.0.0"):
        self.env.flush_all()
        path = file_path(f"recouvrement_fr/migrations/{version}/post-labels.py")
        spec = spec_from_file_location("post_labels", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.3.0.0")
        self.env.invalidate_all()

    def test_labels_of_fields_choices_menus_and_actions_take_their_new_french(self):
        labels = [
            (self.env.ref(f"recouvrement_fr.{name}").with_context(lang="fr_FR"), field)
            for name, field in (
                ("field_recouvrement_debtor__overdue_amount", "field_description"),
                ("field_recouvrement_reminder__deadline", "help"),
                ("selection__recouvrement_contact__outcome__promise", "name"),
                ("recouvrement_menu", "name"),
                ("recouvrement_plan_action", "name"),
                ("group_recouvrement_user", "name"),
            )
        ]
        expected = [record[field] for record, field in labels]
        for record, field in labels:
            record[field] = "Ancien"
        self.upgraded()
        self.assertEqual([record[field] for record, field in labels], expected)

    def test_menus_and_fields_renamed_since_take_theirs_too(self):
        labels = [
            (self.env.ref(f"recouvrement_fr.{name}").with_context(lang="fr_FR"), field)
            for name, field in (
                ("recouvrement_credit_menu", "name"),
                ("field_recouvrement_debtor__credit_sentence", "field_description"),
            )
        ]
        expected = [record[field] for record, field in labels]
        for record, field in labels:
            record[field] = "Ancien"
        self.upgraded("19.0.10.0.0")
        self.assertEqual([record[field] for record, field in labels], expected)

    def test_what_people_edit_stays_theirs(self):
        level = self.env["recouvrement.level"].search([], limit=1).with_context(lang="fr_FR")
        step = self.env["recouvrement.proceeding.step"].search([], limit=1).with_context(lang="fr_FR")
        template = self.env.ref("recouvrement_fr.mail_template_statement").with_context(lang="fr_FR")
        level.name = step.name = template.subject = "Le nôtre"
        self.upgraded()
        self.assertEqual({level.name, step.name, template.subject}, {"Le nôtre"})

    def test_the_newest_version_does_it_again_and_what_a_platform_approves_is_an_invoice(self):
        label = self.env.ref("recouvrement_fr.selection__recouvrement_plan__state__draft").with_context(lang="fr_FR")
        status = self.env.ref("recouvrement_fr.einvoice_status_205").with_context(lang="fr_FR")
        expected, label.name, status.name = label.name, "Ancien", "Approuvé"
        self.upgraded("19.0.8.0.0")
        self.assertEqual((label.name, status.name), (expected, "Approuvée"))
        status.name = "Bon à payer"
        self.upgraded("19.0.8.0.0")
        self.assertEqual(status.name, "Bon à payer")
