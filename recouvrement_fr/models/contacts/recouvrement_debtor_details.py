from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all

from ..sending.recouvrement_channel_task import digits

CORRECTED = ("email", "phone", "street", "street2", "zip", "city", "country_id")


class RecouvrementDebtor(models.Model):
    """How a debtor is reached, corrected by who collects: those details alone, of its own contacts, and traced."""

    _inherit = "recouvrement.debtor"

    def action_correct_contact(self):
        """The dialog that corrects the contact named in the context, else the one who receives the reminders."""
        self.ensure_one()
        self.check_access("write")
        named = self.env.context.get("recouvrement_contact")
        values = {"default_debtor_id": self.id, "default_partner_id": self._correctable(named).id}
        return self.env["recouvrement.reminder"]._show_dialog(
            "recouvrement.contact.details", self.env._("Correct the details"), values
        )

    def _correctable(self, partner_id=None):
        """The contact of this debtor with this id, else who receives its reminders.

        :raises UserError: somebody else's contact
        """
        self.check_access("read")
        debtor = self.sudo()  # its own address book, whatever the salesperson's rules
        if not partner_id:
            return debtor._dunning_contact() or debtor.partner_id
        partner = debtor.env["res.partner"].browse(partner_id)
        if not partner.exists() or debtor._strangers(partner):
            raise UserError(self.env._("Only the contacts of this debtor are corrected from its card."))
        return partner

    def _correct_contact(self, partner_id, values):
        """Write these details of a contact, and say on the card what was there before."""
        self.ensure_one()
        self.check_access("write")
        partner = self._correctable(partner_id)
        values = {name: values[name] or False for name in CORRECTED if name in values}
        if values.get("email") and not email_normalize_all(values["email"]):
            raise UserError(self.env._("“%s” is not an e-mail address.", values["email"]))
        before = {name: partner[name] for name in values}
        partner.write(values)
        rows = [
            (field._description_string(self.env), self._shown(before[name]), self._shown(partner[name]))
            for name, field in partner._fields.items()
            if name in values and before[name] != partner[name]
        ]
        if not rows:
            return
        lines = [
            Markup("<li>%s</li>") % self.env._("%(what)s: %(old)s → %(new)s", what=what, old=old, new=new)
            for what, old, new in rows
        ]
        title = self.env._("Details of %s corrected:", partner.display_name.replace("\n", ", "))
        self.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>") % (title, Markup("").join(lines)),
            author_id=self.env.user.partner_id.id,
        )

    def _is_still_wrong(self, dispatch):
        """Whether the address that did not take a dispatch is that of its addressee today, uncorrected."""
        partner, used = dispatch.sudo().addressee_id, dispatch.address or ""  # its own contact, as above
        if dispatch.channel == "email":
            return any(email in used.lower() for email in email_normalize_all(partner.email or ""))
        if dispatch.channel in ("letter", "registered"):
            return all(part in used for part in (partner.street, partner.zip, partner.city) if part)
        return not partner.phone or digits(partner.phone) in digits(used) or not digits(used)

    def _shown(self, value):
        return (value.display_name if isinstance(value, models.BaseModel) else value) or self.env._("none")
