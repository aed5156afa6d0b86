from . import recouvrement_einvoice_status
from . import recouvrement_einvoice_event
from . import recouvrement_einvoice_acts
from . import recouvrement_einvoice_rejection
from . import recouvrement_decompte
