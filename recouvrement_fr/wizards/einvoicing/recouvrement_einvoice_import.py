from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools import cdar, upload
from ...tools.refusal import Refused


class RecouvrementEinvoiceImport(models.TransientModel):
    """Take in messages about electronic invoices from files: XML, or a ZIP of them."""

    _name = "recouvrement.einvoice.import"
    _description = "Import Messages about Electronic Invoices"
    _inherit = "recouvrement.dialog"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    file = fields.Binary("XML or ZIP", required=True, attachment=False)
    file_name = fields.Char()
    state = fields.Selection([("choose", "Choose"), ("done", "Done")], default="choose", required=True)
    new_count = fields.Integer("Messages taken in", readonly=True)
    known_count = fields.Integer("Known already", readonly=True)
    waiting_count = fields.Integer("Without an invoice", readonly=True)
    line_ids = fields.One2many("recouvrement.einvoice.import.line", "import_id", "Files refused", readonly=True)

    def action_import(self):
        """Take in what can be read; each other file is named with its reason."""
        self.ensure_one()
        events = self.env["recouvrement.einvoice.event"]
        events._check_may_receive()
        told, refused = [], []
        for member in self._files():
            try:
                if member.refusal:
                    raise member.refusal
                told += [(member.data, status) for status in cdar.read(member.data)]
            except Refused as refusal:
                refused.append((member.name, refusal.said(self.env)))
        new, known = events._take_in(told, self.company_id)
        self.write(
            {
                "state": "done",
                "new_count": len(new),
                "known_count": len(known),
                "waiting_count": len(new.filtered(lambda event: event.state == "waiting")),
                "line_ids": [Command.create({"name": name, "message": message}) for name, message in refused],
            }
        )
        return self._get_records_action(name=self.env._("Import messages"), target="new")

    def _files(self):
        """The upload.Member of each file given.

        :raises UserError: nothing, too large, or an archive that cannot be opened
        """
        try:
            data = upload.content(self.file)
            if not data.startswith(b"PK"):
                return [upload.Member(self.file_name or self.env._("the file"), data)]
            return list(upload.members(data))
        except Refused as refusal:
            raise UserError(refusal.said(self.env)) from refusal

    def action_open_events(self):
        """All messages, the newest first."""
        self.env["recouvrement.einvoice.event"].check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id("recouvrement_fr.recouvrement_einvoice_event_action")


class RecouvrementEinvoiceImportLine(models.TransientModel):
    _name = "recouvrement.einvoice.import.line"
    _description = "File Refused"
    _inherit = "recouvrement.dialog"

    import_id = fields.Many2one("recouvrement.einvoice.import", required=True, ondelete="cascade")
    name = fields.Char("File", readonly=True)
    message = fields.Char("Why", readonly=True)
