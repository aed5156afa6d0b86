from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ...tools import clock
from ..decision.decider import Decider
from .recouvrement_reminder import WAITING


class ResPartner(models.Model):
    """A debtor who is reminded is not archived: it would leave the screens, and letters would go on leaving.

    By whatever way: the button, an import, a call from outside or a server action all write the field.
    """

    _inherit = "res.partner"

    def write(self, vals):
        if vals.get("active") is False:
            # Whoever archives contacts may know nothing of collection: he is told what to do, and by whom.
            cards = self.env["recouvrement.debtor"].sudo()
            cards.search([("partner_id", "in", self.filtered("active").ids)])._check_may_hide()
        return super().write(vals)


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    shown_because = fields.Text(
        compute="_compute_shown_because",
        compute_sudo=True,  # what is open of the whole account, as archiving looks at it
        help="Why it cannot be archived: empty where nothing is planned nor open.",
    )

    def write(self, vals):
        if vals.get("active") is False:
            # All its reminders and debts, those of confidential cases too.
            self.sudo().filtered("active")._check_may_hide()
        return super().write(vals)

    def _compute_shown_because(self):
        on = clock.today(self.env)
        self.shown_because = False
        for company, debtors in self.grouped("company_id").items():
            if not company.recouvrement_active:
                continue
            decider = Decider(debtors.env, company, on, any_day=True)
            for case in decider.cases([(debtor.id, debtor.partner_id.id, None) for debtor in debtors]):
                debtor = debtors.browse(case.facts.debtor_id)
                debtor.shown_because = debtor._still_reminded(case, on)

    def _check_may_hide(self):
        """:raises UserError: something is planned for one of these debtors, or open and held by nothing"""
        self.invalidate_recordset(["shown_because"])  # read from the ledger, of now
        for debtor in self:
            if debtor.shown_because:
                raise UserError(debtor.shown_because)

    def _still_reminded(self, case, on):
        waiting = self.env["recouvrement.reminder"].search_count(
            [("debtor_id", "=", self.id), ("state", "in", WAITING)], limit=1
        )
        hold = case.facts.hold(on)
        is_paused = hold and hold.reason == "paused"
        free = [debt for debt in case.debts.values() if debt.net.amount > 0 and not debt.instalment.hold]
        if not waiting and (is_paused or not free):
            return False
        return self.env._(
            "%(debtor)s is still reminded by %(company)s: %(amount)s is open. First have a collector cancel what "
            "is planned, then pause its reminders or leave its invoices out, on its card in Collection, or have "
            "the debt written off. Then it can be archived.",
            debtor=self.display_name,
            company=self.company_id.name,
            amount=formatLang(self.env, case.totals["open_amount"], currency_obj=self.currency_id),
        )
