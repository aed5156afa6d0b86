import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...rules.debtor_type import siren_of_partner
from ...tools import bodacc_client, clock
from ..base.acts import refuse_typed

_logger = logging.getLogger(__name__)

BACK_DAYS = 30  # looked at again each time: an announcement may be put online late


class RecouvrementInsolvencyHit(models.Model):
    """An official announcement about one of the debtors, that a person confirms before anything stops."""

    _name = "recouvrement.insolvency.hit"
    _description = "Insolvency Announcement"
    _inherit = ["recouvrement.acts", "recouvrement.followed"]
    _follow_turn = 11
    _order = "published_on desc, id desc"

    name = fields.Char("Announcement", required=True, readonly=True)
    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="debtor_id.company_id", store=True)
    published_on = fields.Date(readonly=True)
    judgment_on = fields.Date("Judgment", readonly=True)
    court = fields.Char(readonly=True)
    nature = fields.Char(readonly=True)
    kind = fields.Char(readonly=True)
    notice = fields.Selection(
        [("annonce", "Announcement"), ("rectificatif", "Correction"), ("annulation", "Withdrawal")],
        "Type of notice",
        default="annonce",
        required=True,
        readonly=True,
        help="A correction or a withdrawal is about an earlier announcement: it opens nothing by itself.",
    )
    text = fields.Text(readonly=True)
    link = fields.Char(readonly=True)
    state = fields.Selection(
        [("new", "To confirm"), ("confirmed", "Confirmed"), ("dismissed", "Not this debtor, or no matter")],
        default="new",
        required=True,
        readonly=True,
        index=True,
    )
    insolvency_id = fields.Many2one(
        "recouvrement.insolvency", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _once = models.Constraint("UNIQUE(name, debtor_id)", "This announcement is already known.")

    def write(self, vals):
        refuse_typed(self, vals)
        return super().write(vals)

    def action_confirm(self):
        """It is this debtor: open the proceedings, prefilled; everything stops once they are saved."""
        self.ensure_one()
        self.check_access("write")
        known = self.debtor_id.insolvency_ids.filtered(lambda found: found.state == "open")
        if known:  # a later step of the same proceedings: the publication that counts is the first
            self.sudo().write({"state": "confirmed", "insolvency_id": known[:1].id})
            known[:1]._join(self)
            return known[:1]._get_records_action()
        if self.notice == "annulation":
            raise UserError(self.env._("This notice withdraws an announcement: there is nothing to open. Dismiss it."))
        self._check_not_withdrawn()
        judgment = self.judgment_on or self.published_on
        values = {
            "debtor_id": self.debtor_id.id,
            "judgment_on": judgment,
            "bodacc_on": max(self.published_on, judgment),
            "court": self.court,
        }
        if not self.kind:  # a correction, or a later step: what was opened, a person reads and enters
            values["bodacc_on"] = False  # the delay to declare runs from the first publication, which this is not
            return {
                "type": "ir.actions.act_window",
                "res_model": "recouvrement.insolvency",
                "view_mode": "form",
                "views": [(False, "form")],
                "context": {f"default_{name}": value for name, value in values.items()},
            }
        insolvency = self.env["recouvrement.insolvency"].create(values | {"kind": self.kind})
        self.sudo().write({"state": "confirmed", "insolvency_id": insolvency.id})  # written by this act alone
        return insolvency._get_records_action()

    def _check_not_withdrawn(self):
        withdrawn = self.sudo().search(  # of the same debtor
            [
                ("debtor_id", "=", self.debtor_id.id),
                ("notice", "=", "annulation"),
                ("state", "!=", "dismissed"),
                ("published_on", ">=", self.published_on),
            ],
            limit=1,
        )
        if withdrawn:
            raise UserError(
                self.env._(
                    "The notice %(notice)s of %(day)s withdraws an announcement about this debtor: read both, and "
                    "dismiss the one that does not hold.",
                    notice=withdrawn.name,
                    day=format_date(self.env, withdrawn.published_on),
                )
            )

    def action_dismiss(self):
        self.check_access("write")
        self.sudo().state = "dismissed"  # a button, not a field to type

    def action_watch(self):
        """Ask the BODACC now, for the debtors of this company."""
        self.check_access("create")
        company = self.env.company.root_id
        try:
            found, unread = self._watch(company, clock.today(self.env))
        except bodacc_client.BodaccError as error:
            raise UserError(
                self.env._("The BODACC could not be read: %s. Nothing was changed; try again later.", error)
            ) from error
        if unread:
            self.env.user._bus_send("simple_notification", {"type": "warning", "message": self._unread(unread)})
        return found._get_records_action(name=self.env._("Insolvency announcements"))

    def _unread(self, numbers):
        return self.env._(
            "Announcements that could not be read: %s. Look at them on the site of the BODACC.", ", ".join(numbers[:20])
        )

    @api.model
    def _watch(self, company, on):
        """New announcements about the debtors of a company who owe something, and the numbers of those nobody can read.

        :raises BodaccError: the service did not answer
        """
        debtors = self.env["recouvrement.debtor"].search([("company_id", "=", company.id), ("open_amount", ">", 0)])
        by_siren = defaultdict(self.env["recouvrement.debtor"].browse)
        for debtor in debtors:
            partner = debtor.partner_id
            siren = siren_of_partner(partner.company_registry, partner.vat, partner.country_id.code)
            if siren:
                by_siren[siren] |= debtor  # several accounts of one company are told, each
        url = self.env["ir.config_parameter"].sudo().get_param("recouvrement_fr.bodacc_url", bodacc_client.URL)
        found, unread = bodacc_client.announcements(by_siren, on - timedelta(days=BACK_DAYS), url)
        told = self.search([("name", "in", [one.number for one in found]), ("company_id", "=", company.id)])
        known = {(hit.name, hit.debtor_id) for hit in told}
        hits = self.create(
            [
                {
                    "name": one.number,
                    "debtor_id": debtor.id,
                    "published_on": one.published_on,
                    "judgment_on": one.judgment_on,
                    "court": one.court,
                    "nature": one.nature,
                    "kind": one.kind,
                    "notice": one.notice,
                    "text": one.text,
                    "link": one.link,
                }
                for one in found
                for debtor in by_siren[one.siren]
                if (one.number, debtor) not in known
            ]
        )
        return hits, unread

    @api.model
    def _follow_up(self, on):
        """The nightly watch of the companies that want it; a service that does not answer waits for the next night.

        Returns the failures: a watch that is dead for weeks misses the delay to declare.
        """
        failures = []
        for company in self.env["res.company"].search([("recouvrement_bodacc_watch", "=", True)]).root_id:
            try:
                found, unread = self._watch(company, on)
            except bodacc_client.BodaccError as error:
                _logger.warning("The BODACC could not be read for %s: %s", company.name, error)
                failures.append(f"{company.name}: {error}")
                continue
            if unread:
                failures.append(f"{company.name}: {self._unread(unread)}")
            for hit in found:
                hit._tell()
        return failures

    def _tell(self):
        about = self.nature or self.name  # corrections and withdrawals often tell no nature
        summary = {
            "annonce": self.env._("Insolvency announced in the BODACC: confirm it (%s)", about),
            "rectificatif": self.env._("An announcement of the BODACC was corrected: read it (%s)", about),
            "annulation": self.env._("An announcement of the BODACC was withdrawn: read it (%s)", about),
        }[self.notice]
        person = self.debtor_id._person_in_charge()
        self.debtor_id.activity_schedule("mail.mail_activity_data_warning", user_id=person.id, summary=summary)
