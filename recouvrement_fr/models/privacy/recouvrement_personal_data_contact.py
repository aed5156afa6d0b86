from collections import Counter

from odoo import api, models
from odoo.tools import SQL

from ...rules.regime import types_that
from ...rules.retention import ends
from .recouvrement_personal_data_open import OPEN, Standing

# What is addressed to one person of a company, and goes with that person.
ADDRESSED = ("recouvrement.reminder", "recouvrement.dispatch", "recouvrement.document")
KEEPING = ("recouvrement.case", "recouvrement.plan", "recouvrement.promise", "recouvrement.insolvency")


class RecouvrementPersonalData(models.AbstractModel):
    """A contact of a company, or who signed for it: the company stays, and what is about it.

    What was addressed to the contact goes as a person's own records do; everywhere else in the company's records only
    what names the contact goes. Files of others that name it stay until the company's own time is over.
    """

    _inherit = "recouvrement.personal.data"

    @api.model
    def _contact_standing(self, company, contact, on):
        """Where a contact of a company stands on a day.

        Its company's cases, plans, promises, insolvency keep it; so does a debt whose reminders were addressed to it.
        """
        root = company.root_id
        debtors = self._debtors_of(root, contact)
        open_ = []
        for model in KEEPING:
            domain = [("debtor_id", "in", debtors.ids), ("state", "in", OPEN[model])]
            title = self.env["ir.model"]._get(model).name
            records = self.env[model].sudo().search(domain)  # confidential cases keep the data as much as others
            open_ += [self._titled(title, record.display_name) for record in records]
        # sudo: what keeps a person is not what the manager may read; another company's is not named
        addressed = self.env["recouvrement.reminder"].sudo().search([("addressee_id", "=", contact.id)])
        owed = addressed.line_ids.move_id.filtered(lambda move: move.amount_residual and move.state == "posted")
        open_ += [self.env._("Open debt: %s", move.name) for move in owed if move.company_id.root_id == root]
        found = {contact.id: open_}
        self._open_elsewhere(self._family(root, contact), found)
        for debtor in debtors.filtered(lambda debtor: debtor.dunning_contact_id == contact):
            found[contact.id].append(self.env._("Named as its contact for reminders: %s", debtor.display_name))
        periods = self.env["recouvrement.retention"]._periods(root)
        try:
            over = ends({"relation_end": self._last_addressed(contact)}, ["contact"], periods, on)
        except KeyError as missing:
            return Standing(list(dict.fromkeys(open_)), [], missing.args[0])
        return Standing(list(dict.fromkeys(open_)), over)

    @api.model
    def _debtors_of(self, root, contact):
        debtors = self.env["recouvrement.debtor"].sudo()  # archived companies too
        return debtors.search([("company_id", "=", root.id), ("partner_id", "=", contact.commercial_partner_id.id)])

    @api.model
    def _last_addressed(self, contact):
        """The last day something was sent to this contact, an invoice too, or came from it."""
        self.env.flush_all()
        parts = [
            SQL("SELECT max(create_date) FROM %s WHERE addressee_id = %s", SQL.identifier(table), contact.id)
            for table in (self.env[model]._table for model in ADDRESSED)
        ]
        parts.append(SQL("SELECT max(date) FROM mail_message WHERE author_id = %s", contact.id))
        parts.append(
            SQL("SELECT max(date)::timestamp FROM account_move WHERE partner_id = %s AND state = 'posted'", contact.id)
        )
        days = [day for (day,) in self.env.execute_query(SQL(" UNION ALL ").join(parts)) if day]
        return max(days).date() if days else None

    @api.model
    def _erase_contact(self, company, contact, on):
        """Erase what one company holds of a contact of another; see `_erase` for what it returns."""
        root = company.root_id
        self = self.with_context(lang=root.partner_id.sudo().lang)  # as `_erase`
        family = self._family(root, contact.commercial_partner_id)
        pattern = self._naming([contact.id], but=contact.commercial_partner_id.ids)
        held = self._held(family)
        own = self._addressed_to(contact, held)
        counts = Counter({model: len(ids) for model, ids in own.items()})
        alone = self._held_by_no_other(self._family(root, contact))
        self._erase_signatures(held, pattern)
        self._erase_written(own, alone, on)
        for model, ids in own.items():
            if model.startswith("recouvrement.") and not self.env[model]._transient:
                self._erase_records(model, ids)
        places = self._places(held, [contact.commercial_partner_id.id, contact.id])
        self._unname_places({**places, **self._shared(held)}, pattern)
        self._erase_partners(alone, on)
        self.env.invalidate_all()
        return {contact.id: counts}, alone

    @api.model
    def _addressed_to(self, contact, held):
        """{model: {id: contact}} of what was sent to this contact, and all that follows from it."""
        roots = {}
        for model in ADDRESSED:
            query = SQL(
                "SELECT id FROM %s WHERE addressee_id = %s AND id = ANY(%s)",
                SQL.identifier(self.env[model]._table),
                contact.id,
                list(held.get(model, ())),
            )
            roots[model] = {id_: contact.id for (id_,) in self.env.execute_query(query)}
        return self._follow(roots)

    @api.model
    def _erase_signatures(self, held, pattern):
        """The signature of the person who is named beside it."""
        plans = list(held.get("recouvrement.plan", ()))
        if plans and pattern:
            self.env.cr.execute(  # SQL: a signed plan is evidence to everybody else
                SQL(
                    """
                    DELETE FROM ir_attachment file USING recouvrement_plan plan
                     WHERE file.res_model = 'recouvrement.plan' AND file.res_id = plan.id
                       AND file.res_field = 'signature' AND plan.id = ANY(%s) AND plan.accepted_by ~* %s
                    """,
                    plans,
                    pattern,
                )
            )

    @api.model
    def _is_contact(self, partner):
        """Somebody of a company, who owes nothing alone."""
        return partner.commercial_partner_id != partner

    @api.model
    def _may_be_person(self, partner):
        """Nobody asks for the erasure of a company: only persons have that right."""
        return not partner.is_company or bool(
            self.env["recouvrement.debtor"]
            .sudo()  # whatever company knows that it is a consumer
            .search_count(
                [("partner_id", "=", partner.id), ("debtor_type", "in", types_that(lambda law: law.is_person))], limit=1
            )
        )
