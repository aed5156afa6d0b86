from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import bulk, letter_pdf

MOST_LETTERS = 200  # shown at once by a simulation


class RecouvrementDecision(models.Model):
    """What a night decided for a debtor, and why; written when it changes, or by a simulation; kept 30 nights, the last
    one of a debtor until the next: what is decided of it has not changed since."""

    _name = "recouvrement.decision"
    _description = "Dunning Decision"
    _order = "run_id desc, amount desc, id"
    _rec_name = "partner_id"
    _log_access = False  # its run says when

    run_id = fields.Many2one("recouvrement.run", required=True, index=True, ondelete="cascade")
    company_id = bulk.SoftMany2one("res.company", required=True)  # the run's, kept by its key
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")
    debtor_id = fields.Many2one("recouvrement.debtor", index=True, ondelete="cascade")
    outcome = fields.Selection(
        [("remind", "Remind"), ("wait", "Wait"), ("person", "A person decides"), ("error", "Error")], required=True
    )
    reason = fields.Selection("_selection_reason")
    detail = fields.Char(help="The figures or the day behind the reason.")
    level_id = bulk.SoftMany2one("recouvrement.level")  # a level that sent cannot be deleted, and others seldom are
    reminder_id = bulk.SoftMany2one("recouvrement.reminder", index="btree_not_null")  # never deleted
    amount = fields.Monetary(help="Net overdue, in company currency.")
    amount_claimed = fields.Monetary(
        "Claimed in all", help="Principal, interest and indemnities that its letter would claim. Of a simulation."
    )
    channels = fields.Char(help="The channels that its letter would take. Of a simulation.")
    next_date = fields.Date(help="The next day anything can change by itself.")

    @api.model
    def _selection_reason(self):
        return self.env["recouvrement.debtor"]._selection_reason()

    def _card(self):
        """The debtor's card, made when no night has met him yet."""
        self.ensure_one()
        return self.debtor_id or self.env["recouvrement.debtor"]._card(self.company_id, self.partner_id)

    def action_preview(self):
        """What the reminder decided says: the one planned, or what a simulation would send on its day."""
        self.ensure_one()
        reminder = self.env["recouvrement.reminder"]
        context = {"default_level_id": self.level_id.id, "default_debtor_id": self._card().id}
        if self.run_id.kind == "simulation":
            context["default_decision_id"] = self.id
        return reminder._show_dialog("recouvrement.preview", self.env._("Preview"), context)

    def action_letters(self):
        """The letters that these decisions would send, marked as a simulation, in one PDF that nothing keeps."""
        self.check_access("read")
        leaving = self.filtered(lambda decision: decision.outcome == "remind" and decision.level_id)
        if not leaving:
            raise UserError(self.env._("None of these decisions sends anything."))
        if len(leaving) > MOST_LETTERS:
            raise UserError(self.env._("Choose at most %s decisions at once.", MOST_LETTERS))
        figures = [content["figures"] for content in map(self._rehearsed, leaving) if not content["problem"]]
        if not figures:
            raise UserError(self.env._("The accounts have changed since: none of these letters would leave any more."))
        letters = self.env["recouvrement.letter"]
        marked = [letters._marked(payload) for payload in figures]
        content = letter_pdf.joined(letters._render_pdf(marked))
        attachment = self.env["ir.attachment"].create(
            {"name": self.env._("SIMULATION letters.pdf"), "raw": content, "mimetype": "application/pdf"}
        )
        return self.env["recouvrement.document"]._download(attachment)

    @api.model
    def _rehearsed(self, decision):
        return self.env["recouvrement.reminder"]._rehearse_decision(decision)
