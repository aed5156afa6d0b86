from odoo import api, fields, models

from ...tools import clock
from ...tools.recipients import recipients


class RecouvrementForewarning(models.AbstractModel):
    """What announces a payment by an e-mail, once: it counts as reminded only when the message has left."""

    _name = "recouvrement.forewarning"
    _description = "Payment Announced by E-mail"

    reminded_on = fields.Date(readonly=True, help="The day its e-mail left.")
    mail_id = fields.Many2one("mail.mail", readonly=True, index="btree_not_null", ondelete="set null")
    failure_told = fields.Boolean(readonly=True)

    def _forewarned_debtor(self):
        """The card of the debtor who is to pay; to be defined by who inherits."""
        raise NotImplementedError

    def _outside_gaps(self, on):
        """Those of companies whose nights come: payments may be missing in the books of the others."""
        late = self.env["recouvrement.exit"]._late_companies(on)
        return self.filtered(lambda row: row.company_id not in late)

    def _forewarn(self, template):
        """Queue the message of each of these, in this transaction; who has no address that may be used gets none."""
        for row in self:
            debtor = row._forewarned_debtor()
            contact = debtor._email_contact()
            if contact and not (debtor._addressee_problem(contact) or debtor._email_refusal(contact)):
                values = {
                    "email_to": recipients(contact),
                    "recipient_ids": [],
                    "record_company_id": row.company_id.id,
                }
                row.mail_id = template.send_mail(row.id, email_values=values)

    @api.model
    def _tell_unsent(self):
        """Tell whoever follows a debtor, once, of an announcement that did not leave, or may not have."""
        lost = self.search([("mail_id.state", "=", "exception"), ("failure_told", "=", False)])
        for row in lost:
            row._forewarned_debtor()._tell_collector(
                self.env._("The e-mail that announces %s did not leave", row.display_name),
                row.mail_id.failure_reason or "",
            )
        lost.failure_told = True


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _claimed(self):
        moves, items = super()._claimed()
        ids = {model: mails.mapped("res_id") for model, mails in self.grouped("model").items()}
        promises = self.env["recouvrement.promise"].browse(ids.get("recouvrement.promise", ())).exists()
        rows = self.env["recouvrement.plan.instalment"].browse(ids.get("recouvrement.plan.instalment", ())).exists()
        for about in (promises, rows.plan_id):
            moves, items = moves | about.move_ids, items | about.item_ids
        return moves, items

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        if not failure_type:
            today = clock.today(self.env)
            for model in {"recouvrement.promise", "recouvrement.plan.instalment"}.intersection(self.mapped("model")):
                rows = self.env[model].sudo().search([("mail_id", "in", self.ids)])  # the queue's user may be anybody
                rows.reminded_on = today
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
