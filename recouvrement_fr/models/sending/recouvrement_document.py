from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools import clock, letter_pdf
from ...tools.formats import Formats
from ..documents.recouvrement_document import LANG

LEFT = ("outgoing", "sent", "received")  # of an e-mail: it left, or it will


class RecouvrementDocument(models.Model):
    """A document that goes to the debtor: once by e-mail, once by letter; a correction is a new version.

    What was sent is the frozen file, and nothing else. To extend: a room that drafts documents for the debtor names
    their templates in ``_templates_for_debtor``.
    """

    _inherit = "recouvrement.document"

    is_for_debtor = fields.Boolean(compute="_compute_is_for_debtor")
    mail_id = fields.Many2one("mail.mail", readonly=True, index="btree_not_null", ondelete="set null", copy=False)
    mailed_on = fields.Date("E-mailed on", readonly=True, copy=False)
    mailed_to = fields.Char("E-mailed to", readonly=True, copy=False)
    handed_on = fields.Date("Letter made on", readonly=True, copy=False, help="Printed to be posted, or handed over.")
    posted_id = fields.Many2one(
        "ir.attachment", "Letter as posted", readonly=True, index="btree_not_null", ondelete="restrict", copy=False
    )
    sent_text = fields.Char("Sent to the debtor", compute="_compute_sent_text")

    @api.model
    def _templates_for_debtor(self):
        """The templates of what the debtor himself is given; the others are for courts and third parties."""
        return set()

    @api.depends("template")
    def _compute_is_for_debtor(self):
        mine = self._templates_for_debtor()
        for document in self:
            document.is_for_debtor = document.template in mine

    @api.depends("mailed_on", "mailed_to", "handed_on", "mail_id.state")
    @api.depends_context("lang")
    def _compute_sent_text(self):
        for document in self:
            words = []
            if document.mailed_on:
                day = format_date(self.env, document.mailed_on)
                if document._mail_left():
                    words.append(self.env._("e-mail to %(to)s on %(day)s", to=document.mailed_to, day=day))
                else:
                    words.append(self.env._("the e-mail of %s did not leave", day))
            if document.handed_on:
                words.append(self.env._("letter made on %s", format_date(self.env, document.handed_on)))
            document.sent_text = ", ".join(words)

    def _mail_left(self):
        """Whether an e-mail carried it, or will; one that the queue forgot did."""
        mail = self.sudo().mail_id  # what became of it is said to whoever reads the document
        return bool(self.mailed_on) and (not mail or mail.state in LEFT)

    def action_send_to_debtor(self):
        """The dialog that sends it by e-mail, or prints it to be posted."""
        self.ensure_one()
        self.check_access("read")
        self._check_may_leave(clock.today(self.env))
        return self.env["recouvrement.reminder"]._show_dialog(
            "recouvrement.message",
            self.env._("Send to the debtor"),
            {"default_document_id": self.id, "default_debtor_id": self.debtor_id.id},
        )

    def _check_may_leave(self, on):
        """:raises UserError: it is not for the debtor, was cancelled, or may not leave now"""
        self.ensure_one()
        document = self.sudo()  # asked of a document that its reader has opened
        if not document.is_for_debtor:
            raise UserError(self.env._("%s is not written to the debtor.", document.display_name))
        if document.state == "cancelled":
            raise UserError(self.env._("%s was cancelled.", document.display_name))
        document.env["recouvrement.exit"]._refuse(document.company_id, on)
        document.env["recouvrement.holding"]._refuse_frozen(*document._claimed())
        document._check_addressee()

    def _send_by_mail(self, partners, subject, body, on):
        """Freeze it if it is a draft, and give it to the mail queue; nothing leaves twice."""
        self.check_access("read")
        self._check_may_leave(on)
        self.sudo().debtor_id._check_people(partners)  # before a draft is frozen for nothing
        self.sudo()._lock_alone()  # as below
        if self._mail_left():
            raise UserError(self.env._("%s was sent by e-mail already: make a new version of it.", self.display_name))
        if self.state == "draft":
            self.action_freeze()
        document = self.sudo()  # a sending is written by this method alone
        mail = document.debtor_id._queue_message(partners, subject, body, on, document.attachment_id, about=document)
        document.write({"mail_id": mail.id, "mailed_on": on, "mailed_to": mail.email_to})
        document._tell_sent(self.env._("%(document)s sent to %(to)s.", document=self.title, to=mail.email_to))

    def _print_for_posting(self, on):
        """Freeze it if it is a draft, keep the letter as it is posted, note that it was made, and open it.

        Opened again, it is the same paper.

        :raises UserError: its address is not whole, or does not fit the window of an envelope
        """
        self.check_access("read")
        self._check_may_leave(on)
        document = self.sudo()  # addresses, whoever may read them; as above
        document._lock_alone()
        if document.posted_id:
            return self._download(document.posted_id.sudo(False))
        addressee = document.addressee_id or document.debtor_id._addressee().sudo()  # whoever may read it
        letters = document.env["recouvrement.letter"]
        if problem := letters._address_problem(addressee, document.debtor_id.partner_id, document.company_id):
            raise UserError(problem)
        if self.state == "draft":
            self.action_freeze()
        document.posted_id = document._as_posted(addressee, on)
        if not document.handed_on:
            document.handed_on = on
            document._tell_sent(self.env._("%s printed, to be posted.", self.title))
        return self._download(document.posted_id.sudo(False))

    def _lock_alone(self):
        """Keep a second click at the same moment from making the same letter again.

        :raises UserError: somebody else is at it
        """
        if not self.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "%s is being prepared by another click, or by a colleague: open it again in a moment.",
                    self.display_name,
                )
            )

    def _as_posted(self, addressee, on):
        """The file to put into the envelope: the frozen one, where its window bears that address; else under a page
        that does, in as many originals as are signed."""
        file = self.attachment_id
        if self.addressee_id and self.window in (False, self._window(addressee)):
            return file
        identities = self._identities(self.debtor_id, on, Formats(LANG), addressee)
        values = {**identities, "title": self.title, "copies": self.copies, "words": self._cover_words()}
        page = self.env["ir.qweb"].with_context(lang=LANG)
        body = page._render("recouvrement_fr.document_cover", values, minimal_qcontext=True)
        [cover] = self._printed([self._laid_out(0, identities, body, on, is_letter=True)])
        file._check_evidence()
        return self._kept_file(
            letter_pdf.joined([cover, *[file.raw] * max(self.copies, 1)], apart=True), f"{self.title} (envoi)"
        )

    def _cover_words(self):
        """What the page above it asks of the debtor, in French, or nothing; who drafts such documents says."""
        return ""

    def _tell_sent(self, words):
        """A word in the history of the debtor, unless it is secret."""
        if not self.confidential:
            self.debtor_id.message_post(body=words, author_id=self.env.user.partner_id.id)


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _claimed(self):
        """What a document asks for, or agrees about, is asked again when its e-mail leaves."""
        moves, items = super()._claimed()
        ids = [mail.res_id for mail in self if mail.model == "recouvrement.document"]
        for document in self.env["recouvrement.document"].browse(ids).exists():
            more, others = document._claimed()
            moves, items = moves | more, items | others
        return moves, items
