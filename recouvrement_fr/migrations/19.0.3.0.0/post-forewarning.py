"""The e-mails that announce promises and instalments go to whom their template names: templates are not updated."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in ("mail_template_promise", "mail_template_plan_instalment"):
        template = env.ref(f"recouvrement_fr.{name}", raise_if_not_found=False)
        if template:
            template.use_default_to = False
