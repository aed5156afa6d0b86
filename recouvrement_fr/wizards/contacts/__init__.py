from . import recouvrement_statement_wizard
from . import recouvrement_outcome
from . import recouvrement_contact_details
from . import recouvrement_identity
from . import recouvrement_terms
