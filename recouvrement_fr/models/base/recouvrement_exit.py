from odoo import api, models
from odoo.exceptions import UserError


class RecouvrementExit(models.AbstractModel):
    """The one way out, of e-mails, SMS, letters and documents: every sender asks here.

    What it answers is told by the room that knows which nights were missed; to extend, override a hook. A new sender
    calls `_refuse`, or `_closed` and `_late_companies` when it works by itself and leaves what may not go where it is.
    Whether a judgment froze the debts is asked of `recouvrement.holding`.
    """

    _name = "recouvrement.exit"
    _description = "What May Leave"

    # --- hooks --------------------------------------------------------------------------------------------------------

    @api.model
    def _late_companies(self, on):
        """The companies, branches included, whose books may lack payments on a day: nights were missed, and nobody has
        confirmed since that they are up to date."""
        return self.env["res.company"]

    @api.model
    def _warn_managers(self, company, summary, note):
        """Tell the managers of a company, once, what stops its sending.

        :param summary: a lazy translation, by which `_all_clear` knows it again
        """

    @api.model
    def _all_clear(self, companies, summaries):
        """Something left again for these companies: what managers were told by these summaries is over."""

    # --- asked by senders ---------------------------------------------------------------------------------------------

    @api.model
    def _is_neutralized(self):
        return bool(self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized"))  # whoever sends

    @api.model
    def _closed(self, companies, on):
        """Why nothing leaves for one of these companies on a day, in words; else None."""
        if self._is_neutralized():
            return self.env._("This is a neutralized copy of a database: nothing leaves from it.")
        late = companies & self._late_companies(on)
        if late:
            return self.env._(
                "Nights were missed at %s: check that payments are up to date, then have a manager release the night.",
                late[0].sudo().name,  # the creditor's own name is no secret
            )
        return None

    @api.model
    def _refuse(self, companies, on):
        """Stop whoever sends by hand something for these companies.

        :raises UserError: a neutralized copy, or nights that were missed
        """
        if reason := self._closed(companies, on):
            raise UserError(reason)
