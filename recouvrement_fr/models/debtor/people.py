"""Who is told, when a person has to do something: of the company concerned, and of no other."""

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _recouvrement_people(self, role):
        """Who has this role (a group of the add-on, what it implies counted) and works in this company tree; portal
        users left out."""
        self.ensure_one()
        # A collector reads neither the groups nor the companies of his colleagues.
        people = self.env.ref(f"recouvrement_fr.group_recouvrement_{role}").sudo().all_user_ids
        allowed = people.filtered(lambda user: not user.share and self.root_id in user.company_ids.root_id)
        return allowed.with_env(self.env)

    def _recouvrement_managers(self):
        return self._recouvrement_people("manager")


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    answering_user_id = fields.Many2one(
        "res.users",
        "Answers the debtor",
        compute="_compute_answering_user_id",
        help="The collector, unless archived: e-mails name nobody who left, and replies go to the company.",
    )

    @api.depends("collector_id.active")
    def _compute_answering_user_id(self):
        for debtor in self:
            debtor.answering_user_id = debtor._collector()

    def _collector(self):
        """Who follows this debtor while he is here: nobody answers for a user who was archived."""
        return self.collector_id.filtered("active")

    def _person_in_charge(self):
        """Whoever follows this debtor, else a manager of his company, else whoever is at work."""
        self.ensure_one()
        return self._collector() or self.company_id._recouvrement_managers()[:1] or self.env.user
