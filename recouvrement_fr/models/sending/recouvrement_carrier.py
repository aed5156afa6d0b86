from datetime import date
from typing import NamedTuple

from odoo import models


class PostalStatus(NamedTuple):
    """What a carrier tells of one letter."""

    tracking_number: str
    state: str  # one of recouvrement.dispatch.event's
    date: date
    proof: bytes = b""
    proof_name: str = ""
    note: str = ""


class RecouvrementCarrier(models.AbstractModel):
    """Who carries the registered letters of a company: the door of an add-on that speaks with one.

    A carrier is a model `recouvrement.carrier.<code>` that inherits this one, and its code in the selection
    `recouvrement_carrier` of companies. It has no record; it is called in the company of the letters.
    """

    _name = "recouvrement.carrier"
    _description = "Carrier of registered letters"

    def _deposit(self, dispatches):
        """Hand these printed letters to the carrier; {dispatch id: tracking number}.

        Called when a person presses Posted, before they are marked so; not with those whose number was typed. A carrier
        that refuses raises UserError with what to mend: nothing is then marked. The document is
        `dispatch.attachment_id`.
        """
        raise NotImplementedError(self._name)

    def _statuses(self, dispatches):
        """List of PostalStatus: what the carrier says of these letters, in the order it happened.

        Called once a day with the letters that have not reached their end. What is known already may be told again.
        """
        raise NotImplementedError(self._name)


class RecouvrementCarrierManual(models.AbstractModel):
    """A person takes the letters to the post office, and types, scans or imports what comes back."""

    _name = "recouvrement.carrier.manual"
    _inherit = "recouvrement.carrier"
    _description = "Carrier: by hand"

    def _deposit(self, dispatches):
        return {}

    def _statuses(self, dispatches):
        return []
