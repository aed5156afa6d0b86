from odoo import models


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _render_lang(self, res_ids, engine="inline_template"):
        """Our e-mails speak one language throughout: see ``res.lang._recouvrement_spoken``."""
        langs = super()._render_lang(res_ids, engine=engine)
        if not (self.render_model or "").startswith("recouvrement."):
            return langs
        spoken = self.env["res.lang"]._recouvrement_spoken
        return {res_id: lang and spoken(lang) for res_id, lang in langs.items()}
