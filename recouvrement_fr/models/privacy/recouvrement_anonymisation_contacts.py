from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ...rules.retention import in_force
from .recouvrement_personal_data_contact import ADDRESSED

LOOKED = 200  # contacts looked at between two commits


class RecouvrementAnonymisation(models.Model):
    """Contacts of companies with whom nothing passed for as long as they are kept: proposed as persons are."""

    _inherit = "recouvrement.anonymisation"

    @api.model
    def _propose_contacts(self, companies, on, progress):
        """Look at those something was addressed to, a page at a time.

        Where it stands is written on the company: out of time, or killed, the next run goes on from there, so that who
        is looked at in vain every night keeps nobody else waiting.
        """
        data, partners = self.env["recouvrement.personal.data"], self.env["res.partner"]
        begun = companies.filtered("recouvrement_contacts_seen_id")[:1]
        for company in companies[companies.ids.index(begun.id) if begun else 0 :]:
            while ids := self._contacts_to_look_at(company, on, company.recouvrement_contacts_seen_id):
                contacts = partners.with_context(active_test=False).browse(ids)
                standings = {contact: data._contact_standing(company, contact, on) for contact in contacts}
                # Never without a person: who is nobody for collection any more may be somebody for purchases or sales.
                self._propose_those(company, standings, on)
                company.recouvrement_contacts_seen_id = ids[-1]
                if not progress(len(ids), remaining=1):  # whether there are more is known by looking
                    return
            if company.recouvrement_contacts_seen_id:  # all were looked at: the next night begins again
                company.recouvrement_contacts_seen_id = 0
        progress(remaining=0)

    @api.model
    def _contacts_to_look_at(self, company, on, last):
        """The ids of the next contacts whom nothing was sent to, nor invoiced, since the day their time begins to
        count."""
        period = in_force(self.env["recouvrement.retention"]._periods(company), "contact", on)
        if not period:
            return []
        self.env.flush_all()
        since = on - relativedelta(months=period.months)
        sent = [
            SQL(
                "SELECT create_date FROM %s WHERE addressee_id = p.id AND company_id IN"
                " (SELECT id FROM res_company WHERE parent_path LIKE %s)",
                SQL.identifier(self.env[model]._table),
                f"{company.parent_path}%",
            )
            for model in ADDRESSED
        ]
        query = SQL(
            """
            SELECT p.id
              FROM res_partner p,
                   LATERAL (SELECT max(create_date) AS day FROM (%(sent)s) said) latest
             WHERE p.commercial_partner_id <> p.id AND p.id > %(last)s AND latest.day < %(since)s
               AND NOT EXISTS (SELECT 1 FROM account_move m
                                WHERE m.partner_id = p.id AND m.state = 'posted' AND m.date >= %(since)s)
               AND NOT EXISTS (SELECT 1 FROM recouvrement_anonymisation known
                                WHERE known.partner_id = p.id AND known.company_id = %(company)s
                                  AND (known.state IN ('proposed', 'approved', 'failed')
                                       OR known.state = 'done' AND known.done_on >= latest.day::date))
             ORDER BY p.id LIMIT %(most)s
            """,
            sent=SQL(" UNION ALL ").join(sent),
            last=last,
            since=since,
            company=company.id,
            most=LOOKED,
        )
        return [id_ for (id_,) in self.env.execute_query(query)]
