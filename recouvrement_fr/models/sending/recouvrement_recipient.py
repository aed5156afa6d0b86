from odoo import models
from odoo.tools.mail import email_normalize_all


class RecouvrementDebtor(models.Model):
    """Whom an e-mail about a debtor's account goes to, whichever it is, and whether it may."""

    _inherit = "recouvrement.debtor"

    def _email_contact(self):
        """Who receives the reminders, the invoice address, the debtor: the first who has an e-mail address; nobody of
        a debtor who was archived."""
        self.ensure_one()
        debtor = self.sudo()  # a collector may not read every partner
        partner = debtor.partner_id
        if not partner.active:
            return self.env["res.partner"]
        invoice = partner.child_ids.filtered(lambda child: child.type == "invoice")
        known = debtor._dunning_contact() | invoice | partner
        known -= debtor._strangers(known)
        return known.filtered("email")[:1].with_env(self.env)

    def _email_refusal(self, partners):
        """Why no e-mail can be sent to these people, in words; else None."""
        people = partners.sudo()  # as above
        emails = {email for partner in people for email in email_normalize_all(partner.email or "")}
        if not emails:
            return self.env._("no e-mail address is known")
        blacklisted = self.env["recouvrement.channel.email"]._blacklisted(people)
        if emails & blacklisted:
            return self.env._("%s refuses e-mails (blacklist)", ", ".join(sorted(emails & blacklisted)))
        return None
