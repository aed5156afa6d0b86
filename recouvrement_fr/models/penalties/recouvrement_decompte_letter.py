from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .recouvrement_decompte import LANG

TEMPLATE = "recouvrement_fr.document_decompte"


class RecouvrementDebtor(models.Model):
    """The décompte written to the debtor: a letter, drafted, corrected and frozen as every other document."""

    _inherit = "recouvrement.debtor"

    def _draft_decompte(self, on, moves=None):
        """Draft the letter that tells the debtor what its late invoices have come to; returns the document.

        :param moves: of these invoices alone
        :raises UserError: nothing is late, or a judgment forbids to ask for it
        """
        self.ensure_one()
        self.check_access("read")
        asked = self._overdue_moves() if moves is None else moves
        self.env["recouvrement.holding"]._refuse_frozen(asked)
        makers = self.env["recouvrement.decompte"].with_context(lang=LANG)
        blocks = makers._of_moves(asked, on)
        if not blocks:
            raise UserError(self.env._("Nothing is late there: there is no interest to count."))
        documents = self.env["recouvrement.document"]
        number = documents._next_number()
        alone = asked if len(asked) == 1 else asked.browse()
        values = makers._letter_values(self, blocks, on, alone.payment_reference or alone.name or number)
        about = moves if moves is not None and len(moves) == 1 else self
        address = {"name": number, "addressee_id": self._addressee().id}
        return documents._draft(TEMPLATE, "Décompte des sommes dues", self, about, values, date=on, **address)


class RecouvrementDecompte(models.AbstractModel):
    _inherit = "recouvrement.decompte"

    @api.model
    def _letter_values(self, card, blocks, on, reference):
        """What the letter prints: the blocks without what is for the house alone, and where to pay.

        To extend: ``transfer_qr``, a picture that a telephone reads.
        """
        ours = set(self._accrual_texts().values())
        told = [{**block, "notes": [note for note in block["notes"] if note not in ours]} for block in blocks]
        return {**self._values(told, card.company_id, on, reference, card.partner_id), "transfer_qr": ""}


class AccountMove(models.Model):
    _inherit = "account.move"

    def _draft_decompte(self, on):
        """The same for these invoices, of one debtor."""
        if not self.env.user.has_group("recouvrement_fr.group_recouvrement_user"):  # a customer reads his own invoices
            raise AccessError(self.env._("Only people who collect can print a statement of interest."))
        self.check_access("read")
        partner, company = self.commercial_partner_id, self.company_id.root_id
        if len(partner) != 1 or len(company) != 1:
            raise UserError(self.env._("A décompte is of one debtor: select the invoices of one at a time."))
        return self.env["recouvrement.debtor"]._card(company, partner)._draft_decompte(on, self)


class RecouvrementDocument(models.Model):
    _inherit = "recouvrement.document"

    def _claimed(self):
        """What it asks for is no more asked after a judgment that opens insolvency proceedings."""
        moves, items = super()._claimed()
        if self.template == TEMPLATE:
            of_one = self.res_model == "account.move"
            moves |= moves.browse(self.res_id).exists() if of_one else self.debtor_id._overdue_moves()
        return moves, items
