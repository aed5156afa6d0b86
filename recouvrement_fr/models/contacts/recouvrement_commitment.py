import base64

from odoo import api, models
from odoo.exceptions import UserError

from ...tools import clock
from ...tools.formats import Formats

TEMPLATE = "recouvrement_fr.document_commitment"


class RecouvrementContact(models.Model):
    _inherit = "recouvrement.contact"

    @api.model
    def _commitment(self, debtor, started, terms, on):
        """Freeze what the debtor signs that day on the screen, a promise or a plan, with his signature; the document.

        :raises UserError: nothing he could sign, nobody named, or a signature that is no picture
        """
        if not started or started._name not in ("recouvrement.promise", "recouvrement.plan"):
            raise UserError(self.env._("Only a promise or a plan is signed: choose one of them as the outcome."))
        if not terms.signed_by:
            raise UserError(self.env._("Enter the name and the quality of the person who signs."))
        image = base64.b64decode(terms.signature)
        if not image.startswith((b"\x89PNG", b"\xff\xd8")):
            raise UserError(self.env._("The signature is neither a PNG nor a JPEG picture: sign again."))
        document = self.env["recouvrement.document"]._draft(
            TEMPLATE,
            "Engagement de paiement",
            debtor,
            started,
            self._commitment_values(debtor, started.sudo(), terms),  # its invoices, whatever the salesperson's rules
            date=on,
        )
        # As superuser: what was signed is an officer's to change, yet whoever took the signature freezes it at once.
        document.sudo().action_freeze()
        self._note_limitation(debtor, started, on)
        return document

    def _commitment_values(self, debtor, started, terms):
        """What the document prints, in French."""
        formats, is_plan = Formats("fr_FR"), started._name == "recouvrement.plan"
        currency = started.currency_id
        money = lambda amount: formats.money(amount, currency)  # noqa: E731
        amount = started.amount_total if is_plan else started.amount
        now = clock.local(clock.stamp())
        kind = "jpeg" if base64.b64decode(terms.signature).startswith(b"\xff\xd8") else "png"
        return {
            "reference": started.name,
            "amount": money(amount),
            "words": formats.words(amount, currency),
            "owed": money(started._left_of_debts()),
            "invoices": started._debt_rows(formats),
            "instalments": [
                {"number": number, "date": formats.long(row.date), "amount": money(row.amount)}
                for number, row in enumerate(started.instalment_ids.sorted("date"), start=1)
            ]
            if is_plan
            else [],
            "day": "" if is_plan else formats.long(started.date),
            "signed_by": terms.signed_by,
            "collector": self.env.user.name,
            "moment": f"{formats.long(now.date())} à {now:%H h %M}",
            "signature": f"data:image/{kind};base64,{_text(terms.signature)}",
        }

    def _note_limitation(self, debtor, started, on):
        """Who signs a day to pay may acknowledge the debt (C.civ 2240): possible, never sure; a plan noted its own."""
        if started._name == "recouvrement.promise":
            owed = started.sudo()  # its debts, whatever the salesperson's rules
            self.env["recouvrement.limitation.event"]._note(
                debtor, owed.move_ids, "acknowledgement", on, started, items=owed.item_ids
            )


def _text(encoded):
    return encoded.decode() if isinstance(encoded, bytes) else encoded
