from . import recouvrement_insolvency
from . import recouvrement_insolvency_claim
from . import recouvrement_insolvency_hit
from . import recouvrement_guarantee_uses
from . import recouvrement_insolvency_credits
from . import recouvrement_insolvency_enclosures
from . import recouvrement_insolvency_stops
