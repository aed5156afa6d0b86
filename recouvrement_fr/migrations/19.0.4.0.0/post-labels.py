"""Labels that the code renamed take their new French: an update alone keeps the French a database already has.

Of what belongs to the code only (fields, choices, menus, actions, groups); words that people edit stay theirs. May run
again.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools.translate import TranslationImporter

OF_THE_CODE = (
    "ir.model",
    "ir.model.fields",
    "ir.model.fields.selection",
    "ir.model.constraint",
    "ir.ui.menu",
    "ir.actions.act_window",
    "ir.actions.act_url",
    "ir.actions.client",
    "ir.actions.report",
    "ir.actions.server",
    "res.groups",
    "res.groups.privilege",
)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    importer = TranslationImporter(cr, verbose=False)
    for lang, _name in env["res.lang"].get_installed():
        if lang.startswith("fr"):
            importer.load_file("recouvrement_fr/i18n/fr.po", lang)
    importer.model_terms_translations.clear()  # words inside views and texts follow by themselves
    for model in set(importer.model_translations) - set(OF_THE_CODE):
        del importer.model_translations[model]
    importer.save(overwrite=True)
    env.registry.clear_all_caches()
