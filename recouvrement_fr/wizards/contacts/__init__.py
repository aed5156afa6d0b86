from . import recouvrement_statement_wizard
from . import recouvrement_outcome
