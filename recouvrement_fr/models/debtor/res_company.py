from odoo import models
from odoo.tools import SQL

from ...tools import clock
from ...tools.bulk import any_of


class ResCompany(models.Model):
    _inherit = "res.company"

    def _recouvrement_decide_again(self):
        super()._recouvrement_decide_again()
        cards = self.env["recouvrement.debtor"]
        cards.flush_model(["next_date"])  # what is still in memory would overwrite it
        self.env.cr.execute(
            SQL(
                "UPDATE recouvrement_debtor SET next_date = %(today)s"
                " WHERE next_date IS DISTINCT FROM %(today)s AND %(ours)s",
                today=clock.today(self.env),
                ours=SQL("company_id = %s", any_of(self.ids)) if self else SQL("TRUE"),
            )
        )
        cards.invalidate_model(["next_date"], flush=False)
