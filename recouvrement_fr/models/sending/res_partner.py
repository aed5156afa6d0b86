from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ...tools import clock
from ..decision.decider import Decider
from .recouvrement_reminder import WAITING


class ResPartner(models.Model):
    """A debtor who is reminded is not archived: it would leave the screens, and letters would go on leaving."""

    _inherit = "res.partner"

    def action_archive(self):
        self._check_not_dunned(clock.today(self.env))
        return super().action_archive()

    def _check_not_dunned(self, on):
        """:raises UserError: something is planned for one of these debtors, or open and held by nothing"""
        # Whoever archives contacts may know nothing of collection: he is told what to do, and by whom.
        cards = self.env["recouvrement.debtor"].sudo().search([("partner_id", "in", self.ids)])
        for company, debtors in cards.grouped("company_id").items():
            if not company.recouvrement_active:
                continue
            decider = Decider(debtors.env, company, on, any_day=True)
            cases = decider.cases([(debtor.id, debtor.partner_id.id, None) for debtor in debtors])
            for case in cases:
                debtors.browse(case.facts.debtor_id)._check_may_hide(case, on)


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    def action_archive(self):
        self.partner_id._check_not_dunned(clock.today(self.env))
        return super().action_archive()

    def _check_may_hide(self, case, on):
        waiting = self.env["recouvrement.reminder"].search_count(
            [("debtor_id", "=", self.id), ("state", "in", WAITING)], limit=1
        )
        hold = case.facts.hold(on)
        is_paused = hold and hold.reason == "paused"
        free = [debt for debt in case.debts.values() if debt.net.amount > 0 and not debt.instalment.hold]
        if not waiting and (is_paused or not free):
            return
        raise UserError(
            self.env._(
                "%(debtor)s is still reminded by %(company)s: %(amount)s is open. First have a collector cancel what "
                "is planned, then pause its reminders or leave its invoices out, on its card in Collection, or have "
                "the debt written off. Then it can be archived.",
                debtor=self.display_name,
                company=self.company_id.name,
                amount=formatLang(self.env, case.totals["open_amount"], currency_obj=self.currency_id),
            )
        )
