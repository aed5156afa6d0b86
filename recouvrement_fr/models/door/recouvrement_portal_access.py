import hashlib
import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

BYTES = 32  # of chance in a token
TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


class RecouvrementPortalAccess(models.Model):
    """A link to the page of a debtor: one for each message that bears it, so that one knows which was opened.

    The token is drawn by chance and only its SHA-256 is kept: it stands in the message alone, and cannot be shown
    again. A link dies at its expiry, when it is revoked, and when its debtor is archived or merged.
    """

    _name = "recouvrement.portal.access"
    _description = "Link of a Debtor"
    _order = "id desc"
    _rec_name = "debtor_id"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict", readonly=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    reminder_id = fields.Many2one(
        "recouvrement.reminder", "In the message", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    token_hash = fields.Char(required=True, readonly=True, groups="base.group_no_one")
    expires_on = fields.Date("Valid until", required=True, readonly=True)
    revoked_on = fields.Datetime("Revoked", readonly=True)
    revoked_by_id = fields.Many2one("res.users", readonly=True)
    revoke_reason = fields.Char("Why revoked", readonly=True)
    event_ids = fields.One2many("recouvrement.portal.event", "access_id", readonly=True)
    opened_count = fields.Integer("Opened", compute="_compute_counts")
    act_count = fields.Integer("Acts", compute="_compute_counts")
    last_opened_on = fields.Datetime("Last opened", compute="_compute_counts")

    _token_unique = models.UniqueIndex("(token_hash)", "This link exists already.")
    _reminder_unique = models.UniqueIndex(
        "(reminder_id) WHERE reminder_id IS NOT NULL", "This message has its link already."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A link is evidence of what was sent: revoke it, it cannot be deleted."))

    def _compute_counts(self):
        groups = self.env["recouvrement.portal.event"]._read_group(
            [("access_id", "in", self.ids)], ["access_id", "kind"], ["__count", "date:max"]
        )
        opened = {access: (count, last) for access, kind, count, last in groups if kind == "opened"}
        for access in self:
            access.opened_count, access.last_opened_on = opened.get(access, (0, False))
            access.act_count = sum(
                count for found, kind, count, _last in groups if found == access and kind != "opened"
            )

    # --- making -------------------------------------------------------------------------------------------------------

    @api.model
    def _hash(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _make(self, debtor, on, days):
        """A new link of no message; returns its token, which is kept nowhere."""
        token = secrets.token_urlsafe(BYTES)
        self.sudo().create([self._vals(token, debtor, on, days)])  # by whoever may write the debtor, or the machine
        return token

    @api.model
    def _make_for(self, reminders, days):
        """{reminder: token} of the link of each message. A message made again has a new token, and the old one dies.

        :param dict days: the day of each message, by id
        """
        links = self.sudo()  # links are made with messages, by whoever makes those
        known = {link.reminder_id: link for link in links.search([("reminder_id", "in", reminders.ids)])}
        tokens, created = {}, []
        for reminder in reminders:
            token = tokens[reminder] = secrets.token_urlsafe(BYTES)
            values = self._vals(token, reminder.debtor_id, days[reminder.id], reminder.policy_id.door_days)
            if reminder in known:
                known[reminder].write(values | {"revoked_on": False, "revoked_by_id": False, "revoke_reason": False})
            else:
                created.append(values | {"reminder_id": reminder.id})
        links.create(created)
        return tokens

    @api.model
    def _vals(self, token, debtor, on, days):
        return {
            "token_hash": self._hash(token),
            "expires_on": on + timedelta(days=days),
            "debtor_id": debtor.id,
            "company_id": debtor.sudo().company_id.id,  # a fact of the card
        }

    @api.model
    def _url(self, debtor, token):
        return f"{debtor.sudo().company_id.get_base_url()}/rc/{token}"  # the address of the server is a setting

    # --- finding ------------------------------------------------------------------------------------------------------

    @api.model
    def _find(self, token, on):
        """The live link of a token, as superuser; empty for anything else. Nothing tells why."""
        # sudo: whoever holds the token has no account; all that follows is bounded by this link's own debtor.
        links = self.sudo()
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            return links
        found = links.search([("token_hash", "=", self._hash(token))], limit=1)
        return found if found._is_live(on) else found.browse()

    def _is_live(self, on):
        return bool(
            self
            and not self.revoked_on
            and self.expires_on >= on
            and self.debtor_id.active
            and self.debtor_id.partner_id.active
            and self.company_id == self.debtor_id.company_id
        )

    # --- ending -------------------------------------------------------------------------------------------------------

    def action_revoke(self):
        """These links open nothing any more, at once."""
        self.check_access("read")
        self.debtor_id.check_access("write")
        self._revoke(self.env._("By hand"))

    def _revoke(self, reason):
        live = self.sudo().filtered(lambda access: not access.revoked_on)  # written by acts alone
        live.write({"revoked_on": self.env.cr.now(), "revoked_by_id": self.env.uid, "revoke_reason": reason})

    @api.model
    def _revoke_of(self, debtors, reason):
        # sudo: all that still open, whoever takes them back
        links = self.sudo().search([("debtor_id", "in", debtors.ids), ("revoked_on", "=", False)])
        links.with_env(self.env)._revoke(reason)
