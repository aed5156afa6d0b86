from odoo import api, fields, models
from odoo.exceptions import UserError

CHANNELS = [("call", "Call"), ("visit", "Field visit"), ("email", "E-mail received")]
OUTCOMES = [
    ("reached", "Reached"),
    ("no_answer", "No answer"),
    ("voicemail", "Voicemail left"),
    ("wrong_number", "Wrong number or address"),
    ("promise", "Promised to pay"),
    ("dispute", "Contests"),
    ("plan", "Wants a plan"),
    ("call_back", "To be contacted again"),
    ("refusal", "Refuses to pay"),
    ("already_paid", "Says it is paid"),
    ("deceased", "Deceased"),
    ("insolvent", "Insolvent"),
    ("answered", "Answered"),
]
SPOKE = ("reached", "promise", "dispute", "plan", "refusal", "already_paid")  # the debtor heard what was to be said
UNANSWERED = ("no_answer", "voicemail")


class RecouvrementContact(models.Model):
    """Who spoke with a debtor, when, how, and what came of it; only ever added to, a mistake by another one."""

    _name = "recouvrement.contact"
    _description = "Contact with a Debtor"
    _inherit = "recouvrement.labelled"
    _order = "date desc, id desc"
    _rec_name = "outcome"

    debtor_id = fields.Many2one("recouvrement.debtor", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    author_id = fields.Many2one("res.users", "By", required=True, default=lambda self: self.env.user)
    channel = fields.Selection(CHANNELS, required=True)
    outcome = fields.Selection(OUTCOMES, required=True)
    spoke_to = fields.Char("Spoke to", help="Name and quality: Mrs Martin, accounts.")
    address = fields.Char("Number or place")
    duration = fields.Integer("Duration (min)", aggregator="sum")
    note = fields.Text()
    next_on = fields.Datetime("Again on", help="When the collector is to try again.")
    reminder_id = fields.Many2one("recouvrement.reminder", index="btree_not_null", ondelete="restrict")
    dispatch_id = fields.Many2one("recouvrement.dispatch", index="btree_not_null", ondelete="restrict")
    document_id = fields.Many2one(
        "recouvrement.document", "Commitment signed", index="btree_not_null", ondelete="restrict"
    )
    res_model = fields.Char("Model of what it started")
    res_id = fields.Many2oneReference("What it started", model_field="res_model")

    def write(self, vals):
        raise UserError(self.env._("A contact is evidence: note the right one after it."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A contact is evidence: note the right one after it."))

    def action_open_started(self):
        """The promise, dispute or plan it started."""
        self.ensure_one()
        if not self.res_model:
            raise UserError(self.env._("This contact started nothing."))
        return self.env[self.res_model].browse(self.res_id)._get_records_action()

    def action_open_document(self):
        self.ensure_one()
        if not self.document_id:
            raise UserError(self.env._("Nothing was signed."))
        return self.document_id.action_open()
