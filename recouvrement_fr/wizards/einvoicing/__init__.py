from . import recouvrement_einvoice_import
