import base64
import io
from functools import lru_cache

import qrcode
from PIL import Image

from odoo import api, models

DOTS, QUIET = 4, 2  # of a module, and modules of white around: 2.1 cm on paper, read by every telephone
# The code says which mask it bears, so each is read alike; to try all eight takes longer than the rest of a letter.
MASK = 3


class RecouvrementLetter(models.AbstractModel):
    """Each message bears the link to its debtor's page, and each letter the codes that a telephone reads."""

    _inherit = "recouvrement.letter"

    @api.model
    def _payloads(self, reminders, details, errors=None):
        asked = reminders.filtered(
            lambda reminder: reminder.policy_id.door and not (details.get(reminder.id) or {}).get("payment_link")
        )
        days = {one.id: (details.get(one.id) or {}).get("on") or one.date for one in asked}
        access = self.env["recouvrement.portal.access"]
        linked = dict(details)
        for reminder, token in access._make_for(asked, days).items():
            url = access._url(reminder.debtor_id, token)
            linked[reminder.id] = {**(details.get(reminder.id) or {}), "payment_link": url}
        letters = self.with_context(transfer_banks={})  # asked once for each account, not once a letter
        return super(RecouvrementLetter, letters)._payloads(reminders, linked, errors)

    @api.model
    def _payload(self, reminder, detail, identity, formats):
        payload = super()._payload(reminder, detail, identity, formats)
        payload["payment"]["sepa"] = self._transfer_code(reminder, payload) if reminder.policy_id.letter_qr else ""
        return payload

    @api.model
    def _transfer_code(self, reminder, payload):
        """What the SEPA QR code of a letter says (EPC069-12), or nothing: one account, one currency, the whole sum."""
        blocks, accounts = payload["blocks"], payload["payment"]["accounts"]
        if len(blocks) != 1 or len(accounts) != 1 or blocks[0]["currency"] != "EUR" or blocks[0]["total_value"] <= 0:
            return ""
        iban = accounts[0]["iban"].replace(" ", "").replace("\u00a0", "")
        company = reminder.company_id
        banks = company.partner_id.bank_ids | reminder.line_ids.move_id.partner_bank_id
        bank = banks.filtered(lambda one: one.sanitized_acc_number == iban)[:1]
        return self._transfer_text(bank, blocks[0]["total_value"], payload["payment"]["reference"], company)

    @api.model
    def _transfer_text(self, bank, amount, reference, company):
        """The text of the code, by the bank account's own builder; empty where it cannot be made."""
        euro = company.currency_id
        known = self.env.context.get("transfer_banks", {})
        if bank not in known:
            known[bank] = self._takes_code(bank, euro)
        if not known[bank]:
            return ""
        given = ("sct_qr", round(amount, 2), euro, bank.partner_id, reference, "")
        return bank._get_qr_code_generation_params(*given)["value"]

    @api.model
    def _takes_code(self, bank, euro):
        """Whether the bank account's own builder makes a SEPA code of it."""
        return bool(
            bank
            and euro.name == "EUR"
            and "sct_qr" in {found[0] for found in bank._get_available_qr_methods()}
            and not bank._get_error_messages_for_qr("sct_qr", bank.partner_id, euro)
            and not bank._check_for_qr_code_errors("sct_qr", 1.0, euro, bank.partner_id, "", "")
        )

    @api.model
    def _page(self, payload, position, logos):
        payment = payload.get("payment")
        if payment:
            codes = {"sepa_qr": self._code(payment.get("sepa")), "link_qr": self._code(payment.get("link"))}
            payload = {**payload, "payment": {**payment, **codes}}
        return super()._page(payload, position, logos)

    @api.model
    def _code(self, value):
        """A QR code as a picture of the page itself: nothing is fetched while it is printed or read."""
        return _picture(value) if value else ""


@lru_cache(256)  # a page looked at again has the same one
def _picture(value):
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET, mask_pattern=MASK)
    code.add_data(value)
    rows = code.get_matrix()
    dark = bytes(0 if cell else 255 for row in rows for cell in row)
    drawn = Image.frombytes("L", (len(rows), len(rows)), dark)
    side = len(rows) * DOTS
    content = io.BytesIO()
    drawn.resize((side, side), Image.Resampling.NEAREST).convert("1").save(content, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"
