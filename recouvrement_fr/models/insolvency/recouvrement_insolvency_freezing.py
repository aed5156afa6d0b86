from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...ledger import law_facts
from ...rules import insolvency as rules
from ...rules.escalation import Hold
from ...rules.interest import Freeze
from ...tools.bulk import any_of
from .recouvrement_insolvency import STOPPING


class RecouvrementInsolvency(models.Model):
    """What a judgment holds and freezes: claims, interest, indemnities."""

    _inherit = "recouvrement.insolvency"

    @api.model
    def _holds(self, company, moves, on):
        """{move id: Hold} of the invoices born before an opening judgment, in one statement."""
        self.flush_model(["state", "kind", "judgment_on", "debtor_id", "company_id"])
        wanted = SQL("TRUE") if moves is None else SQL("m.id = %s", any_of(moves))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id
                  FROM recouvrement_insolvency i
                  JOIN recouvrement_debtor d ON d.id = i.debtor_id
                  JOIN account_move m ON m.commercial_partner_id = d.partner_id
                 WHERE i.company_id = %s AND i.state = 'open' AND i.kind IN %s AND m.state = 'posted' AND %s
                   AND %s
                """,
                company.id,
                STOPPING,
                wanted,
                law_facts.is_prior("m", "i"),
            )
        )
        return {move_id: Hold("insolvent") for (move_id,) in rows}

    @api.model
    def _held_items(self, company, moves, on):
        """{journal item id: Hold} of the prior debts carried by entries that hold many customers, in one statement."""
        rows = self._frozen_items(moves, SQL("i.state = 'open' AND i.company_id = %s", company.id))
        return {item_id: Hold("insolvent") for _move_id, item_id, _judgment in rows}

    @api.model
    def _frozen_items(self, moves, condition):
        self.flush_model(["state", "kind", "judgment_on", "debtor_id", "company_id"])
        return self.env.execute_query(
            SQL(
                """
                SELECT l.move_id, l.id, MIN(i.judgment_on)
                  FROM recouvrement_insolvency i
                  JOIN recouvrement_debtor d ON d.id = i.debtor_id
                  JOIN res_partner p ON p.commercial_partner_id = d.partner_id
                  JOIN account_move_line l ON l.partner_id = p.id
                  JOIN account_move m ON m.id = l.move_id
                 WHERE %s AND i.kind IN %s AND m.move_type = 'entry' AND %s AND l.date < i.judgment_on
              GROUP BY l.move_id, l.id
                """,
                condition,
                STOPPING,
                SQL("TRUE") if moves is None else SQL("l.move_id = %s", any_of(moves)),
            )
        )

    @api.model
    def _item_stops(self, moves):
        """{journal item id: last day that bears interest} of the prior debts carried by entries that are not invoices.

        Those of invoices are in `_frozen`.
        """
        rows = self._frozen_items(moves, SQL("i.state != 'cancelled'"))
        return {item_id: rules.interest_stops_on(judgment) for _move_id, item_id, judgment in rows}

    @api.model
    def _frozen(self, move_ids):
        """{move id: Freeze}: invoices born before an opening judgment bear no interest from its day on (L622-28)."""
        self.flush_model(["state", "kind", "judgment_on", "debtor_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, MIN(i.judgment_on)
                  FROM recouvrement_insolvency i
                  JOIN recouvrement_debtor d ON d.id = i.debtor_id
                  JOIN account_move m ON m.commercial_partner_id = d.partner_id
                  JOIN res_company co ON co.id = m.company_id AND %s = i.company_id
                 WHERE i.state != 'cancelled' AND i.kind IN %s AND m.id = %s
                   AND %s
              GROUP BY m.id
                """,
                law_facts.root_of("co"),
                STOPPING,
                any_of(move_ids),
                law_facts.is_prior("m", "i"),
            )
        )
        return {
            move_id: Freeze(rules.interest_stops_on(judgment_on) + timedelta(days=1), None, "C.com L622-28")
            for move_id, judgment_on in rows
        }

    @api.model
    def _barred(self, move_ids):
        """The ids of these invoices that bear no indemnity: due on or after an opening judgment (L441-10 II)."""
        self.flush_model(["state", "kind", "judgment_on", "debtor_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id
                  FROM recouvrement_insolvency i
                  JOIN recouvrement_debtor d ON d.id = i.debtor_id
                  JOIN account_move m ON m.commercial_partner_id = d.partner_id
                 WHERE i.state != 'cancelled' AND i.kind IN %s AND m.id = %s AND m.invoice_date_due >= i.judgment_on
                   AND %s
                """,
                STOPPING,
                any_of(move_ids),
                law_facts.is_prior("m", "i"),
            )
        )
        return {move_id for (move_id,) in rows}
