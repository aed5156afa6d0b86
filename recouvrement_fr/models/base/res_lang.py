from odoo import api, models
from odoo.tools.translate import code_translations

MODULE, FRENCH, ENGLISH = "recouvrement_fr", "fr_FR", "en_US"
WHOLE = 0.9  # of our terms: a translation hardly begun would make a letter of two languages


class ResLang(models.Model):
    _inherit = "res.lang"

    @api.model
    def _recouvrement_spoken(self, code):
        """The language of a whole letter to whoever speaks ``code``: his own where our terms are translated in it,
        else English where it is installed, else French. Words, dates and amounts are then all in that one."""
        if not code or code.startswith("fr"):
            return code or FRENCH
        installed = [known for known, _name in self.get_installed()]
        if code in installed and (code.startswith("en") or self._recouvrement_is_translated(code)):
            return code
        english = [known for known in installed if known.startswith("en")]
        return ENGLISH if ENGLISH in english else (english or [FRENCH])[0]

    @api.model
    def _recouvrement_is_translated(self, code):
        whole = code_translations.get_python_translations(MODULE, FRENCH)
        return len(code_translations.get_python_translations(MODULE, code)) >= WHOLE * len(whole)
