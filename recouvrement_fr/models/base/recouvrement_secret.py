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

    @api.model
    def _hidden(self, records, model="res_model"):
        """Those of these records that hang on what the user may not read, though Odoo would show them."""
        about = records.sudo().filtered(lambda record: (record[model] or "").startswith("recouvrement."))
        if not about or self._reads_secrets():
            return records.browse()
        # sudo: as above
        secret = self._secret_records(model, deep=True)
        return about.search(Domain("id", "in", about.ids) & secret).with_env(records.env)

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
