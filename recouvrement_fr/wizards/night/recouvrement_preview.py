import base64

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools import clock
from ...tools.recipients import recipients


class RecouvrementPreview(models.TransientModel):
    """Show what a reminder, or a level on any debtor, says: the e-mail and the letter, of which nothing is kept.

    A reminder not yet written down may be reworded and approved from here.
    """

    _name = "recouvrement.preview"
    _description = "Preview of a Reminder"
    _inherit = "recouvrement.dialog"

    reminder_id = fields.Many2one("recouvrement.reminder", readonly=True)
    decision_id = fields.Many2one(
        "recouvrement.decision", readonly=True, index="btree_not_null", help="Of a simulation."
    )
    decision_date = fields.Date(related="decision_id.date", related_sudo=False)
    state = fields.Selection(related="reminder_id.state", related_sudo=False)
    level_id = fields.Many2one("recouvrement.level", required=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True)
    lang = fields.Selection(lambda self: self.env["res.lang"].get_installed(), "Language", required=True)
    problem = fields.Char(readonly=True)
    email_subject = fields.Char(readonly=True)
    body = fields.Html(readonly=True, sanitize=False)  # rendered by us from templates
    letter = fields.Binary(readonly=True, attachment=False)
    subject = fields.Char(help="{reference}, {amount}, {deadline} and {company} are replaced.")
    intro = fields.Text("Before the table")
    closing = fields.Text("After the table")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        reminder = self.env["recouvrement.reminder"].browse(self.env.context.get("default_reminder_id"))
        if reminder:
            level = reminder.level_id.with_context(lang=reminder.lang)
            values |= {
                "reminder_id": reminder.id,
                "level_id": level.id,
                "debtor_id": reminder.debtor_id.id,
                "lang": reminder.lang or "fr_FR",
                "subject": reminder.own_subject or level.subject,
                "intro": reminder.own_intro or level.intro,
                "closing": reminder.own_closing or level.closing,
            }
        else:
            values.setdefault("lang", "fr_FR" if "fr_FR" in dict(self.env["res.lang"].get_installed()) else "en_US")
            if not values.get("debtor_id"):
                values["debtor_id"] = self.env["recouvrement.debtor"].search([("open_amount", ">", 0)], limit=1).id
        decision = self.env["recouvrement.decision"].browse(self.env.context.get("default_decision_id"))
        if decision:
            values["lang"] = self.env["recouvrement.reminder"]._langs(decision.partner_id.ids).popitem()[1]
        if values.get("level_id") and values.get("debtor_id"):
            values |= self._shown(self.new(values)._content(clock.today(self.env)))
        return values

    def action_refresh(self):
        """Show it again, with the debtor, the language and the words of the form."""
        self.ensure_one()
        self.write(self._shown(self._content(clock.today(self.env))) | {"letter": False})
        return self._again()

    def action_letter(self):
        """Print the letter, to look at it."""
        self.ensure_one()
        self.letter = base64.b64encode(self._print(self._content(clock.today(self.env))))
        return self._again()

    def action_save_words(self):
        """Keep these words for this reminder alone."""
        self.ensure_one()
        self._save_words()
        return self.action_refresh()

    def action_approve(self):
        """Keep the words, and let it leave."""
        self.ensure_one()
        self._save_words()
        self.reminder_id.action_approve()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_send_test(self):
        """Send it to myself, marked as a test: nothing of it is recorded as a contact with the debtor."""
        self.ensure_one()
        if self.env["recouvrement.exit"]._is_neutralized():
            raise UserError(self.env._("This is a neutralized copy of a database: nothing leaves from it."))
        user, content = self.env.user, self._content(clock.today(self.env))
        if not user.email:
            raise UserError(self.env._("Enter your e-mail address in your preferences first."))
        if content["problem"]:
            raise UserError(content["problem"])
        marked = Markup("<p><b>%s</b></p>%s") % (
            self.env._("TEST – the debtor has received nothing."),
            Markup(content["body"] or ""),
        )
        attachment = {"name": self.env._("TEST letter.pdf"), "raw": self._print(content), "mimetype": "application/pdf"}
        mail = (
            self.env["mail.mail"]
            .sudo()
            .create(  # a collector may not write e-mails; this one is for himself
                {
                    "subject": self.env._("[TEST] %s", content["subject"]),
                    "body_html": marked,
                    "email_to": recipients(user),
                    "email_from": self.debtor_id.company_id.email_formatted or user.email_formatted,
                    "attachment_ids": [Command.create(attachment)],
                    "auto_delete": True,
                }
            )
        )
        mail.send()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("A test is on its way to %s.", user.email),
                "type": "success",
            },
        }

    def _content(self, on):
        if self.reminder_id:
            return self.reminder_id._origin._rehearse(on)
        if self.decision_id:
            return self.env["recouvrement.reminder"]._rehearse_decision(self.decision_id._origin, self.lang)
        level, debtor = self.level_id._origin, self.debtor_id._origin
        return self.env["recouvrement.reminder"]._rehearse_level(level, debtor, self.lang, on)

    @api.model
    def _shown(self, content):
        return {
            "problem": content["problem"],
            "email_subject": content.get("subject"),
            "body": content.get("body"),
        }

    def _print(self, content):
        if content["problem"]:
            raise UserError(content["problem"])
        letters = self.env["recouvrement.letter"]
        [document] = letters._render_pdf([letters._marked(content["figures"])])
        return document

    def _save_words(self):
        level = self.level_id.with_context(lang=self.lang)
        words = [self[name] if self[name] != level[name] else False for name in ("subject", "intro", "closing")]
        reminder = self.reminder_id
        if words != [reminder.own_subject, reminder.own_intro, reminder.own_closing]:
            reminder._reword(*words)

    def _again(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "large"},
        }
