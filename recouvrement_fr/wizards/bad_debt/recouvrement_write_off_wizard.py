from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.bad_debt.recouvrement_write_off import DEFINITIVE


def chosen(env, moves_of):
    """{debtor, invoices, case} that a dialog was opened on: a debtor's card, a case, or invoices of one debtor."""
    model, ids = env["recouvrement.dialog"]._opened_on()
    record = env[model].browse(ids) if model in ("recouvrement.debtor", "recouvrement.case", "account.move") else None
    if not record:
        return {}
    if model == "account.move":
        debtor, moves = record[:1].recouvrement_debtor_id, record
        if not debtor or len(moves.commercial_partner_id) > 1:
            raise UserError(env._("Choose invoices of one debtor who has a card: the night makes it."))
        return {"debtor_id": debtor.id, "move_ids": [Command.set(moves.ids)]}
    if model == "recouvrement.case":
        case = record[:1]
        return {"debtor_id": case.debtor_id.id, "move_ids": [Command.set(case.move_ids.ids)], "case_id": case.id}
    return {"debtor_id": record[:1].id, "move_ids": [Command.set(moves_of(record[:1]).ids)]}


class RecouvrementWriteOffWizard(models.TransientModel):
    """Propose to write off what is left of invoices, from a debtor's card, a case or the invoices."""

    _name = "recouvrement.write.off.wizard"
    _description = "Propose a Write-off"
    _inherit = "recouvrement.dialog"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", related_sudo=False, string="Debtor's partner")
    company_currency_id = fields.Many2one(
        related="debtor_id.currency_id", related_sudo=False, string="Company currency"
    )
    credit_amount = fields.Monetary(
        related="debtor_id.credit_amount",
        related_sudo=False,
        string="Credits not allocated",
        currency_field="company_currency_id",
    )
    case_id = fields.Many2one("recouvrement.case", readonly=True, groups="recouvrement_fr.group_recouvrement_legal")
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        required=True,
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', 'in', ('out_invoice', 'out_receipt')),"
        " ('state', '=', 'posted')]",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_left")
    amount_left = fields.Monetary("Left to pay", compute="_compute_left", help="Doubtful receivables included.")
    is_single = fields.Boolean(compute="_compute_left")
    is_partial = fields.Boolean("A part only", help="The rest of the invoice goes on being reminded.")
    amount = fields.Monetary("Amount given up", help="All taxes included.")
    reason = fields.Selection(
        lambda self: [
            one
            for one in self.env["recouvrement.write.off"]._fields["reason"]._description_selection(self.env)
            if one[0] != "small"
        ],
        required=True,
    )
    event_on = fields.Date("Lost on", help="The judgment, the certificate, the agreement...")
    recover_vat = fields.Boolean(
        "Recover the VAT",
        compute="_compute_recover_vat",
        store=True,
        readonly=False,
        help="Only of a debt definitively lost (CGI 272, 1). Mere non-payment is never enough.",
    )
    note = fields.Text("Explanation")
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")

    @api.model
    def default_get(self, names):
        return super().default_get(names) | chosen(
            self.env, lambda debtor: debtor._overdue_moves() | debtor._doubtful_moves()
        )

    @api.depends("move_ids")
    def _compute_left(self):
        for wizard in self:
            wizard.currency_id = wizard.move_ids[:1].currency_id or wizard.debtor_id.currency_id
            doubtful = wizard.move_ids._doubtful_amounts()
            wizard.amount_left = sum(
                move.amount_residual + doubtful.get(move._origin.id, 0)
                for move in wizard.move_ids
                if move.currency_id == wizard.currency_id
            )
            wizard.is_single = len(wizard.move_ids) == 1

    @api.depends("reason")
    def _compute_recover_vat(self):
        for wizard in self:
            wizard.recover_vat = wizard.reason in DEFINITIVE

    def action_propose(self):
        self.ensure_one()
        if self.is_partial and not self.is_single:
            raise UserError(self.env._("A part is given up of one invoice: propose one write-off per invoice."))
        case = self.sudo().case_id  # given by the case itself; who may not see cases comes without one
        case.with_env(self.env).check_access("read")
        record = self.env["recouvrement.write.off"]._propose(
            self.debtor_id.company_id,
            {(move, move.commercial_partner_id): self.amount if self.is_partial else None for move in self.move_ids},
            self.reason,
            debtor=self.debtor_id,
            recover_vat=self.recover_vat,
            event_on=self.event_on,
            note=self.note,
            evidence_ids=[Command.set(self.attachment_ids.ids)],
            case_id=case.id,
        )
        return record._get_records_action()
