from . import recouvrement_einvoice_status
from . import recouvrement_einvoice_event
from . import recouvrement_einvoice_acts
