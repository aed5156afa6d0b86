from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.law.recouvrement_limitation_event import EFFECTS, KINDS
from ...rules.prescription import EVENT_KINDS
from ...tools import clock

AUTOMATIC = ("reminder", "mise_en_demeure")  # they change nothing: nobody needs to note them


class RecouvrementLimitationNote(models.TransientModel):
    """Note what interrupts or suspends the limitation of invoices, with its evidence."""

    _name = "recouvrement.limitation.note"
    _description = "Note a Limitation Event"
    _inherit = "recouvrement.dialog.debts"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, readonly=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", related_sudo=False, string="Debtor's partner")
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        domain="[('commercial_partner_id', '=', partner_id), ('state', '=', 'posted'),"
        " ('move_type', 'in', ('out_invoice', 'out_receipt'))]",
    )
    kind = fields.Selection(
        [kind for kind in KINDS if kind[0] not in AUTOMATIC], "What happened", required=True, default="acknowledgement"
    )
    effect = fields.Selection(EFFECTS, compute="_compute_effect")
    article = fields.Char(compute="_compute_effect")
    on = fields.Date(required=True, default=lambda self: clock.today(self.env))
    until = fields.Date(help="The end of the proceedings or of the suspension; empty while they last.")
    certainty = fields.Selection(
        [("certain", "Certain"), ("possible", "Possible")],
        compute="_compute_certainty",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Only what is certain moves the date on which the debt is time-barred.",
    )
    note = fields.Char(help="For example: e-mail of the manager who asks for two months.")
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")

    @api.depends("kind")
    def _compute_effect(self):
        for wizard in self:
            law = EVENT_KINDS.get(wizard.kind)
            wizard.effect, wizard.article = (law.effect, law.article) if law else (False, False)

    @api.depends("kind")
    def _compute_certainty(self):
        for wizard in self:
            law = EVENT_KINDS.get(wizard.kind)
            wizard.certainty = "certain" if law and law.certain else "possible"

    def action_apply(self):
        self.ensure_one()
        self.debtor_id.check_access("read")
        owed = self.move_ids.commercial_partner_id | self.item_ids.partner_id.commercial_partner_id
        self.move_ids.check_access("read")
        self.item_ids.check_access("read")
        if owed and owed != self.debtor_id.partner_id:
            raise UserError(self.env._("These invoices are not all of %s.", self.debtor_id.display_name))
        if self.certainty == "certain" and not EVENT_KINDS[self.kind].certain and not self.attachment_ids:
            raise UserError(self.env._("Attach the evidence that makes it certain: it will have to convince a judge."))
        self.env["recouvrement.limitation.event"]._note(
            self.debtor_id,
            self.move_ids,
            self.kind,
            self.on,
            until=self.until,
            certain=self.certainty == "certain",
            note=self.note,
            attachments=self.attachment_ids,
            items=self.item_ids,
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
