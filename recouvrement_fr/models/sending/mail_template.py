from collections import defaultdict

from lxml import etree, html

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.rendering_tools import parse_inline_template

OURS = "recouvrement."
WORDS = {"subject", "body_html"}
OWN = WORDS | {"name", "description"}  # of a copy, too
MANAGER = "recouvrement_fr.group_recouvrement_manager"


class MailTemplate(models.Model):
    """The words of our e-mails are the credit managers' to edit; what is computed in them is not.

    Odoo lets nobody but its template editors touch a text with placeholders. A credit manager may: in the subject and
    the text of templates of this add-on, with no instruction that such a template does not already hold.
    """

    _inherit = "mail.template"

    def _check_access(self, operation):
        """The templates of the add-on are used by all companies: written by those who work in all of them."""
        found = super()._check_access(operation)
        if not self or operation not in ("write", "unlink") or self.env["recouvrement.shared"]._may_share():
            return found
        refused, error = found or (self.browse(), None)
        allowed = (self - refused).sudo()  # whose they are, not what they say
        ours = allowed.filtered(
            lambda template: (template.model or "").startswith(OURS) and template.create_uid != self.env.user
        )
        if not ours:
            return found
        refusal = self.env["recouvrement.shared"]._not_shared
        return refused + ours.with_env(self.env), error or (lambda: refusal(ours))

    @api.model_create_multi
    def create(self, vals_list):
        if self._writes_words() and all(self._is_ours(vals) for vals in vals_list):
            self.browse().check_access("create")
            for vals in vals_list:
                # sudo: a manager reads no names of models
                self._check_words(vals, self.env["ir.model"].sudo().browse(vals["model_id"]).model)
            # sudo: past the group of template editors, with nothing computed that our templates do not compute
            return super(MailTemplate, self.sudo()).create(vals_list).with_env(self.env)
        return super().create(vals_list)

    def write(self, vals):
        if not self._writes_words() or not self._are_ours():
            return super().write(vals)
        self.check_access("write")
        if others := vals.keys() - self._written_by_managers():
            raise AccessError(
                self.env._(
                    "Of this e-mail you write the subject and the text. Left to template editors: %s.",
                    ", ".join(sorted(others)),
                )
            )
        for model, templates in self.sudo().grouped("model").items():  # as `create`
            templates._check_words(vals, model)
        return super(MailTemplate, self.sudo()).write(vals)  # as `create`

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        if self._writes_words() and self._are_ours() and field_name in self._written_by_managers():
            self.check_access("write")
            for words in translations.values():
                for text in words.values() if isinstance(words, dict) else [words]:
                    self._check_words({field_name: text}, self.model)
            template = super(MailTemplate, self.sudo())  # as `create`
            return template._update_field_translations(field_name, translations, digest, source_lang)
        return super()._update_field_translations(field_name, translations, digest=digest, source_lang=source_lang)

    def action_recouvrement_reset(self):
        """The text as it was shipped, in every language; what was written instead is lost."""
        if not self._are_ours() or not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Credit managers reset the e-mails of debt collection."))
        self.check_access("write")
        shipped = self.filtered(lambda template: template.template_fs and template.get_external_id()[template.id])
        if self - shipped:
            raise UserError(
                self.env._("%s was not shipped: write its text anew.", ", ".join((self - shipped).mapped("name")))
            )
        shipped.sudo().reset_template()  # the files of the add-on, and nothing that was given
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _render_lang(self, res_ids, engine="inline_template"):
        """Our e-mails speak one language throughout: see ``res.lang._recouvrement_spoken``."""
        langs = super()._render_lang(res_ids, engine=engine)
        if not (self.render_model or "").startswith(OURS):
            return langs
        spoken = self.env["res.lang"]._recouvrement_spoken
        return {res_id: lang and spoken(lang) for res_id, lang in langs.items()}

    # --- who, and what ------------------------------------------------------------------------------------------------

    def _writes_words(self):
        """Whether the user is one of those who write words alone: a credit manager who is no template editor."""
        user = self.env.user
        return not self.env.su and user.has_group(MANAGER) and not user.has_group("mail.group_mail_template_editor")

    def _are_ours(self):
        # whose they are, not what they say
        return bool(self) and all((template.model or "").startswith(OURS) for template in self.sudo())

    def _written_by_managers(self):
        """The words; of a copy of one's own, its name as well."""
        return OWN if all(template.create_uid == self.env.user for template in self.sudo()) else WORDS  # as above

    @api.model
    def _is_ours(self, vals):
        # sudo: the name of a model
        return (self.env["ir.model"].sudo().browse(vals.get("model_id")).model or "").startswith(OURS)

    def _check_words(self, vals, model):
        """Refuse a text that computes what no template of this model computes yet.

        :raises AccessError: naming the first instruction that is new
        """
        known = self._instructions_known(model)
        for name in self._get_dynamic_field_names() & vals.keys():
            new = self._instructions(name, vals[name]) - known[name == "body_html"]
            new = [one for one in new if not self._is_harmless(name, one, model)]
            if new:
                raise AccessError(
                    self.env._(
                        "An e-mail of debt collection computes what it is shipped to compute, no more: take out %s, "
                        "or ask a template editor. The words around are yours.",
                        ", ".join(sorted(str(value) for _key, value in new[0])),
                    )
                )

    @api.model
    def _instructions_known(self, model):
        """{whether of a body: {instruction}} of every template of that model, in every language, as they are stored."""
        self.env["mail.template"].flush_model()
        found = defaultdict(set)
        languages = ["en_US", *(code for code, _name in self.env["res.lang"].get_installed())]
        # sudo: they are texts that anybody in the house may read
        templates = self.env["mail.template"].sudo().search([("model", "=", model)])
        for lang in dict.fromkeys(languages):
            for template in templates.with_context(lang=lang):
                for name in self._get_dynamic_field_names():
                    found[name == "body_html"] |= self._instructions(name, template[name])
        return found

    @api.model
    def _instructions(self, name, text):
        """{instruction} of a text, each the directives of one element, or one placeholder.

        Kept together: a directive that is harmless beside one expression is not beside another.
        """
        if not text:
            return set()
        if name != "body_html":
            return {frozenset({("", code)}) for _text, code, *_rest in parse_inline_template(str(text)) if code}
        root = html.fragment_fromstring(str(text), create_parent="div")
        found = set()
        for node in root.iter(etree.Element):
            directives = {(key, value) for key, value in node.attrib.items() if key.startswith("t-")}
            if directives:
                found.add(frozenset(directives))
        return found

    @api.model
    def _is_harmless(self, name, instruction, model):
        """Whether any employee may write it in any template, as Odoo decides."""
        if name != "body_html":
            code = "{{ " + next(iter(instruction))[1] + " }}"
            return not self._has_unsafe_expression_template_inline_template(code, model)
        node = html.Element("t")
        for key, value in instruction:
            node.set(key, value)
        return not self._has_unsafe_expression_template_qweb(html.tostring(node, encoding="unicode"), model)
