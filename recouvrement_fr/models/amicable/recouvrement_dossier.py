from odoo import api, models
from odoo.exceptions import UserError


class RecouvrementDossier(models.AbstractModel):
    """Something about some invoices of one debtor that has a number, is moved by its buttons alone, and holds them.

    Its invoices are `move_ids`.
    """

    _name = "recouvrement.dossier"
    _description = "Numbered Agreement or Dispute"
    _inherit = "recouvrement.numbered"

    def _checked(self, *states):
        """These as superuser, once the rights and the state are checked: collectors act through buttons alone."""
        self.check_access("read")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in states:
                name, state = record.name, labels[record.state]
                raise UserError(
                    self.env._("%(record)s is %(state)s: this cannot be done any more.", record=name, state=state)
                )
        return self.sudo()  # checked just above: evidence is written by methods alone

    @api.model
    def _check_own(self, debtor, moves):
        """Refuse what is not posted invoices of this debtor, in the creditor's own companies."""
        if not moves:
            raise UserError(debtor._no_invoice_to_choose())
        if "entry" in moves.mapped("move_type"):
            raise UserError(debtor._entries_refused())
        tree = debtor.company_id._recouvrement_tree()
        strangers = moves.filtered(
            lambda move: move.commercial_partner_id != debtor.partner_id
            or move.company_id.id not in tree
            or not move.is_sale_document()
            or move.state != "posted"
        )
        if strangers:
            raise UserError(
                self.env._("Not posted invoices of this debtor: %s.", ", ".join(strangers.mapped("display_name")))
            )

    def _take_back(self):
        """What was about to leave for these invoices is taken back; the next night decides again."""
        self.env["recouvrement.reminder"]._withdraw(self.move_ids, self._taken_back_words(), self._hold_reason)
        self.debtor_id._decide_again_now()

    def _taken_back_words(self):
        """Why what was about to leave does not, as its reminder keeps it."""
        raise NotImplementedError
