from odoo import api, fields, models
from odoo.fields import Domain

OFFICERS = "recouvrement_fr.group_recouvrement_legal"


class RecouvrementSecret(models.AbstractModel):
    """A record that only legal officers and managers read, while `_secret_when` holds: a case marked confidential.

    Its own rules hide it. What hangs on it from elsewhere asks here each time, so that secrecy decided later, or
    lifted, is that of everything at once.
    """

    _name = "recouvrement.secret"
    _description = "May Be Confidential"

    _secret_when = ()  # a domain

    @api.model
    def _secret_records(self, model="res_model", res_id="res_id", deep=False):
        """The domain of what hangs on a confidential record, by those two fields.

        :param deep: also of what hangs on what hangs on one: the messages of its documents
        """
        found = Domain.FALSE
        mixins = ["recouvrement.secret", *(["recouvrement.about"] if deep else [])]
        for name in sorted(self.env.registry.descendants(mixins, "_inherit")):
            # sudo: which records are secret, of which nothing else is told
            secret = self.env[name].sudo().with_context(active_test=False)
            if not secret._abstract:
                found |= Domain(model, "=", name) & Domain(res_id, "in", secret._search(secret._secret_when))
        return found

    def _secrecy_changed(self):
        """What hangs on these is asked anew, within the same transaction too."""
        for name in self.env.registry.descendants(["recouvrement.about"], "_inherit"):
            if not self.env[name]._abstract:
                self.env[name].invalidate_model(["confidential"], flush=False)

    def _history(self):
        """Where what was noted for this record is told, so that it is as secret; empty: on its debtor's card."""
        return self.browse()

    @api.model
    def _reads_secrets(self):
        return self.env.su or self.env.user.has_group(OFFICERS)


class RecouvrementAbout(models.AbstractModel):
    """What was made about another record (`res_model`, `res_id`), and is as confidential as that one is now."""

    _name = "recouvrement.about"
    _description = "About a Record That May Be Confidential"

    _secret_when = [("confidential", "=", True)]

    confidential = fields.Boolean(
        compute="_compute_confidential",
        search="_search_confidential",
        compute_sudo=True,
        help="Seen by legal officers only, as what it is about.",
    )

    def _compute_confidential(self):
        secret = self.search(Domain("id", "in", self.ids) & self.env["recouvrement.secret"]._secret_records())
        for record in self:
            record.confidential = record._origin in secret

    @api.model
    def _search_confidential(self, operator, value):
        if operator != "in":
            return NotImplemented
        secret = self.env["recouvrement.secret"]._secret_records()
        return secret if True in value else ~secret


class RecouvrementHanging(models.AbstractModel):
    """What Odoo hangs on any record, and shows to its author too: not while that record is confidential.

    Mixed into a model of Odoo that checks its document by itself, of which `_hangs_on` names the model.
    """

    _name = "recouvrement.hanging"
    _description = "Hangs on a Record That May Be Confidential"

    _hangs_on = "res_model"

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        secret = self.env["recouvrement.secret"]
        if not bypass_access and not secret._reads_secrets():
            domain = Domain(domain) & ~secret._secret_records(self._hangs_on, deep=True)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        found = super()._check_access(operation)
        if not self:
            return found
        refused, error = found or (self.browse(), None)
        refused += (self - refused)._hidden()
        return (refused, error or (lambda: refused._make_access_error(operation))) if refused else None

    def _hidden(self):
        """Those of these that hang on what the user may not read."""
        secret = self.env["recouvrement.secret"]
        records = self.sudo()  # what they hang on, and whether it is secret
        about = records.filtered(lambda record: (record[self._hangs_on] or "").startswith("recouvrement."))
        if not about or secret._reads_secrets():
            return self.browse()
        domain = Domain("id", "in", about.ids) & secret._secret_records(self._hangs_on, deep=True)
        return about.search(domain).with_env(self.env)
