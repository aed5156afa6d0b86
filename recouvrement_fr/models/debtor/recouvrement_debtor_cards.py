from odoo import api, models
from odoo.tools import SQL, split_every

from ...ledger import open_items
from ...tools import bulk


class RecouvrementDebtor(models.Model):
    """One card per partner and company tree: made when missing, locked, listed for the night, merged with partners."""

    _inherit = "recouvrement.debtor"

    @api.model
    def _card(self, company, partner):
        """The card of a partner in a company tree, made when missing."""
        return self._cards(company, [partner.commercial_partner_id.id]).with_env(self.env)

    @api.model
    def _cards(self, company, partner_ids):
        """The cards of these commercial partners, made when missing; two workers at once make one."""
        self._lock_cards(company, partner_ids)
        return (
            self.sudo()  # a collector may open the card of a customer the night has not met
            .with_context(active_test=False)
            .search([("company_id", "=", company.id), ("partner_id", "in", list(partner_ids))], order="partner_id")
        )

    @api.model
    def _lock_cards(self, company, partner_ids):
        """{commercial partner id: card id} of the cards that are ours until the next commit, made when missing.

        Those another worker holds are left out; two workers at once make one card.
        """
        self.env.flush_all()
        self.env.cr.execute(  # another worker who makes the same ones is expected: the caller begins again
            SQL(
                """
                INSERT INTO recouvrement_debtor (company_id, partner_id, active, create_uid, write_uid, create_date,
                                                 write_date)
                SELECT %(company)s, p.id, TRUE, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM res_partner p
                 WHERE p.id = %(partners)s
                   AND NOT EXISTS (
                       SELECT 1 FROM recouvrement_debtor d WHERE d.company_id = %(company)s AND d.partner_id = p.id)
              ORDER BY p.id
                    ON CONFLICT DO NOTHING
                """,
                company=company.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                partners=bulk.any_of(partner_ids),
            ),
            log_exceptions=False,
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, id FROM recouvrement_debtor WHERE company_id = %s AND partner_id = %s"
                " ORDER BY partner_id FOR NO KEY UPDATE SKIP LOCKED",
                company.id,
                bulk.any_of(partner_ids),
            )
        )
        return dict(rows)

    @api.model
    def _prepare_cards(self, company):
        """Make the cards of every debtor with something open, with the type proposed: for the assistant to confirm."""
        company = company.root_id
        for page in split_every(200, self._every_row(company), list):
            self._typed_cards(company, [row[1] for row in page])

    @api.model
    def _typed_cards(self, company, partner_ids):
        """The cards of these commercial partners, made when missing, with the type that the night proposes."""
        cards = self._cards(company, partner_ids)
        facts = self._facts(company, partner_ids).values()
        rows = [(fact.debtor_id, fact.debtor_type, fact.type_confirmed) for fact in facts]
        bulk.update(self, ("debtor_type", "type_confirmed"), rows)
        return cards

    @api.model
    def _every_row(self, company):
        """[(card id or None, partner id, fingerprint)] of every debtor with something open, whatever the day."""
        return [row for row in open_items.scan(self.env, company) if row[2]]

    @api.model
    def _rows(self, company, partner_ids):
        """The same for partners who have their card."""
        cards = self.search([("company_id", "=", company.id), ("partner_id", "in", partner_ids)])
        return [(card.id, card.partner_id.id, None) for card in cards]

    def _write_customer(self, values):
        """Write core's fields that each company has its own of on these customers: for the company and its branches,
        whose invoices take them. The caller checks who may."""
        for company, cards in self.grouped("company_id").items():
            for member_id in company._recouvrement_tree():
                cards.partner_id.with_company(member_id).write(values)

    def _move_evidence(self, kept):
        """Everything that points to these cards points to the kept one; nothing is rewritten in the evidence itself.

        In SQL: evidence refuses to be written, and a model added later is not forgotten.
        """
        for field in (
            self.env["ir.model.fields"]
            .sudo()
            .search(  # the registry is configuration
                [("relation", "=", self._name), ("ttype", "=", "many2one"), ("store", "=", True)]
            )
        ):
            model = self.env[field.model]
            if model._auto and not model._transient:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %(table)s SET %(column)s = %(kept)s WHERE %(column)s IN %(cards)s",
                        table=SQL.identifier(model._table),
                        column=SQL.identifier(field.name),
                        kept=kept.id,
                        cards=tuple(self.ids),
                    )
                )
        self.env.invalidate_all()
        for card in self:
            card.message_change_thread(kept)
