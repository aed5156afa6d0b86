from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import hmac

from odoo.addons.recouvrement_fr.models.base.acts import check_manager


class RecouvrementAr24Deposit(models.Model):
    """What was asked of AR24 for one letter: written before it is asked, in a transaction of its own.

    Whatever becomes of the transaction that posts the letter, the next one knows that it has left, or may have.
    """

    _name = "recouvrement.ar24.deposit"
    _description = "Deposit at AR24"
    _order = "id desc"
    _rec_name = "dispatch_id"

    dispatch_id = fields.Many2one("recouvrement.dispatch", "Letter", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True)
    state = fields.Selection(
        [("asked", "May have left"), ("accepted", "Deposited"), ("refused", "Not deposited")],
        default="asked",
        required=True,
        help="May have left: AR24 was asked and its answer is not known. Look there before it is posted again.",
    )
    number = fields.Char("Number at AR24")
    refusal = fields.Char()

    _once = models.UniqueIndex("(dispatch_id) WHERE state != 'refused'", "This letter was given to AR24 already.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("A deposit is evidence: it cannot be deleted."))

    @api.model
    @contextmanager
    def _apart(self):
        """The same model in a transaction of its own, committed at the end."""
        with self.env.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})[self._name]

    def action_not_left(self):
        """A manager has looked at AR24: it is not there, and may be deposited again."""
        check_manager(self.env)
        self.check_access("read")
        for deposit in self.sudo():  # evidence, written by methods alone
            if deposit.state != "asked":
                raise UserError(self.env._("Only a letter that may have left can be said not to have."))
            deposit.write({"state": "refused", "refusal": self.env._("Not found at AR24 by %s", self.env.user.name)})

    def _signature(self):
        """What only AR24, who was told, knows of this deposit."""
        return hmac(self.env(su=True), "recouvrement_fr_ar24", str(self.id))  # su: the secret of the database

    def _webhook(self):
        """The address AR24 calls when something happens to this letter."""
        base = self.get_base_url()
        return f"{base}/recouvrement/ar24/{self.id}/{self._signature()}"
