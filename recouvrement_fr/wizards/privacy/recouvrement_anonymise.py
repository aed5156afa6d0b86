from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.privacy.recouvrement_retention import check_manager, own_root
from ...tools import clock


class RecouvrementAnonymise(models.TransientModel):
    """What anonymising one person would change and what it would keep, then the act itself."""

    _name = "recouvrement.anonymise"
    _description = "Anonymise a Person"
    _inherit = "recouvrement.dialog"

    partner_id = fields.Many2one("res.partner", "Person", required=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company.root_id)
    is_person = fields.Boolean(compute="_compute_standing")
    natural_person = fields.Boolean(
        "This is a natural person", help="A sole trader: the name of the business is the name of somebody."
    )
    open_words = fields.Text("What keeps the data", compute="_compute_standing")
    until_words = fields.Text("How long", compute="_compute_standing")
    changed_words = fields.Text("What is emptied", compute="_compute_changed_words")
    kept_words = fields.Text("What stays, and why", compute="_compute_changed_words")
    may_go = fields.Boolean(compute="_compute_standing")

    @api.depends("partner_id", "company_id")
    def _compute_standing(self):
        on = clock.today(self.env)
        log = self.env["recouvrement.anonymisation"]
        for dialog in self:
            if not dialog.partner_id:
                dialog.update({"is_person": False, "open_words": "", "until_words": "", "may_go": False})
                continue
            standing = log._standing_of(own_root(self.env, dialog.company_id), dialog.partner_id, on)
            dialog.is_person = self.env["recouvrement.personal.data"]._may_be_person(dialog.partner_id)
            dialog.open_words = "\n".join(standing.open)
            dialog.until_words = "\n".join(log._waiting_words(standing, on))
            dialog.may_go = standing.may_go(on)

    @api.depends("partner_id", "company_id")
    def _compute_changed_words(self):
        data = self.env["recouvrement.personal.data"]
        for dialog in self:
            partner, company = dialog.partner_id, own_root(self.env, dialog.company_id)
            if not partner:
                dialog.changed_words = dialog.kept_words = ""
                continue
            held = data._held(data._family(company, partner.commercial_partner_id))
            own = data._addressed_to(partner, held) if data._is_contact(partner) else held
            dialog.changed_words = "\n".join(dialog._counted(own))
            dialog.kept_words = "\n".join(dialog._kept(held, own))

    def _counted(self, held):
        titles = Counter()
        for model, ids in held.items():
            if model.startswith("recouvrement.") and not self.env[model]._transient:
                titles[self.env["ir.model"]._get(model).name] += len(ids)
        _ = self.env._
        return [_("%(what)s: %(why)s", what=title, why=count) for title, count in sorted(titles.items())]

    def _kept(self, held, own):
        _ = self.env._
        yield _("Figures, days, states, numbers and SHA-256 of all these records: they name nobody.")
        if moves := len(held.get("account.move", ())):
            yield _(
                "Accounting entries, with the files attached to them and an archive of who they were made out to: "
                "%s entries, until the retention rule of accounting documents ends.",
                moves,
            )
        if own is not held:
            yield _("The company's other records: there, only what names this contact goes; their files stay.")

    def action_anonymise(self):
        """Erase at once.

        :raises UserError: listing what is open, or how long the data must be kept; for a company
        """
        self.ensure_one()
        check_manager(self.env)
        if not self.is_person and not self.natural_person:
            raise UserError(
                self.env._("This is a company: only natural persons are anonymised. Tick it if it is a sole trader.")
            )
        on = clock.today(self.env)
        log = self.env["recouvrement.anonymisation"]._anonymise_now(
            own_root(self.env, self.company_id), self.partner_id, on
        )
        return log.with_env(self.env)._get_records_action(name=self.env._("Anonymisation of a person"))
