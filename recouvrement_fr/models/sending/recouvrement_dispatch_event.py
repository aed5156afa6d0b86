from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...tools import clock

POSTAL_STATES = [
    ("to_post", "To post"),
    ("to_send_registered", "To send registered"),
    ("posted", "Posted"),
    ("presented", "Presented"),
    ("delivered", "Delivered"),
    ("refused", "Refused"),
    ("unclaimed", "Unclaimed"),
    ("returned", "Returned: wrong address"),
    ("lost", "Lost"),
]
TOLD = POSTAL_STATES[2:]  # what the carrier tells


class RecouvrementDispatchEvent(models.Model):
    """What became of a letter at the post, as somebody saw it; only ever added to, a mistake by the right one."""

    _name = "recouvrement.dispatch.event"
    _description = "Postal Event"
    _inherit = "recouvrement.labelled"
    _order = "id desc"
    _rec_name = "state"

    dispatch_id = fields.Many2one("recouvrement.dispatch", required=True, index=True, ondelete="restrict")
    date = fields.Date(required=True, readonly=True, help="The day it happened, on the proof.")
    state = fields.Selection(TOLD, required=True, readonly=True)
    origin = fields.Selection(
        [("typed", "Typed"), ("scanned", "Scanned proof"), ("imported", "Imported"), ("carrier", "Carrier")],
        default="typed",
        required=True,
        readonly=True,
    )
    author_id = fields.Many2one(
        "res.users", "Recorded by", default=lambda self: self.env.user, required=True, readonly=True
    )
    note = fields.Char(readonly=True)
    proof_id = fields.Many2one("ir.attachment", "Proof", index="btree_not_null", ondelete="restrict", readonly=True)
    proof_sha256 = fields.Char("SHA-256 of the proof", readonly=True)

    @api.constrains("date")
    def _check_happened(self):
        today = clock.today(self.env)
        for event in self.filtered(lambda event: event.date > today):
            raise ValidationError(self.env._("%s is in the future.", format_date(self.env, event.date)))

    def write(self, vals):
        raise UserError(self.env._("A postal event is evidence: record the right one after it."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A postal event is evidence: record the right one after it."))

    def action_open_proof(self):
        self.ensure_one()
        if not self.proof_id:
            raise UserError(self.env._("No proof was kept with this status."))
        return self.env["recouvrement.document"]._download(self.proof_id)
