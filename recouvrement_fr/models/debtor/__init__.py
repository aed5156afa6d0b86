from . import recouvrement_debtor
from . import recouvrement_addressee
from . import managers
from . import res_partner
from . import base_partner_merge
from . import recouvrement_exclusion
from . import recouvrement_timeline
from . import recouvrement_pause_period
