from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class RecouvrementShared(models.AbstractModel):
    """A record that may be of no company, and so of all: changed by those who work wherever it is used.

    A manager of one company gives it his company, or copies it for his own. What follows another record (a level, its
    policy) is shared as that one is: say where its company is read in `_company_path`. A model without
    company is shared.
    """

    _name = "recouvrement.shared"
    _description = "Shared by All Companies"

    _company_path = "company_id"

    def _check_access(self, operation):
        if refused := super()._check_access(operation):
            return refused
        if operation == "read" or not self or self._may_share():
            return None
        shared = self._shared()
        return (shared, lambda: self._not_shared(shared)) if shared else None

    def write(self, vals):
        result = super().write(vals)
        self.check_access("write")  # what has just become of all companies, or of another one
        return result

    def copy_data(self, default=None):
        """A copy of what everybody uses is one's own, for whoever may not change it for everybody."""
        copies = super().copy_data(default)
        company = self._fields.get("company_id")
        if company and not company.related and not self._may_share():
            for values in copies:
                values["company_id"] = values.get("company_id") or self.env.company.root_id.id
        return copies

    def _shared(self):
        """Those of these records that every company uses."""
        if self._company_path.partition(".")[0] not in self._fields:
            return self
        # sudo: its policy may be one of another company, which is then no shared one
        return self.sudo().filtered(lambda record: not record.mapped(self._company_path)).with_env(self.env)

    @api.model
    def _may_share(self):
        """Whether the user decides for all: as administrator, or because he works in each company that collects."""
        if self.env.su or self.env.user.has_group("base.group_system"):
            return True
        collecting = Domain("recouvrement_active", "=", True) & Domain("parent_id", "=", False)
        # sudo: the question is whether there is a company that he does not see
        companies = self.env["res.company"].sudo().search(collecting)
        return not set(companies.ids) - set(self.env.user.company_ids.ids)

    @api.model
    def _not_shared(self, records):
        return AccessError(
            self.env._(
                "%s: every company of this database uses it. It is changed by those who work in all the companies that "
                "collect, or by a system administrator. For your own company, make a copy or choose the company.",
                ", ".join(records.sudo().mapped("display_name")[:3]),  # the reader may read what he may not write
            )
        )
