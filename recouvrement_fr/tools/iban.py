"""Numbers of bank accounts: whether one can exist at all."""

import re

from stdnum.iso7064 import mod_97_10

from odoo.exceptions import ValidationError

from odoo.addons.base_iban.models.res_partner_bank import validate_iban


def checked(number):
    """An IBAN without its spaces, or nothing where its country, its length or its key is wrong.

    The key is computed by the library of numbers, the length of each country is core's: ``stdnum.iban`` does both, but
    cannot read its table once Odoo is loaded.
    """
    bare = re.sub(r"\W", "", number or "").upper()
    try:
        validate_iban(bare)
    except ValidationError:
        return ""
    return bare if mod_97_10.is_valid(bare[4:] + bare[:4]) else ""
