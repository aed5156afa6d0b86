from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, email_normalize, format_datetime

from ...tools import clock
from ...tools.bulk import any_of
from ..debtor.recouvrement_timeline import Source

SALES = ("out_invoice", "out_refund", "out_receipt")


class Sent(NamedTuple):
    """That an invoice left: when, by which way, to which address."""

    on: datetime
    channel: str  # email, einvoice or letter
    address: str


class RecouvrementInvoiceSending(models.Model):
    """An invoice that a mail server took, with the files that went: noted when it did, for each recipient.

    Core keeps that a document was generated, and deletes the message itself; whoever claims payment has to show that
    the invoice was sent. The files stay where they are: they are only pointed to.
    """

    _name = "recouvrement.invoice.sending"
    _description = "Invoice Sent"
    _order = "date desc, id desc"
    _rec_name = "address"

    move_id = fields.Many2one("account.move", "Invoice", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    date = fields.Datetime("Sent on", required=True, readonly=True)
    address = fields.Char("Sent to", readonly=True)
    partner_id = fields.Many2one("res.partner", "Recipient", readonly=True, index="btree_not_null", ondelete="set null")
    message_id = fields.Many2one("mail.message", readonly=True, index="btree_not_null", ondelete="set null")
    internet_id = fields.Char("Message-Id", readonly=True, help="By which a mail server's log is searched.")
    attachment_ids = fields.Many2many("ir.attachment", string="Files", readonly=True)
    came_back = fields.Boolean(compute="_compute_came_back", help="A mail server sent it back later.")

    def _compute_came_back(self):
        bounced = (
            self.env["mail.notification"]
            .sudo()  # core shows a notice of it to its author and its addressees alone
            ._read_group(
                [("mail_message_id", "in", self.message_id.ids), ("notification_status", "=", "bounce")],
                ["mail_message_id", "res_partner_id"],
            )
        )
        known = {(message.id, partner.id) for message, partner in bounced}
        for sending in self:
            sending.came_back = (sending.message_id.id, sending.partner_id.id) in known

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("That an invoice was sent is evidence: it cannot be deleted."))

    # --- noting -------------------------------------------------------------------------------------------------------

    @api.model
    def _note(self, mails, partners, emails):
        """Note the invoices among messages that a mail server has just taken.

        :param partners, emails: those to whom it did
        """
        rows = []
        # sudo: the mail queue has just sent them, for whoever asked
        moves = self.env["account.move"].sudo().browse(mails.mapped("res_id")).exists()
        invoices = {move.id: move for move in moves if move.move_type in SALES and move.state == "posted"}
        for mail in mails:
            move = invoices.get(mail.res_id)
            files = mail.attachment_ids.filtered(lambda file: file.mimetype in ("application/pdf", "application/xml"))
            if not move or not files:
                continue
            told = [(partner, partner.email_normalized or partner.email or "") for partner in partners]
            told += [(None, email_normalize(email) or email) for email in emails]
            rows += [
                {
                    "move_id": move.id,
                    "company_id": move.company_id.id,
                    "date": clock.stamp(),
                    "address": address,
                    "partner_id": partner.id if partner else False,
                    "message_id": mail.mail_message_id.id,
                    "internet_id": mail.message_id,
                    "attachment_ids": [Command.set(files.ids)],
                }
                for partner, address in told
                if not partner or partner.partner_share  # a colleague who follows the invoice is no customer
            ]
        return self.sudo().create(rows)  # evidence is written by methods alone

    @api.model
    def _backfill(self):
        """What core still knows of invoices sent before this module was there: the addresses are those of today."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO recouvrement_invoice_sending
                       (move_id, company_id, date, address, partner_id, message_id, internet_id)
                SELECT m.id, m.company_id, g.date, COALESCE(n.mail_email_address, p.email_normalized, p.email),
                       n.res_partner_id, g.id, g.message_id
                  FROM mail_notification n
                  JOIN mail_message g ON g.id = n.mail_message_id AND g.model = 'account.move'
                  JOIN account_move m ON m.id = g.res_id AND m.move_type = %s AND m.state = 'posted'
             LEFT JOIN res_partner p ON p.id = n.res_partner_id
                 WHERE n.notification_type = 'email' AND n.notification_status IN ('sent', 'bounce')
                   AND p.partner_share IS NOT FALSE
                   AND EXISTS (SELECT 1 FROM message_attachment_rel r JOIN ir_attachment a ON a.id = r.attachment_id
                                WHERE r.message_id = g.id AND a.mimetype IN ('application/pdf', 'application/xml'))
                   AND NOT EXISTS (SELECT 1 FROM recouvrement_invoice_sending s WHERE s.message_id = g.id)
                """,
                SQL("ANY(%s)", list(SALES)),
            )
        )
        self.invalidate_model(flush=False)


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        """Note the invoices that have just left, before the message may be deleted."""
        # sudo: noted as evidence, whoever sends
        of_invoices = self.sudo().filtered(lambda mail: mail.model == "account.move" and mail.attachment_ids)
        if of_invoices and (success_pids or success_emails):
            self.env["recouvrement.invoice.sending"]._note(of_invoices, success_pids, success_emails)
        return super()._postprocess_sent_message(success_pids, success_emails, failure_reason, failure_type)


