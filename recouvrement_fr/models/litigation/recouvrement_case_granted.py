from odoo import api, fields, models
from odoo.exceptions import ValidationError

GRANTED = (
    *("granted_principal", "granted_interest", "granted_indemnity", "granted_article_700", "granted_costs"),
    *("granted_rate", "granted_from", "enforceable_on"),
)
AMOUNTS = GRANTED[:5]


class RecouvrementCaseGranted(models.AbstractModel):
    """What a title grants: noted when it is recorded, corrected with its event. Models that
    inherit it say whether a step ``gives_title``, and in what currency."""

    _name = "recouvrement.case.granted"
    _description = "What a Title Grants"

    currency_id = fields.Many2one("res.currency")
    granted_principal = fields.Monetary("Principal granted")
    granted_interest = fields.Monetary("Interest granted", help="Counted up to the day from which interest runs again.")
    granted_indemnity = fields.Monetary("Indemnities granted")
    granted_article_700 = fields.Monetary("Article 700 granted")
    granted_costs = fields.Monetary(
        "Costs granted (dépens)", help="Where the title does not count them, those spent so far that the debtor owes."
    )
    granted_rate = fields.Selection(
        [
            ("legal", "Legal rate, then its surcharge some time after it is enforceable"),
            ("claimed", "Rate claimed: the judge fixed that of the contract or of the Commercial Code"),
        ],
        "Interest from then on",
        help="Without a word of the judge the legal rate runs from the judgment (C.civ 1231-7; CMF L313-3).",
    )
    granted_from = fields.Date("Interest runs from", help="The day of the judgment, unless the judge chose another.")
    enforceable_on = fields.Date(
        "Enforceable on",
        help="Even provisionally: the day it was served. Empty: the day of the step that makes it enforceable.",
    )

    @api.constrains(*AMOUNTS)
    def _check_granted(self):
        for record in self:
            if any(record[name] < 0 for name in AMOUNTS):
                raise ValidationError(self.env._("What a title grants is not below zero."))

    def _granted(self):
        """Its values, for the event that records it."""
        return {name: self[name] for name in GRANTED} if self.gives_title else {}
