from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules.debtor_type import siren_of, siren_of_partner
from ...rules.regime import regime_of
from ...tools import clock

ORDER = {"danger": 0, "warning": 1, "info": 2}


class RecouvrementDebtor(models.Model):
    """What is missing or wrong about a debtor, its invoices or its creditor: on the card, each with the button that
    opens what to correct; and the button that opens what the next act is about."""

    _inherit = "recouvrement.debtor"

    next_opens = fields.Boolean(compute="_compute_next_opens", help="Whether a button opens what is to be done.")

    # --- what is missing ----------------------------------------------------------------------------------------------

    def _risks_of(self, on):
        rows = [*super()._risks_of(on), *self._missing_rows()]
        return sorted(rows, key=lambda row: ORDER[row["tone"]])

    def _missing_rows(self):
        """What to correct before what is sent can be true, complete, or leave at all. Extend it to add some."""
        if not self.overdue_now and not self.open_now:
            return []
        return [*self._identity_rows(), *self._reach_rows(), *self._account_rows(), *self._failed_rows()]

    def _identity_rows(self):
        partner, rows = self.partner_id.sudo(), []  # its own identity, whatever the salesperson's rules
        if not self.type_confirmed:
            label = dict(self._fields["debtor_type"]._description_selection(self.env)).get(self.debtor_type, "")
            rows.append(self._missing(self.env._("Type not confirmed"), label, "action_correct_identity"))
        france = self.env["ir.model.data"]._xmlid_to_res_id("base.fr")  # without reading what a country is
        code = "FR" if partner.country_id.id == france else False
        numbered = (code or not partner.country_id) and partner.is_company
        if (
            numbered
            and (not self.debtor_type or regime_of(self.debtor_type).invoiced_by_law)
            and not siren_of_partner(partner.company_registry, partner.vat, code)
        ):
            rows.append(self._missing(self.env._("SIREN"), self.env._("missing"), "action_correct_identity"))
        return rows

    def _reach_rows(self):
        contact, rows = self._dunning_contact().sudo() or self.partner_id.sudo(), []  # as above
        named = {"recouvrement_contact": contact.id}
        if not (contact.zip and contact.city):
            words = self.env._("incomplete")
            rows.append(self._missing(self.env._("Postal address"), words, "action_correct_contact", named))
        if not contact.email:
            rows.append(self._missing(self.env._("E-mail"), self.env._("missing"), "action_correct_contact", named))
        return rows

    def _account_rows(self):
        letter = self.env["recouvrement.letter"].sudo()  # printed on every letter
        if letter._bank(self.company_id.sudo()):
            return []
        action = "action_correct_account" if self.env["res.partner.bank"].has_access("create") else None
        return [self._missing(self.env._("IBAN of %s", self.company_id.name), self.env._("missing"), action)]

    def _failed_rows(self):
        return [
            self._missing(reminder.name, reminder.error or "", "action_open_failed", tone="danger")
            for reminder in self._origin._reminders_in("failed")[-1:]
        ]

    @api.model
    def _missing(self, label, value, action, context=None, tone="warning"):
        row = {"label": label, "value": value, "tone": tone}
        return row | {"action": action, "context": context or {}} if action else row

    # --- buttons ------------------------------------------------------------------------------------------------------

    def action_correct_identity(self):
        """The dialog that corrects the SIREN and the type of this debtor, and confirms it."""
        self.ensure_one()
        self.check_access("write")
        return self.env["recouvrement.reminder"]._show_dialog(
            "recouvrement.identity", self.env._("Correct the identity"), {"default_debtor_id": self.id}
        )

    def _correct_identity(self, number, debtor_type):
        """Write the SIREN or SIRET of this debtor and its type, now vouched for; the card says what was there before.

        :raises ValidationError: the number is no SIREN nor SIRET, its key is wrong
        """
        self.ensure_one()
        self.check_access("write")
        if number and not siren_of(number):
            raise ValidationError(self.env._("“%s” is no SIREN nor SIRET: check its digits.", number))
        partner = self.partner_id.sudo()  # its number alone, traced on the card
        types = dict(self._fields["debtor_type"]._description_selection(self.env))
        lines = []
        if number and number != partner.company_registry:
            lines.append((self.env._("SIREN"), self._shown(partner.company_registry), number))
            partner.company_registry = number
        if debtor_type != self.debtor_type:
            lines.append((self.env._("Type"), types.get(self.debtor_type, ""), types.get(debtor_type, "")))
        self.write({"debtor_type": debtor_type, "type_confirmed": True})
        if lines:
            rows = [
                Markup("<li>%s</li>") % self.env._("%(what)s: %(old)s → %(new)s", what=what, old=old, new=new)
                for what, old, new in lines
            ]
            title = self.env._("Identity corrected:")
            self.message_post(
                body=Markup("<p>%s</p><ul>%s</ul>") % (title, Markup("").join(rows)),
                author_id=self.env.user.partner_id.id,
            )

    def action_correct_account(self):
        """The bank accounts of the company, where whoever may add them adds one."""
        self.ensure_one()
        self.check_access("read")
        company = self.company_id.sudo()  # its name, for who works in a branch alone
        return company.partner_id.bank_ids.with_env(self.env)._get_records_action(
            name=self.env._("Bank accounts of %s", company.name),
            views=[(False, "list"), (False, "form")],
            domain=[("partner_id", "=", company.partner_id.id)],
            context={"default_partner_id": company.partner_id.id, "default_company_id": company.id},
        )

    def action_open_failed(self):
        """The reminder that failed: it says what to mend, and is tried again from there."""
        return self._open_reminder("failed")

    def _open_reminder(self, state):
        self.ensure_one()
        self.check_access("read")
        found = self.env["recouvrement.reminder"].search(
            [("debtor_id", "=", self.id), ("state", "=", state)], limit=1, order="id desc"
        )
        if not found:
            raise UserError(self.env._("There is none any more: reload the card."))
        return found._get_records_action()

    @api.depends("reason_now")
    def _compute_next_opens(self):
        for debtor in self:
            debtor.next_opens = debtor.reason_now in debtor._openers()

    @api.model
    def _openers(self):
        """{reason: the method that opens what has to be done}. Extend it with what a room holds."""
        of_items = ("covered", "before_cutoff", "prescribed", "no_followup")
        items = dict.fromkeys(of_items, "action_open_items")
        return items | {
            "failed": "action_open_failed",
            "approval": "_open_to_approve",
            "archived": "action_open_partner",
            "not_presented": "_open_notice",
            "notice_gate": "action_open_barred",
            "in_plan": "action_open_plans",
            "promised": "action_open_promises",
            "disputed": "action_open_disputes",
            "insolvent": "action_insolvency",
        }

    def action_open_next(self):
        """What the next act is about: the reminder to mend or to read again, the letter, the invoice, the items."""
        self.ensure_one()
        self.check_access("read")
        opener = self._openers().get(self.reason_now)
        if not opener:
            raise UserError(self.env._("There is nothing to open for that: the card holds it all."))
        return getattr(self, opener)()

    def _open_to_approve(self):
        return self._open_reminder("to_approve")

    def _open_notice(self):
        """The last formal notice posted: the day of its presentation is noted there."""
        letter = self.env["recouvrement.dispatch"].search(
            [
                ("reminder_id.debtor_id", "=", self.id),
                ("reminder_id.kind", "=", "formal_notice"),
                ("posted_on", "!=", False),
                ("presented_on", "=", False),
            ],
            limit=1,
            order="id desc",
        )
        return letter._get_records_action() if letter else self.action_open_reminders()

    def action_open_barred(self):
        """The invoice whose formal notice is barred: its page says what is missing."""
        on = clock.today(self.env)
        [verdict] = self._decided_now(self.company_id, on).values()
        carried = verdict.main[2].carried
        if not carried:
            return self.action_open_items()
        return self.env["account.move"].browse(carried[0][0])._get_records_action()