class AccountMove(models.Model):
    _inherit = "account.move"

    recouvrement_sent = fields.Text(
        "Really sent",
        compute="_compute_recouvrement_sent",
        groups="recouvrement_fr.group_recouvrement_user",
        help="When the invoice really left, and to whom.",
    )

    def _compute_recouvrement_sent(self):
        labels = {
            "email": self.env._("e-mail"),
            "einvoice": self.env._("electronic invoice"),
            "letter": self.env._("letter"),
        }
        evidence = self._origin._sent_evidence()
        sendings = self.env["recouvrement.invoice.sending"].sudo()  # names of files that hang on messages
        files = {
            (one.move_id.id, one.date, one.address): one.attachment_ids.mapped("name")
            for one in sendings.search([("move_id", "in", self._origin.ids)])
        }
        for move in self:
            lines = []
            for one in evidence.get(move._origin.id, ()):
                day = format_datetime(self.env, one.on, dt_format="short")
                names = files.get((move._origin.id, one.on, one.address))
                told = self.env._(
                    "%(day)s, %(channel)s: %(address)s", day=day, channel=labels[one.channel], address=one.address
                )
                lines.append(f"{told} ({', '.join(names)})" if names else told)
            move.recouvrement_sent = "\n".join(lines)

    def _sent_evidence(self):
        """{move id: [Sent]} of the invoices that really left, the first sending first, in a constant number of queries.

        By e-mail (a mail server took it with its files, and sent nothing back), as an electronic invoice or as a letter
        by the postal provider, where those modules are installed. Extend this method for other ways.
        """
        found = defaultdict(list)
        self.env["recouvrement.invoice.sending"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.move_id, s.date, 'email', COALESCE(s.address, '')
                  FROM recouvrement_invoice_sending s
                 WHERE s.move_id = %s
                   AND NOT EXISTS (SELECT 1 FROM mail_notification n
                                    WHERE n.mail_message_id = s.message_id AND n.res_partner_id = s.partner_id
                                      AND n.notification_status = 'bounce')
                """,
                any_of(self.ids),
            )
        )
        rows += self._sent_electronically() + self._sent_by_post()
        for move_id, on, channel, address in sorted(rows, key=lambda row: row[1]):
            found[move_id].append(Sent(on, channel, address))
        return dict(found)

    def _sent_electronically(self):
        """Those the network (Peppol, French platforms behind it) says delivered, at the date of the file sent."""
        if "peppol_move_state" not in self._fields:
            return []
        # sudo: a proof of the invoice, for whoever decides on it; its file is core's
        done = self.sudo().filtered(lambda move: move.peppol_move_state == "done" and move.ubl_cii_xml_id)
        return [
            (
                move.id,
                move.ubl_cii_xml_id.create_date,
                "einvoice",
                ":".join(
                    filter(None, (move.commercial_partner_id.peppol_eas, move.commercial_partner_id.peppol_endpoint))
                ),
            )
            for move in done
        ]

    def _sent_by_post(self):
        """[(move id, when, "letter", address)] of the invoices that a postal provider took: a hook."""
        return []


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def _sent_sources(self, own):
        mine = [
            ("company_id", "in", self.company_id.sudo()._recouvrement_tree()),  # for who works in a branch alone
            ("move_id.partner_id.commercial_partner_id", "=", self.partner_id.id),
        ]
        sending = "recouvrement.invoice.sending"
        invoices = Source("invoice_sent", "sent", "fa-envelope-o", sending, "date", mine, self._tell_invoices_sent)
        return [*super()._sent_sources(own), invoices]

    def _tell_invoices_sent(self, sendings):
        return {
            one.id: self._told(
                one.move_id,
                self.env._("Invoice %s sent by e-mail", one.move_id.name)
                if not one.came_back
                else self.env._("Invoice %s sent by e-mail, which came back", one.move_id.name),
                one.address,
                tone="danger" if one.came_back else "",
            )
            for one in sendings
        }
