from collections import defaultdict
from typing import NamedTuple

from odoo import api, models

from .recouvrement_promise import JUDGED


class Reliability(NamedTuple):
    """How a debtor keeps his promises: those judged, the kept ones, and the same in company currency."""

    judged: int = 0
    kept: int = 0
    promised_amount: float = 0.0
    received_amount: float = 0.0

    @property
    def percent(self):
        """Of the amounts promised, what came in; None while nothing was judged."""
        return round(100 * self.received_amount / self.promised_amount) if self.promised_amount else None


class RecouvrementPromise(models.Model):
    """How far the promises of a debtor were kept."""

    _inherit = "recouvrement.promise"

    @api.model
    def _reliability(self, debtors):
        """{debtor: Reliability} of these debtors, in one statement."""
        found = defaultdict(Reliability)
        groups = self._read_group(
            [("debtor_id", "in", debtors.ids), ("state", "in", JUDGED)],
            ["debtor_id", "state"],
            ["__count", "company_amount:sum", "company_received:sum"],
        )
        for debtor, state, count, promised, received in groups:
            before = found[debtor]
            found[debtor] = Reliability(
                before.judged + count,
                before.kept + (count if state == "kept" else 0),
                before.promised_amount + promised,
                before.received_amount + received,
            )
        return found
