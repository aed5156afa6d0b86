from . import recouvrement_rate_proposal
from . import recouvrement_limitation_note
from . import recouvrement_limitation_correction
from . import recouvrement_claim_kind_choice
