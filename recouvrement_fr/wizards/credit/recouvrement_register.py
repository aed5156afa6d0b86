from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...rules.debtor_type import siren_of_partner
from ...tools import clock, register_client


class RecouvrementRegister(models.TransientModel):
    """What the State's register says of a debtor: asked by SIREN, else by name; nothing is written before a person has
    chosen the company and confirmed."""

    _name = "recouvrement.register"
    _description = "State Register"
    _inherit = "recouvrement.dialog"

    debtor_id = fields.Many2one(
        "recouvrement.debtor", required=True, default=lambda self: self.env.context.get("active_id")
    )
    query = fields.Char("Asked", compute="_compute_query", store=True, readonly=False, help="A SIREN, or a name.")
    line_ids = fields.One2many("recouvrement.register.line", "register_id", "Found", readonly=True)
    is_asked = fields.Boolean(readonly=True)

    @api.depends("debtor_id")
    def _compute_query(self):
        for wizard in self:
            partner = wizard.debtor_id.partner_id
            siren = siren_of_partner(partner.company_registry, partner.vat, partner.country_id.code)
            wizard.query = siren or partner.name

    def action_ask(self):
        """Ask the register, and show what it answers."""
        self.ensure_one()
        self.check_access("write")
        if len((self.query or "").strip()) < 3:
            raise UserError(self.env._("Enter a SIREN, or three letters of a name at least."))
        # the address of the service is a setting
        url = self.env["ir.config_parameter"].sudo().get_param("recouvrement_fr.register_url", register_client.URL)
        try:
            found = register_client.find(self.query.strip(), url)
        except register_client.RegisterError as error:
            raise UserError(
                self.env._("The register could not be read: %s. Nothing was changed; try again later.", error)
            ) from error
        lines = self.env["recouvrement.register.line"].sudo()  # what was answered is shown, never typed
        self.sudo().line_ids.unlink()  # the former answer of this dialog
        lines.create([{"register_id": self.id, **one._asdict()} for one in found])
        self.sudo().is_asked = True  # by this button alone
        return {**self._get_records_action(), "target": "new"}


class RecouvrementRegisterLine(models.TransientModel):
    """A company of the register, as it was answered."""

    _name = "recouvrement.register.line"
    _description = "Company of the Register"
    _inherit = "recouvrement.dialog"

    register_id = fields.Many2one("recouvrement.register", required=True, ondelete="cascade")
    siren = fields.Char("SIREN", readonly=True)
    name = fields.Char(readonly=True)
    is_active = fields.Boolean("Active", readonly=True)
    legal_form = fields.Char("Legal form (INSEE)", readonly=True)
    activity = fields.Char("Activity (NAF)", readonly=True)
    created_on = fields.Date(readonly=True)
    closed_on = fields.Date(readonly=True)
    siret = fields.Char("SIRET", readonly=True)
    street = fields.Char(readonly=True)
    zip = fields.Char(readonly=True)
    city = fields.Char(readonly=True)
    accounts = fields.Integer("Accounts of", readonly=True)
    turnover = fields.Float("Turnover (EUR)", digits=(16, 0), readonly=True)
    result = fields.Float("Net result (EUR)", digits=(16, 0), readonly=True)

    def action_take(self):
        """It is this company: its SIREN and address are written on the debtor, which keeps what was there before in its
        history, with the source and the day."""
        self.ensure_one()
        debtor = self.register_id.debtor_id
        debtor.check_access("write")
        source = self.env._(
            "Register of the State (API Recherche d’entreprises), %s", format_date(self.env, clock.today(self.env))
        )
        # a collector corrects the details of the debtor by this button; he writes no partner otherwise
        partner = debtor.sudo().partner_id
        values = {"company_registry": self.siret or self.siren}
        if self.street and self.zip and self.city:
            values |= {"street": self.street, "zip": self.zip, "city": self.city}
        before = ", ".join(str(partner[name] or "—") for name in values)
        partner.write(values)
        after = ", ".join(str(partner[name] or "—") for name in values)
        told = self.env._("%(where)s: %(old)s → %(new)s.", where=source, old=before, new=after)
        if not self.is_active:
            told += " " + self.env._("The register says that this company has ceased.")
        debtor.message_post(body=told)
        return {"type": "ir.actions.act_window_close"}
