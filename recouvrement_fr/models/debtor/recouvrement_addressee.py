from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementDebtor(models.Model):
    """Whom a debtor's letters go to. A debt is told to nobody else: every sender asks here, when it sends."""

    _inherit = "recouvrement.debtor"

    dunning_contact_id = fields.Many2one(domain="[('commercial_partner_id', '=', partner_id)]")

    @api.constrains("dunning_contact_id")
    def _check_dunning_contact(self):
        for debtor in self:
            contact = debtor.dunning_contact_id.sudo()  # the name of a stranger is in the message, no more
            if contact and contact.commercial_partner_id != debtor.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(debtor)s: a debt is told to nobody else. Choose one of his "
                        "contacts, or make it one on its form.",
                        contact=contact.display_name,
                        debtor=debtor.partner_id.display_name,
                    )
                )

    def _strangers(self, partners):
        """Those of these partners who may not be told of this debtor's account now: not his contacts, or archived."""
        self.ensure_one()
        return partners.filtered(lambda one: not one.active or self.partner_id not in (one, one.commercial_partner_id))

    def _dunning_contact(self):
        """The named dunning contact while it is the debtor's; else nobody."""
        contact = self.sudo().dunning_contact_id  # a collector may not read every partner
        return (contact - self.sudo()._strangers(contact)).with_env(self.env)

    def _addressee(self):
        """Who receives what is written to this debtor: the named dunning contact, else the debtor himself."""
        return self._dunning_contact() or self.partner_id

    def _addressee_problem(self, addressee):
        """Why nothing may leave to this partner about this debtor's account, in words; else None."""
        debtor = self.sudo()  # as above
        if not debtor.partner_id.active:
            return self.env._("The debtor was archived: restore his contact, or write the debt off.")
        if not addressee.active:
            return self.env._("Its addressee was archived before it left.")
        if debtor._strangers(addressee.sudo()):  # as above
            return self.env._("Its addressee is no contact of the debtor any more.")
        return None
