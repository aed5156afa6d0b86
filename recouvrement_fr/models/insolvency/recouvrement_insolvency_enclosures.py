import io

from odoo import models
from odoo.exceptions import UserError

from ...tools import bundle, clock
from ...tools.bundle_sheets import Cover
from ...tools.formats import Formats


class RecouvrementInsolvency(models.Model):
    """The enclosures of a statement of claim: one PDF to post with it, listed and paginated."""

    _inherit = "recouvrement.insolvency"

    def action_enclosures(self):
        """Gather the statement of claim, the invoices declared and what is attached to them, and show the file."""
        self.ensure_one()
        self.check_access("write")
        if not self.claim_ids:
            raise UserError(self.env._("There is nothing to declare: refresh the claim."))
        on = clock.today(self.env)
        content = io.BytesIO()
        made = bundle.make(self._enclosures(), self._enclosures_cover(on), str(on), content, io.BytesIO())
        problems = [f"{problem.number}. {problem.title}" for problem in made.problems]
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"Pièces jointes à la déclaration de créances {on}.pdf",
                "raw": content.getvalue(),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        body = self.env._("Enclosures of the statement of claim gathered.")
        if problems:
            body += " " + self.env._("These could not be read, enclose them by hand: %s.", ", ".join(problems))
        self.message_post(body=body, attachment_ids=attachment.ids)
        return {"type": "ir.actions.act_url", "url": f"/web/content/{attachment.id}?download=false", "target": "new"}

    def _enclosures(self):
        """The pieces in the order of the statement's own list."""
        formats, pieces = Formats("fr_FR"), []
        declaration = self.env["recouvrement.document"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("template", "=", "recouvrement_fr.document_declaration"),
                ("state", "=", "frozen"),
            ],
            limit=1,
        )
        if declaration:
            pieces.append((declaration.title, declaration.date, declaration.attachment_id))
        # sudo: core prints for whoever asks
        self.env["recouvrement.reminder"].sudo()._make_documents(self._claimed_invoices().ids)
        pieces += [(title, day, file) for title, day, file in self._enclosed(formats) if file]
        kept = {declaration.attachment_id: declaration.sha256}
        return [
            bundle.Piece(
                str(number),
                title,
                formats.short(day),
                file.name,
                file.mimetype,
                lambda file=file: file.sudo().raw,  # found just above as its own
                sha256=kept.get(file) or "",
            )
            for number, (title, day, file) in enumerate(pieces, start=1)
        ]

    def _claimed_invoices(self):
        moves = self.sudo().claim_ids.move_id.filtered(lambda move: move.is_sale_document())  # the debtor's account
        return moves.sorted(lambda move: (move.invoice_date, move.id))

    def _enclosed(self, formats):
        """[(title, day, file)] of what proves the claim: the statement lists these, and the file holds these.

        An invoice that was never printed has no file yet: it is printed when the enclosures are gathered.
        """
        pieces = []
        for move in self._claimed_invoices():
            printed = move.invoice_pdf_report_id
            title = f"Facture {move.name} du {formats.short(move.invoice_date)}"
            pieces.append((title, move.invoice_date, printed))
            others = (move.attachment_ids - printed).filtered(lambda file: not file.res_field)
            pieces += [(file.name, move.invoice_date, file) for file in others]
        return pieces

    def _enclosures_cover(self, on):
        formats = Formats("fr_FR")
        creditor, debtor = self.company_id, self.partner_id
        place = f"Fait à {creditor.city}, le" if creditor.city else "Le"
        return Cover(
            "Pièces jointes à la déclaration de créances",
            (
                f"Créancier\u00a0: {creditor.name}",
                f"Débiteur\u00a0: {debtor.name}",
                f"Jugement du {formats.long(self.judgment_on)}" + (f", {self.court}" if self.court else ""),
            ),
            (f"{place} {formats.long(on)}",),
        )
