from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


def _is_ours(model):
    return (model or "").startswith("recouvrement.")


def _of_others(domain):
    """Whether a domain asks for the followers of one model that is not of the add-on, as every form does."""
    told = list(Domain(domain))
    if "|" in told or "!" in told:
        return False
    return any(
        name == "res_model"
        and operator == "="
        and isinstance(value, str)
        and not _is_ours(value)
        or name == "res_model"
        and operator == "in"
        and value
        and not any(map(_is_ours, value))
        for name, operator, value in (leaf for leaf in told if leaf != "&")
    )


class MailFollowers(models.Model):
    """Who follows a case, a card or a plan tells of it: read by those alone who may read that record.

    Odoo shows every employee all followers of all records.
    """

    _inherit = "mail.followers"

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not bypass_access and not self.env.su and not _of_others(domain):
            domain = Domain(domain) & self._of_what_is_read()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        found = super()._check_access(operation)
        if not self or self.env.su:
            return found
        refused, error = found or (self.browse(), None)
        refused += (self - refused)._hidden()
        return (refused, error or (lambda: refused._make_access_error(operation))) if refused else None

    def _hidden(self):
        """Those of these that follow a record of the add-on that the user may not read."""
        ours = self.sudo().filtered(lambda one: _is_ours(one.res_model))  # what is followed
        return ours.with_env(self.env) - self.search(Domain("id", "in", ours.ids)) if ours else self.browse()

    @api.model
    def _of_what_is_read(self):
        """The domain of the followers of what the user reads, and of all that is not of the add-on."""
        found = Domain("res_model", "not =like", "recouvrement.%")
        for name, model in self.env.registry.items():
            if _is_ours(name) and hasattr(model, "message_follower_ids") and not model._abstract:
                try:
                    read = self.env[name].with_context(active_test=False)._search([])
                except AccessError:
                    continue  # no role that reads them
                found |= Domain("res_model", "=", name) & Domain("res_id", "in", read)
        return found
