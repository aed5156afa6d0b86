from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ...tools import clock

SERVERS = "/odoo/action-base.action_ir_mail_server_list"
RATES = "/odoo/action-recouvrement_fr.recouvrement_rate_action"
USERS = "/odoo/action-base.action_res_users"


class RecouvrementActivation(models.TransientModel):
    """What a company must have before its letters leave: a list, each line with its state and what to open."""

    _inherit = "recouvrement.activation"

    checklist = fields.Html(compute="_compute_checklist", sanitize=False)  # escaped piece by piece below

    @api.depends("legal_form", "share_capital", "rcs_city", "is_ei", "signatory", "company_id")
    def _compute_checklist(self):
        on = clock.today(self.env)
        for wizard in self:
            lines = Markup("").join(wizard._check_line(*check) for check in wizard._checks(on))
            wizard.checklist = Markup("<table class='table table-sm mb-0'><tbody>%s</tbody></table>") % lines

    def _checks(self, on):
        """[(what, whether it is there, what to do when it is not, where)]; no address: a field of this step."""
        company = self.company_id.sudo()  # settings and identity of the company, told to who activates
        here = f"/odoo/res.company/{company.id}"
        contact = f"/odoo/res.partner/{company.partner_id.id}"
        servers = self.env["ir.mail_server"].sudo().search_count([], limit=1)  # whether there is one, no more
        yes = self.env._("Fill it in above.")
        return [
            (self.env._("Legal form"), bool(self.legal_form or self.is_ei), yes, None),
            (self.env._("Share capital"), bool(self.share_capital or self.is_ei), yes, None),
            (self.env._("Trade register (RCS)"), bool(self.rcs_city), yes, None),
            (self.env._("Signatory"), bool(self.signatory), yes, None),
            (
                self.env._("Bank account (IBAN)"),
                not self.lacks_iban,
                self.env._("Without it a reminder cannot say where to pay, and does not leave."),
                contact,
            ),
            (
                self.env._("Sender's e-mail address"),
                bool(company.email),
                self.env._("Reminders leave from the address of the company."),
                here,
            ),
            (
                self.env._("Outgoing mail server"),
                bool(servers),
                self.env._("None is entered: unless the server's own settings name one, no e-mail leaves."),
                SERVERS,
            ),
            (
                self.env._("Rates of the half-year"),
                not self.env["recouvrement.rate"]._rate_table().missing_on(on),
                self.env._("Without them no formal notice leaves."),
                RATES,
            ),
            (
                self.env._("Collectors"),
                bool(company._recouvrement_pool()),
                self.env._("Nobody but the administrator would receive the calls and the warnings."),
                USERS,
            ),
        ]

    def _check_line(self, what, is_there, otherwise, address):
        state = Markup("<span class='text-success'>%s</span>") % self.env._("Ready")
        todo, button = "", ""
        if not is_there:
            state = Markup("<span class='text-danger'>%s</span>") % self.env._("Missing")
            todo = otherwise
        if address:
            button = Markup("<a class='btn btn-sm btn-secondary' target='_blank' href='%s'>%s</a>") % (
                address,
                self.env._("Open"),
            )
        return Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td class='text-end'>%s</td></tr>") % (
            what,
            state,
            todo,
            button,
        )

    def action_activate(self):
        """Activate, decide a first time as soon as that may be, and say what happens next and what is missing."""
        was_active = self.is_active
        missing = [(what, todo) for what, is_there, todo, _where in self._checks(clock.today(self.env)) if not is_there]
        done = super().action_activate()
        if was_active:
            return done
        decided, waits = self._first_decision(clock.today(self.env))
        self.env.ref("recouvrement_fr.ir_cron_recouvrement_run").sudo()._trigger()  # users may not read crons
        message = self.env._(
            "%s E-mails leave in sending hours, letters wait under Letters to post, calls and what needs a person "
            "under To do today.",
            decided,
        )
        if missing:
            lacks = " ".join(self.env._("%(what)s: %(todo)s", what=what, todo=todo) for what, todo in missing)
            message = self.env._("%(next)s Still missing: %(lacks)s", next=message, lacks=lacks)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Collection is active"),
                "message": message,
                "type": "warning" if waits or missing else "success",
                "sticky": True,
                "next": done,
            },
        }

    def _first_decision(self, on):
        """(when the first decision is made, in words, whether a person must mend something before)."""
        company = self._company()
        runs = self.env["recouvrement.run"].sudo()  # its nights, of which who activates is told the reason alone
        reason, detail = runs._company_reason(company, on)
        if reason and reason != "not_sending_day":
            words = self.env._(
                "Nothing is decided yet. %(reason)s. %(detail)s",
                reason=dict(runs._selection_reason())[reason],
                detail=detail or "",
            )
            return words, True
        tonight = [("company_id", "=", company.id), ("date", "=", on), ("kind", "=", "night")]
        if runs.search_count([*tonight, ("state", "!=", "deciding")], limit=1):
            day = format_date(self.env, self._coming_night(on + timedelta(days=1)))
            return self.env._("The night of today was over already: the next decision is made on %s.", day), False
        if reason:
            day = format_date(self.env, self._coming_night(on))
            words = self.env._(
                "Nothing is sent today: the first decision is made on %s, as simulated; then one each night.", day
            )
            return words, False
        return self.env._("The first decision is made now, as simulated; then one each night."), False
