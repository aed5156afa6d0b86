from . import recouvrement_decision
from . import recouvrement_run
from . import recouvrement_run_totals
from . import recouvrement_forgotten
from . import recouvrement_gap
from . import recouvrement_warning
from . import recouvrement_debtor
from . import res_company
