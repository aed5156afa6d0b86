from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import clock
from ..debtor.recouvrement_timeline import Source
from .recouvrement_portal_event import TITLES


class RecouvrementDebtor(models.Model):
    """The card shows what its debtor sees, gives and takes back the link, and tells what was done there."""

    _inherit = "recouvrement.debtor"

    portal_access_ids = fields.One2many("recouvrement.portal.access", "debtor_id", readonly=True)
    portal_event_ids = fields.One2many("recouvrement.portal.event", "debtor_id", readonly=True)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False or "partner_id" in vals:
            self.env["recouvrement.portal.access"]._revoke_of(self, self.env._("The debtor was archived or merged."))
        return result

    @api.model
    def _fold(self, src_partners, dst_partner):  # pylint: disable=missing-return
        """A link given to one of them does not open the account of both."""
        partners = src_partners | dst_partner
        cards = self.with_context(active_test=False).search([("partner_id", "in", partners.ids)])
        self.env["recouvrement.portal.access"]._revoke_of(cards, self.env._("The debtor was archived or merged."))
        super()._fold(src_partners, dst_partner)

    def _door_policy(self):
        """The policy whose switches and limits hold on the page of this debtor; empty: no page."""
        self.ensure_one()
        policy = self.env["recouvrement.promise"].sudo()._policy(self, self.env["account.move"])  # a setting
        return policy if policy.door else policy.browse()

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_door_preview(self):
        """The page as the debtor sees it; nothing can be done there, and no opening is counted."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "url": f"/recouvrement/door/{self.id}", "target": "new"}

    def action_door_link(self):
        """A new link, shown once: it is kept nowhere. The others stay as they are."""
        self.ensure_one()
        self.check_access("write")
        policy = self._door_policy()
        if not policy:
            raise UserError(self.env._("The policy of %s opens no page to its debtors.", self.display_name))
        access = self.env["recouvrement.portal.access"]
        url = access._url(self, access._make(self, clock.today(self.env), policy.door_days))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("A new link, shown only now: copy it"),
                "message": url,
                "type": "success",
                "sticky": True,
            },
        }

    def action_door_revoke(self):
        """No link of these debtors opens anything any more."""
        self.check_access("write")
        self.env["recouvrement.portal.access"]._revoke_of(self, self.env._("By hand"))

    def action_open_portal_events(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_portal_event_action")
        return {**action, "domain": [("debtor_id", "=", self.id)], "context": {}}

    # --- timeline -----------------------------------------------------------------------------------------------------

    def _timeline_sources(self):
        event, own = "recouvrement.portal.event", [("debtor_id", "=", self.id)]
        return [*super()._timeline_sources(), Source("door", "note", "fa-globe", event, "date", own, self._tell_door)]

    def _tell_door(self, events):
        return {
            event.id: self._told(
                event,
                self.env._(TITLES[event.kind]),
                " – ".join(filter(None, (event.said_by, event.note))),
                event.amount or None,
                event.currency_id,
                "success" if event.kind == "payment" else "info" if event.kind != "opened" else "",
            )
            for event in events
        }
