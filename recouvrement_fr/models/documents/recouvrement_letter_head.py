import re
from functools import lru_cache

from odoo import api, models
from odoo.exceptions import UserError

from ...tools import bulk
from ...tools.formats import company_numbers, iban
from . import letter_address


@lru_cache(16)
def _colour(value):
    """The company's colour if it is one that prints readably, else a dark blue."""
    if re.fullmatch(r"#[0-9a-fA-F]{6}", value or ""):
        red, green, blue = (int(value[start : start + 2], 16) for start in (1, 3, 5))
        if red * 0.299 + green * 0.587 + blue * 0.114 < 150:
            return value
    return "#1f3a5f"


class RecouvrementLetter(models.AbstractModel):
    """Who writes, to whom, and where to pay."""

    _inherit = "recouvrement.letter"

    @api.model
    def _head(self, addressee, debtor, company, identity, reference, on, formats):
        """What every letter begins with."""
        partner = debtor.partner_id
        siren, siret = company_numbers(partner.company_registry)
        collector = debtor._collector()
        address = letter_address.fit(self._address(addressee, partner, company))
        return {
            "version": 1,
            "lang": formats.lang,
            "on": on.isoformat(),
            "date": formats.long(on),
            "dateline": self.env._("%(place)s, %(date)s", place=company.city, date=formats.long(on))
            if company.city
            else formats.long(on),
            "reference": reference,
            "company_id": company.id,
            "company": identity,
            "addressee": {
                "id": addressee.id,
                "lines": address.lines,
                "size": address.size,
                "pitch": address.pitch,
                "missing": self._address_problem(addressee, partner, company),
            },
            "debtor": {
                "name": partner.name or "",
                "ref": partner.ref or "",
                "siren": siren,
                "siret": siret,
                "vat": partner.vat or "",
            },
            "contact": {
                "name": collector.name or "",
                "phone": collector.partner_id.phone or identity["phone"],
                "email": collector.partner_id.email or identity["email"],
            },
            "signatory": company.recouvrement_signatory or collector.name or "",
        }

    @api.model
    def _identity(self, company, formats):
        """The creditor as the law wants it named on its letters (C.com R123-237, R123-238)."""
        siren, siret = company_numbers(company.company_registry)
        name = company.name
        capital = ""
        if company.recouvrement_share_capital:
            amount = formats.money(company.recouvrement_share_capital, company.currency_id)
            capital = re.sub(r"[,.]0+(?=\D*$)", "", amount)
        form = company.recouvrement_legal_form or ""
        if company.recouvrement_is_ei:
            form = self.env._("Sole trader (entrepreneur individuel, EI)")
        elif form and capital:
            form = self.env._("%(form)s with a share capital of %(amount)s", form=form, amount=capital)
        rcs = ""
        if company.recouvrement_rcs_city and siren:
            rcs = f"RCS {company.recouvrement_rcs_city} {siren}"
        vat = self.env._("VAT %s", company.vat) if company.vat else ""
        number = f"SIRET {siret}" if siret else f"SIREN {siren}" if siren and not rcs else ""
        address = [company.street, company.street2, " ".join(filter(None, (company.zip, company.city)))]
        address = [line for line in address if line]
        first = " – ".join(filter(None, (name, form, ", ".join(address))))
        return {
            "name": name,
            "address": address,
            "phone": company.phone or "",
            "email": company.email or "",
            "website": re.sub(r"^https?://|/$", "", company.website or ""),
            "siren": siren,
            "siret": siret,
            "rcs": rcs,
            "form": form,
            "vat": company.vat or "",
            "mentions": [line for line in (first, " – ".join(filter(None, (rcs, number, vat)))) if line],
            "colour": _colour(company.primary_color),
        }

    @api.model
    def _address(self, addressee, debtor, company):
        """The rows of the address: name, for the attention of, street, complement, town, country."""
        firm = addressee.commercial_partner_id
        lines = [firm.name or debtor.name or ""]
        if addressee != firm and addressee.name and addressee.name != firm.name:
            lines.append(self.env._("Attn. %s", addressee.name))
        place = addressee if addressee.city or addressee.street else firm
        country = place.country_id
        is_abroad = bool(country) and country != (company.country_id or country)
        if is_abroad:
            printed = (place._display_address(without_company=True) or "").splitlines()
            rows = [line.strip() for line in printed if line.strip()]
            rows = [*(line for line in rows if line != country.name), (country.name or "").upper()]
        else:
            town = " ".join(filter(None, (place.zip, place.city)))
            rows = [place.street, place.street2, town.upper()]
        return lines + [row.strip() for row in rows if row and row.strip()]

    @api.model
    def _address_problem(self, addressee, debtor, company):
        """Why a letter cannot be posted there, or an empty text; an e-mail does not mind."""
        place = addressee if addressee.city or addressee.street else addressee.commercial_partner_id
        is_abroad = bool(place.country_id) and place.country_id != (company.country_id or place.country_id)
        if place.city and (place.zip or is_abroad) and (addressee.commercial_partner_id.name or debtor.name):
            if letter_address.fit(self._address(addressee, debtor, company)).fits:
                return ""
            return self.env._(
                "The postal address of %s does not fit the window of an envelope: shorten its name or its streets on "
                "the contact.",
                addressee.display_name or debtor.display_name,
            )
        return self.env._(
            "The postal address of %s is not complete: enter its street, postcode and town on the contact.",
            addressee.display_name or debtor.display_name,
        )

    # --- where to pay -------------------------------------------------------------------------------------------------

    @api.model
    def _payment(self, reminder, lines, reference, detail):
        """Where to pay: the account printed on each invoice, else the company's first."""
        company = reminder.company_id
        default = self._bank(company)
        numbers = {}
        for line in lines:
            bank = self._bank_for(line.move_id, company, default)
            numbers.setdefault(bank, []).append(line.move_id.name)
        accounts = [
            {**self._account(bank), "numbers": list(dict.fromkeys(names)) if len(numbers) > 1 else []}
            for bank, names in sorted(numbers.items(), key=lambda item: (-len(item[1]), item[0].id))
            if bank
        ]
        if not accounts or not all(numbers):
            self._refuse_without_account(company)
        moves = lines.move_id
        if len(moves) == 1:
            reference = moves.payment_reference or moves.name or reference
        return {"accounts": accounts, "reference": reference, "link": detail.get("payment_link") or ""}

    @api.model
    def _bank_for(self, move, company, default):
        """The account to pay an invoice on: the one printed on it, where it is the company's own."""
        bank = move.partner_bank_id
        mine = bank and bank.partner_id.commercial_partner_id == company.partner_id.commercial_partner_id
        return bank if mine else default

    @api.model
    def _bank(self, company):
        return bulk.listed(company.partner_id, "bank_ids").filtered("acc_number")[:1]

    @api.model
    def _account(self, bank):
        return {"iban": iban(bank.acc_number), "bic": bank.bank_id.bic or "", "bank": bank.bank_id.name or ""}

    @api.model
    def _refuse_without_account(self, company):
        raise UserError(
            self.env._(
                "%s has no bank account to be paid on: add its IBAN in Invoicing > Configuration > Bank Accounts.",
                company.name,
            )
        )
