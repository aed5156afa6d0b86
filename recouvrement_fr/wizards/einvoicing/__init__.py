from . import recouvrement_einvoice_import
from . import recouvrement_einvoice_account
