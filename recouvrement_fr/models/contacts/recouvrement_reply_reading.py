from lxml import html

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mail import html2plaintext

from ...rules import replies
from ...tools import clock

READINGS = [
    ("promise", "A promise"),
    ("dispute", "A dispute"),
    ("paid", "Already paid"),
    ("absent", "An absence"),
    ("wrong_person", "Not the right person"),
]
OUTCOMES = {"promise": "promise", "dispute": "dispute", "paid": "already_paid", "wrong_person": "wrong_number"}
QUOTED = "//blockquote | //*[@data-o-mail-quote] | //*[contains(@class, 'gmail_quote')]"


class RecouvrementDebtor(models.Model):
    """What the answer to be read may mean: the sentence is quoted, and nothing is done before a person accepts it."""

    _inherit = "recouvrement.debtor"

    reply_message_id = fields.Many2one("mail.message", readonly=True, index="btree_not_null", ondelete="set null")
    reply_reading = fields.Selection(READINGS, "May mean", compute="_compute_reply_reading")
    reply_sentence = fields.Char("It says", compute="_compute_reply_reading")

    @api.depends("reply_message_id", "reply_pending")
    def _compute_reply_reading(self):
        for debtor in self:
            reading = debtor._reading()
            debtor.reply_reading = reading.kind if reading else False
            debtor.reply_sentence = reading.sentence if reading else False

    def _answered(self, message, reminder=None):  # pylint: disable=missing-return
        super()._answered(message, reminder)
        self.reply_message_id = message

    def _reading(self):
        """What the answer that waits may mean (``rules.replies.Reading``), or None: a person reads it."""
        message = self.reply_message_id.sudo()  # written to this debtor's card, or to a reminder of it
        if not self.reply_pending or not message.body:
            return None
        page = html.fromstring(f"<div>{message.body}</div>")
        for quoted in page.xpath(QUOTED):
            quoted.drop_tree()
        text = html2plaintext(html.tostring(page, encoding="unicode"), include_references=False)
        return replies.read(text, clock.day_of(self.env, message.date))

    def action_reply_as_read(self):
        """The dialog of what the answer may mean, filled in with what it says: a person corrects it, and accepts."""
        self.ensure_one()
        self.check_access("write")
        reading = self._reading()
        if not reading or reading.kind not in OUTCOMES:
            raise UserError(self.env._("Read this answer: it starts nothing by itself."))
        action = self._outcome_dialog("email", OUTCOMES[reading.kind])
        said = {"default_note": reading.sentence}
        if reading.kind == "promise":
            said["default_promised_on"] = fields.Date.to_string(reading.day)
        if reading.kind == "promise" and reading.amount:
            said["default_amount"] = float(reading.amount)
        return {**action, "context": {**action["context"], **said}}
