from odoo import api, fields, models

from ...tools import clock


class RecouvrementDebtor(models.Model):
    """The cases of a debtor, and whether one should be opened."""

    _inherit = "recouvrement.debtor"

    case_ids = fields.One2many("recouvrement.case", "debtor_id", "Cases")
    case_count = fields.Integer("Cases open", compute="_compute_case_count")
    is_to_litigate = fields.Boolean(
        "To litigate",
        compute="_compute_is_to_litigate",
        search="_search_is_to_litigate",
        help="Its formal notice expired unpaid, or the last level proposes a case.",
    )

    @api.depends("case_ids.state")
    def _compute_case_count(self):
        groups = self.env["recouvrement.case"]._read_group(
            [("debtor_id", "in", self.filtered("case_ids").ids), ("state", "!=", "closed")],
            ["debtor_id"],
            ["__count"],
        )
        counts = dict(groups)
        for debtor in self:
            debtor.case_count = counts.get(debtor, 0)

    def _compute_is_to_litigate(self):
        waiting = self._to_litigate_ids(clock.today(self.env))
        for debtor in self:
            debtor.is_to_litigate = debtor.id in waiting

    @api.model
    def _search_is_to_litigate(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in" if True in value else "not in", list(self._to_litigate_ids(clock.today(self.env))))]

    @api.model
    def _to_litigate_ids(self, on):
        expired = self.env["recouvrement.case"].sudo()._to_litigate(on)  # which debtors; the list itself is filtered
        return set(expired) | set(self.sudo().search([("reason", "=", "case_proposal")]).ids)

    def _awaited_of(self, reason):
        """In a case, whoever its procedure waits for; a confidential one is told to its readers alone."""
        cases = self.case_ids if reason == "in_case" else self.case_ids.browse()
        live = cases.filtered(lambda case: case.state != "closed" and case.next_actor)
        return [*super()._awaited_of(reason), *(case._actor_words(case.next_actor) for case in live)]

    def _case_person(self):
        """Who is asked to open a case: a legal officer of the company if its collector is none."""
        self.ensure_one()
        collector = self._collector()
        if collector.has_group("recouvrement_fr.group_recouvrement_legal") if collector else False:
            return collector
        return self.company_id._recouvrement_people("legal").sorted("id")[:1] or collector

    def _case_moves(self, on):
        """The invoices a new case is proposed with: those of its expired notice, else those overdue and free."""
        self.ensure_one()
        # sudo: what holds an invoice counts, a confidential case too; only that it is held is shown
        expired = self.env["recouvrement.case"].sudo()._to_litigate(on, self.company_id).get(self.id)
        moves = self.env["account.move"].browse(expired) if expired else self._overdue_moves()
        held = self.env["recouvrement.holding"].sudo()._all_holds(self.company_id, moves.ids, on)  # as above
        free = moves.filtered(lambda move: move.id not in held)
        currency = free[:1].currency_id
        return free.filtered(lambda move: move.currency_id == currency)

    def action_open_cases(self):
        """The cases of this debtor, else the dialog that opens one."""
        self.ensure_one()
        self.check_access("read")
        if self.case_ids:
            return self.case_ids._get_records_action(
                name=self.env._("Litigation cases"), domain=[("debtor_id", "=", self.id)]
            )
        return self.action_new_case()

    def action_new_case(self):
        """The dialog that opens a case with the invoices proposed."""
        self.ensure_one()
        self.check_access("read")
        self.env["recouvrement.case"].check_access("write")  # legal officers open cases
        return self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_case_opening_action") | {
            "context": {"default_debtor_id": self.id, "default_move_ids": self._case_moves(clock.today(self.env)).ids}
        }
